import { formatDuration, type Ns } from '../../base/time.ts';
import type { Overview } from '../../protocol/query.ts';
import { counterWords } from '../words.ts';
import { type CounterCache, valueAt } from './counterCache.ts';
import { marksOfProcess } from './counterPainter.ts';
import type { Hit } from './hitTest.ts';
import type { TooltipText } from './tooltip.ts';

/** Marks are flags of about this half width, as a multiple of the pointer's tolerance. */
const flagTolerance = 2;

/** What the pointer reads on a counter, or on a mark of a process; null = nothing there. */
export function wordsAt(overview: Overview, counters: CounterCache, hit: Hit, toleranceNs: Ns): TooltipText | null {
  if (hit.row.kind === 'counter') return counterAt(overview, counters, hit.row.counter, hit.atNs);
  return hit.row.kind === 'process' ? marksAt(overview, hit.row.process, hit.atNs, toleranceNs * flagTolerance) : null;
}

function counterAt(overview: Overview, counters: CounterCache, place: number, atNs: Ns): TooltipText | null {
  const counter = overview.counters[place];
  const points = counter ? counters.of(counter.index) : null;
  const value = points ? valueAt(points, atNs) : null;
  if (!counter || value === null) return null;
  const words = (figure: number) => counterWords(figure, counter.unit);
  const lines = [`At most ${words(counter.max)}`, ...(counter.limit === null ? [] : [`Limit ${words(counter.limit)}`])];
  return { title: `${counter.name} ${words(value)}`, time: `at ${formatDuration(atNs)}`, precision: '', lines };
}

function marksAt(overview: Overview, process: number, atNs: Ns, toleranceNs: Ns): TooltipText | null {
  const near = marksOfProcess(overview.marks, process).filter(mark => Math.abs(mark.atNs - atNs) <= toleranceNs);
  const [first] = near;
  if (!first) return null;
  const texts = near.length === 1 ? [first.text] : near.map(({ name, text }) => `${name}: ${text}`);
  const title = near.length === 1 ? first.name : `${near.length} marks`;
  return { title, time: `at ${formatDuration(first.atNs)}`, precision: '', lines: texts.slice(0, 8) };
}
