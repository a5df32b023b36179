// Closing the window while something runs leaves no process behind. The window is gone afterwards: one test, the last.
import * as vscode from 'vscode';
import { createSuite, skip } from '../support/vscode/harness.ts';
import { page } from '../support/vscode/page.ts';
import { openPython, processesOfRuns, until } from './support.ts';

const suite = createSuite();

suite.test('closing the window ends every process of a run, children in sessions of their own included', async () => {
  if (!page.available) skip('this VS Code has no page to close; the launcher of test/support/vscode provides one');
  const program = 'import os, time\nif os.fork() == 0:\n    os.setsid()\ntime.sleep(600)\n';
  await openPython(program);
  await vscode.commands.executeCommand('runInParallel.run');
  const running = await until('parent and child run', processesOfRuns, left => left.length === 2);
  await page.closeWindow(
    running.map(({ pid }) => pid),
    10_000,
  );
});

export const run = suite.run;
