import { readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { messageOf, userError } from '../base/errors.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { cellLines, findCells } from '../snippet/cells.ts';
import type { Snippet } from '../snippet/snippet.ts';
import { type NotebookCell, readNotebook } from './notebook.ts';

/** A snippet to run, and how the summary names it. */
export interface Target {
  snippet: Snippet;
  named: { file: string; startLine: number | null; endLine: number | null };
}

/** What a TARGET of the command line stands for: one snippet, or one for each --cell. */
export function readTarget(text: string, cells: readonly number[]): Result<Target[]> {
  const lines = /^(.+):(\d+)(?:-(\d+))?$/.exec(text);
  const path = lines?.[1] ?? text;
  const file = resolve(path);
  try {
    if (!statSync(file).isFile()) return usage(`${path} is not a file.`);
    if (/\.ipynb$/i.test(path))
      return lines ? usage(`Name cells of ${path} with --cell N.`) : notebookTargets(file, cells);
    if (lines)
      return cells.length > 0 ? usage('Give lines or --cell, not both.') : lineTarget(file, lines[2], lines[3]);
    return cells.length > 0 ? cellTargets(file, cells) : ok([fileTarget(file)]);
  } catch (error) {
    return usage(`${path} can't be read: ${messageOf(error)}`);
  }
}

function fileTarget(file: string): Target {
  const units = [{ file, source: null, cell: false }];
  const snippet = { title: basename(file), units, selection: null, display: false };
  return { snippet, named: { file, startLine: null, endLine: null } };
}

function linesTarget(
  file: string,
  lines: { startLine: number; endLine: number },
  title: string,
  display: boolean,
): Target {
  const units = [{ file, source: null, cell: false }];
  const snippet = { title, units, selection: [{ unit: 0, ...lines }], display };
  return { snippet, named: { file, ...lines } };
}

function lineTarget(file: string, first: string | undefined, last: string | undefined): Result<Target[]> {
  const startLine = Number(first);
  const endLine = Number(last ?? first);
  const count = readFileSync(file, 'utf8').split(/\r\n|\r|\n/).length;
  if (startLine < 1 || endLine < startLine)
    return usage(`${first}-${last} is not a range of lines: they count from 1.`);
  if (startLine > count) return usage(`${basename(file)} has only ${count} lines.`);
  const lines = { startLine, endLine: Math.min(endLine, count) };
  return ok([linesTarget(file, lines, `${basename(file)}:${startLine}-${endLine}`, false)]);
}

function cellTargets(file: string, numbers: readonly number[]): Result<Target[]> {
  const cells = findCells(readFileSync(file, 'utf8')).filter(cell => cell.kind === 'code');
  return each(numbers, cells, file, (cell, number) => {
    const { startLine, endLine } = cellLines(cell);
    return linesTarget(file, { startLine, endLine }, `${basename(file)} · cell ${number}`, true);
  });
}

/** Each code cell is a unit; a cell runs with those before it at hand. */
function notebookTargets(file: string, numbers: readonly number[]): Result<Target[]> {
  const notebook = readNotebook(readFileSync(file, 'utf8'));
  if (!notebook.ok) return usage(`${basename(file)}: ${notebook.error.message}`);
  const cells = notebook.value;
  const units = cells.map((cell, i) => ({ file: `${file} · cell ${i + 1}`, source: cell.source, cell: true }));
  if (units.length === 0) return usage(`There is no code in ${basename(file)}.`);
  if (numbers.length === 0) {
    const snippet = { title: basename(file), units, selection: null, display: true };
    return ok([{ snippet, named: { file, startLine: null, endLine: null } }]);
  }
  return each(numbers, cells, file, (cell, number) => {
    const selection = [{ unit: number - 1, startLine: 1, endLine: lineCount(cell) }];
    const title = `${basename(file)} · cell ${number}`;
    const snippet = { title, units: units.slice(0, number), selection, display: true };
    return { snippet, named: { file: `${file} · cell ${number}`, startLine: 1, endLine: lineCount(cell) } };
  });
}

function each<C>(
  numbers: readonly number[],
  cells: readonly C[],
  file: string,
  target: (cell: C, number: number) => Target,
): Result<Target[]> {
  const targets: Target[] = [];
  for (const number of numbers) {
    const cell = cells[number - 1];
    if (!cell) return usage(`${basename(file)} has ${cells.length} code cells: there is no cell ${number}.`);
    targets.push(target(cell, number));
  }
  return ok(targets);
}

function lineCount(cell: NotebookCell): number {
  return cell.source.split('\n').length;
}

function usage<T>(message: string): Result<T> {
  return failed(userError('usage', message));
}
