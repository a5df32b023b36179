import { applySgr, plainStyle, type TextStyle } from './ansi.ts';
import type { ValueData } from './values.ts';

export type Stream = 'stdout' | 'stderr';

/** A run of characters that look alike. */
export interface Piece {
  text: string;
  style: TextStyle;
  stream: Stream;
}

export interface OutputLine {
  /** Counts up from the first line of the run, also when earlier ones were dropped. */
  number: number;
  pieces: Piece[];
  /** A value that is shown here; then there are no pieces. */
  value: ValueData | null;
}

/** Longer lines are cut here: a browser lays out a line of megabytes in minutes. */
const longestLine = 20_000;
// An escape sequence (CSI … letter, OSC … BEL or ST, or a two-character one), a control character, or plain text.
const tokenPattern =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about
  /\x1b\[([0-9;:?<=>]*)[ -/]*([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\^_]|[\x00-\x08\x0b-\x1f\x7f]|\n|\t|[^\x00-\x1f\x7f]+/g;
// The beginning of an escape sequence whose rest may come with the next chunk.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about
const unfinishedPattern = /\x1b(?:\[[0-9;:?<=>]*[ -/]*|\][^\x07\x1b]{0,2000}\x1b?)?$/;

/**
 * Output as a terminal would show it, as far as programs that print progress need it: `\r` goes back to the line's start and what
 * follows overwrites, `\b` steps back, SGR colours, erase in line. Keeps the last `most` lines.
 */
export class TerminalLines {
  readonly lines: OutputLine[] = [{ number: 0, pieces: [], value: null }];
  /** How many lines are gone from the front. */
  dropped = 0;
  private readonly most: number;
  private column = 0;
  private readonly styles: Record<Stream, TextStyle> = { stdout: plainStyle, stderr: plainStyle };
  private readonly unfinished: Record<Stream, string> = { stdout: '', stderr: '' };

  constructor(most: number) {
    this.most = most;
  }

  /** Takes the next chunk; returns the number of the first line that changed. */
  write(stream: Stream, chunk: string): number {
    const first = this.last.number;
    let text = this.unfinished[stream] + chunk;
    const rest = unfinishedPattern.exec(text);
    this.unfinished[stream] = rest ? rest[0] : '';
    if (rest) text = text.slice(0, rest.index);
    for (const match of text.matchAll(tokenPattern)) this.take(stream, match);
    this.dropSurplus();
    return first;
  }

  /** A value, on a line of its own; returns the number of the first line that changed. */
  show(value: ValueData): number {
    const first = this.last.number;
    if (this.last.pieces.length > 0) this.newLine();
    this.last.value = value;
    this.newLine();
    this.dropSurplus();
    return first;
  }

  private get last(): OutputLine {
    const line = this.lines.at(-1);
    if (!line) throw new Error('There is always a last line');
    return line;
  }

  private newLine(): void {
    this.lines.push({ number: this.last.number + 1, pieces: [], value: null });
    this.column = 0;
  }

  private dropSurplus(): void {
    const surplus = this.lines.length - this.most;
    if (surplus <= 0) return;
    this.lines.splice(0, surplus);
    this.dropped += surplus;
  }

  private take(stream: Stream, match: RegExpExecArray): void {
    const token = match[0];
    if (token === '\n') this.newLine();
    else if (token === '\r') this.column = 0;
    else if (token === '\b') this.column = Math.max(0, this.column - 1);
    else if (match[2] === 'm') this.styles[stream] = applySgr(this.styles[stream], match[1] ?? '');
    else if (match[2] === 'K') this.erase(match[1] ?? '');
    else if (token === '\t' || token >= ' ') if (!token.startsWith('\x7f')) this.put(stream, token);
  }

  private put(stream: Stream, text: string): void {
    const line = this.last;
    const room = Math.max(0, longestLine - this.column);
    const piece: Piece = { text: text.slice(0, room), style: this.styles[stream], stream };
    if (piece.text === '') return;
    const length = line.pieces.reduce((sum, { text: known }) => sum + known.length, 0);
    const after = cut(line.pieces, this.column + piece.text.length, length);
    line.pieces = this.column < length ? [...cut(line.pieces, 0, this.column), piece, ...after] : line.pieces;
    if (this.column >= length) append(line.pieces, piece);
    this.column += piece.text.length;
  }

  /** `K` erases to the end of the line, `1K` up to the cursor (left as it is: nobody prints progress so), `2K` all of it. */
  private erase(parameter: string): void {
    const line = this.last;
    if (parameter === '' || parameter === '0') line.pieces = cut(line.pieces, 0, this.column);
    else if (parameter === '2') line.pieces = [];
    this.column = Math.min(
      this.column,
      line.pieces.reduce((sum, piece) => sum + piece.text.length, 0),
    );
  }
}

/** The pieces between two columns. */
function cut(pieces: Piece[], from: number, to: number): Piece[] {
  const out: Piece[] = [];
  let at = 0;
  for (const piece of pieces) {
    const text = piece.text.slice(Math.max(0, from - at), Math.max(0, to - at));
    if (text !== '') out.push({ ...piece, text });
    at += piece.text.length;
  }
  return out;
}

function append(pieces: Piece[], piece: Piece): void {
  const last = pieces.at(-1);
  if (last && last.stream === piece.stream && last.style === piece.style) last.text += piece.text;
  else pieces.push(piece);
}
