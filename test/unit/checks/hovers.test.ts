import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hoverAt } from '../../../src/checks/hovers.ts';
import { hoverTexts } from '../../../src/checks/hoverTexts.ts';
import { sourceFile } from './fixtures.ts';

/** The hover at the ❮marked❯ name of a source: the key of its text, and whether it stands on just that name. */
async function keyAt(source: string): Promise<string | null> {
  const start = source.indexOf('❮');
  const end = source.indexOf('❯') - 1;
  const file = await sourceFile(source.replace(/[❮❯]/g, ''));
  const hover = hoverAt(file, Math.floor((start + end) / 2));
  if (hover === null) return null;
  assert.deepEqual([hover.start, hover.end], [start, end]);
  const found = [...hoverTexts].find(([, { text, url }]) => hover.markdown === `${text}\n\n[Documentation](${url})`);
  return found?.[0] ?? 'a text of its own';
}

function cases(all: [string, string | null][]): void {
  for (const [source, key] of all) {
    test(JSON.stringify(source), async () => {
      assert.equal(await keyAt(source), key);
    });
  }
}

const executors = 'from concurrent.futures import ThreadPoolExecutor, ProcessPoolExecutor, as_completed, wait\n';

describe('executors, pools, threads and processes', () => {
  cases([
    [`${executors}❮ThreadPoolExecutor❯(4)`, 'concurrent.futures.ThreadPoolExecutor'],
    [`${executors}❮ProcessPoolExecutor❯()`, 'concurrent.futures.ProcessPoolExecutor'],
    ['import concurrent.futures as cf\ncf.❮ThreadPoolExecutor❯()', 'concurrent.futures.ThreadPoolExecutor'],
    ['from concurrent.futures import ❮ThreadPoolExecutor❯', 'concurrent.futures.ThreadPoolExecutor'],
    [`${executors}with ThreadPoolExecutor() as ❮pool❯: pass`, 'concurrent.futures.ThreadPoolExecutor'],
    [`${executors}with ProcessPoolExecutor() as pool:\n    ❮pool❯.submit(f)`, 'concurrent.futures.ProcessPoolExecutor'],
    [`${executors}def run(pool: ThreadPoolExecutor):\n    ❮pool❯`, 'concurrent.futures.ThreadPoolExecutor'],
    [`${executors}pool = ThreadPoolExecutor()\npool.❮submit❯(f)`, 'concurrent.futures.ThreadPoolExecutor.submit'],
    [`${executors}pool = ThreadPoolExecutor()\npool.❮map❯(f, x)`, 'concurrent.futures.ThreadPoolExecutor.map'],
    [`${executors}pool = ThreadPoolExecutor()\npool.submit(f).❮result❯()`, 'concurrent.futures.Future.result'],
    [`${executors}❮as_completed❯(x)`, 'concurrent.futures.as_completed'],
    [`${executors}❮wait❯(x)`, 'concurrent.futures.wait'],
    ['import multiprocessing as mp\nmp.❮Pool❯()', 'multiprocessing.Pool'],
    ['import multiprocessing as mp\nmp.get_context("spawn").❮Pool❯()', 'multiprocessing.Pool'],
    ['from multiprocessing.dummy import Pool\n❮Pool❯()', 'multiprocessing.pool.ThreadPool'],
    ['from multiprocessing import Pool\nwith Pool() as p:\n    p.❮imap❯(f, x)', 'multiprocessing.Pool.imap'],
    ['from multiprocessing import Pool\nPool().apply_async(f).❮get❯()', 'multiprocessing.pool.AsyncResult.get'],
    ['from multiprocessing import Process\n❮Process❯(target=f)', 'multiprocessing.Process'],
    ['from threading import Thread\n❮Thread❯(target=f)', 'threading.Thread'],
    ['from threading import Thread\nfor t in [Thread(target=f)]:\n    t.❮start❯()', 'threading.Thread.start'],
    ['import multiprocessing\nmultiprocessing.❮cpu_count❯()', 'multiprocessing.cpu_count'],
    ['import multiprocessing\nmultiprocessing.❮set_start_method❯("spawn")', 'multiprocessing.set_start_method'],
    ['import multiprocessing\nmultiprocessing.❮get_context❯("spawn")', 'multiprocessing.get_context'],
  ]);
});

describe('locks and queues of threads, processes and tasks', () => {
  const names = ['Lock', 'Semaphore', 'Event', 'Condition'];
  cases([
    ...['threading', 'multiprocessing', 'asyncio'].flatMap(module =>
      names
        .filter(name => module !== 'multiprocessing' || name !== 'Condition')
        .map((name): [string, string] => [`import ${module}\n${module}.❮${name}❯()`, `${module}.${name}`]),
    ),
    ['from threading import RLock\n❮RLock❯()', 'threading.RLock'],
    ['from queue import Queue\n❮Queue❯()', 'queue.Queue'],
    ['from multiprocessing import Queue\n❮Queue❯()', 'multiprocessing.Queue'],
    ['import asyncio\n❮q❯ = asyncio.Queue()', 'asyncio.Queue'],
  ]);
});

