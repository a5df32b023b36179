import type { Ns } from '../base/time.ts';
import { EngineTables } from './engineTables.ts';
import {
  type Engine,
  type LinkColumns,
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
import type { Growing } from './progress.ts';
import { Table, taskShape } from './table.ts';
import { type Home, ThreadBuilder, type ThreadInit } from './threadBuilder.ts';

export const traceFormatVersion = 3;

/** Without a host it is one of this machine. */
export type NewProcess = Omit<ProcessTrack, 'host'> & { host?: string | null };

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
  key?: number;
  group?: number;
  bytes?: number;
  rows?: number;
}

export interface TaskPatch {
  startNs?: Ns;
  endNs?: Ns;
  status?: TaskStatus;
  thread?: number;
  pool?: number;
  name?: number;
  bytes?: number;
  rows?: number;
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
  private engine: Engine = 'python';
  /** Counters, marks, plans and facts. */
  readonly told = new EngineTables();
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
  private linkView: { tasks: TaskTable; count: number; links: LinkColumns } | null = null;
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

  addProcess(process: NewProcess): number {
    return this.processes.push({ host: null, ...process }) - 1;
  }

  updateProcess(index: number, patch: Partial<ProcessTrack>): void {
    const old = this.processes[index];
    if (old) this.processes[index] = { ...old, ...patch };
  }

  addThread(thread: ThreadInit): number {
    const isMain = this.processes[thread.process]?.pid === thread.tid;
    return this.threads.push(new ThreadBuilder({ ...thread, isMain })) - 1;
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

  /** `name`: what it turned out to be called; left out, it keeps its name. */
  closeSpan(handle: number, endNs: Ns, name?: number): void {
    this.threads[Math.floor(handle / handleBase)]?.closeSpan(handle % handleBase, endNs, name);
  }

  /** Names the engine that did the work; an engine that was named before stays. */
  setEngine(engine: Engine): void {
    if (this.engine === 'python') this.engine = engine;
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
      key: task.key ?? 0,
      group: task.group ?? 0,
      bytes: task.bytes ?? Number.NaN,
      rows: task.rows ?? Number.NaN,
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
    if (patch.bytes !== undefined) columns.bytes[number] = patch.bytes;
    if (patch.rows !== undefined) columns.rows[number] = patch.rows;
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

  /**
   * How much there is so far, for those who ask often: costs nothing for each thread, as `snapshot` does. Tasks are in the order in which they
   * came. True until the next change.
   */
  growing(nowNs: Ns): Growing & { counts: { processes: number; threads: number; tasks: number } } {
    const counts = { processes: this.processes.length, threads: this.threads.length, tasks: this.tasks.length };
    return { counts, strings: this.strings, tasks: this.tasks.view(), facts: this.told.facts, durationNs: nowNs };
  }

  /** The run so far, up to `nowNs`. Shares memory with this builder: true until the next change. */
  snapshot(nowNs: Ns): Trace {
    this.taskView ??= this.tasksInOrder ? this.tasks.view() : this.tasks.copy(this.taskOrder);
    const threads = this.threads.map(thread => thread.snapshot(nowNs, this.periodNs(), this.homeOf(thread)));
    return this.assemble(nowNs, false, threads, this.taskView);
  }

  /** The whole run, immutable and on its own. */
  finish(endNs: Ns): Trace {
    const threads = this.threads.map(thread => thread.finish(endNs, this.periodNs(), this.homeOf(thread)));
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
        engine: this.engine,
        quality: this.quality,
      },
      strings: ended ? [...this.strings] : this.strings,
      processes: [...this.processes],
      threads,
      tasks,
      pools: [...this.pools],
      links: this.links(tasks),
      ...(ended ? this.told.copy() : this.told.view()),
    };
  }

  /** Links hold the numbers of tasks; in a trace they hold their places. */
  private links(tasks: TaskTable): LinkColumns {
    const { length, from, to } = this.told.links.view();
    if (this.tasksInOrder) return { length, from: from.slice(), to: to.slice() };
    if (this.linkView?.tasks === tasks && this.linkView.count === length) return this.linkView.links;
    const places = new Uint32Array(tasks.length);
    for (let place = 0; place < places.length; place++) places[this.taskOrder[place] ?? 0] = place;
    const placed = (numbers: Uint32Array) => numbers.map(number => places[number] ?? 0);
    const links = { length, from: placed(from), to: placed(to) };
    this.linkView = { tasks, count: length, links };
    return links;
  }

  private periodNs(): Ns {
    return this.quality.samplingHz > 0 ? 1e9 / this.quality.samplingHz : 0;
  }

  private homeOf(thread: ThreadBuilder): Home {
    const process = this.processes[thread.process];
    return { endNs: process?.endNs ?? null, isTraced: process?.python != null };
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
