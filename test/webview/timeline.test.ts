import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { type PanelOptions, type Panels, startPanels } from './support/panel.ts';
import {
  bands,
  canvasBox,
  colour,
  drawn,
  frames,
  lastRequest,
  pixel,
  sent,
  shownWindow,
  until,
} from './support/timeline.ts';

let panels: Panels;
before(async () => {
  panels = await startPanels();
});
after(async () => panels.close());

/** The pool sample: 1,200 ms, the whole of it in view. Without animation, so that a key has its effect at once. */
async function withTimeline(act: (page: Page) => Promise<void>, options: PanelOptions = {}): Promise<void> {
  const page = await panels.open({
    reducedMotion: true,
    prepare: () => window.fake.add({}, { insights: true }),
    ...options,
  });
  await drawn(page);
  await act(page);
  assert.deepEqual(await page.evaluate(() => window.fake.violations), []);
  await page.context().close();
}

/** Where a time of the whole run is on the canvas. */
async function xOf(page: Page, ms: number): Promise<number> {
  return Math.round((ms / 1200) * (await canvasBox(page)).width);
}

async function pointAt(page: Page, ms: number, y: number): Promise<void> {
  const box = await canvasBox(page);
  await page.mouse.move(box.left + (await xOf(page, ms)), box.top + y);
}

test('each state has its colour, a failed task another than one that went well', () =>
  withTimeline(async page => {
    assert.equal(await pixel(page, await xOf(page, 20), bands.mainState), await colour(page, 'running'));
    const waiting = await xOf(page, 600);
    const strip = await Promise.all([0, 1, 2, 3].map(offset => pixel(page, waiting + offset, bands.mainState)));
    assert.ok(strip.includes(await colour(page, 'lockWait')), `lock wait at 600 ms: ${strip}`);
    assert.ok(strip.includes(await colour(page, 'lockWait-ink')), `its texture too: ${strip}`);
    assert.equal(await pixel(page, await xOf(page, 300), bands.worker0Task), await colour(page, 'task-ok'));
    const failed = await xOf(page, 600);
    const texels = await Promise.all(
      [0, 1, 2, 3, 4, 5, 6, 7].map(offset => pixel(page, failed + offset, bands.worker2Task)),
    );
    assert.ok(texels.includes(await colour(page, 'task-failed')), `the failed task: ${texels}`);
  }));

test('asks for the visible threads, one more window on each side, on a power of two', () =>
  withTimeline(async page => {
    const asked = await lastRequest(page, 'getWindow');
    assert.deepEqual(asked.threads, [0, 1, 2, 3, 4, 5, 6]);
    assert.ok(Number(asked.endNs) >= 2.4e9, 'a window more after the end');
    assert.equal(Math.log2(Number(asked.bucketNs)) % 1, 0);
    const { width } = await canvasBox(page);
    assert.ok(Number(asked.bucketNs) <= 1.2e9 / width && Number(asked.bucketNs) > 1.2e9 / width / 2);
  }));

test('Ctrl+wheel zooms at the pointer, which keeps its time, and asks for finer data', () =>
  withTimeline(async page => {
    const before = Number((await lastRequest(page, 'getWindow')).bucketNs);
    await pointAt(page, 300, bands.worker0State);
    await page.keyboard.down('Control');
    for (let i = 0; i < 6; i += 1) await page.mouse.wheel(0, -100);
    await page.keyboard.up('Control');
    await until('a finer window', async () => Number((await lastRequest(page, 'getWindow')).bucketNs) < before / 2);
    const [from, to] = (await shownWindow(page)) ?? [0, 0];
    const share = (await xOf(page, 300)) / (await canvasBox(page)).width;
    assert.ok(Math.abs(from + share * (to - from) - 300e6) < 3e6, `300 ms stays under the pointer: ${from}…${to}`);
  }));

test('the wheel alone moves no window, with Shift it pans', () =>
  withTimeline(async page => {
    await page.locator('.tl').focus();
    await page.keyboard.press('w');
    await page.keyboard.press('w');
    await pointAt(page, 300, bands.worker0State);
    const before = await shownWindow(page);
    assert.ok(before);
    await page.mouse.wheel(0, 40);
    assert.deepEqual(await shownWindow(page), before);
    await page.keyboard.down('Shift');
    await page.mouse.wheel(0, 50);
    await page.keyboard.up('Shift');
    const after = await shownWindow(page);
    assert.ok(after && after[0] > before[0] && Math.abs(after[1] - after[0] - (before[1] - before[0])) < 1, `${after}`);
  }));

