import { formatDuration, type Ns } from '../base/time.ts';
import type { Detail, TraceQueries } from '../protocol/query.ts';
import { spanKinds, type ThreadTrack, type Trace, threadStates } from './model.ts';
import { operationLines } from './operationText.ts';
import { endAt, firstVisible, itemAt, openEnd, type Row, spanRows, startAt, stateRow, taskRows } from './rows.ts';
import { taskRow } from './taskPage.ts';
import { resultWords, stateText, statusText } from './words.ts';

/** What lies at a moment of a thread's rows: the innermost task or span, or the state. Within the tolerance the nearest, shortest wins. */
export function detailAt(trace: Trace, params: TraceQueries['getDetail']['params']): Detail | null {
  const thread = trace.threads[params.thread];
  if (!thread) return null;
  switch (params.row) {
    case 'state':
      return stateDetail(trace, thread, find([stateRow(trace, thread)], params), params.atNs);
    case 'task':
      return taskDetail(trace, find(taskRows(trace, params.thread), params));
    case 'span':
      return spanDetail(trace, thread, find(spanRows(trace, thread), params));
  }
}

interface Found {
  item: number;
  startNs: Ns;
  endNs: Ns;
}

function find(rows: Row[], params: { atNs: Ns; toleranceNs: Ns }): Found | null {
  for (const row of [...rows].reverse()) {
    const found = findInRow(row, params.atNs, Math.max(0, params.toleranceNs));
    if (found) return found;
  }
  return null;
}

/** The entry at this moment, or the nearest one; of several that are equally near the one drawn there (see BlockIndex). */
function findInRow(row: Row, atNs: Ns, toleranceNs: Ns): Found | null {
  const first = firstVisible(row, atNs - toleranceNs);
  let next = first;
  while (next < row.length && next - first < 4 && startAt(row, next) <= atNs + toleranceNs) next++;
  const candidates = Array.from({ length: next - first }, (_, i) => first + i);
  const distance = (place: number) => Math.max(0, startAt(row, place) - atNs, atNs - endAt(row, place));
  const best = candidates.sort((a, b) => distance(a) - distance(b) || a - b)[0];
  return best === undefined ? null : { item: itemAt(row, best), startNs: startAt(row, best), endNs: endAt(row, best) };
}

function stateDetail(trace: Trace, thread: ThreadTrack, found: Found | null, atNs: Ns): Detail | null {
  if (!found) return unknownDetail(trace, thread, atNs);
  const state = threadStates[thread.states.state[found.item] ?? 0] ?? 'unknown';
  const exact = trace.meta.quality.stateSource === 'spans-only';
  const { samplingHz } = trace.meta.quality;
  const lines = [`For ${formatDuration(found.endNs - found.startNs)}`, stateText[state].meaning];
  if (!exact && samplingHz > 0) lines.push(`Borders are sampled: exact to about ${formatDuration(1e9 / samplingHz)}`);
  return plain('state', stateText[state].label, exact, found.startNs, found.endNs, lines);
}

function unknownDetail(trace: Trace, thread: ThreadTrack, atNs: Ns): Detail | null {
  const endNs = openEnd(trace, thread);
  if (atNs < thread.startNs || atNs > endNs) return null;
  const { states } = thread;
  let startNs = thread.startNs;
  let untilNs = endNs;
  for (let i = 0; i < states.length; i++) {
    const end = states.end[i] ?? 0;
    const start = states.start[i] ?? 0;
    if (end <= atNs) startNs = end;
    else if (start >= atNs) {
      untilNs = start;
      break;
    }
  }
  const why = trace.meta.quality.stateNote || stateText.unknown.meaning;
  return plain('state', stateText.unknown.label, false, startNs, untilNs, [
    `For ${formatDuration(untilNs - startNs)}`,
    why,
  ]);
}

