import { type ByteSource, bigEndian, copyWithin, DamagedData } from './byteSource.ts';

/** The stream of compress-lzf: chunks `ZV`, 0, size, data as it is; or `ZV`, 1, packed size, size, packed data. */
export function* readLzf(source: ByteSource): Generator<Uint8Array> {
  while (!source.isAtEnd()) {
    const header = source.take(5);
    if (!header) return;
    if (header[0] !== 0x5a || header[1] !== 0x56) throw new DamagedData('A chunk of lzf was expected.');
    const isPacked = header[2] === 1;
    const size = isPacked ? source.take(2) : header.subarray(3);
    const data = size && source.take(bigEndian(header, 3, 2));
    if (!data) return;
    yield isPacked ? unpackChunk(data, bigEndian(size, 0, 2)) : data;
  }
}

function unpackChunk(data: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let at = 0;
  let to = 0;
  while (at < data.length) {
    const control = data[at++] ?? 0;
    if (control < 32) {
      const length = control + 1;
      if (to + length > size || at + length > data.length) throw new DamagedData('A chunk of lzf is damaged.');
      out.set(data.subarray(at, at + length), to);
      at += length;
      to += length;
      continue;
    }
    const short = control >> 5;
    const length = (short === 7 ? 7 + (data[at++] ?? 0) : short) + 2;
    const distance = (control & 0x1f) * 256 + (data[at++] ?? 0) + 1;
    copyWithin(out, to - distance, to, length);
    to += length;
  }
  if (to !== size) throw new DamagedData('A chunk of lzf is damaged.');
  return out;
}
