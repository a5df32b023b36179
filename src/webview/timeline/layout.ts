import type { Overview, RowKind } from '../../protocol/query.ts';

/**
 * Where each row lies, in CSS pixels from the top of the tracks:
 *
 *   ▾ python 4711 · main                    process   26
 *     memory       ▁▂▃▅▅▆▇▇                 counter   30 each
 *     MainThread   ████▒▒▒▒████▒▒▒▒         state     12
 *                  [doubler][doubler]       task      16 each
 *                     └─wait─┘              span       8 each
 */
export const heights = {
  process: 26,
  counter: 30,
  state: 12,
  task: 16,
  span: 8,
  gap: 1,
  padding: 5,
  smallestThread: 26,
} as const;

export interface Band {
  kind: RowKind;
  depth: number;
  /** From the top of its row. */
  top: number;
  height: number;
}

export interface ProcessRow {
  kind: 'process';
  process: number;
  top: number;
  height: number;
  collapsed: boolean;
  threadCount: number;
  /** Of it and all its tracks. */
  bodyHeight: number;
}

export interface CounterRow {
  kind: 'counter';
  process: number;
  /** Index into Overview.counters. */
  counter: number;
  top: number;
  height: number;
}

export interface ThreadRow {
  kind: 'thread';
  process: number;
  thread: number;
  top: number;
  height: number;
  bands: Band[];
}
export type LayoutRow = ProcessRow | CounterRow | ThreadRow;

export interface TrackLayout {
  rows: LayoutRow[];
  height: number;
}

export const emptyLayout: TrackLayout = { rows: [], height: 0 };

/** By which a process is remembered while its index may change: its pid, where it has one of this machine. */
export function processKey(overview: Overview, index: number): number {
  const process = overview.processes[index];
  return process && process.pid > 0 && process.host === null ? process.pid : -1 - index;
}

/**
 * Lays all tracks out. The order is the overview's, but what engines tell of themselves (workers, executors, jobs) comes right after the
 * program: it is what their user looks for, and a JVM's own threads are many.
 */
export function layOut(overview: Overview, collapsedPids: ReadonlySet<number>): TrackLayout {
  const threadsOf: number[][] = overview.processes.map(() => []);
  overview.threads.forEach((thread, index) => {
    threadsOf[thread.process]?.push(index);
  });
  const rows: LayoutRow[] = [];
  let top = 0;
  for (const processIndex of orderOf(overview)) {
    const threads = threadsOf[processIndex] ?? [];
    const collapsed = collapsedPids.has(processKey(overview, processIndex));
    const header: ProcessRow = {
      kind: 'process',
      process: processIndex,
      top,
      height: heights.process,
      collapsed,
      threadCount: threads.length,
      bodyHeight: heights.process,
    };
    rows.push(header);
    top += heights.process;
    if (collapsed) continue;
    overview.counters.forEach(({ process }, counter) => {
      if (process !== processIndex) return;
      rows.push({ kind: 'counter', process, counter, top, height: heights.counter });
      top += heights.counter;
    });
    for (const thread of threads) {
      const summary = overview.threads[thread];
      const bands = bandsOf(summary?.kind !== 'engine', summary?.taskRows ?? 0, summary?.spanRows ?? 0);
      const last = bands.at(-1);
      const height = Math.max(heights.smallestThread, (last ? last.top + last.height : 0) + heights.padding);
      rows.push({ kind: 'thread', process: processIndex, thread, top, height, bands });
      top += height;
    }
    header.bodyHeight = top - header.top;
  }
  return { rows, height: top };
}

/** Indexes of the processes from top to bottom. */
function orderOf({ processes }: Overview): number[] {
  const rank = (index: number) => {
    const method = processes[index]?.startMethod;
    return method === 'main' ? 0 : method === 'engine' ? 1 : 2;
  };
  return processes.map((_, index) => index).sort((a, b) => rank(a) - rank(b) || a - b);
}

function bandsOf(hasStates: boolean, taskRows: number, spanRows: number): Band[] {
  const bands: Band[] = [];
  // A thread without tasks and waits has only its strip: centred, it lines up with its name.
  let top = taskRows + spanRows === 0 ? (heights.smallestThread - heights.state) / 2 : heights.padding;
  const add = (kind: RowKind, depth: number) => {
    bands.push({ kind, depth, top, height: heights[kind] });
    top += heights[kind] + heights.gap;
  };
  if (hasStates) add('state', 0);
  for (let depth = 0; depth < taskRows; depth += 1) add('task', depth);
  for (let depth = 0; depth < spanRows; depth += 1) add('span', depth);
  return bands;
}

/** The rows that show between two heights. */
export function visibleRows(layout: TrackLayout, from: number, to: number): LayoutRow[] {
  const rows: LayoutRow[] = [];
  for (let i = rowIndexAt(layout, from); i < layout.rows.length; i += 1) {
    const row = layout.rows[i];
    if (!row || row.top >= to) break;
    rows.push(row);
  }
  return rows;
}

/** Index of the row at a height; the nearest one outside of the tracks, 0 when there is none. */
export function rowIndexAt(layout: TrackLayout, y: number): number {
  let low = 0;
  let high = layout.rows.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((layout.rows[middle]?.top ?? 0) <= y) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}
