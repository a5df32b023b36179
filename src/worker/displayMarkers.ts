/** Ordinary output, or the number of the value that is shown in this place. */
export type OutputPiece = Buffer | number;

const esc = 0x1b;
const bell = 0x07;
const isDigit = (byte: number | undefined) => byte !== undefined && byte >= 0x30 && byte <= 0x39;
const mostDigits = 6;

/**
 * Takes the markers of shown values out of stdout (programWire.ts says how they look). Reads end anywhere, so the beginning of what may
 * be a marker waits for its rest. The runner writes a marker at once: the rest is in the pipe already, and nothing is held back for long
 * unless the program itself writes half a marker; even then it is only that half, which no terminal would show either.
 */
export class DisplayMarkers {
  private readonly prefix: Buffer;
  private held: Buffer = Buffer.alloc(0);

  /** `token`: the run's own, so that no program shows values by accident. */
  constructor(token: string) {
    this.prefix = Buffer.from(`\x1b]RunInParallel;${token};`, 'latin1');
  }

  take(bytes: Buffer): OutputPiece[] {
    const data = this.held.length > 0 ? Buffer.concat([this.held, bytes]) : bytes;
    const pieces: OutputPiece[] = [];
    let done = 0;
    const passOn = (until: number) => {
      if (until > done) pieces.push(data.subarray(done, until));
      done = until;
    };
    let at = data.indexOf(this.prefix);
    for (; at >= 0; at = data.indexOf(this.prefix, at + 1)) {
      const found = this.markerAt(data, at);
      if (found === 'unfinished') break;
      if (found === null) continue;
      passOn(at);
      pieces.push(found.number);
      done = found.end;
    }
    passOn(at >= 0 ? at : this.beginningAtEnd(data, done));
    this.held = Buffer.from(data.subarray(done));
    return pieces;
  }

  /** At the end of the stream: what looked like a marker and was none. */
  end(): Buffer {
    const rest = this.held;
    this.held = Buffer.alloc(0);
    return rest;
  }

  /** What follows a prefix. */
  private markerAt(data: Buffer, at: number): { number: number; end: number } | 'unfinished' | null {
    const first = at + this.prefix.length;
    let end = first;
    while (end - first < mostDigits && isDigit(data[end])) end++;
    if (end === data.length) return 'unfinished';
    if (end === first || data[end] !== bell) return null;
    return { number: Number(data.toString('latin1', first, end)), end: end + 1 };
  }

  /** Where the data ends with the beginning of a prefix; its length when it does not. */
  private beginningAtEnd(data: Buffer, from: number): number {
    const { prefix } = this;
    let at = data.indexOf(esc, Math.max(from, data.length - prefix.length + 1));
    while (at >= 0 && prefix.compare(data, at, data.length, 0, data.length - at) !== 0) at = data.indexOf(esc, at + 1);
    return at >= 0 ? at : data.length;
  }
}
