import type { Ns } from '../base/time.ts';
import type { SpanColumns, StateColumns, ThreadTrack } from './model.ts';
import { appendState, StateRefiner } from './refineStates.ts';
import { inheritIndex } from './rows.ts';
import { spanShape, stateShape, Table, upperBound } from './table.ts';

const maxDepth = 255;

type ThreadPatch = Partial<Pick<ThreadTrack, 'name' | 'kind' | 'startNs' | 'endNs' | 'cpuNs' | 'runnableNs'>>;

/** What a thread's process tells of it. */
export interface Home {
  endNs: Ns | null;
  /** A tracer runs in it, so its Python threads are known: the others are those of libraries. */
  isTraced: boolean;
}

export interface ThreadInit {
  process: number;
  tid: number;
  name: string;
  kind: ThreadTrack['kind'];
  startNs: Ns;
}

/** One thread of a growing trace: what was sampled, what was told exactly, and the two put together. */
export class ThreadBuilder {
  readonly process: number;
  private about: Omit<ThreadTrack, 'states' | 'spans'>;
  private readonly raw = new Table(stateShape);
  private readonly spans = new Table(spanShape);
  private readonly refiner = new StateRefiner();
  /** Number → place of the spans that are open: few. Closed ones are never looked up again. */
  private readonly open = new Map<number, number>();
  private spanCount = 0;
  /** Places below have their depth; `stack` holds the places of those that the next one may lie in. */
  private depthDone = 0;
  private stack: number[] = [];
  /** Nothing before this changed since the last snapshot. */
  private dirtyNs: Ns = 0;
  private spansUnchanged = 0;
  private last: ThreadTrack | null = null;
  private lastPeriodNs: Ns = 0;
  private wasTraced = false;

  private readonly isMain: boolean;

  constructor(thread: ThreadInit & { isMain: boolean }) {
    const { isMain, ...about } = thread;
    this.isMain = isMain;
    this.process = thread.process;
    this.about = { ...about, endNs: null, cpuNs: null, runnableNs: null };
  }

  update(patch: ThreadPatch): void {
    this.about = { ...this.about, ...patch };
    if (patch.endNs != null) this.touch(patch.endNs);
    if (patch.startNs !== undefined || patch.kind !== undefined) this.touch(0);
    this.last = this.last && { ...this.last, ...this.about };
  }

  addState(startNs: Ns, endNs: Ns, state: number): void {
    if (appendState(this.raw, startNs, endNs, state)) this.touch(startNs);
  }

  openSpan(span: { startNs: Ns; kind: number; name: number; file: number; line: number; holderTid: number }): number {
    const { length, columns } = this.spans;
    // Mostly it begins after all that are known.
    const isLast = length === 0 || (columns.start[length - 1] ?? 0) <= span.startNs;
    const place = isLast ? length : upperBound(columns.start, span.startNs, 0, length);
    if (place < this.spans.length) this.makeRoom(place);
    const { startNs, ...rest } = span;
    this.spans.insert(place, { start: startNs, end: Number.NaN, depth: 0, ...rest });
    this.open.set(this.spanCount, place);
    this.spansUnchanged = Math.min(this.spansUnchanged, place);
    this.touch(startNs);
    return this.spanCount++;
  }

  closeSpan(number: number, endNs: Ns, name?: number): void {
    const place = this.open.get(number);
    if (place === undefined) return;
    this.open.delete(number);
    if (name !== undefined) this.spans.columns.name[place] = name;
    this.spans.columns.end[place] = Math.max(endNs, this.spans.columns.start[place] ?? endNs);
    this.spansUnchanged = Math.min(this.spansUnchanged, place);
    this.touch(endNs);
  }

  /** Shares memory with this builder; the same object as before when nothing changed. */
  snapshot(nowNs: Ns, periodNs: Ns, home: Home): ThreadTrack {
    if (Math.abs(periodNs - this.lastPeriodNs) > periodNs / 10 || home.isTraced !== this.wasTraced) this.touch(0);
    const isStill = this.dirtyNs === Number.POSITIVE_INFINITY && this.open.size === 0;
    if (this.last && isStill) return this.last;
    this.updateDepths();
    const spans = this.spans.view();
    const states = this.refined(this.refiner, spans, nowNs, periodNs, home);
    if (this.last) {
      inheritIndex(this.last.states, states.states, states.unchanged);
      inheritIndex(this.last.spans, spans, Math.min(this.spansUnchanged, this.last.spans.length));
    }
    this.last = { ...this.about, states: states.states, spans };
    this.spansUnchanged = this.spans.length;
    return this.last;
  }

  /** On its own: what the builder does afterwards is not seen in it. */
  finish(endNs: Ns, periodNs: Ns, home: Home): ThreadTrack {
    this.forgetDepths();
    this.updateDepths();
    this.dirtyNs = 0;
    const spans = this.spans.copy();
    const { states } = this.refined(new StateRefiner(), spans, endNs, periodNs, home);
    const { length, start, end, state } = states;
    const own = { length, start: start.slice(), end: end.slice(), state: state.slice() };
    return { ...this.about, states: own, spans };
  }

  private refined(
    refiner: StateRefiner,
    spans: SpanColumns,
    nowNs: Ns,
    periodNs: Ns,
    home: Home,
  ): { states: StateColumns; unchanged: number } {
    const endNs = Math.min(nowNs, this.about.endNs ?? home.endNs ?? nowNs);
    const { startNs, kind } = this.about;
    const life = { startNs, endNs, isParked: kind === 'jvm' || (kind === 'native' && home.isTraced && !this.isMain) };
    const result = refiner.refine(this.raw.view(), spans, life, periodNs, this.dirtyNs);
    this.dirtyNs = this.open.size > 0 ? endNs : Number.POSITIVE_INFINITY;
    this.lastPeriodNs = periodNs;
    this.wasTraced = home.isTraced;
    return result;
  }

  private touch(ns: Ns): void {
    this.dirtyNs = Math.min(this.dirtyNs, ns);
  }

  /** A span that is told late goes between others: what lies behind it moves up, and depths are counted anew. */
  private makeRoom(place: number): void {
    for (const [number, at] of this.open) if (at >= place) this.open.set(number, at + 1);
    this.forgetDepths();
    this.spansUnchanged = 0;
  }

  private forgetDepths(): void {
    this.depthDone = 0;
    this.stack = [];
  }

  private updateDepths(): void {
    const { start, end, depth } = this.spans.columns;
    for (let i = this.depthDone; i < this.spans.length; i++) {
      this.depthDone = i + 1;
      for (let top = this.stack.at(-1); top !== undefined; top = this.stack.at(-1)) {
        if (!((end[top] ?? 0) <= (start[i] ?? 0))) break;
        this.stack.pop();
      }
      depth[i] = Math.min(this.freeDepth(start[i] ?? 0), maxDepth);
      this.stack.push(i);
    }
  }

  /**
   * As many as it lies in. Spans of an engine may cross, as those of Spark's tasks on a core do: then some that have ended lie below the last
   * one, and their depth is free again, or there would be ever more of them. Spans of threads that have states are nested.
   */
  private freeDepth(startNs: Ns): number {
    if (this.about.kind !== 'engine') return this.stack.length;
    const { end, depth } = this.spans.columns;
    this.stack = this.stack.filter(each => !((end[each] ?? 0) <= startNs));
    const taken = new Set(this.stack.map(each => depth[each]));
    let free = 0;
    while (taken.has(free)) free++;
    return free;
  }
}
