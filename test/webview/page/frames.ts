import { type FrameColumn, type FrameValue, frameVersion } from '../../../src/protocol/frameValue.ts';

const cities = ['Aachen', 'Bergen', 'Córdoba', 'Dún Laoghaire', 'Évora'];
const remark = 'A remark that is much longer than any cell of a table can be, with a line\nof its own at the end.';

function column(name: string, dtype: string, kind: FrameColumn['kind'], values: FrameColumn['values']): FrameColumn {
  return { names: [name], dtype, kind, missing: dtype === 'float64' ? 'NaN' : 'None', values };
}

/** As the runner tells it of a pandas DataFrame of which it has sent `rows`. */
export function people(rows: number, patch: Partial<FrameValue> = {}): FrameValue {
  const each = <T>(value: (row: number) => T) => Array.from({ length: rows }, (_, row) => value(row));
  return {
    version: frameVersion,
    type: 'pandas DataFrame',
    isSeries: false,
    rowCount: 1_000_000,
    columnCount: 6,
    bytes: 48_000_132,
    isMore: true,
    decimals: 6,
    rows,
    isCut: true,
    levelNames: [''],
    index: [
      column(
        '',
        'int64',
        'number',
        each(row => row),
      ),
    ],
    columns: [
      column(
        'name',
        'object',
        'text',
        each(row => `Person ${row}`),
      ),
      column(
        'salary',
        'float64',
        'float',
        each(row => (row % 7 === 3 ? null : ((row * 7919) % 100_000) / 8)),
      ),
      column(
        'id',
        'uint64',
        'number',
        each(row => (row === 1 ? '18446744073709551615' : row * 3)),
      ),
      column(
        'city',
        'category',
        'text',
        each(row => (row === 2 ? ['NaN'] : (cities[row % 5] ?? ''))),
      ),
      column(
        'born',
        'datetime64[us]',
        'text',
        each(row => `19${60 + (row % 40)}-0${1 + (row % 9)}-17`),
      ),
      column(
        'remark',
        'object',
        'text',
        each(row => (row % 3 === 0 ? remark : row % 3 === 1 ? 'short' : null)),
      ),
    ],
    facts: [],
    lazy: null,
    ...patch,
  };
}

/** A Dask DataFrame that has not been computed. */
export function lazyPeople(patch: Partial<FrameValue> = {}): FrameValue {
  return people(0, {
    type: 'Dask DataFrame',
    rowCount: null,
    bytes: null,
    isMore: false,
    isCut: false,
    facts: ['4 partitions', 'divisions not known'],
    lazy: { number: 2, call: 'head(100)', plan: null, failure: null },
    ...patch,
  });
}

/** A pivot table: names of columns in two levels, labels of rows in two. */
export function pivot(): FrameValue {
  const labels = ['threads', 'threads', 'processes', 'processes'];
  const values = [1.5, 0.75, 1.625, 0.5];
  const under = (names: string[], kind: FrameColumn['kind'] = 'float') => ({
    ...column('', 'float64', kind, values),
    names,
  });
  return people(4, {
    rowCount: 4,
    columnCount: 4,
    bytes: 640,
    isMore: false,
    isCut: false,
    levelNames: ['figure', 'run'],
    index: [
      { ...column('', 'str', 'text', labels), names: ['', 'pool'] },
      { ...column('', 'int64', 'number', [1, 2, 1, 2]), names: ['', 'workers'] },
    ],
    columns: [under(['mean', 'a']), under(['mean', 'b']), under(['median', 'a']), under(['median', 'b'])],
  });
}
