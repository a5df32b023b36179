import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { PythonParser } from '../snippet/syntax/parser.ts';
import type { SourceFile } from '../snippet/syntax/sourceFile.ts';
import { Layout, type Part } from './layout.ts';
import { PythonText } from './pythonText.ts';

/** What a source is made of now: a file, or cells in their order, each of one or more parts. */
export type Contents =
  | { kind: 'script'; document: TextDocument }
  | { kind: 'cells'; cells: readonly (readonly Part[])[] };

/** One Python text as rules see it, with the way back to its documents; valid until they change. */
export interface Snapshot {
  file: SourceFile;
  layout: Layout;
  /** Counts up with every change. */
  revision: number;
}

/** A file, a notebook or the fences of a Markdown file, read again when its documents have changed and somebody asks. */
export class Source {
  /** Of the file or notebook. */
  readonly uri: string;
  private readonly contents: () => Contents;
  private readonly text: PythonText;
  private readAs = '';
  private snapshot: Snapshot | null = null;

  constructor(uri: string, parser: PythonParser, contents: () => Contents) {
    this.uri = uri;
    this.contents = contents;
    this.text = new PythonText(parser);
  }

  current(): Snapshot {
    const contents = this.contents();
    const state = stateOf(contents);
    if (this.snapshot === null || state !== this.readAs) {
      this.snapshot = { ...this.read(contents), revision: (this.snapshot?.revision ?? 0) + 1 };
      this.readAs = state;
    }
    return this.snapshot;
  }

  dispose(): void {
    this.text.dispose();
  }

  private read(contents: Contents): { file: SourceFile; layout: Layout } {
    if (contents.kind === 'script') {
      const { document } = contents;
      const text = document.getText();
      return { file: this.text.script(text), layout: new Layout([{ document, from: 0, length: text.length }]) };
    }
    const cells = contents.cells.filter(parts => parts.length > 0);
    const file = this.text.cells(cells.map(parts => new Layout(parts).text));
    return { file, layout: new Layout(cells.flat()) };
  }
}

/** Differs whenever the text differs: which documents there are, and their versions. */
function stateOf(contents: Contents): string {
  const state = ({ uri, version }: TextDocument) => `${version} ${uri}\n`;
  if (contents.kind === 'script') return state(contents.document);
  return contents.cells.map(parts => (parts[0] ? state(parts[0].document) : '')).join('');
}
