import type { Ns } from '../../base/time.ts';
import type { NewProcess, TraceBuilder } from '../../trace/builder.ts';
import type { ThreadTrack } from '../../trace/model.ts';

/** What observation needs of the TraceBuilder. */
export type TraceSink = Pick<
  TraceBuilder,
  | 'intern'
  | 'addProcess'
  | 'updateProcess'
  | 'addThread'
  | 'updateThread'
  | 'addState'
  | 'openSpan'
  | 'closeSpan'
  | 'addPool'
  | 'addTask'
  | 'updateTask'
  | 'setQuality'
  | 'addWarning'
  | 'setEngine'
  | 'told'
>;

export interface KnownProcess {
  readonly pid: number;
  /** Index of the trace's process. */
  readonly track: number;
  startNs: Ns;
  /** null: it lives, as far as is known. */
  endNs: Ns | null;
  /** A tracer writes in it. */
  isTraced: boolean;
  note: string;
  /** Why no tracer would be in it, should none turn up; '' when that isn't known. */
  whyUntraced: string;
  readonly threads: Map<number, KnownThread>;
}

export interface KnownThread {
  readonly tid: number;
  readonly track: number;
  startNs: Ns;
  endNs: Ns | null;
  /** The tracer knows it: its name and end are exact. */
  isTraced: boolean;
}

/** Sightings of one thing by two observers may lie this far apart; a pid isn't given out anew that soon. */
const slackNs = 100e6;

/**
 * The tracks of a run's processes and threads, shared by the tracer's reader and the sampler: whoever sees one first adds it, the
 * other finds it. Pids and thread ids come back after a while: what is asked for is the one that lived at a time.
 */
export class ThreadIndex {
  private readonly builder: TraceSink;
  private readonly byPid = new Map<number, KnownProcess[]>();
  processCount = 0;
  threadCount = 0;

  constructor(builder: TraceSink) {
    this.builder = builder;
  }

  /** The process with this pid that lived at that time; null when none is known. */
  process(pid: number, atNs: Ns): KnownProcess | null {
    const all = this.byPid.get(pid) ?? [];
    const begun = all.findLast(each => each.startNs <= atNs + slackNs) ?? all[0];
    return begun && (begun.endNs === null || atNs <= begun.endNs + slackNs) ? begun : null;
  }

  addProcess(track: NewProcess, isTraced: boolean): KnownProcess {
    const { pid, startNs, endNs, note } = track;
    const index = this.builder.addProcess(track);
    const known: KnownProcess = {
      pid,
      track: index,
      startNs,
      endNs,
      isTraced,
      note,
      whyUntraced: '',
      threads: new Map(),
    };
    this.byPid.set(pid, [...(this.byPid.get(pid) ?? []), known]);
    this.processCount++;
    return known;
  }

  /** Adds a remark; the same one is kept once. */
  addNote(known: KnownProcess, text: string): void {
    if (known.note.includes(text)) return;
    known.note = known.note === '' ? text : `${known.note} ${text}`;
    this.builder.updateProcess(known.track, { note: known.note });
  }

  /** At the end: says of every process that was only seen from outside why that is so. */
  explainUntraced(): void {
    for (const known of this.all()) {
      if (!known.isTraced && known.whyUntraced !== '') this.addNote(known, `Not traced: ${known.whyUntraced}`);
    }
  }

  /** It can't have begun before its parent started it: what was seen first was only about right. */
  beganNotBefore(known: KnownProcess, startNs: Ns): void {
    if (known.startNs >= startNs) return;
    known.startNs = startNs;
    this.builder.updateProcess(known.track, { startNs });
    const main = known.threads.get(known.pid);
    if (!main || main.startNs >= startNs) return;
    main.startNs = startNs;
    this.builder.updateThread(main.track, { startNs });
  }

  /** The last sighting counts: a process lives on a little after its tracer's last word. */
  endProcess(known: KnownProcess, endNs: Ns): void {
    known.endNs = Math.max(known.endNs ?? 0, endNs);
    this.builder.updateProcess(known.track, { endNs: known.endNs });
  }

  /** The thread of a process that lived at that time; null when none is known. */
  thread(known: KnownProcess, tid: number, atNs: Ns): KnownThread | null {
    const thread = known.threads.get(tid);
    if (!thread) return null;
    return thread.endNs === null || atNs <= thread.endNs + (thread.isTraced ? 0 : slackNs) ? thread : null;
  }

  addThread(
    known: KnownProcess,
    tid: number,
    name: string,
    kind: ThreadTrack['kind'],
    startNs: Ns,
    isTraced: boolean,
  ): KnownThread {
    const track = this.builder.addThread({ process: known.track, tid, name, kind, startNs });
    const thread: KnownThread = { tid, track, startNs, endNs: null, isTraced };
    known.threads.set(tid, thread);
    this.threadCount++;
    return thread;
  }

  endThread(thread: KnownThread, endNs: Ns): void {
    if (thread.endNs !== null) return;
    thread.endNs = endNs;
    this.builder.updateThread(thread.track, { endNs });
  }

  /** Every process of the run, also those that have ended. */
  *all(): Generator<KnownProcess> {
    for (const known of this.byPid.values()) yield* known;
  }
}
