import type { Ns } from '../base/time.ts';

/**
 * A Trace is what one Run did, as columns. Immutable after build; times are Ns since the run's start.
 *
 *   Trace
 *   ├─ processes[]          one per interpreter (or other program) of the run, or of a cluster that worked for it
 *   ├─ threads[]            tracks, each owned by a process
 *   │    ├─ states          disjoint intervals: what the thread did   ████▒▒▒▒░░██
 *   │    └─ spans           waits, idle time, GC pauses, operations: nested        └─wait─┘
 *   ├─ tasks                units of submitted work: submitted ──queued──▶ started ──ran──▶ ended
 *   ├─ links                which task's result another one needed
 *   ├─ counters[]           figures over time, each of a process: memory
 *   ├─ marks                moments worth knowing: a worker was lost
 *   ├─ plans[], facts[]     what an engine (Dask, Spark…) tells of its own work, as text and as figures
 *   └─ strings              names and labels, interned; index 0 is ''
 */
export interface Trace {
  meta: TraceMeta;
  strings: string[];
  processes: ProcessTrack[];
  threads: ThreadTrack[];
  tasks: TaskTable;
  pools: PoolInfo[];
  links: LinkColumns;
  counters: CounterTrack[];
  marks: MarkColumns;
  plans: PlanInfo[];
  facts: EngineFact[];
}

export interface TraceMeta {
  /** Version of the file format, not of the product. */
  formatVersion: number;
  title: string;
  /** Wall clock of time zero, ms since 1970. */
  startedAtMs: number;
  /** Length of the run: from the interpreter's start to the end of its last process. While live: up to now. */
  durationNs: Ns;
  /** False while the run goes on. */
  ended: boolean;
  cpuCount: number;
  /** What did the work: `python` where no other engine is known to have run tasks. */
  engine: Engine;
  quality: TraceQuality;
}

export const engines = ['python', 'dask', 'spark', 'polars', 'pandas', 'duckdb'] as const;
export type Engine = (typeof engines)[number];

/** What the figures of this trace are worth. */
export interface TraceQuality {
  /** Where thread states come from. `spans-only`: the tracer's exact spans, no sampling on this platform. */
  stateSource: 'linux-proc' | 'spans-only';
  /** Why states are missing, as a sentence; empty when they are there. */
  stateNote: string;
  /** Rate really reached, averaged over the run; 0 without sampling. */
  samplingHz: number;
  /** Samples that came more than two periods late. */
  lateSamples: number;
  /** Time the tracer itself took inside the program, as it measured, summed over processes. */
  tracerNs: Ns;
  /** CPU time that the sampler took, outside the program. */
  samplerNs: Ns;
  warnings: string[];
}

export interface ProcessTrack {
  /** On its own machine; 0 = not known. */
  pid: number;
  /** null for the interpreter that we started. */
  parentPid: number | null;
  name: string;
  /**
   * `main`: ours. `helper`: a fork server. `subprocess`: started by subprocess or os.exec*. `engine`: an engine tells of it (a Dask
   * worker, a Spark executor), often on another machine. `unknown`: seen, but not traced.
   */
  startMethod: (typeof startMethods)[number];
  /** The machine that it ran on, as its engine names it; null = this one. */
  host: string | null;
  /** `3.12.1`; null for a process that has no tracer. */
  python: string | null;
  gilEnabled: boolean | null;
  startNs: Ns;
  /** null: still running (live), or its end was not seen. */
  endNs: Ns | null;
  /** `exit 0`, `exit 3`, `killed by SIGKILL`; null when not known. */
  exit: string | null;
  /** A remark for the user, such as why there is no tracer in it; '' when there is none. */
  note: string;
}

export const startMethods = [
  'main',
  'fork',
  'spawn',
  'forkserver',
  'subprocess',
  'helper',
  'engine',
  'unknown',
] as const;

/** In this order everywhere; a state's number is its place here. */
export const threadStates = [
  'running',
  'runnable',
  'gilWait',
  'lockWait',
  'ioWait',
  'sleeping',
  'idle',
  'unknown',
] as const;
export type ThreadState = (typeof threadStates)[number];

export interface ThreadTrack {
  /** Index into `processes`. */
  process: number;
  tid: number;
  name: string;
  /** `engine`: not a thread that we watch but a place where an engine runs tasks; it has no states. */
  kind: (typeof threadKinds)[number];
  startNs: Ns;
  endNs: Ns | null;
  /** Exact, from the OS: time on a CPU and time spent waiting for one; null where the OS does not tell. */
  cpuNs: Ns | null;
  runnableNs: Ns | null;
  /** Exact time per state is `statesMs` of the summary; the borders in here are sampled. */
  states: StateColumns;
  spans: SpanColumns;
}

export const threadKinds = ['python', 'native', 'jvm', 'engine'] as const;

/** Sorted by start, disjoint, gaps mean that nothing is known (shown as `unknown`). */
export interface StateColumns {
  length: number;
  start: Float64Array;
  end: Float64Array;
  /** Index into `threadStates`. */
  state: Uint8Array;
}

