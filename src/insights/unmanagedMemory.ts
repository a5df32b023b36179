import { formatBytes } from '../base/bytes.ts';
import type { CounterTrack, Trace } from '../trace/model.ts';
import { threadsOf } from './daskMeasures.ts';
import type { Insight } from './insight.ts';
import { percent, rounded } from './measures.ts';

/** Unmanaged memory counts from this share of a worker's limit on, when it stays there for this long. */
const minShare = 0.5;
const minNs = 1e9;

/** RIP124: much of a Dask worker's memory is none of Dask's own data. */
export function unmanagedMemory(trace: Trace): Insight | null {
  const found = trace.counters
    .filter(({ name, limit }) => name === 'unmanaged memory' && limit !== null && limit > 0)
    .map(counter => ({ counter, limit: counter.limit ?? 1, ...above(trace, counter, minShare * (counter.limit ?? 1)) }))
    .filter(({ longestNs }) => longestNs >= minNs)
    .sort((a, b) => b.most / b.limit - a.most / a.limit);
  const [worst] = found;
  if (!worst) return null;
  const worker = trace.processes[worst.counter.process]?.name ?? 'A Dask worker';
  const share = worst.most / worst.limit;
  return {
    code: 'RIP124',
    severity: 'hint',
    title: `${worker} held ${formatBytes(worst.most)} that Dask does not manage: ${percent(share)} of its memory limit.`,
    advice:
      'That is what running tasks make inside themselves, objects that code keeps, and memory not yet given back. Use smaller partitions or fewer threads per worker; if it stays after the tasks, look for globals and caches, or set MALLOC_TRIM_THRESHOLD_.',
    ...{ file: null, line: null },
    weight: Math.min(1, (0.4 * worst.longestNs) / Math.max(1, trace.meta.durationNs)),
    evidence: {
      share: rounded(share),
      bytes: worst.most,
      limitBytes: worst.limit,
      workers: found.length,
      longestMs: Math.round(worst.longestNs / 1e6),
    },
    highlight: {
      threads: threadsOf(trace, [worst.counter.process]),
      startNs: worst.startNs,
      endNs: worst.startNs + worst.longestNs,
    },
  };
}

/** The longest time that a counter stays at or above a value, and its largest value then. */
function above(trace: Trace, { length, time, value }: CounterTrack, least: number) {
  const best = { startNs: 0, longestNs: 0, most: 0 };
  let startNs: number | null = null;
  let most = 0;
  for (let i = 0; i <= length; i++) {
    const now = i < length ? (time[i] ?? 0) : trace.meta.durationNs;
    const isAbove = i < length && (value[i] ?? 0) >= least;
    if (startNs !== null && now - startNs > best.longestNs)
      Object.assign(best, { startNs, longestNs: now - startNs, most });
    if (!isAbove) {
      startNs = null;
      most = 0;
      continue;
    }
    startNs ??= now;
    most = Math.max(most, value[i] ?? 0);
  }
  return best;
}
