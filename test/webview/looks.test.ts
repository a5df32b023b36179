import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { type PanelOptions, type Panels, screenshots, startPanels } from './support/panel.ts';

// One picture of each way the panel can look, for people to judge; the machine checks that it was drawn and broke no rule.

let panels: Panels;
before(async () => {
  panels = await startPanels();
});
after(async () => panels.close());

async function shoot(name: string, options: PanelOptions, act?: (page: Page) => Promise<void>): Promise<void> {
  const page = await panels.open(options);
  await page.waitForSelector('.section, .empty:not([hidden])');
  if (act) await act(page);
  await settle(page);
  await page.screenshot({ path: join(screenshots, `${name}.png`) });
  assert.deepEqual(await page.evaluate(() => window.fake.violations), [], 'the page broke its CSP');
  assert.equal(
    await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth),
    false,
    'the page scrolls sideways',
  );
  await page.context().close();
}

/** Until nothing was asked and nothing drawn for a few frames. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    let quiet = 0;
    let known = -1;
    const deadline = performance.now() + 5000;
    while (quiet < 12 && performance.now() < deadline) {
      await new Promise(resolve => requestAnimationFrame(resolve));
      const now = window.fake.sent.length;
      quiet = now === known ? quiet + 1 : 0;
      known = now;
    }
  });
}

const ended = () => window.fake.add({}, { insights: true });

for (const theme of ['dark', 'light', 'hcDark', 'hcLight'] as const) {
  test(`a finished run, ${theme}`, async () => {
    await shoot(`finished-${theme}`, { theme, prepare: ended });
  });
}

const cluster = () => window.fake.add({ title: 'people.py:10-24' }, { trace: 'cluster' });

for (const theme of ['dark', 'light', 'hcDark', 'hcLight'] as const) {
  test(`a run on a cluster, ${theme}`, async () => {
    await shoot(`cluster-${theme}`, { theme, prepare: cluster });
  });
}

test('a run on a cluster: narrow, and its plan', async () => {
  await shoot('cluster-narrow', { theme: 'dark', width: 320, prepare: cluster });
  await shoot('cluster-plan', { theme: 'light', prepare: cluster }, page => page.click('[role=tab]:has-text("Plan")'));
});

test('hovered and zoomed', async () => {
  await shoot('hover', { theme: 'dark', prepare: ended }, async page => {
    await page.waitForSelector('.legend-item:not(.none)');
    const box = await page.locator('.tl-canvas').boundingBox();
    assert.ok(box);
    await page.keyboard.down('Control');
    await page.mouse.move(box.x + 300, box.y + 107);
    await page.mouse.wheel(0, -300);
    await page.keyboard.up('Control');
    await settle(page);
    await page.mouse.move(box.x + 310, box.y + 109);
    await page.waitForSelector('.tooltip .badge');
  });
});

test('legend open', async () => {
  await shoot('legend-open', { theme: 'light', prepare: ended, height: 900 }, page => page.click('.legend-toggle'));
});

for (const theme of ['dark', 'light'] as const) {
  test(`narrow, ${theme}`, async () => {
    await shoot(`narrow-${theme}`, { theme, width: 320, prepare: ended });
  });
}

test('nothing yet', async () => {
  await shoot('empty-dark', { theme: 'dark', height: 500 });
  await shoot('empty-light', { theme: 'light', height: 500, width: 420 });
});

test('several runs in every phase', async () => {
  const prepare = () => {
    const error = {
      type: 'ZeroDivisionError',
      message: 'division by zero',
      file: '/code/fetch.py',
      line: 12,
      module: null,
      advice: '',
    };
    window.fake.add({ title: 'slow.py:3-9', status: 'timeout' }, { untilMs: 300 });
    window.fake.add(
      { title: 'crash.py · cell 2', status: 'killed', signal: 'SIGSEGV', exitCode: null },
      { untilMs: 180 },
    );
    window.fake.add({ title: 'fetch.py:40-58', status: 'cancelled' }, { untilMs: 400 });
    window.fake.add({ title: 'fetch.py:10-24', status: 'failed', programError: error, exitCode: 1 }, { untilMs: 240 });
    window.fake.add({ title: 'gil.py:1-30', phase: 'running', status: null }, { untilMs: 640 });
    window.fake.add({ title: 'pool.py · cell 3', phase: 'stopping', status: null }, { trace: 'none' });
    window.fake.add({ title: 'pool.py · cell 4', phase: 'starting', status: null }, { trace: 'none' });
    window.fake.add({ title: 'pool.py · cell 5', phase: 'queued', status: null, queuePosition: 1 }, { trace: 'none' });
    window.fake.add({ title: 'pool.py · cell 6', phase: 'queued', status: null, queuePosition: 2 }, { trace: 'none' });
  };
  await shoot('phases-dark', { theme: 'dark', height: 1500, prepare });
  await shoot('phases-collapsed-light', { theme: 'light', height: 420, prepare }, page =>
    page.click('button:has-text("Collapse all")'),
  );
});

test('running, alone', async () => {
  const prepare = () => window.fake.add({ title: 'gil.py:1-30', phase: 'running', status: null }, { untilMs: 640 });
  await shoot('running-dark', { theme: 'dark', prepare });
  await shoot('running-light', { theme: 'light', prepare });
});

test('queued, alone', async () => {
  const prepare = () =>
    window.fake.add({ title: 'pool.py', phase: 'queued', status: null, queuePosition: 3 }, { trace: 'none' });
  await shoot('queued-light', { theme: 'light', height: 300, prepare });
});

test('failed before it started: no interpreter', async () => {
  const prepare = () =>
    window.fake.add(
      {
        status: 'failed',
        exitCode: null,
        userError: {
          code: 'interpreterMissing',
          message: 'No Python interpreter was found.',
          advice: 'Install Python 3.8 or later, or say where it is.',
          remedy: 'openInterpreterSetting',
        },
      },
      { trace: 'none' },
    );
  await shoot('no-interpreter-dark', { theme: 'dark', height: 300, prepare });
});

test('tasks', async () => {
  await shoot('tasks-dark', { theme: 'dark', prepare: ended }, page => page.click('text=Tasks'));
  await shoot('tasks-narrow-light', { theme: 'light', width: 340, prepare: ended }, page => page.click('text=Tasks'));
});

test('output', async () => {
  const prepare = () => {
    window.fake.add({ status: 'failed', exitCode: 1 });
    const write = (stream: 'stdout' | 'stderr', text: string) => window.fake.write('run-1', stream, text);
    write('stdout', 'Fetching 13 URLs\n\x1b[32mok\x1b[0m https://example.org/1 in 212 ms\n');
    write('stderr', ' 40%|####      | 4/10\r 70%|#######   | 7/10\r100%|##########| 10/10\n');
    write('stdout', '\x1b[1;34mSummary\x1b[0m \x1b[38;5;208m256 colours\x1b[0m and \x1b[7mmore\x1b[0m\n');
    write(
      'stderr',
      'Traceback (most recent call last):\n  File "/code/fetch.py", line 24, in <module>\n    main()\n' +
        '  File \x1b[35m"/code/fetch.py"\x1b[0m, line \x1b[35m12\x1b[0m, in \x1b[35mdownload\x1b[0m\n    1 / 0\n    \x1b[1;31m~~^~~\x1b[0m\n' +
        'ZeroDivisionError: division by zero\n',
    );
  };
  await shoot('output-dark', { theme: 'dark', height: 460, prepare }, page => page.click('text=Output'));
  await shoot('output-light', { theme: 'light', height: 460, prepare }, page => page.click('text=Output'));
});

test('values: a table, figures, a drawing, notes', async () => {
  const prepare = () => {
    window.fake.add(
      {
        title: 'analysis.ipynb · cell 7',
        hasProgram: true,
        notes: ['%matplotlib in line 1 was ignored.', 'Packages are not installed while code runs: line 2.'],
        packages: ['dask', 'pandas'],
      },
      { trace: 'pool' },
    );
    const { write, show } = window.values;
    write('Read 96 rows in 212 ms\n');
    show({ 'text/plain': '   pool  workers', 'text/html': window.values.frameHtml(12) });
    write('Drawn:\n');
    show({ 'text/plain': '<Figure size 560x240>', 'image/png': window.values.figurePng(true) });
    show({ 'text/plain': '<Figure size 560x240>', 'image/png': window.values.figurePng(false) });
    show({ 'text/plain': '<graph>', 'image/svg+xml': window.values.graphSvg });
    show({ 'text/plain': '$x^2$', 'text/latex': '$x^2$' });
    write('done\n');
  };
  for (const theme of ['dark', 'light', 'hcDark', 'hcLight'] as const) {
    await shoot(`values-${theme}`, { theme, height: 1500, prepare }, async page => {
      await page.click('[role=tab]:has-text("Output")');
      await page.waitForSelector('.value img');
    });
  }
  await shoot('values-narrow-light', { theme: 'light', width: 320, height: 1500, prepare }, async page => {
    await page.click('[role=tab]:has-text("Output")');
    await page.waitForSelector('.value img');
  });
});

test('frames: computed, with names in levels, and lazy', async () => {
  const prepare = () => {
    window.fake.add({ title: 'people.ipynb · cell 4' });
    const { people, lazyPeople, pivot, showFrame, write } = window.values;
    showFrame(people(10_000));
    write('Before and after:\n');
    showFrame(pivot());
    const lazy = {
      number: 3,
      call: 'head(100).collect()',
      plan: 'FILTER col("salary") > 5000\nFROM\n  CSV SCAN',
      failure: null,
    };
    showFrame(lazyPeople());
    showFrame(lazyPeople({ type: 'polars LazyFrame', facts: [], index: [], lazy: { ...lazy, failure: 'ValueError' } }));
  };
  const open = (page: Page) => page.click('[role=tab]:has-text("Output")');
  for (const theme of ['dark', 'light', 'hcDark', 'hcLight'] as const) {
    await shoot(`frames-${theme}`, { theme, height: 1800, prepare }, open);
  }
  await shoot('frames-narrow-light', { theme: 'light', width: 340, height: 1800, prepare }, open);
  await shoot('frames-sorted-dark', { theme: 'dark', height: 700, prepare }, async page => {
    await open(page);
    await page.locator('.frame').first().locator('.sorter').nth(1).click();
    await page.locator('.frame').first().locator('td[data-row]').first().click();
    await page.locator('.out-scroller').evaluate(box => box.scrollTo(0, 0));
  });
});

test('values: a long table, scrolled; notes folded', async () => {
  const prepare = () => {
    window.fake.add({
      title: 'analysis.ipynb · cell 8',
      hasProgram: true,
      notes: ['One.', 'Two.', 'Three.'],
      packages: ['dask[dataframe]>=2024.1', 'pandas', 'pyarrow', 'polars'],
    });
    window.values.show({ 'text/plain': '…', 'text/html': window.values.frameHtml(1000) });
  };
  for (const theme of ['dark', 'hcLight'] as const) {
    await shoot(`values-long-${theme}`, { theme, height: 700, prepare }, async page => {
      await page.click('[role=tab]:has-text("Output")');
      await page.locator('.value-table').evaluate(box => box.scrollTo(0, 700));
      if (theme === 'dark') await page.click('.notes summary');
    });
  }
});

test('a notebook: cells that wait, run and never ran', async () => {
  const prepare = () => {
    const book = (cell: number) => `analysis.ipynb · cell ${cell}`;
    const notRun = { code: 'notRun', message: 'Not run: cell 2 failed.', advice: '', remedy: null };
    const error = { type: 'KeyError', message: "'ms'", file: '/code/analysis.ipynb · cell 2', line: 3 };
    const waits = { phase: 'queued' as const, status: null, durationNs: 0 };
    window.fake.add({ title: book(5), ...waits, notes: ['Waits for cell 4.'] }, { trace: 'none' });
    window.fake.add({ title: book(4), phase: 'running', status: null }, { untilMs: 320 });
    window.fake.add({ title: book(3), status: 'cancelled', userError: notRun }, { trace: 'none' });
    window.fake.add(
      { title: book(2), status: 'failed', programError: { ...error, module: null, advice: '' }, exitCode: 1 },
      { untilMs: 180 },
    );
    window.fake.add({ title: book(1), hasProgram: true, notes: ['%matplotlib in line 1 was ignored.'] });
  };
  await shoot('notebook-dark', { theme: 'dark', height: 1500, prepare });
  await shoot('notebook-narrow-light', { theme: 'light', width: 380, height: 1500, prepare });
});
