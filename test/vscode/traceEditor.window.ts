// A saved trace, and an event log of Spark, in editors of their own; nothing runs for them.
import assert from 'node:assert/strict';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { TraceBuilder } from '../../src/trace/builder.ts';
import { encodeTrace } from '../../src/trace/file.ts';
import { createSuite, skip } from '../support/vscode/harness.ts';
import { page } from '../support/vscode/page.ts';
import { cleanUp, processesOfRuns, until, untilPanel } from './support.ts';

const suite = createSuite();
suite.afterEach(cleanUp);

function needsPage(): void {
  if (!page.available) skip('this VS Code has no page to look at; the launcher of test/support/vscode provides one');
}

function inWorkspace(name: string): string {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) throw new Error('The tests need a folder.');
  return join(folder.uri.fsPath, name);
}

/** Of a program with one thread that ran for 1.5 s. */
function savedTrace(): Uint8Array {
  const builder = new TraceBuilder({ title: 'saved.py', startedAtMs: Date.now(), cpuCount: 2 });
  const process = builder.addProcess({
    ...{ pid: 4711, parentPid: null, name: 'saved.py', startMethod: 'main', python: '3.13.0', gilEnabled: true },
    ...{ startNs: 0, endNs: 1.5e9, exit: 'exit 0', note: '' },
  });
  const thread = builder.addThread({ process, tid: 4711, name: 'the only thread', kind: 'python', startNs: 0 });
  builder.updateThread(thread, { endNs: 1.5e9 });
  builder.addState(thread, 0, 1.5e9, 0);
  return new Uint8Array(encodeTrace(builder.finish(1.5e9)));
}

function customTabs(): string[] {
  const inputs = vscode.window.tabGroups.all.flatMap(group => group.tabs.map(tab => tab.input));
  return inputs.flatMap(input => (input instanceof vscode.TabInputCustom ? [input.viewType] : []));
}

suite.test('a .riptrace opens in its editor with a click', async () => {
  needsPage();
  const file = inWorkspace('saved.riptrace');
  writeFileSync(file, savedTrace());
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
  const text = await untilPanel('the trace is shown', shown => shown.includes('the only thread'));
  assert.match(text, /saved\.riptrace\s+Finished in 1\.5 s/);
  assert.deepEqual(customTabs(), ['runInParallel.trace']);
  const buttons = await page.evaluateInWebview<string[]>(
    '[...document.querySelectorAll(".section-tools button")].filter(each => !each.hidden).map(each => each.title)',
  );
  assert.deepEqual(buttons, ['Save trace…', 'Remove from the panel'], 'there is nothing to run again');
  await page.screenshot('vscode-trace-editor');
  assert.deepEqual(processesOfRuns(), []);
  await page.click('button[title="Remove from the panel"]', { frame: 'webview' });
  await until('its tab closes', customTabs, tabs => tabs.length === 0);
});

suite.test('an event log of Spark opens in the editor for such logs', async () => {
  needsPage();
  const file = inWorkspace('local-1764200000000');
  const extension = vscode.extensions.getExtension('run-in-parallel.run-in-parallel');
  copyFileSync(join(extension?.extensionPath ?? '', 'test/fixtures/spark/spark-4.3.log'), file);
  await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(file), 'runInParallel.sparkLog');
  const text = await untilPanel('its executor cores are shown', shown => /core\s+1/.test(shown));
  assert.match(text, /Spark local\[/, 'it says where it ran');
  await page.screenshot('vscode-spark-log-editor');
});

suite.test('a file that is no trace says so in its editor', async () => {
  needsPage();
  const file = inWorkspace('broken.riptrace');
  writeFileSync(file, 'no trace at all');
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
  await untilPanel('the reason is shown', text =>
    text.includes('broken.riptrace is neither a trace of Run in Parallel'),
  );
});

export const run = suite.run;
