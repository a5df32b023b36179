import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { type PanelOptions, type Panels, startPanels } from './support/panel.ts';
import { drawn, frames, lastRequest, sent, until } from './support/timeline.ts';

let panels: Panels;
before(async () => {
  panels = await startPanels();
});
after(async () => panels.close());

async function withPanel(options: PanelOptions, act: (page: Page) => Promise<void>): Promise<void> {
  const page = await panels.open(options);
  await page.waitForSelector('.section, .empty:not([hidden])');
  await act(page);
  assert.deepEqual(await page.evaluate(() => window.fake.violations), []);
  await page.context().close();
}

const status = (page: Page) => page.locator('.section').first().locator('.status').innerText();

test('says that it is ready, then how to begin', () =>
  withPanel({}, async page => {
    assert.deepEqual((await sent(page, 'ready'))[0], { kind: 'ready', version: 1 });
    assert.match(
      await page.innerText('.empty'),
      /^Select Python code and choose Run in Parallel\.\n+.*Ctrl Alt Enter/s,
    );
  }));

test('each phase and each end has its words', () =>
  withPanel({ prepare: () => window.fake.add({ phase: 'queued', status: null, queuePosition: 3 }) }, async page => {
    const change = async (patch: object, words: RegExp) => {
      await page.evaluate(changed => window.fake.change('run-1', changed), patch);
      await until(String(words), async () => words.test(await status(page)));
    };
    assert.equal(await status(page), 'Queued · place 3');
    await change({ queuePosition: 1 }, /^Queued · next to run$/);
    await change({ phase: 'starting', queuePosition: null }, /^Starting Python…$/);
    await change({ phase: 'running' }, /^Running · \d/);
    await change({ phase: 'stopping' }, /^Stopping… · \d/);
    await change({ phase: 'ended', status: 'cancelled' }, /^Cancelled after 1\.2 s$/);
    await change({ status: 'ok' }, /^Finished in 1\.2 s$/);
    await change({ status: 'failed', exitCode: 3 }, /^Exited with code 3 after 1\.2 s$/);
    await change({ status: 'timeout' }, /^Stopped at its time limit, after 1\.2 s$/);
    await change({ status: 'killed', signal: 'SIGKILL' }, /^Killed by SIGKILL after 1\.2 s$/);
  }));

test('how far Spark is can be read in a narrow panel', () =>
  withPanel(
    {
      width: 320,
      prepare: () => {
        const progress = 'Spark stage 12: 120/200 tasks';
        window.fake.add({ phase: 'running', status: null, where: 'Spark local[*]', progress }, { untilMs: 500 });
      },
    },
    async page => {
      await page.waitForSelector('.progress:has-text("120/200")');
      const cut = await page
        .locator('.where, .progress')
        .evaluateAll(all => all.map(each => each.scrollWidth > each.clientWidth));
      assert.deepEqual(cut, [false, false]);
    },
  ));

test('a running clock goes on between two answers', () =>
  withPanel({ prepare: () => window.fake.add({ phase: 'running', status: null }, { untilMs: 500 }) }, async page => {
    await until('a second has passed on the clock', async () => /Running · [1-9]\.\d s/.test(await status(page)));
    assert.ok((await sent(page, 'getRuns')).length <= 2, 'without asking the host');
  }));

test('the buttons of a section', () =>
  withPanel({ prepare: () => window.fake.add({ phase: 'running', status: null }) }, async page => {
    await page.click('.section .stop');
    await page.click('.section-title');
    assert.deepEqual((await sent(page, 'stop'))[0], { kind: 'stop', runId: 'run-1' });
    assert.deepEqual((await sent(page, 'reveal'))[0], { kind: 'reveal', file: '/code/fetch.py', line: 10 });
    assert.equal(await page.locator('[title="Run again"]').isVisible(), false);
    await page.evaluate(() => window.fake.change('run-1', { phase: 'ended', status: 'ok' }));
    for (const title of ['Run again', 'Save trace…', 'Remove from the panel']) await page.click(`[title="${title}"]`);
    for (const kind of ['rerun', 'saveTrace', 'remove']) {
      assert.deepEqual((await sent(page, kind))[0], { kind, runId: 'run-1' });
    }
    await page.evaluate(() => window.fake.remove('run-1'));
    await page.waitForSelector('.empty:not([hidden])');
  }));

