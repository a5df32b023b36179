import { availableParallelism } from 'node:os';
import { messageOf } from '../base/errors.ts';
import type { Ns } from '../base/time.ts';
import type { Insight } from '../insights/insight.ts';
import { findInsights } from '../insights/rules.ts';
import { type TaskWork, taskWork } from '../insights/taskWork.ts';
import type { Changed } from '../protocol/hostWorker.ts';
import type { TraceQueries } from '../protocol/query.ts';
import type { ProcessExit } from '../run/runState.ts';
import type { Snippet } from '../snippet/snippet.ts';
import { type NewProcess, TraceBuilder } from '../trace/builder.ts';
import { EngineSink } from '../trace/engineSink.ts';
import { encodeTrace } from '../trace/file.ts';
import type { Trace } from '../trace/model.ts';
import { progressOf } from '../trace/progress.ts';
import { TraceReader } from '../trace/reader.ts';
import { EngineLines } from './engines/engineLines.ts';
import type { EngineSource } from './engines/engineSource.ts';
import { ConnectServers } from './engines/spark/connectServers.ts';
import { SparkLogs, type SparkLogsInit } from './engines/spark/sparkLogs.ts';
import { runMarkerVariable } from './processTree.ts';
import { ThreadStateSampler } from './threadStates/sampler.ts';
import type { KnownProcess } from './threadStates/threadIndex.ts';
import { TracerReader } from './tracerReader.ts';

/** Between two looks into the tracer's files, in ms; more when a look takes long. */
const pollMs = 50;
/** A look may take this share of the time. */
const pollShare = 0.2;
/** The host hears of news ten times a second at most. */
const changedMs = 100;

export interface LiveTraceInit {
  title: string;
  startedAtMs: number;
  clockZeroNs: bigint;
  traceDir: string;
  runId: string;
  samplingHz: number;
  onChanged: (changed: Changed) => void;
  /** Living processes of the run, when their number changed. */
  onProcessCount: (count: number) => void;
}

export interface FinishedTrace {
  bytes: ArrayBuffer;
  insights: Insight[];
  taskWork: TaskWork | null;
  /** Spark's JVM ended before the program, which ends it otherwise. */
  lostJvm: boolean;
}

/**
 * The trace while it grows: what the tracer wrote and what the sampler saw goes into one builder, out of which questions are answered.
 * No fault in here ends a run: it becomes a warning of the trace.
 */
export class LiveTrace {
  private readonly init: LiveTraceInit;
  private readonly builder: TraceBuilder;
  private readonly tracer: TracerReader;
  /** After the tracer: what they tell of is found by what it told. */
  private readonly engines: EngineSource[];
  private readonly lines: EngineLines;
  private readonly connect: ConnectServers;
  private sampler: ThreadStateSampler | null = null;
  private root: KnownProcess | null = null;
  private timer: NodeJS.Timeout | null = null;
  private revision = 0;
  private toldAtMs = Number.NEGATIVE_INFINITY;
  private hasNews = false;

  constructor(init: LiveTraceInit) {
    this.init = init;
    this.builder = new TraceBuilder({
      title: init.title,
      startedAtMs: init.startedAtMs,
      cpuCount: availableParallelism(),
    });
    this.tracer = new TracerReader({
      traceDir: init.traceDir,
      builder: this.builder,
      clockZeroNs: init.clockZeroNs,
    });
    const observed = { builder: this.builder, index: this.tracer.index };
    const sink = new EngineSink(observed);
    const { traceDir, clockZeroNs, startedAtMs } = init;
    const emit: SparkLogsInit['emit'] = event => sink.take(event);
    const warn: SparkLogsInit['warn'] = text => this.builder.addWarning(text);
    this.connect = new ConnectServers({ startedAtMs, emit });
    this.lines = new EngineLines({
      ...observed,
      ...{ traceDir, clockZeroNs, sink },
      onConnect: line => this.connect.take(line),
    });
    this.engines = [this.lines, new SparkLogs({ traceDir, startedAtMs, emit, warn }), this.connect];
  }

  /** The interpreter runs: from now on it is observed. */
  start(rootPid: number): void {
    this.safely('The interpreter could not be noted', () => {
      this.root = this.tracer.index.addProcess(rootTrack(rootPid), false);
    });
    this.safely('The thread states could not be read', () => {
      this.sampler = new ThreadStateSampler({
        rootPid,
        builder: this.builder,
        index: this.tracer.index,
        clockZeroNs: this.init.clockZeroNs,
        hz: this.init.samplingHz,
        marker: `${runMarkerVariable}=${this.init.runId}`,
        onProcessCount: this.init.onProcessCount,
      });
      this.sampler.start();
    });
    this.poll();
  }

