import { findInsights } from '../insights/rules.ts';
import { openTrace } from '../open/openTrace.ts';
import { emptyOutcome, type RunOutcome } from '../protocol/hostWorker.ts';
import { textReport } from '../trace/export/report.ts';
import { type RunSummary, summarize } from '../trace/export/summary.ts';
import type { Trace } from '../trace/model.ts';
import type { Console } from './console.ts';
import { exitCodes } from './exitCode.ts';

/** `show`: the summary of a saved trace. */
export function showCommand(file: string, format: 'text' | 'json', console: Console): number {
  const trace = openTrace(file);
  if (!trace.ok) return console.problem(trace.error, exitCodes.usage);
  console.stdout(
    format === 'json'
      ? summaryJson(trace.value)
      : textReport(summaryOf(trace.value), titleOf(trace.value), console.style()),
  );
  return exitCodes.ok;
}

/** The summary JSON of a saved trace. */
export function summaryJson(trace: Trace): string {
  return `${JSON.stringify({ schema: 1, runs: [summaryOf(trace)] }, null, 2)}\n`;
}

export function summaryOf(trace: Trace): RunSummary {
  const snippet = { file: titleOf(trace), startLine: null, endLine: null };
  return summarize(trace, outcomeOf(trace), snippet, findInsights(trace));
}

export function titleOf(trace: Trace): string {
  return trace.meta.title;
}

/** How the run ended, by what its first process says. */
function outcomeOf(trace: Trace): RunOutcome {
  const exit = trace.processes.find(process => process.parentPid === null && process.exit !== null)?.exit ?? null;
  const code = exit === null ? null : /^exit (-?\d+)$/.exec(exit)?.[1];
  const exitCode = code === undefined || code === null ? null : Number(code);
  return {
    ...emptyOutcome,
    status: exit?.startsWith('killed') ? 'killed' : exitCode === null || exitCode === 0 ? 'ok' : 'failed',
    exitCode,
    wallMs: trace.meta.durationNs / 1e6,
  };
}
