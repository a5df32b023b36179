import { gilDuring } from '../trace/gilUse.ts';
import type { Trace } from '../trace/model.ts';
import { type Operation, operationsOf } from '../trace/operations.ts';
import type { Insight } from './insight.ts';
import { at, coresUsed, percent, rounded, type StateSums, statesOf, sum } from './measures.ts';

/** Operations shorter than this show nothing: threads are sampled some hundred times a second. */
const minOperationNs = 10e6;
/** A thread takes part when it waited for the GIL this share of the time that its operations wanted to run. */
const minWaiting = 0.2;
const minShare = 0.3;
const minWeight = 0.1;

interface Rival {
  thread: number;
  operations: Operation[];
  states: Pick<StateSums, 'running' | 'runnable' | 'gilWait'>;
}

/** RIP113: threads that run dataframe operations take turns, as these hold the GIL. */
export function gilBoundOperations(trace: Trace): Insight | null {
  const found = trace.processes.flatMap((_, process) => inProcess(trace, process) ?? []);
  return found.sort((a, b) => b.weight - a.weight)[0] ?? null;
}

function inProcess(trace: Trace, process: number): Insight | null {
  if (trace.processes[process]?.gilEnabled === false) return null;
  const rivals = rivalsIn(trace, process);
  if (rivals.length < 2) return null;
  const operations = rivals.flatMap(rival => rival.operations);
  const window = {
    startNs: Math.min(...operations.map(each => each.startNs)),
    endNs: Math.max(...operations.map(each => each.endNs)),
  };
  const waitedNs = sum(rivals.map(({ states }) => states.gilWait));
  const wantedNs = sum(rivals.map(({ states }) => busy(states)));
  const share = waitedNs / Math.max(1, wantedNs);
  const weight = Math.min(1, waitedNs / rivals.length / Math.max(1, trace.meta.durationNs));
  const isCpuScarce =
    trace.meta.cpuCount < 2 ||
    coresUsed(trace, window) > trace.meta.cpuCount - 0.5 ||
    sum(rivals.map(({ states }) => states.runnable)) > waitedNs;
  if (share < minShare || weight < minWeight || isCpuScarce) return null;
  const held = holders(trace, operations);
  const [culprit] = held;
  if (!culprit) return null;
  return {
    code: 'RIP113',
    severity: 'problem',
    title: `${rivals.length} threads ran dataframe operations, but took turns: ${percent(share)} of the time they waited for the GIL, which ${culprit.label} held.`,
    advice: `Run this work in processes (ProcessPoolExecutor)${at(culprit)}, or with polars or DuckDB, which have threads of their own: pandas releases the GIL in some operations only.`,
    file: culprit.file,
    line: culprit.line,
    // It says more than RIP101 does of the same waiting.
    weight: Math.min(1, weight * 1.05),
    evidence: {
      threads: rivals.length,
      operations: operations.length,
      held: held.map(({ label }) => label).join(', '),
      share: rounded(share),
      gilWaitMs: Math.round(waitedNs / 1e6),
    },
    highlight: { threads: rivals.map(rival => rival.thread), ...window },
  };
}

function rivalsIn(trace: Trace, process: number): Rival[] {
  const byThread = new Map<number, Operation[]>();
  for (const operation of operationsOf(trace)) {
    const isLong = operation.endNs - operation.startNs >= minOperationNs;
    if (!isLong || trace.threads[operation.thread]?.process !== process) continue;
    byThread.set(operation.thread, [...(byThread.get(operation.thread) ?? []), operation]);
  }
  return [...byThread]
    .map(([thread, operations]) => ({ thread, operations, states: statesIn(trace, thread, operations) }))
    .filter(({ states }) => states.gilWait > 0 && states.gilWait >= minWaiting * busy(states));
}

function statesIn(trace: Trace, thread: number, operations: Operation[]): Rival['states'] {
  const each = operations.map(operation => statesOf(trace, thread, operation));
  return {
    running: sum(each.map(states => states.running)),
    runnable: sum(each.map(states => states.runnable)),
    gilWait: sum(each.map(states => states.gilWait)),
  };
}

function busy({ running, runnable, gilWait }: Rival['states']): number {
  return running + runnable + gilWait;
}

/** What held it, the longest first, each name once: what was running when only others waited. */
function holders(trace: Trace, operations: Operation[]): { label: string; file: string | null; line: number | null }[] {
  const found = new Map<string, { ns: number; file: string | null; line: number | null }>();
  for (const operation of operations) {
    if (gilDuring(trace, operation.thread, operation).use !== 'held') continue;
    const label = operation.facts?.operation ?? operation.label.split(/ → | of /)[0] ?? operation.label;
    const known = found.get(label);
    const ns = (known?.ns ?? 0) + operation.endNs - operation.startNs;
    found.set(label, { ns, file: known?.file ?? operation.file, line: known?.line ?? operation.line });
  }
  return [...found].sort(([, a], [, b]) => b.ns - a.ns).map(([label, { file, line }]) => ({ label, file, line }));
}
