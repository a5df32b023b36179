import { measuredSummary } from '../insights/measuredSummary.ts';
import type { MeasuredParams } from '../protocol/hostServer.ts';
import type { RunOutcome } from '../protocol/hostWorker.ts';
import { lineCount } from '../snippet/notebook.ts';
import type { SelectedLines, Snippet } from '../snippet/snippet.ts';
import type { RunRecord } from './runRecord.ts';

/** What of a Job is needed here. */
interface MeasuredJob {
  snippet: Snippet;
  sources: { uri: { toString(): string }; version: number }[];
}

/** What an ended run measured, for each document of which something was selected; nothing when it never started or was cancelled. */
export function measuredParams(record: RunRecord, job: MeasuredJob): MeasuredParams[] {
  const { outcome } = record;
  if (outcome === null || outcome.userError !== null || outcome.program === null) return [];
  if (outcome.status === 'cancelled') return [];
  return selectedLines(job).flatMap(lines => {
    const source = job.sources[lines.unit];
    if (source === undefined) return [];
    const { status, programError, taskWork } = outcome;
    const run = { status, error: programError, ms: timeOf(outcome, lines), work: taskWork };
    return [
      {
        uri: source.uri.toString(),
        version: source.version,
        startLine: lines.startLine - 1,
        endLine: lines.endLine - 1,
        summary: measuredSummary(run),
        times: timesOf(job, outcome, lines.unit),
      },
    ];
  });
}

/** Without a selection, all lines of each unit. */
function selectedLines({ snippet }: MeasuredJob): SelectedLines[] {
  if (snippet.selection !== null) return snippet.selection;
  return snippet.units.map(({ source }, unit) => ({ unit, startLine: 1, endLine: lineCount(source ?? '') }));
}

/** How long the statements took that were selected: what they needed from above is not counted. In ms. */
function timeOf({ times, wallMs }: RunOutcome, { unit, startLine, endLine }: SelectedLines): number {
  const own = times.filter(time => time.unit === unit && time.startLine <= endLine && time.endLine >= startLine);
  return own.length === 0 ? wallMs : own.reduce((sum, { ms }) => sum + ms, 0);
}

/** All that ran of the document that holds the unit: the fences of a Markdown file are units of one document. */
function timesOf({ sources }: MeasuredJob, { times }: RunOutcome, unit: number): MeasuredParams['times'] {
  const uri = sources[unit]?.uri.toString();
  return times
    .filter(time => sources[time.unit]?.uri.toString() === uri)
    .map(({ startLine, endLine, ms }) => ({ startLine: startLine - 1, endLine: endLine - 1, ms }));
}
