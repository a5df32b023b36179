import { countText } from '../base/counts.ts';
import { formatDuration } from '../base/time.ts';
import type { Trace } from '../trace/model.ts';
import { type DaskComputation, daskComputations, threadsOf } from './daskComputations.ts';
import { partitionSizes } from './daskPartitionSizes.ts';
import type { Insight } from './insight.ts';
import { at, endOf, median, percent, rounded, startOf, sum } from './measures.ts';

const minTasks = 500;
/** Dask itself needs some tenths of a millisecond for a task. */
const tinyNs = 1e6;
/** Work that takes a larger share of the computation's time is not held back by Dask. */
const mostWorkShare = 0.5;
const minWeight = 0.1;

/** RIP119: so many tasks, and so short, that handing them out takes longer than they do. */
export function daskTinyTasks(trace: Trace): Insight | null {
  const found = daskComputations(trace).flatMap(each => tooSmall(trace, each) ?? []);
  return found.sort((a, b) => b.weight - a.weight)[0] ?? null;
}

function tooSmall(trace: Trace, computation: DaskComputation): Insight | null {
  const { tasks, startNs, endNs } = computation;
  if (tasks.length < minTasks) return null;
  const ran = tasks.map(task => endOf(trace, task) - startOf(trace, task));
  const typical = median(ran);
  const lengthNs = endNs - startNs;
  const threads = threadsOf(trace, tasks);
  // Spread evenly, the work takes this long; the rest is Dask's.
  const workNs = sum(ran) / threads.length;
  const weight = Math.min(1, (lengthNs - workNs) / Math.max(1, trace.meta.durationNs));
  if (typical >= tinyNs || workNs > mostWorkShare * lengthNs || weight < minWeight) return null;
  const sizes = partitionSizes(trace, tasks);
  return {
    code: 'RIP119',
    severity: 'hint',
    title: `${countText(tasks.length)} Dask tasks of ${formatDuration(typical)} each (median): ${percent(1 - workNs / lengthNs)} of the time went into handing them out.`,
    advice: `Make fewer and larger tasks${at(computation)}: larger partitions (npartitions, blocksize), larger chunks, or several items for each delayed call.${sizes.sentence}`,
    file: computation.file,
    line: computation.line,
    weight,
    evidence: {
      tasks: tasks.length,
      medianMs: rounded(typical / 1e6),
      workMs: Math.round(sum(ran) / 1e6),
      computationMs: Math.round(lengthNs / 1e6),
      workers: threads.length,
      ...sizes.evidence,
    },
    highlight: { threads, startNs, endNs },
  };
}
