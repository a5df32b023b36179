import type { Ns } from '../base/time.ts';
import { wireCounterUnits } from '../protocol/tracerWire.ts';
import type { TaskEngine } from '../trace/model.ts';
import type { TraceSink } from './threadStates/threadIndex.ts';
import { type ClockZero, engineOf, objectOf, objectTime, type WireRecord } from './wireRecords.ts';

/** Engines that hand out their work themselves. */
export type EngineOfOwnTasks = 'dask' | 'polars';

/** Such an engine's task needs no taskQueued: its record tells all. */
export function standsForItself(engine: TaskEngine): engine is EngineOfOwnTasks {
  return engine === 'dask' || engine === 'polars';
}

/** The strings that a record needs; 0 = none. */
export function stringsOf(record: WireRecord): number[] {
  const { kind, site, aux, aux2 } = record;
  if (kind === 'taskPart') return [site, aux, aux + 1];
  const isOwnTask = kind === 'task' && standsForItself(engineOf(record, 'threadPool'));
  const hasAux2 = kind === 'threadStart' || kind === 'processStart' || isOwnTask;
  const hasAux = kind !== 'gc' && kind !== 'idle' && kind !== 'resultSize';
  return [site, hasAux ? aux : 0, hasAux2 ? aux2 : 0];
}

/** When such a task was submitted; when it began, where that was not told. */
export function submitTime(record: WireRecord, zero: ClockZero): Ns {
  const submitNs = objectTime(record, zero);
  return submitNs > 0 && submitNs <= record.t0 ? submitNs : record.t0;
}

/** The key of such a task, as Python writes it, and the site where it was submitted; `text`: a string by its number. */
export function toldOf(record: WireRecord, text: (id: number) => string): { key: string; submitted: string } {
  const { kind, site, aux, aux2 } = record;
  if (kind === 'taskPart') return { key: partKey(text(aux + 1), aux2), submitted: text(site) };
  return { key: text(site), submitted: text(aux2) };
}

/** A result whose size was told before its task, or of a task that has one, waits for the next one. */
const mostSizes = 200_000;

/** Sizes of results: the thread that asked for a computation tells them, by key, when the thread that ran the task may not have been read. */
export class ResultSizes {
  private readonly builder: TraceSink;
  private readonly sized = new Set<number>();
  private waiting: { key: string; size: { bytes?: number; rows?: number } }[] = [];

  constructor(builder: TraceSink) {
    this.builder = builder;
  }

  /** `text`: the string of the record's site. */
  told(record: WireRecord, text: string): void {
    const bytes = objectOf(record) - 1;
    const rows = record.aux - 1;
    const size = { ...(bytes < 0 ? {} : { bytes }), ...(rows < 0 ? {} : { rows }) };
    const key = record.flags === 1 ? partKey(text, record.aux2) : text;
    if (!this.place(key, size) && this.waiting.length < mostSizes) this.waiting.push({ key, size });
  }

  retry(): void {
    if (this.waiting.length > 0) this.waiting = this.waiting.filter(({ key, size }) => !this.place(key, size));
  }

  private place(key: string, size: { bytes?: number; rows?: number }): boolean {
    const task = this.builder.told.keys.get(key);
    if (task === undefined || this.sized.has(task)) return false;
    this.sized.add(task);
    this.builder.updateTask(task, size);
    return true;
  }
}

function partKey(layer: string, part: number): string {
  return `(${layer}, ${part})`;
}

/** A point of a counter of this process. */
export function addCounterPoint(builder: TraceSink, process: number, name: string, record: WireRecord): void {
  const unit = wireCounterUnits[record.flags] ?? 'count';
  builder.told.addPoint(builder.told.counter({ process, name, unit }), record.t0, objectOf(record));
}
