// Notebooks and Markdown files in a real VS Code: cells run from their title bar, several at once, and in the order of what they need.
import assert from 'node:assert/strict';
import { delimiter } from 'node:path';
import * as vscode from 'vscode';
import { createSuite, skip } from '../support/vscode/harness.ts';
import { page } from '../support/vscode/page.ts';
import { cleanUp, notification, openSample, until, untilPanel, untilSuccess } from './support.ts';

const suite = createSuite();
suite.afterEach(cleanUp);

const titleBarCommand = '.cell-title-toolbar a.action-label[aria-label^="Run in Parallel"]';

function needsPage(): void {
  if (!page.available) skip('this VS Code has no page to drive; the launcher of test/support/vscode provides one');
}

function folder(): vscode.Uri {
  const uri = vscode.workspace.workspaceFolders?.[0]?.uri;
  assert.ok(uri, 'the tests need a folder');
  return uri;
}

async function openNotebook(name: string): Promise<vscode.NotebookEditor> {
  const notebook = await vscode.workspace.openNotebookDocument(vscode.Uri.joinPath(folder(), name));
  return vscode.window.showNotebookDocument(notebook, { viewColumn: vscode.ViewColumn.One });
}

/** A notebook of these cells, written to the folder and opened. `#` at the start makes a cell of text. */
async function newNotebook(name: string, ...sources: string[]): Promise<vscode.NotebookEditor> {
  const cells = sources.map(source =>
    source.startsWith('# ')
      ? { cell_type: 'markdown', metadata: {}, source }
      : { cell_type: 'code', metadata: {}, source, outputs: [], execution_count: null },
  );
  const text = JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 4 });
  await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder(), name), Buffer.from(text));
  return openNotebook(name);
}

/** The notebook's own kernel had no part in it. */
function assertUntouched({ notebook }: vscode.NotebookEditor): void {
  assert.equal(notebook.isDirty, false, 'the notebook has no unsaved changes');
  for (const cell of notebook.getCells()) {
    assert.equal(cell.outputs.length, 0, `cell ${cell.index} has no outputs`);
    assert.equal(cell.executionSummary?.executionOrder, undefined, `cell ${cell.index} was not executed`);
  }
}

function select(editor: vscode.NotebookEditor, ...indexes: number[]): void {
  editor.selections = indexes.map(index => new vscode.NotebookRange(index, index + 1));
}

suite.test('the title bar of a cell runs all selected cells at once; kernel and outputs stay as they are', async () => {
  needsPage();
  await page.resize(1500, 940);
  const editor = await openNotebook('python_concurrency.ipynb');
  await page.waitFor('.notebook-editor .cell-list-container');
  select(editor, 5, 7);
  editor.revealRange(new vscode.NotebookRange(5, 6), vscode.NotebookEditorRevealType.AtTop);
  await page.hover('.notebook-editor .monaco-list-row.focused .cell-editor-container');
  await page.waitFor(titleBarCommand);
  await page.screenshot('vscode-notebook-title-bar');
  await page.click(`.monaco-list-row.focused ${titleBarCommand}`);
  const shown = await until(
    'both cells have run',
    () => sections('python_concurrency.ipynb'),
    found => found.length === 2 && found.every(text => text.includes('Finished in')),
  );
  assert.match(shown.join(), /^python_concurrency\.ipynb · cell 3\n[\s\S]*,python_concurrency\.ipynb · cell 4\n/);
  assertUntouched(editor);
  await page.screenshot('vscode-notebook-two-cells');
});

suite.test('a selection within a cell runs alone; text and other languages say so', async () => {
  needsPage();
  const editor = await newNotebook('lines.ipynb', '# Words', 'a = 40\na + 2\nraise SystemExit("not this")');
  const cell = editor.notebook.cellAt(1);
  const textEditor = await until(
    "the cell's editor is there",
    () => vscode.window.visibleTextEditors.find(({ document }) => document === cell.document),
    found => found !== undefined,
  );
  assert.ok(textEditor);
  await page.click('.notebook-editor .code-cell-row .monaco-editor .view-lines');
  await until(
    'it has the focus',
    () => vscode.window.activeTextEditor?.document,
    document => document === cell.document,
  );
  textEditor.selection = new vscode.Selection(1, 0, 1, 5);
  await page.press('Control+Alt+Enter');
  await untilPanel('the line has run', shown => /lines\.ipynb · cell 1:2-2[\s\S]*Finished in/.test(shown));

  await vscode.commands.executeCommand('runInParallel.run', editor.notebook.cellAt(0));
  await notification('This cell holds text, not code');
});

