import { rm } from 'node:fs/promises';
import { assertUnreachable } from '../base/assert.ts';
import { messageOf, type UserError, userError } from '../base/errors.ts';
import type { HostMessage, RunOutcome, RunTask, WorkerMessage } from '../protocol/hostWorker.ts';
import type { RunStatus } from '../run/request.ts';
import {
  initialRunState,
  type ProcessExit,
  paceOf,
  type RunEvent,
  type RunInstruction,
  type RunState,
  type RunTimer,
  type StopCause,
  step,
} from '../run/runState.ts';
import { explainEnd, explainProgramError, explainSpawnFailure, programErrorOf } from './endOfRun.ts';
import { type InterpreterProcess, interpreterEnvironment, startInterpreter } from './interpreterProcess.ts';
import { LiveTrace } from './liveTrace.ts';
import { outOfMemoryKills } from './memoryPressure.ts';
import { type DisplaySource, OutputCapture } from './outputCapture.ts';
import type { OutputPipes } from './outputPipes.ts';
import { ProcessLimit } from './processLimit.ts';
import { findProcesses, killTree, type ProcessId, type RunProcesses, runProcesses, signalAll } from './processTree.ts';
import { errorCode, exists, programOf, programWasReached, runnerResultOf, runPaths } from './runFolder.ts';
import { announceStop } from './stopFile.ts';
import { isSparkDriver, isSparkPython } from './threadStates/jvm.ts';
import { readCommand } from './threadStates/procFiles.ts';

/** The final sweep gives up on processes that even SIGKILL doesn't end. */
const sweepDeadlineMs = 1000;
/** How long a process may take to end once its output is closed; and Spark's JVM, which stops its executors and deletes its files first. */
const farewellMs = 100;
const sparkFarewellMs = 15_000;
const sparkLastMs = 1000;

/** How long servers that worked for the program are asked when it has ended, in ms; and after a stop. When the host goes nobody waits. */
const askedMs = 5000;
const askedOnceStoppedMs = 1500;

/** What the driver needs of the port to the host. */
export interface HostPort {
  send(message: WorkerMessage, transfer?: ArrayBuffer[]): void;
}

/** Drives one run: feeds the state machine what happens, and does what it says. */
export class RunDriver {
  private readonly task: Omit<RunTask<unknown>, 'port'>;
  private readonly host: HostPort;
  private readonly output: OutputCapture;
  private readonly trace: LiveTrace;
  private readonly clockZeroNs: bigint;
  private readonly limit: ProcessLimit;
  private readonly oomKillsBefore = outOfMemoryKills();
  private readonly timers = new Map<RunTimer | 'timeout', NodeJS.Timeout>();
  private readonly ended: Promise<RunStatus>;
  private onEnded: (status: RunStatus) => void = () => undefined;
  private state: RunState = initialRunState;
  private readonly pipes: OutputPipes | null;
  private interpreter: InterpreterProcess | null = null;
  private tree: RunProcesses;
  private spawnError: UserError | null = null;
  /** A fault of ours that ended the run. */
  private fault: UserError | null = null;
  private exitNs: number | null = null;

  /** `pipes` become the driver's. `displays` null: no values are shown. */
  constructor(
    task: Omit<RunTask<unknown>, 'port'>,
    host: HostPort,
    pipes: OutputPipes | null,
    displays: DisplaySource | null,
  ) {
    this.task = task;
    this.pipes = pipes;
    this.host = host;
    this.ended = new Promise(resolve => {
      this.onEnded = resolve;
    });
    this.clockZeroNs = process.hrtime.bigint();
    this.tree = runProcesses(task.request.runId, null);
    this.limit = new ProcessLimit(task.request.limits.maxProcesses, () => this.stop('tooManyProcesses'));
    this.output = new OutputCapture({
      runDir: task.runDir,
      bytesInMemory: task.request.limits.outputBytesInMemory,
      displays,
      send: chunks => host.send({ kind: 'output', chunks }),
    });
    this.trace = new LiveTrace({
      title: task.request.snippet.title,
      startedAtMs: Date.now(),
      clockZeroNs: this.clockZeroNs,
      traceDir: runPaths(task.runDir).traceDir,
      runId: task.request.runId,
      samplingHz: task.request.limits.samplingHz,
      onChanged: changed => host.send({ kind: 'changed', changed }),
      onProcessCount: count => {
        if (count > task.request.limits.maxProcesses) this.stop('tooManyProcesses');
      },
    });
  }

  /** Runs the program to its end; resolves when none of its processes is left. The folder must be there. */
  async run(): Promise<RunOutcome> {
    this.feed({ kind: 'threadReady' });
    const status = await this.ended;
    this.limit.stop();
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.interpreter?.closeOutput();
    this.pipes?.stdout.read.destroy();
    this.pipes?.stderr.read.destroy();
    return this.outcome(status);
  }