test('dragging pans and opens nothing; a click opens the source of a task', () =>
  withTimeline(async page => {
    await page.locator('.tl').focus();
    await page.keyboard.press('+');
    const before = await shownWindow(page);
    assert.ok(before);
    const box = await canvasBox(page);
    await page.mouse.move(box.left + 300, box.top + bands.worker0Task);
    await page.mouse.down();
    await page.mouse.move(box.left + 200, box.top + bands.worker0Task, { steps: 4 });
    await page.mouse.up();
    const after = await shownWindow(page);
    assert.ok(after && after[0] > before[0], `panned to the right: ${before} → ${after}`);
    assert.equal((await sent(page, 'reveal')).length, 0);
    await page.mouse.click(box.left + 200, box.top + bands.worker0Task);
    await until('a reveal', async () => (await sent(page, 'reveal')).length === 1);
    assert.deepEqual((await sent(page, 'reveal'))[0], { kind: 'reveal', file: '/code/fetch.py', line: 12 });
  }));

test('the tooltip gives exact figures, and says what is only sampled', () =>
  withTimeline(async page => {
    await pointAt(page, 200, bands.worker0Task);
    await page.waitForSelector('.tooltip .badge');
    const task = await page.innerText('.tooltip');
    assert.match(task, /^download\n280 ms · 61 ms → 341 ms\s+exact/);
    assert.match(task, /Queued 5 ms/);
    assert.match(task, /fetch\.py:12/);
    await pointAt(page, 20, bands.mainState);
    await page.waitForFunction(() => document.querySelector('.tooltip')?.textContent?.includes('sampled'));
    assert.match(await page.innerText('.tooltip'), /^Running\n40 ms/);
    await page.mouse.move(5, 5);
    await page.waitForSelector('.tooltip', { state: 'hidden' });
  }));

test('a double click zooms to the task', () =>
  withTimeline(async page => {
    const box = await canvasBox(page);
    await page.mouse.dblclick(box.left + (await xOf(page, 200)), box.top + bands.worker0Task);
    const [from, to] = (await shownWindow(page)) ?? [0, 0];
    assert.ok(from > 20e6 && from < 61e6 && to > 341e6 && to < 400e6, `61 to 341 ms with a margin: ${from}…${to}`);
  }));

test('keys zoom, pan and fit', () =>
  withTimeline(async page => {
    await page.locator('.tl').focus();
    await page.keyboard.press('w');
    const zoomed = await shownWindow(page);
    assert.ok(zoomed && zoomed[1] - zoomed[0] < 1e9);
    await page.keyboard.press('d');
    const panned = await shownWindow(page);
    assert.ok(panned && panned[0] > zoomed[0]);
    await page.keyboard.press('ArrowLeft');
    assert.deepEqual((await shownWindow(page))?.map(Math.round), zoomed.map(Math.round));
    await page.keyboard.press('0');
    assert.equal(await shownWindow(page), null);
  }));

test('arrows walk over tracks and spans, each is spoken, Enter opens it', () =>
  withTimeline(async page => {
    const spoken = () => page.locator('.spoken').textContent();
    await page.locator('.tl').focus();
    await page.keyboard.press('ArrowDown');
    assert.match((await spoken()) ?? '', /^Process MainProcess, pid 4711.*expanded$/);
    for (let i = 0; i < 4; i += 1) await page.keyboard.press('Alt+ArrowDown');
    assert.equal(await spoken(), 'ThreadPoolExecutor-0_0, tasks');
    await page.keyboard.press('.');
    await until('the first task spoken', async () => /^download, 280 ms · 61 ms/.test((await spoken()) ?? ''));
    await page.keyboard.press('Alt+ArrowRight');
    await until('the second task spoken', async () => /^download, 280 ms · 361 ms/.test((await spoken()) ?? ''));
    await page.keyboard.press('Enter');
    await until('a reveal', async () => (await sent(page, 'reveal')).length === 1);
  }));

test('Enter on a process folds it; the fold outlives the page', () =>
  withTimeline(async page => {
    await page.locator('.tl').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await frames(page, 3);
    assert.equal(await page.locator('.tl-thread').count(), 1, 'only the thread of the worker process is left');
    assert.equal(await page.locator('.tl-process').first().getAttribute('aria-expanded'), 'false');
    const state = await page.evaluate(() => window.fake.state);
    const again = await panels.open({ state, prepare: () => window.fake.add({}) });
    await drawn(again);
    assert.equal(await again.locator('.tl-thread').count(), 1, 'still folded');
    await again.context().close();
  }));

test('the canvas speaks: kind, tracks and shares', () =>
  withTimeline(async page => {
    const label = await page.locator('.tl-canvas canvas').getAttribute('aria-label');
    assert.match(label ?? '', /^Timeline of fetch\.py:10-24: 3 processes, 7 threads\. 1\.2 s in view\. Running \d+ %/);
    assert.equal(await page.locator('.tl-canvas canvas').getAttribute('role'), 'img');
  }));

test('totals follow the visible range', () =>
  withTimeline(async page => {
    const figure = () => page.locator('[data-state=idle] .legend-figure').innerText();
    assert.match(await figure(), /%/);
    const box = await canvasBox(page);
    await page.mouse.dblclick(box.left + (await xOf(page, 200)), box.top + bands.worker0Task);
    await until('totals of the first task, without idle time', async () => (await figure()) === '–');
    assert.equal(await page.innerText('.legend-scope'), 'thread time, visible part');
  }));

