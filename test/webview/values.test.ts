import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { type Panels, startPanels } from './support/panel.ts';
import { sent, until } from './support/timeline.ts';

// Values of cells, in the real browser: what of a program's HTML comes into the page, and what does not.

let panels: Panels;
before(async () => {
  panels = await startPanels();
});
after(async () => panels.close());

declare global {
  interface Window {
    /** Set by scripts that must not run. */
    attacked?: boolean;
  }
}

/** Opens the output of a run and looks after the page: nothing may run, nothing may be asked for. */
async function withOutput(act: (page: Page) => Promise<void>): Promise<void> {
  const page = await panels.open({ prepare: () => window.fake.add({}) });
  await page.click('[role=tab]:has-text("Output")');
  const requests: string[] = [];
  page.on('request', request => {
    if (!request.url().startsWith('data:')) requests.push(request.url());
  });
  await act(page);
  assert.deepEqual(requests, [], 'nothing is loaded');
  assert.equal(await page.evaluate(() => window.attacked), undefined, 'no script ran');
  assert.deepEqual(await page.evaluate(() => window.fake.violations), []);
  await page.context().close();
}

/** Shows values one after another; returns the markup that each became. */
async function show(page: Page, ...values: Record<string, string>[]): Promise<string[]> {
  const before = await page.locator('.value').count();
  await page.evaluate(all => {
    for (const data of all) window.fake.show('run-1', { 'text/plain': 'plain', ...data });
  }, values);
  await until('the values are shown', async () => (await page.locator('.value').count()) === before + values.length);
  const markup = await page.locator('.value').evaluateAll(nodes => nodes.map(node => node.innerHTML));
  return markup.slice(before);
}

async function shownHtml(page: Page, ...html: string[]): Promise<string[]> {
  const markup = await show(page, ...html.map(text => ({ 'text/html': text })));
  return markup.map(text => text.replace(/^<div class="value-html">(.*)<\/div>$/s, '$1'));
}

const plain = '<pre class="value-text">plain</pre>';
const attack = 'window.attacked=true';

test('marks stay, attributes go', () =>
  withOutput(async page => {
    const cases: [string, string][] = [
      ['<p id="app" class="x" style="position:fixed" onclick="a()" data-x="1">a <b>b</b></p>', '<p>a <b>b</b></p>'],
      ['<h1>t</h1><ul><li>1<li>2</ul>', '<h1>t</h1><ul><li>1</li><li>2</li></ul>'],
      ['<a href="https://example.org">here</a>', 'here'],
      ['<center><font color=red>big</font></center>', 'big'],
      ['1 &lt; 2 &amp;&amp; <!-- no --> &#60;script&#62;', '1 &lt; 2 &amp;&amp;  &lt;script&gt;'],
    ];
    const shown = await shownHtml(page, ...cases.map(([html]) => html));
    for (const [index, [html, expected]] of cases.entries()) assert.equal(shown[index], expected, html);
  }));

test('nothing of it runs, loads, styles or leads away', () =>
  withOutput(async page => {
    const hostile = [
      `<script>${attack}</script>`,
      `<script src="https://evil.test/x.js"></script>`,
      `<img src=x onerror="${attack}">`,
      `<img src="https://evil.test/pixel.png">`,
      `<img src="data:image/svg+xml,<svg onload='${attack}'/>">`,
      `<img src="data:text/html;base64,PHNjcmlwdD4=">`,
      `<style>body { display: none } @import "https://evil.test/x.css";</style>`,
      `<link rel="stylesheet" href="https://evil.test/x.css">`,
      `<meta http-equiv="refresh" content="0;url=https://evil.test/">`,
      `<base href="https://evil.test/">`,
      `<iframe src="https://evil.test/"></iframe>`,
      `<iframe srcdoc="<script>parent.${attack}</script>"></iframe>`,
      `<object data="https://evil.test/"></object><embed src="https://evil.test/">`,
      `<video src="https://evil.test/v" autoplay onloadstart="${attack}"></video><audio src="https://evil.test/a"></audio>`,
      `<form action="https://evil.test/"><input autofocus onfocus="${attack}"><button>go</button></form>`,
      `<template><script>${attack}</script></template>`,
      `<noscript><p title="</noscript><img src=x onerror='${attack}'>"></noscript>`,
      `<math><mtext><table><mglyph><style><img src=x onerror="${attack}"></style></mglyph></table></mtext></math>`,
      `<textarea><img src=x onerror="${attack}"></textarea>`,
      `<frameset onload="${attack}"><frame src="https://evil.test/"></frameset>`,
      `<div hidden>behind</div><div style="DISPLAY : none">behind</div>`,
      `<input type="image" src="https://evil.test/i.png"><isindex action="javascript:${attack}">`,
    ];
    const shown = await shownHtml(page, ...hostile);
    for (const [index, html] of hostile.entries()) {
      assert.equal(shown[index], plain, `${html}: nothing is left, so the text is shown`);
    }
  }));

