import type { Ns } from '../base/time.ts';
import {
  type PoolInfo,
  type ProcessTrack,
  type SpanKind,
  spanKinds,
  type TaskEngine,
  type TaskStatus,
  type TaskTable,
  type ThreadTrack,
  type Trace,
  type TraceQuality,
  taskEngines,
  taskStatuses,
} from './model.ts';
import { Table, taskShape } from './table.ts';
import { ThreadBuilder } from './threadBuilder.ts';

export const traceFormatVersion = 1;

export interface NewTask {
  submitNs: Ns;
  startNs?: Ns;
  endNs?: Ns;
  engine: TaskEngine;
  status: TaskStatus;
  thread?: number;
  submitThread?: number;
  pool?: number;
  name: number;
  file: number;
  line: number;
  submitFile: number;
  submitLine: number;
}

export interface TaskPatch {
  startNs?: Ns;
  endNs?: Ns;
  status?: TaskStatus;
  thread?: number;
  pool?: number;
  name?: number;
}

/** Span handles: thread × 2³² + the span's number within its thread. */
const handleBase = 2 ** 32;

/**
 * Collects a Trace while its run goes on. Indexes that it hands out stay valid to the end.
 * `snapshot` gives a live view that shares memory: it is true until the next change, so ask it before going on.
 */
export class TraceBuilder {
  private readonly title: string;
  private readonly startedAtMs: number;
  private readonly cpuCount: number;
  private readonly strings: string[] = [''];
  private readonly numbers = new Map<string, number>([['', 0]]);
  private readonly processes: ProcessTrack[] = [];
  private readonly threads: ThreadBuilder[] = [];
  private readonly pools: PoolInfo[] = [];
  private readonly tasks = new Table(taskShape);
  /** Task numbers by submit time; a task's number never changes, its place may. */
  private taskOrder = new Uint32Array(16);
  private tasksInOrder = true;
  private taskView: TaskTable | null = null;
  private quality: TraceQuality = {
    stateSource: 'spans-only',
    stateNote: '',
    samplingHz: 0,
    lateSamples: 0,
    tracerNs: 0,
    samplerNs: 0,
    warnings: [],
  };

  constructor(init: { title: string; startedAtMs: number; cpuCount: number }) {
    this.title = init.title;
    this.startedAtMs = init.startedAtMs;
    this.cpuCount = init.cpuCount;
  }