  /** The interpreter has ended; what it started may live on. */
  rootEnded(exit: ProcessExit, endNs: Ns): void {
    this.safely("The interpreter's end could not be noted", () => {
      if (!this.root) return;
      this.tracer.index.endProcess(this.root, endNs);
      this.builder.updateProcess(this.root.track, {
        exit: exit.signal === null ? `exit ${exit.code}` : `killed by ${exit.signal}`,
      });
    });
  }

  nowNs(): Ns {
    return Number(process.hrtime.bigint() - this.init.clockZeroNs);
  }

  warn(text: string): void {
    this.builder.addWarning(text);
  }

  /** Answers from what is known now. */
  answer<M extends keyof TraceQueries>(method: M, params: TraceQueries[M]['params']): TraceQueries[M]['result'] {
    return new TraceReader(this.builder.snapshot(this.nowNs()), []).answer(method, params);
  }

  /** The run's processes have ended: what servers elsewhere still know is asked for, for so long at most. Before `finish`. Never rejects. */
  async complete(patienceMs: number, wasStopped: boolean): Promise<void> {
    this.stopWatching();
    try {
      while (this.lines.poll());
      await this.connect.complete(patienceMs, wasStopped);
    } catch (error) {
      this.builder.addWarning(`What servers know of the run could not be asked: ${messageOf(error)}`);
    }
  }

  /** `complete` comes to its end at once. */
  hurry(): void {
    this.connect.giveUp();
  }

  /** Stops observing, takes in what is left and closes the trace. */
  finish(endNs: Ns, snippet: Snippet): FinishedTrace {
    this.stopWatching();
    this.safely("The tracer's files could not be read to their end", () => this.tracer.finish(endNs));
    for (const engine of this.engines) {
      this.safely('What an engine told of its work could not be read to its end', () => engine.finish(endNs));
    }
    const trace = this.builder.finish(endNs);
    return {
      bytes: encodeTrace(trace),
      insights: findInsights(trace),
      taskWork: taskWork(trace, snippet),
      lostJvm: lostJvm(trace),
    };
  }

  /** A mistake of ours came out of one of the watchers' timers: what they have seen is kept, the program goes on unwatched. */
  abandon(error: unknown): void {
    this.builder.addWarning(`The run was watched no further because of a mistake of ours: ${messageOf(error)}`);
    this.stopWatching();
  }

  private stopWatching(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const sampler = this.sampler;
    this.sampler = null;
    this.safely('The thread states could not be read to their end', () => sampler?.stop());
  }

  private poll(): void {
    const begunAtMs = performance.now();
    let isComplete = true;
    this.safely("The tracer's files could not be read", () => {
      isComplete = this.look();
      this.tell(begunAtMs);
    });
    const tookMs = performance.now() - begunAtMs;
    this.timer = setTimeout(() => this.poll(), isComplete ? Math.max(pollMs, tookMs / pollShare) : tookMs);
  }

  /** False: there is more to be read at once. */
  private look(): boolean {
    const { changed, isComplete, processes } = this.tracer.poll();
    // States grow all the time.
    if (changed || this.sampler) this.hasNews = true;
    for (const process of processes) this.sampler?.learn(process);
    for (const engine of this.engines) if (engine.poll(this.nowNs())) this.hasNews = true;
    return isComplete;
  }

  private tell(nowMs: number): void {
    if (!this.hasNews || nowMs - this.toldAtMs < changedMs) return;
    const growing = this.builder.growing(this.nowNs());
    this.hasNews = false;
    this.toldAtMs = nowMs;
    this.revision++;
    this.init.onChanged({
      revision: this.revision,
      ...growing.counts,
      durationNs: growing.durationNs,
      progress: progressOf(growing),
    });
  }

  private safely(what: string, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.builder.addWarning(`${what}: ${messageOf(error)}`);
    }
  }
}

/** The interpreter that we started, until its tracer tells more. */
function rootTrack(pid: number): NewProcess {
  return {
    pid,
    parentPid: null,
    name: 'Python',
    startMethod: 'main',
    python: null,
    gilEnabled: null,
    startNs: 0,
    endNs: null,
    exit: null,
    note: '',
  };
}

/** The driver's JVM has the name that src/python/tracer/engines/spark.py gives it. */
function lostJvm({ processes }: Trace): boolean {
  const end = processes.find(({ startMethod }) => startMethod === 'main')?.endNs ?? Number.POSITIVE_INFINITY;
  return processes.some(({ name, endNs }) => name === 'Spark driver JVM' && endNs !== null && endNs < end);
}
