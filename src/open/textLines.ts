import { isAscii } from 'node:buffer';
import { joined } from './codecs/byteSource.ts';

const newline = 10;

/** `chunks`: each holds only until the next is asked for. Text in pieces of whole lines, each with its end; the last piece may lack it. Plain ASCII, which logs mostly are, is the quick case. */
export function* wholeLines(chunks: Iterable<Uint8Array>): Generator<string> {
  let rest: Uint8Array[] = [];
  for (const chunk of chunks) {
    const end = chunk.lastIndexOf(newline) + 1;
    if (end === 0) {
      rest.push(Uint8Array.from(chunk));
      continue;
    }
    const first = rest.length === 0 ? 0 : chunk.indexOf(newline) + 1;
    if (first > 0) yield textOf(joined([...rest, chunk.subarray(0, first)]));
    if (end > first) yield textOf(chunk.subarray(first, end));
    rest = end < chunk.length ? [Uint8Array.from(chunk.subarray(end))] : [];
  }
  if (rest.length > 0) yield textOf(joined(rest));
}

function textOf(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString(isAscii(buffer) ? 'latin1' : 'utf8');
}
