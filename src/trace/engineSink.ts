import { assertUnreachable } from '../base/assert.ts';
import type { Ns } from '../base/time.ts';
import type {
  EngineCounter,
  EngineEvent,
  EngineMark,
  EnginePlan,
  EngineProcessEvent,
  EngineSpan,
  EngineTask,
  EngineTrackEvent,
} from '../protocol/engineWire.ts';
import type { TraceBuilder } from './builder.ts';
import type { Engine } from './model.ts';

/** A process that is watched from here, as its watcher knows it. */
interface Watched {
  /** Index of the trace's process. */
  readonly track: number;
}

/** What is watched from here, beside what engines tell: src/worker/threadStates/threadIndex.ts. */
interface WatchedTracks<W extends Watched> {
  process(pid: number, atNs: Ns): W | null;
  thread(process: W, tid: number, atNs: Ns): { readonly track: number } | null;
  addNote(process: W, text: string): void;
}

type TraceSink = Pick<
  TraceBuilder,
  | 'intern'
  | 'addProcess'
  | 'updateProcess'
  | 'addThread'
  | 'updateThread'
  | 'openSpan'
  | 'closeSpan'
  | 'addTask'
  | 'updateTask'
  | 'addWarning'
  | 'setEngine'
  | 'told'
>;

interface EngineProcess<W> {
  /** Index of the trace's process. */
  readonly track: number;
  /** One that is watched from here; null = it only exists in the engine's words. */
  readonly known: W | null;
}

/** Of a link whose ends aren't both known yet. */
type Edge = [from: string, to: string];

/** Something that is told of a process or track: it waits until that is told of itself. */
type Waiting<W> = { kind: 'event'; event: EngineEvent; writer: W | null } | { kind: 'task'; task: number };

/** What waits for something that is never told of must not fill the memory. */
const mostWaiting = 100_000;
/** More links than this aren't kept: nobody looks at them one by one, and they would fill the memory. */
const mostLinks = 200_000;
/** Numbers that stand for thread ids of tracks that are no threads here. */
const firstMadeUpTid = 0x20000000;

/**
 * Puts what engines tell into the trace: the verbs are the events of src/protocol/engineWire.ts, with times in Ns since the run's start.
 * For readers of an engine's own logs as well as for the lines that our tracer writes. Never throws because of what it is told.
 */
export class EngineSink<W extends Watched = Watched> {
  private readonly builder: TraceSink;
  private readonly index: WatchedTracks<W> | null;
  private readonly processes = new Map<string, EngineProcess<W>>();
  private readonly tracks = new Map<string, number>();
  /** Id → number of the builder's task. */
  private readonly tasks = new Map<string, number>();
  /** Spans that have no end yet. */
  private readonly openSpans = new Map<string, number>();
  private readonly plans = new Map<string, number>();
  /** By `process ID` or `track ID`. */
  private readonly waiting = new Map<string, Waiting<W>[]>();
  private waitingCount = 0;
  /** Told on behalf of others. */
  private readonly ifUnknown: (EngineProcessEvent | EngineTrackEvent)[] = [];
  private edges: Edge[] = [];
  private linkCount = 0;
  private nextTid = firstMadeUpTid;

  /** `index` null: nothing is watched, as when a saved log is opened. */
  constructor(init: { builder: TraceSink; index: WatchedTracks<W> | null }) {
    this.builder = init.builder;
    this.index = init.index;
  }

  /** `writer`: the traced process that tells it; null: nobody in particular. */
  take(event: EngineEvent, writer: W | null = null): void {
    switch (event.kind) {
      case 'process':
        this.process(event);
        break;
      case 'track':
        this.track(event);
        break;
      case 'tasks':
        for (const row of event.rows) this.task(event.engine, row);
        break;
      case 'links':
        this.links(event.edges);
        break;
      case 'span':
        this.span(event);
        break;
      case 'counter':
        this.counter(event, writer);
        break;
      case 'mark':
        this.mark(event, writer);
        break;
      case 'plan':
        this.plan(event);
        break;
      case 'fact': {
        const { kind: _, ...fact } = event;
        this.builder.told.addFact(fact);
        break;
      }
      default:
        assertUnreachable(event);
    }
  }

