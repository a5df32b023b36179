import { cellAt, cellLines, findCells } from './cells.ts';
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
 * What **Run in Parallel** runs: each selection that holds code is a snippet of its own; without any, the `# %%` cell at the
 * cursor; without cells, the file. Whole lines are taken here; the user's interpreter extends them to whole statements.
 */
export function snippetsFromEditor(document: EditorDocument, selections: readonly EditorSelection[]): SnippetsResult {
  const lines = document.source.split(/\r\n|\r|\n/);
  const selected = distinct(selections.flatMap(selection => selectedLines(lines, selection)));
  if (selected.length > 0) return { snippets: selected.map(range => snippetOf(document, range, false)), problem: null };
  if (document.source.trim() === '') return { snippets: [], problem: `There is no code in ${document.name}.` };

  const cells = findCells(document.source);
  const cell = cellAt(cells, (selections[0]?.startLine ?? 0) + 1);
  if (cell === null) return { snippets: [snippetOf(document, null, false)], problem: null };
  if (cell.kind === 'markdown') {
    return { snippets: [], problem: 'The cell at the cursor holds text, not code. Put the cursor into a code cell.' };
  }
  return { snippets: [snippetOf(document, cellLines(cell), true)], problem: null };
}

function snippetOf(document: EditorDocument, range: SelectedLines | null, display: boolean): Snippet {
  return {
    title: range === null ? document.name : `${document.name}:${range.startLine}-${range.endLine}`,
    units: [{ file: document.file, source: document.source, cell: false }],
    selection: range === null ? null : [range],
    display,
  };
}

/** The lines with code in a selection, or nothing: a bare cursor, blank lines and comments alone select nothing. */
function selectedLines(lines: readonly string[], selection: EditorSelection): SelectedLines[] {
  const { startLine, startCharacter, endLine, endCharacter } = selection;
  if (startLine === endLine && startCharacter === endCharacter) return [];
  // A selection that ends before the first character of a line does not hold anything of that line.
  let last = endCharacter === 0 && endLine > startLine ? endLine - 1 : endLine;
  let first = startLine;
  while (first < last && isBlank(lines[first])) first++;
  while (last > first && isBlank(lines[last])) last--;
  const holdsCode = lines.slice(first, last + 1).some(line => !isBlank(line) && !line.trimStart().startsWith('#'));
  return holdsCode ? [{ unit: 0, startLine: first + 1, endLine: last + 1 }] : [];
}

function isBlank(line: string | undefined): boolean {
  return (line ?? '').trim() === '';
}

/** In the order of the document; two cursors in the same lines are one snippet. */
function distinct(ranges: SelectedLines[]): SelectedLines[] {
  const sorted = [...ranges].sort((a, b) => a.startLine - b.startLine || a.endLine - b.endLine);
  return sorted.filter((range, index) => {
    const previous = sorted[index - 1];
    return previous?.startLine !== range.startLine || previous.endLine !== range.endLine;
  });
}
