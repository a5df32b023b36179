import { formatDuration } from '../base/time.ts';
import type { Trace } from '../trace/model.ts';
import { daskTasks, threadsOf, timeOfSpans } from './daskMeasures.ts';
import type { Insight } from './insight.ts';
import { endOf, rounded, startOf, sum } from './measures.ts';

/** Moving data counts from this share of all that workers did on, and when it takes this long in all. */
const minShare = 0.3;
const minNs = 0.5e9;

/** RIP126: moving data between Dask workers takes a large part of what computing takes. Both may go on at the same time. */
export function transferTime(trace: Trace): Insight | null {
  const tasks = daskTasks(trace);
  const computeNs = sum(tasks.map(task => endOf(trace, task) - startOf(trace, task)));
  const processes = new Set(tasks.flatMap(task => trace.threads[trace.tasks.thread[task] ?? -1]?.process ?? []));
  const threads = threadsOf(trace, processes);
  const transferNs = timeOfSpans(trace, threads, 'transfer');
  const deserializeNs = timeOfSpans(trace, threads, 'deserialize');
  const movedNs = transferNs + deserializeNs;
  const share = movedNs / Math.max(1, computeNs + movedNs);
  if (processes.size < 2 || movedNs < minNs || share < minShare) return null;
  const startNs = Math.min(...tasks.map(task => startOf(trace, task)));
  const endNs = Math.max(...tasks.map(task => endOf(trace, task)));
  return {
    code: 'RIP126',
    severity: 'problem',
    title: `Moving data between Dask workers took ${formatDuration(movedNs)} in all, the tasks' own work ${formatDuration(computeNs)}.`,
    advice:
      'Filter and choose columns before a merge, groupby or set_index that shuffles; use larger partitions and fewer, larger workers; broadcast a small table instead of shuffling a large one.',
    ...{ file: null, line: null },
    weight: Math.min(1, share * ((endNs - startNs) / Math.max(1, trace.meta.durationNs))),
    evidence: {
      share: rounded(share),
      transferMs: Math.round(transferNs / 1e6),
      deserializeMs: Math.round(deserializeNs / 1e6),
      computeMs: Math.round(computeNs / 1e6),
      workers: processes.size,
    },
    highlight: { threads, startNs, endNs },
  };
}
