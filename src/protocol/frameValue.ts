/**
 * A frame (a table of pandas, polars, Arrow, NumPy, Dask, Spark, DuckDB) as src/python/program/frames tells it to the panel: JSON, among a value's
 * data under this MIME type. It comes from the program's process: readFrame.ts checks it where it is shown.
 */
export const frameMimeType = 'application/vnd.run-in-parallel.frame+json';
export const frameVersion = 1;

export interface FrameValue {
  version: number;
  /** Library and class: `pandas DataFrame`. */
  type: string;
  /** One column that is no table: a Series, an Index. */
  isSeries: boolean;
  /** All of the frame's rows; null when only computing would tell. */
  rowCount: number | null;
  columnCount: number;
  /** Memory as the library tells it without looking at each value; null when it doesn't. `isMore`: objects come on top of it. */
  bytes: number | null;
  isMore: boolean;
  /** Digits behind the point that a float is shown with at most. */
  decimals: number;
  /** How many of the first rows are here; each column has a value for each of them. */
  rows: number;
  /** Some texts are only the beginnings of longer ones. */
  isCut: boolean;
  /** What the rows of the head are called, '' for those without a name: one for each level of the columns' names. */
  levelNames: string[];
  /** Labels of the rows, one column for each level. */
  index: FrameColumn[];
  /** The first columns; may be fewer than columnCount. */
  columns: FrameColumn[];
  /** Short phrases: `4 partitions`. */
  facts: string[];
  /** null: the values are there. Else nothing has been computed, and there are no rows. */
  lazy: LazyFrame | null;
}

export interface LazyFrame {
  /** Its number for `showFirstRows`. */
  number: number;
  /** What would be called: `head(100)`. */
  call: string;
  /** What would be computed, as text. */
  plan: string | null;
  /** The error's class, when the first rows were asked for and could not be computed. */
  failure: string | null;
}

export interface FrameColumn {
  /** One for each row of the head. */
  names: string[];
  dtype: string;
  /** `float` and `number` stand at the right; floats are shown with as many decimals as the column needs. */
  kind: 'float' | 'number' | 'text';
  /** How the library writes a missing value: `NaN`. */
  missing: string;
  values: FrameCell[];
}

/**
 * null: missing. A string among numbers is a number that JavaScript has not: beyond 2^53, infinite, decimal. An array of one word is no
 * datum (`NaT`, an error in a value's text).
 */
export type FrameCell = number | string | null | readonly [string];
