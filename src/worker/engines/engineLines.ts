import { join } from 'node:path';
import type { Ns } from '../../base/time.ts';
import type { EngineSink } from '../../trace/engineSink.ts';
import { listFolder } from '../listFolder.ts';
import type { KnownProcess, ThreadIndex, TraceSink } from '../threadStates/threadIndex.ts';
import type { EngineSource } from './engineSource.ts';
import { LineFile } from './lineFile.ts';
import { readEngineEvent } from './readEvent.ts';
import { type ConnectLine, readConnectLine } from './spark/connectLines.ts';

/** A look may take about this long, in ms. */
const budgetMs = 15;
/** Files of a run: more are no engine's, and looking at them all would take too long. */
const mostFiles = 2000;

interface Lines {
  file: LineFile;
  pid: number;
  startNs: Ns;
}

/** Reads the lines that our tracer has engines tell (src/protocol/engineWire.ts), of every process of the run. */
export class EngineLines implements EngineSource {
  private readonly folder: string;
  private readonly clockZeroNs: bigint;
  private readonly builder: TraceSink;
  private readonly index: ThreadIndex;
  private readonly sink: EngineSink<KnownProcess>;
  private readonly onConnect: (line: ConnectLine) => void;
  private readonly files = new Map<string, Lines>();
  private hasDamage = false;

  constructor(init: {
    traceDir: string;
    clockZeroNs: bigint;
    builder: TraceSink;
    index: ThreadIndex;
    sink: EngineSink<KnownProcess>;
    onConnect: (line: ConnectLine) => void;
  }) {
    this.folder = init.traceDir;
    this.clockZeroNs = init.clockZeroNs;
    this.builder = init.builder;
    this.index = init.index;
    this.sink = init.sink;
    this.onConnect = init.onConnect;
  }

  poll(): boolean {
    return this.read(performance.now() + budgetMs);
  }

  finish(): void {
    this.read(Number.POSITIVE_INFINITY);
    for (const { file } of this.files.values()) {
      if (file.unfinished() !== '')
        this.builder.addWarning('A process ended while its engine was telling of its work.');
      file.close();
    }
    this.sink.finish();
  }

  private read(deadlineMs: number): boolean {
    this.findFiles();
    let isNew = false;
    for (const lines of this.files.values()) {
      for (let more = lines.file.read(); more !== null; more = lines.file.read()) {
        isNew = true;
        for (const line of more) this.take(line, lines);
        if (performance.now() > deadlineMs) break;
      }
    }
    if (isNew) this.sink.join();
    return isNew;
  }

  private take(line: string, { pid, startNs }: Lines): void {
    // A double holds these times exactly for 104 days after the machine's start; then to a few ns.
    const zero = Number(this.clockZeroNs);
    const clock = (ns: number) => ns - zero;
    const connect = readConnectLine(line, clock);
    if (connect) {
      this.onConnect(connect);
      return;
    }
    const event = readEngineEvent(line, clock);
    if (event) this.sink.take(event, this.index.process(pid, startNs));
    else if (!this.hasDamage) {
      this.hasDamage = true;
      this.builder.addWarning('Some of what an engine told of its work could not be understood and was left out.');
    }
  }

  private findFiles(): void {
    for (const name of listFolder(this.folder)) {
      const match = /^(\d{1,10})\.(\d{1,20})\.engine\.jsonl$/.exec(name);
      if (!match || this.files.has(name) || this.files.size >= mostFiles) continue;
      const [, pid = '', t0 = ''] = match;
      const startNs = Number(BigInt(t0) - this.clockZeroNs);
      this.files.set(name, { file: new LineFile(join(this.folder, name)), pid: Number(pid), startNs });
    }
  }
}
