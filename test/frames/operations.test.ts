// Operations of pandas, NumPy, polars and DuckDB as spans: which calls, where, with which shapes, and what is known of their memory.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { RunSummary } from '../../src/trace/export/summary.ts';
import { framesPython, framesPythons, ran, succeeded } from './support/harness.ts';

/** `12 DataFrame.merge → 1,000 × 3`: the line and the label of each operation, in order. */
function operations({ spans }: RunSummary): string[] {
  return spans.filter(span => span.kind === 'operation').map(span => `${span.line} ${span.name}`);
}

/** Operators, `[]` and constructors are on record only when they take long. */
const quick = /Series (\*\*|>)|\[\]| (polars\.DataFrame|DataFrame|Series) →/;

async function operationsOf(t: TestContext, python: string, source: string): Promise<string[]> {
  return operations((await succeeded(t, { source, python })).summary);
}

const makeFrame = `import io, numpy as np, pandas as pd
n = 200000
text = 'name,salary,k\\n' + ''.join('p%d,%d,%d\\n' % (i % 1000, i % 10000, i % 100) for i in range(n))
`;

for (const python of framesPythons) {
  /** polars before 2. */
  const hasProfile = python !== framesPython;

  test(`pandas: each call of the program with its line and shape: ${python}`, async t => {
    const found = await operationsOf(
      t,
      python,
      `${makeFrame}
frame = pd.read_csv(io.StringIO(text))
frame['squared'] = frame.salary ** 2
high = frame[frame.salary > 5000]
means = frame.groupby('k').agg({'salary': 'mean'})
both = frame.merge(means, left_on='k', right_index=True)
ordered = frame.sort_values('salary')
twice = pd.concat([frame, frame])
rows = frame.head(5000).apply(lambda row: row.salary + 1, axis=1)
frame.to_csv(io.StringIO())
print(frame.name.value_counts().shape)
two = frame[['name', 'k']]
name = frame['name']
`,
    );
    assert.deepEqual(
      found.filter(each => each.includes('[]')),
      ['7 DataFrame[] → 99,980 × 4', '15 DataFrame[] → 200,000 × 2'],
    );
    assert.deepEqual(
      found.filter(each => !quick.test(each)),
      [
        '5 read_csv → 200,000 × 3',
        '8 groupby.agg → 100 × 1',
        '9 DataFrame.merge → 200,000 × 5',
        '10 DataFrame.sort_values → 200,000 × 4',
        '11 concat → 400,000 × 4',
        '12 DataFrame.apply(axis=1) → 5,000',
        '13 DataFrame.to_csv of 200,000 × 4',
        '14 Series.value_counts → 1,000',
      ],
    );
  });

  test(`polars: what computes is an operation, and tells its plan; what plans is none: ${python}`, async t => {
    const { summary, stdout } = await succeeded(t, {
      python,
      source: `import numpy as np, polars as pl, sys
frame = pl.DataFrame({'k': np.arange(300000) % 100, 'v': np.arange(300000)})
ordered = frame.sort('v', descending=True)
group = frame.group_by if hasattr(frame, 'group_by') else frame.groupby
sums = group('k').agg(pl.col('v').sum())
big = pl.DataFrame({'v': np.random.default_rng(1).permutation(2000000)})
plan = big.lazy().filter(pl.col('v') > 5).with_columns(pl.col('v') + 1).select('v').sort('v', descending=True)
result = plan.collect()
joined = frame.join(sums, on='k')
for _ in range(4): plan.collect()
print(result.height, result['v'][0], 'polars_cloud' in sys.modules)
if hasattr(plan, 'profile'): plan.profile()
`,
    });
    assert.equal(stdout, '1999994 2000000 False\n');
    const found = operations(summary);
    assert.deepEqual(
      found.filter(each => !quick.test(each)),
      [
        '3 polars.DataFrame.sort → 300,000 × 2',
        '5 group_by.agg → 100 × 2',
        '8 polars.LazyFrame.collect → 1,999,994 × 1',
        '9 polars.DataFrame.join → 300,000 × 3',
        ...Array.from({ length: 4 }, () => '10 polars.LazyFrame.collect → 1,999,994 × 1'),
        ...(hasProfile ? ['12 polars.LazyFrame.profile'] : []),
      ],
    );
    // Of each line the first ones.
    const [first] = summary.plans;
    const lines = summary.plans.map(({ line }) => line);
    assert.deepEqual(lines, hasProfile ? [8, 10, 10, 10, 12] : [8, 10, 10, 10]);
    assert.ok(first && first.engine === 'polars' && first.title === 'polars.LazyFrame.collect');
    const texts = Object.fromEntries(first.parts.map(({ title, text }) => [title.split(':')[0], text]));
    if (hasProfile) {
      assert.match(texts.Optimised ?? '', /SORT BY \[col\("v"\)\]/);
      assert.match(texts.Nodes ?? '', /^polars [\d.]+ tells no times of nodes here\. Call profile\(\)/);
      const profile = summary.plans.find(({ line }) => line === 12);
      assert.match(profile?.parts[0]?.text ?? '', /^ +0\.0 ms +\d+\.\d ms {2}optimization\n[\s\S]*ms {2}sort\(v\)$/);
    } else {
      assert.match(
        texts.Optimised ?? '',
        /^Sink · dest: Memory\n[\s\S]*Sort · sort_columns: col\("v"\) descending\n[\s\S]*DataFrameScan/,
      );
      const ran = texts['As it ran'] ?? '';
      assert.match(ran, /^ *\d+\.\d ms +1,999,994 rows +Filter · predicate: col\("v"\) > 5$/m);
      assert.equal(ran.match(/ms +[\d,]+ rows/g)?.length, ran.split('\n').length, 'each node has its figures');
    }
  });

  test(`DuckDB: queries with their first words, and results: ${python}`, async t => {
    const { summary, stdout } = await succeeded(t, {
      python,
      source: `import duckdb, numpy as np, pandas as pd
con = duckdb.connect()
con.execute('create table t as select range i, range % 10 k from range(300000)')
print(len(con.execute("""
    select k, sum(i)
    from t group by k""").fetchall()))
def of_a_local_frame():
    people = pd.DataFrame({'salary': np.arange(200000)})
    return con.sql('select avg(salary) from people').df().shape
print(of_a_local_frame())
`,
    });
    assert.equal(stdout, '10\n(1, 1)\n');
    const found = operations(summary).filter(each => each.includes('duckdb'));
    assert.equal(found[0], '3 duckdb.execute: create table t as select range i, range % 10 k from range(300000)');
    assert.match(found[1] ?? '', /^[46] duckdb.execute: select k, sum\(i\) from t group by k$/);
    assert.ok(
      found.some(each => /^9 duckdb.sql: select avg\(salary\) from people$/.test(each)),
      found.join('\n'),
    );
    assert.ok(
      found.some(each => /^9 duckdb.\w+ → 1 × 1$/.test(each)),
      found.join('\n'),
    );
  });

  test(`NumPy: what is written in Python and takes a while: ${python}`, async t => {
    const found = await operationsOf(
      t,
      python,
      `import numpy as np
matrix = np.random.default_rng(1).random((300, 300))
u, s, v = np.linalg.svd(matrix)
inverse = np.linalg.inv(matrix)
np.sort(np.arange(1000000)[::-1])
matrix @ matrix
`,
    );
    assert.deepEqual(found, ['3 numpy.linalg.svd', '4 numpy.linalg.inv → 300 × 300', '5 numpy.sort → 1,000,000']);
  });

  test(`facts: memory before and after, columns of objects, what was copied: ${python}`, async t => {
    const { summary } = await succeeded(t, {
      python,
      source: `${makeFrame}
frame = pd.read_csv(io.StringIO(text), dtype={'name': object})
frame = pd.concat([frame] * 20)
second = frame.copy()
`,
    });
    const fact = (label: string) => {
      const found = summary.facts.find(each => each.name === 'operation' && each.values.operation === label);
      assert.ok(found, `${label} is not among ${summary.facts.map(each => each.values.operation).join(', ')}`);
      return { ...found, values: found.values };
    };
    const read = fact('read_csv');
    assert.deepEqual([read.engine, read.line, read.values.rows, read.values.columns], ['pandas', 5, 200_000, 3]);
    assert.deepEqual([read.values.objectColumns, read.values.objectNames], [1, 'name']);
    const copied = fact('copy');
    assert.equal(copied.values.copies, 1);
    assert.equal(copied.values.resultBytes, copied.values.givenBytes);
    const grown = Number(copied.values.bytesAfter) - Number(copied.values.bytesBefore);
    const size = Number(copied.values.resultBytes);
    assert.ok(size >= 4e6 * 8 * 3 && grown > 0.5 * size && grown < 1.5 * size, `${grown} of ${size}`);
    const span = summary.spans.find(each => each.line === 7 && each.name === 'DataFrame.copy → 4,000,000 × 3');
    assert.equal(span?.startMs, copied.atMs);
  });
}

test('an operation that fails says with what, one that is cut off stays open', async t => {
  const source = `import os, pandas as pd, threading
try: pd.read_csv('/nowhere/at/all.csv')
except OSError as error: print(type(error).__name__)
pd.Series([1, 2]).apply(lambda x: os._exit(3))
`;
  const { summary, outcome } = await ran(t, { source, python: framesPython });
  assert.equal(outcome.exitCode, 3);
  const found = summary.spans.filter(span => span.kind === 'operation' && !quick.test(` ${span.name}`));
  assert.deepEqual(
    found.map(span => [span.line, span.name, span.endMs === null]),
    [
      [2, 'read_csv: FileNotFoundError', false],
      [4, 'Series.apply', true],
    ],
  );
});
