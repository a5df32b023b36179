import { counted } from '../base/counts.ts';
import type { Trace } from '../trace/model.ts';
import { marksNamed, threadsOf } from './daskMeasures.ts';
import type { Insight } from './insight.ts';

/** RIP123: Dask workers that ran out of memory: they moved data to disk, or stopped starting tasks. */
export function spillingWorkers(trace: Trace): Insight | null {
  const marks = marksNamed(trace, 'spilling', 'worker paused');
  const [first] = marks;
  if (!first) return null;
  // One that its nanny starts again keeps its name.
  const workersWith = (name: string) =>
    new Set(marks.filter(mark => mark.name === name).map(({ process }) => trace.processes[process]?.name));
  const spilling = workersWith('spilling').size;
  const paused = workersWith('worker paused').size;
  const parts = [
    ...(spilling > 0 ? [`${counted(spilling, 'Dask worker')} moved data to disk`] : []),
    ...(paused > 0 ? [`${counted(paused, spilling > 0 ? 'worker' : 'Dask worker')} stopped starting tasks`] : []),
  ];
  const { durationNs } = trace.meta;
  const processes = new Set(marks.map(({ process }) => process));
  return {
    code: 'RIP123',
    severity: 'problem',
    title: `${parts.join(' and ')}: there was not enough memory.`,
    advice:
      'Make partitions smaller, keep less with persist, or give workers more memory (memory_limit) or fewer threads: each running task holds its data.',
    ...{ file: null, line: null },
    weight: Math.min(1, (0.6 * (durationNs - first.timeNs)) / Math.max(1, durationNs)),
    evidence: { spillingWorkers: spilling, pausedWorkers: paused, firstMs: Math.round(first.timeNs / 1e6) },
    highlight: { threads: threadsOf(trace, processes), startNs: first.timeNs, endNs: durationNs },
  };
}
