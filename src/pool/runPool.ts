import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { messageOf } from '../base/errors.ts';
import { hostWorkerVersion, type RunOutcome, type RunTask, type StopReason } from '../protocol/hostWorker.ts';
import type { RunRequest } from '../run/request.ts';
import { GuardProcess } from './guardProcess.ts';
import { lostOutcome, stoppedInQueue } from './outcomes.ts';
import { PoolRun, type RunHandle, type RunListener } from './poolRun.ts';
import { RunFolders } from './runFolders.ts';

export type { RunHandle, RunListener } from './poolRun.ts';

/** How long a thread may take to end its run once it was told to, in ms: its ladder, its last sweep and some margin. */
const patienceMs: Record<StopReason, number> = {
  cancelled: 3500,
  timeout: 3500,
  tooManyProcesses: 2500,
  hostGone: 2300,
};
/** How long the guard may take to end a run's processes. */
const guardMs = 1500;
/** Our own queue limits the runs; piscina must only never be the narrower place. */
const maxThreads = 512;
/** An unused thread stays as long, in ms: the next run starts faster. */
const idleMs = 60_000;

/** As many runs at once as leave a CPU for the editor, at least 2. */
export function defaultPoolSize(): number {
  return Math.max(2, availableParallelism() - 1);
}

/**
 * Runs snippets, at most `size` at once; the others wait in the order in which they came. Each run has a thread of its own while it
 * lasts, and whatever happens to that thread, the run's processes are ended and its outcome is told.
 */
export class RunPool {
  private readonly distDir: string;
  private readonly threads: Piscina<RunTask<MessagePort>, RunOutcome>;
  private readonly guard: GuardProcess;
  private readonly folders: RunFolders;
  private readonly active = new Map<PoolRun, { abort: AbortController; backstop: NodeJS.Timeout | null }>();
  private queue: PoolRun[] = [];
  private size: number;
  private isDisposed = false;

  /** `distDir` holds poolThread.js, worker.js, guard.js and python/; `runsDir` gets a folder per run. */
  constructor(options: { distDir: string; runsDir: string; size: number }) {
    this.distDir = options.distDir;
    this.size = options.size;
    this.folders = new RunFolders(options.runsDir);
    this.guard = new GuardProcess(join(options.distDir, 'guard.js'));
    this.threads = new Piscina({
      filename: join(options.distDir, 'poolThread.js'),
      minThreads: 0,
      maxThreads,
      idleTimeout: idleMs,
      // Threads have timers and pipes to serve: they must not sleep between tasks.
      atomics: 'disabled',
      // The ends of pipes change owners; at the thread's end Node would close numbers that are someone else's by then.
      trackUnmanagedFds: false,
      recordTiming: false,
    });
    // A thread that fails without a task: the next task gets another one.
    this.threads.on('error', () => undefined);
  }

  run(request: RunRequest, listener: RunListener): RunHandle {
    const { runId } = request;
    const run = new PoolRun(request, this.folders.folderOf(runId), listener, pid => this.guard.watch(runId, pid));
    this.queue.push(run);
    if (this.isDisposed) this.stop(run, 'hostGone');
    else this.fill();
    if (run.phase === 'queued') run.tellPosition(this.queue.indexOf(run) + 1);
    return {
      runId,
      outcome: run.outcome,
      stop: reason => this.stop(run, reason),
      query: (method, params) => run.query(method, params),
    };
  }

  /** More room starts waiting runs at once; less room never stops one. */
  resize(size: number): void {
    this.size = Math.max(1, size);
    if (this.fill() > 0) this.tellPositions();
  }

  /** Stops every run; resolves when none of their processes is left, within about 4 s. */
  async dispose(): Promise<void> {
    this.isDisposed = true;
    const runs = [...this.queue, ...this.active.keys()];
    for (const run of runs) this.stop(run, 'hostGone');
    await Promise.all(runs.map(run => run.outcome));
    await Promise.all([this.guard.close(), this.threads.destroy(), this.folders.tidyUp()]);
  }

  private stop(run: PoolRun, reason: StopReason): void {
    if (this.queue.includes(run)) {
      this.queue = this.queue.filter(other => other !== run);
      run.end(stoppedInQueue());
      this.tellPositions();
      return;
    }
    const about = this.active.get(run);
    if (!about) return;
    run.send({ kind: 'stop', reason });
    if (about.backstop && reason !== 'hostGone') return;
    if (about.backstop) clearTimeout(about.backstop);
    about.backstop = setTimeout(() => {
      void this.giveUp(run, 'its thread did not answer when it was told to stop');
    }, patienceMs[reason]);
  }

  /** Starts waiting runs as long as there is room; returns how many. */
  private fill(): number {
    let started = 0;
    for (; this.active.size < this.size && !this.isDisposed; started++) {
      const run = this.queue.shift();
      if (!run) break;
      void this.start(run);
    }
    return started;
  }

  private tellPositions(): void {
    for (const [index, run] of this.queue.entries()) run.tellPosition(index + 1);
  }

  private async start(run: PoolRun): Promise<void> {
    const abort = new AbortController();
    this.active.set(run, { abort, backstop: null });
    // Before there is a process: should we be killed in between, its marker gives it away.
    this.guard.watch(run.request.runId, null);
    const port = run.open();
    const task: RunTask<MessagePort> = {
      version: hostWorkerVersion,
      request: run.request,
      pythonDir: join(this.distDir, 'python'),
      runDir: run.runDir,
      port,
    };
    try {
      const outcome = await this.threads.run(task, { transferList: [port], signal: abort.signal });
      await run.portClosed;
      this.end(run, { ...outcome, trace: run.trace });
    } catch (error) {
      await this.giveUp(run, messageOf(error));
    }
  }

  /** The thread is of no use any more: its processes are ended without it. */
  private async giveUp(run: PoolRun, why: string): Promise<void> {
    const about = this.active.get(run);
    if (!about || about.abort.signal.aborted) return;
    about.abort.abort();
    const killed = await this.guard.kill(run.request.runId, guardMs);
    this.end(run, await lostOutcome(run.runDir, why, killed));
  }

  private end(run: PoolRun, outcome: RunOutcome): void {
    const about = this.active.get(run);
    if (!about) return;
    if (about.backstop) clearTimeout(about.backstop);
    this.active.delete(run);
    this.guard.done(run.request.runId);
    this.folders.ended(run.request.runId, outcome);
    run.end(outcome);
    if (this.fill() > 0) this.tellPositions();
  }
}
