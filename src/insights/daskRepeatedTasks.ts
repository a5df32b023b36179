import { countText } from '../base/counts.ts';
import { formatDuration } from '../base/time.ts';
import { type Trace, taskStatuses } from '../trace/model.ts';
import { daskTasks, threadsOf, windowOf } from './daskComputations.ts';
import type { Insight } from './insight.ts';
import { at, endOf, startOf, sum } from './measures.ts';

const minRepeatedNs = 50e6;
const minWeight = 0.05;

/** RIP121: the same tasks of Dask, by their keys, ran more than once. */
export function daskRepeatedTasks(trace: Trace): Insight | null {
  const { tasks, strings, meta } = trace;
  const ok = taskStatuses.indexOf('ok');
  const seen = new Set<number>();
  const repeated: number[] = [];
  for (const task of daskTasks(trace)) {
    const key = tasks.key[task] ?? 0;
    if (key === 0 || tasks.status[task] !== ok) continue;
    if (seen.has(key)) repeated.push(task);
    else seen.add(key);
  }
  const ns = sum(repeated.map(task => endOf(trace, task) - startOf(trace, task)));
  const threads = threadsOf(trace, repeated);
  // Spread over the threads that ran them, they took this much of the run.
  const weight = Math.min(1, ns / Math.max(1, threads.length) / Math.max(1, meta.durationNs));
  const [first] = repeated;
  if (first === undefined || ns < minRepeatedNs || weight < minWeight) return null;
  const place = { file: strings[tasks.submitFile[first] ?? 0] || null, line: tasks.submitLine[first] || null };
  const keys = new Set(repeated.map(task => tasks.key[task])).size;
  const what = keys === 1 ? 'One Dask task' : `${countText(keys)} Dask tasks`;
  return {
    code: 'RIP121',
    severity: 'hint',
    title: `${what} ran again although the same run had computed ${keys === 1 ? 'it' : 'them'} before: ${formatDuration(ns)} of repeated work.`,
    advice: `Ask for the results together, \`dask.compute(a, b)\`, or keep what they share with \`persist()\` before${at(place)}.`,
    ...place,
    weight,
    evidence: { tasks: keys, repeatedRuns: repeated.length, repeatedMs: Math.round(ns / 1e6) },
    highlight: { threads, ...windowOf(trace, repeated) },
  };
}
