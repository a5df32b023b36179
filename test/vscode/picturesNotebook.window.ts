// A picture of a notebook for the README: in a window of its own, so that the panel holds nothing else.
import * as vscode from 'vscode';
import { createSuite, skip } from '../support/vscode/harness.ts';
import { page } from '../support/vscode/page.ts';
import { cleanUp, untilPanel } from './support.ts';

const suite = createSuite();
suite.afterEach(cleanUp);

suite.test('two cells of a notebook, side by side in the panel', async () => {
  if (!page.available)
    skip('this VS Code has no page to take pictures of; the launcher of test/support/vscode has one');
  const workbench = vscode.workspace.getConfiguration('workbench');
  await workbench.update('colorTheme', 'Default Light Modern', vscode.ConfigurationTarget.Global);
  await page.resize(1500, 940);
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) throw new Error('The tests need a folder.');
  const uri = vscode.Uri.joinPath(folder.uri, 'python_concurrency.ipynb');
  const notebook = await vscode.workspace.openNotebookDocument(uri);
  const editor = await vscode.window.showNotebookDocument(notebook, { viewColumn: vscode.ViewColumn.One });
  await vscode.commands.executeCommand('workbench.action.closeSidebar');
  const cells = notebook.getCells().filter(cell => /ThreadPoolExecutor\((4|8)\)/.test(cell.document.getText()));
  editor.selections = cells.slice(0, 2).map(({ index }) => new vscode.NotebookRange(index, index + 1));
  const [first] = editor.selections;
  if (first) editor.revealRange(first, vscode.NotebookEditorRevealType.AtTop);
  await vscode.commands.executeCommand('runInParallel.run');
  await untilPanel('both cells have ended', text => text.split('Finished').length === 3);
  await page.screenshot('readme-notebook');
});

export const run = suite.run;
