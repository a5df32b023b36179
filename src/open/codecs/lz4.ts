import { type ByteSource, copyWithin, DamagedData, littleEndian } from './byteSource.ts';

const magic = 'LZ4Block';
const headerSize = magic.length + 13;
const largestBlock = 1 << 26;

/** The stream of lz4-java, Spark's default codec: blocks `LZ4Block`, method, packed size, size, checksum, data. The checksum isn't looked at. */
export function* readLz4(source: ByteSource): Generator<Uint8Array> {
  while (!source.isAtEnd()) {
    const header = source.take(headerSize);
    if (!header) return;
    if (new TextDecoder('latin1').decode(header.subarray(0, magic.length)) !== magic) {
      throw new DamagedData('A block of lz4 was expected.');
    }
    const isPacked = ((header[magic.length] ?? 0) & 0xf0) === 0x20;
    const packedSize = littleEndian(header, magic.length + 1);
    const size = littleEndian(header, magic.length + 5);
    if (size > largestBlock || packedSize > largestBlock) throw new DamagedData('A block of lz4 is too large.');
    const data = source.take(packedSize);
    if (!data) return;
    if (size > 0) yield isPacked ? unpackBlock(data, size) : data;
  }
}

/** One block: runs of literals, each followed by a copy of what was seen before. */
function unpackBlock(data: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let at = 0;
  let to = 0;
  const more = (length: number): number => {
    if (length !== 15) return length;
    let sum = length;
    for (let byte = 255; byte === 255; ) {
      byte = data[at++] ?? 0;
      sum += byte;
    }
    return sum;
  };
  while (at < data.length) {
    const token = data[at++] ?? 0;
    const literals = more(token >> 4);
    if (to + literals > size || at + literals > data.length) throw new DamagedData('A block of lz4 is damaged.');
    out.set(data.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    if (at >= data.length) break;
    const distance = littleEndian(data, at, 2);
    at += 2;
    const length = more(token & 15) + 4;
    copyWithin(out, to - distance, to, length);
    to += length;
  }
  if (to !== size) throw new DamagedData('A block of lz4 is damaged.');
  return out;
}
