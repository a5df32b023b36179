import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { ProgramResult } from '../protocol/programWire.ts';
import { leftOutLines, programText } from '../run/programText.ts';
import type { Job } from './jobs.ts';
import { cellOf, codeCells } from './notebooks.ts';

export const programScheme = 'run-in-parallel';

/**
 * Shows a Program as a read-only document beside the editor, and greys in the editor what is not part of it, until the Program is closed,
 * another one is shown, or the text is edited: then the lines would no longer be the right ones.
 */
export class ProgramView implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly greyed = vscode.window.createTextEditorDecorationType({ opacity: '0.4' });
  private readonly subscriptions: vscode.Disposable[];
  /** The Programs whose tabs are open, by their URIs. */
  private readonly texts = new Map<string, string>();
  private shown: { uri: string; leftOut: Map<string, vscode.Range[]> } | null = null;
  private lastNumber = 0;

  constructor() {
    this.subscriptions = [
      vscode.workspace.registerTextDocumentContentProvider(programScheme, this),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        for (const { input } of closed) if (input instanceof vscode.TabInputText) this.closed(input.uri.toString());
      }),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && this.shown?.leftOut.has(document.uri.toString())) this.clear();
      }),
      vscode.window.onDidChangeVisibleTextEditors(() => this.decorate()),
    ];
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? '';
  }

  /** The focus stays where it is. */
  async show(job: Job, program: ProgramResult): Promise<void> {
    const uri = vscode.Uri.from({
      scheme: programScheme,
      path: `/${job.snippet.title} program.py`,
      // The same lines may be shown again after an edit.
      query: String(++this.lastNumber),
    });
    this.texts.set(uri.toString(), programText(program, unitNames(job)));
    const document = await vscode.workspace.openTextDocument(uri);
    const options = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true, preview: true };
    await vscode.window.showTextDocument(document, options);
    this.clear();
    this.shown = { uri: uri.toString(), leftOut: leftOutRanges(job, program) };
    this.decorate();
  }

  dispose(): void {
    this.greyed.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private closed(uri: string): void {
    this.texts.delete(uri);
    if (this.shown?.uri === uri) this.clear();
  }

  private clear(): void {
    this.shown = null;
    for (const editor of vscode.window.visibleTextEditors) editor.setDecorations(this.greyed, []);
  }

  /** Again whenever editors come: those of a notebook's cells are made as it is scrolled. */
  private decorate(): void {
    if (this.shown === null) return;
    for (const editor of vscode.window.visibleTextEditors) {
      const ranges = this.shown.leftOut.get(editor.document.uri.toString());
      if (ranges !== undefined) editor.setDecorations(this.greyed, ranges);
    }
  }
}

function unitNames({ snippet, sources }: Job): { name: string; file: string }[] {
  return snippet.units.map(({ file }, unit) => {
    const uri = sources[unit]?.uri;
    const isCell = uri === undefined || cellOf(uri) !== null;
    return { name: basename(isCell ? file : uri.path), file };
  });
}

/** By document, what is not part of the Program; of documents that have not been edited since. */
function leftOutRanges({ snippet, sources }: Job, program: ProgramResult): Map<string, vscode.Range[]> {
  const ranges = new Map<string, vscode.Range[]>();
  // What Python can't read has no statements: nothing is known of them.
  if (program.error !== null) return ranges;
  const add = (document: vscode.TextDocument, lines: { startLine: number; endLine: number }[]) => {
    const key = document.uri.toString();
    const own = lines.map(({ startLine, endLine }) => new vscode.Range(startLine - 1, 0, endLine - 1, maxCharacter));
    ranges.set(key, [...(ranges.get(key) ?? []), ...own]);
  };
  for (const [unit, { uri, version }] of sources.entries()) {
    const document = vscode.workspace.textDocuments.find(open => open.uri.toString() === uri.toString());
    if (document === undefined || document.version !== version) continue;
    const statements = program.statements.filter(statement => statement.unit === unit);
    add(document, leftOutLines(snippet.units[unit]?.source ?? '', statements));
  }
  for (const { document } of cellsBelow(sources)) add(document, leftOutLines(document.getText(), []));
  return ranges;
}

const maxCharacter = 1_000_000;

/** The code cells of the same notebook that are no units: they come after what was selected. */
function cellsBelow(sources: Job['sources']): vscode.NotebookCell[] {
  const last = sources.at(-1);
  const cell = last === undefined ? null : cellOf(last.uri);
  return cell === null ? [] : codeCells(cell.notebook).slice(sources.length);
}
