import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { PlanInfo } from '../../src/trace/model.ts';
import { type Panels, startPanels } from './support/panel.ts';
import { drawn, sent, until } from './support/timeline.ts';

let panels: Panels;
before(async () => {
  panels = await startPanels();
});
after(async () => panels.close());

async function withCluster(act: (page: Page) => Promise<void>): Promise<void> {
  const page = await panels.open({ prepare: () => window.fake.add({}, { trace: 'cluster' }) });
  await page.waitForSelector('.tl-counter');
  await act(page);
  assert.deepEqual(await page.evaluate(() => window.fake.violations), []);
  await page.context().close();
}

test('counters worth a row have one, under their process', () =>
  withCluster(async page => {
    const names = await page
      .locator('.tl-names > *')
      .evaluateAll(nodes =>
        [...nodes]
          .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
          .map(node => node.querySelector('.tl-name')?.textContent),
      );
    assert.deepEqual(names.slice(0, 5), ['people.py', 'memory', 'MainThread', 'worker 1', 'managed memory']);
    const [asked] = await sent(page, 'request').then(all =>
      all.filter(each => 'method' in each && each.method === 'getCounters'),
    );
    assert.ok(asked, 'their points were asked for');
    assert.match(
      (await page.locator('.tl-counter').nth(1).getAttribute('title')) ?? '',
      /^managed memory: at most .* limit 1 GB$/,
    );
  }));

test('the pointer reads a counter and a mark', () =>
  withCluster(async page => {
    await drawn(page);
    const box = await page.locator('.tl-canvas').boundingBox();
    const counter = await page.locator('.tl-counter').nth(1).boundingBox();
    const lost = await page.locator('.tl-process').nth(2).boundingBox();
    assert.ok(box && counter && lost);
    await page.mouse.move(box.x + box.width / 2, counter.y + 15);
    await until('the counter is told', async () =>
      /managed memory .*[MG]B/.test(await page.locator('.tooltip').innerText()),
    );
    await page.mouse.move(box.x + box.width * (1900 / 2400), lost.y + 12);
    await until('the mark is told', async () => /worker lost/.test(await page.locator('.tooltip').innerText()));
  }));

test('groups of tasks are told by name, longest first', () =>
  withCluster(async page => {
    const groups = await page.locator('.group-name').allInnerTexts();
    assert.deepEqual([...groups].sort(), ['getitem', 'read-csv', 'value-counts-agg', 'value-counts-chunk']);
    assert.match(await page.locator('.group-figure').first().innerText(), /^\d+ tasks · /);
  }));

test('the plan has a tab of its own only where there is one; its line can be opened', async () => {
  await withCluster(async page => {
    await page.click('[role=tab]:has-text("Plan")');
    await page.waitForSelector('.plan-part pre');
    assert.deepEqual(await page.locator('.plan-part figcaption').allInnerTexts(), ['As written', 'After optimisation']);
    await page.click('.plan-place .link');
    assert.deepEqual((await sent(page, 'reveal'))[0], { kind: 'reveal', file: '/code/people.py', line: 18 });
  });
  const page = await panels.open({ prepare: () => window.fake.add({}) });
  await page.waitForSelector('.legend-item:not(.none)');
  assert.equal(await page.locator('[role=tab]:has-text("Plan")').isVisible(), false);
  await page.context().close();
});

/** As the streaming engine of polars tells of its nodes. */
const polarsPlan: PlanInfo = {
  ...{ engine: 'polars', title: 'polars.LazyFrame.collect', atNs: 600e6, file: '/code/people.py', line: 30 },
  parts: [
    {
      title: 'As it ran',
      text: `  1.5 ms      1,200 rows  Sort\n174.5 ms  1,177,514 rows    Select · selectors: ${'(col("salary") * 0.7).alias("net"), '.repeat(8)}`,
    },
  ],
};

test('no line of a plan is cut off; where it is narrow the figures stand below what they are of', async () => {
  for (const width of [1000, 320]) {
    const page = await panels.open({ prepare: () => window.fake.add({}, { trace: 'cluster' }), width });
    await page.click('[role=tab]:has-text("Plan")');
    await page.waitForSelector('.plan');
    await page.evaluate(plan => window.fake.tellPlan('run-1', plan), polarsPlan);
    const found = await page.waitForSelector('.plan-part:has-text("As it ran") pre');
    const { text, hidden, down } = await found.evaluate(pre => {
      const [figures, words] = [...(pre.lastElementChild?.children ?? [])].map(each => each.getClientRects()[0]);
      return {
        text: (pre as HTMLElement).innerText,
        hidden: pre.scrollWidth - pre.clientWidth,
        down: (figures?.top ?? 0) - (words?.top ?? 0),
      };
    });
    assert.equal(hidden, 0);
    if (width === 1000)
      assert.match(
        text,
        /^ {2}1\.5 ms {6}1,200 rows {2}Sort\n174\.5 ms {2}1,177,514 rows {4}Select · selectors: \(col/,
      );
    assert.ok(width === 320 ? down > 10 : down === 0, `${down} px`);
    await page.context().close();
  }
});

test('which plans are open stays when a live run tells of more; a closed one names its line', () =>
  withCluster(async page => {
    await page.click('[role=tab]:has-text("Plan")');
    await page.waitForSelector('.plan[open] pre');
    await page.click('.plan summary');
    assert.match(await page.innerText('.plan summary'), /Dask · people\.py:18 · at 480 ms/);
    await page.evaluate(plan => window.fake.tellPlan('run-1', plan), polarsPlan);
    await page.waitForSelector('.plan[open]:has-text("As it ran")');
    assert.equal(await page.locator('.plan[open]').count(), 1);
  }));

test('tracks of engines have no thread states', () =>
  withCluster(async page => {
    await drawn(page);
    const text = await page.locator('.legend-item[data-state=unknown] .legend-figure').innerText();
    assert.match(text, /^(–|[0-9] %)/);
  }));

test('a saved log without thread states has no list of them, and says why', async () => {
  const page = await panels.open({ prepare: () => window.fake.add({}, { trace: 'savedLog' }) });
  await page.waitForSelector('.legend.without-states');
  assert.equal(await page.locator('.legend-list').isVisible(), false);
  assert.equal(await page.innerText('.quality'), "Spark's log tells what tasks did, not what threads did.");
  await page.context().close();
});
