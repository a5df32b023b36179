import { assertUnreachable } from '../base/assert.ts';
import type { StopReason } from '../protocol/hostWorker.ts';
import type { RunPhase, RunStatus } from './request.ts';

/**
 * One run as a pure machine: an event in, the new state and what to do out. Whoever drives it has the processes and the clocks.
 *
 *   queued ──threadReady──▶ starting ──spawned──▶ running ──exited, output ended──▶ sweep ──▶ ended
 *                              │                     │ stopRequested                  ▲
 *                              │ spawnFailed         ▼                                │ exited, or the ladder's end
 *                              ▼                  stopping: interrupt ─▶ terminate ─▶ kill
 *                            ended
 *
 * Whatever happened, no run ends before a sweep (killTree) found nothing left, or gave up on what can't be killed.
 */
export interface RunState {
  phase: RunPhase;
  /** Why it is being stopped: the first cause stays. */
  stop: StopCause | null;
  /** How far the ladder has been climbed. */
  rung: 'none' | Rung;
  /** The end of the interpreter itself; children may live on. */
  exit: ProcessExit | null;
  /** Nobody can write to the run's stdout and stderr any more. */
  outputEnded: boolean;
  /** Of the final killTree. */
  sweep: 'no' | 'going' | 'done';
}

/** `fault`: a mistake of ours, after which nobody can look after the program any more. */
export type StopCause = StopReason | 'fault';

export type Rung = 'interrupt' | 'terminate' | 'kill';

export interface ProcessExit {
  code: number | null;
  signal: string | null;
}

export type RunEvent =
  | { kind: 'threadReady' }
  | { kind: 'spawned' }
  | { kind: 'spawnFailed' }
  | ({ kind: 'exited' } & ProcessExit)
  | { kind: 'outputEnded' }
  | { kind: 'stopRequested'; reason: StopCause }
  | { kind: 'timer'; timer: RunTimer }
  /** killTree is done: nothing is left, or what is left can't be killed. */
  | { kind: 'treeGone' };

/** One timer of a name at a time; starting it again restarts it. */
export type RunTimer = 'ladder' | 'grace' | 'drain';

export type RunInstruction =
  | { kind: 'spawn' }
  | { kind: 'interrupt' }
  | { kind: 'terminate' }
  | { kind: 'killTree' }
  | { kind: 'startTimer'; timer: RunTimer; ms: number }
  | { kind: 'finish'; status: RunStatus };

export interface Step {
  state: RunState;
  instructions: RunInstruction[];
}

/** In ms. The whole ladder and the sweep fit into 3 s, and a host that goes away (VS Code grants about 5 s) into 2 s. */
export const ladderMs = { interrupt: 1000, terminate: 600 };
export const hurriedLadderMs = { interrupt: 400, terminate: 400 };
/** How long a program that ended may leave its output open (a background child still writes). */
export const graceMs = 1000;
/** How long output may take to end once every process is gone. */
export const drainMs = 500;

export const initialRunState: RunState = {
  phase: 'queued',
  stop: null,
  rung: 'none',
  exit: null,
  outputEnded: false,
  sweep: 'no',
};

/** What an event does to a run. An event that makes no sense (any more) changes nothing: races are normal here. */
export function step(state: RunState, event: RunEvent): Step {
  if (state.phase === 'ended') return stay(state);
  switch (event.kind) {
    case 'threadReady':
      return state.phase === 'queued'
        ? { state: { ...state, phase: 'starting' }, instructions: [{ kind: 'spawn' }] }
        : stay(state);
    case 'spawned':
      return onSpawned(state);
    case 'spawnFailed':
      return state.phase === 'starting' ? finish(state) : stay(state);
    case 'exited':
      return onExited(state, event);
    case 'outputEnded':
      return onOutputEnded(state);
    case 'stopRequested':
      return onStop(state, event.reason);
    case 'timer':
      return onTimer(state, event.timer);
    case 'treeGone':
      return onTreeGone(state);
    default:
      return assertUnreachable(event);
  }
}

/** How the run ended, from what is known of it. Only the end of a run has a meaningful status. */
export function statusOf(state: RunState): RunStatus {
  switch (state.stop) {
    case 'cancelled':
    case 'hostGone':
      return 'cancelled';
    case 'timeout':
      return 'timeout';
    case 'tooManyProcesses':
      return 'killed';
    case 'fault':
      return 'failed';
    case null:
      break;
    default:
      return assertUnreachable(state.stop);
  }
  if (!state.exit) return 'failed';
  if (state.exit.signal) return isCrash(state.exit.signal) ? 'failed' : 'killed';
  return state.exit.code === 0 ? 'ok' : 'failed';
}

