import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { messageOf, userError } from '../base/errors.ts';
import { failed, type Result } from '../base/result.ts';
import { findInsights } from '../insights/rules.ts';
import { emptyOutcome, type RunOutcome } from '../protocol/hostWorker.ts';
import { textReport } from '../trace/export/report.ts';
import { summarize } from '../trace/export/summary.ts';
import { decodeTrace, isTraceFile } from '../trace/file.ts';
import { importChromeJson } from '../trace/importChrome.ts';
import type { Trace } from '../trace/model.ts';
import type { Console } from './console.ts';
import { exitCodes } from './exitCode.ts';

/** `show`: the summary of a saved trace. */
export function showCommand(file: string, format: 'text' | 'json', console: Console): number {
  const trace = readTrace(file);
  if (!trace.ok) return console.problem(trace.error, exitCodes.usage);
  const { title } = trace.value.meta;
  const snippet = { file: title, startLine: null, endLine: null };
  const summary = summarize(trace.value, outcomeOf(trace.value), snippet, findInsights(trace.value));
  if (format === 'json') console.stdout(`${JSON.stringify({ schema: 1, runs: [summary] }, null, 2)}\n`);
  else console.stdout(textReport(summary, title, console.style()));
  return exitCodes.ok;
}

function readTrace(file: string): Result<Trace> {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    return failed(userError('traceUnreadable', `${file} can't be read: ${messageOf(error)}`));
  }
  // A copy of its own: columns are read in place and must begin at multiples of 8.
  const own = new Uint8Array(bytes).buffer;
  if (isTraceFile(own)) return decodeTrace(own);
  const text = new TextDecoder().decode(own);
  if (/^\s*[[{]/.test(text)) return importChromeJson(text, basename(file));
  const isPerfetto = bytes[0] === 0x0a || /\.(pftrace|perfetto-trace)$/.test(file);
  const message = isPerfetto
    ? `${file} looks like a Perfetto trace; that format is not supported yet. There are our own and the JSON of Chrome traces.`
    : `${file} is neither a trace of Run in Parallel nor the JSON of a Chrome trace.`;
  return failed(userError('traceUnknown', message));
}

/** How the run ended, by what its first process says. */
function outcomeOf(trace: Trace): RunOutcome {
  const exit = trace.processes.find(process => process.parentPid === null)?.exit ?? null;
  const code = exit === null ? null : /^exit (-?\d+)$/.exec(exit)?.[1];
  const exitCode = code === undefined || code === null ? null : Number(code);
  return {
    ...emptyOutcome,
    status: exit?.startsWith('killed') ? 'killed' : exitCode === null || exitCode === 0 ? 'ok' : 'failed',
    exitCode,
    wallMs: trace.meta.durationNs / 1e6,
  };
}
