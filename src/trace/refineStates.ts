import type { Ns } from '../base/time.ts';
import {
  type SpanColumns,
  type SpanKind,
  type StateColumns,
  spanKinds,
  type ThreadState,
  threadStates,
} from './model.ts';
import { lowerBound, stateShape, Table } from './table.ts';

/**
 * Sampled states and exact spans, put together.
 *
 *   sampled   ████████ioIOioIO████████     what the OS said, at each sample
 *   spans          └─Queue.get──┘          what the tracer knows, exactly
 *   refined   █████lockWait─────███████    the kind comes from the span, and so do borders that are near enough
 *
 * Running, runnable and gilWait always stay: the OS saw the thread do that. Only blocked time is named by spans. Where nothing was
 * sampled (no sampling here, or a thread too short for it) the spans alone speak, and the rest stays a gap.
 */
const stateOf = new Map<string, number>(threadStates.map((state, index) => [state, index]));
const number = (state: ThreadState): number => stateOf.get(state) ?? 0;

const idle = number('idle');
const lockWait = number('lockWait');
/** -1: such a span says nothing about the state. */
const stateOfKind: Record<SpanKind, number> = {
  lock: number('lockWait'),
  condition: number('lockWait'),
  event: number('lockWait'),
  semaphore: number('lockWait'),
  barrier: number('lockWait'),
  queue: number('lockWait'),
  join: number('lockWait'),
  result: number('lockWait'),
  sleep: number('sleeping'),
  io: number('ioWait'),
  subprocess: number('ioWait'),
  processStart: -1,
  idle,
  gc: -1,
  operation: -1,
  transfer: -1,
  disk: -1,
  deserialize: -1,
  serialize: -1,
  shuffleRead: -1,
  shuffleWrite: -1,
  schedulerDelay: -1,
  compute: -1,
};
const stateOfKindNumber = spanKinds.map(kind => stateOfKind[kind]);
const gap = -1;

const isBlocked = (state: number): boolean => state > number('gilWait');

/** Refined states of one thread, kept between live snapshots: only what is new or touched is done again. */
export class StateRefiner {
  private out = new Table(stateShape);

  /**
   * @param spans sorted by start, with depths
   * @param fromNs nothing before this changed since the last call; 0 does everything
   * @param life the thread's life, as far as it is known; `isParked`: it is known to be no Python thread, but one of a library's or a JVM's own: those
   *   wait on a futex when they have nothing to do (one that waits for a lock looks the same)
   * @param periodNs time between two samples; 0 = borders are not moved
   * @returns the first place of the columns that may have changed
   */
  refine(
    raw: StateColumns,
    spans: SpanColumns,
    life: { startNs: Ns; endNs: Ns; isParked: boolean },
    periodNs: Ns,
    fromNs: Ns,
  ): { states: StateColumns; unchanged: number } {
    const first = Math.max(0, lowerBound(raw.end, fromNs - 2 * periodNs, 0, raw.length) - 1);
    const sweep = new Sweep(raw, spans, periodNs, first);
    const startNs = first === 0 ? Math.min(life.startNs, raw.start[0] ?? life.startNs) : sweep.border(first);
    const unchanged = this.cutAt(first === 0 ? Number.NEGATIVE_INFINITY : startNs);
    const emit = (from: Ns, to: Ns, state: number) => appendState(this.out, from, to, state);
    let at = startNs;
    for (let i = first; i < raw.length; i++) {
      const begin = Math.max(at, sweep.border(i));
      if (begin > at) sweep.fill(at, begin, gap, emit);
      const end = Math.max(begin, sweep.borderAfter(i));
      const state = raw.state[i] ?? 0;
      sweep.fill(begin, end, life.isParked && state === lockWait ? idle : state, emit);
      at = end;
    }
    if (life.endNs > at) sweep.fill(at, life.endNs, gap, emit);
    return { states: this.out.view(), unchanged };
  }

  private cutAt(ns: Ns): number {
    const keep = lowerBound(this.out.columns.start, ns, 0, this.out.length);
    this.out.length = keep;
    const last = keep - 1;
    if (last >= 0) this.out.columns.end[last] = Math.min(this.out.columns.end[last] ?? ns, ns);
    return Math.max(0, last);
  }
}

/** Adds an interval; one that continues its neighbour makes that longer. Time that is already told stays as it was. */
export function appendState(table: Table<typeof stateShape>, startNs: Ns, endNs: Ns, state: number): boolean {
  const last = table.length - 1;
  const lastEnd = last < 0 ? Number.NEGATIVE_INFINITY : (table.columns.end[last] ?? 0);
  const from = Math.max(startNs, lastEnd);
  if (!(endNs > from)) return false;
  if (last >= 0 && from === lastEnd && table.columns.state[last] === state) table.columns.end[last] = endNs;
  else table.append({ start: from, end: endNs, state });
  return true;
}

