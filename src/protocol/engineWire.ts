import type { CounterUnit, Engine, MarkLevel, SpanKind, TaskStatus } from '../trace/model.ts';

/**
 * What an engine (Dask, Spark…) tells of its own work, from inside the user's interpreter: lines of JSON in
 * `<traceDir>/<pid>.<t0>.engine.jsonl`, one event a line, appended in whole lines (src/python/tracer/engines/lines.py). For what is rich, rare, remote or
 * told in bulk; what is frequent and local goes into the tracer's binary records (tracerWire.ts).
 *
 * All times are ns on the clock of the writer's machine (perf_counter_ns, as in tracerWire.ts). Ids are the engine's own words, unique within a
 * run and kind. The same id again means: more is known of the same thing. What is told of a process or track before the process or track itself
 * (by another process, say) waits for it.
 */
export type EngineEvent =
  | EngineProcessEvent
  | EngineTrackEvent
  /** On the wire a row may also be an array of the values of `columns`, which stands beside the rows: much shorter where there are many. */
  | { kind: 'tasks'; engine: Engine; rows: EngineTask[] }
  /** Ids or keys of tasks: data flows from the first to the second. */
  | { kind: 'links'; engine: Engine; edges: [from: string, to: string][] }
  | EngineSpan
  | EngineCounter
  | EngineMark
  | EnginePlan
  | EngineFactEvent;

/** A worker, a scheduler, an executor. With the pid of a process of this run on this machine it is that process. */
export interface EngineProcessEvent {
  kind: 'process';
  id: string;
  engine: Engine;
  name: string;
  /** null: not known. */
  pid: number | null;
  /** null: this machine. */
  host: string | null;
  atNs: number;
  endNs?: number | null;
  exit?: string | null;
  note?: string;
  /** Said on behalf of one that tells of itself: it only counts when that hasn't happened by the end of the run. */
  ifUnknown?: boolean;
}

/** A place where tasks run: a worker's thread, an executor's core. With a thread id of a process of this run it is that thread. */
export interface EngineTrackEvent {
  kind: 'track';
  id: string;
  /** Id of its process. */
  process: string;
  name: string;
  /** Native thread id; null: not known. */
  tid?: number | null;
  atNs: number;
  endNs?: number | null;
  /** As of a process. */
  ifUnknown?: boolean;
}

export interface EngineTask {
  id: string;
  /** What tasks of its kind are called: the prefix of its key. */
  name: string;
  key: string;
  /** Id of the track that runs it; null: none yet. */
  track: string | null;
  submitNs: number;
  startNs: number | null;
  endNs: number | null;
  status: TaskStatus;
  bytes?: number | null;
  /** What colours it; its name where there is none. */
  group?: string;
  /** The function that it runs. */
  file?: string | null;
  line?: number | null;
  submitFile?: string | null;
  submitLine?: number | null;
}

export interface EngineSpan {
  kind: 'span';
  track: string;
  /** Needed where its end is told later: then the same id comes again, with it. */
  id?: string;
  span: SpanKind;
  name: string;
  startNs: number;
  /** null: it goes on. */
  endNs: number | null;
  file?: string | null;
  line?: number | null;
}

export interface EngineCounter {
  kind: 'counter';
  /** Id of its process; null: the one that writes. */
  process: string | null;
  name: string;
  unit: CounterUnit;
  atNs: number;
  value: number;
  /** Left out: as it was told last. */
  limit?: number | null;
}

export interface EngineMark {
  kind: 'mark';
  process: string | null;
  level: MarkLevel;
  name: string;
  atNs: number;
  text: string;
}

export interface EnginePlan {
  kind: 'plan';
  id: string;
  engine: Engine;
  title: string;
  file: string | null;
  line: number | null;
  atNs: number;
  parts: { title: string; text: string }[];
}

export interface EngineFactEvent {
  kind: 'fact';
  engine: Engine;
  name: string;
  file: string | null;
  line: number | null;
  atNs: number;
  values: Record<string, string | number | null>;
}