test('what is left of hostile markup is harmless', () =>
  withOutput(async page => {
    const cases: [string, string][] = [
      [`<a href="javascript:${attack}" onclick="${attack}">click</a>`, 'click'],
      [`<p onmouseover="${attack}" style="background:url(https://evil.test)">p</p>`, '<p>p</p>'],
      [`<body onload="${attack}"><p>b</p>`, '<p>b</p>'],
      ['<div><p>a<table><tr><td>b</p></div></td>c', ''],
      [`<b><i onclick=${attack}>x</b>y</i><scr<script>ipt>z`, ''],
      [`<svg><p><style><a id="</style><img src=1 onerror=${attack}>">`, ''],
      [`<details ontoggle="${attack}" open><summary>s</summary>t</details>`, 'st'],
      [`<x-y is="z" onpointerrawupdate="${attack}">own</x-y>`, 'own'],
    ];
    const shown = await shownHtml(page, ...cases.map(([html]) => html));
    for (const [index, [html, expected]] of cases.entries()) {
      if (expected !== '') assert.equal(shown[index], expected, html);
      assert.doesNotMatch(shown[index] ?? '', /<[^>]*\s(?:on\w+|style|id|href|is)=/, html);
    }
    await page.locator('.value').first().click();
    await page.locator('.value p').first().hover();
  }));

test('deep and endless markup is cut, and says so', () =>
  withOutput(async page => {
    const [deep = '', long = ''] = await shownHtml(page, '<div>'.repeat(5000), '<p>x</p>'.repeat(30_000));
    assert.equal(deep, plain);
    assert.ok(long.length < 200_000);
    assert.match(long, /<p class="value-cut">The rest is too long to be shown\.<\/p>$/);
  }));

test('a DataFrame is a table: numbers at the right, spans kept, scrolling by itself', () =>
  withOutput(async page => {
    const frame = `<style scoped>.dataframe { color: red }</style><table border="1" class="dataframe">
      <thead><tr style="text-align: right;"><th></th><th>name</th><th>ms</th></tr></thead>
      <tbody><tr><th>0</th><td>a</td><td>-1,250.5</td></tr><tr><th>1</th><td>12</td><td>NaN</td></tr></tbody></table>`;
    await shownHtml(page, frame);
    const classes = await page
      .locator('.value-table :is(th, td)')
      .evaluateAll(cells => cells.map(cell => `${cell.textContent}${cell.classList.contains('number') ? ' →' : ''}`));
    assert.deepEqual(classes, ['', 'name', 'ms →', '0', 'a', '-1,250.5 →', '1', '12', 'NaN →']);
    assert.deepEqual(await page.locator('.value-table .missing').allInnerTexts(), ['NaN']);
    assert.equal(await page.locator('.value-table').getAttribute('role'), 'region');
    const [spans] = await shownHtml(
      page,
      '<table><tr><td colspan="2" rowspan="3" width="9">a</td><td colspan="x" rowspan="-1">b</td></tr></table>',
    );
    assert.match(spans ?? '', /<td colspan="2" rowspan="3"[^>]*>a<\/td><td[^>]*>b<\/td>/);
    assert.doesNotMatch(spans ?? '', /width|colspan="x"|rowspan="-1"/);
  }));

