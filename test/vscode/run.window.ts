// The main job in a real extension host: select, run, watch, stop.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { createSuite, skip } from '../support/vscode/harness.ts';
import { page } from '../support/vscode/page.ts';
import {
  answerNotification,
  cleanUp,
  notification,
  openPython,
  openSample,
  processesOfRuns,
  selectLines,
  until,
  untilNoProcess,
  untilPanel,
} from './support.ts';

const suite = createSuite();
suite.afterEach(cleanUp);

const computing = `import threading

def compute(stop):
    n = 0
    while not stop.is_set():
        n += 1

first = [threading.Thread(target=compute, args=(threading.Event(),), name='first-one') for _ in range(2)]
for thread in first:
    thread.start()

second = threading.Thread(target=compute, args=(threading.Event(),), name='second-one')
second.start()
`;

function needsPage(): void {
  if (!page.available) skip('this VS Code has no page to drive; the launcher of test/support/vscode provides one');
}

suite.test('activation registers the commands and starts nothing', async () => {
  const extension = vscode.extensions.getExtension('run-in-parallel.run-in-parallel');
  assert.ok(extension, 'the extension is installed');
  await extension.activate();
  const commands = await vscode.commands.getCommands(true);
  for (const name of ['run', 'stop', 'showPanel', 'openTrace'])
    assert.ok(commands.includes(`runInParallel.${name}`), name);
  assert.deepEqual(processesOfRuns(), []);
});

suite.test('palette, two selections, a panel with both, editing goes on, Stop leaves no process', async () => {
  needsPage();
  const editor = await openPython(computing);
  selectLines(editor, [7, 9], [11, 12]);
  await page.command('Run in Parallel');
  await untilPanel('both snippets run, with their threads', text =>
    ['first-one', 'second-one', ':8-10', ':12-13'].every(part => text.includes(part)),
  );
  assert.equal(vscode.window.activeTextEditor, editor, 'the focus stays in the editor');
  await page.press('Control+Home');
  await page.type('# typed meanwhile ');
  await until(
    'the text arrives in the editor',
    () => editor.document.lineAt(0).text,
    line => line.startsWith('# typed meanwhile'),
  );
  assert.equal(new Set(processesOfRuns().map(({ pid }) => pid)).size, 2);
  await page.screenshot('vscode-running');

  await page.click('button[aria-label="Stop Untitled-1:8-10"]', { frame: 'webview' });
  await until('the first Stop ends one run', processesOfRuns, left => left.length === 1);
  await page.click('button[aria-label="Stop Untitled-1:12-13"]', { frame: 'webview' });
  await untilNoProcess();
  // Of their own lines: a screen reader is told the same in another place.
  await untilPanel('both are shown as stopped', text => (text.match(/^Cancelled after/gm) ?? []).length === 2);
  await page.screenshot('vscode-cancelled');
});

suite.test('unsaved text runs with the lines of the editor, and its traceback leads there', async () => {
  needsPage();
  const editor = await openPython('import time\n\n\ndef fail():\n    return 1 / 0\n\n\nfail()\n');
  selectLines(editor, [7, 7]);
  await page.press('Control+Alt+Enter');
  await untilPanel('the error is shown', text => text.includes('ZeroDivisionError'));
  await page.click('[role=tab]:has-text("Output")', { frame: 'webview' });
  await untilPanel('the traceback has the line', text => /line 5, in fail/.test(text));
  await page.click('.output [role=link]:has-text("line 5")', { frame: 'webview' });
  await until(
    'the cursor goes there',
    () => vscode.window.activeTextEditor?.selection.active.line,
    line => line === 4,
  );
  await page.screenshot('vscode-failed');
});

suite.test('a cell at the cursor runs alone, with what it needs from above', async () => {
  needsPage();
  const editor = await openSample('2_gil.py');
  const threads = editor.document
    .getText()
    .split('\n')
    .findIndex(line => line.includes('ThreadPoolExecutor('));
  editor.selection = new vscode.Selection(threads, 0, threads, 0);
  await page.command('Run in Parallel');
  const text = await untilPanel(
    'it ends, and the threads waited for the GIL',
    shown => /Finished in/.test(shown) && /Waiting for the GIL\s+\d+ %/.test(shown),
  );
  assert.match(text, /2_gil\.py:39-45/);
});

suite.test('the status bar stops everything', async () => {
  needsPage();
  await openPython('while True: pass\n');
  await vscode.commands.executeCommand('runInParallel.run');
  await until('it runs', processesOfRuns, left => left.length === 1);
  await page.click('.statusbar-item:has-text("1 snippet")');
  await untilNoProcess();
});

suite.test('the notification of a longer run cancels it', async () => {
  needsPage();
  const { document } = await openPython('import time\ntime.sleep(60)\n');
  await vscode.commands.executeCommand('runInParallel.run');
  await answerNotification(`Running ${document.fileName}`, 'Cancel');
  await untilNoProcess();
  await untilPanel('the run is shown as cancelled', text => /Cancelled after/.test(text));
});

suite.test('closing the panel stops its runs', async () => {
  await openPython('import time\ntime.sleep(60)\n');
  await vscode.commands.executeCommand('runInParallel.run');
  await until('it runs', processesOfRuns, left => left.length === 1);
  const panel = await until(
    'the panel has a tab',
    () => vscode.window.tabGroups.all.flatMap(group => group.tabs).find(tab => tab.label === 'Run in Parallel'),
    tab => tab !== undefined,
  );
  if (panel) await vscode.window.tabGroups.close(panel);
  await untilNoProcess();
});

suite.test('without any Python a message offers the setting', async () => {
  needsPage();
  const saved = process.env.PATH;
  process.env.PATH = '';
  try {
    await openPython('print(1)\n');
    await vscode.commands.executeCommand('runInParallel.run');
    await notification('No Python interpreter was found');
    await page.screenshot('vscode-no-interpreter');
    await answerNotification('No Python interpreter was found', 'Open Setting');
    await page.waitFor('.settings-editor');
    await page.waitFor('.setting-item:has-text("Python Path")');
  } finally {
    process.env.PATH = saved;
  }
});

export const run = suite.run;
