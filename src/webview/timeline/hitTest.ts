import type { Ns } from '../../base/time.ts';
import { type Band, type LayoutRow, rowIndexAt, type ThreadRow, type TrackLayout } from './layout.ts';
import type { WindowCache } from './windowCache.ts';
import { entryName, firstEndingAfter, type RowView } from './windowTile.ts';

/** An entry as it is drawn: several short ones may be behind it. */
export interface Entry {
  startNs: Ns;
  endNs: Ns;
  code: number;
  hidden: number;
  name: string;
}

export interface Hit {
  row: LayoutRow;
  band: Band | null;
  atNs: Ns;
  entry: Entry | null;
}

/** What lies at a point of the tracks; `y` from the top of the tracks in CSS pixels. null = below the last track. */
export function hitTest(
  layout: TrackLayout,
  cache: WindowCache,
  point: { y: number; atNs: Ns; toleranceNs: Ns },
): Hit | null {
  const row = layout.rows[rowIndexAt(layout, point.y)];
  if (!row || point.y < 0 || point.y >= row.top + row.height) return null;
  if (row.kind !== 'thread') return { row, band: null, atNs: point.atNs, entry: null };
  const band = bandAt(row, point.y - row.top);
  const data = band && cache.row(row.thread, band.kind, band.depth);
  const entry = data ? entryAt(data, point.atNs, point.toleranceNs) : null;
  return { row, band, atNs: point.atNs, entry };
}

/** Half of the gap between two bands belongs to each. */
function bandAt(row: ThreadRow, y: number): Band | null {
  return row.bands.find(band => y >= band.top - 1 && y < band.top + band.height + 1) ?? null;
}

/** The entry at a time, or the nearest one within the tolerance. */
export function entryAt(data: RowView, atNs: Ns, toleranceNs: Ns): Entry | null {
  const after = firstEndingAfter(data, atNs);
  const before = after - 1;
  const distance = (index: number) => {
    if (index < data.from || index >= data.to) return Number.POSITIVE_INFINITY;
    const start = (data.start[index] ?? 0) + data.baseNs;
    const end = (data.end[index] ?? 0) + data.baseNs;
    return Math.max(0, start - atNs, atNs - end);
  };
  const nearest = distance(after) <= distance(before) ? after : before;
  return distance(nearest) <= toleranceNs ? readEntry(data, nearest) : null;
}

/** The first entry that starts after (step 1) or the last that ends before (step -1) another one. */
export function neighbour(data: RowView, of: Entry | null, atNs: Ns, step: 1 | -1): Entry | null {
  const anchor = of ? of.startNs + (of.endNs - of.startNs) / 2 : atNs;
  const here = firstEndingAfter(data, anchor);
  const startsLater = here < data.to && (data.start[here] ?? 0) + data.baseNs > anchor;
  const index = step === 1 ? (startsLater ? here : here + 1) : here - 1;
  return index >= data.from && index < data.to ? readEntry(data, index) : null;
}

function readEntry(data: RowView, index: number): Entry {
  return {
    startNs: (data.start[index] ?? 0) + data.baseNs,
    endNs: (data.end[index] ?? 0) + data.baseNs,
    code: data.code[index] ?? 0,
    hidden: data.hidden[index] ?? 0,
    name: entryName(data, index),
  };
}