test('columns are found under headings and labels that span several', () =>
  withOutput(async page => {
    const pivot = `<table><thead><tr><th></th><th></th><th colspan="2">mean</th></tr><tr><th>pool</th><th>n</th><th>a</th><th>b</th></tr></thead>
      <tbody><tr><th rowspan="2">threads</th><th>1</th><td>x</td><td>3.5</td></tr><tr><th>2</th><td>y</td><td>2</td></tr></tbody></table>`;
    await shownHtml(page, pivot);
    const numbers = await page.locator('.value .number').allInnerTexts();
    assert.deepEqual(numbers, ['mean', 'b', '3.5', '2']);
  }));

test('HTML that needs styles to be read gives way to a text that says the same', () =>
  withOutput(async page => {
    const html = '<style>…</style><pre>fallback</pre><div class="rich" style="display:none">rich</div>';
    const bare = '<IPython.core.display.HTML object>';
    const [same, only] = await show(
      page,
      { 'text/html': html, 'text/plain': 'Pipeline(steps=[])' },
      { 'text/html': html, 'text/plain': bare },
    );
    assert.equal(same, '<pre class="value-text">Pipeline(steps=[])</pre>');
    assert.equal(only, '<div class="value-html"><pre>fallback</pre></div>');
    const [icons] = await shownHtml(page, '<svg style="width:0"><defs><symbol id="i"/></defs></svg><p>text</p>');
    assert.equal(icons, '<p>text</p>');
  }));

test('a table of more than 200 rows is cut, with its head, and says how long it is', () =>
  withOutput(async page => {
    const rows = Array.from({ length: 1234 }, (_, n) => `<tr><td>${n}</td></tr>`).join('');
    await shownHtml(page, `<table><thead><tr><th>n</th></tr></thead><tbody>${rows}</tbody></table>`);
    assert.equal(await page.locator('.value tbody tr').count(), 200);
    assert.equal(await page.locator('.value thead tr').count(), 1);
    assert.equal(await page.innerText('.value-cut'), '200 of 1,234 rows are shown.');
  }));

test('a picture comes before HTML, HTML before text; what can not be shown falls back to text', () =>
  withOutput(async page => {
    const png = await page.evaluate(() => {
      const canvas = document.createElement('canvas');
      return canvas.toDataURL('image/png').slice('data:image/png;base64,'.length);
    });
    const [both, markdown, script] = await show(
      page,
      {
        'image/png': `${png.slice(0, 20)}\n${png.slice(20)}`,
        'text/html': '<p>page</p>',
        'text/plain': '<Figure "1">',
      },
      { 'text/markdown': '# *not* read' },
      { 'text/html': '<script>plot()</script><div id="plot"></div>' },
    );
    assert.match(
      both ?? '',
      /^<img class="value-image" src="data:image\/png;base64,[^"\s]+" alt="&lt;Figure &quot;1&quot;/,
    );
    await until('the picture is loaded', () =>
      page.locator('.value img').evaluate(image => image instanceof HTMLImageElement && image.naturalWidth === 300),
    );
    assert.equal(markdown, '<pre class="value-text"># *not* read</pre>');
    assert.equal(script, plain);
    await show(page, { 'image/png': 'bm8gcGljdHVyZQ==' }, { 'image/png': '"><script>' });
    await until('broken pictures give way to the text', async () => (await page.locator('.value img').count()) === 1);
    assert.equal(await page.locator('.value').last().innerHTML(), plain);
  }));

