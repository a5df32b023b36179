import type { Ns } from '../base/time.ts';
import type { RowKind } from '../protocol/query.ts';
import { BlockIndex, type IndexedEntries } from './blockIndex.ts';
import type { SpanColumns, StateColumns, TaskTable, ThreadTrack, Trace } from './model.ts';
import { lowerBound } from './table.ts';
import { taskCodes } from './taskCodes.ts';

/**
 * A row of a track as it is drawn: entries that don't overlap, sorted by start.
 *
 *   thread   states   ████▒▒▒▒░░░░████        one row
 *            tasks    └──f───┘└──g──┘         a row per nesting depth
 *            spans      └─get─┘   └lock┘      a row per nesting depth
 */
export interface Row {
  kind: RowKind;
  depth: number;
  length: number;
  /** Columns that the entries lie in; place p of the row is entry items[p] of them (or p itself). */
  start: Float64Array;
  end: Float64Array;
  code: Uint8Array;
  /** null: its entries have no names. */
  name: Uint32Array | null;
  items: Uint32Array | null;
  index: BlockIndex;
  /** Where an entry ends that is still open. */
  openEndNs: Ns;
}

/** One nesting depth of some columns: which entries lie in it, and the best ones among them. */
interface Lane {
  items: Uint32Array | null;
  length: number;
  index: BlockIndex;
}

/** Indexes are made when first asked for, and live as long as the columns that they belong to. */
const lanesOf = new WeakMap<StateColumns | SpanColumns, Lane[]>();
const ancestors = new WeakMap<StateColumns | SpanColumns, { columns: StateColumns | SpanColumns; unchanged: number }>();
const taskLanesOf = new WeakMap<TaskTable, Map<number, Lane[]>>();

/** Tells that `now` is `before` with changes only from entry `unchanged` on: what was indexed below is kept. */
export function inheritIndex<C extends StateColumns | SpanColumns>(before: C, now: C, unchanged: number): void {
  if (lanesOf.has(before)) {
    ancestors.set(now, { columns: before, unchanged });
    return;
  }
  const older = ancestors.get(before);
  if (older) ancestors.set(now, { columns: older.columns, unchanged: Math.min(older.unchanged, unchanged) });
}

export function stateRow(trace: Trace, thread: ThreadTrack): Row {
  const { states } = thread;
  const lane = lanes(states, () => 0)[0];
  const index = lane?.index ?? new BlockIndex(entries(states, null, 0));
  const { start, end, state, length } = states;
  const openEndNs = openEnd(trace, thread);
  return { kind: 'state', depth: 0, length, start, end, code: state, name: null, items: null, index, openEndNs };
}

export function spanRows(trace: Trace, thread: ThreadTrack): Row[] {
  const { spans } = thread;
  const { start, end, kind: code, name } = spans;
  const openEndNs = openEnd(trace, thread);
  return lanes(spans, i => spans.depth[i] ?? 0).map((lane, depth) => ({
    ...lane,
    ...{ kind: 'span', depth, start, end, code, name, openEndNs },
  }));
}

export function taskRows(trace: Trace, thread: number): Row[] {
  const { tasks } = trace;
  const track = trace.threads[thread];
  if (!track) return [];
  const { start, end, name } = tasks;
  const code = taskCodes(trace);
  const openEndNs = openEnd(trace, track);
  return (taskLanes(tasks).get(thread) ?? []).map((lane, depth) => ({
    ...lane,
    ...{ kind: 'task', depth, start, end, code, name, openEndNs },
  }));
}

/** End of what is still open in a thread: its own end, that of its process, or now. */
export function openEnd(trace: Trace, thread: ThreadTrack): Ns {
  return thread.endNs ?? trace.processes[thread.process]?.endNs ?? trace.meta.durationNs;
}

/** Entry of the columns at this place of the row. */
export function itemAt(row: Row, place: number): number {
  return row.items ? (row.items[place] ?? 0) : place;
}

export function startAt(row: Row, place: number): Ns {
  return row.start[itemAt(row, place)] ?? 0;
}

export function endAt(row: Row, place: number): Ns {
  const item = itemAt(row, place);
  const end = row.end[item] ?? Number.NaN;
  return Number.isNaN(end) ? Math.max(row.openEndNs, row.start[item] ?? 0) : end;
}

/** First place at or after `from` whose start is at least `ns`: looks close by first, as the next bucket is mostly near. */
export function placeFrom(row: Row, from: number, ns: Ns): number {
  let step = 1;
  let low = from;
  while (low + step < row.length && startAt(row, low + step) < ns) {
    low += step;
    step *= 2;
  }
  let high = Math.min(row.length, low + step);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (startAt(row, middle) >= ns) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** First place that is seen in a window from `ns` on. */
export function firstVisible(row: Row, ns: Ns): number {
  let low = 0;
  let high = row.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (endAt(row, middle) > ns) high = middle;
    else low = middle + 1;
  }
  while (low > 0 && startAt(row, low - 1) >= ns) low--;
  return low;
}

