// Choosing where Dask and Spark run, with something real that listens, in a real VS Code.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { createSuite, skip } from '../support/vscode/harness.ts';
import { page } from '../support/vscode/page.ts';
import {
  answerNotification,
  cleanUp,
  notification,
  openPython,
  panelText,
  processesOfRuns,
  until,
  untilPanel,
  untilSuccess,
} from './support.ts';

const suite = createSuite();
const servers: Server[] = [];
suite.afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await vscode.commands.executeCommand('notifications.clearAll');
  await chooseThisComputer();
  await cleanUp();
});

/** As an engine asks; the import says that the program uses Dask, without its being installed. */
const tell = (engine: string) => `from _run_in_parallel.tracer.engines import settings

if settings is None:
    import ${engine}
print('chosen:', {name: sorted(cluster.items()) for name, cluster in settings.clusters.items()})
`;

function needsPage(): void {
  if (!page.available) skip('this VS Code has no page to drive; the launcher of test/support/vscode provides one');
}

/** Something that listens, as a scheduler does, and counts who comes. */
async function listen(): Promise<{ port: number; connections: () => number; close(): Promise<void> }> {
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  const close = () =>
    new Promise<void>(resolve => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return { port: (server.address() as AddressInfo).port, connections: () => connections, close };
}

/** Picks an entry of the list with this title, by what it says. */
async function pick(label: string, title = 'Choose Cluster'): Promise<void> {
  await page.waitFor(`.quick-input-widget:has(.quick-input-title:has-text(${JSON.stringify(title)})) input`);
  await page.type(label);
  await page.waitFor(`.quick-input-list .monaco-list-row.focused[aria-label*=${JSON.stringify(label)}]`);
  await page.press('Enter');
}

async function answer(prompt: string, text: string): Promise<void> {
  await page.waitFor(`.quick-input-widget:has-text(${JSON.stringify(prompt)}) input`);
  await page.type(text);
  await page.press('Enter');
}

async function chooseThisComputer(): Promise<void> {
  if (!page.available) return;
  void vscode.commands.executeCommand('runInParallel.chooseCluster');
  await pick('This computer');
  await page.waitFor('body:not(:has(.quick-input-widget:visible))');
}

function statusBar(text: string): Promise<void> {
  return page.waitFor(`.statusbar-item:has-text(${JSON.stringify(text)})`);
}

/** Back from the panel, whose webview takes the focus again when a list closes. */
async function focus(editor: vscode.TextEditor): Promise<void> {
  await vscode.window.showTextDocument(editor.document, vscode.ViewColumn.One);
}

/** Everything that this window and its runs have written to the disk. */
function written(): string {
  const folder = dirname(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '');
  const runs = readdirSync(tmpdir()).filter(name => name.startsWith('run-in-parallel-'));
  return [folder, ...runs.map(name => join(tmpdir(), name))].map(textBelow).join('\n');
}

function textBelow(folder: string): string {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
    return entries.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1')).join('\n');
  } catch {
    return ''; // A run's folder goes away when its window closes.
  }
}

/** By **Choose Cluster**, as one would by hand. */
async function chooseDask(place: string): Promise<void> {
  void vscode.commands.executeCommand('runInParallel.chooseCluster');
  await pick('Dask scheduler…');
  await answer('Address of the Dask scheduler', place);
  await statusBar(`Dask ${place}`);
}