const crashSignals = new Set(['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGTRAP', 'SIGSYS']);

/** Whether a program brings such a signal upon itself; any other one was sent by someone. */
export function isCrash(signal: string): boolean {
  return crashSignals.has(signal);
}

function onSpawned(state: RunState): Step {
  if (state.phase !== 'starting') return stay(state);
  // Stopped before it was born: nothing of the user's has run, so there is nothing to be polite to.
  if (state.stop) return climb({ ...state, phase: 'stopping' }, 'kill');
  return { state: { ...state, phase: 'running' }, instructions: [] };
}

function onExited(state: RunState, exit: ProcessExit): Step {
  if (state.exit || (state.phase !== 'running' && state.phase !== 'stopping')) return stay(state);
  const next = { ...state, exit: { code: exit.code, signal: exit.signal } };
  // A stop spares nobody: what the interpreter leaves behind goes with it.
  if (state.phase === 'stopping' || state.outputEnded) return sweep(next);
  return { state: next, instructions: [{ kind: 'startTimer', timer: 'grace', ms: graceMs }] };
}

function onOutputEnded(state: RunState): Step {
  if (state.outputEnded) return stay(state);
  const next = { ...state, outputEnded: true };
  return next.exit ? sweep(next) : stay(next);
}

function onStop(state: RunState, reason: StopCause): Step {
  switch (state.phase) {
    case 'queued':
      return finish({ ...state, stop: reason });
    case 'starting':
      return stay({ ...state, stop: state.stop ?? reason });
    case 'running':
      // The program itself has ended already: its own end counts, the stop only saves the grace.
      if (state.exit) return sweep(state);
      return climb({ ...state, phase: 'stopping', stop: reason }, impatient(reason) ? 'kill' : 'interrupt');
    case 'stopping':
      return hurry(state, reason);
    default:
      return stay(state);
  }
}

/** A second stop climbs at once; a time limit that passes meanwhile adds nothing, a process flood ends all patience. */
function hurry(state: RunState, reason: StopCause): Step {
  if (reason === 'timeout' || state.rung === 'kill') return stay(state);
  if (impatient(reason) || state.rung === 'terminate') return climb(state, 'kill');
  return climb(state, 'terminate');
}

/** Neither a flood of processes nor a program that nobody looks after may go on for another second. */
function impatient(reason: StopCause): boolean {
  return reason === 'tooManyProcesses' || reason === 'fault';
}

function onTimer(state: RunState, timer: RunTimer): Step {
  switch (timer) {
    case 'grace':
      return state.exit ? sweep(state) : stay(state);
    case 'ladder':
      if (state.phase !== 'stopping' || state.exit) return stay(state);
      if (state.rung === 'interrupt') return climb(state, 'terminate');
      return state.rung === 'terminate' ? climb(state, 'kill') : stay(state);
    case 'drain':
      return state.sweep === 'done' ? finish(state) : stay(state);
    default:
      return assertUnreachable(timer);
  }
}

function onTreeGone(state: RunState): Step {
  if (state.sweep !== 'going') return stay(state);
  const next: RunState = { ...state, sweep: 'done' };
  if (next.outputEnded && next.exit) return finish(next);
  // What the dead wrote is still on its way, and so may be the news of the interpreter's end.
  return { state: next, instructions: [{ kind: 'startTimer', timer: 'drain', ms: drainMs }] };
}

function climb(state: RunState, rung: Rung): Step {
  if (rung === 'kill') return sweep({ ...state, rung });
  return {
    state: { ...state, rung },
    instructions: [{ kind: rung }, { kind: 'startTimer', timer: 'ladder', ms: paceOf(state)[rung] }],
  };
}

/** In ms, how long each rung of its ladder lasts. */
export function paceOf({ stop }: RunState): typeof ladderMs {
  return stop === 'hostGone' ? hurriedLadderMs : ladderMs;
}

function sweep(state: RunState): Step {
  if (state.sweep === 'done' && state.exit && state.outputEnded) return finish(state);
  if (state.sweep !== 'no') return stay(state);
  return { state: { ...state, sweep: 'going' }, instructions: [{ kind: 'killTree' }] };
}

function finish(state: RunState): Step {
  return { state: { ...state, phase: 'ended' }, instructions: [{ kind: 'finish', status: statusOf(state) }] };
}

function stay(state: RunState): Step {
  return { state, instructions: [] };
}
