import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { FrameColumn } from '../../src/protocol/frameValue.ts';
import { looksOf, sortedRows, toCsv } from '../../src/webview/panels/frames/cells.ts';
import { footWords, tableLabel } from '../../src/webview/panels/frames/words.ts';
import { lazyPeople, people, pivot } from './page/frames.ts';
import { type Panels, startPanels } from './support/panel.ts';
import { sent, until } from './support/timeline.ts';

// Frames as tables: their words and orders as they are computed, the rest in the real browser.

function column(kind: FrameColumn['kind'], values: FrameColumn['values']): FrameColumn {
  return { names: ['n'], dtype: 'd', kind, missing: 'NaN', values };
}

function shown(kind: FrameColumn['kind'], values: FrameColumn['values'], most = 6): string[] {
  const look = looksOf(column(kind, values), most);
  return values.map(value => look(value).text);
}

test('floats have as many decimals as their column needs, and no fewer than one', () => {
  assert.deepEqual(shown('float', [1, 2.5, null, -3]), ['1.0', '2.5', 'NaN', '-3.0']);
  assert.deepEqual(shown('float', [0.1 + 0.2, 1]), ['0.3', '1.0']);
  assert.deepEqual(shown('float', [1 / 3, 2]), ['0.333333', '2.000000']);
  assert.deepEqual(shown('float', [1 / 3, 2], 2), ['0.33', '2.00']);
  assert.deepEqual(shown('float', [1.5, 2], 0), ['2', '2']);
  assert.deepEqual(shown('float', [1e300, 1e-12, 12.25, 'inf']), ['1e+300', '1e-12', '12.25', 'inf']);
  assert.deepEqual(shown('float', [6.33044e-8, 1.3366e-8, 1e-9]), ['6.33044e-8', '1.33660e-8', '1.00000e-9']);
  const third = looksOf(column('float', [1 / 3]), 6)(1 / 3);
  assert.equal(third.full, '0.3333333333333333');
  assert.equal(looksOf(column('float', [0.5]), 6)(0.5).full, null);
});

test('whole numbers, words and texts are shown as they are', () => {
  assert.deepEqual(shown('number', [5, '18446744073709551615', ['NaN'], null]), [
    '5',
    '18446744073709551615',
    'NaN',
    'NaN',
  ]);
  assert.deepEqual(shown('text', ['<b>&amp;', 'a\r\nb\nc', '', ['NaT']]), ['<b>&amp;', 'a↵b↵c', '', 'NaT']);
  const look = looksOf(column('text', []), 6);
  assert.equal(look('a\nb').full, 'a\nb');
  assert.equal(look('x'.repeat(51)).full?.length, 51);
  assert.deepEqual(look(null), { text: 'NaN', full: null, isMissing: true });
});

test('missing values come last in both orders; equal ones keep their places', () => {
  const numbers = column('number', [3, null, '99999999999999999999', '-inf', 3, 'inf', ['NaN']]);
  assert.deepEqual(sortedRows(numbers, false), [3, 0, 4, 2, 5, 1, 6]);
  assert.deepEqual(sortedRows(numbers, true), [5, 2, 0, 4, 3, 1, 6]);
  assert.deepEqual(sortedRows(column('text', ['b', 'B', null, 'a', '10', '9']), false), [4, 5, 1, 3, 0, 2]);
});

test('CSV: heads of every level, quotes, exact numbers', () => {
  const frame = pivot();
  const [figures] = frame.columns;
  assert.ok(figures);
  const odd = { ...figures, values: [1 / 3, null, ['NaN'] as const, 'say "a,b"\n'] };
  const csv = toCsv([...frame.index, odd], [3, 0, 1]);
  assert.equal(
    csv,
    ',,mean\r\npool,workers,a\r\nprocesses,2,"say ""a,b""\n"\r\nthreads,1,0.3333333333333333\r\nthreads,2,\r\n',
  );
});

