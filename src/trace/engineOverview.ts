import type {
  CounterSummary,
  CounterWindow,
  CounterWindowParams,
  MarkView,
  SizeRange,
  TaskGroup,
} from '../protocol/query.ts';
import { type MarkColumns, markLevels, type PlanInfo, type TaskTable, type Trace, taskEngines } from './model.ts';
import { lowerBound, upperBound } from './table.ts';
import { groupHues } from './taskCodes.ts';

const mostGroups = 24;
const mostMarks = 300;
const mostPlans = 60;
const longestPlan = 60_000;
/** Memory that hardly moves tells nothing, and every process has some; nor does what was never anything but 0. */
const notableGrowth = 32e6;

/** Of Spark's tasks we know what they sent to the driver or wrote for a shuffle: not the size of their partition. */
const tellsPartitions = taskEngines.indexOf('dask');

const groupsOf = new WeakMap<TaskTable, TaskGroup[]>();

/** Counters worth a row of their own; `index` is their place in the trace. */
export function notableCounters(trace: Trace): CounterSummary[] {
  return trace.counters.flatMap(({ process, name, unit, limit, length, value }, index) => {
    if (length === 0) return [];
    let max = value[0] ?? 0;
    for (let i = 1; i < length; i++) max = Math.max(max, value[i] ?? 0);
    const isNotable = name === 'memory' ? max - (value[0] ?? 0) >= notableGrowth : max > 0;
    return isNotable ? [{ index, process, name, unit, limit, max }] : [];
  });
}

/** Groups of tasks by the time that they ran, longest first; empty when no task has a group. */
export function taskGroups(trace: Trace): TaskGroup[] {
  const { tasks, strings } = trace;
  const known = groupsOf.get(tasks);
  if (known) return known;
  const sums = new Map<number, { tasks: number; ranNs: number; bytes: number[]; rows: number[] }>();
  for (let i = 0; i < tasks.length; i++) {
    const group = tasks.group[i] ?? 0;
    if (group === 0) continue;
    const sum = sums.get(group) ?? { tasks: 0, ranNs: 0, bytes: [], rows: [] };
    sums.set(group, sum);
    sum.tasks++;
    const ran = (tasks.end[i] ?? Number.NaN) - (tasks.start[i] ?? Number.NaN);
    if (ran > 0) sum.ranNs += ran;
    if (tasks.engine[i] !== tellsPartitions) continue;
    for (const name of ['bytes', 'rows'] as const) {
      const size = tasks[name][i] ?? Number.NaN;
      if (!Number.isNaN(size)) sum[name].push(size);
    }
  }
  const hues = groupHues(trace);
  const groups = [...sums].map(([group, sum]) => ({
    name: strings[group] ?? '',
    hue: hues.get(group) ?? 0,
    ...{ tasks: sum.tasks, ranNs: sum.ranNs, bytes: rangeOf(sum.bytes), rows: rangeOf(sum.rows) },
  }));
  const found = groups.sort((a, b) => b.ranNs - a.ranNs || b.tasks - a.tasks).slice(0, mostGroups);
  groupsOf.set(tasks, found);
  return found;
}

/** Of some sizes; null when there is none. */
export function rangeOf(sizes: number[]): SizeRange | null {
  if (sizes.length === 0) return null;
  const sorted = Float64Array.from(sizes).sort();
  return { least: sorted[0] ?? 0, median: sorted[sorted.length >> 1] ?? 0, most: sorted[sorted.length - 1] ?? 0 };
}

/** The run's marks in time order; when there are too many, the graver ones. */
export function marksOf({ marks, strings }: Trace): MarkView[] {
  const all = Array.from({ length: marks.length }, (_, i) => i);
  const kept = all.length <= mostMarks ? all : gravest(marks, all);
  return kept.map(i => ({
    atNs: marks.time[i] ?? 0,
    process: marks.process[i] ?? -1,
    level: markLevels[marks.level[i] ?? 0] ?? 'info',
    name: strings[marks.name[i] ?? 0] ?? '',
    text: strings[marks.text[i] ?? 0] ?? '',
  }));
}

function gravest(marks: MarkColumns, all: number[]): number[] {
  const grave = [...all].sort((a, b) => (marks.level[b] ?? 0) - (marks.level[a] ?? 0) || a - b);
  return grave.slice(0, mostMarks).sort((a, b) => a - b);
}

/** Plans as they can be shown: what is very long is cut, and says so. */
export function plansOf({ plans }: Trace): PlanInfo[] {
  return plans.slice(0, mostPlans).map(plan => ({ ...plan, parts: plan.parts.map(cutPart) }));
}

function cutPart({ title, text }: PlanInfo['parts'][number]): PlanInfo['parts'][number] {
  const cut = text.length - longestPlan;
  return cut <= 0 ? { title, text } : { title, text: `${text.slice(0, longestPlan)}\n… ${cut} more characters` };
}

/**
 * A counter's points in a window, at most two per bucket: the largest value of each, and the last, which holds on until the next bucket with any.
 * The first point is what held when the window began.
 */
export function counterWindow(trace: Trace, params: CounterWindowParams): CounterWindow {
  const { startNs, endNs } = params;
  const bucketNs = Math.max(params.bucketNs, (endNs - startNs) / 20_000, 1);
  return {
    startNs,
    endNs,
    counters: params.counters.map(index => ({ index, ...pointsOf(trace, index, startNs, endNs, bucketNs) })),
  };
}

function pointsOf(trace: Trace, index: number, startNs: number, endNs: number, bucketNs: number) {
  const counter = trace.counters[index];
  const times: number[] = [];
  const values: number[] = [];
  if (counter) {
    const { time, value, length } = counter;
    let at = Math.max(0, upperBound(time, startNs, 0, length) - 1);
    const until = upperBound(time, endNs, 0, length);
    while (at < until) {
      const bucketEnd = Math.floor((time[at] ?? 0) / bucketNs + 1) * bucketNs;
      const next = Math.min(until, Math.max(at + 1, lowerBound(time, bucketEnd, at, length)));
      let largest = at;
      for (let i = at; i < next; i++) if ((value[i] ?? 0) > (value[largest] ?? 0)) largest = i;
      for (const place of largest === next - 1 ? [largest] : [largest, next - 1]) {
        times.push(time[place] ?? 0);
        values.push(value[place] ?? 0);
      }
      at = next;
    }
  }
  return { time: Float64Array.from(times).buffer, value: Float64Array.from(values).buffer };
}
