import type { Ns } from '../base/time.ts';
import { type Trace, taskEngines } from '../trace/model.ts';
import type { Insight } from './insight.ts';
import { at, coresUsed, extentOf, percent, rounded, type StateSums, statesOf, sum } from './measures.ts';

/** A thread takes part when it wanted to run for this share of the contention, and waited for the GIL for that share of its wanting. */
const minBusy = 0.3;
const minWaiting = 0.2;
/** Together they waited for the GIL at least this share of the time that they wanted to run, and it lasted this share of the run. */
const minShare = 0.3;
const minWeight = 0.1;

/** Threads of one process that waited for the GIL, each as long as another one computed. */
export interface GilBound {
  process: number;
  threads: number[];
  /** Of the time that they wanted to run. */
  share: number;
  waitedNs: Ns;
  coresUsed: number;
  weight: number;
  window: { startNs: Ns; endNs: Ns };
}

/** RIP101: Python threads that compute, one at a time because of the GIL, while CPUs were free. */
export function gilBoundThreads(trace: Trace): Insight | null {
  const found = gilBound(trace).filter(each => !runDask(trace, each.threads))[0];
  const track = trace.processes[found?.process ?? -1];
  if (!found || !track) return null;
  const origin = originOf(trace, track.pid, found.threads);
  return {
    code: 'RIP101',
    severity: 'problem',
    title: `The GIL let only one of ${found.threads.length} threads run at a time: they waited for it ${percent(found.share)} of the time.`,
    advice: advice(origin),
    file: origin.file,
    line: origin.line,
    weight: found.weight,
    evidence: gilEvidence(trace, found),
    highlight: { threads: found.threads, ...found.window },
  };
}

export function gilEvidence(trace: Trace, found: GilBound): Record<string, number> {
  return {
    share: rounded(found.share),
    threads: found.threads.length,
    gilWaitMs: Math.round(found.waitedNs / 1e6),
    coresUsed: rounded(found.coresUsed),
    cpuCount: trace.meta.cpuCount,
  };
}

/** Whether one of these threads ran tasks of Dask, whose remedy is another one (RIP118). */
export function runDask({ tasks }: Trace, threads: number[]): boolean {
  const dask = taskEngines.indexOf('dask');
  return tasks.engine.some((engine, i) => engine === dask && threads.includes(tasks.thread[i] ?? -1));
}

/** What the GIL held up, process by process, the worst first. */
export function gilBound(trace: Trace): GilBound[] {
  const found = trace.processes.flatMap((_, process) => inProcess(trace, process) ?? []);
  return found.sort((a, b) => b.weight - a.weight);
}

function inProcess(trace: Trace, process: number): GilBound | null {
  const track = trace.processes[process];
  if (!track || track.python === null || track.gilEnabled === false) return null;
  const threads = trace.threads.flatMap((thread, index) =>
    thread.process === process && thread.kind === 'python' ? [index] : [],
  );
  const window = extentOf(trace, threads, 'gilWait');
  if (!window) return null;
  const length = window.endNs - window.startNs;
  const rivals = threads
    .map(thread => ({ thread, states: statesOf(trace, thread, window) }))
    .filter(({ states }) => busy(states) >= minBusy * length && states.gilWait >= minWaiting * busy(states));
  if (rivals.length < 2) return null;
  const waitedNs = sum(rivals.map(rival => rival.states.gilWait));
  const share = waitedNs / sum(rivals.map(rival => busy(rival.states)));
  const runnableNs = sum(rivals.map(rival => rival.states.runnable));
  const cores = coresUsed(trace, window);
  const weight = Math.min(1, waitedNs / rivals.length / Math.max(1, trace.meta.durationNs));
  const isCpuScarce = trace.meta.cpuCount < 2 || cores > trace.meta.cpuCount - 0.5 || runnableNs > waitedNs;
  if (share < minShare || weight < minWeight || isCpuScarce) return null;
  return { process, threads: rivals.map(rival => rival.thread), share, waitedNs, coresUsed: cores, weight, window };
}

function busy(states: StateSums): number {
  return states.running + states.runnable + states.gilWait;
}

interface Origin {
  pool: string | null;
  file: string | null;
  line: number | null;
}

/** Where the threads come from: the pool of their tasks, or the line that started them. */
function originOf(trace: Trace, pid: number, threads: number[]): Origin {
  const { tasks, strings, pools } = trace;
  for (let i = 0; i < tasks.length; i++) {
    if (!threads.includes(tasks.thread[i] ?? -1)) continue;
    const pool = pools[tasks.pool[i] ?? -1];
    if (pool && pool.pid === pid) return { pool: pool.name, file: pool.file, line: pool.line };
    const file = strings[tasks.submitFile[i] ?? 0] || null;
    if (file) return { pool: null, file, line: tasks.submitLine[i] || null };
  }
  return { pool: null, file: null, line: null };
}

function advice(origin: Origin): string {
  const change =
    origin.pool === 'ThreadPoolExecutor'
      ? `Use ProcessPoolExecutor instead of ThreadPoolExecutor${at(origin)}`
      : `Run this work in processes (ProcessPoolExecutor) instead of threads${at(origin)}`;
  return `${change}, or a free-threaded Python: threads of one process can't compute at the same time.`;
}
