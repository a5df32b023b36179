import { formatDuration } from '../base/time.ts';
import type { Trace } from '../trace/model.ts';
import { type DaskComputation, daskComputations, threadsOf, windowOf } from './daskComputations.ts';
import { partitionSizes } from './daskPartitionSizes.ts';
import type { Insight } from './insight.ts';
import { at, coresUsed, endOf, rounded, startOf, sum } from './measures.ts';

const minLengthNs = 300e6;
/** One layer of partitions takes at least this share of all tasks' time, and that of the computation. */
const minLayerShare = 0.8;
/** CPUs that had nothing to do, of all. */
const minIdleShare = 0.25;

/** RIP120: a frame, array or bag of fewer partitions than CPUs. */
export function daskFewPartitions(trace: Trace): Insight | null {
  const found = daskComputations(trace).flatMap(each => tooFew(trace, each) ?? []);
  return found.sort((a, b) => b.weight - a.weight)[0] ?? null;
}

function tooFew(trace: Trace, computation: DaskComputation): Insight | null {
  const { scheduler, workers } = computation;
  const cpus = trace.meta.cpuCount;
  if ((scheduler !== 'threads' && scheduler !== 'processes') || workers < cpus) return null;
  const layer = largestLayer(trace, computation.tasks);
  if (!layer || layer.tasks.length >= cpus) return null;
  const { startNs, endNs } = windowOf(trace, layer.tasks);
  const lengthNs = endNs - startNs;
  const isMost = layer.ns >= minLayerShare * layer.allNs && lengthNs >= minLayerShare * (layer.ns / layer.tasks.length);
  const cores = coresUsed(trace, { startNs, endNs });
  const idle = cpus - cores;
  if (!isMost || lengthNs < minLengthNs || idle < minIdleShare * cpus || idle < 0.5) return null;
  const count = layer.tasks.length;
  const threads = threadsOf(trace, layer.tasks);
  const sizes = partitionSizes(trace, computation.tasks);
  return {
    code: 'RIP120',
    severity: 'hint',
    title: `Dask had ${count === 1 ? '1 partition' : `${count} partitions`} for ${cpus} CPUs: for ${formatDuration(lengthNs)} only ${cores.toFixed(1)} of them worked on average.`,
    advice: `Split the data into more partitions${at(computation)}: at least one for each CPU (npartitions=, a smaller blocksize, smaller chunks).${sizes.sentence}`,
    file: computation.file,
    line: computation.line,
    weight: Math.min(1, ((lengthNs / Math.max(1, trace.meta.durationNs)) * idle) / cpus),
    evidence: {
      ...{ partitions: count, cpuCount: cpus, coresUsed: rounded(cores), lengthMs: Math.round(lengthNs / 1e6) },
      ...sizes.evidence,
    },
    highlight: { threads, startNs, endNs },
  };
}

/** The partitions that took longest together: tasks whose keys are `('name-…', i)` with one name. */
function largestLayer(trace: Trace, tasks: number[]): { tasks: number[]; ns: number; allNs: number } | null {
  const layers = new Map<string, number[]>();
  for (const task of tasks) {
    const name = /^\('([^']+)', \d/.exec(trace.strings[trace.tasks.key[task] ?? 0] ?? '')?.[1];
    if (!name) continue;
    const layer = layers.get(name);
    if (layer) layer.push(task);
    else layers.set(name, [task]);
  }
  const length = (task: number) => endOf(trace, task) - startOf(trace, task);
  const allNs = sum(tasks.map(length));
  const measured = [...layers.values()].map(each => ({ tasks: each, ns: sum(each.map(length)), allNs }));
  return measured.sort((a, b) => b.ns - a.ns)[0] ?? null;
}
