import type { Ns } from '../base/time.ts';
import { type StateColumns, type ThreadTrack, type Trace, threadStates } from './model.ts';
import { openEnd } from './rows.ts';
import { lowerBound, upperBound } from './table.ts';

/**
 * Whether a thread held the GIL for some time, as far as the other Python threads of its process show it:
 *
 *   own     RRRRRRRRRRRRRRRR        own     RRRRRRRRRRRRRRRR
 *   other   ggggggggggggRggg        other   RRRRRRRRgRRRRRRR
 *           held: they waited               released: they ran beside it
 *
 * `unknown` where no other thread wanted to run, where two that ran may each have been the one that held it, and where nothing shows that
 * a thread that ran beside it needed the GIL for that.
 */
export interface GilUse {
  use: 'held' | 'released' | 'unknown' | 'none';
  /** Other Python threads that wanted to run meanwhile. */
  others: number;
  /** The share of the time that they wanted to run which they waited for the GIL. */
  waitedShare: number;
}

/** Nothing is concluded from less than this, nor from a smaller share of the time. */
const minNs = 5e6;
const minShare = 0.1;
/** One kind of evidence has to make up this share of it. */
const minAgreement = 0.7;
/** A thread that waits longer than this for the GIL itself takes turns. */
const maxOwnWait = 0.25;

const running = threadStates.indexOf('running');
const runnable = threadStates.indexOf('runnable');
const gilWait = threadStates.indexOf('gilWait');
const wants = [running, runnable, gilWait];

export function gilDuring(trace: Trace, thread: number, window: { startNs: Ns; endNs: Ns }): GilUse {
  const own = trace.threads[thread];
  const process = own && trace.processes[own.process];
  if (!own || !process || process.python === null) return { use: 'unknown', others: 0, waitedShare: 0 };
  if (process.gilEnabled === false) return { use: 'none', others: 0, waitedShare: 0 };
  const rivals = trace.threads.filter(
    each => each !== own && each.process === own.process && each.kind === 'python' && overlaps(trace, each, window),
  );
  const wanting = rivals.filter(rival => wantsToRun(rival.states, window));
  const times = meet(own, wanting, window);
  const waited = times.waited / Math.max(1, times.wanted);
  const about = { others: wanting.length, waitedShare: waited };
  const evidence = times.held + times.together + times.ambiguous;
  if (evidence < Math.max(minNs, minShare * (window.endNs - window.startNs))) return { use: 'unknown', ...about };
  if (times.held >= minAgreement * evidence) return { use: 'held', ...about };
  const isOwnQuiet = times.ownWait <= maxOwnWait * (times.ownWait + times.ownRan);
  const isShown = times.ownWait > 0 || times.waited > 0 || wanting.some(rival => usesPython(rival, window));
  if (times.together >= minAgreement * evidence && isOwnQuiet && isShown) return { use: 'released', ...about };
  return { use: 'unknown', ...about };
}

function overlaps(trace: Trace, thread: ThreadTrack, window: { startNs: Ns; endNs: Ns }): boolean {
  return thread.startNs < window.endNs && openEnd(trace, thread) > window.startNs;
}

function wantsToRun(states: StateColumns, { startNs, endNs }: { startNs: Ns; endNs: Ns }): boolean {
  for (let i = upperBound(states.end, startNs, 0, states.length); i < states.length; i++) {
    if ((states.start[i] ?? 0) >= endNs) return false;
    if (wants.includes(states.state[i] ?? -1)) return true;
  }
  return false;
}

/** Whether the tracer recorded something in this thread meanwhile: it ran Python code then. */
function usesPython({ spans }: ThreadTrack, { startNs, endNs }: { startNs: Ns; endNs: Ns }): boolean {
  const next = lowerBound(spans.start, startNs, 0, spans.length);
  return next < spans.length && (spans.start[next] ?? 0) < endNs;
}

interface Times {
  /** It ran, no other did or was about to, and others waited for the GIL. */
  held: Ns;
  /** It ran, others did, and none waited. */
  together: Ns;
  /** It ran, others waited, and yet others ran, or lost their CPU perhaps with the GIL. */
  ambiguous: Ns;
  ownRan: Ns;
  ownWait: Ns;
  /** Summed over the others. */
  wanted: Ns;
  waited: Ns;
}

/** Goes once through the time of all of them, from one change of a state to the next. */
function meet(own: ThreadTrack, others: ThreadTrack[], window: { startNs: Ns; endNs: Ns }): Times {
  const times: Times = { held: 0, together: 0, ambiguous: 0, ownRan: 0, ownWait: 0, wanted: 0, waited: 0 };
  const walkers = [own, ...others].map(({ states }) => new Walker(states, window.startNs));
  let at = window.startNs;
  while (at < window.endNs) {
    const until = Math.min(window.endNs, ...walkers.map(walker => walker.changesAt(at)));
    if (!(until > at)) break;
    add(
      times,
      walkers.map(walker => walker.stateAt(at)),
      until - at,
    );
    at = until;
  }
  return times;
}

function add(times: Times, [own, ...others]: number[], ns: Ns): void {
  const ran = others.filter(state => state === running).length;
  const waited = others.filter(state => state === gilWait).length;
  times.wanted += (ran + waited) * ns;
  times.waited += waited * ns;
  if (own === gilWait) times.ownWait += ns;
  if (own !== running) return;
  times.ownRan += ns;
  if (waited > 0 && (ran > 0 || others.includes(runnable))) times.ambiguous += ns;
  else if (ran > 0) times.together += ns;
  else if (waited > 0) times.held += ns;
}

/** One thread's states, asked for moments that only go forward. */
class Walker {
  private readonly states: StateColumns;
  private place: number;

  constructor(states: StateColumns, fromNs: Ns) {
    this.states = states;
    this.place = upperBound(states.end, fromNs, 0, states.length);
  }

  /** -1: nothing is known of this moment. */
  stateAt(ns: Ns): number {
    this.advance(ns);
    const { start, state, length } = this.states;
    return this.place < length && (start[this.place] ?? 0) <= ns ? (state[this.place] ?? -1) : -1;
  }

  /** The next moment after this one at which the state may be another one. */
  changesAt(ns: Ns): Ns {
    this.advance(ns);
    const { start, end, length } = this.states;
    if (this.place >= length) return Number.POSITIVE_INFINITY;
    const startNs = start[this.place] ?? 0;
    return startNs > ns ? startNs : (end[this.place] ?? 0);
  }

  private advance(ns: Ns): void {
    while (this.place < this.states.length && (this.states.end[this.place] ?? 0) <= ns) this.place++;
  }
}
