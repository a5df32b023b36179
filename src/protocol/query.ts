import type { Ns } from '../base/time.ts';
import type { Insight } from '../insights/insight.ts';
import type { PoolInfo, ProcessTrack, TraceMeta } from '../trace/model.ts';

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
}

/** Small: tracks without their spans. */
export interface Overview {
  meta: TraceMeta;
  processes: ProcessTrack[];
  threads: ThreadSummary[];
  pools: PoolInfo[];
  taskCount: number;
  /** Best first; empty while live. */
  insights: Insight[];
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
  /** Uint8: the state's number, the span kind's number, or the task status's number. */
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
