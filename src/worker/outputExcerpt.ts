/**
 * The first and the last bytes of a stream, in bounded memory:
 *
 *   ├── head: limit / 2 ──┤ … missing … ├── tail: a ring of limit / 2 ──┤
 */
export class OutputExcerpt {
  /** All bytes that came, kept or not. */
  totalBytes = 0;
  private readonly head: Buffer[] = [];
  private headBytes = 0;
  private readonly half: number;
  /** Made when the head is full: most programs never print that much. */
  private ring: Buffer | null = null;
  /** Bytes that went through the ring; the newest is just before ringBytes % half. */
  private ringBytes = 0;

  constructor(limitBytes: number) {
    this.half = Math.max(1, Math.floor(limitBytes / 2));
  }

  get isCut(): boolean {
    return this.ringBytes > this.half;
  }

  add(bytes: Buffer): void {
    this.totalBytes += bytes.length;
    const toHead = Math.min(bytes.length, this.half - this.headBytes);
    if (toHead > 0) {
      this.head.push(Buffer.from(bytes.subarray(0, toHead)));
      this.headBytes += toHead;
    }
    if (toHead < bytes.length) this.addToRing(bytes.subarray(toHead));
  }

  /** As UTF-8; `cutLine` makes the line that stands for what is missing. */
  text(cutLine: (missingBytes: number) => string): string {
    const head = Buffer.concat(this.head);
    if (!this.ring) return head.toString('utf8');
    if (!this.isCut) return Buffer.concat([head, this.ring.subarray(0, this.ringBytes)]).toString('utf8');
    const start = this.ringBytes % this.half;
    const tail = Buffer.concat([this.ring.subarray(start), this.ring.subarray(0, start)]);
    // Characters that the cut went through are left out with the rest.
    const headEnd = wholeCharacters(head);
    const tailStart = firstCharacter(tail);
    const missing = this.ringBytes - this.half + (head.length - headEnd) + tailStart;
    return `${head.toString('utf8', 0, headEnd)}\n${cutLine(missing)}\n${tail.toString('utf8', tailStart)}`;
  }

  private addToRing(bytes: Buffer): void {
    this.ring ??= Buffer.allocUnsafe(this.half);
    const kept = bytes.subarray(Math.max(0, bytes.length - this.half));
    this.ringBytes += bytes.length - kept.length;
    const start = this.ringBytes % this.half;
    const untilEnd = Math.min(kept.length, this.half - start);
    kept.copy(this.ring, start, 0, untilEnd);
    kept.copy(this.ring, 0, untilEnd);
    this.ringBytes += kept.length;
  }
}

const isContinuation = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80;

/** Where the bytes end when a character that was cut in two is left out; junk stays. */
function wholeCharacters(bytes: Buffer): number {
  let lead = bytes.length - 1;
  while (lead > bytes.length - 4 && lead > 0 && isContinuation(bytes[lead])) lead--;
  const first = bytes[lead] ?? 0;
  const size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
  return bytes.length - lead < size ? lead : bytes.length;
}

/** Where the first whole character begins. */
function firstCharacter(bytes: Buffer): number {
  let start = 0;
  while (start < 3 && isContinuation(bytes[start])) start++;
  return start;
}

/** The line that stands where output is missing. */
export function cutLine(missingBytes: number, logFile: string | null): string {
  const rest = logFile === null ? '' : `; all of it is in ${logFile}`;
  return `[… ${missingBytes.toLocaleString('en-US')} bytes left out here${rest} …]`;
}
