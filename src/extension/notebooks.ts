import * as vscode from 'vscode';
import { cellFile, type Notebook, parseCellFile } from '../snippet/notebook.ts';
import { nameOf, pathOf } from './documents.ts';

/** A notebook's code cells in their order: those that are counted. Raw cells are text. */
export function codeCells(notebook: vscode.NotebookDocument): vscode.NotebookCell[] {
  return notebook
    .getCells()
    .filter(({ kind, document }) => kind === vscode.NotebookCellKind.Code && document.languageId !== 'raw');
}

/** The notebook as it is now, unsaved changes included. */
export function readNotebook(notebook: vscode.NotebookDocument): Notebook {
  return {
    file: pathOf(notebook.uri),
    name: nameOf(notebook.uri),
    cells: codeCells(notebook).map(({ document }) => ({
      source: document.getText(),
      isPython: document.languageId === 'python',
    })),
  };
}

/** From 1, as titles and tracebacks count; null for a cell of text. */
export function cellNumber(cell: vscode.NotebookCell): number | null {
  const index = codeCells(cell.notebook).indexOf(cell);
  return index < 0 ? null : index + 1;
}

/** The cell that a document is the text of; null for any other document. */
export function cellOf(uri: vscode.Uri): vscode.NotebookCell | null {
  return allCells().find(({ document }) => document.uri.toString() === uri.toString()) ?? null;
}

/** A value that VS Code handed to a command, if it is one of its cells. */
export function asCell(value: unknown): vscode.NotebookCell | null {
  return allCells().find(cell => cell === value) ?? null;
}

/** The cells that are selected in a notebook's editor; the first one on the screen where it has several editors. */
export function selectedCells(notebook: vscode.NotebookDocument): vscode.NotebookCell[] {
  const active = vscode.window.activeNotebookEditor;
  const editor =
    active?.notebook === notebook
      ? active
      : vscode.window.visibleNotebookEditors.find(candidate => candidate.notebook === notebook);
  return [...new Set(editor?.selections.flatMap(range => notebook.getCells(range)))];
}

/** A cell of a notebook, or the Markdown file that holds a block. */
export type CellPlace = { cell: vscode.NotebookCell } | { document: vscode.Uri };

/**
 * Finds cells again by the names that Python knows them by. A name is a number, and cells move: so it leads to the cell that ran under
 * it last, and for names that have not run here, to the cell that has the number now.
 */
export class CellPlaces {
  private readonly ran = new Map<string, vscode.Uri>();

  /** `file`: a unit's; `uri`: its cell's, or the Markdown file's. */
  remember(file: string, uri: vscode.Uri): void {
    this.ran.set(file, uri);
  }

  /** Null for a path of a file, and for a cell whose notebook is not open. */
  find(file: string): CellPlace | null {
    const uri = this.ran.get(file);
    const cell = uri === undefined ? null : cellOf(uri);
    if (cell !== null) return { cell };
    const named = parseCellFile(file);
    if (named === null) return null;
    const notebook = vscode.workspace.notebookDocuments.find(open => pathOf(open.uri) === named.file);
    const numbered = notebook && codeCells(notebook).find((_, index) => cellFile(named.file, index + 1) === file);
    if (numbered !== undefined) return { cell: numbered };
    return uri !== undefined && uri.scheme !== cellScheme ? { document: uri } : null;
  }
}

const cellScheme = 'vscode-notebook-cell';

function allCells(): vscode.NotebookCell[] {
  return vscode.workspace.notebookDocuments.flatMap(notebook => notebook.getCells());
}