suite.test('a scheduler that listens: chosen, remembered, tried, told to the program and shown', async () => {
  needsPage();
  const { port, connections } = await listen();
  const address = `tcp://127.0.0.1:${port}`;
  await openPython(tell('dask'));
  await statusBar('This computer');
  await page.click('.statusbar-item:has-text("This computer")');
  await pick('Dask scheduler…');
  await page.waitFor('.quick-input-widget:has-text("Address of the Dask scheduler") input');
  await page.type('http://127.0.0.1:8787');
  await page.waitFor('.quick-input-widget:has-text("is the address of a web page")');
  await page.press('Control+A');
  await page.type(`127.0.0.1:${port}`);
  await page.press('Enter');
  await statusBar(`Dask 127.0.0.1:${port}`);
  const known = () => vscode.workspace.getConfiguration('runInParallel').get('clusters');
  await until('it is remembered', known, list => Array.isArray(list) && list.includes(address));
  await until('it was tried when it was chosen', connections, count => count === 1);
  await page.command('Run in Parallel');
  const text = await untilPanel(
    'it has run there',
    shown => /Finished in/.test(shown) && shown.includes(`Dask ${address}`),
  );
  assert.doesNotMatch(text, /can't be reached/);
  assert.equal(connections(), 2, 'and once more before the run');
  await page.click('[role=tab]:has-text("Output")', { frame: 'webview' });
  await untilPanel('the program knows', shown => shown.includes(`chosen: {'dask': [('address', '${address}')`));
  await page.screenshot('vscode-cluster');
});

suite.test('a scheduler that is gone: the run says so with a button, other code runs', async () => {
  needsPage();
  const { port, close } = await listen();
  await openPython(tell('dask'));
  await chooseDask(`127.0.0.1:${port}`);
  await close();
  await vscode.commands.executeCommand('runInParallel.run');
  await untilPanel('the run says why it has not started', text =>
    text.includes(`nothing listens at 127.0.0.1:${port}`),
  );
  assert.deepEqual(processesOfRuns(), []);
  assert.match(await panelText(), /Not started/);
  await page.screenshot('vscode-cluster-unreachable');
  await page.click('button:has-text("Choose cluster…")', { frame: 'webview' });
  await pick('This computer');
  await openPython('print("no dask at all")\n');
  await untilSuccess('code without Dask runs', () => vscode.commands.executeCommand('runInParallel.run'));
});

suite.test('a token is kept in the secret storage, and the program gets it', async () => {
  needsPage();
  const { port } = await listen();
  const secret = `hush-${process.pid}-${Date.now()}`;
  const editor = await openPython(
    `${tell('pyspark')}print('length', len(settings.clusters['spark']['master']))\n`.replace(/^print\('chosen.*$/m, ''),
  );
  void vscode.commands.executeCommand('runInParallel.chooseCluster');
  await pick('Spark master…');
  await answer('Address of the Spark master', `sc://127.0.0.1:${port}/;token=${secret}`);
  await statusBar(`Spark 127.0.0.1:${port}`);
  await untilSuccess('it has run', () => vscode.commands.executeCommand('runInParallel.run'));
  await page.click('[role=tab]:has-text("Output")', { frame: 'webview' });
  const length = `sc://127.0.0.1:${port}/;token=${secret}`.length;
  const text = await untilPanel('the program has the token', shown => shown.includes(`length ${length}`));
  assert.match(text, new RegExp(`Spark sc://127\\.0\\.0\\.1:${port}\\s`));
  assert.ok(!text.includes(secret));
  const everything = written();
  assert.ok(everything.includes(`sc://127.0.0.1:${port}`), 'the address itself is in the settings and the spec');
  assert.ok(!everything.includes(secret), 'the token is nowhere on the disk');
  await focus(editor);
  void vscode.commands.executeCommand('runInParallel.chooseCluster');
  await pick('Forget a cluster…');
  await pick(`sc://127.0.0.1:${port}`, 'Forget a cluster');
  await until(
    'it is forgotten',
    () => vscode.workspace.getConfiguration('runInParallel').get<string[]>('clusters'),
    list => !list?.includes(`sc://127.0.0.1:${port}`),
  );
});

suite.test('what the settings say holds, and a wrong address in them is told', async () => {
  needsPage();
  const configuration = vscode.workspace.getConfiguration('runInParallel');
  await openPython(tell('dask'));
  void vscode.commands.executeCommand('runInParallel.chooseCluster');
  await pick('As the settings say');
  try {
    await configuration.update('dask.scheduler', 'local[3]', vscode.ConfigurationTarget.Global);
    await statusBar('Dask 3 workers');
    await configuration.update('dask.scheduler', 'http://host:8787', vscode.ConfigurationTarget.Global);
    await statusBar('This computer');
    await vscode.commands.executeCommand('runInParallel.run');
    await untilPanel('the run says what is wrong', text =>
      text.includes('http://host:8787 is the address of a web page'),
    );
    await page.click('.statusbar-item:has-text("This computer")');
    await page.press('Escape');
  } finally {
    await configuration.update('dask.scheduler', undefined, vscode.ConfigurationTarget.Global);
  }
});

suite.test('a secret in the settings is used, and moved to the secret storage on demand', async () => {
  needsPage();
  const configuration = () => vscode.workspace.getConfiguration('runInParallel');
  const secret = `hush-conf-${process.pid}`;
  const global = vscode.ConfigurationTarget.Global;
  void vscode.commands.executeCommand('runInParallel.chooseCluster');
  await pick('As the settings say');
  const source = `from _run_in_parallel.tracer.engines import settings
if settings is None:
    import pyspark
print('secret', len(settings.clusters['spark']['conf']['spark.authenticate.secret']))
`;
  try {
    await configuration().update('spark.master', 'local[2]', global);
    await configuration().update(
      'spark.conf',
      { 'spark.ui.enabled': 'false', 'spark.authenticate.secret': secret },
      global,
    );
    const editor = await openPython(source);
    const count = (text: string, what: RegExp) => text.match(what)?.length ?? 0;
    for (let round = 0; round < 2; round++) {
      await focus(editor);
      await vscode.commands.executeCommand('runInParallel.run');
      await untilPanel(
        'it has run',
        text => count(text, /Spark local\[2\]/g) === round + 1 && !/Running · /.test(text),
      );
      await page.click('[role=tab]:has-text("Output")', { frame: 'webview' });
      const told = new RegExp(`secret ${secret.length}\\s`, 'g');
      await untilPanel('the program has the secret', text => count(text, told) === round + 1);
      if (round > 0) break;
      await answerNotification('hold spark.authenticate.secret of Spark in plain text', 'Move to Secret Storage');
      await until(
        'it is gone from the settings',
        () => Object.keys(configuration().get<Record<string, string>>('spark.conf') ?? {}),
        names => names.join() === 'spark.ui.enabled',
      );
      assert.ok(!written().includes(secret));
    }
  } finally {
    await configuration().update('spark.master', undefined, global);
    await configuration().update('spark.conf', undefined, global);
  }
});

suite.test('Check connection says what stands in the way', async () => {
  needsPage();
  const { port, close } = await listen();
  await openPython(tell('dask'));
  await chooseDask(`127.0.0.1:${port}`);
  void vscode.commands.executeCommand('runInParallel.chooseCluster');
  await pick('Check connection');
  await notification('nothing stands in the way');
  await close();
  void vscode.commands.executeCommand('runInParallel.chooseCluster');
  await pick('Check connection');
  await answerNotification("can't be reached", 'Choose Cluster');
  await pick('This computer');
});

export const run = suite.run;
