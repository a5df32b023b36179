import type { Ns } from '../base/time.ts';
import type { Insight } from '../insights/insight.ts';
import type { CounterUnit, MarkLevel, PlanInfo, PoolInfo, ProcessTrack, TraceMeta } from '../trace/model.ts';

/**
 * What can be asked of a Trace, live or finished; the same questions go from the webview to the host and from the host to the
 * thread that still assembles it. Answers are bounded: a window has at most one span per bucket and row.
 */
export interface TraceQueries {
  getOverview: { params: object; result: Overview };
  getWindow: { params: WindowParams; result: WindowData };
  getTotals: { params: { startNs: Ns; endNs: Ns }; result: Totals };
  getTasks: { params: TaskPageParams; result: TaskPage };
  /** Everything known of the span or state at a point; null = nothing there. */
  getDetail: { params: { thread: number; atNs: Ns; row: RowKind; toleranceNs: Ns }; result: Detail | null };
  getCounters: { params: CounterWindowParams; result: CounterWindow };
  getPlans: { params: object; result: { plans: PlanInfo[] } };
}

/** Small: tracks without their spans. */
export interface Overview {
  meta: TraceMeta;
  processes: ProcessTrack[];
  threads: ThreadSummary[];
  pools: PoolInfo[];
  taskCount: number;
  /** What tasks belong to (key prefixes, stages), those that ran longest first. */
  groups: TaskGroup[];
  /** Those worth showing. */
  counters: CounterSummary[];
  marks: MarkView[];
  planCount: number;
  /** Best first; empty while live. */
  insights: Insight[];
}

export interface TaskGroup {
  name: string;
  /** Number of its colour: see src/trace/taskCodes.ts. */
  hue: number;
  tasks: number;
  /** Time that they ran, summed. */
  ranNs: Ns;
  /** Of their results, as far as known: partitions of one frame are of one size, or should be. */
  bytes: SizeRange | null;
  rows: SizeRange | null;
}

export interface SizeRange {
  least: number;
  median: number;
  most: number;
}

export interface CounterSummary {
  /** Its place in the trace, for getCounters. */
  index: number;
  process: number;
  name: string;
  unit: CounterUnit;
  limit: number | null;
  max: number;
}

/** A moment worth knowing. */
export interface MarkView {
  atNs: Ns;
  /** Index into `processes`; -1 = of the whole run. */
  process: number;
  level: MarkLevel;
  name: string;
  text: string;
}

export interface CounterWindowParams {
  counters: number[];
  startNs: Ns;
  endNs: Ns;
  /** Time per pixel column. */
  bucketNs: Ns;
}

/** Points of counters, Float64: times in Ns since the run's start, and values. Each value holds until the next. */
export interface CounterWindow {
  startNs: Ns;
  endNs: Ns;
  counters: { index: number; time: ArrayBuffer; value: ArrayBuffer }[];
}

export interface ThreadSummary {
  process: number;
  tid: number;
  name: string;
  kind: 'python' | 'native' | 'jvm' | 'engine';
  startNs: Ns;
  endNs: Ns | null;
  /** How many rows its tasks and spans need (nesting). */
  taskRows: number;
  spanRows: number;
}

/** The rows of a thread's track: its states (one row), the tasks it ran, its exact waits. */
export type RowKind = 'state' | 'task' | 'span';

export interface WindowParams {
  /** Indexes into Overview.threads. */
  threads: number[];
  startNs: Ns;
  endNs: Ns;
  /** Time per pixel column. */
  bucketNs: Ns;
}

/**
 * Columns of all rows asked for, one after another; sorted by start within a row.
 * `row` i of `rows` owns the entries offset … offset + count.
 */
export interface WindowData {
  startNs: Ns;
  endNs: Ns;
  rows: { thread: number; kind: RowKind; depth: number; offset: number; count: number }[];
  /** Relative to startNs, Float64 ns. An open span ends at the end of the trace. */
  start: ArrayBuffer;
  end: ArrayBuffer;
  /** Uint8: the state's number, the span kind's number, or the task's code (src/trace/taskCodes.ts). */
  code: ArrayBuffer;
  /** Uint32: how many more entries this one stands for (0 = it alone); such an entry covers a whole bucket. */
  hidden: ArrayBuffer;
  /** Uint32: index into `names`. */
  name: ArrayBuffer;
  names: string[];
}

/** Ns per state, in the order of `threadStates`. */
export interface Totals {
  /** Of all threads, and of each thread (same order as Overview.threads). */
  all: number[];
  threads: number[][];
}

export interface TaskPageParams {
  offset: number;
  limit: number;
  sort: 'submit' | 'name' | 'queued' | 'ran' | 'status';
  descending: boolean;
}

export interface TaskPage {
  total: number;
  tasks: TaskRow[];
}

export interface TaskRow {
  id: number;
  name: string;
  engine: string;
  status: string;
  /** By which its engine knows it; null = it has none. */
  key: string | null;
  /** Size of its result; null = not known. */
  bytes: number | null;
  /** Rows of its result, where that is a frame; null = not known. */
  rows: number | null;
  /** Index into Overview.threads; -1 = has not run. */
  thread: number;
  submitNs: Ns;
  startNs: Ns | null;
  endNs: Ns | null;
  /** Ns spent blocked while it ran, from the thread's states; null when not known. */
  waitedNs: Ns | null;
  file: string | null;
  line: number | null;
}

export interface Detail {
  row: RowKind;
  /** State, span or task name as shown. */
  label: string;
  /** Whether the borders are exact (tracer) or sampled. */
  exact: boolean;
  startNs: Ns;
  endNs: Ns | null;
  /** More lines for the tooltip: `Queued 85 ms`, `Held by Thread-2`, `Submitted at fetch.py:12`. */
  lines: string[];
  file: string | null;
  line: number | null;
}
