import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { messageOf, userError } from '../base/errors.ts';
import { failed, type Result } from '../base/result.ts';
import { decodeTrace, isTraceFile } from '../trace/file.ts';
import { importChromeJson } from '../trace/importChrome.ts';
import type { Trace } from '../trace/model.ts';
import { SparkLogImport } from '../trace/spark/importLog.ts';
import { beginsLikeSparkLog } from '../trace/spark/readEvent.ts';
import { DamagedData } from './codecs/byteSource.ts';
import { decompress } from './decompress.ts';
import { wholeLines } from './textLines.ts';

const chunkSize = 1 << 17;
/** More text than this is no Chrome trace that fits into memory. */
const largestJson = 2 ** 29;

/**
 * A saved trace: our own format, the JSON of Chrome traces, or an event log of Spark 2.4 or later: a file, or the folder of a rolled
 * log; plain, or compressed (zstd, lz4, snappy, lzf, gzip). Reads in pieces, so that a large log needs little memory. Fails in words.
 */
export function openTrace(path: string): Result<Trace> {
  try {
    const name = basename(resolve(path));
    if (statSync(path).isDirectory()) return openFolder(path, name);
    const begin = firstBytes(path);
    if (isTraceFile(new Uint8Array(begin).buffer)) return decodeTrace(new Uint8Array(readFileSync(path)).buffer);
    const plain = decompress(name, begin, chunksOf(path));
    if (!plain.ok) return plain;
    return openText(name, wholeLines(plain.value.chunks), plain.value.isCut);
  } catch (error) {
    if (error instanceof DamagedData) return failed(userError('traceDamaged', `${path} is damaged: ${error.message}`));
    return failed(userError('traceUnreadable', `${path} can't be read: ${messageOf(error)}`));
  }
}

function openText(name: string, text: Iterator<string>, isCut: () => boolean): Result<Trace> {
  let begin = '';
  for (let next = text.next(); next.done !== true; next = text.next()) {
    begin += next.value;
    if (begin.length > 64) break;
  }
  if (beginsLikeSparkLog(begin)) return importLog(name, [{ text: again(begin, text), isCut }]);
  if (/^\s*[[{]/.test(begin)) {
    let all = begin;
    for (let next = text.next(); next.done !== true && all.length < largestJson; next = text.next()) all += next.value;
    return importChromeJson(all, name);
  }
  if (begin === '' && isCut()) {
    return failed(userError('traceDamaged', `${name} is cut off so early that nothing of it can be read.`));
  }
  return unknown(name, begin);
}

function unknown(name: string, begin: string): Result<Trace> {
  const isPerfetto = begin.startsWith('\n') || /\.(pftrace|perfetto-trace)$/.test(name);
  const message = isPerfetto
    ? `${name} looks like a Perfetto trace; that format is not supported yet.`
    : `${name} is neither a trace of Run in Parallel, nor an event log of Spark, nor the JSON of a Chrome trace.`;
  return failed(userError('traceUnknown', message));
}

/** `eventlog_v2_ID` with events_1_ID, events_2_ID…, and appstatus_ID. What was compacted by the history server stands for the files before it. */
function openFolder(path: string, name: string): Result<Trace> {
  const parts = readdirSync(path)
    .map(file => ({ file, number: Number(/^events_(\d+)_/.exec(file)?.[1] ?? Number.NaN) }))
    .filter(part => Number.isInteger(part.number))
    .sort((a, b) => a.number - b.number || (a.file.endsWith('.compact') ? 1 : -1));
  const compact = parts.findLastIndex(part => part.file.endsWith('.compact'));
  const used = compact < 0 ? parts : parts.slice(compact);
  if (used.length === 0) {
    const message = `${name} is a folder without events: an event log of Spark that was rolled has files such as events_1_${name.replace(/^eventlog_v2_/, '')}.`;
    return failed(userError('traceUnknown', message));
  }
  const logs: LogText[] = [];
  for (const { file } of used) {
    const own = join(path, file);
    const plain = decompress(file, firstBytes(own), chunksOf(own));
    if (!plain.ok) return plain;
    logs.push({ text: wholeLines(plain.value.chunks), isCut: plain.value.isCut });
  }
  return importLog(name, logs, used[0]?.number !== 1 && compact < 0);
}

/** The last line may be only half a one: it is left out like one that is damaged. */
function eachLine(lines: string, take: (line: string) => void): void {
  for (let at = 0; at < lines.length; ) {
    const end = lines.indexOf('\n', at);
    take(lines.slice(at, end < 0 ? undefined : end));
    at = end < 0 ? lines.length : end + 1;
  }
}

interface LogText {
  /** Pieces of whole lines. */
  text: Iterator<string>;
  isCut: () => boolean;
}

function importLog(name: string, logs: readonly LogText[], lacksBeginning = false): Result<Trace> {
  const reading = new SparkLogImport(name);
  let isCut = false;
  for (const { text, isCut: ended } of logs) {
    for (let next = text.next(); next.done !== true; next = text.next())
      eachLine(next.value, line => reading.line(line));
    isCut ||= ended();
  }
  return reading.finish({ isCut, lacksBeginning });
}

/** The text with what was read of it already. */
function* again(begin: string, text: Iterator<string>): Generator<string> {
  yield begin;
  for (let next = text.next(); next.done !== true; next = text.next()) yield next.value;
}

function firstBytes(path: string): Uint8Array {
  for (const chunk of chunksOf(path, 64)) return chunk;
  return new Uint8Array(0);
}

/** The file in chunks, each of which holds only until the next is asked for. */
function* chunksOf(path: string, size = chunkSize): Generator<Uint8Array> {
  const fd = openSync(path, 'r');
  try {
    const chunk = Buffer.allocUnsafe(size);
    for (;;) {
      const length = readSync(fd, chunk, 0, size, null);
      if (length === 0) return;
      yield chunk.subarray(0, length);
    }
  } finally {
    closeSync(fd);
  }
}
