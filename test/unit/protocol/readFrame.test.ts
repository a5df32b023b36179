import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FrameValue, frameVersion } from '../../../src/protocol/frameValue.ts';
import { readFrame } from '../../../src/protocol/readFrame.ts';

const frame: FrameValue = {
  version: frameVersion,
  type: 'pandas DataFrame',
  isSeries: false,
  rowCount: 1_000_000,
  columnCount: 2,
  bytes: 16_000_132,
  isMore: true,
  decimals: 6,
  rows: 2,
  isCut: false,
  levelNames: ['figure', ''],
  index: [{ names: ['', 'k'], dtype: 'int64', kind: 'number', missing: 'NaN', values: [0, '18446744073709551615'] }],
  columns: [
    { names: ['a', 'x'], dtype: 'float64', kind: 'float', missing: 'NaN', values: [0.5, null] },
    { names: ['a', 'y'], dtype: 'object', kind: 'text', missing: 'None', values: ['<b>', ['NaT']] },
  ],
  facts: ['4 partitions'],
  lazy: null,
};
const lazy: FrameValue = {
  ...frame,
  rows: 0,
  rowCount: null,
  bytes: null,
  index: [],
  columns: frame.columns.map(column => ({ ...column, values: [] })),
  lazy: { number: 3, call: 'head(100)', plan: null, failure: 'ValueError' },
};

const read = (value: unknown) => readFrame(JSON.stringify(value));

test('a frame is read as it was written', () => {
  assert.deepEqual(read(frame), frame);
  assert.deepEqual(read(lazy), lazy);
});

test('what is no frame of this version is not read', () => {
  const broken: [string, unknown][] = [
    ['no object', [frame]],
    ['another version', { ...frame, version: 2 }],
    ['no type', { ...frame, type: 5 }],
    ['no number of rows', { ...frame, rows: '2' }],
    ['negative rows', { ...frame, rows: -1 }],
    ['half a row', { ...frame, rows: 1.5 }],
    ['more rows than may be', { ...frame, rows: 10_001 }],
    ['fewer values than rows', { ...frame, rows: 3 }],
    ['no head', { ...frame, levelNames: [] }],
    ['a column without names', { ...frame, columns: [{ ...frame.columns[0], names: ['a'] }] }],
    ['a column of an unknown kind', { ...frame, columns: [{ ...frame.columns[0], kind: 'html' }] }],
    ['a column that is none', { ...frame, columns: [null] }],
    ['an index that is none', { ...frame, index: ['k'] }],
    ['lazy, but not how', { ...lazy, lazy: { number: 3 } }],
    ['lazy without its number', { ...lazy, lazy: { number: -1, call: 'head(100)' } }],
    ['lazy with another word', { ...lazy, lazy: true }],
    ['not told whether lazy', { ...frame, lazy: undefined }],
  ];
  for (const [what, value] of broken) assert.equal(read(value), null, what);
  for (const text of ['', '{', 'null', '{"version":1}', 'x'.repeat(9_000_000)]) assert.equal(readFrame(text), null);
});

test('odd parts become harmless ones', () => {
  const odd = read({
    ...frame,
    rowCount: 1.5,
    columnCount: 300,
    bytes: 'many',
    decimals: 1e9,
    isSeries: 'yes',
    facts: [1, 'two', ...Array(50).fill('x')],
    columns: Array.from({ length: 300 }, () => ({ ...frame.columns[0], values: [{ html: 1 }, [['deep']]] })),
  });
  assert.ok(odd);
  assert.deepEqual(
    [odd.rowCount, odd.bytes, odd.decimals, odd.isSeries, odd.facts.length, odd.facts[0], odd.facts[1]],
    [null, null, 20, false, 8, '?', 'two'],
  );
  assert.equal(odd.columns.length, 200);
  assert.deepEqual(odd.columns[0]?.values, [['?'], ['?']]);
  const long = read({ ...frame, columns: [{ ...frame.columns[1], values: ['x'.repeat(50_000), true] }] });
  assert.equal(String(long?.columns[0]?.values[0]).length, 20_000);
  assert.deepEqual(long?.columns[0]?.values[1], ['?']);
});
