import type { Ns } from '../base/time.ts';
import type { TaskEngine, TaskStatus } from '../trace/model.ts';
import type { TraceSink } from './threadStates/threadIndex.ts';
import type { Writer } from './tracerReaderFiles.ts';
import type { Place } from './tracerReaderPlaces.ts';

/** A unit of work, once it has begun. `task` is null until it's known who submitted it. */
export interface TaskRun {
  task: number | null;
  readonly engine: TaskEngine;
  readonly startNs: Ns;
  endNs: Ns | null;
  status: TaskStatus;
  readonly thread: number;
  readonly fn: Place;
}

export interface Submission {
  engine: TaskEngine;
  submitNs: Ns;
  submitThread: number;
  fn: Place;
  submitted: Place;
  /** By which its engine knows it: the number of a string. */
  key?: number;
}

/** What one process submitted and nobody has begun yet. */
interface Submitter {
  readonly startNs: Ns;
  /** Position of the taskQueued → task. */
  readonly queued: Map<number, number>;
  /** multiprocessing.Pool's job → its chunks' tasks. */
  readonly jobs: Map<number, { submission: Submission; pool: number; chunks: (number | null)[] }>;
  /** Thread object → tasks submitted by Thread.start(). Ids come back: oldest first. */
  readonly threads: Map<number, number[]>;
  readonly pools: { object: number; engine: TaskEngine; pool: number; createdNs: Ns }[];
}

/** Where a task comes from: `job` is null for a position. */
export interface Reference {
  pid: number;
  position: number;
  job: { number: number; chunk: number } | null;
}

/** Joins what submitters told with what those who ran it told, in whatever order both arrive. */
export class TaskMatcher {
  private readonly builder: TraceSink;
  private readonly submitters = new Map<Writer, Submitter>();
  private readonly writersByPid = new Map<number, Writer[]>();
  private unresolved: { run: TaskRun; reference: Reference }[] = [];
  private unresolvedThreads: { run: TaskRun; writer: Writer; object: number }[] = [];
  /** Child's pid → the task that its parent's Process.start() made. */
  private readonly processTasks = new Map<number, number[]>();
  private unresolvedProcesses: { run: TaskRun; pid: number }[] = [];
  private poolless: { task: number; writer: Writer; object: number; submitNs: Ns }[] = [];

  constructor(builder: TraceSink) {
    this.builder = builder;
  }

  pool(writer: Writer, object: number, engine: TaskEngine, pool: number, createdNs: Ns): void {
    this.submitter(writer).pools.push({ object, engine, pool, createdNs });
  }

  queued(writer: Writer, position: number, executor: number, submission: Submission): void {
    const pool = this.findPool(writer, submission.submitNs, each => each.object === executor);
    const task = this.addTask(submission, pool);
    this.submitter(writer).queued.set(position, task);
    if (pool === -1) this.poolless.push({ task, writer, object: executor, submitNs: submission.submitNs });
  }

  /** A job of multiprocessing.Pool: as many tasks as it has chunks. */
  queuedJob(writer: Writer, job: number, chunks: number, submission: Submission): void {
    const pool = this.findPool(writer, submission.submitNs, each => each.engine === submission.engine);
    const tasks = Array.from({ length: Math.min(chunks, 1e6) }, () => this.addTask(submission, pool));
    this.submitter(writer).jobs.set(job, { submission, pool, chunks: tasks });
  }

  /** Thread.start() in user code. */
  threadSubmitted(writer: Writer, object: number, submission: Submission): void {
    const { threads } = this.submitter(writer);
    threads.set(object, [...(threads.get(object) ?? []), this.addTask(submission, -1)]);
  }

  /** Process.start() in user code; returns the task, which gets its process when the child's pid is known. */
  processSubmitted(submission: Submission): number {
    return this.addTask(submission, -1);
  }

  /** A task that has begun and of which all is told. `key`: by which its engine knows it; '' = it has none. */
  standsForItself(run: TaskRun, about: Pick<Submission, 'engine' | 'submitNs' | 'submitted'> & { key: string }): void {
    const key = this.builder.intern(about.key);
    const task = this.addTask({ ...about, submitThread: -1, fn: run.fn, key }, -1);
    if (key !== 0) this.builder.told.keys.set(about.key, task);
    this.take(run, task);
  }

  processStarted(task: number, pid: number): void {
    this.processTasks.set(pid, [...(this.processTasks.get(pid) ?? []), task]);
  }

  failed(task: number, endNs: Ns): void {
    this.builder.updateTask(task, { status: 'failed', startNs: endNs, endNs });
  }

  began(run: TaskRun, reference: Reference): void {
    if (!this.resolve(run, reference)) this.unresolved.push({ run, reference });
  }

