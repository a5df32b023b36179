import * as vscode from 'vscode';
import { messageOf } from '../base/errors.ts';
import { asNumber, asObject, asString } from '../base/parse.ts';
import type { RunTarget } from '../protocol/hostServer.ts';
import { findCells } from '../snippet/cells.ts';
import {
  type EditorSelection,
  type SnippetsResult,
  snippetsFromCellEditor,
  snippetsFromCells,
  snippetsFromEditor,
  snippetsFromMarkdown,
} from '../snippet/fromEditor.ts';
import type { Snippet } from '../snippet/snippet.ts';
import { nameOf, pathOf } from './documents.ts';
import { asCell, cellNumber, cellOf, codeCells, readNotebook, selectedCells } from './notebooks.ts';

/** A snippet, and the documents that it was taken from. */
export interface Job {
  snippet: Snippet;
  /** For each unit. */
  sources: Source[];
}

/** A document, or a notebook's cell, at the moment when it was read. */
export interface Source {
  uri: vscode.Uri;
  version: number;
}

/** `resource`: the file or the notebook, for settings and the interpreter. */
export type JobsResult = { jobs: Job[]; resource: vscode.Uri; problem: null } | { jobs: []; problem: string };

/** `one`: of several selections or cells, only the one that the cursor is in. */
export interface JobOptions {
  one: boolean;
}

const nothingOpen = 'Open a Python file, a notebook or a Markdown file with Python first.';

/**
 * What a command is to run.
 *
 * @param argument what the command was called with: a notebook's cell (its title bar), a RunTarget (a lens), a Uri (menus of an editor),
 *   a notebook's toolbar; anything else, or nothing, means the active editor
 */
export async function findJobs(argument: unknown, options: JobOptions = { one: false }): Promise<JobsResult> {
  const cell = asCell(argument);
  if (cell !== null) return cellJobs(withSelected(cell, options));
  const target = asRunTarget(argument);
  if (target !== null) return targetJobs(target);
  const uri = asUri(argument);
  return uri === null ? activeJobs(options) : uriJobs(uri, options);
}

/** The notebook that a command is about: that of its argument, else the active one. */
export function findNotebook(argument: unknown): vscode.NotebookDocument | null {
  const uri = asUri(argument)?.toString();
  const named = vscode.workspace.notebookDocuments.find(notebook => notebook.uri.toString() === uri);
  return named ?? asCell(argument)?.notebook ?? vscode.window.activeNotebookEditor?.notebook ?? null;
}

/** These cells of one notebook, as jobs. */
export function cellJobs(cells: readonly vscode.NotebookCell[]): JobsResult {
  const notebook = cells[0]?.notebook;
  if (notebook === undefined) return failed(nothingOpen);
  const numbers = cells.map(cellNumber).filter(number => number !== null);
  return notebookResult(notebook, snippetsFromCells(readNotebook(notebook), numbers));
}

function activeJobs(options: JobOptions): JobsResult {
  const editor = vscode.window.activeTextEditor;
  const cell = editor === undefined ? null : cellOf(editor.document.uri);
  if (editor !== undefined && cell !== null) {
    const cells = withSelected(cell, options);
    return cells.length > 1 ? cellJobs(cells) : cellEditorJobs(cell, selectionsOf(editor, options));
  }
  if (editor !== undefined) return documentJobs(editor.document, selectionsOf(editor, options));
  const notebook = vscode.window.activeNotebookEditor?.notebook;
  return notebook === undefined ? failed(nothingOpen) : cellJobs(oneOrAll(selectedCells(notebook), options));
}

async function uriJobs(uri: vscode.Uri, options: JobOptions): Promise<JobsResult> {
  const isIt = (candidate: vscode.Uri) => candidate.toString() === uri.toString();
  const notebook = vscode.workspace.notebookDocuments.find(open => isIt(open.uri));
  if (notebook !== undefined) {
    const own = vscode.window.activeNotebookEditor?.notebook === notebook;
    return own ? activeJobs(options) : cellJobs(oneOrAll(selectedCells(notebook), options));
  }
  const cell = cellOf(uri);
  const { activeTextEditor, visibleTextEditors } = vscode.window;
  const editor = [activeTextEditor, ...visibleTextEditors].find(shown => shown && isIt(shown.document.uri));
  if (cell !== null) return editor ? cellEditorJobs(cell, selectionsOf(editor, options)) : cellJobs([cell]);
  if (editor) return documentJobs(editor.document, selectionsOf(editor, options));
  return withDocument(uri, document => documentJobs(document, []));
}

