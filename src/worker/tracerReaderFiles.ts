import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Ns } from '../base/time.ts';
import { chunkSize, type RecordKind, recordSize } from '../protocol/tracerWire.ts';
import { listFolder } from './listFolder.ts';
import { type ClockZero, readRecord, type WireRecord } from './wireRecords.ts';

/** Records whose end, flags or object come later. Of a taskQueued, threadStart or pool nothing later is needed. */
const patchedKinds: ReadonlySet<RecordKind> = new Set([
  'process',
  'thread',
  'task',
  'taskPart',
  'wait',
  'processStart',
  'idle',
  'subprocess',
  'operation',
]);

/** A task's status is written beside its end: without it, it is only half told. */
function isHalfTold({ kind, flags }: WireRecord): boolean {
  return (kind === 'task' || kind === 'taskPart') && (flags & 15) === 0;
}

/** One process's files. `strings` are its own. */
export interface Writer {
  readonly pid: number;
  /** When it began to record. */
  readonly startNs: Ns;
  readonly strings: Map<number, string>;
}

/** A chunk belongs to one thread. */
export interface Chunk {
  readonly writer: Writer;
  readonly tid: number;
  readonly claimedNs: Ns;
}

export interface Found<T> {
  chunk: Chunk;
  record: WireRecord;
  /** Segment × 2³² + offset: by this other records refer to it. */
  position: number;
  /** What the consumer made of it, handed back when the record is patched. */
  token: T | null;
}

export interface News<T> {
  /** New records, strings left out. */
  fresh: Found<T>[];
  /** Records that were open before and have ended (or got their object). */
  patched: Found<T>[];
  /** False when the time given was used up: more can be read at once. */
  isComplete: boolean;
  damaged: number;
}

interface Segment {
  readonly path: string;
  readonly number: number;
  fd: number | null;
  /** Offset of the first chunk that nobody has claimed yet. */
  nextChunk: number;
  /** Every chunk is claimed. */
  isFull: boolean;
}

interface LiveChunk<T> {
  readonly writer: Writer;
  /** A thread that ends hands the rest of its chunk on; the next one begins with a record that says so. */
  owner: Chunk;
  readonly segment: Segment;
  readonly offset: number;
  /** Where the next record will be, within the chunk. */
  end: number;
  readonly open: Map<number, Found<T>>;
  /** It's full, or the rest can't be read: only open records can still change. */
  isSealed: boolean;
  /** Looks without news: a chunk that is still for long is looked at less often. */
  stillFor: number;
}

interface WriterFiles<T> {
  readonly writer: Writer;
  readonly segments: Map<number, Segment>;
  /** Chunks that can still change. */
  live: LiveChunk<T>[];
  /** Where to go on in `live` when the last look had no time for all. */
  next: number;
}

/** More files than this aren't kept open: the limit of the process is shared with all else that it does. */
const maxOpenFiles = 400;
/** Below this number every chunk is looked at each time. */
const fewChunks = 64;

/** Reads what the tracer's mapped files have new, wherever it is. Untrusted: damage is counted and passed over. */
export class TracerFiles<T> {
  private readonly folder: string;
  private readonly zero: ClockZero;
  private readonly writers = new Map<string, WriterFiles<T>>();
  private readonly buffer = Buffer.alloc(chunkSize);
  private news: News<T> = { fresh: [], patched: [], isComplete: true, damaged: 0 };
  private looks = 0;
  private openFiles = 0;
  /** The writer to begin with: one that fills its files faster than we read must not starve the others. */
  private turn = 0;

  constructor(folder: string, zero: ClockZero) {
    this.folder = folder;
    this.zero = zero;
  }

