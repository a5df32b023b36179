import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { findBlocks } from '../../../src/snippet/blocks.ts';
import { sourceFile } from '../checks/fixtures.ts';

const marks = { block: ['❮', '❯'], loop: ['⟪', '⟫'] } as const;

/** A source in which ❮…❯ stand around its concurrent blocks and ⟪…⟫ around its loops. */
async function marked(source: string, kind: 'script' | 'cells' = 'script'): Promise<string> {
  const text = source.replace(/[❮❯⟪⟫]/g, '');
  const blocks = findBlocks(await sourceFile(text, kind));
  return blocks.reduceRight((all, { kind: each, start, end }) => {
    const [open, close] = marks[each];
    return all.slice(0, start) + open + all.slice(start, end) + close + all.slice(end);
  }, text);
}

function cases(all: Record<string, string>, imports = '', kind: 'script' | 'cells' = 'script'): void {
  for (const [title, source] of Object.entries(all)) {
    test(title, async () => {
      const text = `${imports}${source}`;
      assert.equal(await marked(text, kind), text);
    });
  }
}

const imports = `import asyncio, time, requests
from threading import Thread
from multiprocessing import Pool, Process
from concurrent.futures import ThreadPoolExecutor, as_completed
def work(x):
    time.sleep(1)
    return x
`;

describe('concurrent blocks', () => {
  cases(
    {
      'a with around an executor':
        '❮with ThreadPoolExecutor() as pool:\n    sizes = list(pool.map(work, xs))❯\nprint(sizes)\n',
      'within the main guard':
        "if __name__ == '__main__':\n    xs = [1]\n    ❮with Pool() as pool:\n        pool.map(work, xs)❯\n",
      'the guard the other way round': "if '__main__' == __name__:\n    ❮asyncio.run(main())❯\n",
      'any other if is one statement': '❮if xs:\n    with Pool() as pool:\n        pool.map(work, xs)❯\n',
      'threads made, started, joined': `❮threads = [Thread(target=work, args=(n,)) for n in range(3)]
for thread in threads:
    thread.start()
print('all started')
for thread in threads:
    thread.join()❯
print('done')
`,
      'threads made in a loop': `threads = []
❮for n in range(3):
    thread = Thread(target=work, args=(n,))
    thread.start()
    threads.append(thread)
for thread in threads:
    thread.join()❯
`,
      'threads by name': `❮a = Thread(target=work)
b = Thread(target=work)
a.start()
b.start()
a.join()
b.join()❯
`,
      'a second lot under the same name': `❮threads = [Thread(target=work)]
threads[0].start()
threads[0].join()❯

❮threads = [Thread(target=work)]
threads[0].start()
threads[0].join()❯
`,
      'a pool with its results': `❮pool = Pool(4)
answers = [pool.apply_async(work, (n,)) for n in range(4)]
pool.close()
print([answer.get() for answer in answers])❯
`,
      'futures read after their with': `❮with ThreadPoolExecutor() as pool:
    futures = {}
    for n in range(3):
        futures[pool.submit(work, n)] = n
for future in as_completed(futures):
    print(future.result())❯
`,
      'a pool far from its use': `pool = ThreadPoolExecutor()
a = 1
b = 2
c = 3
❮squares = list(pool.map(work, range(3)))❯
`,
      'only made': 'pool = ThreadPoolExecutor()\nthread = Thread(target=work)\n',
      'a definition in between': 'pool = Pool()\ndef other(x): return x\n❮pool.map(other, range(3))❯\n',
      'a function that starts threads': `def main():
    run()
def run():
    with ThreadPoolExecutor() as pool:
        pool.map(work, range(3))
❮main()❯
`,
      'a function that only defines one':
        'def main():\n    def inner():\n        asyncio.run(x())\n    return inner\nmain()\n',
      'functions that call each other': 'def a(): b()\ndef b(): a()\na()\n',
      'line after line is one block': '❮asyncio.run(a())\nasyncio.run(b())❯\n\n❮asyncio.run(c())❯\n',
      'two with statements are two':
        '❮with Pool() as p:\n    p.map(work, x)❯\n❮with Pool() as p:\n    p.map(work, y)❯\n',
      'a class of the file': 'class Worker(Thread):\n    pass\n❮worker = Worker()\nworker.start()❯\n',
      'nothing in definitions':
        'class A:\n    with Pool() as p:\n        p.map(work, x)\ndef f():\n    asyncio.run(g())\n',
      'a name that is something else': 'def Pool(): pass\nwith Pool() as p:\n    p.map(work, x)\n',
      'other with statements': 'with open("x") as file:\n    print(file.read())\n',
      'half-typed code': 'with Pool( as p:\n    p.map(work, x)\n❮asyncio.run(main())❯\n',
      'not across cells of a script': '# %%\na = Thread(target=work)\n# %%\n❮a.start()❯\n',
    },
    imports,
  );
});

describe('blocks of Dask, polars and Spark', () => {
  cases(
    {
      'compute, not what plans':
        "ddf = dd.read_csv('x.csv')\nmeans = ddf.groupby('a').mean()\n❮print(means.compute())❯\n",
      'collect of a lazy frame': "lazy = pl.scan_csv('x.csv')\n❮frame = lazy.collect()❯\n",
      'actions of Spark':
        "spark = SparkSession.builder.getOrCreate()\ndf = spark.read.csv('x')\n❮df.filter('a > 1').show()❯\n\n❮df.write.parquet('y')❯\n",
      'groups that are counted are a plan':
        "spark = SparkSession.builder.getOrCreate()\ndf = spark.read.csv('x').groupBy('a').count()\n",
      'compute of anything else': 'thing.compute()\n',
    },
    'import dask.dataframe as dd\nimport polars as pl\nfrom pyspark.sql import SparkSession\n',
  );
});

