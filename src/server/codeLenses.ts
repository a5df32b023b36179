import type { CodeLens } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { RunTarget } from '../protocol/hostServer.ts';
import { findBlocks } from '../snippet/blocks.ts';
import { findCells } from '../snippet/cells.ts';
import { findFences } from '../snippet/markdown.ts';
import type { OpenDocument } from './documents.ts';
import type { Lines } from './lineEdits.ts';
import type { MeasuredRun } from './measured.ts';
import type { Snapshot } from './source.ts';

/** Lenses of a document: a way to run each cell and block, and what was measured, there or anywhere else. */
export function codeLenses(document: OpenDocument, isNotebookCell: boolean, snapshot: Snapshot): CodeLens[] {
  const { uri, text, measured } = document;
  // A notebook's cell has the command in its title bar.
  const cells = isNotebookCell ? [] : cellLines(document);
  const targets = distinct([...cells, ...blockLines(uri, snapshot)]);
  const homes = new Map(measured.runs.map(run => [run, homeOf(run, targets, text)]));
  const summariesAt = (home: Lines | null) => measured.runs.filter(run => homes.get(run) === home).map(summaryLens);
  return [...targets.flatMap(lines => [runLens({ uri, lines }), ...summariesAt(lines)]), ...summariesAt(null)];
}

/** The cell or block that a run was of; null when it was of other lines. */
function homeOf(run: MeasuredRun, targets: readonly Lines[], text: TextDocument): Lines | null {
  const code = codeLines(text, run);
  return targets.find(each => isSame(each, run)) ?? targets.find(each => isSame(codeLines(text, each), code)) ?? null;
}

/** The `# %%` cells of a file, the Python fences of a Markdown file. */
function cellLines({ languageId, text }: OpenDocument): Lines[] {
  if (languageId === 'markdown') {
    const fences = findFences(text.getText()).filter(fence => fence.lines.some(line => line.trim() !== ''));
    return fences.map(({ openLine, lines }) => ({ startLine: openLine, endLine: openLine + lines.length - 1 }));
  }
  const cells = findCells(text.getText()).filter(cell => cell.kind === 'code');
  return cells.map(({ startLine, endLine }) => ({ startLine: startLine - 1, endLine: endLine - 1 }));
}

function blockLines(uri: string, { file, layout }: Snapshot): Lines[] {
  return findBlocks(file).flatMap(({ start, end }) => {
    const place = layout.place(start, end);
    if (place?.document.uri !== uri) return [];
    return [{ startLine: place.range.start.line, endLine: place.range.end.line }];
  });
}

/** The lines without blank ones and comments at either end: a run of a cell may leave them out. */
function codeLines(text: TextDocument, { startLine, endLine }: Lines): Lines {
  const isCode = (line: number) => {
    const range = { start: { line, character: 0 }, end: { line: line + 1, character: 0 } };
    return !/^\s*(?:#|$)/.test(text.getText(range));
  };
  let [first, last] = [startLine, endLine];
  while (first < last && !isCode(first)) first++;
  while (last > first && !isCode(last)) last--;
  return { startLine: first, endLine: last };
}

function isSame(a: Lines, b: Lines): boolean {
  return a.startLine === b.startLine && a.endLine === b.endLine;
}

function distinct(all: readonly Lines[]): Lines[] {
  const byLines = new Map(all.map(lines => [`${lines.startLine}-${lines.endLine}`, lines]));
  return [...byLines.values()].sort((a, b) => a.startLine - b.startLine || b.endLine - a.endLine);
}

function runLens(target: RunTarget & { lines: Lines }): CodeLens {
  const command = { title: '$(run-all) Run in Parallel', command: 'runInParallel.run', arguments: [target] };
  return { range: atLine(target.lines.startLine), command };
}

function summaryLens({ startLine, summary, stale }: MeasuredRun): CodeLens {
  const title = stale ? `${summary} · edited since` : summary;
  return { range: atLine(startLine), command: { title, command: 'runInParallel.showPanel' } };
}

function atLine(line: number): CodeLens['range'] {
  return { start: { line, character: 0 }, end: { line, character: 0 } };
}
