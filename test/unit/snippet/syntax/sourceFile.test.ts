import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Expression } from '../../../../src/snippet/syntax/ast.ts';
import type { SourceFile } from '../../../../src/snippet/syntax/sourceFile.ts';
import { nodeAt } from '../../../../src/snippet/syntax/walk.ts';
import { sourceFile } from '../../checks/fixtures.ts';

/** The expression between the ❮marks❯ of a source, and the file without them. */
async function marked(source: string): Promise<{ file: SourceFile; expression: Expression }> {
  const start = source.indexOf('❮');
  const end = source.indexOf('❯') - 1;
  const file = await sourceFile(source.replace(/[❮❯]/g, ''));
  const node = nodeAt(file.module, start, end);
  const expression = node.kind === 'ExpressionStatement' ? node.value : node;
  assert.equal(`${expression.start}-${expression.end}`, `${start}-${end}`, 'the marks stand around an expression');
  return { file, expression: expression as Expression };
}

describe('qualifiedName', () => {
  const cases: [string, string | null][] = [
    ['import concurrent.futures as cf\n❮cf.ThreadPoolExecutor❯()', 'concurrent.futures.ThreadPoolExecutor'],
    ['import concurrent.futures\n❮concurrent.futures.ThreadPoolExecutor❯()', 'concurrent.futures.ThreadPoolExecutor'],
    ['from multiprocessing import Pool as P\n❮P❯()', 'multiprocessing.Pool'],
    ['from multiprocessing.pool import Pool\n❮Pool❯()', 'multiprocessing.Pool'],
    ['❮open❯("x")', 'builtins.open'],
    ['def open(x): pass\n❮open❯("x")', null],
    ['try:\n    import ujson as json\nexcept ImportError:\n    import json\n❮json.loads❯', null],
    ['import time\ndef f(time):\n    ❮time.sleep❯(1)', null],
    ['import time\ndef f():\n    ❮time.sleep❯(1)', 'time.sleep'],
    ['class A:\n    time = 1\n    def f(self):\n        ❮time❯\n', null],
    ['import time\nclass A:\n    time = 1\n    def f(self):\n        ❮time.sleep❯\n', 'time.sleep'],
    ['import time\ndef f():\n    global time\n    time = 2\n❮time.sleep❯', null],
    ['from .local import thing\n❮thing❯', '.local.thing'],
    ['import os\n[os for os in x]\n❮os.path❯', 'os.path'],
    ['❮nowhere❯', null],
  ];
  for (const [source, name] of cases) {
    test(JSON.stringify(source), async () => {
      const { file, expression } = await marked(source);
      assert.equal(file.qualifiedName(expression), name);
    });
  }
});

