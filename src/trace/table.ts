/**
 * Growing columns: what the builder appends to, what the file format writes.
 *
 *   shape     { start: float64, end: float64, state: uint8 }
 *   columns   start ████████░░░░   capacity doubles; the first `length` places count
 *             end   ████████░░░░
 *             state ████████░░░░
 */
export type Column = Float64Array | Uint8Array | Uint32Array | Int32Array;

export const float64 = (length: number): Float64Array => new Float64Array(length);
export const uint8 = (length: number): Uint8Array => new Uint8Array(length);
export const uint32 = (length: number): Uint32Array => new Uint32Array(length);
export const int32 = (length: number): Int32Array => new Int32Array(length);

export type Shape = Record<string, (length: number) => Column>;
export type ColumnsOf<S extends Shape> = { [K in keyof S]: ReturnType<S[K]> };
type Row<S extends Shape> = { [K in keyof S]: number };

export const stateShape = { start: float64, end: float64, state: uint8 };
export const spanShape = {
  start: float64,
  end: float64,
  kind: uint8,
  name: uint32,
  file: uint32,
  line: uint32,
  depth: uint8,
  holderTid: uint32,
};
export const taskShape = {
  submit: float64,
  start: float64,
  end: float64,
  engine: uint8,
  status: uint8,
  thread: int32,
  submitThread: int32,
  pool: int32,
  name: uint32,
  file: uint32,
  line: uint32,
  submitFile: uint32,
  submitLine: uint32,
  key: uint32,
  group: uint32,
  bytes: float64,
  rows: float64,
};
export const linkShape = { from: uint32, to: uint32 };
export const counterShape = { time: float64, value: float64 };
export const markShape = { time: float64, process: int32, level: uint8, name: uint32, text: uint32 };

/** New columns of this shape, all zero. */
export function makeColumns<S extends Shape>(shape: S, length: number): ColumnsOf<S> {
  return mapShape(shape, key => column(shape, key)(length));
}

export class Table<S extends Shape> {
  columns: ColumnsOf<S>;
  length = 0;
  private readonly shape: S;
  private capacity = 16;

  constructor(shape: S) {
    this.shape = shape;
    this.columns = makeColumns(shape, this.capacity);
  }

  append(row: Row<S>): number {
    return this.insert(this.length, row);
  }

  /** Puts a row at this place; later ones move up. */
  insert(at: number, row: Row<S>): number {
    if (this.length === this.capacity) this.grow();
    for (const key in this.shape) {
      const values = this.columns[key];
      if (at < this.length) values.copyWithin(at + 1, at, this.length);
      values[at] = row[key];
    }
    this.length++;
    return at;
  }

  /** The rows so far, sharing memory with this table: true until the table changes. */
  view(): ColumnsOf<S> & { length: number } {
    return { length: this.length, ...mapShape(this.shape, key => this.columns[key].subarray(0, this.length)) };
  }

  /** A copy of the rows, on its own; in this order of places when one is given. */
  copy(order: Uint32Array | null = null): ColumnsOf<S> & { length: number } {
    const copied = mapShape(this.shape, key => {
      const from = this.columns[key];
      if (!order) return from.slice(0, this.length);
      const to = column(this.shape, key)(this.length);
      for (let i = 0; i < to.length; i++) to[i] = from[order[i] ?? 0] ?? 0;
      return to;
    });
    return { length: this.length, ...copied };
  }

  private grow(): void {
    this.capacity *= 2;
    const old = this.columns;
    this.columns = makeColumns(this.shape, this.capacity);
    for (const key in this.shape) this.columns[key].set(old[key]);
  }
}

function column<S extends Shape>(shape: S, key: keyof S): (length: number) => Column {
  const make = shape[key];
  if (!make) throw new Error(`No column ${String(key)}`);
  return make;
}

/** The one place where the compiler can't follow: each key gets the kind of column that its shape names. */
function mapShape<S extends Shape>(shape: S, make: (key: keyof S) => Column): ColumnsOf<S> {
  return Object.fromEntries(Object.keys(shape).map(key => [key, make(key)])) as ColumnsOf<S>;
}

/** First place in a sorted column whose value is greater than `value`. */
export function upperBound(sorted: Float64Array, value: number, from = 0, to = sorted.length): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** First place in a sorted column whose value is at least `value`. */
export function lowerBound(sorted: Float64Array, value: number, from = 0, to = sorted.length): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) >= value) high = middle;
    else low = middle + 1;
  }
  return low;
}