test('the words below a table say which part of what is shown', () => {
  const of = (...parameters: Parameters<typeof people>) => people(...parameters);
  assert.equal(
    footWords(of(10_000), 50, 50),
    'pandas DataFrame · 51–100 of the first 10,000 rows shown · 1,000,000 rows × 6 columns · 48 MB without its objects',
  );
  assert.equal(
    footWords(of(200, { rowCount: 200, isMore: false }), 50, 50),
    'pandas DataFrame · 51–100 of 200 rows shown · 6 columns · 48 MB',
  );
  assert.equal(footWords(pivot(), 0, 4), 'pandas DataFrame · 4 rows × 4 columns · 640 bytes');
  assert.equal(
    footWords(of(20, { columnCount: 1206, isMore: false }), 0, 20),
    'pandas DataFrame · first 20 rows shown · 1,000,000 rows × 1,206 columns · the last 1,200 columns left out · 48 MB',
  );
  assert.equal(footWords(of(1, { rowCount: 1, isSeries: true, bytes: null }), 0, 1), 'pandas DataFrame · 1 row');
  assert.equal(
    footWords(of(0, { rowCount: 0, bytes: 0, isMore: false }), 0, 0),
    'pandas DataFrame · 0 rows × 6 columns · 0 bytes',
  );
  assert.equal(
    footWords(
      of(100, { type: 'Dask DataFrame', rowCount: null, bytes: null, facts: ['from the first of 4 partitions'] }),
      0,
      50,
    ),
    'Dask DataFrame · 1–50 of the first 100 rows shown · 6 columns · from the first of 4 partitions',
  );
  assert.equal(
    footWords(lazyPeople(), 0, 0),
    'Dask DataFrame · not computed · 6 columns · 4 partitions · divisions not known',
  );
  assert.equal(tableLabel(of(5)), 'pandas DataFrame, 1,000,000 rows × 6 columns');
});

let panels: Panels;
before(async () => {
  panels = await startPanels();
});
after(async () => panels.close());

async function withFrames(prepare: () => void, act: (page: Page) => Promise<void>): Promise<void> {
  const page = await panels.open({ prepare });
  await page.click('[role=tab]:has-text("Output")');
  await page.waitForSelector('.frame');
  await act(page);
  assert.deepEqual(await page.evaluate(() => window.fake.violations), []);
  await page.context().close();
}

const showPeople = () => {
  window.fake.add({});
  window.values.showFrame(window.values.people(10_000));
};

/** Texts of the first rows. */
async function firstRows(page: Page, most: number): Promise<string[]> {
  const rows = await page.locator('.frame tbody tr').evaluateAll(nodes =>
    nodes.map(row =>
      [...row.children]
        .slice(0, 3)
        .map(cell => cell.textContent)
        .join(' | '),
    ),
  );
  return rows.slice(0, most);
}

test('a table has heads with types, labels, one page of rows; numbers stand at the right', () =>
  withFrames(showPeople, async page => {
    assert.equal(await page.locator('.frame tbody tr').count(), 50);
    assert.deepEqual(await page.locator('.frame thead th').evaluateAll(heads => heads.map(head => head.textContent)), [
      'int64',
      'nameobject',
      'salaryfloat64',
      'iduint64',
      'citycategory',
      'borndatetime64[us]',
      'remarkobject',
    ]);
    assert.deepEqual(await firstRows(page, 2), ['0 | Person 0 | 0.000', '1 | Person 1 | 989.875']);
    assert.equal(await page.locator('.frame tbody tr').first().locator('th').getAttribute('scope'), 'row');
    const aligned = await page
      .locator('.frame tbody tr:first-child > *')
      .evaluateAll(cells => cells.map(cell => getComputedStyle(cell).textAlign));
    assert.deepEqual(aligned, ['right', 'left', 'right', 'right', 'left', 'left', 'left']);
    assert.equal(await page.locator('.frame-table').getAttribute('role'), 'region');
    assert.equal(
      await page.locator('.frame-table').getAttribute('aria-label'),
      'pandas DataFrame, 1,000,000 rows × 6 columns',
    );
    assert.deepEqual(await page.locator('.frame tbody tr:nth-child(3) .missing').allInnerTexts(), ['NaN', 'None']);
    const head = await page.locator('.frame thead').boundingBox();
    await page.locator('.frame-table').evaluate(box => box.scrollTo(0, 200));
    assert.deepEqual(await page.locator('.frame thead').boundingBox(), head, 'the head stays in view');
  }));