suite.test('a traceback leads to its cell', async () => {
  needsPage();
  const editor = await newNotebook('links.ipynb', 'def f():\n    return 1 / 0', 'f()');
  select(editor, 1);
  await vscode.commands.executeCommand('runInParallel.run', editor.notebook.cellAt(1));
  await untilPanel('the error is shown', text => text.includes('ZeroDivisionError'));
  await page.click('[role=tab]:has-text("Output")', { frame: 'webview' });
  await untilPanel('the traceback names the cell', text => /links\.ipynb · cell 1", line 2, in f/.test(text));
  await page.click('.output [role=link]:has-text("line 2")', { frame: 'webview' });
  await until(
    'the cursor goes there',
    () => {
      const shown = vscode.window.activeTextEditor;
      return shown?.document === editor.notebook.cellAt(0).document ? shown.selection.active.line : null;
    },
    line => line === 1,
  );
});

suite.test('Run Notebook: in the order of what cells need, and not after a failure', async () => {
  needsPage();
  const editor = await newNotebook(
    'order.ipynb',
    '# An order',
    'import os, time\ndef wait():\n    while not os.path.exists("go"):\n        time.sleep(0.01)\n    return [1]\nrows = wait()',
    'lost = int("no number")',
    'print("rows", len(rows))',
    'print("lost", lost)',
    'print("alone")',
  );
  await page.command('Run in Parallel: Run Notebook');
  const waiting = await until(
    'cell 3 waits for cell 1, and what can run has ended',
    () => sections('order.ipynb'),
    shown => shown.length === 5 && shown.filter(text => /Finished in|Failed after|Not run:/.test(text)).length === 3,
  );
  assert.match(waiting[0] ?? '', /Running/);
  assert.match(waiting[2] ?? '', /Queued[\s\S]*Starts after cell 1\./);
  await page.screenshot('vscode-notebook-waiting');
  await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder(), 'go'), new Uint8Array());
  const ended = await until(
    'all five cells have ended',
    () => sections('order.ipynb'),
    shown => shown.length === 5 && shown.every(text => /Finished in|Failed after|Not run:/.test(text)),
  );
  const told = ended.map(text => text.match(/^.+|Finished in|Failed after|Not run:.*/g)?.join(' '));
  assert.deepEqual(told, [
    'order.ipynb · cell 1 Finished in',
    'order.ipynb · cell 2 Failed after',
    'order.ipynb · cell 3 Finished in',
    'order.ipynb · cell 4 Not run: cell 2 failed.',
    'order.ipynb · cell 5 Finished in',
  ]);
  assertUntouched(editor);
  await page.screenshot('vscode-notebook-order');
});

suite.test(
  'every cell of the sample runs by itself',
  async () => {
    needsPage();
    const [python] = (process.env.RUN_IN_PARALLEL_FRAMES_PYTHONS ?? '').split(delimiter);
    if (!python) skip('no environment with Dask is named in RUN_IN_PARALLEL_FRAMES_PYTHONS; npm test makes one');
    const settings = vscode.workspace.getConfiguration('runInParallel');
    await settings.update('pythonPath', python, vscode.ConfigurationTarget.Global);
    const editor = await openNotebook('python_concurrency.ipynb');
    const code = editor.notebook.getCells().filter(({ kind }) => kind === vscode.NotebookCellKind.Code);
    // Those of Spark would each start a JVM: picturesEngines.window.ts runs them as one.
    const cells = code.slice(
      0,
      code.findIndex(cell => cell.document.getText().includes('pyspark')),
    );
    assert.ok(cells.length > 30, 'cells of Dask are among them');
    select(editor, ...cells.map(({ index }) => index));
    await vscode.commands.executeCommand('runInParallel.run');
    await until(
      'all cells have ended',
      () => page.evaluateInWebview<string[]>(phases).catch(() => []),
      // Those of earlier tests are below.
      shown => shown.length >= cells.length && shown.slice(0, cells.length).every(phase => phase === 'ended'),
      150_000,
    );
    for (const index of cells.keys()) {
      const title = `python_concurrency.ipynb · cell ${index + 1}`;
      const [newest = ''] = await sections(`${title}\n`);
      assert.ok(newest.includes('Finished in'), newest);
    }
    assertUntouched(editor);
    await settings.update('pythonPath', undefined, vscode.ConfigurationTarget.Global);
  },
  300_000,
);

