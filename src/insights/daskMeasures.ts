import type { Ns } from '../base/time.ts';
import { type SpanKind, spanKinds, type Trace, taskEngines } from '../trace/model.ts';

/** A mark with its texts. */
export interface Mark {
  timeNs: Ns;
  process: number;
  name: string;
  text: string;
}

/** Marks of these names, by time. */
export function marksNamed(trace: Trace, ...names: string[]): Mark[] {
  const { marks, strings } = trace;
  return Array.from({ length: marks.length }, (_, i) => ({
    timeNs: marks.time[i] ?? 0,
    process: marks.process[i] ?? -1,
    name: strings[marks.name[i] ?? 0] ?? '',
    text: strings[marks.text[i] ?? 0] ?? '',
  })).filter(({ name }) => names.includes(name));
}

/** Numbers of the threads of some processes. */
export function threadsOf(trace: Trace, processes: Iterable<number>): number[] {
  const wanted = new Set(processes);
  return trace.threads.flatMap(({ process }, index) => (wanted.has(process) ? [index] : []));
}

/** Numbers of Dask's tasks that ran to an end. */
export function daskTasks(trace: Trace): number[] {
  const dask = taskEngines.indexOf('dask');
  const { tasks } = trace;
  return Array.from({ length: tasks.length }, (_, i) => i).filter(
    i => tasks.engine[i] === dask && !Number.isNaN(tasks.start[i]) && !Number.isNaN(tasks.end[i]),
  );
}

/** Time of all closed spans of a kind on some threads. */
export function timeOfSpans(trace: Trace, threads: Iterable<number>, kind: SpanKind): Ns {
  const wanted = spanKinds.indexOf(kind);
  let total = 0;
  for (const thread of threads) {
    const spans = trace.threads[thread]?.spans;
    for (let i = 0; i < (spans?.length ?? 0); i++) {
      if (spans?.kind[i] !== wanted) continue;
      const time = (spans.end[i] ?? 0) - (spans.start[i] ?? 0);
      if (time > 0) total += time;
    }
  }
  return total;
}
