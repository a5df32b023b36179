import { nsPerMs } from '../base/time.ts';
import { type EngineFact, type Trace, taskEngines } from '../trace/model.ts';
import type { Insight } from './insight.ts';

/** What the reader of Spark's event log told of a stage, a query…: src/trace/spark. Figures that are not known are null. */
export interface SparkFact {
  fact: EngineFact;
  /** 0 for a figure that isn't there. */
  number(name: string): number;
  numberOrNull(name: string): number | null;
  text(name: string): string;
}

export function sparkFacts(trace: Trace, name: string): SparkFact[] {
  return trace.facts
    .filter(fact => fact.engine === 'spark' && fact.name === name)
    .map(fact => {
      const numberOrNull = (field: string) => {
        const value = fact.values[field];
        return typeof value === 'number' ? value : null;
      };
      const text = (field: string) => String(fact.values[field] ?? '');
      return { fact, number: field => numberOrNull(field) ?? 0, numberOrNull, text };
    });
}

/** Stages that ended well. */
export function stagesOf(trace: Trace): SparkFact[] {
  return sparkFacts(trace, 'stage').filter(stage => stage.number('succeeded') > 0);
}

const spark = taskEngines.indexOf('spark');

/** Numbers of the tasks of a stage that have ended. */
export function tasksOf(trace: Trace, stage: SparkFact): number[] {
  const group = trace.strings.indexOf(stage.text('label'));
  const found: number[] = [];
  for (let i = 0; i < trace.tasks.length; i++) {
    const isOwn = trace.tasks.group[i] === group && trace.tasks.engine[i] === spark;
    if (isOwn && !Number.isNaN(trace.tasks.end[i])) found.push(i);
  }
  return found;
}

/** Tracks of executor cores. */
export function coresOf(trace: Trace): number[] {
  return trace.threads.flatMap((thread, index) => {
    const process = trace.processes[thread.process];
    const isCore = thread.kind === 'engine' && /^core \d+$/.test(thread.name);
    return isCore && process?.name.startsWith('Spark executor') ? [index] : [];
  });
}

/** Others may use the same cluster, whose tasks are not in this trace: a server of Spark Connect serves many programs. */
export function isShared(trace: Trace): boolean {
  return trace.processes.some(process => process.name === 'Spark Connect server');
}

/** A share of the run's time, 0 to 1. */
export function shareOfRun(trace: Trace, ms: number): number {
  return Math.min(1, (ms * nsPerMs) / Math.max(1, trace.meta.durationNs));
}

/** The place and the extent of what a fact tells, for an insight. */
export function placeOf(trace: Trace, found: SparkFact): Pick<Insight, 'file' | 'line' | 'highlight'> {
  const { file, line, atNs } = found.fact;
  return {
    file,
    line,
    highlight: { threads: coresOf(trace), startNs: atNs, endNs: atNs + found.number('wallMs') * nsPerMs },
  };
}

/** The one that explains most. */
export function heaviest(insights: Insight[]): Insight | null {
  return insights.sort((a, b) => b.weight - a.weight)[0] ?? null;
}

export const megabyte = 2 ** 20;
