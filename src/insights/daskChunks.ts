import { formatDuration } from '../base/time.ts';
import type { Trace } from '../trace/model.ts';
import { type DaskComputation, daskComputations, threadsOf, windowOf } from './daskComputations.ts';
import type { Insight } from './insight.ts';
import { at, endOf, rounded, startOf, sum } from './measures.ts';

/** What the chunks cost must be this much, and this share of the time. */
const minLossNs = 100e6;
const minLossShare = 0.25;

/** RIP117: Dask's processes get tasks in chunks, so that one works through several while others have none. */
export function daskChunks(trace: Trace): Insight | null {
  const found = daskComputations(trace).flatMap(each => inChunks(trace, each) ?? []);
  return found.sort((a, b) => b.weight - a.weight)[0] ?? null;
}

/**
 * Only the tasks that were ready at the start: what others wait for is not the chunks' fault.
 *
 *   process 1  ▐task▌▐task▌▐task▌▐task▌▐task▌▐task▌   a chunk of 6
 *   process 2                                          nothing left
 */
function inChunks(trace: Trace, computation: DaskComputation): Insight | null {
  const { scheduler, chunksize, workers } = computation;
  if (scheduler !== 'processes' || chunksize < 2) return null;
  const first = computation.tasks.reduce((least, task) => Math.min(least, trace.tasks.submit[task] ?? least), Infinity);
  const tasks = computation.tasks.filter(task => trace.tasks.submit[task] === first);
  const usable = Math.min(workers, tasks.length, trace.meta.cpuCount);
  if (usable < 2) return null;
  const ran = tasks.map(task => endOf(trace, task) - startOf(trace, task));
  const window = windowOf(trace, tasks);
  const lossNs = window.endNs - window.startNs - bestNs(ran, usable);
  if (lossNs < minLossNs || lossNs < minLossShare * (window.endNs - window.startNs)) return null;
  const threads = threadsOf(trace, tasks);
  const most = Math.max(...threads.map(thread => tasks.filter(task => trace.tasks.thread[task] === thread).length));
  if (most < 2 || (threads.length >= workers && most <= Math.ceil(tasks.length / workers))) return null;
  const processes = threads.length === 1 ? '1 process' : `${threads.length} processes`;
  return {
    code: 'RIP117',
    severity: 'problem',
    title: `One process got ${most} of ${tasks.length} tasks, because Dask hands them out in chunks of ${chunksize}: ${processes} of ${workers} had work, and it took ${formatDuration(lossNs)} longer.`,
    advice: `Call \`compute(scheduler='processes', chunksize=1)\`${at(computation)}, or \`dask.config.set(chunksize=1)\`: then each process gets one task at a time.`,
    file: computation.file,
    line: computation.line,
    weight: Math.min(1, lossNs / Math.max(1, trace.meta.durationNs)),
    evidence: {
      chunksize,
      workers,
      tasks: tasks.length,
      processes: threads.length,
      lossMs: Math.round(lossNs / 1e6),
      lossShare: rounded(lossNs / (window.endNs - window.startNs)),
    },
    highlight: { threads, ...window },
  };
}

/** How long these tasks take on so many workers when each gets the next one as soon as it's free, the longest first. */
function bestNs(ran: number[], workers: number): number {
  const loads = new Array<number>(workers).fill(0);
  for (const ns of [...ran].sort((a, b) => b - a)) {
    const least = loads.indexOf(Math.min(...loads));
    loads[least] = (loads[least] ?? 0) + ns;
  }
  return Math.max(sum(ran) / workers, ...loads);
}
