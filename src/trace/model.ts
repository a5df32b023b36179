import type { Ns } from '../base/time.ts';

/**
 * A Trace is what one Run did, as columns. Immutable after build; times are Ns since the run's start.
 *
 *   Trace
 *   ├─ processes[]          one per interpreter (or other program) of the run
 *   ├─ threads[]            tracks, each owned by a process
 *   │    ├─ states          disjoint intervals: what the thread did   ████▒▒▒▒░░██
 *   │    └─ spans           waits, idle time, GC pauses: nested        └─wait─┘
 *   ├─ tasks                units of submitted work: submitted ──queued──▶ started ──ran──▶ ended
 *   └─ strings              names and labels, interned; index 0 is ''
 */
export interface Trace {
  meta: TraceMeta;
  strings: string[];
  processes: ProcessTrack[];
  threads: ThreadTrack[];
  tasks: TaskTable;
  pools: PoolInfo[];
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
  quality: TraceQuality;
}

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
  pid: number;
  /** null for the interpreter that we started. */
  parentPid: number | null;
  name: string;
  /** `main`: ours. `helper`: a fork server. `subprocess`: started by subprocess or os.exec*. `unknown`: seen, but not traced. */
  startMethod: 'main' | 'fork' | 'spawn' | 'forkserver' | 'subprocess' | 'helper' | 'unknown';
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
  kind: 'python' | 'native' | 'jvm' | 'engine';
  startNs: Ns;
  endNs: Ns | null;
  /** Exact, from the OS: time on a CPU and time spent waiting for one; null where the OS does not tell. */
  cpuNs: Ns | null;
  runnableNs: Ns | null;
  /** Exact time per state is `statesMs` of the summary; the borders in here are sampled. */
  states: StateColumns;
  spans: SpanColumns;
}

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