test('SVG is only ever an image: no script, nothing loaded; in HTML as well', () =>
  withOutput(async page => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="70" height="20" onload="parent.${attack}"><text>\ud800</text><script>parent.${attack}</script>
      <image href="https://evil.test/x.png"/><foreignObject><iframe src="https://evil.test/"/></foreignObject></svg>`;
    const shown = await show(
      page,
      { 'image/svg+xml': svg },
      { 'image/svg+xml': '<svg width="70" height="20"><rect width="9" height="9"/></svg>' },
      { 'text/html': `<table><tr><td>${svg}</td></tr></table>` },
      { 'image/svg+xml': 'no drawing' },
    );
    await until('all three are drawn', async () => {
      const widths = await page
        .locator('.value img')
        .evaluateAll(images => images.map(image => (image instanceof HTMLImageElement ? image.naturalWidth : 0)));
      return widths.length === 3 && widths.every(width => width === 70);
    });
    assert.equal(await page.locator('.value svg').count(), 0);
    assert.equal(shown[3], plain);
  }));

test('text and values stand in the order in which they came, also live', () =>
  withOutput(async page => {
    const text = () =>
      page
        .locator('.out-line')
        .evaluateAll(lines => lines.map(line => (line.querySelector('.value') ? '<value>' : line.textContent)));
    await page.evaluate(() => {
      window.fake.write('run-1', 'stdout', 'one\nhalf a line');
      window.fake.show('run-1', { 'text/plain': 'v', 'text/html': '<b>v</b>' });
      window.fake.show('run-1', { 'text/plain': 'w', 'text/html': '<b>w</b>' });
      window.fake.write('run-1', 'stderr', '\x1b[31mtwo');
    });
    await until('five lines', async () => (await text()).length === 5);
    assert.deepEqual(await text(), ['one', 'half a line', '<value>', '<value>', 'two']);
    assert.equal(await page.innerText('[role=tab]:has-text("Output") .tab-badge'), '2');
    const table = await page.locator('.value').first().elementHandle();
    await page.evaluate(() => window.fake.write('run-1', 'stdout', ' and three\r!\nfour'));
    await until('six lines', async () => (await text()).length === 6);
    assert.deepEqual((await text()).slice(4), ['!wo and three', 'four']);
    assert.equal(await table?.evaluate(node => node.isConnected), true, 'a value is not drawn anew');
  }));

test('cells of a notebook say what they wait for, and why they did not run', () =>
  withOutput(async page => {
    const change = (patch: object) => page.evaluate(changed => window.fake.change('run-1', changed), patch);
    const waiting = { phase: 'queued', status: null, hasTrace: false, durationNs: 0 };
    await change({ ...waiting, notes: ['Waits for cell 2.'] });
    await page.waitForSelector('.notes:has-text("Waits for cell 2.")');
    assert.equal(await page.locator('.section > .section-body > .tab-panel > .placeholder:visible').count(), 0);
    assert.equal(await page.innerText('.status'), 'Queued');
    const userError = { code: 'notRun', message: 'Not run: cell 2 failed.', advice: '', remedy: null };
    await change({ phase: 'ended', status: 'cancelled', notes: [], userError });
    await page.waitForSelector('.message:has-text("Not run: cell 2 failed.")');
    assert.equal(await page.innerText('.status'), 'Not run');
    await change({ userError: null });
    await until('it was the user', async () => (await page.innerText('.status')) === 'Cancelled before it started');
  }));

test('notes: two are read at once, more are folded; packages and the program are offered', () =>
  withOutput(async page => {
    const change = (patch: object) => page.evaluate(changed => window.fake.change('run-1', changed), patch);
    assert.equal(await page.locator('.notes').isVisible(), false);
    assert.equal(await page.locator('[title="Show program"]').isVisible(), false);
    await change({ notes: ['%matplotlib was ignored.', 'plt.show() shows figures.'] });
    await page.waitForSelector('.notes p:has-text("plt.show() shows figures.")');
    assert.equal(await page.locator('.notes details').count(), 0);
    await change({ notes: ['a', 'b', 'c'], packages: ['dask[dataframe]>=2', 'pandas'], hasProgram: true });
    await page.waitForSelector('summary:has-text("3 notes about what ran")');
    assert.equal(await page.locator('.notes li').first().isVisible(), false);
    await page.locator('.notes summary').focus();
    await page.keyboard.press('Enter');
    assert.deepEqual(await page.locator('.notes li:visible').allInnerTexts(), ['a', 'b', 'c']);
    await change({ durationNs: 3e9 });
    assert.equal(await page.locator('.notes li:visible').count(), 3, 'news of the run does not fold them again');
    await page.click('button:has-text("Install dask[dataframe]>=2 and pandas")');
    await page.click('[title="Show program"]');
    assert.deepEqual((await sent(page, 'install'))[0], { kind: 'install', runId: 'run-1' });
    assert.deepEqual((await sent(page, 'showProgram'))[0], { kind: 'showProgram', runId: 'run-1' });
    await change({ packages: ['a', 'b', 'c', 'd'] });
    await page.waitForSelector('button:has-text("Install a, b and 2 more")');
  }));
