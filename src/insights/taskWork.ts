import type { Ns } from '../base/time.ts';
import type { Snippet } from '../snippet/snippet.ts';
import { type StateColumns, type Trace, threadStates } from '../trace/model.ts';
import { upperBound } from '../trace/table.ts';
import { endOf, startOf } from './measures.ts';

/** What the tasks did that the selected lines of a run submitted. */
export interface TaskWork {
  workers: number;
  /** From the first start to the last end of them. */
  windowNs: Ns;
  /** The part of it in which at least one of them ran. */
  busyNs: Ns;
  /** Sum over the tasks, start to end. */
  taskNs: Ns;
  /** The part of it in which they got on; null where thread states are not known. */
  workNs: Ns | null;
  gilNs: Ns;
}

/** Null without such tasks. Of a Snippet that selects nothing, all lines count. */
export function taskWork(trace: Trace, snippet: Pick<Snippet, 'units' | 'selection'>): TaskWork | null {
  const tasks = submittedIn(trace, selectedLines(snippet));
  const [first] = tasks;
  if (first === undefined) return null;
  const workers = new Map<number, Waits>();
  let startNs = startOf(trace, first);
  let endNs = endOf(trace, first);
  let [taskNs, waitedNs, gilNs] = [0, 0, 0];
  for (const task of tasks) {
    const thread = trace.tasks.thread[task] ?? -1;
    const span = { startNs: startOf(trace, task), endNs: endOf(trace, task) };
    const waits = workers.get(thread) ?? new Waits(trace.threads[thread]?.states ?? null);
    workers.set(thread, waits);
    startNs = Math.min(startNs, span.startNs);
    endNs = Math.max(endNs, span.endNs);
    taskNs += span.endNs - span.startNs;
    const before = waits.upTo(span.startNs);
    const after = waits.upTo(span.endNs);
    waitedNs += after.anyNs - before.anyNs;
    gilNs += after.gilNs - before.gilNs;
  }
  const isSampled =
    trace.meta.quality.stateSource === 'linux-proc' &&
    [...workers.keys()].every(thread => !isWithoutStates(trace, thread));
  return {
    ...{ workers: workers.size, windowNs: endNs - startNs, busyNs: unionNs(trace, tasks), taskNs, gilNs },
    workNs: isSampled ? taskNs - waitedNs : null,
  };
}

/** Time in which at least one of the tasks ran. */
function unionNs(trace: Trace, tasks: number[]): Ns {
  const byStart = [...tasks].sort((a, b) => startOf(trace, a) - startOf(trace, b));
  let [sum, coveredNs] = [0, Number.NEGATIVE_INFINITY];
  for (const task of byStart) {
    const fromNs = Math.max(coveredNs, startOf(trace, task));
    coveredNs = Math.max(coveredNs, endOf(trace, task));
    sum += Math.max(0, coveredNs - fromNs);
  }
  return sum;
}

/** The core of an engine's executor: what it did beside its tasks, or instead of them, isn't known. */
function isWithoutStates(trace: Trace, thread: number): boolean {
  const track = trace.threads[thread];
  return track?.kind === 'engine' && track.states.length === 0;
}

interface FileLines {
  file: string;
  startLine: number;
  endLine: number;
}

function selectedLines({ units, selection }: Pick<Snippet, 'units' | 'selection'>): FileLines[] {
  if (selection === null) return units.map(({ file }) => ({ file, startLine: 1, endLine: Number.POSITIVE_INFINITY }));
  return selection.map(({ unit, startLine, endLine }) => ({ file: units[unit]?.file ?? '', startLine, endLine }));
}

/** Those tasks that came to an end in a thread that is known. */
function submittedIn({ tasks, strings }: Trace, lines: FileLines[]): number[] {
  const wanted = lines.map(({ file, startLine, endLine }) => ({ file: strings.indexOf(file), startLine, endLine }));
  const found: number[] = [];
  for (let i = 0; i < tasks.length; i++) {
    const line = tasks.submitLine[i] ?? 0;
    const isWanted = wanted.some(
      ({ file, startLine, endLine }) => file === tasks.submitFile[i] && line >= startLine && line <= endLine,
    );
    if (!isWanted || Number.isNaN(tasks.start[i]) || Number.isNaN(tasks.end[i]) || (tasks.thread[i] ?? -1) < 0)
      continue;
    found.push(i);
  }
  return found;
}

const gil = threadStates.indexOf('gilWait');
const isWait = threadStates.map(state => state === 'gilWait' || state === 'runnable' || state === 'lockWait');

/** What a thread waited, added up from its start, so that each of very many tasks costs two look-ups. */
class Waits {
  private readonly states: StateColumns | null;
  /** Up to the start of each interval of the states. */
  private readonly anyNs: Float64Array;
  private readonly gilNs: Float64Array;

  constructor(states: StateColumns | null) {
    const length = states?.length ?? 0;
    this.states = states;
    this.anyNs = new Float64Array(length + 1);
    this.gilNs = new Float64Array(length + 1);
    if (states === null) return;
    let [anySum, gilSum] = [0, 0];
    for (let i = 0; i < length; i++) {
      const state = states.state[i] ?? -1;
      const ns = (states.end[i] ?? 0) - (states.start[i] ?? 0);
      if (isWait[state]) anySum += ns;
      if (state === gil) gilSum += ns;
      this.anyNs[i + 1] = anySum;
      this.gilNs[i + 1] = gilSum;
    }
  }

  /** From the thread's start to a moment. */
  upTo(ns: Ns): { anyNs: Ns; gilNs: Ns } {
    if (this.states === null) return { anyNs: 0, gilNs: 0 };
    const { start, end, length } = this.states;
    // The interval that holds the moment, or the next one. It is one state from end to end: of its sum, a share.
    const i = upperBound(end, ns, 0, length);
    const startNs = start[i] ?? ns;
    const share = i < length && ns > startNs ? (ns - startNs) / ((end[i] ?? ns) - startNs) : 0;
    return { anyNs: partSum(this.anyNs, i, share), gilNs: partSum(this.gilNs, i, share) };
  }
}

/** What comes before place i, and a share of what is in it. */
function partSum(sums: Float64Array, i: number, share: number): number {
  const before = sums[i] ?? 0;
  return before + ((sums[i + 1] ?? before) - before) * share;
}
