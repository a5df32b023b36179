import type { Ns } from '../base/time.ts';
import type { EngineFact, Trace } from '../trace/model.ts';
import { taskEngines } from '../trace/model.ts';
import { upperBound } from '../trace/table.ts';
import { endOf, startOf } from './measures.ts';

/** One call of Dask's own schedulers. */
export interface DaskComputation {
  /** Where it was asked for. */
  file: string | null;
  line: number | null;
  /** `threads`, `processes`, `synchronous`, or the class of a pool. */
  scheduler: string;
  workers: number;
  /** How many tasks go to a worker at once. */
  chunksize: number;
  startNs: Ns;
  endNs: Ns;
  /** Numbers of its tasks that came to an end, by start. */
  tasks: number[];
}

/**
 * What Dask's own schedulers computed, with the tasks. Left out are those that went on at the same time as another one of the same line:
 * nothing tells their tasks apart.
 */
export function daskComputations(trace: Trace): DaskComputation[] {
  const { tasks, strings } = trace;
  const byLine = new Map<string, DaskComputation[]>();
  for (const each of trace.facts.flatMap(fact => computationOf(fact) ?? [])) {
    const place = `${each.line} ${each.file}`;
    byLine.set(place, [...(byLine.get(place) ?? []), each]);
  }
  const lines = new Map<string, { starts: Float64Array; computations: DaskComputation[] }>();
  for (const [place, all] of byLine) {
    const computations = apart(all);
    lines.set(place, { starts: Float64Array.from(computations, each => each.startNs), computations });
  }
  for (const task of daskTasks(trace)) {
    const file = strings[tasks.submitFile[task] ?? 0] || null;
    const line = lines.get(`${tasks.submitLine[task] || null} ${file}`);
    if (!line) continue;
    const startNs = startOf(trace, task);
    const owner = line.computations[upperBound(line.starts, startNs, 0, line.starts.length) - 1];
    if (owner && startNs <= owner.endNs) owner.tasks.push(task);
  }
  return [...lines.values()].flatMap(({ computations }) => computations);
}

/** Those that overlap no other one, by start. */
function apart(computations: DaskComputation[]): DaskComputation[] {
  const sorted = [...computations].sort((a, b) => a.startNs - b.startNs);
  let endNs = Number.NEGATIVE_INFINITY;
  const overlaps = sorted.map(each => {
    const isLate = each.startNs <= endNs;
    endNs = Math.max(endNs, each.endNs);
    return isLate;
  });
  return sorted.filter((each, i) => !overlaps[i] && !(overlaps[i + 1] && (sorted[i + 1]?.startNs ?? 0) <= each.endNs));
}

/** From the first start to the last end of these tasks. */
export function windowOf(trace: Trace, tasks: number[]): { startNs: Ns; endNs: Ns } {
  let startNs = Number.POSITIVE_INFINITY;
  let endNs = Number.NEGATIVE_INFINITY;
  for (const task of tasks) {
    startNs = Math.min(startNs, startOf(trace, task));
    endNs = Math.max(endNs, endOf(trace, task));
  }
  return { startNs, endNs };
}

/** The threads that ran these tasks. */
export function threadsOf(trace: Trace, tasks: number[]): number[] {
  return [...new Set(tasks.map(task => trace.tasks.thread[task] ?? -1))];
}

/** Numbers of Dask's tasks that ran in a thread and ended, by start. */
export function daskTasks({ tasks }: Trace): number[] {
  const dask = taskEngines.indexOf('dask');
  const found: number[] = [];
  for (let i = 0; i < tasks.length; i++) {
    if (tasks.engine[i] === dask && !Number.isNaN(tasks.end[i]) && (tasks.thread[i] ?? -1) >= 0) found.push(i);
  }
  return found.sort((a, b) => (tasks.start[a] ?? 0) - (tasks.start[b] ?? 0));
}

function computationOf({ engine, name, atNs, file, line, values }: EngineFact): DaskComputation | null {
  const { scheduler, workers, chunksize, durationNs } = values;
  if (engine !== 'dask' || name !== 'computation' || typeof scheduler !== 'string') return null;
  if (typeof workers !== 'number' || typeof chunksize !== 'number' || typeof durationNs !== 'number') return null;
  return { file, line, scheduler, workers, chunksize, startNs: atNs, endNs: atNs + durationNs, tasks: [] };
}
