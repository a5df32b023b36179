import { StringDecoder } from 'node:string_decoder';
import type { OutputChunk, TextChunk } from '../protocol/hostWorker.ts';
import { cutLine } from './outputExcerpt.ts';

type StreamName = TextChunk['stream'];

interface LiveStream {
  decoder: StringDecoder;
  logFile: string | null;
  /** Bytes not shown since the last text that was. */
  skippedBytes: number;
}

/**
 * What the host sees while the program runs. Ordinary output goes out whole; a flood is thinned out, and says so:
 * never more than `capacity` characters are on their way, and `perSecond` in the long run, so neither the queue nor the host's work grows.
 */
export class LiveOutput {
  private readonly streams: Record<StreamName, LiveStream>;
  private readonly send: (chunks: OutputChunk[]) => void;
  private readonly capacity: number;
  private readonly perSecond: number;
  private readonly nowMs: () => number;
  private pending: OutputChunk[] = [];
  /** Of text, as all figures here: values are few and bounded for the whole run (displays.ts), and none is left out. */
  private pendingCharacters = 0;
  private inFlight = 0;
  /** Characters that may be sent by the rate alone. */
  private allowance: number;
  private allowanceAtMs: number;

  constructor(init: {
    send: (chunks: OutputChunk[]) => void;
    logFiles: Record<StreamName, string | null>;
    capacity: number;
    perSecond: number;
    nowMs: () => number;
  }) {
    this.send = init.send;
    this.capacity = init.capacity;
    this.perSecond = init.perSecond;
    this.nowMs = init.nowMs;
    this.allowance = init.capacity;
    this.allowanceAtMs = init.nowMs();
    const stream = (logFile: string | null) => ({ decoder: new StringDecoder('utf8'), logFile, skippedBytes: 0 });
    this.streams = { stdout: stream(init.logFiles.stdout), stderr: stream(init.logFiles.stderr) };
  }

  add(name: StreamName, bytes: Buffer): void {
    const stream = this.streams[name];
    const room = this.room();
    // After a gap it takes some room to go on: one long gap reads better than many short ones.
    const needed = stream.skippedBytes > 0 ? Math.max(bytes.length, this.capacity / 4) : bytes.length;
    if (room < needed) {
      if (stream.skippedBytes === 0) this.push(name, stream.decoder.end());
      stream.skippedBytes += bytes.length;
      return;
    }
    this.tellGap(name);
    this.push(name, stream.decoder.write(bytes));
  }

  /** A value among stdout. */
  addDisplay(data: Record<string, string>): void {
    this.tellGap('stdout');
    this.push('stdout', this.streams.stdout.decoder.end());
    this.pending.push({ stream: 'display', data });
  }

  /** Sends what has come together. */
  flush(): void {
    if (this.pending.length === 0) return;
    const chunks = this.pending;
    this.inFlight += this.pendingCharacters;
    this.pending = [];
    this.pendingCharacters = 0;
    this.send(chunks);
  }

  /** The host has taken so many characters of text over. */
  taken(characters: number): void {
    this.inFlight = Math.max(0, this.inFlight - characters);
  }

  /** After the last byte: half a character and a gap at the end are told as well. */
  end(): void {
    for (const name of ['stdout', 'stderr'] as const) {
      this.tellGap(name);
      this.push(name, this.streams[name].decoder.end());
    }
    this.flush();
  }

  private room(): number {
    const now = this.nowMs();
    this.allowance = Math.min(this.capacity, this.allowance + ((now - this.allowanceAtMs) / 1000) * this.perSecond);
    this.allowanceAtMs = now;
    return Math.min(this.allowance, this.capacity - this.inFlight - this.pendingCharacters);
  }

  private tellGap(name: StreamName): void {
    const stream = this.streams[name];
    if (stream.skippedBytes === 0) return;
    const line = cutLine(stream.skippedBytes, stream.logFile);
    stream.skippedBytes = 0;
    this.push(name, `\n${line}\n`);
  }

  private push(stream: StreamName, text: string): void {
    if (text === '') return;
    const last = this.pending.at(-1);
    if (last && last.stream !== 'display' && last.stream === stream) last.text += text;
    else this.pending.push({ stream, text });
    this.pendingCharacters += text.length;
    this.allowance -= text.length;
  }
}
