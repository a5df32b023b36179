import { cellFile } from './notebook.ts';
import type { Unit } from './snippet.ts';

/** A fenced block of Python in a Markdown file; lines are 1-based and inclusive. */
export interface Fence {
  /** Of the line that opens it. */
  openLine: number;
  /** Of the line that closes it; of the last line of the text when nothing does. */
  closeLine: number;
  /** Its code, without the white space that the fence itself is indented by. */
  lines: string[];
}

// An opening fence, perhaps in a list (`- ` and `1. ` before it, or white space alone): its prefix, its marks, and what it says.
const opening = /^(\s*(?:(?:[-*+]|\d{1,9}[.)])\s+)*)(`{3,}(?=[^`]*$)|~{3,})(.*)$/;
// `python`, `py`, `python title="x"`, `{python}`, `{.python}` (Pandoc), `{code-cell} ipython3` (MyST). A `pycon` session is none.
const python = /^\s*(?:\{code-(?:cell|block)\}\s+)?\{?[.\s]*(?:i?python3?|py3?)(?![\w-])/i;

/** The Python fences of a Markdown text, in their order. */
export function findFences(text: string): Fence[] {
  const fences: Fence[] = [];
  const lines = text.split(/\r\n|\r|\n/);
  for (let i = 0; i < lines.length; i++) {
    const [, prefix, marks, info] = opening.exec(lines[i] ?? '') ?? [];
    if (prefix === undefined || marks === undefined || info === undefined) continue;
    const indent = columns(prefix);
    const open = i;
    do i++;
    while (i < lines.length && !closes(lines[i] ?? '', marks, indent));
    if (!python.test(info)) continue;
    const code = lines.slice(open + 1, i).map(line => withoutIndent(line, indent));
    fences.push({ openLine: open + 1, closeLine: Math.min(i + 1, lines.length), lines: code });
  }
  return fences;
}

/** Each fence as a unit whose lines have the numbers that they have in the Markdown file. */
export function fenceUnits(file: string, fences: readonly Fence[]): Unit[] {
  return fences.map((fence, index) => ({
    file: cellFile(file, index + 1),
    source: `${'\n'.repeat(fence.openLine)}${fence.lines.map(line => `${line}\n`).join('')}`,
    cell: true,
  }));
}

/** At least as many of the same marks, alone, and not so far indented that they belong to the code. */
function closes(line: string, marks: string, indent: number): boolean {
  const text = line.trim();
  const mark = marks[0] ?? '';
  if (text.length < marks.length || text.replaceAll(mark, '') !== '') return false;
  return columns(line.slice(0, line.indexOf(mark))) < indent + 4;
}

/** How wide a text is; a tab leads to the next multiple of four. */
function columns(text: string): number {
  let width = 0;
  for (const character of text) width += character === '\t' ? 4 - (width % 4) : 1;
  return width;
}

/** The line without the white space of its first columns. */
function withoutIndent(line: string, indent: number): string {
  let cut = 0;
  while (cut < line.length && /[ \t]/.test(line[cut] ?? '') && columns(line.slice(0, cut + 1)) <= indent) cut++;
  return line.slice(cut);
}
