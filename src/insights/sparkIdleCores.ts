import { formatDuration, type Ns, nsPerMs } from '../base/time.ts';
import type { Trace } from '../trace/model.ts';
import type { Insight } from './insight.ts';
import { percent, rounded } from './measures.ts';
import { coresOf, isShared, stagesOf } from './spark.ts';

/** While stages ran this long, a core was busy for at most this share, and those that worked for at least that share. */
const minNs = 2e9;
const idleShare = 0.1;
const busyShare = 0.5;

/** RIP142: executor cores that had next to nothing to do while others worked, because stages had fewer tasks than there are cores. */
export function sparkIdleCores(trace: Trace): Insight | null {
  if (isShared(trace)) return null;
  const stages = stagesOf(trace);
  const window = unionOf(
    stages.map(stage => ({ startNs: stage.fact.atNs, endNs: stage.fact.atNs + stage.number('wallMs') * nsPerMs })),
  );
  const cores = coresOf(trace);
  if (!window || window.lengthNs < minNs || cores.length < 2) return null;
  const busy = busyNs(trace, cores).map(ns => ns / window.lengthNs);
  const idle = cores.filter((_, i) => (busy[i] ?? 0) <= idleShare);
  const workers = busy.filter(share => share >= busyShare);
  const longest = stages.sort((a, b) => b.number('wallMs') - a.number('wallMs'))[0];
  if (idle.length === 0 || workers.length === 0 || !longest) return null;
  const few = longest.number('tasks') < cores.length;
  if (!few) return null;
  const { file, line } = longest.fact;
  return {
    code: 'RIP142',
    severity: 'problem',
    title: `${idle.length} of ${cores.length} executor cores had next to nothing to do in the ${formatDuration(window.lengthNs)} that stages ran: ${longest.text('label')} had only ${longest.number('tasks')} ${longest.number('tasks') === 1 ? 'task' : 'tasks'}.`,
    advice: `Split the data into at least ${cores.length} partitions (repartition, parallelize with numSlices), or use fewer cores.`,
    file,
    line,
    weight: Math.min(1, ((window.lengthNs / Math.max(1, trace.meta.durationNs)) * idle.length) / cores.length),
    evidence: {
      ...{ idleCores: idle.length, cores: cores.length, stageMs: Math.round(window.lengthNs / 1e6) },
      ...{
        busiest: percent(Math.max(...busy)),
        idleShare: rounded(Math.max(0, ...busy.filter(share => share <= idleShare))),
      },
    },
    highlight: { threads: idle, startNs: window.startNs, endNs: window.endNs },
  };
}

/** From the first start to the last end, and how much of that at least one of them covers. */
function unionOf(times: { startNs: Ns; endNs: Ns }[]): { startNs: Ns; endNs: Ns; lengthNs: Ns } | null {
  const sorted = times.sort((a, b) => a.startNs - b.startNs);
  const [first] = sorted;
  if (!first) return null;
  let endNs = first.startNs;
  let lengthNs = 0;
  for (const time of sorted) {
    lengthNs += Math.max(0, time.endNs - Math.max(endNs, time.startNs));
    endNs = Math.max(endNs, time.endNs);
  }
  return { startNs: first.startNs, endNs, lengthNs };
}

function busyNs(trace: Trace, cores: number[]): Ns[] {
  const { tasks } = trace;
  const sums = new Map<number, Ns>();
  for (let i = 0; i < tasks.length; i++) {
    const [thread = -1, start = Number.NaN, end = Number.NaN] = [tasks.thread[i], tasks.start[i], tasks.end[i]];
    if (!Number.isNaN(start) && !Number.isNaN(end)) sums.set(thread, (sums.get(thread) ?? 0) + end - start);
  }
  return cores.map(core => sums.get(core) ?? 0);
}