function plain(row: Detail['row'], label: string, exact: boolean, startNs: Ns, endNs: Ns, lines: string[]): Detail {
  return { row, label, exact, startNs, endNs, lines, file: null, line: null };
}

function spanDetail(trace: Trace, thread: ThreadTrack, found: Found | null): Detail | null {
  if (!found) return null;
  const { spans } = thread;
  const end = spans.end[found.item] ?? Number.NaN;
  const kind = spanKinds[spans.kind[found.item] ?? 0] ?? 'lock';
  const name = trace.strings[spans.name[found.item] ?? 0] || kind;
  const lines = [`For ${formatDuration(found.endNs - found.startNs)}`];
  if (Number.isNaN(end)) lines.push(trace.meta.ended ? 'Still open when the run ended' : 'Still open');
  const holder = spans.holderTid[found.item] ?? 0;
  if (holder > 0) lines.push(`Held by ${threadName(trace, thread, holder)}`);
  const file = trace.strings[spans.file[found.item] ?? 0] || null;
  const line = spans.line[found.item] || null;
  if (kind === 'operation') lines.push(...operationLines(trace, trace.threads.indexOf(thread), found.item));
  if (file) lines.push(`At ${place(file, line)}`);
  const endNs = Number.isNaN(end) ? null : end;
  return { row: 'span', label: name, exact: true, startNs: found.startNs, endNs, lines, file, line };
}

function taskDetail(trace: Trace, found: Found | null): Detail | null {
  if (!found) return null;
  const task = taskRow(trace, found.item);
  const { tasks, strings } = trace;
  const lines = [`Ran ${formatDuration(found.endNs - found.startNs)}${task.endNs === null ? ' so far' : ''}`];
  lines.push(`Queued ${formatDuration(found.startNs - task.submitNs)} before that`);
  if (task.waitedNs !== null) lines.push(`Waited ${formatDuration(task.waitedNs)} of its run`);
  lines.push(statusText[tasks.status[found.item] ?? 0] ?? '');
  const pool = trace.pools[tasks.pool[found.item] ?? -1];
  if (pool) lines.push(pool.size === null ? pool.name : `${pool.name}, ${pool.size} workers`);
  const submitFile = strings[tasks.submitFile[found.item] ?? 0];
  const key = strings[tasks.key[found.item] ?? 0];
  if (key) lines.push(`Key ${key}`);
  lines.push(resultWords(task));
  lines.push(dependencyWords(trace, found.item));
  if (submitFile) lines.push(`Submitted at ${place(submitFile, tasks.submitLine[found.item] || null)}`);
  return {
    row: 'task',
    label: task.name,
    exact: true,
    startNs: found.startNs,
    endNs: task.endNs,
    lines: lines.filter(line => line !== ''),
    file: task.file,
    line: task.line,
  };
}

function threadName(trace: Trace, near: ThreadTrack, tid: number): string {
  const holder =
    trace.threads.find(thread => thread.tid === tid && thread.process === near.process) ??
    trace.threads.find(thread => thread.tid === tid);
  return holder ? holder.name : `thread ${tid}`;
}

/** `fetch.py:12`: the file's name without its folders. */
export /** `Needed 3 results, its own went to 1 task`; '' when nothing is known of its dependencies. */
function dependencyWords({ links }: Trace, task: number): string {
  let [needs, feeds] = [0, 0];
  for (let i = 0; i < links.length; i++) {
    if (links.to[i] === task) needs++;
    if (links.from[i] === task) feeds++;
  }
  const parts = [
    needs > 0 ? `needed ${needs === 1 ? '1 result' : `${needs} results`}` : '',
    feeds > 0 ? `its own went to ${feeds === 1 ? '1 task' : `${feeds} tasks`}` : '',
  ].filter(part => part !== '');
  const text = parts.join(', ');
  return text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function place(file: string, line: number | null): string {
  const name = file.split(/[\\/]/).at(-1) ?? file;
  return line === null ? name : `${name}:${line}`;
}
