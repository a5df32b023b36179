// What frames of the real libraries look like to the panel: through a real pool, with the newest and with old libraries.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type FrameColumn, type FrameValue, frameMimeType } from '../../src/protocol/frameValue.ts';
import { readFrame } from '../../src/protocol/readFrame.ts';
import { summarize } from '../../src/trace/export/summary.ts';
import { openPool, traceOf } from '../process/run/harness.ts';
import { framesPython, framesPythons } from './support/harness.ts';

interface Shown {
  frames: FrameValue[];
  /** The MIME types of each value. */
  kinds: string[][];
  stdout: string;
  stderr: string;
}

interface Options {
  firstRows?: number[];
  python?: string;
}

/** Runs a cell, which must succeed; what it shows. */
async function shown(
  t: TestContext,
  source: string,
  { firstRows = [], python = framesPython }: Options = {},
): Promise<Shown> {
  const { start } = await openPool(t, { size: 1 });
  const run = start({ source, cell: true, python, firstRows });
  const { status, output } = await run.end();
  assert.equal(status, 'ok', output.stderr);
  const values = run.chunks.flatMap(chunk => (chunk.stream === 'display' ? [chunk.data] : []));
  const frames = values.flatMap(data => {
    const json = data[frameMimeType];
    if (json === undefined) return [];
    const frame = readFrame(json);
    assert.ok(frame, `the panel can't read ${json.slice(0, 500)}`);
    return [frame];
  });
  return { frames, kinds: values.map(data => Object.keys(data).sort()), ...run.heard, ...output };
}

/** `name: dtype (kind) values`, the first few values. */
function lines(columns: readonly FrameColumn[], most = 4): string[] {
  return columns.map(({ names, dtype, kind, missing, values }) => {
    const cells = values.slice(0, most).map(value => (value === null ? missing : JSON.stringify(value)));
    return `${names.join('/')}: ${dtype} (${kind}) ${cells.join(', ')}`;
  });
}

const first = ([frame]: readonly FrameValue[]): FrameValue => {
  assert.ok(frame, 'a frame is shown');
  return frame;
};

