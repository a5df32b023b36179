import { counted } from '../base/counts.ts';
import { type Trace, taskEngines, taskStatuses } from '../trace/model.ts';
import { marksNamed, threadsOf } from './daskMeasures.ts';
import type { Insight } from './insight.ts';

/** RIP127: Dask workers ended that had tasks; what they held had to be computed again. */
export function lostWorkers(trace: Trace): Insight | null {
  const lost = marksNamed(trace, 'worker lost');
  const [first] = lost;
  const { tasks } = trace;
  const isLost = (i: number) =>
    tasks.engine[i] === taskEngines.indexOf('dask') && tasks.status[i] === taskStatuses.indexOf('lost');
  const lostTasks = Array.from({ length: tasks.length }, (_, i) => i).filter(isLost);
  if (!first || lostTasks.length === 0) return null;
  const byMemory = marksNamed(trace, 'worker-restart-memory').length;
  // One that its nanny starts again is a process of its own, by the same name.
  const workers = new Set(lost.map(({ process }) => trace.processes[process]?.name)).size;
  const times = lost.length > workers ? ` ${lost.length} times` : '';
  const some = times === '' ? `${byMemory} of them ` : byMemory === 1 ? 'once ' : `${byMemory} times `;
  const why = byMemory > 0 ? `, ${byMemory === lost.length ? '' : some}because of too much memory` : '';
  const { durationNs } = trace.meta;
  return {
    code: 'RIP127',
    severity: 'problem',
    title: `${counted(workers, 'Dask worker')} ended${times} with ${counted(lostTasks.length, 'task')} to do${why}: that work was lost.`,
    advice:
      byMemory > 0
        ? 'A worker is restarted when it takes nearly all of its memory limit: use smaller partitions, fewer threads per worker, or a larger memory_limit.'
        : "Look at the workers' logs: a crash in native code, a limit of the container or batch system, or a signal ends them. A task that ends more than three of them is given up (KilledWorker).",
    ...{ file: null, line: null },
    weight: Math.min(1, 0.5 + 0.1 * lost.length),
    evidence: {
      workers: lost.length,
      tasks: lostTasks.length,
      restartedForMemory: byMemory,
      firstMs: Math.round(first.timeNs / 1e6),
    },
    highlight: {
      threads: threadsOf(
        trace,
        lost.map(({ process }) => process),
      ),
      startNs: first.timeNs,
      endNs: durationNs,
    },
  };
}