test('the insight shows its place', () =>
  withTimeline(async page => {
    await page.click('text=Show in timeline');
    const [from, to] = (await shownWindow(page)) ?? [0, 0];
    assert.ok(from < 300e6 && from > 250e6 && to > 600e6 && to < 650e6, `${from}…${to}`);
  }));

test('draws what it has while newer data is held up, and drops the answer that was overtaken', () =>
  withTimeline(async page => {
    await page.evaluate(() => window.fake.held.add('getWindow'));
    const box = await canvasBox(page);
    await page.mouse.dblclick(box.left + (await xOf(page, 200)), box.top + bands.worker0Task);
    await frames(page, 4);
    const middle = Math.round(box.width / 2) + 60;
    assert.equal(
      await pixel(page, middle, bands.worker0Task - 5),
      await colour(page, 'task-ok'),
      'the coarse data, zoomed',
    );
    await page.locator('.tl').focus();
    await page.keyboard.press('0');
    await page.evaluate(() => window.fake.release());
    await frames(page, 6);
    assert.equal(await pixel(page, await xOf(page, 20), bands.mainState), await colour(page, 'running'));
  }));

test('another theme redraws the canvas', () =>
  withTimeline(async page => {
    const x = await xOf(page, 20);
    await page.evaluate(() => window.fake.theme('light'));
    await frames(page, 3);
    const light = await colour(page, 'running');
    assert.equal(light, '#259268');
    assert.equal(await pixel(page, x, bands.mainState), light);
  }));

test('at twice the pixel ratio the picture is as sharp', () =>
  withTimeline(
    async page => {
      const box = await canvasBox(page);
      const width = await page.evaluate(() => document.querySelector<HTMLCanvasElement>('.tl-canvas canvas')?.width);
      assert.equal(width, Math.round(box.width * 2));
      assert.equal(await pixel(page, await xOf(page, 20), bands.mainState), await colour(page, 'running'));
    },
    { pixelRatio: 2 },
  ));

test('a live run follows its end until someone pans, and again when told to', async () => {
  const page = await panels.open({
    reducedMotion: true,
    prepare: () => window.fake.add({ phase: 'running', status: null }, { untilMs: 400 }),
  });
  await drawn(page);
  await page.locator('.tl').focus();
  await page.keyboard.press('w');
  const follow = page.locator('.toggle');
  assert.equal(await follow.getAttribute('aria-pressed'), 'true');
  const grow = (ms: number) => page.evaluate(until => window.fake.grow('run-1', until), ms);
  await grow(500);
  await until('the window at the new end', async () => (await shownWindow(page))?.[1] === 500e6);
  await page.keyboard.press('a');
  await until('no longer following', async () => (await follow.getAttribute('aria-pressed')) === 'false');
  const left = await shownWindow(page);
  await grow(600);
  await until('the longer run is known', async () => (await page.innerText('.tl-range')).endsWith('of 600 ms'));
  assert.deepEqual(await shownWindow(page), left);
  await follow.click();
  assert.equal((await shownWindow(page))?.[1], 600e6);
  await page.context().close();
});

test('pushes are answered at most ten times a second', async () => {
  const page = await panels.open({
    prepare: () => window.fake.add({ phase: 'running', status: null }, { untilMs: 300 }),
  });
  await drawn(page);
  const before = (await sent(page, 'getRuns')).length;
  const lasted = await page.evaluate(async () => {
    const begun = performance.now();
    while (performance.now() - begun < 1000) {
      window.fake.changed('run-1');
      await new Promise(resolve => setTimeout(resolve, 4));
    }
    return performance.now() - begun;
  });
  const asked = (await sent(page, 'getRuns')).length - before;
  assert.ok(asked >= 2 && asked <= lasted / 100 + 2, `${asked} requests in ${Math.round(lasted)} ms`);
  await page.context().close();
});

test('of many threads only those on the screen are asked for and named', async () => {
  const page = await panels.open({ prepare: () => window.fake.add({}, { trace: 'many' }) });
  await drawn(page);
  const first = await lastRequest(page, 'getWindow');
  assert.ok(Array.isArray(first.threads) && first.threads.length < 30, `asked for ${first.threads}`);
  assert.ok((await page.locator('.tl-thread').count()) < 30);
  await page.evaluate(() => document.querySelector('.tl-scroller')?.scrollTo(0, 1e6));
  await until('the last thread asked for', async () => {
    const { threads } = await lastRequest(page, 'getWindow');
    return Array.isArray(threads) && threads.includes(63);
  });
  await until('the last name', async () =>
    (await page.locator('.tl-thread').allTextContents()).some(text => text.includes('worker-63')),
  );
  await page.context().close();
});