  /** A mistake of ours that nobody caught. What ends a run is guarded; so it is one of those who watch, and the run goes on. */
  onStrayFault(error: unknown): void {
    this.trace.abandon(error);
  }

  /** Takes a message from the host. Never throws. */
  onHostMessage(message: HostMessage): void {
    this.guarded(() => this.obey(message));
  }

  private obey(message: HostMessage): void {
    switch (message.kind) {
      case 'stop':
        this.stop(message.reason);
        break;
      case 'outputTaken':
        this.output.taken(message.characters);
        break;
      case 'query':
        this.reply(message);
        break;
      default:
        assertUnreachable(message);
    }
  }

  stop(reason: StopCause): void {
    if (this.state.phase === 'ended') this.trace.hurry();
    this.feed({ kind: 'stopRequested', reason });
  }

  /** A fault of ours: the program can't be looked after any more, so it is ended. */
  fail(error: unknown): void {
    this.fault ??= userError('internal', `Run in Parallel made a mistake: ${messageOf(error)}`, '', 'openLog');
    this.stop('fault');
  }

  private guarded(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.fail(error);
    }
  }

  private feed(event: RunEvent): void {
    const before = this.state;
    const { state, instructions } = step(before, event);
    this.state = state;
    if (state.phase === 'stopping' && before.phase !== 'stopping' && state.stop && state.stop !== 'fault') {
      this.host.send({ kind: 'stopping', reason: state.stop });
    }
    for (const instruction of instructions) this.carryOut(instruction);
  }

  private carryOut(instruction: RunInstruction): void {
    switch (instruction.kind) {
      case 'spawn':
        this.spawn();
        break;
      case 'interrupt':
        announceStop(runPaths(this.task.runDir).traceDir, paceOf(this.state).interrupt);
        if (this.interpreter?.interrupt() !== true) this.feed({ kind: 'timer', timer: 'ladder' });
        break;
      case 'terminate':
        signalAll(this.tree, 'SIGTERM');
        break;
      case 'killTree':
        void this.sweep();
        break;
      case 'startTimer': {
        const { timer, ms } = instruction;
        this.setTimer(timer, ms, () => this.feed({ kind: 'timer', timer }));
        break;
      }
      case 'finish':
        this.onEnded(instruction.status);
        break;
      default:
        assertUnreachable(instruction);
    }
  }

  private spawn(): void {
    const { request, pythonDir, runDir } = this.task;
    const { command, args } = request.interpreter;
    const start = {
      command,
      args: [...args, `${pythonDir}/run.py`, runPaths(runDir).spec],
      cwd: request.cwd,
      env: interpreterEnvironment(process.env, request, process.platform),
    };
    try {
      this.interpreter = startInterpreter(start, this.pipes, {
        onSpawned: pid => this.guarded(() => this.onSpawned(pid)),
        onSpawnFailed: error => this.guarded(() => this.onSpawnFailed(error)),
        onOutput: (stream, bytes) => this.guarded(() => this.output.add(stream, bytes)),
        onOutputEnded: () => this.guarded(() => this.feed({ kind: 'outputEnded' })),
        onExit: exit => this.guarded(() => this.onExit(exit)),
      });
    } catch (error) {
      this.onSpawnFailed(error instanceof Error ? error : new Error(String(error)));
    }
    if (this.interpreter?.pid != null) this.tree = runProcesses(request.runId, this.interpreter.pid);
  }

  private onSpawned(pid: number): void {
    this.host.send({ kind: 'started', pid, atMs: Date.now() });
    this.feed({ kind: 'spawned' });
    if (this.state.phase !== 'running') return;
    const { timeoutMs } = this.task.request.limits;
    if (timeoutMs !== null) this.setTimer('timeout', timeoutMs, () => this.stop('timeout'));
    this.limit.start(this.tree);
    this.trace.start(pid);
  }

  private onSpawnFailed(error: Error): void {
    this.spawnError = explainSpawnFailure(error, errorCode(error), this.task.request.interpreter);
    this.feed({ kind: 'spawnFailed' });
  }

  private onExit(exit: ProcessExit): void {
    this.exitNs = this.trace.nowNs();
    this.trace.rootEnded(exit, this.exitNs);
    this.clearTimer('timeout');
    this.feed({ kind: 'exited', ...exit });
  }

  private async sweep(): Promise<void> {
    this.limit.stop();
    try {
      const survivors = this.state.stop === null ? await this.survivors() : 0;
      if (survivors > 0) this.trace.warn(survivorsSentence(survivors));
      const { left } = await killTree(this.tree, { deadlineMs: sweepDeadlineMs });
      if (left > 0)
        this.trace.warn(`${left} processes of the run could not be ended: they wait for the disk or a device.`);
    } catch (error) {
      this.trace.warn(`Ending the run's processes failed: ${messageOf(error)}`);
    }
    this.feed({ kind: 'treeGone' });
  }

  /** How many processes the program left. Those that are just ending get a moment for it. */
  private async survivors(): Promise<number> {
    const begunMs = performance.now();
    for (let untilMs = begunMs + farewellMs; ; ) {
      const left = findProcesses(this.tree);
      const nowMs = performance.now();
      // What it started itself ends after it.
      if (left.some(endsBySelf)) untilMs = Math.min(nowMs + sparkLastMs, begunMs + sparkFarewellMs);
      if (left.length === 0 || nowMs > untilMs || this.state.stop !== null) return left.length;
      await new Promise(resolve => setTimeout(resolve, 5));
    }
  }

  private reply(query: Extract<HostMessage, { kind: 'query' }>): void {
    try {
      const result = this.trace.answer(query.method, query.params);
      this.host.send({ kind: 'reply', id: query.id, ok: true, result });
    } catch (error) {
      this.host.send({ kind: 'reply', id: query.id, ok: false, message: messageOf(error) });
    }
  }

  private async outcome(status: RunStatus): Promise<RunOutcome> {
    const { request, runDir } = this.task;
    const endNs = this.trace.nowNs();
    const { logFailure } = this.output;
    const output = this.output.end();
    const result = await runnerResultOf(runDir);
    const oomKills = outOfMemoryKills();
    const surroundings = result?.error ? explainProgramError(result.error) : null;
    const memoryRanOut = oomKills !== null && this.oomKillsBefore !== null && oomKills > this.oomKillsBefore;
    const explained = explainEnd({
      request,
      stop: this.state.stop,
      exit: this.state.exit,
      programReached: await programWasReached(runDir),
      missingFile: await firstMissingFile(this.task),
      logFailure,
      memoryRanOut,
    });
    if (memoryRanOut)
      this.trace.warn("The kernel's out-of-memory killer ended a process while this ran, probably one of it.");
    if (logFailure !== null) this.trace.warn(`The output log is incomplete: ${logFailure}`);
    const started = this.interpreter?.pid != null;
    if (started) await this.trace.complete(askMs(this.state.stop), this.state.stop !== null);
    const finished = started ? this.finishTrace(endNs) : null;
    // It is all in the trace and with the host now, or never will be.
    const { traceDir, displaysDir, clusters } = runPaths(runDir);
    // The interpreter takes the secrets away itself, if it comes so far.
    for (const path of [traceDir, displaysDir, clusters])
      await rm(path, { recursive: true, force: true }).catch(() => undefined);
    return {
      status,
      exitCode: this.state.exit?.code ?? null,
      signal: this.state.exit?.signal ?? null,
      programError: result?.error
        ? programErrorOf(result.error, request.interpreter, this.state.stop, finished?.lostJvm)
        : null,
      userError: this.fault ?? this.spawnError ?? explained ?? surroundings ?? finished?.error ?? null,
      wallMs: (this.exitNs ?? endNs) / 1e6,
      output,
      trace: finished?.bytes ?? null,
      program: await programOf(runDir),
      times: result?.times ?? [],
      insights: finished?.insights ?? [],
      taskWork: finished?.taskWork ?? null,
    };
  }

  private finishTrace(endNs: number) {
    try {
      return { ...this.trace.finish(endNs, this.task.request.snippet), error: null };
    } catch (error) {
      const said = userError('traceLost', `The trace could not be put together: ${messageOf(error)}`, '', 'openLog');
      return { bytes: null, insights: [], taskWork: null, lostJvm: false, error: said };
    }
  }

  private setTimer(name: RunTimer | 'timeout', ms: number, action: () => void): void {
    this.clearTimer(name);
    this.timers.set(
      name,
      setTimeout(() => this.guarded(action), ms),
    );
  }

  private clearTimer(name: RunTimer | 'timeout'): void {
    clearTimeout(this.timers.get(name));
    this.timers.delete(name);
  }
}

function askMs(stop: StopCause | null): number {
  if (stop === null) return askedMs;
  return stop === 'hostGone' ? 0 : askedOnceStoppedMs;
}

/** Spark's JVM ends once its Python has. */
function endsBySelf({ pid }: ProcessId): boolean {
  const command = readCommand(pid);
  return isSparkDriver(command) || isSparkPython(command);
}

function survivorsSentence(count: number): string {
  return count === 1
    ? 'One process was still running when the program ended; it was ended with it.'
    : `${count} processes were still running when the program ended; they were ended with it.`;
}

async function firstMissingFile(task: Omit<RunTask<unknown>, 'port'>): Promise<string | null> {
  for (const unit of task.request.snippet.units) {
    if (unit.source === null && !(await exists(unit.file))) return unit.file;
  }
  return null;
}
