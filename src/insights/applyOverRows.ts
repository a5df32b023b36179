import { formatDuration } from '../base/time.ts';
import type { Trace } from '../trace/model.ts';
import { operationsWithFacts } from '../trace/operations.ts';
import type { Insight } from './insight.ts';
import { at, percent, rounded, sum } from './measures.ts';
import { costliestSite } from './sites.ts';

const minNs = 100e6;
const minShare = 0.15;

/** RIP111: a Python function that pandas calls once for each row, and that takes much of the run. */
export function applyOverRows(trace: Trace): Insight | null {
  const calls = operationsWithFacts(trace).filter(call => call.facts.byRow && call.facts.engine === 'pandas');
  const site = costliestSite(calls);
  if (!site) return null;
  const share = site.tookNs / Math.max(1, trace.meta.durationNs);
  if (site.tookNs < minNs || share < minShare) return null;
  const rows = sum(site.operations.map(call => call.facts.givenRows ?? 0));
  const { operation } = site.first.facts;
  return {
    code: 'RIP111',
    severity: 'problem',
    title: `${operation} with axis=1 called a Python function for each of ${rows.toLocaleString('en')} rows: ${formatDuration(site.tookNs)}, ${percent(share)} of the run.`,
    advice: `Calculate with whole columns${at(site.first)}: operators, numpy.where, and the methods of .str and .dt do all rows in one call, without a Series for each.`,
    file: site.first.file,
    line: site.first.line,
    weight: Math.min(1, share),
    evidence: { rows, calls: site.operations.length, tookMs: Math.round(site.tookNs / 1e6), share: rounded(share) },
    highlight: site.highlight,
  };
}
