import type { Ns } from '../../base/time.ts';
import type { RowKind, WindowData } from '../../protocol/query.ts';

/** One row of an answer: columns shared with its neighbours, entries `from` … `to`. Times are relative to `baseNs`. */
export interface RowView {
  kind: RowKind;
  depth: number;
  baseNs: Ns;
  from: number;
  to: number;
  start: Float64Array;
  end: Float64Array;
  code: Uint8Array;
  hidden: Uint32Array;
  name: Uint32Array;
  names: string[];
}

/** Splits an answer by thread. Rows whose entries lie outside of the columns are left out: they can't be drawn. */
export function rowsByThread(data: WindowData): Map<number, RowView[]> {
  const start = new Float64Array(data.start);
  const end = new Float64Array(data.end);
  const code = new Uint8Array(data.code);
  const hidden = new Uint32Array(data.hidden);
  const name = new Uint32Array(data.name);
  const length = Math.min(start.length, end.length, code.length, hidden.length, name.length);
  const threads = new Map<number, RowView[]>();
  for (const { thread, kind, depth, offset, count } of data.rows) {
    if (offset < 0 || count < 0 || offset + count > length) continue;
    const rows = threads.get(thread) ?? [];
    threads.set(thread, rows);
    rows.push({
      kind,
      depth,
      baseNs: data.startNs,
      from: offset,
      to: offset + count,
      start,
      end,
      code,
      hidden,
      name,
      names: data.names,
    });
  }
  return threads;
}

/** First entry of the row that ends after the time; `to` when there is none. */
export function firstEndingAfter(row: RowView, atNs: Ns): number {
  const at = atNs - row.baseNs;
  let low = row.from;
  let high = row.to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((row.end[middle] ?? 0) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function entryName(row: RowView, index: number): string {
  return row.names[row.name[index] ?? 0] ?? '';
}