  /** Joins what waited for the other end; links of which an end never came are left out. */
  finish(): void {
    const untold = this.ifUnknown.filter(
      ({ kind, id }) => !(kind === 'process' ? this.processes : this.tracks).has(id),
    );
    this.ifUnknown.length = 0;
    for (const { ifUnknown: _, ...event } of untold) this.take(event);
    this.releaseMarks();
    this.join();
    this.edges = [];
  }

  /** Tries again to join links; call it now and then. */
  join(): void {
    this.edges = this.edges.filter(([from, to]) => !this.joined(from, to));
  }

  private process(event: EngineProcessEvent): void {
    const { id, engine, name, pid, host, atNs, endNs, exit, note } = event;
    if (event.ifUnknown) {
      this.ifUnknown.push(event);
      return;
    }
    this.builder.setEngine(engine);
    const known = this.processes.get(id);
    const place = known ?? this.addProcess(event);
    this.processes.set(id, place);
    if (place.known) {
      // Its life is seen from here; its engine knows what it is called.
      this.builder.updateProcess(place.track, { name, ...(exit ? { exit } : {}) });
      if (note) this.index?.addNote(place.known, note);
    } else {
      this.builder.updateProcess(place.track, {
        name,
        pid: pid ?? 0,
        host,
        ...(known ? {} : { startNs: atNs }),
        ...(endNs === undefined ? {} : { endNs }),
        ...(exit === undefined ? {} : { exit }),
        ...(note === undefined ? {} : { note }),
      });
    }
    if (!known) this.release(`process ${id}`);
  }

  private addProcess({ name, pid, host, atNs }: EngineProcessEvent): EngineProcess<W> {
    const known = pid !== null && host === null ? (this.index?.process(pid, atNs) ?? null) : null;
    if (known) return { track: known.track, known };
    const track = this.builder.addProcess({
      ...{ pid: pid ?? 0, parentPid: null, name, startMethod: 'engine', host, python: null, gilEnabled: null },
      ...{ startNs: atNs, endNs: null, exit: null, note: '' },
    });
    return { track, known: null };
  }

  /** A mark says something even where nobody knows what process it means. */
  private releaseMarks(): void {
    for (const waiting of this.waiting.values()) {
      for (const each of waiting) {
        if (each.kind === 'event' && each.event.kind === 'mark') this.take({ ...each.event, process: null });
      }
    }
    this.waiting.clear();
  }

  private track(event: EngineTrackEvent): void {
    const { id, process, name, tid, atNs, endNs } = event;
    if (event.ifUnknown) {
      this.ifUnknown.push(event);
      return;
    }
    let thread = this.tracks.get(id);
    const isNew = thread === undefined;
    if (thread === undefined) {
      const owner = this.processes.get(process);
      if (!owner) {
        this.wait(`process ${process}`, { kind: 'event', event, writer: null });
        return;
      }
      const known = owner.known && tid != null ? this.index?.thread(owner.known, tid, atNs) : null;
      thread =
        known?.track ??
        this.builder.addThread({
          process: owner.track,
          tid: tid ?? this.nextTid++,
          name,
          kind: owner.known && tid != null ? 'python' : 'engine',
          startNs: atNs,
        });
      this.tracks.set(id, thread);
    }
    this.builder.updateThread(thread, { name, ...(endNs === undefined ? {} : { endNs }) });
    if (isNew) this.release(`track ${id}`);
  }

  private wait(id: string, waiting: Waiting<W>): void {
    if (this.waitingCount >= mostWaiting) return;
    this.waitingCount++;
    const others = this.waiting.get(id);
    if (others) others.push(waiting);
    else this.waiting.set(id, [waiting]);
  }

  /** What was told of something can be placed, now that it is known. */
  private release(id: string): void {
    const released = this.waiting.get(id) ?? [];
    this.waiting.delete(id);
    this.waitingCount -= released.length;
    for (const each of released) {
      if (each.kind === 'event') this.take(each.event, each.writer);
      else {
        const thread = this.tracks.get(id.slice('track '.length));
        if (thread !== undefined) this.builder.updateTask(each.task, { thread });
      }
    }
  }

