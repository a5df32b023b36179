import { formatDuration } from '../base/time.ts';
import type { Trace } from '../trace/model.ts';
import { operationsOf } from '../trace/operations.ts';
import type { Insight } from './insight.ts';
import { at, percent, rounded } from './measures.ts';
import { costliestSite } from './sites.ts';

/** With the rows of its result, which the tracer tells of all that take longer than a moment. */
const labelled = /^((?:polars\.)?concat) → ([\d,]+)/;
const minCalls = 8;
const minNs = 100e6;
const minShare = 0.15;
/** The last frame is so many times as long as the first. */
const minGrowth = 2;

/** RIP116: a frame that grows by concat in a loop: each round copies all that the rounds before it have gathered. */
export function concatInLoop(trace: Trace): Insight | null {
  const calls = operationsOf(trace).flatMap(operation => {
    const [, name, rows] = labelled.exec(operation.label) ?? [];
    return name === undefined || rows === undefined
      ? []
      : [{ ...operation, name, rows: Number(rows.replaceAll(',', '')) }];
  });
  const site = costliestSite(calls);
  if (!site || site.operations.length < minCalls) return null;
  const rows = site.operations.map(call => call.rows);
  const [first = 0] = rows;
  const last = rows.at(-1) ?? 0;
  const isGrowing = rows.every((count, i) => i === 0 || count > (rows[i - 1] ?? 0));
  const share = site.tookNs / Math.max(1, trace.meta.durationNs);
  if (!isGrowing || last < minGrowth * first || site.tookNs < minNs || share < minShare) return null;
  const count = (value: number) => value.toLocaleString('en');
  return {
    code: 'RIP116',
    severity: 'problem',
    title: `${site.first.name} ran ${site.operations.length} times on one line, each time on a longer frame (${count(first)} to ${count(last)} rows): ${formatDuration(site.tookNs)}, ${percent(share)} of the run.`,
    advice: `Gather the parts in a list and concatenate once after the loop${at(site.first)}: each round copies all rows again.`,
    file: site.first.file,
    line: site.first.line,
    weight: Math.min(1, share),
    evidence: {
      calls: site.operations.length,
      firstRows: first,
      lastRows: last,
      tookMs: Math.round(site.tookNs / 1e6),
      share: rounded(share),
    },
    highlight: site.highlight,
  };
}
