import { formatDuration, type Ns } from '../base/time.ts';
import { type StateColumns, type ThreadState, type Trace, threadStates } from '../trace/model.ts';
import { upperBound } from '../trace/table.ts';
import { endOf, percent, startOf } from './measures.ts';

/** Lines of a file, as the trace names it; 1-based, inclusive. */
export interface MeasuredLines {
  file: string;
  startLine: number;
  endLine: number;
}

/** Below this share the GIL is not worth a word. */
const notableGilShare = 0.05;

/**
 * What a run measured in some lines, in one line of text: `0.42 s · 3.1× on 4 workers · GIL 48 %`.
 *
 * - How long the lines took.
 * - Speed-up: of the tasks that these lines submitted, the work (time from start to end of each, without what its thread waited for
 *   the GIL, for a CPU or for a lock meanwhile), divided by the time from the first start to the last end. So it says how much faster
 *   the tasks were than one after another: 4 workers that compute in turn because of the GIL do the work of one, 1×.
 * - Workers: the threads, of any process, that ran at least one of the tasks.
 * - GIL: the share of the tasks' time that their threads waited for it; left out below 5 %.
 *
 * Where thread states are not known, work can't be told from waiting, and speed-up and GIL are left out. So are they without tasks.
 *
 * @param trace null: there is none, or it can't be read
 * @param run how it ended; `ms`: how long the lines took
 */
export function measuredSummary(
  trace: Trace | null,
  lines: MeasuredLines,
  run: { status: keyof typeof endWords; error: { type: string } | null; ms: number },
): string {
  if (run.error !== null) return `failed: ${run.error.type}`;
  if (run.status !== 'ok') return endWords[run.status];
  const words = [seconds(run.ms)];
  const work = trace === null ? null : taskWork(trace, lines);
  if (work !== null) words.push(...workWords(work));
  return words.join(' · ');
}

const endWords = {
  ok: '',
  failed: 'failed',
  timeout: 'stopped at its time limit',
  cancelled: 'cancelled',
  killed: 'killed',
};

interface TaskWork {
  workers: number;
  /** From the first start to the last end. */
  windowNs: Ns;
  /** Sum over the tasks, start to end. */
  taskNs: Ns;
  /** The part of it in which they got on; null where thread states are not known. */
  workNs: Ns | null;
  gilNs: Ns;
}

/** What the tasks did that these lines submitted; null without such tasks. */
function taskWork(trace: Trace, lines: MeasuredLines): TaskWork | null {
  const tasks = tasksOf(trace, lines);
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
    waitedNs += waits.within(waits.any, span);
    gilNs += waits.within(waits.gil, span);
  }
  const isSampled = trace.meta.quality.stateSource === 'linux-proc';
  return {
    ...{ workers: workers.size, windowNs: endNs - startNs, taskNs, gilNs },
    workNs: isSampled ? taskNs - waitedNs : null,
  };
}

/** Those that came to an end in a thread that is known. */
function tasksOf({ tasks, strings }: Trace, { file, startLine, endLine }: MeasuredLines): number[] {
  const found: number[] = [];
  for (let i = 0; i < tasks.length; i++) {
    const line = tasks.submitLine[i] ?? 0;
    if (line < startLine || line > endLine || strings[tasks.submitFile[i] ?? 0] !== file) continue;
    if (Number.isNaN(tasks.start[i]) || Number.isNaN(tasks.end[i]) || (tasks.thread[i] ?? -1) < 0) continue;
    found.push(i);
  }
  return found;
}

function workWords({ workers, windowNs, taskNs, workNs, gilNs }: TaskWork): string[] {
  const on = `on ${workers} ${workers === 1 ? 'worker' : 'workers'}`;
  if (workNs === null || windowNs <= 0) return [on];
  const gilShare = gilNs / taskNs;
  const speedUp = `${(workNs / windowNs).toFixed(1)}× ${on}`;
  return gilShare < notableGilShare ? [speedUp] : [speedUp, `GIL ${percent(gilShare)}`];
}

/** `0.42 s`; `12 ms` when it is short. */
function seconds(ms: number): string {
  return ms < 100 || ms >= 60_000 ? formatDuration(ms * 1e6) : `${(ms / 1000).toFixed(ms < 9995 ? 2 : 1)} s`;
}

const waitStates: ReadonlySet<ThreadState> = new Set(['gilWait', 'runnable', 'lockWait']);

/** What a thread waited, added up from its start, so that each of very many tasks costs two look-ups. */
class Waits {
  /** Up to the start of each interval of the states. */
  readonly any: Float64Array;
  readonly gil: Float64Array;
  private readonly states: StateColumns | null;

  constructor(states: StateColumns | null) {
    const length = states?.length ?? 0;
    this.states = states;
    this.any = new Float64Array(length + 1);
    this.gil = new Float64Array(length + 1);
    for (let i = 0; i < length; i++) {
      const state = threadStates[states?.state[i] ?? -1] ?? 'unknown';
      const ns = (states?.end[i] ?? 0) - (states?.start[i] ?? 0);
      this.any[i + 1] = (this.any[i] ?? 0) + (waitStates.has(state) ? ns : 0);
      this.gil[i + 1] = (this.gil[i] ?? 0) + (state === 'gilWait' ? ns : 0);
    }
  }

  within(sums: Float64Array, { startNs, endNs }: { startNs: Ns; endNs: Ns }): Ns {
    return this.upTo(sums, endNs) - this.upTo(sums, startNs);
  }

  private upTo(sums: Float64Array, ns: Ns): Ns {
    if (this.states === null) return 0;
    const { start, end, length } = this.states;
    // The interval that holds the moment, or the next one.
    const i = upperBound(end, ns, 0, length);
    const before = sums[i] ?? 0;
    const startNs = start[i] ?? 0;
    if (i >= length || ns <= startNs) return before;
    // An interval is one state from end to end: of its sum, a share.
    return before + (((sums[i + 1] ?? 0) - before) * (ns - startNs)) / ((end[i] ?? 0) - startNs);
  }
}