test('a failure shows its sentence, its line and its remedy', () =>
  withPanel(
    {
      prepare: () => {
        const programError = {
          type: 'ValueError',
          message: 'too small',
          file: '/code/fetch.py',
          line: 7,
          module: null,
          advice: 'Check n.',
        };
        const userError = {
          code: 'x',
          message: 'It was stopped.',
          advice: 'Raise the limit.',
          remedy: 'openLimitSetting' as const,
        };
        window.fake.add({ status: 'failed', programError, userError });
      },
    },
    async page => {
      assert.match(
        await page.innerText('.messages'),
        /ValueError: too small\s+fetch\.py:7\s+Check n\.\s+It was stopped\./,
      );
      await page.click('.message .link:has-text("fetch.py:7")');
      await page.click('text=Change the limit…');
      assert.deepEqual((await sent(page, 'reveal'))[0], { kind: 'reveal', file: '/code/fetch.py', line: 7 });
      assert.deepEqual((await sent(page, 'remedy'))[0], { kind: 'remedy', runId: 'run-1', remedy: 'openLimitSetting' });
      await page.click('.section-toggle');
      assert.match(await status(page), /It was stopped\.$/, 'a collapsed section still says it');
    },
  ));

test('what our own words ended the program with is said once, with its line', () =>
  withPanel(
    {
      prepare: () => {
        const message = 'Spark could not start. Spark 4.0.1 needs Java 17 or newer.';
        const advice = 'Install one, such as with `sudo apt install openjdk`.';
        const error = { type: 'PySparkRuntimeError', message: `[JAVA_GATEWAY_EXITED] ${message} ${advice}` };
        const programError = { ...error, file: '/code/fetch.py', line: 7, module: null, advice: '' };
        const userError = { code: 'sparkCannotStart', message, advice, remedy: 'installJava' as const };
        window.fake.add({ status: 'failed', programError, userError });
      },
    },
    async page => {
      assert.match(
        await page.innerText('.messages'),
        /^Spark could not start\. Spark 4\.0\.1 needs Java 17 or newer\.\s+fetch\.py:7\s+Install one, such as with sudo apt install openjdk\.\s+Install Java$/,
      );
      assert.equal(await page.innerText('.message code'), 'sudo apt install openjdk');
      await page.click('.message .link:has-text("fetch.py:7")');
      assert.deepEqual((await sent(page, 'reveal'))[0], { kind: 'reveal', file: '/code/fetch.py', line: 7 });
    },
  ));

test('findings beside the first are told on a click, and a live run does not close them', () =>
  withPanel({ prepare: () => window.fake.add({}, { insights: 'several' }) }, async page => {
    const more = page.locator('.more-findings');
    await more.waitFor();
    assert.match(await page.innerText('.messages'), /Four threads took turns.*\s+2 more findings$/s);
    await page.focus('.more-findings summary');
    await page.keyboard.press('Enter');
    assert.match(await more.innerText(), /13 tasks shared 4 workers.*Give pool more workers\.\s+And one more\./s);
    await page.evaluate(() => window.fake.change('run-1', { revision: 7 }));
    await until('the run was asked again', async () => {
      const asked = await sent(page, 'request');
      return asked.filter(each => 'method' in each && each.method === 'getOverview').length > 1;
    });
    assert.equal(await more.getAttribute('open'), '');
  }));

test('a missing package has its buttons, in order', () =>
  withPanel(
    {
      prepare: () => {
        const programError = {
          type: 'ModuleNotFoundError',
          message: "No module named 'pandas'",
          file: '/code/frames.py',
          line: 1,
          module: 'pandas',
          advice: 'python lacks pandas.',
        };
        const remedies = ['installMissing', 'createEnvironment', 'openInterpreterSetting'] as const;
        window.fake.add({ status: 'failed', programError, remedies: [...remedies] });
      },
    },
    async page => {
      const labels = await page.locator('.message-advice .link').allInnerTexts();
      assert.deepEqual(labels, ['Install into this environment', 'Create an environment', 'Choose the interpreter…']);
      for (const label of labels) await page.click(`.message-advice .link:has-text("${label}")`);
      const asked = ['installMissing', 'createEnvironment', 'openInterpreterSetting'];
      assert.deepEqual(
        await sent(page, 'remedy'),
        asked.map(remedy => ({ kind: 'remedy', runId: 'run-1', remedy })),
      );
    },
  ));

