import { type ByteSource, bigEndian, copyWithin, DamagedData, littleEndian } from './byteSource.ts';

/** 0x82 and `SNAPPY`, read as a number: no block is that large. */
const magic = 0x82534e41;
const restOfHeader = 12;
const largestBlock = 1 << 26;

/** The stream of snappy-java: a header of 16 bytes (again wherever streams were joined), then blocks, each after its size. */
export function* readSnappy(source: ByteSource): Generator<Uint8Array> {
  while (!source.isAtEnd()) {
    const size = source.take(4);
    if (!size) return;
    const length = bigEndian(size);
    if (length === magic) {
      if (!source.take(restOfHeader)) return;
      continue;
    }
    if (length > largestBlock) throw new DamagedData('A block of snappy is too large.');
    const block = source.take(length);
    if (!block) return;
    yield unpackBlock(block);
  }
}

function unpackBlock(data: Uint8Array): Uint8Array {
  let at = 0;
  let size = 0;
  for (let shift = 0, byte = 0x80; byte >= 0x80 && shift < 32; shift += 7) {
    byte = data[at++] ?? 0;
    size += (byte & 0x7f) * 2 ** shift;
  }
  if (size > largestBlock) throw new DamagedData('A block of snappy is too large.');
  const out = new Uint8Array(size);
  let to = 0;
  while (at < data.length) {
    const tag = data[at++] ?? 0;
    if ((tag & 3) === 0) {
      const extra = Math.max(0, (tag >> 2) - 59);
      const length = (extra === 0 ? tag >> 2 : littleEndian(data, at, extra)) + 1;
      at += extra;
      if (to + length > size || at + length > data.length) throw new DamagedData('A block of snappy is damaged.');
      out.set(data.subarray(at, at + length), to);
      at += length;
      to += length;
      continue;
    }
    const { length, distance, bytes } = copyOf(tag, data, at);
    at += bytes;
    copyWithin(out, to - distance, to, length);
    to += length;
  }
  if (to !== size) throw new DamagedData('A block of snappy is damaged.');
  return out;
}

/** A copy of 4 to 64 bytes from up to 2 KB, 64 KB or 4 GB before; `bytes`: how many its distance took. */
function copyOf(tag: number, data: Uint8Array, at: number): { length: number; distance: number; bytes: number } {
  if ((tag & 3) === 1) return { length: ((tag >> 2) & 7) + 4, distance: (tag >> 5) * 256 + (data[at] ?? 0), bytes: 1 };
  const bytes = (tag & 3) === 2 ? 2 : 4;
  return { length: (tag >> 2) + 1, distance: littleEndian(data, at, bytes), bytes };
}
