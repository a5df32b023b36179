import type { Connection } from 'vscode-languageserver/node';
import { NotebookCellKind, NotebookDocuments, TextDocuments } from 'vscode-languageserver/node';
import type { PythonParser } from '../snippet/syntax/parser.ts';
import { type OpenDocument, openDocuments } from './documents.ts';
import type { Part } from './layout.ts';
import { fenceParts } from './markdownParts.ts';
import { Source } from './source.ts';

/** The documents and notebooks that are open in the editor, and the Python texts that they make up. */
export class Sources {
  private readonly parser: PythonParser;
  private readonly files = new TextDocuments<OpenDocument>(openDocuments);
  private readonly notebooks = new NotebookDocuments<OpenDocument>(openDocuments);
  private readonly sources = new Map<string, Source>();

  constructor(parser: PythonParser) {
    this.parser = parser;
    this.onClose(uri => {
      this.sources.get(uri)?.dispose();
      this.sources.delete(uri);
    });
  }

  listen(connection: Connection): void {
    this.files.listen(connection);
    this.notebooks.listen(connection);
  }

  /** Calls back with each document, cell and notebook that is closed. */
  onClose(listener: (uri: string) => void): void {
    for (const documents of [this.files, this.notebooks.cellTextDocuments]) {
      documents.onDidClose(({ document }) => listener(document.uri));
    }
    this.notebooks.onDidClose(({ uri }) => listener(uri));
  }

  /** A document or notebook cell that is open; null for others. */
  document(uri: string): OpenDocument | null {
    return this.files.get(uri) ?? this.notebooks.cellTextDocuments.get(uri) ?? null;
  }

  isCell(uri: string): boolean {
    return this.notebooks.cellTextDocuments.get(uri) !== undefined;
  }

  /** The Python text that a document or cell belongs to; null for what isn't open or holds no Python. */
  of(uri: string): Source | null {
    const notebook = this.notebooks.findNotebookDocumentForCell(uri);
    if (notebook) return this.source(notebook.uri, () => ({ kind: 'cells', cells: this.cellsOf(notebook.uri) }));
    const document = this.files.get(uri);
    const { text } = document ?? {};
    if (!text) return null;
    switch (document?.languageId) {
      case 'python':
        return this.source(uri, () => ({ kind: 'script', document: text }));
      case 'markdown':
        return this.source(uri, () => ({ kind: 'cells', cells: fenceParts(text) }));
      default:
        return null;
    }
  }

  /** Documents whose text is part of the same Python text; the document itself among them. */
  siblings(uri: string): OpenDocument[] {
    const notebook = this.notebooks.findNotebookDocumentForCell(uri);
    const uris = notebook ? notebook.cells.map(cell => cell.document) : [uri];
    return uris.flatMap(each => this.document(each) ?? []);
  }

  private source(uri: string, contents: ConstructorParameters<typeof Source>[2]): Source {
    const known = this.sources.get(uri);
    if (known) return known;
    const made = new Source(uri, this.parser, contents);
    this.sources.set(uri, made);
    return made;
  }

  /** The Python cells of a notebook, none once it is closed. */
  private cellsOf(uri: string): Part[][] {
    const { cells } = this.notebooks.getNotebookDocument(uri) ?? { cells: [] };
    return cells.flatMap(cell => {
      const text = cell.kind === NotebookCellKind.Code ? this.notebooks.getCellTextDocument(cell)?.text : undefined;
      return text?.languageId === 'python' ? [[{ document: text, from: 0, length: text.getText().length }]] : [];
    });
  }
}
