import * as zlib from 'node:zlib';
import { type ByteSource, DamagedData, joined, littleEndian } from './byteSource.ts';

const magic = 0xfd2fb528;
/** Frames that carry no data: 0x184d2a50 to …5f. */
const skippable = 0x184d2a5;
const largestFrame = 2 ** 30;

/** Node.js has zstd from 22.15 and 23.8 on. */
export function hasZstd(): boolean {
  return typeof zlib.zstdDecompressSync === 'function';
}

/**
 * Frames of zstd one after another: Spark ends one whenever it flushes its log, and Node.js reads only the first of them. So where
 * each ends is found out here, from the sizes of its blocks.
 */
export function* readZstd(source: ByteSource): Generator<Uint8Array> {
  while (!source.isAtEnd()) {
    const frame = takeFrame(source);
    if (frame === null) return;
    if (frame.length === 0) continue;
    try {
      yield zlib.zstdDecompressSync(frame, { maxOutputLength: largestFrame });
    } catch {
      throw new DamagedData('A frame of zstd is damaged.');
    }
  }
}

/** One frame as it is; empty for one without data, null when the bytes end before it does. */
function takeFrame(source: ByteSource): Uint8Array | null {
  const parts: Uint8Array[] = [];
  const take = (length: number): Uint8Array | null => {
    const part = source.take(length);
    if (part) parts.push(part);
    return part;
  };
  const begin = take(4);
  if (!begin) return null;
  if (Math.floor(littleEndian(begin) / 16) === skippable) {
    const size = take(4);
    return size && source.take(littleEndian(size)) ? new Uint8Array(0) : null;
  }
  if (littleEndian(begin) !== magic) throw new DamagedData('A frame of zstd was expected.');
  const descriptor = take(1)?.[0];
  if (descriptor === undefined) return null;
  const isSingle = (descriptor & 0x20) !== 0;
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  if (!take((isSingle ? 0 : 1) + dictionaryBytes + sizeBytes)) return null;
  for (let isLast = false; !isLast; ) {
    const header = take(3);
    if (!header) return null;
    const word = littleEndian(header, 0, 3);
    isLast = (word & 1) === 1;
    const isRun = ((word >> 1) & 3) === 1;
    if (!take(isRun ? 1 : word >> 3)) return null;
  }
  if ((descriptor & 4) !== 0 && !take(4)) return null;
  return joined(parts);
}