test('tabs are ARIA tabs, moved by arrows, and come back after the page was thrown away', () =>
  withPanel({ prepare: () => window.fake.add({}) }, async page => {
    await drawn(page);
    const selected = () => page.locator('[role=tab][aria-selected=true]').innerText();
    assert.match(await selected(), /^Timeline/);
    await page.locator('[role=tab][aria-selected=true]').focus();
    await page.keyboard.press('ArrowRight');
    assert.match(await selected(), /^Tasks/);
    await page.keyboard.press('End');
    assert.equal(await selected(), 'Output');
    assert.equal(await page.locator('[role=tab][tabindex="0"]').count(), 1);
    const panel = await page.locator('[role=tab][aria-selected=true]').getAttribute('aria-controls');
    assert.equal(await page.locator(`#${panel}`).isVisible(), true);
    await frames(page, 2);
    const state = await page.evaluate(() => window.fake.state);
    const again = await panels.open({ state, prepare: () => window.fake.add({}) });
    await again.waitForSelector('[role=tab][aria-selected=true]:has-text("Output")');
    await again.context().close();
  }));

test('several runs: newest first, collapsible, stopped together; how one ended is spoken', () =>
  withPanel(
    {
      prepare: () => {
        for (const title of ['a.py', 'b.py', 'c.py'])
          window.fake.add({ title, phase: 'running', status: null }, { trace: 'none' });
      },
    },
    async page => {
      assert.deepEqual(await page.locator('.section-title').allInnerTexts(), ['c.py', 'b.py', 'a.py']);
      await page.click('button:has-text("Stop all")');
      assert.equal((await sent(page, 'stopAll')).length, 1);
      await page.click('button:has-text("Collapse all")');
      assert.equal(await page.locator('.section-body:visible').count(), 0);
      await page.evaluate(() => window.fake.change('run-2', { phase: 'ended', status: 'cancelled', durationNs: 2e9 }));
      await until(
        'the end is spoken',
        async () => (await page.textContent('.spoken')) === 'b.py: Cancelled after 2.0 s',
      );
    },
  ));

test('the task table sorts by its headers and sums up', () =>
  withPanel({ prepare: () => window.fake.add({}) }, async page => {
    await page.click('[role=tab]:has-text("Tasks")');
    await page.waitForSelector('tbody tr');
    assert.equal(await page.locator('tbody tr').count(), 16);
    assert.equal(await page.innerText('.task-totals'), '16 tasks · median queued 311 ms · median ran 284 ms');
    await page.click('.sorter:has-text("Queued")');
    await page.waitForSelector('th[aria-sort=descending]:has-text("Queued")');
    assert.match(await page.locator('tbody tr').first().innerText(), /700 ms/);
    await page.click('.sorter:has-text("Status")');
    await page.waitForSelector('th[aria-sort=ascending]:has-text("Status")');
    assert.match(await page.locator('tbody tr').last().innerText(), /Failed/);
    await page.locator('tbody tr').last().locator('.link').click();
    assert.deepEqual((await sent(page, 'reveal'))[0], { kind: 'reveal', file: '/code/fetch.py', line: 12 });
  }));

test('a long task table has pages, and medians of all tasks', () =>
  withPanel({ prepare: () => window.fake.add({}, { trace: 'many' }) }, async page => {
    await page.click('[role=tab]:has-text("Tasks")');
    await page.waitForSelector('tbody tr');
    assert.equal(await page.locator('tbody tr').count(), 200);
    assert.match(await page.innerText('.pager'), /1–200 of 32,000/);
    await until('medians', async () =>
      /^32,000 tasks · median queued 400 µs · median ran \d/.test(await page.innerText('.task-totals')),
    );
    await page.click('[title="Later tasks"]');
    await until('the second page', async () => /201–400 of 32,000/.test(await page.innerText('.pager')));
  }));

