import type { Position, Range } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';

/** A piece of a document, as it lies in the text that rules see. In UTF-16 units. */
export interface Part {
  document: TextDocument;
  /** Where the piece begins in its document; 0 for files and notebook cells, not so for the fences of a Markdown file. */
  from: number;
  length: number;
}

/** A range in one document. */
export interface Place {
  document: TextDocument;
  range: Range;
}

/** How pieces of documents make up one Python text, a line break between each two, and the ways back and forth. */
export class Layout {
  readonly text: string;
  private readonly parts: readonly (Part & { start: number })[];

  constructor(parts: readonly Part[]) {
    let start = 0;
    this.parts = parts.map(part => {
      const placed = { ...part, start };
      start += part.length + 1;
      return placed;
    });
    this.text = parts.map(({ document, from, length }) => document.getText().slice(from, from + length)).join('\n');
  }

  /** Where a range of the text is; what goes on in another document is cut off. Null for an empty layout. */
  place(start: number, end: number): Place | null {
    const first = this.partAt(start);
    const last = this.partAt(end);
    if (!first || !last) return null;
    const to = last.document === first.document ? positionIn(last, end) : positionIn(first, first.start + first.length);
    return { document: first.document, range: { start: positionIn(first, start), end: to } };
  }

  /** The offset in the text of a position in a document; null when it is not in one of the pieces. */
  offsetAt(uri: string, position: Position): number | null {
    return this.offsetsOf(uri, { start: position, end: position })?.start ?? null;
  }

  /** The offsets of what a range in a document covers of the text; null when it covers nothing of it. */
  offsetsOf(uri: string, range: Range): { start: number; end: number } | null {
    const covered = this.parts.flatMap(({ document, from, length, start }) => {
      if (document.uri !== uri) return [];
      const first = Math.max(0, document.offsetAt(range.start) - from);
      const last = Math.min(length, document.offsetAt(range.end) - from);
      return first <= last ? [{ start: start + first, end: start + last }] : [];
    });
    const [first] = covered;
    const last = covered.at(-1);
    return first && last ? { start: first.start, end: last.end } : null;
  }

  private partAt(offset: number): (Part & { start: number }) | undefined {
    return this.parts.findLast(({ start }) => start <= offset) ?? this.parts[0];
  }
}

function positionIn(part: Part & { start: number }, offset: number): Position {
  return part.document.positionAt(part.from + Math.max(0, Math.min(offset - part.start, part.length)));
}
