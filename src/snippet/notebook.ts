import { userError } from '../base/errors.ts';
import { asArray, asNumber, asObject, asString, type JsonObject, parseObject } from '../base/parse.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { Snippet, Unit } from './snippet.ts';

/** A code cell. Cells are counted from 1, text cells and raw ones left out. */
export interface NotebookCell {
  source: string;
  /** False: a cell of another language. It keeps its number, and nothing of it runs. */
  isPython: boolean;
}

export interface Notebook {
  /** The path of the notebook. */
  file: string;
  /** Its last part, for titles. */
  name: string;
  cells: readonly NotebookCell[];
}

/** Each code cell is a unit, so that a cell finds those before it at hand. */
export function cellUnits(notebook: Notebook): Unit[] {
  return notebook.cells.map((cell, index) => ({
    file: cellFile(notebook.file, index + 1),
    source: cell.isPython ? cell.source : '',
    cell: true,
  }));
}

/**
 * A cell, or some of its lines, with the cells before it at hand.
 *
 * @param number from 1; it must be there
 * @param lines 1-based, inclusive; null: the whole cell
 */
export function cellSnippet(
  notebook: Notebook,
  number: number,
  lines: { startLine: number; endLine: number } | null = null,
): Snippet {
  const units = cellUnits(notebook).slice(0, number);
  const title = `${notebook.name} · cell ${number}`;
  const range = lines ?? { startLine: 1, endLine: lineCount(units.at(-1)?.source ?? '') };
  return {
    title: lines === null ? title : `${title}:${range.startLine}-${range.endLine}`,
    units,
    selection: [{ unit: number - 1, ...range }],
    display: true,
  };
}

/** The name under which Python knows a cell: `/project/work.ipynb · cell 3`. */
export function cellFile(file: string, number: number): string {
  return `${file} · cell ${number}`;
}

/** What `cellFile` was made of; null for the path of a file. */
export function parseCellFile(name: string): { file: string; number: number } | null {
  const [, file, number] = /^(.+) · cell (\d+)$/.exec(name) ?? [];
  return file === undefined ? null : { file, number: Number(number) };
}

export function lineCount(source: string): number {
  return source.split(/\r\n|\r|\n/).length;
}

/** The code cells of a Jupyter notebook (nbformat 4; in 3 they lie in worksheets), in their order. */
export function readNotebook(text: string): Result<NotebookCell[]> {
  const notebook = parseObject(text);
  if (!notebook || asNumber(notebook.nbformat) === null) {
    return failed(userError('notANotebook', 'this is not a Jupyter notebook.'));
  }
  const sheets = asArray(notebook.worksheets).flatMap(sheet => asArray(asObject(sheet)?.cells));
  const cells = [...asArray(notebook.cells), ...sheets].map(asObject).filter(cell => cell?.cell_type === 'code');
  const language = notebookLanguage(notebook);
  return ok(
    cells.map(cell => ({
      source: joined(cell?.source ?? cell?.input),
      isPython: isPython(cellLanguage(cell) ?? language),
    })),
  );
}

/** What its kernel speaks, as Jupyter writes it down; Python where it doesn't say. */
function notebookLanguage(notebook: JsonObject): string {
  const metadata = asObject(notebook.metadata);
  const named = asString(asObject(metadata?.language_info)?.name) ?? asString(asObject(metadata?.kernelspec)?.language);
  return named ?? 'python';
}

/** VS Code writes down the language of a cell that differs from its notebook. */
function cellLanguage(cell: JsonObject | null): string | null {
  return asString(asObject(asObject(cell?.metadata)?.vscode)?.languageId);
}

function isPython(language: string): boolean {
  return /^i?python[23]?$/i.test(language);
}

/** A source is one string or its lines. */
function joined(source: unknown): string {
  return (
    asString(source) ??
    asArray(source)
      .map(line => asString(line) ?? '')
      .join('')
  );
}
