import { formatDuration, type Ns } from '../base/time.ts';
import type { Trace } from '../trace/model.ts';
import type { Insight } from './insight.ts';
import { percent, rounded } from './measures.ts';
import { coresOf, isShared, sparkFacts } from './spark.ts';

const minShare = 0.3;
const minNs = 2e9;

/**
 * RIP141: executors that had nothing to do between jobs, because the driver worked alone. Only of runs of ours: in a saved log of a notebook it
 * may have been a person who paused.
 */
export function sparkDriverBound(trace: Trace): Insight | null {
  const isOurs = trace.processes.some(process => process.python !== null);
  const jobs = isOurs && !isShared(trace) ? jobTimes(trace) : [];
  const [first] = jobs;
  if (!first || jobs.length < 2) return null;
  const gaps: { startNs: Ns; endNs: Ns }[] = [];
  let doneNs = first.startNs;
  for (const { startNs, endNs } of jobs) {
    if (startNs > doneNs) gaps.push({ startNs: doneNs, endNs: startNs });
    doneNs = Math.max(doneNs, endNs);
  }
  const idleNs = gaps.reduce((sum, gap) => sum + gap.endNs - gap.startNs, 0);
  const share = idleNs / Math.max(1, doneNs - first.startNs);
  const longest = gaps.sort((a, b) => b.endNs - b.startNs - (a.endNs - a.startNs))[0];
  if (!longest || idleNs < minNs || share < minShare) return null;
  const after = lineAfter(trace, longest.endNs);
  return {
    code: 'RIP141',
    severity: 'hint',
    title: `Spark had no job for ${formatDuration(idleNs)} between its jobs (${percent(share)}): the driver worked alone, for up to ${formatDuration(longest.endNs - longest.startNs)} at a time.`,
    advice:
      'Let the executors do that work too (operations of frames instead of loops and pandas in the driver), or start independent jobs from several threads.',
    file: after?.file ?? null,
    line: after?.line ?? null,
    weight: Math.min(1, idleNs / Math.max(1, trace.meta.durationNs)),
    evidence: {
      jobs: jobs.length,
      idleMs: Math.round(idleNs / 1e6),
      share: rounded(share),
      longestMs: Math.round((longest.endNs - longest.startNs) / 1e6),
    },
    highlight: { threads: coresOf(trace), ...longest },
  };
}

/** By start. */
function jobTimes(trace: Trace): { startNs: Ns; endNs: Ns }[] {
  const times: { startNs: Ns; endNs: Ns }[] = [];
  for (const { name, kind, spans } of trace.threads) {
    if (kind !== 'engine' || !name.startsWith('Spark jobs')) continue;
    for (let i = 0; i < spans.length; i++) {
      const [startNs = 0, endNs = Number.NaN] = [spans.start[i], spans.end[i]];
      times.push({ startNs, endNs: Number.isNaN(endNs) ? trace.meta.durationNs : endNs });
    }
  }
  return times.sort((a, b) => a.startNs - b.startNs);
}

/** The program's line that ended the longest pause. */
function lineAfter(trace: Trace, ns: Ns): { file: string; line: number } | null {
  const stage = sparkFacts(trace, 'stage').find(each => each.fact.atNs >= ns);
  const { file = null, line = null } = stage?.fact ?? {};
  return file !== null && line !== null ? { file, line } : null;
}
