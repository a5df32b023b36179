import type { EngineEvent } from '../../protocol/engineWire.ts';
import type { SparkEvent } from './events.ts';
import { CoreLanes } from './lanes.ts';
import type { SparkContext } from './sparkContext.ts';

interface Executor {
  id: string;
  /** null: nobody has told of it. */
  host: string | null;
  process: string;
  lanes: CoreLanes;
  tracks: Set<number>;
  /** Tasks that run on it, by id, with their core; null: not known yet. */
  running: Map<number, number | null>;
  /** Ends of its tasks may still follow. */
  isGone: boolean;
}

const untraced =
  "Known by what Spark's log tells of its tasks: its threads, and its Python workers on other machines, are not seen.";

/** The executors of an application, each a process with a track per core. In local mode there is one, `driver`. */
export class Executors {
  private readonly context: SparkContext;
  private readonly executors = new Map<string, Executor>();
  private toldExclusion = '';

  constructor(context: SparkContext) {
    this.context = context;
  }

  added({ id, host, cores, atMs }: Extract<SparkEvent, { kind: 'executorAdded' }>): void {
    // Who joins late is told of the executors that are there already, and may then hear of them once more.
    if (this.executors.has(id)) return;
    // On a cluster the driver is in Spark's list of executors too, without cores.
    if (id === 'driver' && cores === 0) return;
    const taskCpus = Math.max(1, this.context.number('spark.task.cpus', 1));
    this.add(id, host, Math.floor(cores / taskCpus), atMs);
    if (id === 'driver') return;
    const text = `Executor ${id} with ${cores} ${cores === 1 ? 'core' : 'cores'} on ${host} joined.`;
    this.mark(id, 'info', 'executor added', atMs, text);
  }

  /** Ids of the tasks that ran on it. */
  removed({ id, reason, atMs }: Extract<SparkEvent, { kind: 'executorRemoved' }>): number[] {
    const executor = this.executors.get(id);
    const isMeant = /killed by driver|idle|decommission|application finished/i.test(reason);
    const words = reason.trim().split('\n')[0] ?? '';
    this.mark(
      id,
      isMeant ? 'info' : 'error',
      isMeant ? 'executor removed' : 'executor lost',
      atMs,
      `Executor ${id}: ${words}`,
    );
    if (!executor || executor.isGone) return [];
    executor.isGone = true;
    this.context.emit({ ...this.processEvent(executor, atMs), endNs: this.context.clock(atMs), exit: words });
    return [...executor.running.keys()];
  }

  excluded({ executor, node, isOver, failures, atMs }: Extract<SparkEvent, { kind: 'excluded' }>): void {
    // Since 3.1 Spark tells it twice, by its old and its new name.
    const key = `${executor} ${node} ${isOver} ${atMs}`;
    if (this.toldExclusion === key) return;
    this.toldExclusion = key;
    const what = executor === null ? `Node ${node ?? '?'}` : `Executor ${executor}`;
    const why = failures > 0 ? ` after ${failures} failed ${failures === 1 ? 'task' : 'tasks'}` : '';
    const text = isOver ? `${what} gets tasks again.` : `${what} gets no more tasks${why}: Spark excluded it.`;
    this.mark(executor, isOver ? 'info' : 'warning', isOver ? 'no longer excluded' : 'excluded', atMs, text);
  }

  /** The track that runs this task from now on; null: it will be known when the task before it on its core has ended. */
  begin(id: string, task: number, atMs: number): string | null {
    const executor = this.executors.get(id) ?? this.add(id, null, 0, atMs);
    const core = executor.lanes.begin(task);
    executor.running.set(task, core);
    return core === null ? null : this.trackOf(executor, core, atMs);
  }

  /** The task's track, and which other task has now got its core. */
  end(id: string, task: number, atMs: number): { track: string; next: { task: number; track: string } | null } {
    const executor = this.executors.get(id) ?? this.add(id, null, 0, atMs);
    const core = executor.running.get(task) ?? executor.lanes.eldest();
    executor.running.delete(task);
    const next = executor.lanes.end(task);
    if (next) executor.running.set(next.task, next.core);
    return {
      track: this.trackOf(executor, core, atMs),
      next: next && { task: next.task, track: this.trackOf(executor, next.core, atMs) },
    };
  }

  /** Id of the executor's process; null: nobody has told of it. */
  processOf(id: string): string | null {
    return this.executors.get(id)?.process ?? null;
  }

  private add(id: string, host: string | null, cores: number, atMs: number): Executor {
    const process = `${this.context.id}/executor ${id}`;
    const lanes = new CoreLanes(cores);
    const executor = { id, host, process, lanes, tracks: new Set<number>(), running: new Map(), isGone: false };
    this.executors.set(id, executor);
    this.context.emit(this.processEvent(executor, atMs));
    // All of its cores at once: one that never gets a task is worth seeing.
    for (let core = 0; core < Math.min(cores, 256); core++) this.trackOf(executor, core, atMs);
    return executor;
  }

  private processEvent({ id, host, process }: Executor, atMs: number): Extract<EngineEvent, { kind: 'process' }> {
    const isLocal = id === 'driver';
    const name = isLocal ? 'Spark executor (in the driver)' : `Spark executor ${id}`;
    return {
      kind: 'process',
      id: process,
      engine: 'spark',
      name,
      pid: null,
      host: isLocal ? null : host,
      atNs: this.context.clock(atMs),
      ...(isLocal ? {} : { note: untraced }),
    };
  }

  private trackOf(executor: Executor, core: number, atMs: number): string {
    const id = `${executor.process}/core ${core}`;
    if (!executor.tracks.has(core)) {
      executor.tracks.add(core);
      const atNs = this.context.clock(atMs);
      this.context.emit({ kind: 'track', id, process: executor.process, name: `core ${core + 1}`, atNs });
    }
    return id;
  }

  private mark(
    executor: string | null,
    level: 'info' | 'warning' | 'error',
    name: string,
    atMs: number,
    text: string,
  ): void {
    const process = (executor === null ? null : this.processOf(executor)) ?? this.context.id;
    this.context.emit({ kind: 'mark', process, level, name, atNs: this.context.clock(atMs), text });
  }
}
