// What a run with dataframe libraries finds out: insights, who held the GIL, and the libraries' own threads.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detailAt } from '../../src/trace/detail.ts';
import { gilDuring } from '../../src/trace/gilUse.ts';
import type { Trace } from '../../src/trace/model.ts';
import { operationsOf } from '../../src/trace/operations.ts';
import { framesPython, framesPythons, succeeded } from './support/harness.ts';

const isLinux = process.platform === 'linux' ? false : 'memory and thread states are read on Linux only';
/** Attempts at what other work on the machine can spoil. */
const attempts = 3;

function operation(trace: Trace, label: string) {
  const found = operationsOf(trace).find(each => each.label.startsWith(label));
  assert.ok(found, `${label} is not among ${operationsOf(trace).map(each => each.label)}`);
  return found;
}

for (const python of framesPythons) {
  test(`RIP111, RIP114: apply over rows, and a copy beside its source: ${python}`, { skip: isLinux }, async t => {
    const { summary } = await succeeded(t, {
      python,
      source: `import numpy as np, pandas as pd
frame = pd.DataFrame({'a': np.arange(4e6), 'b': np.arange(4e6), 'c': np.arange(4e6)})
safe = frame.copy()
net = frame.head(150000).apply(lambda row: row['a'] - row['b'], axis=1)
print(net.sum())
`,
    });
    const found = new Map(summary.insights.map(insight => [insight.code, insight]));
    const apply = found.get('RIP111');
    assert.match(
      apply?.title ?? '',
      /^DataFrame.apply with axis=1 called a Python function for each of 150,000 rows: /,
    );
    assert.equal(apply?.line, 4);
    const copy = found.get('RIP114');
    assert.match(copy?.title ?? '', /^DataFrame.copy made a copy of 96 MB while its source was still there: /);
    assert.equal(copy?.line, 3);
  });

  test(`RIP112: columns of objects that were read: ${python}`, { skip: isLinux }, async t => {
    const { summary, trace } = await succeeded(t, {
      python,
      source: `import io, pandas as pd
text = 'name,salary\\n' + ''.join('person number %d,%d\\n' % (i, i) for i in range(900000))
frame = pd.read_csv(io.StringIO(text), dtype={'name': object})
print(frame.shape)
`,
    });
    const insight = summary.insights.find(each => each.code === 'RIP112');
    assert.match(
      insight?.title ?? '',
      /^1 of 2 columns \(name\) hold Python objects: about [\d.]+ MB of the [\d.]+ MB that read_csv took\.$/,
    );
    assert.equal(insight?.line, 3);
    const { thread, startNs } = operation(trace, 'read_csv');
    const lines = detailAt(trace, { thread, row: 'span', atNs: startNs + 1e6, toleranceNs: 0 })?.lines ?? [];
    assert.ok(lines.includes('1 column of Python objects: name'), lines.join('\n'));
    assert.ok(
      lines.some(line => /^Memory of the process [\d.]+ MB before, [\d.]+ MB after(, at most [\d.]+ MB)?$/.test(line)),
      lines.join('\n'),
    );
    assert.ok(lines.includes('GIL: cannot tell, no other Python thread wanted to run'), lines.join('\n'));
  });

  test(`RIP116: a frame that grows by concat: ${python}`, async t => {
    const { summary } = await succeeded(t, {
      python,
      source: `import numpy as np, pandas as pd
frame = pd.DataFrame({'a': np.arange(100000.0)})
for _ in range(80):
    frame = pd.concat([frame, pd.DataFrame({'a': np.arange(100000.0)})])
print(len(frame))
`,
    });
    const insight = summary.insights.find(each => each.code === 'RIP116');
    assert.match(
      insight?.title ?? '',
      /^concat ran 80 times on one line, each time on a longer frame \(200,000 to 8,100,000 rows\): /,
    );
    assert.equal(insight?.line, 4);
  });

  test(`who held the GIL during an operation is seen from a thread that wants it: ${python}`, {
    skip: isLinux,
  }, async t => {
    const source = `import numpy as np, pandas as pd, threading
texts = pd.Series(np.array(['p%d' % (i % 1000) for i in range(5_000_000)], dtype=object), dtype=object)
numbers = np.random.default_rng(1).random(4_000_000)
stop = threading.Event()
def want():
    while not stop.wait(0.0001):
        sum(range(20000))
thread = threading.Thread(target=want)
thread.start()
texts.duplicated()
np.sort(numbers)
stop.set()
thread.join()
`;
    for (let attempt = 1; ; attempt++) {
      const { trace } = await succeeded(t, { python, source });
      const sorted = operation(trace, 'numpy.sort');
      const uses = [operation(trace, 'Series.duplicated'), sorted].map(each => gilDuring(trace, each.thread, each));
      const told = JSON.stringify(uses);
      if (uses[0]?.use === 'held' && uses[1]?.use === 'released') return;
      // Where CPUs are short it can't be told; it must not be told wrongly.
      assert.ok(uses[0]?.use !== 'released' && uses[1]?.use !== 'held', told);
      if (attempt === attempts) return t.skip(`the CPUs were too busy in ${attempts} attempts: ${told}`);
    }
  });
}

test('threads of polars, DuckDB and Arrow are shown with their names and CPU time', { skip: isLinux }, async t => {
  const { summary } = await succeeded(t, {
    python: framesPython,
    source: `import duckdb, numpy as np, polars as pl, pyarrow as pa, pyarrow.compute as pc, io, pyarrow.csv
frame = pl.DataFrame({'k': np.arange(4_000_000) % 1000, 'v': np.random.default_rng(1).random(4_000_000)})
print(frame.lazy().group_by('k').agg(pl.col('v').sum(), pl.col('v').std().alias('d')).sort('k').collect().shape)
print(frame.sort('v').shape)
con = duckdb.connect()
con.execute('set threads = 4')
print(con.execute('select count(distinct range % 100003) from range(20000000)').fetchall())
text = ('a,b\\n' + '1,2\\n' * 4_000_000).encode()
print(pyarrow.csv.read_csv(io.BytesIO(text)).shape)
`,
  });
  const native = summary.threads.filter(thread => thread.kind === 'native');
  const told = native.map(({ name, cpuMs }) => `${name} ${cpuMs}`).join(', ');
  const cpuOf = (name: RegExp) =>
    native.filter(each => name.test(each.name)).reduce((sum, each) => sum + (each.cpuMs ?? 0), 0);
  assert.ok(cpuOf(/^polars-\d/) > 5, told);
  // DuckDB and Arrow give their threads no names: they have the process's.
  assert.ok(native.filter(each => /^python/.test(each.name) && (each.cpuMs ?? 0) > 5).length >= 2, told);
});
