import * as vscode from 'vscode';
import { parseCellFile } from '../snippet/notebook.ts';
import type { CellPlace, CellPlaces } from './notebooks.ts';

/**
 * Goes to a source line, in the editor that already shows the file when there is one.
 *
 * @param file a path, or the name of a notebook's cell or of a Markdown file's block
 * @param line 1-based
 */
export async function reveal(file: string, line: number, places: CellPlaces): Promise<void> {
  const at = new vscode.Range(Math.max(0, line - 1), 0, Math.max(0, line - 1), 0);
  try {
    const place = places.find(file) ?? (await openPlace(file, places));
    if (place === null) await revealDocument(file, at);
    else if ('cell' in place) await revealCell(place.cell, at);
    else await revealDocument(place.document, at);
  } catch {
    void vscode.window.showWarningMessage(`${file} can't be opened: it may have been moved or deleted.`);
  }
}

/** The place of a cell whose notebook or Markdown file is not open; null for a path of a file. */
async function openPlace(file: string, places: CellPlaces): Promise<CellPlace | null> {
  const named = parseCellFile(file);
  if (named === null) return null;
  const uri = vscode.Uri.file(named.file);
  if (!/\.ipynb$/i.test(named.file)) return { document: uri };
  await vscode.workspace.openNotebookDocument(uri);
  return places.find(file);
}

async function revealDocument(file: string | vscode.Uri, at: vscode.Range): Promise<void> {
  const isIt = ({ uri }: vscode.TextDocument) =>
    typeof file === 'string' ? uri.fsPath === file || uri.path === file : uri.toString() === file.toString();
  const open = vscode.workspace.textDocuments.find(isIt);
  const visible = vscode.window.visibleTextEditors.find(editor => isIt(editor.document));
  const uri = typeof file === 'string' ? vscode.Uri.file(file) : file;
  const document = open ?? (await vscode.workspace.openTextDocument(uri));
  await vscode.window.showTextDocument(document, {
    selection: at,
    viewColumn: visible?.viewColumn ?? vscode.ViewColumn.One,
  });
}

async function revealCell(cell: vscode.NotebookCell, at: vscode.Range): Promise<void> {
  const visible = vscode.window.visibleNotebookEditors.find(({ notebook }) => notebook === cell.notebook);
  const range = new vscode.NotebookRange(cell.index, cell.index + 1);
  const editor = await vscode.window.showNotebookDocument(cell.notebook, {
    selections: [range],
    viewColumn: visible?.viewColumn ?? vscode.ViewColumn.One,
  });
  editor.revealRange(range, vscode.NotebookEditorRevealType.InCenterIfOutsideViewport);
  // The cell's own editor, with the cursor in the line.
  await vscode.commands.executeCommand('vscode.open', cell.document.uri, {
    selection: at,
    viewColumn: editor.viewColumn,
  });
}