describe('asyncio', () => {
  cases([
    ...['run', 'gather', 'create_task', 'to_thread', 'sleep', 'wait_for', 'TaskGroup'].map((name): [string, string] => [
      `import asyncio\nasyncio.❮${name}❯(x)`,
      `asyncio.${name}`,
    ]),
    [
      'import asyncio\nasync def f():\n    async with asyncio.TaskGroup() as group:\n        group.❮create_task❯(x)',
      'asyncio.TaskGroup.create_task',
    ],
    [
      'import asyncio\nasync def f():\n    await asyncio.get_running_loop().❮run_in_executor❯(None, g)',
      'asyncio.AbstractEventLoop.run_in_executor',
    ],
  ]);
});

describe('frames', () => {
  const dask = "import dask, dask.dataframe as dd\nddf = dd.read_csv('x')\n";
  const spark =
    "from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\ndf = spark.read.csv('x')\n";
  const frame = 'pyspark.sql.DataFrame';
  cases([
    [`${dask}dd.❮read_csv❯('y')`, 'dask.dataframe.read_csv'],
    [`${dask}dd.❮read_parquet❯('y')`, 'dask.dataframe.read_parquet'],
    [`${dask}dd.❮from_pandas❯(x)`, 'dask.dataframe.from_pandas'],
    [`${dask}❮ddf❯.x`, 'dask.dataframe.DataFrame'],
    [`${dask}ddf.❮compute❯()`, 'dask.dataframe.DataFrame.compute'],
    [`${dask}ddf.x.sum().❮compute❯()`, 'dask.dataframe.DataFrame.compute'],
    [`${dask}ddf.❮persist❯()`, 'dask.dataframe.DataFrame.persist'],
    [`${dask}ddf.❮head❯()`, 'dask.dataframe.DataFrame.head'],
    [`${dask}ddf.❮shape❯`, 'dask.dataframe.DataFrame.shape'],
    [`${dask}❮len❯(ddf)`, 'dask.dataframe.DataFrame.__len__'],
    [`${dask}❮len❯([1])`, null],
    [`${dask}dask.❮delayed❯(f)`, 'dask.delayed'],
    [`${dask}dask.delayed(f)(1).❮compute❯()`, 'dask.dataframe.DataFrame.compute'],
    ['import dask.bag as db\ndb.from_sequence(x).❮compute❯()', 'dask.bag.Bag.compute'],
    ["import polars as pl\npl.scan_csv('x').❮collect❯()", 'polars.LazyFrame.collect'],
    ["import pandas as pd\npd.❮read_csv❯('x')", 'pandas.read_csv'],
    ["import pandas as pd\npd.read_csv('x').❮apply❯(f)", 'pandas.DataFrame.apply'],
    ["import pandas as pd\n❮df❯ = pd.read_csv('x')", null],
    ...['collect', 'count', 'show', 'toPandas', 'withColumn', 'groupBy', 'orderBy'].map((name): [string, string] => [
      `${spark}df.❮${name}❯()`,
      `${frame}.${name}`,
    ]),
    [`${spark}df.❮cache❯()`, `${frame}.cache`],
    [`${spark}df.❮select❯('a')`, `${frame}.select`],
    [`${spark}df.select('a').❮filter❯('a > 1')`, `${frame}.filter`],
    [`${spark}df.groupBy('a').❮count❯()`, 'pyspark.sql.GroupedData.count'],
    [`${spark}❮spark❯.read`, 'pyspark.sql.SparkSession'],
    ['from pyspark import SparkContext\n❮SparkContext❯()', 'pyspark.SparkContext'],
    ['from pyspark.sql import SQLContext\n❮SQLContext❯(x)', 'pyspark.sql.SQLContext'],
    ['from pyspark import SparkContext\nSparkContext().parallelize(x).❮map❯(f)', 'pyspark.RDD.map'],
  ]);
});

describe('nothing is told', () => {
  cases([
    ['❮ThreadPoolExecutor❯()', null],
    ['def Thread(): pass\n❮Thread❯()', null],
    ['from threading import Thread\ndef f(Thread):\n    ❮Thread❯()', null],
    ['from helpers import Thread\n❮Thread❯()', null],
    ['from .threading import ❮Thread❯', null],
    ['thing.❮compute❯()', null],
    ['thing.❮collect❯()', null],
    [`${executors}pool = ThreadPoolExecutor()\npool = other()\npool.❮result❯()`, null],
    [`${executors}x = (❮ThreadPoolExecutor❯(\n`, null],
    ['import ❮threading❯', null],
    ['import concurrent.futures as ❮cf❯', null],
    ['# ❮ThreadPoolExecutor❯', null],
    ['❮❯', null],
  ]);
});

test('a hover is short, ends in a full stop, and links to the official documentation', () => {
  const sites =
    /^https:\/\/(docs\.python\.org|docs\.dask\.org|distributed\.dask\.org|docs\.pola\.rs|pandas\.pydata\.org|spark\.apache\.org)\//;
  for (const [key, { text, url }] of hoverTexts) {
    assert.match(url, sites, key);
    assert.match(text, /[.]$/, key);
    assert.ok(text.length <= 330, `${key} has ${text.length} characters`);
  }
});