  /** The text's number in `strings`; the same text has the same number. */
  intern(text: string): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    const number = this.strings.push(text) - 1;
    this.numbers.set(text, number);
    return number;
  }

  addProcess(process: ProcessTrack): number {
    return this.processes.push({ ...process }) - 1;
  }

  updateProcess(index: number, patch: Partial<ProcessTrack>): void {
    const old = this.processes[index];
    if (old) this.processes[index] = { ...old, ...patch };
  }

  addThread(thread: { process: number; tid: number; name: string; kind: ThreadTrack['kind']; startNs: Ns }): number {
    return this.threads.push(new ThreadBuilder(thread)) - 1;
  }

  updateThread(
    index: number,
    patch: Partial<Pick<ThreadTrack, 'name' | 'kind' | 'startNs' | 'endNs' | 'cpuNs' | 'runnableNs'>>,
  ): void {
    this.threads[index]?.update(patch);
  }

  /** What the OS said that a thread did. In time order per thread; equal neighbours are merged. */
  addState(thread: number, startNs: Ns, endNs: Ns, state: number): void {
    this.threads[thread]?.addState(startNs, endNs, state);
  }

  /** An exact span begins; returns a handle for `closeSpan`. */
  openSpan(
    thread: number,
    span: { startNs: Ns; kind: SpanKind; name: number; file: number; line: number; holderTid?: number },
  ): number {
    const kind = spanKinds.indexOf(span.kind);
    const number = this.threads[thread]?.openSpan({ ...span, kind, holderTid: span.holderTid ?? 0 }) ?? 0;
    return thread * handleBase + number;
  }

  closeSpan(handle: number, endNs: Ns): void {
    this.threads[Math.floor(handle / handleBase)]?.closeSpan(handle % handleBase, endNs);
  }

  addPool(pool: PoolInfo): number {
    return this.pools.push({ ...pool }) - 1;
  }

  addTask(task: NewTask): number {
    const number = this.tasks.append({
      submit: task.submitNs,
      start: task.startNs ?? Number.NaN,
      end: task.endNs ?? Number.NaN,
      engine: taskEngines.indexOf(task.engine),
      status: taskStatuses.indexOf(task.status),
      thread: task.thread ?? -1,
      submitThread: task.submitThread ?? -1,
      pool: task.pool ?? -1,
      name: task.name,
      file: task.file,
      line: task.line,
      submitFile: task.submitFile,
      submitLine: task.submitLine,
    });
    this.placeTask(number, task.submitNs);
    this.taskView = null;
    return number;
  }

  updateTask(number: number, patch: TaskPatch): void {
    if (number < 0 || number >= this.tasks.length) return;
    const columns = this.tasks.columns;
    if (patch.startNs !== undefined) columns.start[number] = patch.startNs;
    if (patch.endNs !== undefined) columns.end[number] = patch.endNs;
    if (patch.status !== undefined) columns.status[number] = taskStatuses.indexOf(patch.status);
    if (patch.thread !== undefined) columns.thread[number] = patch.thread;
    if (patch.pool !== undefined) columns.pool[number] = patch.pool;
    if (patch.name !== undefined) columns.name[number] = patch.name;
    this.taskView = null;
  }

  setQuality(patch: Partial<TraceQuality>): void {
    this.quality = { ...this.quality, ...patch };
  }

  /** A remark that the user should see; the same one is kept once. */
  addWarning(text: string): void {
    if (this.quality.warnings.includes(text)) return;
    this.quality = { ...this.quality, warnings: [...this.quality.warnings, text] };
  }

  /** The run so far, up to `nowNs`. Shares memory with this builder: true until the next change. */
  snapshot(nowNs: Ns): Trace {
    this.taskView ??= this.tasksInOrder ? this.tasks.view() : this.tasks.copy(this.taskOrder);
    const threads = this.threads.map(thread => thread.snapshot(nowNs, this.periodNs(), this.processEnd(thread)));
    return this.assemble(nowNs, false, threads, this.taskView);
  }

  /** The whole run, immutable and on its own. */
  finish(endNs: Ns): Trace {
    const threads = this.threads.map(thread => thread.finish(endNs, this.periodNs(), this.processEnd(thread)));
    return this.assemble(endNs, true, threads, this.tasks.copy(this.taskOrder));
  }

  private assemble(durationNs: Ns, ended: boolean, threads: ThreadTrack[], tasks: TaskTable): Trace {
    return {
      meta: {
        formatVersion: traceFormatVersion,
        title: this.title,
        startedAtMs: this.startedAtMs,
        durationNs,
        ended,
        cpuCount: this.cpuCount,
        quality: this.quality,
      },
      strings: ended ? [...this.strings] : this.strings,
      processes: [...this.processes],
      threads,
      tasks,
      pools: [...this.pools],
    };
  }

  private periodNs(): Ns {
    return this.quality.samplingHz > 0 ? 1e9 / this.quality.samplingHz : 0;
  }

  private processEnd(thread: ThreadBuilder): Ns | null {
    return this.processes[thread.process]?.endNs ?? null;
  }

  /** Keeps `taskOrder` sorted: children tell of their tasks later than they were submitted. */
  private placeTask(number: number, submitNs: Ns): void {
    if (number === this.taskOrder.length) {
      const grown = new Uint32Array(number * 2);
      grown.set(this.taskOrder);
      this.taskOrder = grown;
    }
    const submitted = this.tasks.columns.submit;
    let low = 0;
    let high = number;
    if (number === 0 || (submitted[this.taskOrder[number - 1] ?? 0] ?? 0) <= submitNs) low = number;
    else this.tasksInOrder = false;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((submitted[this.taskOrder[middle] ?? 0] ?? 0) > submitNs) high = middle;
      else low = middle + 1;
    }
    this.taskOrder.copyWithin(low + 1, low, number);
    this.taskOrder[low] = number;
  }
}
