import type { Action } from './callSite.ts';
import type { BlockUpdate, StageInfo } from './events.ts';
import type { Executors } from './executors.ts';
import { short } from './jobs.ts';
import type { SparkContext } from './sparkContext.ts';

/** An RDD that the program asked to keep. */
interface Kept {
  name: string;
  /** Stages that made or read it. */
  stages: number;
  partitions: number;
  inMemory: boolean;
  /** A stage has come to all of its partitions. */
  isWhole: boolean;
  /** Of the first of its stages. */
  label: string;
  action: Action | null;
  atMs: number;
}

/** In bytes. */
interface Size {
  memory: number;
  disk: number;
}

/** What the blocks of an RDD came to. */
interface Blocks {
  /** By partition, of all that were ever stored; then by executor: there may be copies. */
  places: Map<number, Map<string, Size>>;
  now: Size;
  most: Size;
  /** Partitions that had to make room for others, and that were on disk only. */
  evicted: Set<number>;
  onlyOnDisk: Set<number>;
}

/**
 * What the program asked to keep: how often it was of use, and how much memory and disk it takes on each executor. Sizes are in the log where
 * it has the updates of blocks (`spark.eventLog.logBlockUpdates.enabled`), as ours has. Those come without a time: theirs is that of the next
 * event, the end of their task at the latest.
 */
export class Storage {
  private readonly context: SparkContext;
  private readonly executors: Executors;
  private readonly kept = new Map<number, Kept>();
  private readonly blocks = new Map<number, Blocks>();
  private readonly totals = new Map<string, Size & { hadDisk: boolean }>();
  private readonly news = new Set<string>();
  private isLogged = false;

  constructor(context: SparkContext, executors: Executors) {
    this.context = context;
    this.executors = executors;
  }

  stageEnded({ kept, taskCount, failure }: StageInfo, label: string, action: Action | null, atMs: number): void {
    for (const { rdd, ...about } of kept) {
      const known = this.kept.get(rdd) ?? { ...about, stages: 0, isWhole: false, label, action, atMs };
      this.kept.set(rdd, known);
      known.stages++;
      if (failure === null && taskCount >= about.partitions) known.isWhole = true;
    }
  }

  updated({ rdd, partition, executor, memory, disk }: BlockUpdate): void {
    this.isLogged = true;
    if (rdd === null) return;
    const blocks = this.blocksOf(rdd);
    const copies = blocks.places.get(partition) ?? new Map<string, Size>();
    const before = copies.get(executor) ?? { memory: 0, disk: 0 };
    if (memory + disk > 0) blocks.places.set(partition, copies.set(executor, { memory, disk }));
    else copies.delete(executor);
    if (memory === 0 && disk > 0) blocks.onlyOnDisk.add(partition);
    if (copies.size === 0 && before.memory > 0) blocks.evicted.add(partition);
    this.change(blocks, executor, { memory: memory - before.memory, disk: disk - before.disk });
  }

  /** The program doesn't want it any more. */
  unpersisted(rdd: number): void {
    this.tellKept(rdd);
    const blocks = this.blocks.get(rdd);
    if (blocks) this.drop(blocks, () => true);
    this.blocks.delete(rdd);
  }

  executorRemoved(id: string): void {
    for (const blocks of this.blocks.values()) this.drop(blocks, executor => executor === id);
  }

  /** It is now so late: what is news is told as points of the executors' counters. */
  tell(atMs: number): void {
    if (this.news.size === 0) return;
    const atNs = this.context.clock(atMs);
    for (const executor of this.news) {
      const process = this.executors.processOf(executor);
      const total = this.totals.get(executor);
      if (process === null || !total) continue;
      const point = { kind: 'counter', process, unit: 'bytes', atNs } as const;
      this.context.emit({ ...point, name: 'cached in memory', value: total.memory });
      if (total.hadDisk) this.context.emit({ ...point, name: 'cached on disk', value: total.disk });
    }
    this.news.clear();
  }

  finish(): void {
    for (const rdd of [...this.kept.keys()]) this.tellKept(rdd);
  }

  /**
   * How often what the program asked to keep was of use: told once it is dropped, or at the end. Sizes are the most at once, in bytes; then
   * numbers of partitions: those that found no room at all, had to make room for others, went to disk for lack of memory. Null: not in this log.
   */
  private tellKept(rdd: number): void {
    const known = this.kept.get(rdd);
    if (!known) return;
    this.kept.delete(rdd);
    const { name, stages, partitions, inMemory, isWhole, label, action, atMs } = known;
    const blocks = this.isLogged ? this.blocksOf(rdd) : null;
    const lacking = blocks && (isWhole ? Math.max(0, partitions - blocks.places.size) : 0);
    this.context.emit({
      ...{ kind: 'fact', engine: 'spark', name: 'kept', atNs: this.context.clock(atMs) },
      ...{ file: action?.file ?? null, line: action?.line ?? null },
      values: {
        ...{ rdd, name: short(name), stages, label, partitions },
        ...{ memory: blocks?.most.memory ?? null, disk: blocks?.most.disk ?? null },
        ...{
          lacking,
          evicted: blocks?.evicted.size ?? null,
          toDisk: blocks && (inMemory ? blocks.onlyOnDisk.size : 0),
        },
      },
    });
  }

  private blocksOf(rdd: number): Blocks {
    const known = this.blocks.get(rdd);
    if (known) return known;
    const nothing = () => ({ memory: 0, disk: 0 });
    const sets = { evicted: new Set<number>(), onlyOnDisk: new Set<number>() };
    const none = { places: new Map<number, Map<string, Size>>(), now: nothing(), most: nothing(), ...sets };
    this.blocks.set(rdd, none);
    return none;
  }

  /** What these executors hold of it is gone, for another reason than lack of room. */
  private drop(blocks: Blocks, isOf: (executor: string) => boolean): void {
    for (const copies of blocks.places.values()) {
      for (const [executor, { memory, disk }] of copies) {
        if (!isOf(executor)) continue;
        copies.delete(executor);
        this.change(blocks, executor, { memory: -memory, disk: -disk });
      }
    }
  }

  private change({ now, most }: Blocks, executor: string, by: Size): void {
    const total = this.totals.get(executor) ?? { memory: 0, disk: 0, hadDisk: false };
    this.totals.set(executor, total);
    this.news.add(executor);
    for (const where of ['memory', 'disk'] as const) {
      total[where] += by[where];
      now[where] += by[where];
      most[where] = Math.max(most[where], now[where]);
    }
    total.hadDisk ||= by.disk > 0;
  }
}