async function targetJobs({ uri, lines }: RunTarget): Promise<JobsResult> {
  const resource = vscode.Uri.parse(uri);
  const cell = cellOf(resource);
  const selections = lines === null ? [] : [wholeLines(lines)];
  if (cell !== null) return lines === null ? cellJobs([cell]) : cellEditorJobs(cell, selections);
  return withDocument(resource, document => {
    // Just what a `# %%` cell holds: the cursor in it says so.
    const isCell = findCells(document.getText()).some(
      ({ startLine, endLine }) => startLine - 1 === lines?.startLine && endLine - 1 === lines.endLine,
    );
    return documentJobs(document, isCell ? selections.map(collapsed) : selections);
  });
}

function cellEditorJobs(cell: vscode.NotebookCell, selections: EditorSelection[]): JobsResult {
  const number = cellNumber(cell);
  if (number === null) return cellJobs([cell]);
  return notebookResult(cell.notebook, snippetsFromCellEditor(readNotebook(cell.notebook), number, selections));
}

function documentJobs(document: vscode.TextDocument, selections: EditorSelection[]): JobsResult {
  const { uri, version, languageId } = document;
  if (languageId !== 'python' && languageId !== 'markdown') return failed(nothingOpen);
  const text = { file: pathOf(uri), name: nameOf(uri), source: document.getText() };
  const found = languageId === 'python' ? snippetsFromEditor(text, selections) : snippetsFromMarkdown(text, selections);
  return result(found, uri, () => ({ uri, version }));
}

function notebookResult(notebook: vscode.NotebookDocument, found: SnippetsResult): JobsResult {
  const cells = codeCells(notebook);
  return result(found, notebook.uri, unit => {
    const document = cells[unit]?.document;
    return document === undefined
      ? { uri: notebook.uri, version: 0 }
      : { uri: document.uri, version: document.version };
  });
}

function result(found: SnippetsResult, resource: vscode.Uri, sourceOf: (unit: number) => Source): JobsResult {
  if (found.problem !== null) return failed(found.problem);
  const jobs = found.snippets.map(snippet => ({ snippet, sources: snippet.units.map((_, unit) => sourceOf(unit)) }));
  return { jobs, resource, problem: null };
}

function failed(problem: string): JobsResult {
  return { jobs: [], problem };
}

async function withDocument(uri: vscode.Uri, use: (document: vscode.TextDocument) => JobsResult): Promise<JobsResult> {
  try {
    return use(await vscode.workspace.openTextDocument(uri));
  } catch (error) {
    return failed(`${nameOf(uri)} can't be read: ${messageOf(error)}`);
  }
}

/** A cell stands for all that are selected when it is one of them. */
function withSelected(cell: vscode.NotebookCell, { one }: JobOptions): vscode.NotebookCell[] {
  const selected = one ? [] : selectedCells(cell.notebook);
  return selected.includes(cell) ? selected : [cell];
}

function oneOrAll<T>(all: T[], { one }: JobOptions): T[] {
  return one ? all.slice(0, 1) : all;
}

function selectionsOf(editor: vscode.TextEditor, options: JobOptions): EditorSelection[] {
  return oneOrAll([...editor.selections], options).map(({ start, end }) => ({
    startLine: start.line,
    startCharacter: start.character,
    endLine: end.line,
    endCharacter: end.character,
  }));
}

function wholeLines({ startLine, endLine }: { startLine: number; endLine: number }): EditorSelection {
  return { startLine, startCharacter: 0, endLine, endCharacter: Number.MAX_SAFE_INTEGER };
}

function collapsed({ startLine }: EditorSelection): EditorSelection {
  return { startLine, startCharacter: 0, endLine: startLine, endCharacter: 0 };
}

/** Anyone may call a command: what it is given is checked. */
function asRunTarget(value: unknown): RunTarget | null {
  const target = asObject(value);
  const uri = asString(target?.uri);
  if (uri === null) return null;
  const startLine = asNumber(asObject(target?.lines)?.startLine);
  const endLine = asNumber(asObject(target?.lines)?.endLine);
  return { uri, lines: startLine === null || endLine === null ? null : { startLine, endLine } };
}

/** A Uri, or that of the notebook whose toolbar the command was called from. */
function asUri(value: unknown): vscode.Uri | null {
  if (value instanceof vscode.Uri) return value;
  const uri: unknown = asObject(asObject(value)?.notebookEditor)?.notebookUri;
  return uri instanceof vscode.Uri ? uri : null;
}