describe('cells', () => {
  cases(
    {
      'await at top level':
        'import asyncio\nasync def get(x):\n    await asyncio.gather(x, x)\n❮await asyncio.gather(get(1), get(2))❯\n\n❮await get(3)❯\n',
      'a coroutine alone': 'import asyncio\nasync def get(x):\n    await asyncio.sleep(1)\nawait get(1)\n',
      'no block goes on in the next cell':
        'from threading import Thread\n# %%\n❮t = Thread(target=print)\nt.start()❯\n# %%\nt.join()\n',
    },
    '',
    'cells',
  );
});

describe('loops whose rounds could run at once', () => {
  cases(
    {
      'results that are appended': 'results = []\n⟪for x in xs:\n    results.append(work(x))⟫\n',
      'results by key': '⟪for x in xs:\n    results[x] = work(x)⟫\n',
      'names of the round':
        '⟪for x in xs:\n    y = x + 1\n    with open(y) as f:\n        text = f.read()\n    results.append(work(text))⟫\n',
      'slow I/O': '⟪for url in urls:\n    pages.append(requests.get(url).text)⟫\n',
      'a comprehension': '⟪sizes = [work(x) for x in xs]⟫\n',
      'a comprehension by key': '⟪sizes = {x: work(x) for x in xs}⟫\n',
      'a generator that is added up': '⟪print(sum(work(x) for x in xs))⟫\n',
      'in the main guard': "if __name__ == '__main__':\n    ⟪for x in xs:\n        print(work(x))⟫\n",
      'a constant from outside':
        'limit = 3\ndef far(x, limit):\n    time.sleep(limit)\n⟪for x in xs:\n    far(x, limit)⟫\n',
    },
    imports,
  );
});

describe('loops without a lens', () => {
  cases(
    {
      'a trivial one': 'numbers = [int(x) for x in xs]\n',
      'a quick function of the file': 'def double(x):\n    return 2 * x\nnumbers = [double(x) for x in xs]\n',
      'a generator that nobody reads': 'later = (work(x) for x in xs)\n',
      'one that may end early': 'found = any(work(x) for x in xs)\nfor x in xs:\n    if work(x):\n        break\n',
      'a sum': 'total = 0\nfor x in xs:\n    total += work(x)\n',
      'a value of the round before': 'last = 0\nfor x in xs:\n    last = work(last)\n',
      'a value that may be of the round before': 'for x in xs:\n    if x:\n        y = x\n    print(work(y))\n',
      'results that are read': 'for x in xs:\n    results.append(work(x))\n    print(len(results))\n',
      'a list that grows while it is gone through': 'for x in queue:\n    queue.append(work(x))\n',
      'a method of what is outside': 'for x in xs:\n    model.fit(work(x))\n',
      'an object that a function changes':
        'def train(model, x):\n    model.step(x)\nfor x in xs:\n    train(model, x)\n',
      'a function that changes a global':
        'def note(x):\n    time.sleep(1)\n    seen.append(x)\nseen = []\nfor x in xs:\n    note(x)\n',
      'a function that counts': 'def count(x):\n    global n\n    n += work(x)\nfor x in xs:\n    count(x)\n',
      'a generator function':
        'def items(x):\n    for each in x:\n        yield work(each)\nall = [items(x) for x in xs]\n',
      'an unknown function': 'from helpers import fetch\npages = [fetch(url) for url in urls]\n',
      'a lambda that may be called later': 'later = [lambda: work(x) for x in xs]\n',
      'in a function': 'def f():\n    return [work(x) for x in xs]\n',
      'one that waits only': 'for n in range(3):\n    time.sleep(1)\n',
      'within a block':
        '❮threads = [Thread(target=work)]\nthreads[0].start()\nfor x in xs:\n    results.append(work(x))\nthreads[0].join()❯\n',
    },
    imports,
  );
});

test('the samples have a block wherever something runs at once', async () => {
  const folder = join(import.meta.dirname, '../../../samples');
  const found: Record<string, string[]> = {};
  for (const name of readdirSync(folder).filter(each => /^\d.*\.py$/.test(each))) {
    const file = await sourceFile(readFileSync(join(folder, name), 'utf8'));
    found[name] = findBlocks(file).map(
      ({ kind, start, end }) => `${kind} ${file.lineOf(start) + 1}-${file.lineOf(end) + 1}`,
    );
  }
  assert.deepEqual(found, {
    '1_fetch_urls.py': ['loop 35-35', 'block 45-46', 'block 55-56', 'block 65-66', 'block 76-77'],
    '2_gil.py': ['loop 32-32', 'block 42-43', 'block 54-55'],
    '3_processes.py': ['block 36-43', 'block 60-61', 'block 69-71', 'block 79-82', 'block 91-92'],
    '3_without_guard.py': ['block 26-27'],
    '4_oversubscription.py': ['block 41-41', 'block 50-50'],
    '5_locks_and_queues.py': ['block 30-34', 'block 66-71', 'block 87-88'],
    '6_mistakes.py': ['block 20-22', 'block 45-49', 'block 89-89'],
    '7_dataframes.py': ['block 85-85', 'block 97-102', 'block 130-137'],
    '8_spark.py': ['block 40-40', 'block 50-50', 'block 58-58', 'block 68-68'],
  });
});
