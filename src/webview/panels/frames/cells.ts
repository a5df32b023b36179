import type { FrameCell, FrameColumn } from '../../../protocol/frameValue.ts';

/** How a cell is shown. */
export interface CellLook {
  text: string;
  /** All of it, where `text` is shorter or may not fit; else null. */
  full: string | null;
  /** No datum: a missing value, an error. */
  isMissing: boolean;
}

/** Longer texts may not fit into their cell. */
const fitting = 50;
/** So many values of a column decide how many decimals it is shown with. */
const mostLookedAt = 2000;
const hugest = 1e15;

/** Shows the cells of a column. `most`: decimals of a float. */
export function looksOf(column: FrameColumn, most: number): (cell: FrameCell | undefined) => CellLook {
  const decimals = column.kind === 'float' ? decimalsOf(column.values, most) : null;
  return cell => {
    if (cell === null || cell === undefined) return { text: column.missing, full: null, isMissing: true };
    if (typeof cell === 'object') return { text: cell[0], full: null, isMissing: true };
    if (typeof cell === 'number') return numberLook(cell, decimals, most);
    const text = cell.replaceAll(/\r\n|[\n\r]/g, '↵');
    return { text, full: text.length > fitting || text !== cell ? cell : null, isMissing: false };
  };
}

function numberLook(value: number, decimals: Decimals | null, most: number): CellLook {
  const exact = String(value);
  if (decimals === null) return { text: exact, full: null, isMissing: false };
  const text = needsExponent(value, most)
    ? value.toExponential(decimals.beforeExponent)
    : value.toFixed(decimals.afterPoint);
  return { text, full: Number(text) === value ? null : exact, isMissing: false };
}

/** How many decimals the values of a column have: those that are written with an exponent, and the others. */
interface Decimals {
  afterPoint: number;
  beforeExponent: number;
}

/** As few decimals as show each value with up to `most` of them; one at least, as a float is no whole number. */
function decimalsOf(values: readonly FrameCell[], most: number): Decimals {
  const needed = { afterPoint: Math.min(1, most), beforeExponent: 0 };
  for (const value of values.slice(0, mostLookedAt)) {
    if (typeof value !== 'number') continue;
    const kind = needsExponent(value, most) ? 'beforeExponent' : 'afterPoint';
    if (needed[kind] >= most) continue;
    const text = kind === 'beforeExponent' ? value.toExponential(most) : value.toFixed(most);
    const [, digits = ''] = /\.(\d+)/.exec(text) ?? [];
    needed[kind] = Math.max(needed[kind], digits.replace(/0+$/, '').length);
  }
  return needed;
}

/** Too large or too small to be told apart by its decimals. */
function needsExponent(value: number, most: number): boolean {
  const size = Math.abs(value);
  return size >= hugest || (size !== 0 && size < 0.5 * 10 ** -most);
}

/** The places of rows in the order of a column; missing values come last, whichever way it goes. */
export function sortedRows(column: FrameColumn, descending: boolean): number[] {
  const isNumber = column.kind !== 'text';
  const keys = column.values.map(cell => keyOf(cell, isNumber));
  const sign = descending ? -1 : 1;
  return keys
    .map((_, row) => row)
    .sort((a, b) => {
      const [one, other] = [keys[a] ?? null, keys[b] ?? null];
      if (one === null || other === null) return Number(one === null) - Number(other === null) || a - b;
      return one < other ? -sign : one > other ? sign : a - b;
    });
}

function keyOf(cell: FrameCell, isNumber: boolean): number | string | null {
  if (cell === null || typeof cell === 'object') return null;
  if (!isNumber) return String(cell);
  const number = typeof cell === 'number' ? cell : Number(cell.replace('inf', 'Infinity'));
  return Number.isNaN(number) ? null : number;
}

/** Rows as CSV (RFC 4180), heads first; what is missing is empty. */
export function toCsv(columns: readonly FrameColumn[], rows: readonly number[]): string {
  const levels = columns[0]?.names.length ?? 0;
  const heads = Array.from({ length: levels }, (_, level) => columns.map(({ names }) => names[level] ?? ''));
  const lines = rows.map(row => columns.map(({ values }) => plainText(values[row])));
  return [...heads, ...lines].map(line => `${line.map(quoted).join(',')}\r\n`).join('');
}

function plainText(cell: FrameCell | undefined): string {
  return cell === null || cell === undefined || typeof cell === 'object' ? '' : String(cell);
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
