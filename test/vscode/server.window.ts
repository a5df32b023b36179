// The language server as its user meets it.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { createSuite } from '../support/vscode/harness.ts';
import { cleanUp, openPython, until } from './support.ts';

const suite = createSuite();
suite.afterEach(cleanUp);

const unread = `from concurrent.futures import ThreadPoolExecutor

def work(x):
    return x + 1

with ThreadPoolExecutor() as pool:
    pool.map(work, range(10))
`;

/** Our diagnostics, as `code line`. */
function diagnostics(uri: vscode.Uri): string[] {
  return vscode.languages
    .getDiagnostics(uri)
    .filter(({ source }) => source === 'Run in Parallel')
    .map(({ code, range }) => `${typeof code === 'object' ? code.value : code} ${range.start.line}`);
}

/** Ids of the language servers of this window (Linux). */
function serverProcesses(): number[] {
  return readdirSync('/proc').flatMap(name => {
    try {
      const isServer = /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('dist/server.js');
      const parent = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ')[1];
      return isServer && Number(parent) === process.pid ? [Number(name)] : [];
    } catch {
      return []; // It ended meanwhile, or is none of ours.
    }
  });
}

function untilDiagnostics(uri: vscode.Uri, ...wanted: string[]): Promise<unknown> {
  return until(
    `the diagnostics are ${wanted}`,
    () => diagnostics(uri),
    found => found.join() === wanted.join(),
  );
}

async function allLenses(uri: vscode.Uri): Promise<vscode.CodeLens[]> {
  const all = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 100);
  return all.filter(({ command }) => command?.command.startsWith('runInParallel.'));
}

/** The titles of our lenses. */
async function lenses(uri: vscode.Uri): Promise<string[]> {
  return (await allLenses(uri)).flatMap(({ command }) => command?.title ?? []);
}

async function quickFixes(uri: vscode.Uri, line: number): Promise<vscode.CodeAction[]> {
  const range = new vscode.Range(line, 4, line, 4);
  const { value: kind } = vscode.CodeActionKind.QuickFix;
  return vscode.commands.executeCommand('vscode.executeCodeActionProvider', uri, range, kind);
}

async function applyFix(uri: vscode.Uri, line: number, title: string): Promise<void> {
  const isWanted = (action: vscode.CodeAction) => action.title === title;
  const offered = await until(
    `"${title}" is offered`,
    () => quickFixes(uri, line),
    all => all.some(isWanted),
  );
  const edit = offered.find(isWanted)?.edit;
  assert.ok(edit);
  await vscode.workspace.applyEdit(edit);
}

suite.test('a mistake is shown, and gone once a quick fix has mended it', async () => {
  const { document } = await openPython(unread);
  await untilDiagnostics(document.uri, 'RIP201 6');
  await applyFix(document.uri, 6, 'Read the results');
  assert.match(document.getText(), /list\(pool\.map\(work, range\(10\)\)\)/);
  await untilDiagnostics(document.uri);
});

