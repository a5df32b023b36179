import type { StageInfo, TaskEnd, TaskMetrics } from './events.ts';
import { schedulerDelayMs } from './phases.ts';

/** The figures of a task that a stage has as sums. */
const noSums = {
  ...{ deserializeMs: 0, runMs: 0, cpuNs: 0, resultBytes: 0, gcMs: 0, memorySpilled: 0, diskSpilled: 0 },
  ...{ fetchWaitMs: 0, shuffleReadBytes: 0, shuffleWriteBytes: 0, inputBytes: 0, inputRecords: 0, outputBytes: 0 },
} satisfies Partial<TaskMetrics>;
type Summed = keyof typeof noSums;

/** For the type of the names: `Object.keys` only says `string`. */
function isSummed(name: string): name is Summed {
  return Object.hasOwn(noSums, name);
}

const summed = Object.keys(noSums).filter(isSummed);

/** Of a stage, the sums and the spread over its tasks; only tasks that succeeded count. */
export class StageFigures {
  private readonly durations: number[] = [];
  private readonly data: number[] = [];
  private readonly sums: Record<Summed, number> = { ...noSums };
  private slowest = { key: '', ms: -1, data: 0, gcMs: 0 };
  private delayMs = 0;
  private failures = 0;

  add({ task, end, metrics }: TaskEnd, key: string): void {
    if (end.reason !== 'Success') {
      if (end.reason !== 'TaskKilled') this.failures++;
      return;
    }
    if (!metrics) return;
    const ms = task.finishMs - task.launchMs;
    const data = metrics.shuffleReadBytes + metrics.inputBytes;
    this.durations.push(ms);
    this.data.push(data);
    this.delayMs += schedulerDelayMs(task, metrics);
    if (ms > this.slowest.ms) this.slowest = { key, ms, data, gcMs: metrics.gcMs };
    for (const name of summed) this.sums[name] += metrics[name];
  }

  /** Times in ms, sizes in bytes. `data` is what a task read, from a shuffle or a source. */
  values(stage: StageInfo): Record<string, number | string | null> {
    const { cpuNs, ...sums } = this.sums;
    const { slowest } = this;
    return {
      stage: stage.stage,
      attempt: stage.attempt,
      tasks: stage.taskCount,
      succeeded: this.durations.length,
      failures: this.failures,
      medianMs: median(this.durations),
      maxMs: Math.max(0, slowest.ms),
      medianData: median(this.data),
      slowestTask: slowest.key,
      slowestData: slowest.data,
      slowestGcMs: slowest.gcMs,
      taskMs: this.durations.reduce((sum, ms) => sum + ms, 0),
      schedulerDelayMs: this.delayMs,
      cpuMs: Math.round(cpuNs / 1e6),
      ...sums,
      ...pythonFigures(stage.figures),
    };
  }
}

/**
 * What the stage's tasks gave to Python workers, how long those ran the program's functions, and how long they took to start; null where this
 * Spark doesn't tell (times: before 4.0).
 */
function pythonFigures(figures: Map<string, number>): Record<string, number | null> {
  const of = (name: string) => figures.get(name) ?? null;
  const startMs = (of('time to start Python workers') ?? 0) + (of('time to initialize Python workers') ?? 0);
  const wholeMs = of('time to run Python workers');
  return {
    pythonSentBytes: of('data sent to Python workers'),
    pythonReturnedBytes: of('data returned from Python workers'),
    pythonMs: wholeMs === null ? null : Math.max(0, wholeMs - startMs),
    pythonStartMs: wholeMs === null ? null : startMs,
  };
}

/** 0 for no values; sorts a copy. */
function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