/** Walks through a thread's time once, with the spans that cover the present moment at hand. */
class Sweep {
  private readonly raw: StateColumns;
  private readonly spans: SpanColumns;
  private readonly periodNs: Ns;
  /** Span borders that samples may snap to, sorted. */
  private readonly starts: Float64Array;
  private readonly ends: Float64Array;
  private next: number;
  private readonly active: number[];

  constructor(raw: StateColumns, spans: SpanColumns, periodNs: Ns, first: number) {
    this.raw = raw;
    this.spans = spans;
    this.periodNs = periodNs;
    const fromNs = first === 0 ? Number.NEGATIVE_INFINITY : (raw.start[first] ?? 0) - 2 * periodNs;
    this.next = lowerBound(spans.start, fromNs, 0, spans.length);
    this.active = enclosing(spans, this.next);
    const telling = this.active.filter(i => this.meaning(i) >= 0);
    for (let i = this.next; i < spans.length; i++) if (this.meaning(i) >= 0) telling.push(i);
    this.starts = new Float64Array(telling.length);
    this.ends = new Float64Array(telling.length);
    for (const [place, i] of telling.entries()) {
      this.starts[place] = spans.start[i] ?? 0;
      this.ends[place] = this.endOf(i);
    }
    // Starts are sorted already, as the spans are.
    this.ends.sort();
  }

  /** Where sampled interval i begins, after snapping to a span's border. */
  border(i: number): Ns {
    const at = this.raw.start[i] ?? 0;
    if (i === 0 || this.raw.end[i - 1] !== at) return at;
    return this.snapped(i - 1, at);
  }

  borderAfter(i: number): Ns {
    const at = this.raw.end[i] ?? 0;
    return this.raw.start[i + 1] === at && i + 1 < this.raw.length ? this.snapped(i, at) : at;
  }

  private snapped(before: number, at: Ns): Ns {
    const wasBlocked = isBlocked(this.raw.state[before] ?? 0);
    const isNowBlocked = isBlocked(this.raw.state[before + 1] ?? 0);
    if (wasBlocked === isNowBlocked) return at;
    const near = nearest(wasBlocked ? this.ends : this.starts, at);
    const inside = near > (this.raw.start[before] ?? 0) && near < (this.raw.end[before + 1] ?? 0);
    return inside && Math.abs(near - at) <= this.periodNs ? near : at;
  }

  /** Tells what happened from `from` to `to`, where `state` was sampled (or nothing was). */
  fill(from: Ns, to: Ns, state: number, emit: (from: Ns, to: Ns, state: number) => void): void {
    if (state !== gap && !isBlocked(state)) {
      emit(from, to, state);
      return;
    }
    for (let at = from; at < to; ) {
      this.moveTo(at);
      let until = Math.min(to, this.next < this.spans.length ? (this.spans.start[this.next] ?? to) : to);
      for (const i of this.active) until = Math.min(until, this.endOf(i));
      const told = this.toldBySpans();
      const shown = told >= 0 ? told : state;
      if (shown !== gap) emit(at, until, shown);
      at = until;
    }
  }

  private moveTo(at: Ns): void {
    while (this.next < this.spans.length && (this.spans.start[this.next] ?? 0) <= at) this.active.push(this.next++);
    let kept = 0;
    for (const i of this.active) if (this.endOf(i) > at) this.active[kept++] = i;
    this.active.length = kept;
  }

  /** An idle worker is idle whatever it waits for; else the innermost span that has a meaning. */
  private toldBySpans(): number {
    let told = gap;
    for (const i of this.active) {
      const meaning = this.meaning(i);
      if (meaning === idle) return idle;
      if (meaning >= 0) told = meaning;
    }
    return told;
  }

  private meaning(i: number): number {
    return stateOfKindNumber[this.spans.kind[i] ?? 0] ?? gap;
  }

  private endOf(i: number): Ns {
    const end = this.spans.end[i] ?? Number.NaN;
    return Number.isNaN(end) ? Number.POSITIVE_INFINITY : end;
  }
}

/** Spans that may hold the one at `index`: the last one of each smaller depth before it, outermost first. */
function enclosing(spans: SpanColumns, index: number): number[] {
  const chain: number[] = [];
  let depth = Number.POSITIVE_INFINITY;
  for (let i = index - 1; i >= 0 && depth > 0; i--) {
    const own = spans.depth[i] ?? 0;
    if (own >= depth) continue;
    chain.unshift(i);
    depth = own;
  }
  return chain;
}

function nearest(sorted: Float64Array, value: number): number {
  const after = lowerBound(sorted, value);
  const below = sorted[after - 1] ?? Number.NEGATIVE_INFINITY;
  const above = sorted[after] ?? Number.POSITIVE_INFINITY;
  return value - below <= above - value ? below : above;
}
