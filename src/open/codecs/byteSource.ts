/** Bytes that come in chunks, each of which holds only until the next is asked for; taken in pieces of any size, as copies. */
export class ByteSource {
  /** The bytes ended in the middle of something. */
  isCut = false;
  private readonly chunks: Iterator<Uint8Array>;
  private chunk: Uint8Array = new Uint8Array(0);
  private at = 0;

  constructor(chunks: Iterable<Uint8Array>) {
    this.chunks = chunks[Symbol.iterator]();
  }

  /** True when nothing is left. */
  isAtEnd(): boolean {
    while (this.at >= this.chunk.length) {
      const next = this.chunks.next();
      if (next.done === true) return true;
      this.chunk = next.value;
      this.at = 0;
    }
    return false;
  }

  /** The next bytes, as many as asked for; null, and `isCut`, when there are fewer. */
  take(length: number): Uint8Array | null {
    if (length === 0) return new Uint8Array(0);
    const parts: Uint8Array[] = [];
    for (let left = length; left > 0; ) {
      if (this.isAtEnd()) {
        this.isCut = true;
        return null;
      }
      const part = Uint8Array.from(this.chunk.subarray(this.at, this.at + left));
      this.at += part.length;
      left -= part.length;
      parts.push(part);
    }
    const [only] = parts;
    return only && parts.length === 1 ? only : joined(parts, length);
  }

  /** What is left of the chunk at hand; may be empty. */
  rest(): Uint8Array {
    const rest = Uint8Array.from(this.chunk.subarray(this.at));
    this.at = this.chunk.length;
    return rest;
  }
}

export function joined(
  parts: readonly Uint8Array[],
  length = parts.reduce((sum, part) => sum + part.length, 0),
): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The bytes aren't what their beginning promised. */
export class DamagedData extends Error {}

/** An unsigned number of 1 to 4 bytes, the lowest first. */
export function littleEndian(bytes: Uint8Array, at = 0, length = 4): number {
  let value = 0;
  for (let i = length - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}

/** An unsigned number of 1 to 4 bytes, the highest first. */
export function bigEndian(bytes: Uint8Array, at = 0, length = 4): number {
  let value = 0;
  for (let i = 0; i < length; i++) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}

/** Copies from earlier in the same bytes; where the two overlap, what was just copied is copied again. */
export function copyWithin(bytes: Uint8Array, from: number, to: number, length: number): void {
  if (from < 0 || from >= to || to + length > bytes.length) throw new DamagedData('A reference leads out of the data.');
  for (let i = 0; i < length; i++) bytes[to + i] = bytes[from + i] ?? 0;
}
