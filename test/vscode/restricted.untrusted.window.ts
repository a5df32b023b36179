// Restricted Mode: nothing runs.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { createSuite, skip } from '../support/vscode/harness.ts';
import { page } from '../support/vscode/page.ts';
import { notification, openPython, processesOfRuns } from './support.ts';

const suite = createSuite();

suite.test('in an untrusted workspace nothing runs, and a message says why', async () => {
  assert.equal(vscode.workspace.isTrusted, false);
  if (!page.available) skip('this VS Code has no page to look at; the launcher of test/support/vscode provides one');
  await openPython('print(1)\n');
  for (const command of ['run', 'runNotebook', 'showProgram']) {
    const finished = vscode.commands.executeCommand(`runInParallel.${command}`);
    await notification('needs a trusted workspace');
    await vscode.commands.executeCommand('notifications.clearAll');
    await finished;
  }
  assert.deepEqual(processesOfRuns(), []);
});

export const run = suite.run;
