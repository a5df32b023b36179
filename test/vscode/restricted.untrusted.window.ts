// Restricted Mode: nothing runs, and no cluster is contacted; code is checked, as that runs nothing.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { createSuite, skip } from '../support/vscode/harness.ts';
import { page } from '../support/vscode/page.ts';
import { notification, openPython, processesOfRuns, until } from './support.ts';

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

suite.test('in an untrusted workspace mistakes are shown', async () => {
  assert.equal(vscode.workspace.isTrusted, false);
  const { document } = await openPython(
    'from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor() as pool:\n    pool.map(work, [1])\n',
  );
  await until(
    'there is a diagnostic',
    () => vscode.languages.getDiagnostics(document.uri).map(({ source }) => source),
    sources => sources.includes('Run in Parallel'),
  );
});

suite.test('in an untrusted workspace a cluster of its settings is not known, and nothing connects', async () => {
  assert.equal(vscode.workspace.isTrusted, false);
  if (!page.available) skip('this VS Code has no page to look at; the launcher of test/support/vscode provides one');
  let connections = 0;
  const server = createServer(socket => {
    connections++;
    socket.destroy();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  mkdirSync(join(folder, '.vscode'), { recursive: true });
  const settings = {
    'runInParallel.dask.scheduler': `tcp://127.0.0.1:${port}`,
    'runInParallel.spark.master': `spark://127.0.0.1:${port}`,
    'runInParallel.timeout': 77,
  };
  writeFileSync(join(folder, '.vscode/settings.json'), JSON.stringify(settings));
  const of = (name: string) => vscode.workspace.getConfiguration('runInParallel').get(name);
  await until(
    'the workspace’s settings are read',
    () => of('timeout'),
    timeout => timeout === 77,
  );
  assert.equal(of('dask.scheduler'), '');
  assert.equal(of('spark.master'), '');
  await openPython('import dask\nimport pyspark\n');
  await page.waitFor('.statusbar-item:has-text("This computer")');
  for (const command of ['chooseCluster', 'run']) {
    void vscode.commands.executeCommand(`runInParallel.${command}`);
    await notification('needs a trusted workspace');
    await vscode.commands.executeCommand('notifications.clearAll');
  }
  assert.equal(connections, 0);
  await new Promise(resolve => server.close(resolve));
});

export const run = suite.run;
