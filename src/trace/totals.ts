import type { Ns } from '../base/time.ts';
import type { Totals } from '../protocol/query.ts';
import { type StateColumns, type ThreadState, type ThreadTrack, type Trace, threadStates } from './model.ts';
import { openEnd } from './rows.ts';
import { upperBound } from './table.ts';

const unknown = threadStates.indexOf('unknown');
const running = threadStates.indexOf('running');
const runnable = threadStates.indexOf('runnable');

/** Ns per state, clipped to the window; time of a thread's life that nothing is known of is `unknown`. */
export function stateTotals(trace: Trace, startNs: Ns, endNs: Ns): Totals {
  const threads = trace.threads.map(thread => {
    // It is no thread: there is nothing to know of what it waited for.
    if (thread.kind === 'engine') return threadStates.map(() => 0);
    const from = Math.max(startNs, thread.startNs);
    const to = Math.min(endNs, openEnd(trace, thread));
    return statesWithin(thread.states, from, to);
  });
  const all = threadStates.map((_, state) => threads.reduce((sum, own) => sum + (own[state] ?? 0), 0));
  return { all, threads };
}

/** Figures in the order of `threadStates`, by name; what is missing is 0. */
export function byState(values: readonly number[]): Record<ThreadState, number> {
  const of = (state: ThreadState) => values[threadStates.indexOf(state)] ?? 0;
  return {
    running: of('running'),
    runnable: of('runnable'),
    gilWait: of('gilWait'),
    lockWait: of('lockWait'),
    ioWait: of('ioWait'),
    sleeping: of('sleeping'),
    idle: of('idle'),
    unknown: of('unknown'),
  };
}

/** Ns per state between two moments, gaps as `unknown`; adds up to the time between them. */
export function statesWithin(states: StateColumns, from: Ns, to: Ns): number[] {
  const sums = threadStates.map(() => 0);
  if (!(to > from)) return sums;
  let known = 0;
  for (let i = upperBound(states.end, from, 0, states.length); i < states.length; i++) {
    const start = Math.max(from, states.start[i] ?? 0);
    const end = Math.min(to, states.end[i] ?? 0);
    if (start >= to) break;
    if (end <= start) continue;
    const state = states.state[i] ?? unknown;
    sums[state] = (sums[state] ?? 0) + end - start;
    known += end - start;
  }
  sums[unknown] = (sums[unknown] ?? 0) + Math.max(0, to - from - known);
  return sums;
}

/**
 * Ns per state over a thread's whole life, as true as can be: time on a CPU and time waiting for one come from the OS, exact, where it
 * tells them; the rest of the life is shared out over the other states as they were sampled. Adds up to the life.
 */
export function lifeTotals(trace: Trace, thread: ThreadTrack): number[] {
  const endNs = openEnd(trace, thread);
  const life = Math.max(0, endNs - thread.startNs);
  const sampled = statesWithin(thread.states, thread.startNs, endNs);
  if (thread.cpuNs === null) return sampled;
  const exact = new Map<number, Ns>([[running, Math.min(life, thread.cpuNs)]]);
  if (thread.runnableNs !== null) exact.set(runnable, Math.min(life - Math.min(life, thread.cpuNs), thread.runnableNs));
  const rest = life - sum([...exact.values()]);
  const others = sampled.map((ns, state) => (exact.has(state) ? 0 : ns));
  const total = sum(others);
  return sampled.map((_, state) => {
    const known = exact.get(state);
    if (known !== undefined) return known;
    if (total > 0) return (rest * (others[state] ?? 0)) / total;
    return state === unknown ? rest : 0;
  });
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
