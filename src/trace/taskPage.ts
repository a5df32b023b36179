import type { Ns } from '../base/time.ts';
import type { TaskPage, TaskPageParams, TaskRow } from '../protocol/query.ts';
import { type TaskTable, type Trace, taskEngines, taskStatuses, threadStates } from './model.ts';
import { openEnd } from './rows.ts';
import { statesWithin } from './totals.ts';

const maxPage = 1000;
const blockedFrom = threadStates.indexOf('runnable');
const unknown = threadStates.indexOf('unknown');

/** A page of the task table; ties stay in the order of submission. */
export function pageOfTasks(trace: Trace, params: TaskPageParams): TaskPage {
  const { tasks } = trace;
  const offset = Math.max(0, Math.floor(params.offset));
  const limit = Math.min(maxPage, Math.max(0, Math.floor(params.limit)));
  const order = sorted(trace, params);
  const ids = Array.from(order.subarray(offset, offset + limit));
  return { total: tasks.length, tasks: ids.map(id => taskRow(trace, id)) };
}

/** The task with this number, as the table shows it. */
export function taskRow(trace: Trace, id: number): TaskRow {
  const { tasks, strings } = trace;
  const start = timeOrNull(tasks.start[id]);
  const end = timeOrNull(tasks.end[id]);
  const file = strings[tasks.file[id] ?? 0] ?? '';
  const line = tasks.line[id] ?? 0;
  return {
    id,
    name: strings[tasks.name[id] ?? 0] ?? '',
    engine: taskEngines[tasks.engine[id] ?? 0] ?? '',
    status: taskStatuses[tasks.status[id] ?? 0] ?? '',
    key: strings[tasks.key[id] ?? 0] || null,
    bytes: numberOrNull(tasks.bytes[id]),
    rows: numberOrNull(tasks.rows[id]),
    thread: tasks.thread[id] ?? -1,
    submitNs: tasks.submit[id] ?? 0,
    startNs: start,
    endNs: end,
    waitedNs: waited(trace, id),
    file: file === '' ? null : file,
    line: line === 0 ? null : line,
  };
}

/** Time the task did not get on with its work, from the states of the thread that ran it; null when too little is known of them. */
function waited(trace: Trace, id: number): Ns | null {
  const { tasks } = trace;
  const thread = trace.threads[tasks.thread[id] ?? -1];
  const start = timeOrNull(tasks.start[id]);
  if (!thread || start === null) return null;
  const end = timeOrNull(tasks.end[id]) ?? openEnd(trace, thread);
  const sums = statesWithin(thread.states, start, end);
  if ((sums[unknown] ?? 0) > (end - start) / 2) return null;
  return sums.slice(blockedFrom, unknown).reduce((total, ns) => total + ns, 0);
}

function sorted(trace: Trace, params: TaskPageParams): Uint32Array {
  const { tasks } = trace;
  const order = Uint32Array.from({ length: tasks.length }, (_, i) => i);
  const sign = params.descending ? -1 : 1;
  const compare = comparison(trace, params.sort);
  if (params.sort === 'submit') return params.descending ? order.reverse() : order;
  return order.sort((a, b) => sign * compare(a, b) || a - b);
}

function comparison(trace: Trace, sort: TaskPageParams['sort']): (a: number, b: number) => number {
  const { tasks, strings } = trace;
  switch (sort) {
    case 'submit':
      return (a, b) => a - b;
    case 'name':
      return (a, b) => compareText(strings[tasks.name[a] ?? 0] ?? '', strings[tasks.name[b] ?? 0] ?? '');
    case 'queued':
      return (a, b) => queued(trace, a) - queued(trace, b);
    case 'ran':
      return (a, b) => ran(trace, a) - ran(trace, b);
    case 'status':
      return (a, b) => (tasks.status[a] ?? 0) - (tasks.status[b] ?? 0);
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Ns a task waited in its queue; one that never started waits to this day. */
export function queued(trace: Trace, id: number): Ns {
  const { tasks, meta } = trace;
  return Math.max(0, (timeOrNull(tasks.start[id]) ?? queueEnd(tasks, id) ?? meta.durationNs) - (tasks.submit[id] ?? 0));
}

/** Ns a task ran so far; 0 when it never started. */
export function ran(trace: Trace, id: number): Ns {
  const { tasks } = trace;
  const start = timeOrNull(tasks.start[id]);
  if (start === null) return 0;
  const thread = trace.threads[tasks.thread[id] ?? -1];
  const end = timeOrNull(tasks.end[id]) ?? (thread ? openEnd(trace, thread) : trace.meta.durationNs);
  return Math.max(0, end - start);
}

/** A cancelled task left its queue when it was cancelled. */
function queueEnd(tasks: TaskTable, id: number): Ns | null {
  return timeOrNull(tasks.end[id]);
}

export function timeOrNull(ns: Ns | undefined): Ns | null {
  return numberOrNull(ns);
}

/** A figure of a column, where NaN stands for one that is not known. */
export function numberOrNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
