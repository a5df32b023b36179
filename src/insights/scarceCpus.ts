import type { Ns } from '../base/time.ts';
import { type ThreadTrack, type Trace, threadStates } from '../trace/model.ts';
import type { Insight } from './insight.ts';
import { at, percent, poolWork, rounded, statesOf, sum } from './measures.ts';

/** Of the time that threads wanted a CPU, they waited at least this share; and too many wanted one for this share of the run. */
const minShare = 0.25;
const minCrowdedShare = 0.2;

const running = threadStates.indexOf('running');
const runnable = threadStates.indexOf('runnable');

/** RIP102: more threads or processes ready to run than there are CPUs. Silent when it is other programs that took the CPUs. */
export function scarceCpus(trace: Trace): Insight | null {
  const { cpuCount, durationNs } = trace.meta;
  const crowd = crowdedTime(trace);
  if (!crowd || crowd.totalNs < minCrowdedShare * durationNs) return null;
  const rivals = trace.threads
    .map((thread, index) => ({ index, thread, states: statesOf(trace, index, crowd) }))
    .filter(({ thread, states }) => isChosen(thread) && states.runnable > 0.1 * (states.running + states.runnable));
  const waitedNs = sum(rivals.map(rival => rival.states.runnable));
  const share = waitedNs / Math.max(1, sum(rivals.map(rival => rival.states.running + rival.states.runnable)));
  const atOnce = Math.round(crowd.readyAtOnce);
  if (share < minShare || atOnce <= cpuCount) return null;
  const processes = new Set(rivals.map(rival => rival.thread.process)).size;
  const what = processes === rivals.length ? 'processes' : processes === 1 ? 'threads' : 'threads and processes';
  const cpus = cpuCount === 1 ? '1 CPU' : `${cpuCount} CPUs`;
  const pool = poolWork(trace).find(work =>
    work.workers.some(worker => rivals.some(rival => rival.index === worker)),
  )?.pool;
  return {
    code: 'RIP102',
    severity: 'hint',
    title: `${atOnce} ${what} were ready to run at once on ${cpus}: they waited for a CPU ${percent(share)} of the time.`,
    advice: `For work that computes, use no more than ${cpuCount} workers${pool ? at(pool) : ''}: more of them only take turns.`,
    file: pool?.file ?? null,
    line: pool?.line ?? null,
    weight: Math.min(1, (share * crowd.totalNs) / Math.max(1, durationNs)),
    evidence: {
      share: rounded(share),
      readyAtOnce: rounded(crowd.readyAtOnce),
      cpuCount,
      runnableMs: Math.round(waitedNs / 1e6),
      crowdedMs: Math.round(crowd.totalNs / 1e6),
    },
    highlight: { threads: rivals.map(rival => rival.index), startNs: crowd.startNs, endNs: crowd.endNs },
  };
}

/** When more threads were ready (running or runnable) than there are CPUs, and how many on average; null: never. */
function crowdedTime(trace: Trace): { startNs: Ns; endNs: Ns; totalNs: Ns; readyAtOnce: number } | null {
  const starts = readyBorders(trace, 'start');
  const ends = readyBorders(trace, 'end');
  const crowd = { startNs: Number.POSITIVE_INFINITY, endNs: 0, totalNs: 0 };
  let readyTime = 0;
  let ready = 0;
  let from = 0;
  for (let begun = 0, ended = 0; ended < ends.length; ) {
    const start = starts[begun] ?? Number.POSITIVE_INFINITY;
    const end = ends[ended] ?? Number.POSITIVE_INFINITY;
    const now = Math.min(start, end);
    if (ready > trace.meta.cpuCount && now > from) {
      crowd.startNs = Math.min(crowd.startNs, from);
      crowd.endNs = now;
      crowd.totalNs += now - from;
      readyTime += ready * (now - from);
    }
    from = now;
    if (end <= start) {
      ready--;
      ended++;
    } else {
      ready++;
      begun++;
    }
  }
  return crowd.totalNs > 0 ? { ...crowd, readyAtOnce: readyTime / crowd.totalNs } : null;
}

/** How many threads a JVM collects garbage and compiles with is its own affair; how many run tasks of Spark is the program's. */
function isChosen({ kind, name }: ThreadTrack): boolean {
  return kind !== 'jvm' || name.startsWith('Executor task launch worker');
}

/** Borders of all running and runnable intervals of these threads, sorted. */
function readyBorders(trace: Trace, border: 'start' | 'end'): Float64Array {
  const borders: number[] = [];
  for (const thread of trace.threads.filter(isChosen)) {
    const { states } = thread;
    for (let i = 0; i < states.length; i++) {
      if (states.state[i] === running || states.state[i] === runnable) borders.push(states[border][i] ?? 0);
    }
  }
  return Float64Array.from(borders).sort();
}
