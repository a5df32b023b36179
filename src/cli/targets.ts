import { readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { messageOf, userError } from '../base/errors.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { cellLines, findCells } from '../snippet/cells.ts';
import { snippetsFromMarkdown } from '../snippet/fromEditor.ts';
import { fenceUnits, findFences } from '../snippet/markdown.ts';
import { cellFile, cellSnippet, cellUnits, lineCount, readNotebook } from '../snippet/notebook.ts';
import type { Snippet, Unit } from '../snippet/snippet.ts';

/** A snippet to run, and how the summary names it. */
export interface Target {
  snippet: Snippet;
  named: { file: string; startLine: number | null; endLine: number | null };
}

interface Lines {
  startLine: number;
  endLine: number;
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
    const isMarkdown = /\.(?:md|markdown)$/i.test(path);
    if (lines) {
      if (cells.length > 0) return usage('Give lines or --cell, not both.');
      const range = lineRange(file, lines[2], lines[3]);
      if (!range.ok) return range;
      const { startLine, endLine } = range.value;
      if (isMarkdown) return fenceLines(file, range.value);
      return ok([linesTarget(file, range.value, `${basename(file)}:${startLine}-${endLine}`, false)]);
    }
    if (isMarkdown) return fenceTargets(file, cells);
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

function linesTarget(file: string, lines: Lines, title: string, display: boolean): Target {
  const units = [{ file, source: null, cell: false }];
  const snippet = { title, units, selection: [{ unit: 0, ...lines }], display };
  return { snippet, named: { file, ...lines } };
}

function lineRange(file: string, first: string | undefined, last: string | undefined): Result<Lines> {
  const startLine = Number(first);
  const endLine = Number(last ?? first);
  const count = lineCount(readFileSync(file, 'utf8'));
  if (startLine < 1 || endLine < startLine)
    return usage(`${first}-${last} is not a range of lines: they count from 1.`);
  if (startLine > count) return usage(`${basename(file)} has only ${count} lines.`);
  return ok({ startLine, endLine: Math.min(endLine, count) });
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
  const cells = readNotebook(readFileSync(file, 'utf8'));
  if (!cells.ok) return usage(`${basename(file)}: ${cells.error.message}`);
  const notebook = { file, name: basename(file), cells: cells.value };
  if (notebook.cells.length === 0) return usage(`There is no code in ${notebook.name}.`);
  if (numbers.length === 0) return ok([unitsTarget(file, cellUnits(notebook))]);
  return each(numbers, notebook.cells, file, (cell, number) => ({
    snippet: cellSnippet(notebook, number),
    named: { file: cellFile(file, number), startLine: 1, endLine: lineCount(cell.source) },
  }));
}

/** The fences of Python in a Markdown file: all of them as cells, or some by their numbers. */
function fenceTargets(file: string, numbers: readonly number[]): Result<Target[]> {
  const fences = findFences(readFileSync(file, 'utf8'));
  const units = fenceUnits(file, fences);
  if (fences.length === 0) return usage(`There is no block of Python in ${basename(file)}.`);
  if (numbers.length === 0) return ok([unitsTarget(file, units)]);
  return each(numbers, fences, file, ({ openLine, lines }, number) => {
    const range = { startLine: openLine + 1, endLine: openLine + lines.length };
    const selection = [{ unit: number - 1, ...range }];
    const title = `${basename(file)} · cell ${number}`;
    return { snippet: { title, units: units.slice(0, number), selection, display: true }, named: { file, ...range } };
  });
}

/** Lines of a Markdown file: a part of a fence, or each fence that they touch. */
function fenceLines(file: string, { startLine, endLine }: Lines): Result<Target[]> {
  const document = { file, name: basename(file), source: readFileSync(file, 'utf8') };
  const selection = { startLine: startLine - 1, startCharacter: 0, endLine: endLine - 1, endCharacter: 1 };
  const { snippets } = snippetsFromMarkdown(document, [selection]);
  if (snippets.length === 0) return usage(`There is no Python in lines ${startLine}-${endLine} of ${document.name}.`);
  return ok(
    snippets.map(snippet => {
      const [range] = snippet.selection ?? [];
      return { snippet, named: { file, startLine: range?.startLine ?? null, endLine: range?.endLine ?? null } };
    }),
  );
}

function unitsTarget(file: string, units: Unit[]): Target {
  const snippet = { title: basename(file), units, selection: null, display: true };
  return { snippet, named: { file, startLine: null, endLine: null } };
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

function usage<T>(message: string): Result<T> {
  return failed(userError('usage', message));
}