  threadBegan(run: TaskRun, writer: Writer, object: number): void {
    if (!this.resolveThread(run, writer, object)) this.unresolvedThreads.push({ run, writer, object });
  }

  processBegan(run: TaskRun, pid: number): void {
    if (!this.resolveProcess(run, pid)) this.unresolvedProcesses.push({ run, pid });
  }

  ended(run: TaskRun, endNs: Ns | null, status: TaskStatus): void {
    run.endNs = endNs;
    run.status = status;
    if (run.task !== null) this.tell(run, run.task);
  }

  /** Tries again what was waiting for records of another process or thread. */
  retry(): void {
    this.unresolved = this.unresolved.filter(({ run, reference }) => !this.resolve(run, reference));
    this.unresolvedThreads = this.unresolvedThreads.filter(
      ({ run, writer, object }) => !this.resolveThread(run, writer, object),
    );
    this.unresolvedProcesses = this.unresolvedProcesses.filter(({ run, pid }) => !this.resolveProcess(run, pid));
    this.poolless = this.poolless.filter(({ task, writer, object, submitNs }) => {
      const pool = this.findPool(writer, submitNs, each => each.object === object);
      if (pool !== -1) this.builder.updateTask(task, { pool });
      return pool === -1;
    });
  }

  /** Work whose submission was never told counts as submitted when it began; a thread that nobody in user code started is no task. */
  finish(): void {
    this.retry();
    for (const { run } of [...this.unresolved, ...this.unresolvedProcesses]) {
      const { engine, startNs, fn } = run;
      const nowhere = { name: 0, file: 0, line: 0 };
      const submission = { engine, submitNs: startNs, submitThread: -1, fn, submitted: nowhere };
      this.take(run, this.addTask(submission, -1));
    }
    this.unresolved = [];
    this.unresolvedProcesses = [];
  }

  private resolve(run: TaskRun, { pid, position, job }: Reference): boolean {
    for (const writer of this.writersByPid.get(pid) ?? []) {
      const submitter = this.submitter(writer);
      if (submitter.startNs > run.startNs) continue;
      const task = job ? this.takeChunk(submitter, job) : submitter.queued.get(position);
      if (task === undefined) continue;
      if (!job) submitter.queued.delete(position);
      this.take(run, task);
      return true;
    }
    return false;
  }

  private takeChunk(submitter: Submitter, { number, chunk }: { number: number; chunk: number }): number | undefined {
    const job = submitter.jobs.get(number);
    if (!job) return undefined;
    const task = job.chunks[chunk] ?? this.addTask(job.submission, job.pool);
    if (chunk < job.chunks.length) job.chunks[chunk] = null;
    return task;
  }

  private resolveThread(run: TaskRun, writer: Writer, object: number): boolean {
    const task = this.submitter(writer).threads.get(object)?.shift();
    if (task === undefined) return false;
    this.take(run, task);
    return true;
  }

  private resolveProcess(run: TaskRun, pid: number): boolean {
    const task = this.processTasks.get(pid)?.shift();
    if (task === undefined) return false;
    this.take(run, task);
    return true;
  }

  private take(run: TaskRun, task: number): void {
    run.task = task;
    this.tell(run, task);
  }

  private tell(run: TaskRun, task: number): void {
    const { startNs, endNs, status, thread, fn } = run;
    this.builder.updateTask(task, {
      startNs,
      status,
      thread,
      ...(endNs === null ? {} : { endNs }),
      ...(fn.name === 0 ? {} : { name: fn.name }),
    });
  }

  private addTask({ engine, submitNs, submitThread, fn, submitted, key = 0 }: Submission, pool: number): number {
    const where = { ...fn, submitFile: submitted.file, submitLine: submitted.line };
    // What an engine calls by one name is coloured alike.
    const group = key === 0 ? 0 : fn.name;
    return this.builder.addTask({ submitNs, engine, status: 'pending', submitThread, pool, key, group, ...where });
  }

  /** The newest pool that fits, made before `atNs`. */
  private findPool(writer: Writer, atNs: Ns, fits: (pool: Submitter['pools'][number]) => boolean): number {
    const pools = this.submitter(writer).pools.filter(each => each.createdNs <= atNs && fits(each));
    return pools.reduce((best, each) => (each.createdNs >= best.createdNs ? each : best), {
      pool: -1,
      createdNs: -1e18,
    }).pool;
  }

  private submitter(writer: Writer): Submitter {
    let submitter = this.submitters.get(writer);
    if (!submitter) {
      submitter = { startNs: writer.startNs, queued: new Map(), jobs: new Map(), threads: new Map(), pools: [] };
      this.submitters.set(writer, submitter);
      const writers = [...(this.writersByPid.get(writer.pid) ?? []), writer];
      this.writersByPid.set(
        writer.pid,
        writers.sort((a, b) => b.startNs - a.startNs),
      );
    }
    return submitter;
  }
}
