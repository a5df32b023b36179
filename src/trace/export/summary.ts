import { type Ns, toMs } from '../../base/time.ts';
import type { RunOutcome } from '../../protocol/hostWorker.ts';
import {
  type Engine,
  type SpanKind,
  spanKinds,
  type ThreadState,
  type Trace,
  taskEngines,
  taskStatuses,
} from '../model.ts';
import { openEnd } from '../rows.ts';
import { numberOrNull } from '../taskPage.ts';
import { byState, lifeTotals } from '../totals.ts';
import {
  type EngineSummary,
  engineSpanKinds,
  noEngineSummary,
  type SpanSummary,
  summarizeEngines,
} from './engineSummary.ts';
import { pidOf } from './pids.ts';

/** The summary JSON of DESIGN §4: times in ms since the run's start; unknown = null. */
export interface SummaryFile {
  schema: 1;
  runs: RunSummary[];
}

export interface RunSummary extends TraceSummary {
  snippet: { file: string; startLine: number | null; endLine: number | null };
  status: RunOutcome['status'];
  exitCode: number | null;
  wallMs: number;
  variant: { strategy?: string; workers?: number; repeat?: number };
  engine: Engine;
  insights: {
    code: string;
    severity: string;
    title: string;
    advice: string;
    file: string | null;
    line: number | null;
    evidence: Record<string, number | string | number[]>;
  }[];
  output: { stdout: string; stderr: string; truncated: boolean };
  error: { type: string; message: string; file: string | null; line: number | null } | null;
}

/** What the trace itself tells. */
export interface TraceSummary extends EngineSummary {
  processes: ProcessSummary[];
  threads: ThreadSummary[];
  tasks: TaskSummary[];
  waits: WaitSummary[];
  quality: QualitySummary;
}

export interface ProcessSummary {
  pid: number;
  parentPid: number | null;
  name: string;
  startMethod: string;
  /** null: this machine. */
  host: string | null;
  python: string | null;
  gilEnabled: boolean | null;
  startMs: number | null;
  endMs: number | null;
  exit: string | null;
  note: string;
}

export interface ThreadSummary {
  pid: number;
  tid: number;
  name: string;
  kind: string;
  startMs: number | null;
  endMs: number | null;
  cpuMs: number | null;
  statesMs: Record<ThreadState, number>;
}

export interface TaskSummary {
  name: string;
  engine: string;
  /** Of the thread that ran it; null when it never started. */
  pid: number | null;
  tid: number | null;
  submitMs: number | null;
  startMs: number | null;
  endMs: number | null;
  status: string;
  file: string | null;
  line: number | null;
  /** By which its engine knows it; null = it has none. */
  key: string | null;
  bytes: number | null;
  /** Of a frame; null = not known. */
  rows: number | null;
}

export interface WaitSummary extends SpanSummary {
  holderTid?: number;
}

export interface QualitySummary {
  tracerMs: number | null;
  samplerMs: number | null;
  samplingHz: number | null;
  lateSamples: number | null;
  stateSource: string | null;
  stateNote: string;
  warnings: string[];
}

/** Spans that tell of no wait; those of engines have a list of their own. */
const notWaits: ReadonlySet<SpanKind> = new Set<SpanKind>(['idle', 'gc', ...engineSpanKinds]);

/** One run as the summary tells it; without a trace (nothing could be started) its lists are empty. */
export function summarize(
  trace: Trace | null,
  outcome: RunOutcome,
  snippet: RunSummary['snippet'],
  insights: RunOutcome['insights'],
): RunSummary {
  const { stdout, stderr, truncated } = outcome.output;
  return {
    snippet,
    status: outcome.status,
    exitCode: outcome.exitCode,
    wallMs: Math.round(outcome.wallMs * 1e3) / 1e3,
    variant: {},
    engine: trace?.meta.engine ?? 'python',
    ...(trace ? summarizeTrace(trace) : nothing),
    insights: insights.map(({ code, severity, title, advice, file, line, evidence }) => ({
      ...{ code, severity, title, advice, file, line, evidence },
    })),
    output: { stdout, stderr, truncated },
    error: errorOf(outcome),
  };
}