suite.test('a fence of a Markdown file runs with those before it, at its own lines', async () => {
  needsPage();
  const text = '# Guide\n\n```python\ndef half(n):\n    return n / 0\n```\n\n1. Then\n\n   ```py\n   half(4)\n   ```\n';
  const uri = vscode.Uri.joinPath(folder(), 'guide.md');
  await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
  const editor = await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.One });
  editor.selection = new vscode.Selection(10, 0, 10, 0);
  await page.press('Control+Alt+Enter');
  await untilPanel('the error is shown', shown => /guide\.md:11-11[\s\S]*ZeroDivisionError/.test(shown));
  await page.click('[role=tab]:has-text("Output")', { frame: 'webview' });
  await untilPanel('the traceback has the lines of the file', shown => /line 11, in[\s\S]*line 5, in half/.test(shown));
  await page.click('.output [role=link]:has-text("line 5")', { frame: 'webview' });
  await until(
    'the cursor goes there',
    () => (vscode.window.activeTextEditor?.document === editor.document ? editor.selection.active.line : null),
    line => line === 4,
  );
  await page.screenshot('vscode-markdown');
});

suite.test('what a lens names is run: lines, a cell of a notebook; and a file that is not open', async () => {
  needsPage();
  const file = vscode.Uri.joinPath(folder(), 'lens.py');
  await vscode.workspace.fs.writeFile(file, Buffer.from('# %%\nn = 20\n# %%\nn += 1\nn * 2\n'));
  const { notebook } = await newNotebook('lens.ipynb', 'n = 3', 'n');
  const targets = {
    'lens.py:4-4': { uri: file.toString(), lines: { startLine: 3, endLine: 3 } },
    'lens.ipynb · cell 2': { uri: notebook.cellAt(1).document.uri.toString(), lines: null },
    'lens.py': file,
  };
  for (const [title, target] of Object.entries(targets)) {
    await vscode.commands.executeCommand('runInParallel.run', target);
    await until(
      `${title} finishes`,
      () => sections(`${title}\n`),
      ([newest = '']) => newest.includes('Finished in'),
    );
  }
});

suite.test('a `# %%` cell shows its value', async () => {
  needsPage();
  const editor = await openSample('1_fetch_urls.py');
  const last = editor.document.lineCount;
  await editor.edit(edit => edit.insert(new vscode.Position(last, 0), '\n# %% value\n6 * 7\n'));
  editor.selection = new vscode.Selection(editor.document.lineCount - 2, 0, editor.document.lineCount - 2, 0);
  await untilSuccess('it ends', () => vscode.commands.executeCommand('runInParallel.run'));
  await page.click('[role=tab]:has-text("Output")', { frame: 'webview' });
  await untilPanel('the value is shown', shown => /^42$/m.test(shown));
  await vscode.commands.executeCommand('workbench.action.files.revert');
});

const phases = '[...document.querySelectorAll(".section")].map(section => section.dataset.phase)';

/** What the sections of the panel say whose titles begin so, from the top. */
async function sections(title: string): Promise<string[]> {
  try {
    const all = await page.evaluateInWebview<string[]>(
      '[...document.querySelectorAll(".section")].map(section => section.innerText)',
    );
    return all.filter(text => text.startsWith(title));
  } catch {
    return [];
  }
}

export const run = suite.run;
