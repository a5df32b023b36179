// The notebook's Dask and Spark cells in a real VS Code, with the real libraries; and the pictures of them for the README.
import assert from 'node:assert/strict';
import { delimiter } from 'node:path';
import * as vscode from 'vscode';
import { createSuite, skip } from '../support/vscode/harness.ts';
import { page } from '../support/vscode/page.ts';
import { cleanUp, openSample, until } from './support.ts';

const suite = createSuite();
const settings = () => vscode.workspace.getConfiguration('runInParallel');
suite.afterEach(async () => {
  await settings().update('pythonPath', undefined, vscode.ConfigurationTarget.Global);
  await cleanUp();
});

/** How the runs in the panel have ended, newest first; '' for one that goes on. */
function ends(): Promise<string[]> {
  const script =
    '[...document.querySelectorAll(".section")].map(section => section.dataset.phase === "ended" ? section.dataset.status : "")';
  // No panel is there yet, or no more.
  return page.evaluateInWebview<string[]>(script).catch(() => []);
}

/** Runs so far: the panel shows all of them, also when it was closed in between. */
let started = 0;

/** Runs what is selected; resolves with how so many runs more have ended. */
async function runToEnd(count: number): Promise<string[]> {
  started += count;
  await vscode.commands.executeCommand('runInParallel.run');
  const isOver = (shown: string[]) => shown.length === started && !shown.includes('');
  return (await until('the runs have ended', ends, isOver, 150_000)).slice(0, count);
}

/** Runs the notebook's cells that hold these texts, side by side; resolves with how they ended. */
async function runCells(...texts: string[]): Promise<string[]> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'the tests need a folder');
  const uri = vscode.Uri.joinPath(folder.uri, 'python_concurrency.ipynb');
  const notebook = await vscode.workspace.openNotebookDocument(uri);
  const editor = await vscode.window.showNotebookDocument(notebook, { viewColumn: vscode.ViewColumn.One });
  const cells = texts.map(text => notebook.getCells().find(cell => cell.document.getText().includes(text)));
  editor.selections = cells.flatMap(cell => (cell ? [new vscode.NotebookRange(cell.index, cell.index + 1)] : []));
  assert.equal(editor.selections.length, texts.length, 'the notebook has these cells');
  const [first] = editor.selections;
  if (first) editor.revealRange(first, vscode.NotebookEditorRevealType.AtTop);
  await vscode.commands.executeCommand('workbench.action.closeSidebar');
  return runToEnd(texts.length);
}

/** What the panel's elements of a class say, in the order of the page. */
function texts(selector: string): Promise<string[]> {
  return page.evaluateInWebview<string[]>(
    `[...document.querySelectorAll(${JSON.stringify(selector)})].map(node => node.textContent)`,
  );
}

async function prepare(variable: string, what: string): Promise<void> {
  if (!page.available) skip('this VS Code has no page to drive; the launcher of test/support/vscode provides one');
  const [python] = (process.env[variable] ?? '').split(delimiter);
  if (!python) skip(`no environment with ${what} is named in ${variable}; npm test makes one`);
  await settings().update('pythonPath', python, vscode.ConfigurationTarget.Global);
  const workbench = vscode.workspace.getConfiguration('workbench');
  await workbench.update('colorTheme', 'Default Dark Modern', vscode.ConfigurationTarget.Global);
  await page.resize(1500, 940);
}

suite.test(
  'the Dask cells of the notebook: lazy and computed, beside pandas',
  async () => {
    await prepare('RUN_IN_PARALLEL_FRAMES_PYTHONS', 'Dask');
    const computed = 'counts = dask_df.salary.value_counts().compute()';
    const planned = 'print("Dask, a plan:"';
    const statuses = await runCells(computed, planned, 'print("pandas:", pandas_df.salary.value_counts()');
    assert.deepEqual(statuses, ['ok', 'ok', 'ok']);
    const groups = () => texts('.group-name');
    await until('tasks of Dask are told by their kind', groups, names => names.includes('read-csv'));
    assert.deepEqual(await runCells(computed), ['ok']);
    await page.screenshot('readme-dataframes');
  },
  180_000,
);

suite.test(
  'the Spark sample: jobs, stages and tasks under the program that caused them',
  async () => {
    await prepare('RUN_IN_PARALLEL_SPARK_PYTHONS', 'Spark');
    const editor = await openSample('8_spark.py');
    const line = editor.document
      .getText()
      .split('\n')
      .findIndex(text => text.includes('groupBy'));
    editor.selection = new vscode.Selection(0, 0, line, 200);
    await vscode.commands.executeCommand('workbench.action.closeSidebar');
    assert.deepEqual(await runToEnd(1), ['ok']);
    const names = () => texts('.section:first-child .tl-name');
    await until('jobs have a track', names, shown => shown.some(name => name.includes('Spark jobs')));
    await page.screenshot('readme-spark');
  },
  240_000,
);

export const run = suite.run;
