import type { Ns } from '../base/time.ts';
import type { WindowData, WindowParams } from '../protocol/query.ts';
import { endAt, firstVisible, itemAt, placeFrom, type Row, startAt } from './rows.ts';

/** Finer than any screen; keeps an answer bounded whatever is asked. */
const maxBuckets = 20_000;
const nearby = 16;

/**
 * What is visible of some rows, at most one entry per bucket (pixel column) and row:
 *
 *   entries   ▏▎▏ ▏  █████████████ ▏!▏       ! failed
 *   buckets  │     │     │     │     │
 *   answer   │ 4   │ █████████ │  !  │       the longest (or a failed one) stands for all that begin in its bucket:
 *              +3                +2           `hidden` says for how many more
 *
 * Every entry that touches the window is counted exactly once: 1 + hidden, summed up, is their number.
 * The work depends on the visible buckets, not on how many entries there are.
 */
export function windowOf(rows: { thread: number; row: Row }[], params: WindowParams, strings: string[]): WindowData {
  const { startNs, endNs } = params;
  const bucketNs = Math.max(params.bucketNs, (endNs - startNs) / maxBuckets, 1e-3);
  const buckets = Math.ceil((endNs - startNs) / bucketNs) + 2;
  const atMost = rows.reduce((sum, { row }) => sum + Math.min(row.length, buckets), 0);
  const sink = new Sink(startNs, strings, Math.max(1, atMost));
  const described = rows.map(({ thread, row }) => {
    const offset = sink.length;
    sink.begin(row);
    pick(row, startNs, endNs, bucketNs, sink);
    return { thread, kind: row.kind, depth: row.depth, offset, count: sink.length - offset };
  });
  return { startNs, endNs, rows: described, ...sink.columns(), names: sink.names };
}

function pick(row: Row, startNs: Ns, endNs: Ns, bucketNs: Ns, sink: Sink): void {
  let place = firstVisible(row, startNs);
  /** Where the picture is filled up to; the next entry begins no earlier. */
  let drawnNs = Number.NEGATIVE_INFINITY;
  while (place < row.length) {
    const begin = startAt(row, place);
    if (begin >= endNs) return;
    const seen = Math.max(begin, startNs, drawnNs);
    let bucket = Math.floor((seen - startNs) / bucketNs);
    if (startNs + (bucket + 1) * bucketNs <= seen) bucket++;
    const bucketStart = startNs + bucket * bucketNs;
    const bucketEnd = startNs + (bucket + 1) * bucketNs;
    let next = groupEnd(row, place, bucketEnd, endNs);
    let best = next - place === 1 ? place : row.index.best(place, next);
    const last = next - 1;
    // The last one goes on in later buckets, but another one is shown in this: it is told there.
    if (best !== last && endAt(row, last) > bucketEnd && bucketEnd < endNs) {
      next = last;
      if (next - place === 1) best = place;
    }
    const hidden = next - place - 1;
    if (hidden === 0) {
      sink.add(row, best, Math.max(begin, drawnNs), Math.max(endAt(row, best), begin), 0);
      drawnNs = next === last ? bucketEnd : Math.max(drawnNs, endAt(row, best));
    } else {
      const end = Math.max(bucketEnd, endAt(row, best));
      sink.add(row, best, Math.max(bucketStart, drawnNs), end, hidden);
      drawnNs = end;
    }
    place = next;
  }
}

/** First place after `place` that begins in a later bucket: mostly near, so a short walk comes before the search. */
function groupEnd(row: Row, place: number, bucketEnd: Ns, endNs: Ns): number {
  const limit = bucketEnd < endNs ? bucketEnd : endNs;
  const { start, items } = row;
  const near = Math.min(row.length, place + nearby);
  for (let next = place + 1; next < near; next++) {
    if ((start[items ? (items[next] ?? 0) : next] ?? 0) >= limit) return next;
  }
  return near < row.length ? placeFrom(row, near, limit) : near;
}

/** Columns of the answer, large enough from the start for what their rows can need. */
class Sink {
  length = 0;
  readonly names = [''];
  private readonly zeroNs: Ns;
  private readonly strings: string[];
  private readonly nameNumbers: Uint32Array;
  private start: Float64Array;
  private end: Float64Array;
  private code: Uint8Array;
  private hidden: Uint32Array;
  private name: Uint32Array;
  private rowNames: Uint32Array | null = null;

  constructor(zeroNs: Ns, strings: string[], capacity: number) {
    this.zeroNs = zeroNs;
    this.strings = strings;
    this.start = new Float64Array(capacity);
    this.end = new Float64Array(capacity);
    this.code = new Uint8Array(capacity);
    this.hidden = new Uint32Array(capacity);
    this.name = new Uint32Array(capacity);
    this.nameNumbers = new Uint32Array(strings.length);
  }

  begin(row: Row): void {
    this.rowNames = row.name;
  }

  add(row: Row, place: number, from: Ns, to: Ns, hidden: number): void {
    if (this.length === this.start.length) this.grow();
    const item = itemAt(row, place);
    this.start[this.length] = from - this.zeroNs;
    this.end[this.length] = to - this.zeroNs;
    this.code[this.length] = row.code[item] ?? 0;
    this.hidden[this.length] = hidden;
    if (this.rowNames) this.name[this.length] = this.numberOf(this.rowNames[item] ?? 0);
    this.length++;
  }

  columns(): Pick<WindowData, 'start' | 'end' | 'code' | 'hidden' | 'name'> {
    return {
      start: this.start.slice(0, this.length).buffer,
      end: this.end.slice(0, this.length).buffer,
      code: this.code.slice(0, this.length).buffer,
      hidden: this.hidden.slice(0, this.length).buffer,
      name: this.name.slice(0, this.length).buffer,
    };
  }

  private numberOf(string: number): number {
    if (string === 0) return 0;
    const known = this.nameNumbers[string] ?? 0;
    if (known > 0) return known;
    const made = this.names.push(this.strings[string] ?? '') - 1;
    this.nameNumbers[string] = made;
    return made;
  }

  private grow(): void {
    const size = this.length * 2;
    this.start = enlarged(this.start, new Float64Array(size));
    this.end = enlarged(this.end, new Float64Array(size));
    this.code = enlarged(this.code, new Uint8Array(size));
    this.hidden = enlarged(this.hidden, new Uint32Array(size));
    this.name = enlarged(this.name, new Uint32Array(size));
  }
}

function enlarged<C extends { set(from: C): void }>(from: C, to: C): C {
  to.set(from);
  return to;
}