  /** Reads on for at most about `budgetMs`. `isLast`: also looks at what was still for long. */
  read(budgetMs: number, isLast = false): News<T> {
    const deadline = performance.now() + budgetMs;
    this.news = { fresh: [], patched: [], isComplete: true, damaged: 0 };
    this.looks++;
    this.findFiles();
    const writers = [...this.writers.values()];
    for (let i = 0; i < writers.length; i++) {
      const files = writers[(this.turn + i) % writers.length];
      if (!files) continue;
      if (!this.readWriter(files, deadline, isLast)) {
        this.turn = (this.turn + i) % writers.length;
        this.news.isComplete = false;
        break;
      }
    }
    return this.news;
  }

  close(): void {
    for (const { segments } of this.writers.values()) {
      for (const segment of segments.values()) {
        if (segment.fd !== null) closeSync(segment.fd);
        segment.fd = null;
      }
    }
    this.openFiles = 0;
  }

  private findFiles(): void {
    for (const name of listFolder(this.folder)) {
      const match = /^(\d{1,10})\.(\d{1,20})\.(\d{1,5})\.ev$/.exec(name);
      if (!match) continue;
      const [, pid = '', t0 = '', number = ''] = match;
      const key = `${pid}.${t0}`;
      let files = this.writers.get(key);
      if (!files) {
        const start = BigInt(t0) - (BigInt(this.zero.high) * 2n ** 32n + BigInt(this.zero.low));
        const writer = { pid: Number(pid), startNs: Number(start), strings: new Map<number, string>() };
        files = { writer, segments: new Map(), live: [], next: 0 };
        this.writers.set(key, files);
      }
      if (files.segments.has(Number(number))) continue;
      const segment = { path: join(this.folder, name), number: Number(number), fd: null, nextChunk: 0, isFull: false };
      files.segments.set(segment.number, segment);
    }
  }

  /** False when the time was used up before everything was read. */
  private readWriter(files: WriterFiles<T>, deadline: number, isLast: boolean): boolean {
    // Ends are told before a thread id is used again: so first see who claimed, then read all.
    for (const segment of files.segments.values()) {
      while (this.claimNext(files, segment)) if (performance.now() > deadline) return false;
    }
    const isCrowded = files.live.length > fewChunks && !isLast;
    // The last look had time for some; these may have got more since then.
    if (isLast) files.next = 0;
    for (; files.next < files.live.length; files.next++) {
      const chunk = files.live[files.next];
      const every = isCrowded && chunk ? 2 ** Math.min(4, chunk.stillFor >> 4) : 1;
      if (!chunk || (this.looks + chunk.offset / chunkSize) % every !== 0) continue;
      this.readChunk(chunk);
      if (performance.now() > deadline && ++files.next < files.live.length) return false;
    }
    files.next = 0;
    files.live = files.live.filter(chunk => !chunk.isSealed || chunk.open.size > 0);
    return true;
  }

  private claimNext(files: WriterFiles<T>, segment: Segment): boolean {
    if (segment.isFull) return false;
    const length = this.fill(segment, segment.nextChunk, recordSize);
    segment.isFull = length === 0 && segment.nextChunk > 0;
    const record = readRecord(this.buffer.subarray(0, length), 0, this.zero);
    if (record === null) return false;
    const offset = segment.nextChunk;
    segment.nextChunk += chunkSize;
    if (record === 'damaged' || record.kind !== 'chunk') {
      this.news.damaged++;
      return true;
    }
    const chunk: LiveChunk<T> = {
      writer: files.writer,
      owner: { writer: files.writer, tid: record.objLow, claimedNs: record.t0 },
      segment,
      offset,
      end: recordSize,
      open: new Map(),
      isSealed: false,
      stillFor: 0,
    };
    files.live.push(chunk);
    return true;
  }

