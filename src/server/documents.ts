import type { TextDocumentContentChangeEvent } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { lineEdit } from './lineEdits.ts';
import { MeasuredDocument } from './measured.ts';

/** An open text document or notebook cell, with what was measured in it. */
export interface OpenDocument {
  uri: string;
  languageId: string;
  text: TextDocument;
  measured: MeasuredDocument;
}

/** How the library's store of open documents makes and changes ours. */
export const openDocuments = {
  create(uri: string, languageId: string, version: number, content: string): OpenDocument {
    const text = TextDocument.create(uri, languageId, version, content);
    return { uri, languageId, text, measured: new MeasuredDocument(version) };
  },

  update(document: OpenDocument, changes: TextDocumentContentChangeEvent[], version: number): OpenDocument {
    for (const change of changes) applyChange(document, change, version);
    return document;
  },
};

function applyChange({ text, measured }: OpenDocument, change: TextDocumentContentChangeEvent, version: number): void {
  const last = text.lineCount - 1;
  const [from, to] = 'range' in change ? [change.range.start.line, change.range.end.line] : [0, last];
  const first = Math.max(0, Math.min(from, to, last));
  const below = last - Math.min(Math.max(from, to), last);
  const before = linesOf(text, first, last - below);
  TextDocument.update(text, [change], version);
  const edit = lineEdit(first, before, linesOf(text, first, text.lineCount - 1 - below));
  if (edit) measured.edited(version, edit);
}

/** The text of these lines, without the break after the last one. */
function linesOf(text: TextDocument, first: number, last: number): string {
  const start = { line: first, character: 0 };
  if (last >= text.lineCount - 1) return text.getText({ start, end: { line: text.lineCount, character: 0 } });
  return text.getText({ start, end: { line: last + 1, character: 0 } }).replace(/\r\n$|\r$|\n$/, '');
}