describe('typeOf', () => {
  const executor = 'concurrent.futures.ThreadPoolExecutor';
  const cases: [string, string | null][] = [
    ['from concurrent.futures import ThreadPoolExecutor as T\nwith T(4) as pool:\n    ❮pool❯.map(f, x)', executor],
    ['from concurrent.futures import ThreadPoolExecutor as T\npool = T()\ndef g():\n    ❮pool❯', executor],
    ['from concurrent.futures import ThreadPoolExecutor as T\npool = T()\npool = other\n❮pool❯', null],
    ['from concurrent.futures import ThreadPoolExecutor as T\npool = other()\npool = T()\n❮pool❯', executor],
    ['from concurrent.futures import ThreadPoolExecutor as T\npool = other()\nif x:\n    pool = T()\n❮pool❯', null],
    [
      'from concurrent.futures import ThreadPoolExecutor as T\npool = T()\nfor i in x:\n    ❮pool❯\n    pool = None',
      null,
    ],
    ['from concurrent.futures import ThreadPoolExecutor as T\ndef g(pool: T):\n    ❮pool❯', executor],
    ['from threading import Thread\nclass W(Thread): pass\nw = W()\n❮w❯', 'threading.Thread'],
    ['import threading\nwith threading.Lock() as got:\n    ❮got❯', 'builtins.bool'],
    ['import multiprocessing as mp\nctx = mp.get_context("spawn")\n❮ctx.Pool(4)❯', 'multiprocessing.Pool'],
    ['import dask.dataframe as dd\ndf = dd.read_csv("x")\n❮df.groupby("a").b.mean()❯', 'dask.dataframe.Series'],
    ['import dask.dataframe as dd\ndf = dd.read_csv("x")\n❮df[df.a > 1]❯', 'dask.dataframe.DataFrame'],
    ['import dask.dataframe as dd\ndf = dd.read_csv("x")\n❮df["a"]❯', 'dask.dataframe.Series'],
    ['import dask.dataframe as dd\ndf = dd.read_csv("x")\n❮df.a.sum()❯', 'dask.dataframe.Scalar'],
    ['import dask.dataframe as dd\ndf = dd.read_csv("x")\ndf = df.compute()\n❮df❯', 'pandas.DataFrame'],
    [
      'from pyspark.sql import SparkSession\n❮SparkSession.builder.appName("x").getOrCreate()❯',
      'pyspark.sql.SparkSession',
    ],
    [
      'from pyspark.sql import SparkSession\ns = SparkSession.builder.getOrCreate()\n❮s.read.option("a", 1).csv("x")❯',
      'pyspark.sql.DataFrame',
    ],
    ['from dask import delayed\n@delayed\ndef f(x): ...\n❮f(1)❯', 'dask.delayed.Delayed'],
    ['from dask import delayed\n@delayed(pure=True)\ndef f(x): ...\n❮f(1)[0].a + 1❯', 'dask.delayed.Delayed'],
    ['from dask import delayed\n@cached\n@delayed\ndef f(x): ...\n❮f(1)❯', null],
    ['import dask\n❮dask.delayed(print)(1)❯', 'dask.delayed.Delayed'],
    ['import dask\n❮dask.delayed(print)(1).compute()❯', null],
    ['import dask\nall = [dask.delayed(print)(i) for i in x]\nfor each in all:\n    ❮each❯', 'dask.delayed.Delayed'],
    ['import dask\nall = [dask.delayed(print)(i) for i in x]\n[❮each❯ for each in all]', 'dask.delayed.Delayed'],
    ['import dask.dataframe as dd\ndf = dd.read_csv("x")\n❮df.a * df❯', 'dask.dataframe.DataFrame'],
    ['import dask.dataframe as dd\ndf = dd.read_csv("x")\n❮1 in df.a❯', null],
    ['import dask.dataframe as dd\ndf = dd.read_csv("x")\n❮not df.a❯', null],
    ['import dask.dataframe as dd\ndf = dd.read_csv("x")\n❮"%s" % df.a❯', 'builtins.str'],
    ['import dask.dataframe as dd\ndf = dd.read_csv("x")\n❮df.head(compute=False)❯', null],
    ['import dask.dataframe as dd, pandas as pd\n❮dd.read_csv("x") + pd.read_csv("x")❯', null],
    ['import polars as pl\n❮pl.scan_csv("x").group_by("a").agg(b)❯', 'polars.LazyFrame'],
    ['from pyspark.sql import DataFrame\ndef f(df: DataFrame):\n    ❮df[df.a > 1]❯', 'pyspark.sql.DataFrame'],
    ['x = x\n❮x❯', null],
  ];
  for (const [source, type] of cases) {
    test(JSON.stringify(source), async () => {
      const { file, expression } = await marked(source);
      assert.equal(file.typeOf(expression), type);
    });
  }
});

test('cells of a notebook: as told, or as they can be seen', async () => {
  const seen = await sourceFile('a\n# %%\nb\n# %%\n%%time\nc\n%%time\nd', 'cells');
  assert.deepEqual(
    seen.cellStarts.map(start => seen.text.slice(start, start + 4)),
    ['a\n# ', '# %%', '# %%', '#%ti'],
  );
  assert.deepEqual(seen.cellAt(seen.text.indexOf('b')), { start: 2, end: 9 });
  const script = await sourceFile('a\n# %%\nb');
  assert.deepEqual(script.cellAt(3), { start: 0, end: script.text.length });
});

test('lines and indents', async () => {
  const file = await sourceFile('a = 1\r\nif a:\r\n\tb = 2\r\n');
  assert.equal(file.eol, '\r\n');
  assert.equal(file.lineOf(file.text.indexOf('b')), 2);
  assert.equal(file.indentOf(file.text.indexOf('b')), '\t');
  assert.equal(file.lineStart(99), file.text.length);
});