for (const python of framesPythons) {
  const version = basename(join(python, '../..'));
  test(`pandas: types of all kinds, ${version}`, async t => {
    const { frames, kinds } = await shown(
      t,
      `import pandas as pd, numpy as np, decimal
days = pd.Series(pd.to_datetime(['2020-01-01', None, '1999-12-31']))
times = pd.Series(pd.to_datetime(['2020-01-01 10:00:00.5', '2020-07-01 00:00:00', None], format='ISO8601' if pd.__version__ >= '2' else None))
pd.DataFrame({
    'int': [1, 2 ** 60, -3], 'big': np.array([2 ** 64 - 1, 1, 0], 'u8'), 'float': [0.5, np.nan, np.inf], 'single': np.array([0.1, 1 / 3, -np.inf], 'f4'),
    'bool': [True, False, True], 'text': pd.Series(['a', None, 'x' * 500], dtype=object), 'day': days, 'time': times, 'zone': times.dt.tz_localize('Europe/Berlin'),
    'span': pd.to_timedelta(['1 days', None, '1 days 02:03:04.5']), 'kind': pd.Categorical(['b', None, 'a']), 'nullable': pd.array([1, None, 3], 'Int64'),
    'string': pd.array(['a', None, 'c'], 'string'), 'list': [[1, {'a': None}], None, (1,)], 'money': [decimal.Decimal('1.10'), None, decimal.Decimal(2)],
    'period': pd.period_range('2020-01', periods=3, freq='M'), 'mixed': [1, 'a', np.nan], 'bytes': [b'a', b'\\xff', None], 'complex': [1j, 2, 3],
})`,
      { python },
    );
    assert.deepEqual(kinds, [[frameMimeType, 'text/plain']]);
    const frame = first(frames);
    assert.deepEqual(
      [frame.type, frame.rowCount, frame.columnCount, frame.rows, frame.lazy],
      ['pandas DataFrame', 3, 19, 3, null],
    );
    assert.ok(frame.isMore && frame.isCut && frame.bytes !== null && frame.bytes > 400, `${frame.bytes} bytes`);
    const [unit] = /(?<=datetime64\[)\w+/.exec(lines(frame.columns)[6] ?? '') ?? [];
    assert.ok(unit === 'ns' || unit === 'us' || unit === 's');
    assert.deepEqual(
      lines(frame.columns).map(line => line.replace(/(datetime64|timedelta64)\[\w+/, '$1[u').replace(/x{400}…/, 'x…')),
      [
        'int: int64 (number) 1, "1152921504606846976", -3',
        'big: uint64 (number) "18446744073709551615", 1, 0',
        'float: float64 (float) 0.5, NaN, "inf"',
        'single: float32 (float) 0.1, 0.33333334, "-inf"',
        'bool: bool (text) "True", "False", "True"',
        'text: object (text) "a", None, "x…"',
        'day: datetime64[u] (text) "2020-01-01", NaT, "1999-12-31"',
        'time: datetime64[u] (text) "2020-01-01 10:00:00.500", "2020-07-01 00:00:00.000", NaT',
        'zone: datetime64[u, Europe/Berlin] (text) "2020-01-01 10:00:00.500+01:00", "2020-07-01 00:00:00.000+02:00", NaT',
        'span: timedelta64[u] (text) "1 days 00:00:00", NaT, "1 days 02:03:04.5"',
        'kind: category (text) "b", NaN, "a"',
        'nullable: Int64 (number) 1, <NA>, 3',
        'string: string (text) "a", <NA>, "c"',
        `list: object (text) "[1, {'a': None}]", None, "(1,)"`,
        'money: object (number) "1.10", None, "2"',
        'period: period[M] (text) "2020-01", "2020-02", "2020-03"',
        'mixed: object (text) 1, "a", ["NaN"]',
        `bytes: object (text) "b'a'", "b'\\\\xff'", None`,
        'complex: complex128 (text) "1j", "(2+0j)", "(3+0j)"',
      ],
    );
  });

  test(`pandas: labels and names of every kind, ${version}`, async t => {
    const { frames } = await shown(
      t,
      `import pandas as pd, numpy as np
frame = pd.DataFrame({('mean', 'a'): [1.5, 2], ('mean', 'b'): [3, 4]}, index=pd.MultiIndex.from_tuples([('t', 1), ('t', 2)], names=['pool', None]))
frame.columns.names = ['figure', None]
display(frame)
display(pd.DataFrame([[1, 2, 3]], columns=['same', 'same', None]))
display(pd.DataFrame([[1, 2]], columns=pd.to_datetime(['2020-01-01', '2021-01-01']), index=pd.to_datetime(['2020-05-06'])))
display(pd.DataFrame(), pd.DataFrame(index=[1, 2]), pd.DataFrame({'a': []}))
display(pd.Series([1, 2], name='x'), pd.Series(['a'] * 3).value_counts())
display(pd.Index(['a', 'b'], name='key'), frame.index)
class Special(pd.DataFrame): pass
Special({'a': [1]})`,
      { python },
    );
    const [levels, same, dates, none, rows, columns, series, counts, index, multi, special] = frames;
    assert.ok(levels && same && dates && none && rows && columns && series && counts && index && multi && special);
    assert.deepEqual(levels.levelNames, ['figure', '']);
    assert.deepEqual(
      levels.index.map(({ names, values }) => [names, values]),
      [
        [
          ['', 'pool'],
          ['t', 't'],
        ],
        [
          ['', ''],
          [1, 2],
        ],
      ],
    );
    assert.deepEqual(
      levels.columns.map(({ names }) => names),
      [
        ['mean', 'a'],
        ['mean', 'b'],
      ],
    );
    assert.deepEqual(same.columns.map(({ names }) => names[0]).slice(0, 2), ['same', 'same']);
    assert.deepEqual(
      dates.columns.map(({ names }) => names),
      [['2020-01-01 00:00:00'], ['2021-01-01 00:00:00']],
    );
    assert.deepEqual(dates.index[0]?.values, ['2020-05-06']);
    assert.deepEqual(
      [none, rows, columns].map(({ rowCount, columnCount, rows: held }) => [rowCount, columnCount, held]),
      [
        [0, 0, 0],
        [2, 0, 2],
        [0, 1, 0],
      ],
    );
    assert.deepEqual([series.isSeries, series.type, series.columns[0]?.names], [true, 'pandas Series', ['x']]);
    assert.deepEqual([counts.index[0]?.values, counts.columns[0]?.values], [['a'], [3]]);
    assert.deepEqual([index.index, index.columns[0]?.names, index.columns[0]?.values], [[], ['key'], ['a', 'b']]);
    assert.deepEqual([multi.type, multi.isSeries, multi.columnCount], ['pandas MultiIndex', false, 2]);
    assert.equal(special.type, 'Special');
  });

  test(`polars: eager and lazy, ${version}`, async t => {
    const source = `import polars as pl, datetime as dt
frame = pl.DataFrame({
    'int': [1, None, 2 ** 60], 'float': [0.5, float('nan'), None], 'text': ['a', None, 'c'], 'bool': [True, None, False],
    'day': [dt.date(2020, 1, 2), None, None], 'time': [dt.datetime(2020, 1, 2, 3, 4, 5, 600000), None, None], 'span': [dt.timedelta(hours=1), None, None],
    'list': [[1, 2], None, []], 'struct': [{'a': 1}, {'a': 2}, None], 'bytes': [b'\\xff', None, None],
}).with_columns(pl.col('float').cast(pl.Float32).alias('single') / 3)
display(frame, frame['text'])
frame.lazy().filter(pl.col('int') > 0)`;
    const { frames } = await shown(t, source, { python });
    const [frame, series, lazy] = frames;
    assert.ok(frame && series && lazy);
    assert.deepEqual([frame.type, frame.rowCount, frame.index, frame.isMore], ['polars DataFrame', 3, [], false]);
    assert.deepEqual(
      lines(frame.columns).map(line =>
        line.replace(': Utf8', ': String').replace(/List\(.*?\)|Struct\(.*?\) /, match => match.replace(/\(.*/, ' ')),
      ),
      [
        'int: Int64 (number) 1, null, "1152921504606846976"',
        'float: Float64 (float) 0.5, ["NaN"], null',
        'text: String (text) "a", null, "c"',
        'bool: Boolean (text) "true", null, "false"',
        'day: Date (text) "2020-01-02", null, null',
        'time: Datetime[μs] (text) "2020-01-02 03:04:05.600", null, null',
        'span: Duration[μs] (text) "0 days 01:00:00", null, null',
        'list: List  (text) "[1, 2]", null, "[]"',
        `struct: Struct (text) "{'a': 1}", "{'a': 2}", ${python === framesPython ? 'null' : `"{'a': None}"`}`,
        `bytes: Binary (text) "b'\\\\xff'", null, null`,
        'single: Float32 (float) 0.16666667, ["NaN"], null',
      ],
    );
    assert.deepEqual(
      [series.type, series.isSeries, series.columns[0]?.values],
      ['polars Series', true, ['a', null, 'c']],
    );
    assert.deepEqual(
      [lazy.type, lazy.rows, lazy.columnCount, lazy.lazy?.call],
      ['polars LazyFrame', 0, 11, 'head(100).collect()'],
    );
    assert.match(lazy.lazy?.plan ?? '', /FILTER/);
    const again = await shown(t, source, { python, firstRows: [0] });
    const computed = again.frames[2];
    assert.deepEqual([computed?.type, computed?.lazy, computed?.rowCount], ['polars LazyFrame', null, 2]);
    assert.deepEqual(computed?.columns[0]?.values, [1, '1152921504606846976']);
  });

  test(`Arrow: nanoseconds, nulls, batches, ${version}`, async t => {
    const { frames } = await shown(
      t,
      `import pyarrow as pa, decimal
table = pa.table({
    'int': pa.array([1, None, 2 ** 60]), 'float': pa.array([0.5, float('nan'), None]), 'half': pa.array([1 / 3, None, 2], pa.float32()),
    'time': pa.array([1, None, 1_500_000_000_000_000_000], pa.timestamp('ns', tz='Europe/Berlin')), 'day': pa.array([0, None, 18262], pa.date32()),
    'span': pa.array([1, None, 86_400_000_000_001], pa.duration('ns')), 'list': pa.array([[1], None, []]), 'text': pa.array(['a', None, 'c']).dictionary_encode(),
    'money': pa.array([decimal.Decimal('1.10'), None, decimal.Decimal('2.00')]), 'bool': pa.array([True, None, False]),
})
display(table.to_batches()[0])
pa.concat_tables([table] * 2)`,
      { python },
    );
    const [batch, table] = frames;
    assert.ok(batch && table);
    assert.deepEqual(
      [batch.type, batch.rowCount, table.type, table.rowCount],
      ['Arrow RecordBatch', 3, 'Arrow Table', 6],
    );
    assert.deepEqual(lines(batch.columns), [
      'int: int64 (number) 1, null, "1152921504606846976"',
      'float: double (float) 0.5, ["NaN"], null',
      'half: float (float) 0.33333334, null, 2',
      'time: timestamp[ns, tz=Europe/Berlin] (text) "1970-01-01 00:00:00.000000001Z", null, "2017-07-14 02:40:00.000000000Z"',
      'day: date32[day] (text) "1970-01-01", null, "2020-01-01"',
      'span: duration[ns] (text) "0 days 00:00:00.000000001", null, "1 days 00:00:00.000000001"',
      'list: list<item: int64> (text) "[1]", null, "[]"',
      'text: dictionary<values=string, indices=int32, ordered=0> (text) "a", null, "c"',
      'money: decimal128(3, 2) (number) "1.10", null, "2.00"',
      'bool: bool (text) "true", null, "false"',
    ]);
  });

  test(`NumPy: arrays of every kind, ${version}`, async t => {
    const { frames, stdout } = await shown(
      t,
      `import numpy as np, tempfile
display(np.array([0.5, np.nan, np.inf]), np.arange(6).reshape(2, 3), np.zeros((4, 2, 3), 'f4'))
display(np.array([('a', 2 ** 60, [1, 2]), ('b', 1, [3, 4])], dtype=[('text', 'U1'), ('int', 'i8'), ('pair', 'i4', 2)]))
for times in (['2020-01-02', 'NaT'], ['2020-01-02T03:04:05.600'], ['1970-01-02T03:04:05.000000000007']): display(np.array(times, 'M8'))
for spans, unit in ((['NaT', 90], 'm'), ([3], '10ms'), ([2], 'Y')): display(np.array(spans, 'm8[%s]' % unit))
display(np.array([{'a': 1}, None], dtype=object), np.array([b'\\xff']), np.array([1j]), np.zeros((3, 0)), np.memmap(tempfile.TemporaryFile(), 'u1', shape=5))
display(np.float64(1), np.array(1), np.zeros((0, 2, 2)), np.ma.array([1], mask=[1]), np.matrix([[1]]))
np.set_printoptions(formatter={'float': '{:.1f}'.format})
np.array([0.5])`,
      { python },
    );
    assert.deepEqual(
      frames.map(({ type, isSeries, rowCount, columnCount, facts }) =>
        [type, isSeries ? rowCount : `${rowCount} × ${columnCount}`, ...facts].join(' '),
      ),
      [
        'NumPy array 3',
        'NumPy array 2 × 3',
        'NumPy array 2 × 3 the slice [0] of 4 × 2 × 3',
        'NumPy array 2 × 3',
        ...[2, 1, 1, 2, 1, 1, 2, 1, 1].map(rows => `NumPy array ${rows}`),
        'NumPy array 3 × 0',
        'NumPy memmap 5',
      ],
    );
    assert.deepEqual(
      frames.flatMap(({ columns }) => lines(columns)),
      [
        ': float64 (float) 0.5, nan, "inf"',
        ...['0: int64 (number) 0, 3', '1: int64 (number) 1, 4', '2: int64 (number) 2, 5'],
        ...['0', '1', '2'].map(name => `${name}: float32 (float) 0, 0`),
        ...['text: <U1 (text) "a", "b"', 'int: int64 (number) "1152921504606846976", 1'],
        'pair: int32 (text) "[1, 2]", "[3, 4]"',
        ': datetime64[D] (text) "2020-01-02", NaT',
        ': datetime64[ms] (text) "2020-01-02 03:04:05.600"',
        ': datetime64[ps] (text) "1970-01-02 03:04:05.000000000007"',
        ': timedelta64[m] (text) NaT, "0 days 01:30:00"',
        ': timedelta64[10ms] (text) "0 days 00:00:00.03"',
        ': timedelta64[Y] (text) "2 years"',
        `: object (text) "{'a': 1}", None`,
        `: |S1 (text) "b'\\\\xff'"`,
        ': complex128 (text) "1j"',
        ': uint8 (number) 0, 0, 0, 0',
      ],
    );
    assert.deepEqual(
      frames.slice(0, 3).map(({ bytes, decimals }) => [bytes, decimals]),
      [24, 48, 96].map(bytes => [bytes, 8]),
    );
    assert.match(stdout, /array\(1\)\n.*\(0, 2, 2\).*masked_array.*matrix\(\[\[1\]\]\)\narray\(\[0\.5\]\)\n$/s);
  });

  test(`nothing lazy is computed until its first rows are asked for, ${version}`, async t => {
    const folder = mkdtempSync(join(tmpdir(), 'rip-lazy-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const marker = (name: string) => join(folder, name);
    // Each frame leaves a file when anything of it is computed.
    const source = `import pandas as pd, dask, dask.dataframe as dd, polars as pl, duckdb
dask.config.set(scheduler='synchronous')
def touch(name, value):
    open(${JSON.stringify(folder)} + '/' + name, 'a').close()
    return value
def part(n, name): return touch(name, pd.DataFrame({'a': [n] * 3, 'b': ['x'] * 3}))
meta = pd.DataFrame({'a': [1], 'b': ['x']}).iloc[:0]
def frame(name): return dd.from_delayed([dask.delayed(part)(n, name) for n in range(4)], meta=meta)
base = frame('frame')
display(base, base.a, base.index, base[base.a > 1].groupby('a').b.count(), base.merge(base, on='a'))
display(frame('sorted').set_index('a') if hasattr(base, 'expr') else base)
lazy = pl.DataFrame({'a': [1, 2]}).lazy()
display(lazy.map(lambda df: touch('polars', df)) if not hasattr(lazy, 'map_batches') else lazy.map_batches(lambda df: touch('polars', df), schema={'a': pl.Int64}))
connection = duckdb.connect()
connection.create_function('touched', lambda n: touch('duckdb', n), ['BIGINT'], 'BIGINT', side_effects=True)
connection.sql('select touched(range) as a, range / 4 as b from range(1000)')`;
    const markers = ['frame', 'sorted', 'polars', 'duckdb'];
    const { frames, stderr } = await shown(t, source, { python });
    assert.deepEqual(frames.map(({ type }) => type).slice(0, 3), ['Dask DataFrame', 'Dask Series', 'Dask Index']);
    assert.equal(frames.length, 8, stderr);
    for (const [number, { rows, lazy }] of frames.entries()) assert.deepEqual([rows, lazy?.number], [0, number]);
    for (const name of markers) assert.equal(existsSync(marker(name)), false, `${name} was computed`);
    assert.deepEqual(frames[0]?.facts, ['4 partitions', 'divisions not known']);

    const again = await shown(t, source, { python, firstRows: [0, 5, 6, 7] });
    const [dask, , , , , sorted, polars, relation] = again.frames;
    assert.deepEqual([dask?.rows, dask?.rowCount, dask?.facts], [3, null, ['from the first of 4 partitions']]);
    assert.deepEqual(dask?.columns[0]?.values, [0, 0, 0]);
    assert.equal(sorted?.rows, 3);
    assert.deepEqual([polars?.rows, polars?.rowCount], [2, 2]);
    assert.deepEqual([relation?.rows, relation?.rowCount, relation?.columns[1]?.values[1]], [100, null, 0.25]);
    const computed = markers.filter(name => existsSync(marker(name)));
    // An old Dask sorts when it is asked to, not when it is computed.
    assert.deepEqual(computed, python === framesPython ? markers : markers.filter(name => name !== 'sorted'));
    assert.deepEqual(
      [again.frames[1]?.lazy?.number, again.frames[4]?.lazy?.number],
      [1, 4],
      'the others stay as they are',
    );
  });

  test(`Dask: empty partitions in front, an error, no warning, ${version}`, async t => {
    const { frames, stderr } = await shown(
      t,
      `import pandas as pd, dask.dataframe as dd
frame = dd.from_pandas(pd.DataFrame({'a': range(40)}), npartitions=4)
display(frame[frame.a >= 35], frame.index, frame.a)
frame.map_partitions(lambda df: df.assign(b=1 / 0), meta={'a': 'int64', 'b': 'int64'})`,
      { python, firstRows: [0, 1, 2, 3] },
    );
    const [filtered, index, series, broken] = frames;
    assert.deepEqual(filtered?.columns[0]?.values, [35, 36, 37, 38, 39]);
    assert.deepEqual(filtered?.facts, ['from the first 4 of 4 partitions']);
    assert.deepEqual([index?.type, index?.rows, series?.type, series?.rows], ['Dask Index', 10, 'Dask Series', 10]);
    assert.deepEqual([broken?.rows, broken?.lazy?.failure], [0, 'ZeroDivisionError']);
    assert.equal(stderr.split('ZeroDivisionError').length, 2, stderr);
    assert.doesNotMatch(stderr, /Warning|previews\.py/);
  });
}

test('what its author or its user shows in another way stays so', async t => {
  const { kinds, stdout } = await shown(
    t,
    `import pandas as pd, polars as pl
frame = pd.DataFrame({'a': [1, 2]})
class Own(pd.DataFrame):
    def _repr_html_(self): return '<b>own</b>'
class Bundle(pd.DataFrame):
    def _repr_mimebundle_(self, include=None, exclude=None): return {'text/html': '<i>bundle</i>'}
class Itself(pd.DataFrame):
    def _ipython_display_(self): print('shown by itself')
display(Own(frame), Bundle(frame), Itself(frame), [frame], pd.DataFrame)
display(frame, include=['text/html'])
with pd.option_context('display.notebook_repr_html', False): display(frame)
pd.DataFrame._repr_html_ = lambda self: '<u>patched</u>'
frame`,
  );
  const html = ['text/html', 'text/plain'];
  assert.deepEqual(kinds, [html, html, ['text/html'].concat('text/plain'), html]);
  assert.match(stdout, /shown by itself/);
  assert.match(stdout, /^ {3}a\n0 {2}1\n1 {2}2$/m);
});

test("pandas' own settings decide how floats look, and are left as they were", async t => {
  const { frames, stdout } = await shown(
    t,
    `import pandas as pd
pd.set_option('display.precision', 2, 'display.max_rows', 3)
frame = pd.DataFrame({'a': [1 / 3] * 10})
display(frame)
pd.set_option('display.float_format', '{:.1%}'.format)
display(frame)
print(pd.get_option('display.precision'), pd.get_option('display.max_rows'), len(pd.describe_option('mode', _print_desc=False)) > 0)`,
  );
  assert.deepEqual([frames[0]?.decimals, frames[0]?.rows], [2, 10]);
  assert.deepEqual(frames[1]?.columns[0]?.values.slice(0, 2), ['33.3%', '33.3%']);
  assert.match(stdout, /2 3 True\n$/);
});

test('a large frame is previewed quickly, and bounded', async t => {
  const { frames, stdout } = await shown(
    t,
    `import pandas as pd, numpy as np, polars as pl, time
rng = np.random.default_rng(1)
n = 10_000_000
frame = pd.DataFrame({'a': rng.random(n), 'b': np.arange(n), 'c': rng.random(n), 'd': pd.date_range('2020', periods=n, freq='s'), 'e': np.zeros(n, 'f4'), 'f': np.ones(n, bool)})
display(frame)
best = []
for _ in range(5):
    began = time.thread_time(); display(frame); best.append(time.thread_time() - began)
print('pandas', round(min(best) * 1000))
wide = pd.DataFrame(np.zeros((1000, 5000)))
began = time.thread_time(); display(wide); print('wide', round((time.thread_time() - began) * 1000))
table = pl.DataFrame({'a': frame['a'].to_numpy(), 'b': frame['b'].to_numpy()})
began = time.thread_time(); display(table); print('polars', round((time.thread_time() - began) * 1000))`,
  );
  const [large, , , , , , wide, table] = frames;
  assert.ok(large && wide && table);
  assert.deepEqual([large.rowCount, large.columnCount], [10_000_000, 6]);
  assert.ok(large.rows >= 500 && large.rows <= 10_000, `${large.rows} rows`);
  assert.ok((large.bytes ?? 0) >= 370_000_000);
  assert.deepEqual([wide.columns.length, wide.columnCount], [200, 5000]);
  assert.ok(wide.rows >= 20 && wide.rows <= 300, `${wide.rows} rows`);
  assert.equal(table.rowCount, 10_000_000);
  const took = stdout.match(/^(?:pandas|wide|polars) \d+$/gm) ?? [];
  t.diagnostic(`CPU time of one preview, ms: ${took.join(', ')}; ${large.rows} rows held`);
  const ms = Number(/pandas (\d+)/.exec(stdout)?.[1]);
  assert.ok(ms <= 150, `${ms} ms for 10 million rows`);
});

test('what a preview asks of a library is no operation of the program', async t => {
  const { start } = await openPool(t, { size: 1 });
  const source = `import pandas as pd, polars as pl, duckdb
frame = pd.DataFrame({'a': range(300_000), 'b': 'text'})
table = pl.from_pandas(frame)
display(frame, frame.a, table, table.lazy().filter(pl.col('a') > 5), duckdb.sql('select 1 as one'))
frame.describe()`;
  const run = start({ source, cell: true, python: framesPython, firstRows: [0, 1] });
  const outcome = await run.end();
  const trace = traceOf(outcome);
  const { spans } = summarize(trace, outcome, { file: 'program.py', startLine: null, endLine: null }, outcome.insights);
  const lines = new Set(spans.filter(({ kind }) => kind === 'operation').map(({ line, name }) => `${line} ${name}`));
  assert.ok(
    [...lines].some(line => line.includes('describe')),
    [...lines].join(', '),
  );
  assert.deepEqual(
    [...lines].filter(line => line.startsWith('4 ') && !line.includes('LazyFrame.filter') && !line.includes('duckdb')),
    [],
  );
});