export function summarizeTrace(trace: Trace): TraceSummary {
  return {
    processes: trace.processes.map(({ startNs, endNs, ...about }, process) => ({
      ...about,
      pid: pidOf(trace, process),
      startMs: toMs(startNs),
      endMs: toMs(endNs),
    })),
    threads: trace.threads.map(thread => ({
      pid: pidOf(trace, thread.process),
      tid: thread.tid,
      name: thread.name,
      kind: thread.kind,
      startMs: toMs(thread.startNs),
      endMs: toMs(openEnd(trace, thread)),
      cpuMs: toMs(thread.cpuNs),
      statesMs: statesMs(lifeTotals(trace, thread)),
    })),
    tasks: Array.from({ length: trace.tasks.length }, (_, task) => taskSummary(trace, task)),
    waits: trace.threads.flatMap((_, thread) => waitsOf(trace, thread)),
    ...summarizeEngines(trace),
    quality: {
      tracerMs: toMs(trace.meta.quality.tracerNs),
      samplerMs: toMs(trace.meta.quality.samplerNs),
      samplingHz: Math.round(trace.meta.quality.samplingHz * 10) / 10,
      lateSamples: trace.meta.quality.lateSamples,
      stateSource: trace.meta.quality.stateSource,
      stateNote: trace.meta.quality.stateNote,
      warnings: trace.meta.quality.warnings,
    },
  };
}

const nothing: TraceSummary = {
  ...noEngineSummary,
  processes: [],
  threads: [],
  tasks: [],
  waits: [],
  quality: {
    ...{ tracerMs: null, samplerMs: null, samplingHz: null, lateSamples: null },
    ...{ stateSource: null, stateNote: '', warnings: [] },
  },
};

function taskSummary(trace: Trace, task: number): TaskSummary {
  const { tasks } = trace;
  const thread = trace.threads[tasks.thread[task] ?? -1];
  return {
    name: text(trace, tasks.name[task]) ?? '',
    engine: taskEngines[tasks.engine[task] ?? 0] ?? '',
    pid: thread ? pidOf(trace, thread.process) : null,
    tid: thread?.tid ?? null,
    submitMs: time(tasks.submit[task]),
    startMs: time(tasks.start[task]),
    endMs: time(tasks.end[task]),
    status: taskStatuses[tasks.status[task] ?? 0] ?? '',
    file: text(trace, tasks.file[task]),
    line: tasks.line[task] || null,
    key: text(trace, tasks.key[task]),
    bytes: numberOrNull(tasks.bytes[task]),
    rows: numberOrNull(tasks.rows[task]),
  };
}

function waitsOf(trace: Trace, thread: number): WaitSummary[] {
  const track = trace.threads[thread];
  if (!track) return [];
  const { spans } = track;
  return Array.from({ length: spans.length }, (_, i) => i).flatMap(i => {
    const kind = spanKinds[spans.kind[i] ?? 0] ?? 'lock';
    if (notWaits.has(kind)) return [];
    const holder = spans.holderTid[i] ?? 0;
    return {
      kind,
      name: text(trace, spans.name[i]) ?? kind,
      pid: pidOf(trace, track.process),
      tid: track.tid,
      startMs: time(spans.start[i]),
      endMs: time(spans.end[i]),
      ...(holder > 0 ? { holderTid: holder } : {}),
      file: text(trace, spans.file[i]),
      line: spans.line[i] || null,
    };
  });
}

function errorOf(outcome: RunOutcome): RunSummary['error'] {
  if (outcome.programError) {
    const { type, message, file, line } = outcome.programError;
    return { type, message, file, line };
  }
  if (!outcome.userError) return null;
  return { type: outcome.userError.code, message: outcome.userError.message, file: null, line: null };
}

function statesMs(totals: number[]): Record<ThreadState, number> {
  return byState(totals.map(total => toMs(total) ?? 0));
}

function text(trace: Trace, string: number | undefined): string | null {
  return trace.strings[string ?? 0] || null;
}

function time(ns: Ns | undefined): number | null {
  return toMs(ns ?? null);
}