function entries(
  { start, end }: { start: Float64Array; end: Float64Array },
  items: Uint32Array | null,
  length: number,
  statuses: Uint8Array | null = null,
): IndexedEntries {
  return { length, start, end, items, statuses };
}

function lanes(columns: StateColumns | SpanColumns, depthOf: (entry: number) => number): Lane[] {
  const known = lanesOf.get(columns);
  if (known) return known;
  const older = ancestors.get(columns);
  const made = makeLanes(columns, depthOf, older ? (lanesOf.get(older.columns) ?? []) : [], older?.unchanged ?? 0);
  lanesOf.set(columns, made);
  ancestors.delete(columns);
  return made;
}

function makeLanes(
  columns: StateColumns | SpanColumns,
  depthOf: (entry: number) => number,
  older: Lane[],
  unchanged: number,
): Lane[] {
  const kept = older.map(lane => (lane.items ? placeOfItem(lane.items, lane.length, unchanged) : unchanged));
  const counts = [...kept];
  for (let i = unchanged; i < columns.length; i++) counts[depthOf(i)] = (counts[depthOf(i)] ?? 0) + 1;
  while (counts.length > 0 && !counts.at(-1)) counts.pop();
  if (counts.length === 1) {
    const index = new BlockIndex(
      entries(columns, null, columns.length),
      older[0]?.index,
      older[0]?.items ? 0 : unchanged,
    );
    return [{ items: null, length: columns.length, index }];
  }
  const items = Array.from(counts, (count, depth) => {
    const own = new Uint32Array(count ?? 0);
    const before = older[depth];
    for (let i = 0; i < (kept[depth] ?? 0); i++) own[i] = before?.items ? (before.items[i] ?? 0) : i;
    return own;
  });
  const next = items.map((_, depth) => kept[depth] ?? 0);
  for (let i = unchanged; i < columns.length; i++) {
    const depth = depthOf(i);
    const own = items[depth];
    const at = next[depth] ?? 0;
    if (own) own[at] = i;
    next[depth] = at + 1;
  }
  return items.map((own, depth) => {
    const index = new BlockIndex(entries(columns, own, own.length), older[depth]?.index, kept[depth] ?? 0);
    return { items: own, length: own.length, index };
  });
}

function placeOfItem(items: Uint32Array, length: number, item: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((items[middle] ?? 0) >= item) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Tasks by the thread that ran them, each in rows that don't overlap. */
function taskLanes(tasks: TaskTable): Map<number, Lane[]> {
  const known = taskLanesOf.get(tasks);
  if (known) return known;
  const byThread = new Map<number, number[]>();
  for (let i = 0; i < tasks.length; i++) {
    const thread = tasks.thread[i] ?? -1;
    if (thread < 0 || Number.isNaN(tasks.start[i] ?? Number.NaN)) continue;
    const own = byThread.get(thread);
    if (own) own.push(i);
    else byThread.set(thread, [i]);
  }
  const made = new Map<number, Lane[]>();
  for (const [thread, own] of byThread) made.set(thread, nest(tasks, own));
  taskLanesOf.set(tasks, made);
  return made;
}

/**
 * Each task in the first row that is free: one within another lies below it. Those that overlap by a little, as Spark's on a core do when
 * the driver is still busy with the result of the one before, take turns in two rows.
 */
function nest(tasks: TaskTable, own: number[]): Lane[] {
  const start = (i: number) => tasks.start[i] ?? 0;
  const end = (i: number) => (Number.isNaN(tasks.end[i]) ? Number.POSITIVE_INFINITY : (tasks.end[i] ?? 0));
  if (own.some((task, place) => place > 0 && start(own[place - 1] ?? 0) > start(task))) {
    own.sort((a, b) => start(a) - start(b) || end(b) - end(a));
  }
  const rows: number[][] = [];
  const ends: Ns[] = [];
  for (const task of own) {
    const free = ends.findIndex(endNs => endNs <= start(task));
    const row = free < 0 ? rows.push([]) - 1 : free;
    rows[row]?.push(task);
    ends[row] = end(task);
  }
  return rows.map(row => {
    const items = Uint32Array.from(row);
    const index = new BlockIndex(entries(tasks, items, row.length, tasks.status));
    return { items, length: row.length, index };
  });
}

/** Place of the entry of these columns that starts last at or before `ns`; -1 when none does. */
export function lastStarted(start: Float64Array, length: number, ns: Ns): number {
  let place = lowerBound(start, ns, 0, length);
  while (place < length && start[place] === ns) place++;
  return place - 1;
}
