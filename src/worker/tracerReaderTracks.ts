import type { Ns } from '../base/time.ts';
import type { WireProcessInfo } from '../protocol/tracerWire.ts';
import type { ProcessTrack } from '../trace/model.ts';
import type { KnownProcess, KnownThread, ThreadIndex, TraceSink } from './threadStates/threadIndex.ts';
import type { Chunk, Writer } from './tracerReaderFiles.ts';
import { parseAddress, startMethodOf, type WireRecord } from './wireRecords.ts';

/** What the rest of the run wants to know of a traced process. */
export interface TracedProcess {
  pid: number;
  parentPid: number | null;
  /** Address of `_PyRuntime` in it; null where the tracer couldn't tell. */
  pyRuntime: bigint | null;
  startNs: Ns;
  /** When its tracer said goodbye: the interpreter ended by itself, not by a signal. null: not (yet). */
  exitNs: Ns | null;
}

export interface Traced {
  readonly about: TracedProcess;
  readonly process: KnownProcess;
}

/** The processes and threads that tracers write for. */
export class TracerTracks {
  private readonly index: ThreadIndex;
  private readonly builder: TraceSink;
  private readonly traced = new Map<Writer, Traced>();
  private readonly processes = new Map<Writer, KnownProcess>();
  private readonly threads = new Map<Chunk, KnownThread>();
  private readonly tracerNs = new Map<Writer, number>();
  /** Child's pid → when its start() was called. */
  private readonly parentTold = new Map<number, Ns>();

  constructor(index: ThreadIndex, builder: TraceSink) {
    this.index = index;
    this.builder = builder;
  }

  all(): TracedProcess[] {
    return [...this.traced.values()].map(({ about }) => about);
  }

  /** The process tells of itself. */
  processBegan(chunk: Chunk, record: WireRecord, info: Partial<WireProcessInfo>): Traced {
    const process = this.process(chunk.writer);
    const parentPid = info.parentPid ?? record.aux2;
    const isMain = info.startMethod === 'main';
    const earlier = [...this.traced.values()].find(each => each.process === process);
    const about: TracedProcess = {
      pid: chunk.writer.pid,
      parentPid: isMain ? null : parentPid,
      pyRuntime: parseAddress(info.pyRuntime),
      startNs: record.t0,
      exitNs: null,
    };
    const traced = { about, process };
    this.traced.set(chunk.writer, traced);
    this.thread(chunk);
    if (earlier) {
      this.index.addNote(process, `Replaced itself by ${info.name ?? 'another program'} (os.exec).`);
    } else {
      const patch: Partial<ProcessTrack> = {
        parentPid: about.parentPid,
        startMethod: startMethodOf(info.startMethod),
        python: info.python ?? null,
        gilEnabled: info.gilEnabled ?? (info.python ? true : null),
      };
      if (info.name) patch.name = info.name;
      this.builder.updateProcess(process.track, patch);
    }
    if (info.installNs) {
      this.tracerNs.set(chunk.writer, info.installNs);
      this.builder.setQuality({ tracerNs: [...this.tracerNs.values()].reduce((sum, ns) => sum + ns, 0) });
    }
    return traced;
  }

  processEnded({ about, process }: Traced, endNs: Ns): void {
    about.exitNs = endNs;
    // With a sampler the real end comes a little later; until then this one is the best that is known.
    if (process.endNs === null) this.builder.updateProcess(process.track, { endNs });
  }

  /** Whether a process ended by itself: its tracer could say goodbye. */
  saidGoodbye(process: KnownProcess): boolean {
    return [...this.traced.values()].some(traced => traced.process === process && traced.about.exitNs !== null);
  }

  /** A parent called start() at that time, and this pid came out. */
  startedBy(pid: number, startNs: Ns): void {
    this.parentTold.set(pid, startNs);
  }

  /** A parent knows best when its child began. */
  correctStarts(): void {
    for (const [pid, startNs] of this.parentTold) {
      const child = this.index.process(pid, startNs);
      if (!child) continue;
      this.index.beganNotBefore(child, startNs);
      this.parentTold.delete(pid);
    }
  }

  /** Where nobody saw processes end, their own goodbyes count. */
  finish(): void {
    for (const { about, process } of this.traced.values()) {
      if (process.endNs === null && about.exitNs !== null) this.index.endProcess(process, about.exitNs);
    }
  }

  process(writer: Writer): KnownProcess {
    let process = this.processes.get(writer);
    if (process) return process;
    process =
      this.index.process(writer.pid, writer.startNs) ??
      this.index.addProcess(
        {
          pid: writer.pid,
          parentPid: null,
          name: `Python ${writer.pid}`,
          startMethod: 'unknown',
          python: null,
          gilEnabled: null,
          startNs: writer.startNs,
          endNs: null,
          exit: null,
          note: '',
        },
        true,
      );
    process.isTraced = true;
    this.processes.set(writer, process);
    return process;
  }

  /** The thread that owns a chunk. */
  thread(chunk: Chunk): KnownThread {
    let thread = this.threads.get(chunk);
    if (thread) return thread;
    const process = this.process(chunk.writer);
    const known = this.index.thread(process, chunk.tid, chunk.claimedNs);
    const isMain = chunk.tid === process.pid;
    const name = isMain ? 'MainThread' : `Thread ${chunk.tid}`;
    thread = known ?? this.index.addThread(process, chunk.tid, name, 'python', chunk.claimedNs, true);
    if (known && !known.isTraced) {
      known.isTraced = true;
      this.builder.updateThread(known.track, { kind: 'python', ...(isMain ? { name } : {}) });
    }
    this.threads.set(chunk, thread);
    return thread;
  }
}