test('pages are turned, by keys as well', () =>
  withFrames(showPeople, async page => {
    assert.equal(await page.locator('[title="Earlier rows"]').isDisabled(), true);
    await page.click('[title="Later rows"]');
    assert.deepEqual(await firstRows(page, 1), ['50 | Person 50 | 11993.750']);
    assert.match(await page.innerText('.frame-summary'), /51–100 of the first 10,000 rows shown/);
    await page.focus('[title="Earlier rows"]');
    await page.keyboard.press('Enter');
    assert.deepEqual(await firstRows(page, 1), ['0 | Person 0 | 0.000']);
    await page.focus('.frame-table');
    await page.keyboard.press('End');
    await until('the table scrolls', () => page.locator('.frame-table').evaluate(box => box.scrollTop > 0));
  }));

test('a head sorts, turns round, and gives the order back; what is sorted is said', () =>
  withFrames(showPeople, async page => {
    const salary = page.locator('.frame .sorter', { hasText: 'salary' });
    const order = () => page.locator('th:has(.sorter:has-text("salary"))').getAttribute('aria-sort');
    assert.equal(await order(), 'none');
    await salary.click();
    assert.equal(await order(), 'ascending');
    assert.deepEqual(await firstRows(page, 2), ['0 | Person 0 | 0.000', '6074 | Person 6074 | 0.750']);
    assert.equal(await page.innerText('.frame-said'), 'Sorted among these 10,000 rows only.');
    await salary.click();
    assert.equal(await order(), 'descending');
    await salary.focus();
    await page.keyboard.press('Enter');
    assert.equal(await order(), 'none');
    assert.deepEqual(await firstRows(page, 1), ['0 | Person 0 | 0.000']);
    assert.equal(await page.innerText('.frame-said'), '');
  }));

test('values that have no name are sorted by the head that says their type', () =>
  withFrames(
    () => {
      window.fake.add({});
      const [, salary] = window.values.people(3).columns;
      if (!salary) throw new Error('There is a column');
      window.values.showFrame(
        window.values.people(3, {
          ...{
            type: 'NumPy array',
            columns: [{ ...salary, names: [''] }],
            rowCount: 3,
            columnCount: 1,
            isSeries: true,
          },
        }),
      );
    },
    async page => {
      const sorter = page.getByRole('button', { name: 'float64' });
      await sorter.click();
      await sorter.click();
      assert.deepEqual(await firstRows(page, 3), ['2 | 1979.750', '1 | 989.875', '0 | 0.000']);
      assert.deepEqual(await page.locator('.frame thead th').allInnerTexts(), ['int64', 'float64']);
    },
  ));

test('a name that is longer than its values does not push them out of view', () =>
  withFrames(
    () => {
      window.fake.add({});
      const [, salary] = window.values.people(3).columns;
      if (!salary) throw new Error('There is a column');
      const columns = [{ ...salary, names: ['a name of many words '.repeat(9)] }];
      window.values.showFrame(window.values.people(3, { columns, rowCount: 3, columnCount: 1 }));
    },
    async page => {
      const head = page.locator('.frame thead th').last();
      const box = await head.boundingBox();
      assert.ok(box && box.width < 240, `${box?.width} px`);
      assert.match((await head.getAttribute('title')) ?? '', /(a name of many words ){9}/);
    },
  ));

test('a long text is read below the table, by mouse and by keys', () =>
  withFrames(showPeople, async page => {
    const cell = page.locator('.frame tbody tr').first().locator('td').last();
    assert.match((await cell.getAttribute('title')) ?? '', /with a line\nof its own/);
    assert.equal(await page.locator('.frame-reader').isVisible(), false);
    await cell.click();
    assert.match(await page.innerText('.frame-reader'), /^A remark .* with a line\nof its own at the end\.$/);
    await page.locator('.frame tbody tr').nth(1).locator('td').last().click();
    assert.equal(await page.locator('.frame-reader').isVisible(), false);
    await cell.focus();
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('.frame-reader').isVisible(), true);
  }));

