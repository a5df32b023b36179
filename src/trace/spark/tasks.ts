import type { Ns } from '../../base/time.ts';
import type { EngineTask } from '../../protocol/engineWire.ts';
import type { TaskStatus } from '../model.ts';
import type { TaskEnd, TaskInfo, TaskOutcome } from './events.ts';
import type { Executors } from './executors.ts';
import { type Jobs, short, stageKey } from './jobs.ts';
import { phasesOf } from './phases.ts';
import type { SparkContext } from './sparkContext.ts';
import { StageFigures } from './stageFigures.ts';

/** A task that fails is worth a mark, but not each of thousands. */
const mostFailureMarks = 50;

interface RunningTask {
  row: EngineTask;
  executor: string;
}

/** The tasks of an application, on the tracks of its executors' cores. */
export class Tasks {
  private readonly context: SparkContext;
  private readonly executors: Executors;
  private readonly jobs: Jobs;
  private readonly running = new Map<number, RunningTask>();
  private readonly stages = new Map<string, StageFigures>();
  private readonly totals = { 'shuffle read': 0, 'shuffle written': 0, spilled: 0 };
  private failureMarks = 0;

  constructor(context: SparkContext, executors: Executors, jobs: Jobs) {
    this.context = context;
    this.executors = executors;
    this.jobs = jobs;
  }

  started(stage: number, attempt: number, task: TaskInfo): void {
    const track = this.executors.begin(task.executor, task.id, task.launchMs);
    const row = this.rowOf(stage, attempt, task);
    row.track = track;
    this.running.set(task.id, { row, executor: task.executor });
    if (this.context.isLive) this.tell(row);
  }

  ended(event: TaskEnd): void {
    const { task, end, metrics } = event;
    if (end.reason === 'Resubmitted') {
      this.outputLost(event);
      return;
    }
    // A log that was cut off at its front tells of ends only.
    if (!this.running.has(task.id)) this.started(event.stage, event.stageAttempt, task);
    const { row } = this.running.get(task.id) ?? { row: this.rowOf(event.stage, event.stageAttempt, task) };
    this.running.delete(task.id);
    const { track, next } = this.executors.end(task.executor, task.id, task.launchMs);
    if (next) this.laneFound(next);
    const startNs = this.context.clock(task.launchMs);
    const endNs = Math.max(startNs, this.context.clock(task.finishMs));
    const bytes = metrics && (metrics.shuffleWriteBytes || metrics.outputBytes || metrics.resultBytes);
    const status = statusOf(end);
    this.tell(Object.assign(row, { track, startNs, endNs, status, bytes }));
    if (metrics) {
      const gettingResultNs = task.gettingResultMs > 0 ? this.context.clock(task.gettingResultMs) : null;
      for (const phase of phasesOf({ startNs, endNs, gettingResultNs }, metrics)) {
        const { kind, name } = phase;
        this.context.emit({ kind: 'span', track, span: kind, name, startNs: phase.startNs, endNs: phase.endNs });
      }
      this.count(event, endNs);
    }
    // Ends of tasks may follow that of their stage, as when it failed; its figures were told then.
    if (this.jobs.stageOf(event.stage, event.stageAttempt)) {
      this.figuresOf(event.stage, event.stageAttempt).add(event, row.key);
    }
    if (status === 'failed' || status === 'lost') this.markFailure(event, row.key, endNs);
  }

  /** What the executor ran when it was lost; their ends usually follow in the log. */
  lost(ids: number[], atMs: number): void {
    for (const id of ids) {
      const task = this.running.get(id);
      if (task) this.tell({ ...task.row, endNs: this.context.clock(atMs), status: 'lost' });
    }
  }

  /** Of what still ran nothing more is known. `endNs`: when the application ended; null: nobody knows. */
  finish(endNs: Ns | null): void {
    for (const { row } of this.running.values()) this.tell(endNs === null ? row : { ...row, endNs, status: 'lost' });
    this.running.clear();
  }

