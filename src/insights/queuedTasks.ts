import { formatDuration, type Ns } from '../base/time.ts';
import type { Trace } from '../trace/model.ts';
import type { Insight } from './insight.ts';
import {
  at,
  coresUsed,
  endOf,
  median,
  type PoolWork,
  percent,
  poolWork,
  rounded,
  startOf,
  statesOf,
  usesProcesses,
} from './measures.ts';

const minQueuedNs = 20e6;
/** Median time in the queue, as a share of the median time that a task ran. */
const minQueuedShare = 0.8;
const minBlockedShare = 0.5;
const minWeight = 0.1;

/** RIP104: tasks that queue although more workers would help: those there are blocked, or CPUs are free. */
export function queuedTasks(trace: Trace): Insight | null {
  const found = poolWork(trace).flatMap(work => behindWorkers(trace, work) ?? []);
  return found.sort((a, b) => b.weight - a.weight)[0] ?? null;
}

function behindWorkers(trace: Trace, work: PoolWork): Insight | null {
  const { pool, tasks, workers } = work;
  const isFull = pool.size === null || workers.length >= pool.size;
  if (!isFull || tasks.length <= workers.length) return null;
  const queuedNs = median(tasks.map(task => startOf(trace, task) - (trace.tasks.submit[task] ?? 0)));
  const ranNs = median(tasks.map(task => endOf(trace, task) - startOf(trace, task)));
  const lengthNs = work.endNs - work.startNs;
  const weight = Math.min(1, ((1 - workers.length / tasks.length) * lengthNs) / Math.max(1, trace.meta.durationNs));
  if (queuedNs < minQueuedNs || queuedNs < minQueuedShare * ranNs || weight < minWeight) return null;
  const remedy = whatHelps(trace, work);
  if (!remedy) return null;
  const waited = `waited ${formatDuration(queuedNs)} in the queue to run ${formatDuration(ranNs)} (medians)`;
  return {
    code: 'RIP104',
    severity: 'problem',
    title: `${tasks.length} tasks shared ${workers.length} ${workers.length === 1 ? 'worker' : 'workers'}: they ${waited}, while ${remedy.because}.`,
    advice: `Give ${pool.name}${at(pool)} more workers: up to ${remedy.workers} can be of use.`,
    file: pool.file,
    line: pool.line,
    weight,
    evidence: {
      queuedMs: rounded(queuedNs / 1e6),
      ranMs: rounded(ranNs / 1e6),
      tasks: tasks.length,
      workers: workers.length,
      blockedShare: rounded(remedy.blocked),
      coresUsed: rounded(remedy.cores),
      cpuCount: trace.meta.cpuCount,
    },
    highlight: { threads: workers, startNs: work.startNs, endNs: work.endNs },
  };
}

/** Why more workers would help, or null when they would not or nobody can tell. */
function whatHelps(
  trace: Trace,
  work: PoolWork,
): { because: string; workers: number; blocked: number; cores: number } | null {
  const totals = { blocked: 0, running: 0, unknown: 0, all: 0 };
  for (const task of work.tasks) add(totals, trace, task);
  if (totals.all === 0 || totals.unknown > 0.5 * totals.all) return null;
  const blocked = totals.blocked / totals.all;
  const cores = coresUsed(trace, work);
  const { cpuCount } = trace.meta;
  if (blocked >= minBlockedShare) {
    const because = `the workers were blocked ${percent(blocked)} of the time`;
    return { because, workers: work.tasks.length, blocked, cores };
  }
  const free = Math.floor(cpuCount - cores + 0.25);
  const computes = totals.running >= 0.5 * totals.all && usesProcesses(work.pool);
  if (!computes || free < 1 || work.workers.length >= cpuCount) return null;
  const because = `${free} of ${cpuCount} CPUs had nothing to do`;
  return { because, workers: Math.min(cpuCount, work.tasks.length), blocked, cores };
}

function add(totals: { blocked: Ns; running: Ns; unknown: Ns; all: Ns }, trace: Trace, task: number): void {
  const window = { startNs: startOf(trace, task), endNs: endOf(trace, task) };
  const states = statesOf(trace, trace.tasks.thread[task] ?? -1, window);
  totals.blocked += states.ioWait + states.sleeping;
  totals.running += states.running;
  totals.unknown += states.unknown;
  totals.all += window.endNs - window.startNs;
}