suite.test('a line can be ignored', async () => {
  const { document } = await openPython(unread);
  await untilDiagnostics(document.uri, 'RIP201 6');
  await applyFix(document.uri, 6, 'Ignore RIP201 on this line');
  assert.match(document.getText(), / {2}# rip: ignore\[RIP201\]\n$/);
  await untilDiagnostics(document.uri);
});

suite.test('settings hold at once', async () => {
  const { document } = await openPython(`# %%\n${unread}`);
  await untilDiagnostics(document.uri, 'RIP201 7');
  const run = '$(run-all) Run in Parallel';
  await until(
    'the cell has a lens',
    () => lenses(document.uri),
    found => found.includes(run),
  );
  const settings = vscode.workspace.getConfiguration('runInParallel');
  await settings.update('diagnostics.rules', { RIP201: 'off' }, vscode.ConfigurationTarget.Global);
  await untilDiagnostics(document.uri);
  await settings.update('diagnostics.rules', undefined, vscode.ConfigurationTarget.Global);
  await untilDiagnostics(document.uri, 'RIP201 7');
  await settings.update('codeLens', false, vscode.ConfigurationTarget.Global);
  await until(
    'no lens is left',
    () => lenses(document.uri),
    found => found.length === 0,
  );
  await settings.update('codeLens', undefined, vscode.ConfigurationTarget.Global);
});

suite.test('a notebook is checked as one text, each cell with what is its own', async () => {
  const [before = '', after = ''] = unread.split('with ');
  const cells = [before, 'not Python', `with ${after}`].map((text, i) =>
    i === 1
      ? new vscode.NotebookCellData(vscode.NotebookCellKind.Markup, text, 'markdown')
      : new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, 'python'),
  );
  const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', new vscode.NotebookData(cells));
  await vscode.window.showNotebookDocument(notebook);
  const last = notebook.cellAt(2).document;
  await untilDiagnostics(last.uri, 'RIP201 1');
  assert.deepEqual(diagnostics(notebook.cellAt(0).document.uri), []);
  // Without the import nothing is certain any more: an edit of one cell changes what is said of another.
  const edit = new vscode.WorkspaceEdit();
  edit.delete(notebook.cellAt(0).document.uri, new vscode.Range(0, 0, 1, 0));
  await vscode.workspace.applyEdit(edit);
  await untilDiagnostics(last.uri);
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
});

suite.test('a Markdown file has its fences checked', async () => {
  const content = `# Pools\n\n\`\`\`python\n${unread}\`\`\`\n`;
  const document = await vscode.workspace.openTextDocument({ language: 'markdown', content });
  await vscode.window.showTextDocument(document);
  await untilDiagnostics(document.uri, 'RIP201 9');
});

suite.test('a lens runs its cell; then it says what was measured, and that the cell was edited since', async () => {
  const { document } = await openPython('# %%\nimport time\n\n# %%\ntime.sleep(0.05)\n\n# %%\nprint(1)\n');
  const { uri } = document;
  const settings = vscode.workspace.getConfiguration('runInParallel');
  await settings.update('inlayHints', true, vscode.ConfigurationTarget.Global);
  const runs = await until(
    'each cell has a lens',
    () => allLenses(uri),
    all => all.length === 3,
  );
  const second = runs[1]?.command;
  assert.ok(second);
  await vscode.commands.executeCommand(second.command, ...(second.arguments ?? []));
  const isMeasured = ({ command, range }: vscode.CodeLens) =>
    range.start.line === 3 && command?.command === 'runInParallel.showPanel';
  await until(
    'the second cell was measured',
    () => allLenses(uri),
    all => all.some(isMeasured),
  );
  const whole = new vscode.Range(0, 0, 8, 0);
  const hints = await vscode.commands.executeCommand<vscode.InlayHint[]>('vscode.executeInlayHintProvider', uri, whole);
  assert.ok(hints.some(({ position, label }) => position.line === 4 && /^\d+(\.\d+)? ms$/.test(String(label))));
  const edit = new vscode.WorkspaceEdit();
  edit.insert(uri, new vscode.Position(4, 0), 'x = 1\n');
  await vscode.workspace.applyEdit(edit);
  const titles = await until(
    'the lens is stale',
    () => lenses(uri),
    all => all.some(title => title.includes('edited')),
  );
  assert.ok(titles.some(title => title.endsWith(' · edited since')));
  await settings.update('inlayHints', undefined, vscode.ConfigurationTarget.Global);
});

suite.test('a server that dies is started again', async () => {
  const { document } = await openPython(unread);
  await untilDiagnostics(document.uri, 'RIP201 6');
  const [pid, ...more] = serverProcesses();
  assert.ok(pid !== undefined && more.length === 0, 'there is one server');
  process.kill(pid, 'SIGKILL');
  await until('there is another server', serverProcesses, pids => pids.length === 1 && pids[0] !== pid);
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, new vscode.Position(0, 0), '\n');
  await vscode.workspace.applyEdit(edit);
  await untilDiagnostics(document.uri, 'RIP201 7');
});

export const run = suite.run;
