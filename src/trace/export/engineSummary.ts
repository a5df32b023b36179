import { toMs } from '../../base/time.ts';
import { type EngineFact, markLevels, type PlanInfo, type SpanKind, spanKinds, type Trace } from '../model.ts';
import { pidOf } from './pids.ts';

/** What engines told of their work, as the summary has it: times in ms since the run's start; unknown = null. */
export interface EngineSummary {
  /** Operations of libraries and phases of tasks. */
  spans: SpanSummary[];
  /** Places in `tasks`: the result of `from` went into `to`. */
  links: { from: number; to: number }[];
  counters: CounterSummary[];
  marks: { level: string; name: string; text: string; process: string | null; atMs: number | null }[];
  plans: (Omit<PlanInfo, 'atNs'> & { atMs: number | null })[];
  facts: (Omit<EngineFact, 'atNs'> & { atMs: number | null })[];
}

export interface SpanSummary {
  kind: SpanKind;
  name: string;
  pid: number;
  tid: number;
  startMs: number | null;
  /** null: still open when the run ended. */
  endMs: number | null;
  file: string | null;
  line: number | null;
}

export interface CounterSummary {
  name: string;
  unit: string;
  pid: number;
  process: string;
  limit: number | null;
  points: number;
  first: number | null;
  last: number | null;
  max: number | null;
}

export const engineSpanKinds: readonly SpanKind[] = [
  ...(['operation', 'transfer', 'disk', 'deserialize', 'serialize'] as const),
  ...(['shuffleRead', 'shuffleWrite', 'schedulerDelay', 'compute'] as const),
];

export const noEngineSummary: EngineSummary = { spans: [], links: [], counters: [], marks: [], plans: [], facts: [] };

export function summarizeEngines(trace: Trace): EngineSummary {
  const { links, counters, marks, plans, facts, strings, processes } = trace;
  return {
    spans: trace.threads.flatMap((_, thread) => spansOf(trace, thread)),
    links: Array.from({ length: links.length }, (_, i) => ({ from: links.from[i] ?? 0, to: links.to[i] ?? 0 })),
    counters: counters.map(({ process, name, unit, limit, length, value }) => ({
      ...{ name, unit, pid: pidOf(trace, process), process: processes[process]?.name ?? '', limit },
      ...{ points: length, first: value[0] ?? null, last: value[length - 1] ?? null },
      max: length === 0 ? null : value.reduce((most, each) => Math.max(most, each)),
    })),
    marks: Array.from({ length: marks.length }, (_, i) => ({
      level: markLevels[marks.level[i] ?? 0] ?? 'info',
      name: strings[marks.name[i] ?? 0] ?? '',
      text: strings[marks.text[i] ?? 0] ?? '',
      process: processes[marks.process[i] ?? -1]?.name ?? null,
      atMs: toMs(marks.time[i] ?? null),
    })),
    plans: plans.map(({ atNs, ...plan }) => ({ ...plan, atMs: toMs(atNs) })),
    facts: facts.map(({ atNs, ...fact }) => ({ ...fact, atMs: toMs(atNs) })),
  };
}

function spansOf(trace: Trace, thread: number): SpanSummary[] {
  const track = trace.threads[thread];
  if (!track) return [];
  const { spans, tid } = track;
  const pid = pidOf(trace, track.process);
  const found: SpanSummary[] = [];
  for (let i = 0; i < spans.length; i++) {
    const kind = spanKinds[spans.kind[i] ?? 0] ?? 'operation';
    if (!engineSpanKinds.includes(kind)) continue;
    found.push({
      ...{ kind, name: trace.strings[spans.name[i] ?? 0] ?? '', pid, tid },
      ...{ startMs: toMs(spans.start[i] ?? null), endMs: toMs(spans.end[i] ?? null) },
      ...{ file: trace.strings[spans.file[i] ?? 0] || null, line: spans.line[i] || null },
    });
  }
  return found;
}
