import type { Ns } from '../base/time.ts';
import { type PoolInfo, type ThreadState, type Trace, threadStates } from '../trace/model.ts';
import { openEnd } from '../trace/rows.ts';
import { byState, statesWithin } from '../trace/totals.ts';

/** Time per state, by name. */
export type StateSums = Record<ThreadState, Ns>;

export function statesOf(trace: Trace, thread: number, window: { startNs: Ns; endNs: Ns }): StateSums {
  const track = trace.threads[thread];
  const sums = track
    ? statesWithin(track.states, Math.max(window.startNs, track.startNs), Math.min(window.endNs, openEnd(trace, track)))
    : [];
  return byState(sums);
}

/** How many CPUs the run kept busy, on average. */
export function coresUsed(trace: Trace, window: { startNs: Ns; endNs: Ns }): number {
  const length = window.endNs - window.startNs;
  const running = trace.threads.map((_, thread) => statesOf(trace, thread, window).running);
  return length > 0 ? sum(running) / length : 0;
}

/** From the first to the last moment that any of these threads is in this state; null when none ever is. */
export function extentOf(trace: Trace, threads: number[], state: ThreadState): { startNs: Ns; endNs: Ns } | null {
  const wanted = threadStates.indexOf(state);
  let startNs = Number.POSITIVE_INFINITY;
  let endNs = Number.NEGATIVE_INFINITY;
  for (const thread of threads) {
    const states = trace.threads[thread]?.states;
    const first = states?.state.indexOf(wanted) ?? -1;
    const last = states?.state.lastIndexOf(wanted) ?? -1;
    if (!states || first < 0) continue;
    startNs = Math.min(startNs, states.start[first] ?? startNs);
    endNs = Math.max(endNs, states.end[last] ?? endNs);
  }
  return endNs > startNs ? { startNs, endNs } : null;
}

/** What a pool did; only tasks that it started are in `tasks`. */
export interface PoolWork {
  pool: PoolInfo;
  /** Numbers of the tasks, by start. */
  tasks: number[];
  /** Threads that ran at least one. */
  workers: number[];
  /** True when all that was submitted came to an end. */
  isComplete: boolean;
  startNs: Ns;
  endNs: Ns;
}

export function poolWork(trace: Trace): PoolWork[] {
  const { tasks } = trace;
  return trace.pools.flatMap((pool, index) => {
    const own: number[] = [];
    let isComplete = true;
    for (let i = 0; i < tasks.length; i++) {
      if (tasks.pool[i] !== index) continue;
      if (!Number.isNaN(tasks.start[i]) && !Number.isNaN(tasks.end[i]) && (tasks.thread[i] ?? -1) >= 0) own.push(i);
      else isComplete = false;
    }
    if (own.length === 0) return [];
    own.sort((a, b) => startOf(trace, a) - startOf(trace, b));
    const workers = [...new Set(own.map(task => tasks.thread[task] ?? -1))];
    const startNs = startOf(trace, own[0] ?? 0);
    const endNs = Math.max(...own.map(task => endOf(trace, task)));
    return [{ pool, tasks: own, workers, isComplete, startNs, endNs }];
  });
}

export function startOf(trace: Trace, task: number): Ns {
  return trace.tasks.start[task] ?? 0;
}

export function endOf(trace: Trace, task: number): Ns {
  return trace.tasks.end[task] ?? 0;
}

export function usesProcesses(pool: PoolInfo): boolean {
  return pool.engine === 'processPool' || pool.engine === 'multiprocessingPool';
}

export function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The middle value; of an even number the mean of the two in the middle; 0 of none. */
export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** `74 %` */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** A share for the evidence, to three decimals. */
export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** ` at fetch.py:12`, or nothing when the place isn't known. */
export function at(place: { file: string | null; line: number | null }): string {
  if (place.file === null || place.line === null) return '';
  return ` at ${place.file.split(/[\\/]/).at(-1)}:${place.line}`;
}