  takeFigures(stage: number, attempt: number): StageFigures {
    const figures = this.figuresOf(stage, attempt);
    this.stages.delete(stageKey(stage, attempt));
    return figures;
  }

  private rowOf(stage: number, attempt: number, task: TaskInfo): EngineTask {
    const known = this.jobs.stageOf(stage, attempt);
    const startNs = this.context.clock(task.launchMs);
    const key = taskKey(stage, attempt, task);
    const name = known?.label.text ?? `Stage ${stage}`;
    return {
      ...{ id: this.context.taskId(key), key, name, group: name, track: null, status: 'running' },
      ...{ submitNs: Math.min(startNs, known?.startNs ?? startNs), startNs, endNs: null },
      ...{ submitFile: known?.label.action?.file ?? null, submitLine: known?.label.action?.line ?? null },
    };
  }

  private laneFound({ task, track }: { task: number; track: string }): void {
    const waiting = this.running.get(task);
    if (!waiting) return;
    waiting.row = { ...waiting.row, track };
    if (this.context.isLive) this.tell(waiting.row);
  }

  private outputLost({ stage, stageAttempt, task, end }: TaskEnd): void {
    const row = this.rowOf(stage, stageAttempt, task);
    const endNs = Math.max(row.startNs ?? 0, this.context.clock(task.finishMs));
    this.tell({ ...row, endNs, status: statusOf(end) });
  }

  private count({ metrics }: TaskEnd, atNs: number): void {
    this.add('shuffle read', metrics?.shuffleReadBytes ?? 0, atNs);
    this.add('shuffle written', metrics?.shuffleWriteBytes ?? 0, atNs);
    this.add('spilled', metrics?.diskSpilled ?? 0, atNs);
  }

  /** Counters grow over the application's life. */
  private add(name: keyof Tasks['totals'], bytes: number, atNs: number): void {
    if (bytes <= 0) return;
    this.totals[name] += bytes;
    const { id: process } = this.context;
    this.context.emit({ kind: 'counter', process, name, unit: 'bytes', atNs, value: this.totals[name] });
  }

  private markFailure({ end, task }: TaskEnd, key: string, atNs: number): void {
    if (this.failureMarks++ > mostFailureMarks) return;
    const process = this.executors.processOf(task.executor) ?? this.context.id;
    const isLast = this.failureMarks > mostFailureMarks;
    const text = isLast ? 'More tasks failed than are marked here.' : `${capital(key)} ${failureWords(end)}`;
    this.context.emit({ kind: 'mark', process, level: 'error', name: 'task failed', atNs, text });
  }

  private figuresOf(stage: number, attempt: number): StageFigures {
    const key = stageKey(stage, attempt);
    const known = this.stages.get(key);
    if (known) return known;
    const made = new StageFigures();
    this.stages.set(key, made);
    return made;
  }

  private tell(row: EngineTask): void {
    this.context.emit({ kind: 'tasks', engine: 'spark', rows: [row] });
  }
}

/** As Spark's own log names it: `task 1.0 in stage 23.0 (TID 41)`. */
export function taskKey(stage: number, stageAttempt: number, task: TaskInfo): string {
  const speculative = task.isSpeculative ? ', speculative' : '';
  return `task ${task.index}.${task.attempt} in stage ${stage}.${stageAttempt} (TID ${task.id}${speculative})`;
}

function statusOf({ reason }: TaskOutcome): TaskStatus {
  switch (reason) {
    case 'Success':
      return 'ok';
    case 'TaskKilled':
    case 'TaskCommitDenied':
      return 'cancelled';
    case 'ExecutorLostFailure':
    case 'Resubmitted':
      return 'lost';
    default:
      return 'failed';
  }
}

function failureWords({ reason, message }: TaskOutcome): string {
  const said = message === '' ? '' : `: ${short(message)}`;
  if (reason === 'ExecutorLostFailure') return `was lost with its executor${said}`;
  if (reason === 'FetchFailed') return `could not fetch its part of a shuffle${said}`;
  return `failed${said === '' ? `: ${reason}` : said}`;
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
