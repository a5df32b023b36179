import { gunzipSync } from 'node:zlib';
import { userError } from '../base/errors.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { ByteSource, DamagedData, joined } from './codecs/byteSource.ts';
import { readLz4 } from './codecs/lz4.ts';
import { readLzf } from './codecs/lzf.ts';
import { readSnappy } from './codecs/snappy.ts';
import { hasZstd, readZstd } from './codecs/zstd.ts';

export interface PlainBytes {
  chunks: Iterable<Uint8Array>;
  /** After the last chunk: whether the file ended in the middle of something. */
  isCut: () => boolean;
}

const codecs: { name: string; begin: number[]; read: (source: ByteSource) => Iterable<Uint8Array> }[] = [
  { name: 'zstd', begin: [0x28, 0xb5, 0x2f, 0xfd], read: readZstd },
  { name: 'lz4', begin: [...'LZ4Block'].map(letter => letter.charCodeAt(0)), read: readLz4 },
  { name: 'snappy', begin: [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0], read: readSnappy },
  { name: 'lzf', begin: [0x5a, 0x56], read: readLzf },
  { name: 'gzip', begin: [0x1f, 0x8b], read: readGzip },
];

/** What is packed in these bytes, by how they begin; they themselves when they aren't compressed. Reading them may throw `DamagedData`. */
export function decompress(name: string, begin: Uint8Array, chunks: Iterable<Uint8Array>): Result<PlainBytes> {
  const codec = codecs.find(each => each.begin.every((byte, i) => begin[i] === byte));
  if (!codec) return ok({ chunks, isCut: () => false });
  if (codec.name === 'zstd' && !hasZstd()) {
    const message = `${name} is compressed with zstd, which Node.js ${process.versions.node} can't read.`;
    return failed(userError('noZstd', message, 'Use Node.js 22.15 or later, or unpack it first: zstd -d FILE'));
  }
  const source = new ByteSource(chunks);
  return ok({ chunks: codec.read(source), isCut: () => source.isCut });
}

/** All at once, as what a person packed by hand is. */
function* readGzip(source: ByteSource): Generator<Uint8Array> {
  const parts: Uint8Array[] = [];
  while (!source.isAtEnd()) parts.push(source.rest());
  try {
    yield gunzipSync(joined(parts));
  } catch {
    throw new DamagedData('The file is damaged or cut off.');
  }
}