  private task(engine: Engine, row: EngineTask): void {
    const { id, key, startNs, endNs, status, bytes } = row;
    const thread = row.track === null ? undefined : this.tracks.get(row.track);
    const known = this.tasks.get(id);
    if (known !== undefined) {
      this.builder.updateTask(known, {
        status,
        ...(startNs === null ? {} : { startNs }),
        ...(endNs === null ? {} : { endNs }),
        ...(thread === undefined ? {} : { thread }),
        ...(bytes == null ? {} : { bytes }),
      });
      this.waitForTrack(row.track, known);
      return;
    }
    if (engine !== 'dask' && engine !== 'spark' && engine !== 'polars') return;
    const intern = (text: string | null | undefined) => (text ? this.builder.intern(text) : 0);
    const number = this.builder.addTask({
      engine,
      status,
      submitNs: row.submitNs,
      startNs: startNs ?? Number.NaN,
      endNs: endNs ?? Number.NaN,
      thread: thread ?? -1,
      bytes: bytes ?? Number.NaN,
      name: intern(row.name),
      key: intern(key),
      group: intern(row.group ?? row.name),
      file: intern(row.file),
      line: row.line ?? 0,
      submitFile: intern(row.submitFile),
      submitLine: row.submitLine ?? 0,
    });
    this.builder.setEngine(engine);
    this.tasks.set(id, number);
    this.builder.told.keys.set(key, number);
    if (id !== key) this.builder.told.keys.set(id, number);
    this.waitForTrack(row.track, number);
  }

  private waitForTrack(track: string | null, task: number): void {
    if (track !== null && !this.tracks.has(track)) this.wait(`track ${track}`, { kind: 'task', task });
  }

  private links(edges: Edge[]): void {
    for (const [from, to] of edges) {
      if (this.linkCount >= mostLinks) {
        this.builder.addWarning(
          `Of more than ${mostLinks} dependencies between tasks the first ${mostLinks} are kept.`,
        );
        return;
      }
      this.linkCount++;
      if (!this.joined(from, to)) this.edges.push([from, to]);
    }
  }

  private joined(from: string, to: string): boolean {
    const { keys, links } = this.builder.told;
    const [source, target] = [keys.get(from), keys.get(to)];
    if (source === undefined || target === undefined) return false;
    links.append({ from: source, to: target });
    return true;
  }

  private span(event: EngineSpan): void {
    const { id, track, span, name, startNs, endNs, file, line } = event;
    const open = id === undefined ? undefined : this.openSpans.get(id);
    const thread = this.tracks.get(track);
    if (open === undefined && thread === undefined) {
      this.wait(`track ${track}`, { kind: 'event', event, writer: null });
      return;
    }
    const place = { file: file ? this.builder.intern(file) : 0, line: line ?? 0 };
    const named = this.builder.intern(name);
    const handle = open ?? this.builder.openSpan(thread ?? 0, { startNs, kind: span, name: named, ...place });
    if (endNs !== null) this.builder.closeSpan(handle, endNs, named);
    if (id === undefined) return;
    if (endNs === null) this.openSpans.set(id, handle);
    else this.openSpans.delete(id);
  }

  private counter(event: EngineCounter, writer: W | null): void {
    const { process, name, unit, atNs, value, limit } = event;
    const track = this.processOf(process, writer);
    if (track === null) {
      if (process !== null) this.wait(`process ${process}`, { kind: 'event', event, writer });
      return;
    }
    const counter = this.builder.told.counter({
      process: track,
      name,
      unit,
      ...(limit === undefined ? {} : { limit }),
    });
    this.builder.told.addPoint(counter, atNs, value);
  }

  private mark(event: EngineMark, writer: W | null): void {
    const { process, level, name, atNs, text } = event;
    if (process !== null && !this.processes.has(process)) {
      this.wait(`process ${process}`, { kind: 'event', event, writer });
      return;
    }
    const track = this.processOf(process, writer) ?? -1;
    const strings = { name: this.builder.intern(name), text: this.builder.intern(text) };
    this.builder.told.addMark({ atNs, process: track, level, ...strings });
  }

  private plan({ kind: _, id, ...plan }: EnginePlan): void {
    const known = this.plans.get(id);
    if (known === undefined) this.plans.set(id, this.builder.told.addPlan(plan));
    else this.builder.told.updatePlan(known, plan);
  }

  /** Index of the trace's process; null when nobody has told of it, or nobody in particular was meant. */
  private processOf(id: string | null, writer: W | null): number | null {
    if (id === null) return writer?.track ?? null;
    return this.processes.get(id)?.track ?? null;
  }
}
