import { maskMagics } from '../snippet/syntax/magics.ts';
import type { ParsedText, PythonParser } from '../snippet/syntax/parser.ts';
import { SourceFile } from '../snippet/syntax/sourceFile.ts';

/** A Python text that changes, parsed again only where it did. */
export class PythonText {
  private readonly parser: PythonParser;
  private parsed: ParsedText | null = null;

  constructor(parser: PythonParser) {
    this.parser = parser;
  }

  /** A file as rules see it; valid until the next call. */
  script(text: string): SourceFile {
    return new SourceFile({ kind: 'script', text, module: this.parse(text) });
  }

  /** The cells of a notebook, joined by line breaks; valid until the next call. */
  cells(cells: readonly string[]): SourceFile {
    let offset = 0;
    const masked = cells.map(cell => {
      const { text, magics } = maskMagics(cell);
      const start = offset;
      offset += cell.length + 1;
      return {
        text,
        start,
        magics: magics.map(magic => ({ ...magic, start: magic.start + start, end: magic.end + start })),
      };
    });
    const text = masked.map(cell => cell.text).join('\n');
    return new SourceFile({
      kind: 'cells',
      text,
      module: this.parse(text),
      magics: masked.flatMap(cell => cell.magics),
      cellStarts: masked.map(cell => cell.start),
    });
  }

  dispose(): void {
    this.parsed?.dispose();
    this.parsed = null;
  }

  private parse(text: string): SourceFile['module'] {
    if (this.parsed) update(this.parsed, text);
    else this.parsed = this.parser.open(text);
    return this.parsed.module;
  }
}

/** Tells the parser of the one piece in which the texts differ. */
function update(parsed: ParsedText, text: string): void {
  const before = parsed.text;
  if (before === text) return;
  const shorter = Math.min(before.length, text.length);
  const head = countEqual(shorter, (from, to) => before.slice(from, to) === text.slice(from, to));
  const fromEnd = (source: string, from: number, to: number) => source.slice(source.length - to, source.length - from);
  const tail = countEqual(shorter - head, (from, to) => fromEnd(before, from, to) === fromEnd(text, from, to));
  parsed.edit(head, before.length - tail, text.slice(head, text.length - tail));
}

/** How many characters from the first on are equal: whole blocks are compared, the one that differs is halved down to the place. */
function countEqual(length: number, isEqual: (from: number, to: number) => boolean): number {
  let equal = 0;
  for (let block = length; block > 0; block >>= 1) {
    while (equal + block <= length && isEqual(equal, equal + block)) equal += block;
  }
  return equal;
}