test('rows are copied as CSV, in the order that is shown', () =>
  withFrames(showPeople, async page => {
    await page.locator('.frame .sorter', { hasText: 'salary' }).click();
    await page.click('[aria-label="Copy these 10,000 rows as CSV"]');
    await until(
      'it is said',
      async () => (await page.innerText('.frame-said')) === '10,000 rows copied. Long texts are cut.',
    );
    const [copy] = await sent(page, 'copy');
    assert.ok(copy?.kind === 'copy');
    const lines = copy.text.split('\r\n');
    assert.equal(lines.length, 10_002);
    assert.equal(lines[0], ',name,salary,id,city,born,remark');
    assert.match(lines[1] ?? '', /^0,Person 0,0,0,Aachen,1960-01-17,"A remark/);
    assert.match(lines[2] ?? '', /^6074,Person 6074,0.75,18222,/);
  }));

test('what was not computed shows its columns, and a button that asks for the first rows', () =>
  withFrames(
    () => {
      window.fake.add({});
      const { lazyPeople, showFrame } = window.values;
      showFrame(lazyPeople());
      showFrame(lazyPeople({ lazy: { number: 7, call: 'head(100)', plan: 'SCAN <b>', failure: 'KeyError' } }));
    },
    async page => {
      assert.equal(await page.locator('.frame tbody tr').count(), 0);
      assert.equal(await page.locator('.frame .sorter').count(), 0);
      assert.equal(await page.locator('.frame >> text=Copy as CSV').count(), 0);
      assert.match(
        await page.innerText('.frame-lazy'),
        /Show first rows\s+Runs the code again and computes head\(100\)\./,
      );
      await page.locator('.frame-button').last().click();
      assert.deepEqual(await sent(page, 'showFirstRows'), [{ kind: 'showFirstRows', runId: 'run-1', number: 7 }]);
      assert.match(await page.innerText('.frame-failure'), /could not be computed: KeyError/);
      await page.click('summary:has-text("Plan")');
      assert.equal(await page.innerText('.frame-plan pre'), 'SCAN <b>');
    },
  ));

test('names in levels share cells; names and texts are never markup', () =>
  withFrames(
    () => {
      window.fake.add({});
      const { people, pivot, showFrame } = window.values;
      showFrame(pivot());
      const evil = '<img src=x onerror="window.attacked=true">';
      const [first] = people(1).columns;
      if (!first) throw new Error('There is a column');
      const column = { ...first, names: [evil], dtype: evil, missing: evil, values: [evil] };
      showFrame(
        people(1, { rowCount: 1, type: evil, columns: [column], columnCount: 1, facts: [evil], levelNames: [evil] }),
      );
    },
    async page => {
      const upper = page.locator('.frame').first().locator('thead tr').first().locator('th');
      assert.deepEqual(
        await upper.evaluateAll(heads => heads.map(head => `${head.textContent} ${head.getAttribute('colspan') ?? 1}`)),
        [' 1', 'figure → 1', 'mean 2', 'median 2'],
      );
      assert.equal(await page.locator('.frame img').count(), 0);
      assert.match(await page.locator('.frame').last().innerText(), /<img src=x onerror/);
    },
  ));

test('what can not be read as a frame gives way to its text', () =>
  withFrames(
    () => {
      window.fake.add({});
      window.values.showFrame({ ...window.values.people(1), version: 99 });
      window.values.showFrame(window.values.people(1));
    },
    async page => {
      assert.equal(await page.locator('.value').first().innerHTML(), '<pre class="value-text">plain</pre>');
      assert.equal(await page.locator('.frame').count(), 1);
    },
  ));

test('a run for first rows opens with its output', async () => {
  const page = await panels.open({ prepare: () => window.fake.add({ opensWith: 'output' }) });
  await page.waitForSelector('[role=tab][aria-selected=true]:has-text("Output")');
  await page.context().close();
});

test('a run for first rows opens with its output, also when it was drawn before it had any', async () => {
  const page = await panels.open({
    prepare: () =>
      window.fake.add({ runId: 'rows', opensWith: 'output', phase: 'running', status: null }, { trace: 'none' }),
  });
  await page.waitForSelector('.section.bare .placeholder:visible');
  await page.evaluate(() => window.fake.write('rows', 'stdout', 'the first of it'));
  await page.waitForSelector('[role=tab][aria-selected=true]:has-text("Output")');
  await page.waitForSelector('.output :text("the first of it")');
  await page.context().close();
});