  /** One read covers both what may have been patched and what may be new. */
  private readChunk(chunk: LiveChunk<T>): void {
    let from = chunk.end;
    for (const at of chunk.open.keys()) from = Math.min(from, at);
    const until = chunk.isSealed ? this.lastOpen(chunk) + recordSize : chunkSize;
    const length = this.fill(chunk.segment, chunk.offset + from, until - from);
    const bytes = this.buffer.subarray(0, length);
    const before = this.news.fresh.length + this.news.patched.length;
    for (const [at, found] of chunk.open) this.readAgain(chunk, found, at, bytes, at - from);
    if (!chunk.isSealed) this.readNew(chunk, bytes, from);
    chunk.stillFor = this.news.fresh.length + this.news.patched.length > before ? 0 : chunk.stillFor + 1;
  }

  private lastOpen(chunk: LiveChunk<T>): number {
    let last = 0;
    for (const at of chunk.open.keys()) last = Math.max(last, at);
    return last;
  }

  private readAgain(chunk: LiveChunk<T>, found: Found<T>, at: number, bytes: Buffer, offset: number): void {
    const record = readRecord(bytes, offset, this.zero);
    if (record === null || record === 'damaged' || record.kind !== found.record.kind) return;
    if (Number.isNaN(record.t1) && record.objLow === found.record.objLow) return;
    if (isHalfTold(record)) return;
    found.record = record;
    if (!Number.isNaN(record.t1)) chunk.open.delete(at);
    this.news.patched.push(found);
  }

  private readNew(chunk: LiveChunk<T>, bytes: Buffer, from: number): void {
    while (chunk.end + recordSize <= chunkSize) {
      const at = chunk.end - from;
      const record = readRecord(bytes, at, this.zero);
      if (record === null) return;
      // A pause is told whole when it's over, its begin last: until then it isn't there.
      if (record !== 'damaged' && record.kind === 'gc' && Number.isNaN(record.t1)) return;
      chunk.end += recordSize;
      if (record === 'damaged') this.news.damaged++;
      else if (record.kind === 'chunk') {
        chunk.owner = { writer: chunk.writer, tid: record.objLow, claimedNs: record.t0 };
      } else if (record.kind === 'string') this.readString(chunk, record, bytes, at + recordSize);
      else this.note(chunk, record);
    }
    chunk.isSealed = true;
  }

  private note(chunk: LiveChunk<T>, record: WireRecord): void {
    const at = chunk.end - recordSize;
    const position = chunk.segment.number * 2 ** 32 + chunk.offset + at;
    const found: Found<T> = { chunk: chunk.owner, record, position, token: null };
    this.news.fresh.push(found);
    const isOpen = Number.isNaN(record.t1) || isHalfTold(record);
    if (isOpen && patchedKinds.has(record.kind)) chunk.open.set(at, found);
  }

  /** The text lies in the raw slots behind its record. */
  private readString(chunk: LiveChunk<T>, record: WireRecord, bytes: Buffer, at: number): void {
    const { aux: length, aux2: slots } = record;
    if (length > slots * recordSize || chunk.end + slots * recordSize > chunkSize || at + length > bytes.length) {
      this.news.damaged++;
      chunk.isSealed = true;
      return;
    }
    chunk.end += slots * recordSize;
    const text = bytes.toString('utf8', at, at + length);
    const texts = record.flags === 0 ? [text] : text.split('\0');
    for (const [index, each] of texts.entries()) chunk.writer.strings.set(record.objLow + index, each);
  }

  /** Reads into the buffer; 0 when the file can't be read now. */
  private fill(segment: Segment, from: number, length: number): number {
    if (length <= 0) return 0;
    let fd = segment.fd;
    try {
      fd ??= openSync(segment.path, 'r');
      return readSync(fd, this.buffer, 0, Math.min(length, chunkSize), from);
    } catch {
      return 0;
    } finally {
      if (fd !== null && fd !== segment.fd) this.keepOrClose(segment, fd);
    }
  }

  private keepOrClose(segment: Segment, fd: number): void {
    if (this.openFiles >= maxOpenFiles) {
      closeSync(fd);
      return;
    }
    segment.fd = fd;
    this.openFiles++;
  }
}
