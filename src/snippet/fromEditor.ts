import { cellAt, cellLines, findCells } from './cells.ts';
import { type Fence, fenceUnits, findFences } from './markdown.ts';
import { cellSnippet, type Notebook } from './notebook.ts';
import type { SelectedLines, Snippet } from './snippet.ts';

/** A selection as editors have it: 0-based, the end exclusive in characters. */
export interface EditorSelection {
  startLine: number;
  startCharacter: number;
  endLine: number;
  endCharacter: number;
}

export interface EditorDocument {
  /** The path that tracebacks show. */
  file: string;
  /** Its last part, for titles. */
  name: string;
  source: string;
}

export type SnippetsResult = { snippets: Snippet[]; problem: null } | { snippets: []; problem: string };

/**
 * What **Run in Parallel** runs of a Python file: each selection that holds code is a snippet of its own; without any, the `# %%` cell
 * at the cursor; without cells or without a cursor, the file. Whole lines are taken here; the user's interpreter extends them to whole statements.
 */
export function snippetsFromEditor(document: EditorDocument, selections: readonly EditorSelection[]): SnippetsResult {
  const selected = linesOf(document.source, selections);
  if (selected.length > 0) return found(selected.map(lines => fileSnippet(document, lines, false)));
  if (document.source.trim() === '') return problem(`There is no code in ${document.name}.`);

  const [cursor] = selections;
  const cell = cursor === undefined ? null : cellAt(findCells(document.source), cursor.startLine + 1);
  if (cell === null) return found([fileSnippet(document, null, false)]);
  if (cell.kind === 'markdown') {
    return problem('The cell at the cursor holds text, not code. Put the cursor into a code cell.');
  }
  return found([fileSnippet(document, cellLines(cell), true)]);
}

/**
 * What it runs of a Markdown file: the lines that are selected within a fence of Python; of a selection that reaches further, each
 * fence that it touches; without a selection, the fence at the cursor. Each is a snippet of its own.
 */
export function snippetsFromMarkdown(document: EditorDocument, selections: readonly EditorSelection[]): SnippetsResult {
  const fences = findFences(document.source);
  const units = fenceUnits(document.file, fences);
  const selected = selections.flatMap(selection =>
    fences.flatMap((fence, unit) => linesInFence(fence, unit, selection)),
  );
  if (selected.length === 0) {
    return problem('There is no Python at the cursor. Put it into a block that begins with ```python.');
  }
  const holdingCode = distinct(selected).filter(({ unit }) =>
    (fences[unit]?.lines ?? []).some(line => line.trim() !== ''),
  );
  if (holdingCode.length === 0) return problem('There is no code in this block.');
  return found(
    holdingCode.map(lines => ({
      title: `${document.name}:${lines.startLine}-${lines.endLine}`,
      units: units.slice(0, lines.unit + 1),
      selection: [lines],
      display: true,
    })),
  );
}

/** What it runs of a notebook: each of these cells that holds Python, all at once. `numbers` are those of code cells, from 1. */
export function snippetsFromCells(notebook: Notebook, numbers: readonly number[]): SnippetsResult {
  if (numbers.length === 0) return problem('This cell holds text, not code. Select a cell with Python code.');
  const python = numbers.filter(number => notebook.cells[number - 1]?.isPython);
  if (python.length === 0) return problem('This cell is not Python. Select a cell with Python code.');
  const full = python.filter(number => notebook.cells[number - 1]?.source.trim() !== '');
  if (full.length === 0) return problem('There is no code in this cell.');
  return found([...new Set(full)].sort((a, b) => a - b).map(number => cellSnippet(notebook, number)));
}

/** What it runs of one cell's editor: each selection that holds code; without any, the cell. */
export function snippetsFromCellEditor(
  notebook: Notebook,
  number: number,
  selections: readonly EditorSelection[],
): SnippetsResult {
  const cell = notebook.cells[number - 1];
  const selected = cell?.isPython ? linesOf(cell.source, selections) : [];
  if (selected.length === 0) return snippetsFromCells(notebook, [number]);
  return found(selected.map(lines => cellSnippet(notebook, number, lines)));
}

function found(snippets: Snippet[]): SnippetsResult {
  return { snippets, problem: null };
}

function problem(sentence: string): SnippetsResult {
  return { snippets: [], problem: sentence };
}

function fileSnippet(document: EditorDocument, range: SelectedLines | null, display: boolean): Snippet {
  return {
    title: range === null ? document.name : `${document.name}:${range.startLine}-${range.endLine}`,
    units: [{ file: document.file, source: document.source, cell: false }],
    selection: range === null ? null : [range],
    display,
  };
}

/** The whole lines of those selections that hold code. */
function linesOf(source: string, selections: readonly EditorSelection[]): SelectedLines[] {
  const lines = source.split(/\r\n|\r|\n/);
  return distinct(selections.flatMap(selection => selectedLines(lines, selection)));
}

/** The lines with code in a selection, or nothing: a bare cursor, blank lines and comments alone select nothing. */
function selectedLines(lines: readonly string[], selection: EditorSelection): SelectedLines[] {
  if (isEmpty(selection)) return [];
  let last = lastLine(selection);
  let first = selection.startLine;
  while (first < last && isBlank(lines[first])) first++;
  while (last > first && isBlank(lines[last])) last--;
  const holdsCode = lines.slice(first, last + 1).some(line => !isBlank(line) && !line.trimStart().startsWith('#'));
  return holdsCode ? [{ unit: 0, startLine: first + 1, endLine: last + 1 }] : [];
}

/** What a selection means for a fence: nothing, some of its lines, or all of them. */
function linesInFence(fence: Fence, unit: number, selection: EditorSelection): SelectedLines[] {
  const first = selection.startLine + 1;
  const last = lastLine(selection) + 1;
  if (last < fence.openLine || first > fence.closeLine) return [];
  const startLine = fence.openLine + 1;
  const endLine = fence.openLine + fence.lines.length;
  if (!isEmpty(selection) && first >= startLine && last <= endLine) {
    const { openLine } = fence;
    const inFence = { startLine: selection.startLine - openLine, endLine: selection.endLine - openLine };
    const [within] = selectedLines(fence.lines, { ...selection, ...inFence });
    if (within) return [{ unit, startLine: within.startLine + openLine, endLine: within.endLine + openLine }];
  }
  return [{ unit, startLine, endLine }];
}

function isEmpty({ startLine, startCharacter, endLine, endCharacter }: EditorSelection): boolean {
  return startLine === endLine && startCharacter === endCharacter;
}

/** A selection that ends before the first character of a line does not hold anything of that line. */
function lastLine({ startLine, endLine, endCharacter }: EditorSelection): number {
  return endCharacter === 0 && endLine > startLine ? endLine - 1 : endLine;
}

function isBlank(line: string | undefined): boolean {
  return (line ?? '').trim() === '';
}

/** In the order of the document; two cursors in the same lines are one snippet. */
function distinct(ranges: SelectedLines[]): SelectedLines[] {
  const sorted = [...ranges].sort((a, b) => a.unit - b.unit || a.startLine - b.startLine || a.endLine - b.endLine);
  return sorted.filter((range, index) => {
    const previous = sorted[index - 1];
    return (
      previous?.unit !== range.unit || previous.startLine !== range.startLine || previous.endLine !== range.endLine
    );
  });
}