export const spanKinds = [
  'lock',
  'condition',
  'event',
  'semaphore',
  'barrier',
  'queue',
  'join',
  'result',
  'sleep',
  'io',
  'subprocess',
  'processStart',
  'idle',
  'gc',
  // A call of a library's entry point: pandas.read_csv, DuckDB's execute, a Spark action.
  'operation',
  // Phases of an engine's task, beside its computing.
  'transfer',
  'disk',
  'deserialize',
  'serialize',
  'shuffleRead',
  'shuffleWrite',
  'schedulerDelay',
  'compute',
] as const;
export type SpanKind = (typeof spanKinds)[number];

/** Exact spans of one thread, sorted by start; nested ones follow the one that holds them. */
export interface SpanColumns {
  length: number;
  start: Float64Array;
  /** NaN: it was still open when the trace ended (in a deadlock report these are the answer). */
  end: Float64Array;
  /** Index into `spanKinds`. */
  kind: Uint8Array;
  /** Index into `strings`: `Queue.get`, `sleep`, `Thread.join`. */
  name: Uint32Array;
  /** Index into `strings`, 0 = unknown: the user's file. */
  file: Uint32Array;
  /** 1-based; 0 = unknown. */
  line: Uint32Array;
  /** Nesting level, 0 outermost. */
  depth: Uint8Array;
  /** Thread id of the lock's last owner; 0 = unknown. */
  holderTid: Uint32Array;
}

export const taskEngines = [
  'thread',
  'threadPool',
  'process',
  'processPool',
  'multiprocessingPool',
  'multiprocessingThreadPool',
  'dask',
  'polars',
  'spark',
] as const;
export type TaskEngine = (typeof taskEngines)[number];

export const taskStatuses = ['pending', 'running', 'ok', 'failed', 'cancelled', 'lost'] as const;
/** `pending`: never started. `lost`: the process died while it ran. */
export type TaskStatus = (typeof taskStatuses)[number];

/** Sorted by submit time. */
export interface TaskTable {
  length: number;
  submit: Float64Array;
  /** NaN: not started. */
  start: Float64Array;
  /** NaN: not ended. */
  end: Float64Array;
  engine: Uint8Array;
  status: Uint8Array;
  /** Index into `threads` of the one that ran it; -1 = none yet. */
  thread: Int32Array;
  /** Index into `threads` of the one that submitted it; -1 = unknown. */
  submitThread: Int32Array;
  /** Index into `pools`; -1 = not of a pool. */
  pool: Int32Array;
  /** The user's function: index into `strings`, `doubler` or `doubler ×13` for a chunk of 13 items. */
  name: Uint32Array;
  /** Where the function is defined: index into `strings` and 1-based line; 0 = unknown. */
  file: Uint32Array;
  line: Uint32Array;
  /** Where it was submitted. */
  submitFile: Uint32Array;
  submitLine: Uint32Array;
  /** By which its engine knows it: index into `strings`; 0 = it has none. */
  key: Uint32Array;
  /** What it belongs to (key prefix, stage), and what colours it: index into `strings`; 0 = nothing. */
  group: Uint32Array;
  /** Size of its result in bytes; NaN = not known. */
  bytes: Float64Array;
  /** Rows of its result, where that is a frame; NaN = not known. */
  rows: Float64Array;
}

/** Data flows from one task to another: places in `tasks`. */
export interface LinkColumns {
  length: number;
  from: Uint32Array;
  to: Uint32Array;
}

export const counterUnits = ['count', 'bytes', 'share'] as const;
export type CounterUnit = (typeof counterUnits)[number];

/** A figure over time, sorted by time: each value holds until the next. */
export interface CounterTrack {
  /** Index into `processes`. */
  process: number;
  /** `memory` (resident), `managed memory`, `spilled`… */
  name: string;
  unit: CounterUnit;
  /** What the value may not exceed; null = no limit known. */
  limit: number | null;
  length: number;
  time: Float64Array;
  value: Float64Array;
}

export const markLevels = ['info', 'warning', 'error'] as const;
export type MarkLevel = (typeof markLevels)[number];

/** Moments worth knowing, sorted by time. */
export interface MarkColumns {
  length: number;
  time: Float64Array;
  /** Index into `processes`; -1 = of the whole run. */
  process: Int32Array;
  /** Index into `markLevels`. */
  level: Uint8Array;
  /** Indexes into `strings`: `worker lost`, and a sentence. */
  name: Uint32Array;
  text: Uint32Array;
}

/** What an engine means to do, as text: an expression before and after optimisation, a physical plan. */
export interface PlanInfo {
  engine: Engine;
  title: string;
  atNs: Ns;
  file: string | null;
  line: number | null;
  parts: { title: string; text: string }[];
}

/** Something that an engine's reader found out, for the rules in insights/. Names are the engine's own: `neverComputed`, `chunksize`. */
export interface EngineFact {
  engine: Engine;
  name: string;
  atNs: Ns;
  file: string | null;
  line: number | null;
  values: Record<string, string | number | null>;
}

/** A pool that the program made. */
export interface PoolInfo {
  engine: TaskEngine;
  /** `ThreadPoolExecutor`, `Pool`… */
  name: string;
  pid: number;
  /** How many workers it may have; null when not known. */
  size: number | null;
  createdNs: Ns;
  file: string | null;
  line: number | null;
}