test('output: both streams in order, progress overwritten, tracebacks linked', () =>
  withPanel({ prepare: () => window.fake.add({}) }, async page => {
    await page.click('[role=tab]:has-text("Output")');
    assert.equal(await page.innerText('.output .placeholder'), 'It wrote nothing.');
    await page.evaluate(() => {
      window.fake.write('run-1', 'stdout', 'one\n');
      window.fake.write('run-1', 'stderr', ' 10%\r 20%');
      window.fake.write('run-1', 'stderr', '\r100%\n');
      window.fake.write('run-1', 'stdout', '\x1b[31mred\x1b[0m plain\n');
      window.fake.write('run-1', 'stderr', '  File "/code/fetch.py", line 12, in f\n');
    });
    await until('five lines', async () => (await page.locator('.out-line').count()) === 5);
    const lines = await page.locator('.out-line').allInnerTexts();
    assert.deepEqual(
      lines.map(line => line.trimEnd()),
      ['one', '100%', 'red plain', '  File "/code/fetch.py", line 12, in f', ''],
    );
    assert.equal(await page.locator('.fg-1').innerText(), 'red');
    assert.equal(await page.locator('.out-line.stderr').count(), 2);
    await page.click('.out-line .link');
    assert.deepEqual((await sent(page, 'reveal'))[0], { kind: 'reveal', file: '/code/fetch.py', line: 12 });
    await page.focus('.out-line [role=link]');
    await page.keyboard.press('Enter');
    assert.equal((await sent(page, 'reveal')).length, 2, 'by keys too');
    await page.dblclick('.out-line .link');
    assert.equal((await sent(page, 'reveal')).length, 3, 'once for the first click; then a word is selected');
    await page.evaluate(() => window.fake.write('run-1', 'stdout', 'more'));
    await until('only what is new is asked for', async () => Number((await lastRequest(page, 'getOutput')).from) >= 5);
  }));

test('long output: bounded, says where the rest is, stays at the end until scrolled up', () =>
  withPanel({ prepare: () => window.fake.add({ phase: 'running', status: null }) }, async page => {
    await page.click('[role=tab]:has-text("Output")');
    await page.evaluate(() => {
      for (let i = 0; i < 60; i += 1)
        window.fake.write('run-1', 'stdout', Array.from({ length: 100 }, (_, n) => `line ${i * 100 + n}\n`).join(''));
    });
    await until(
      'the last line',
      async () => (await page.locator('.out-line').last().getAttribute('data-number')) === '6000',
    );
    assert.equal(await page.locator('.out-line').count(), 5000);
    const fromEnd = () =>
      page.evaluate(() => {
        const box = document.querySelector('.out-scroller');
        return box ? box.scrollHeight - box.scrollTop - box.clientHeight : -1;
      });
    await until('the end in view', async () => (await fromEnd()) < 30);
    await page.evaluate(() => document.querySelector('.out-scroller')?.scrollTo(0, 0));
    await page.click('.out-notice button');
    assert.deepEqual((await sent(page, 'openLog'))[0], { kind: 'openLog', runId: 'run-1' });
    await page.evaluate(() => window.fake.write('run-1', 'stdout', 'news\n'));
    await until(
      'the news arrived',
      async () => (await page.locator('.out-line').last().getAttribute('data-number')) === '6001',
    );
    assert.ok((await fromEnd()) > 100, 'it was left where it was');
    await page.click('.out-to-end');
    await until('the end again', async () => (await fromEnd()) < 30);
  }));

test('a host that can not answer leaves the panel usable', () =>
  withPanel(
    {
      prepare: () => {
        window.fake.add({});
        window.fake.failing.add('getOverview');
      },
    },
    async page => {
      await page.waitForSelector('.placeholder:visible');
      await page.evaluate(() => {
        window.fake.failing.clear();
        window.fake.change('run-1', { revision: 2 });
      });
      await drawn(page);
    },
  ));

test('a timeline whose data does not come says so, until it comes', () =>
  withPanel(
    {
      prepare: () => {
        window.fake.add({});
        window.fake.failing.add('getWindow');
      },
    },
    async page => {
      await page.waitForSelector('.tl-failure:has-text("Not up to date: The run is gone.")');
      await page.evaluate(() => {
        window.fake.failing.clear();
        window.fake.change('run-1', { revision: 2 });
      });
      await drawn(page);
      assert.equal(await page.locator('.tl-failure').textContent(), '');
    },
  ));

test('a native state is explained on focus', () =>
  withPanel({ prepare: () => window.fake.add({}) }, async page => {
    await drawn(page);
    assert.equal(await page.locator('[data-state=gilWait] .legend-meaning').isVisible(), false);
    await page.locator('[data-state=gilWait]').focus();
    assert.match(await page.innerText('[data-state=gilWait] .legend-meaning'), /^Ready to run, but another thread/);
    assert.match(await page.innerText('.quality'), /^States sampled at 397 Hz; .* 3 late samples/);
  }));
