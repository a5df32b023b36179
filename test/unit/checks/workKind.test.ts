import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { workKindOf } from '../../../src/checks/workKind.ts';
import { sourceFile } from './fixtures.ts';

/** The kind of what the last statement of a source names. */
async function kindIn(source: string): Promise<string> {
  const file = await sourceFile(source);
  const last = file.module.body.at(-1);
  assert.equal(last?.kind, 'ExpressionStatement');
  return workKindOf(file, last.value);
}

describe('workKindOf', () => {
  const cases: [string, string, string][] = [
    ['a long loop of arithmetic', 'def f(n):\n    for i in range(n):\n        n += i * i\n    return n\nf', 'cpu'],
    ['a while loop', 'def f(n):\n    while n > 0:\n        n -= 1\nf', 'cpu'],
    ['a recursion', 'def f(n):\n    return 1 if n < 2 else f(n - 1) + f(n - 2)\nf', 'cpu'],
    ['a comprehension over a range', 'def f(n):\n    return sum(i * i for i in range(n))\nf', 'cpu'],
    ['a lambda', 'f = lambda n: sum(i * i for i in range(n))\nf', 'cpu'],
    ['functions of math', 'import math\ndef f(n):\n    return [math.sin(i) for i in range(n)]\nf', 'cpu'],
    ['another function that computes', 'def g(n):\n    while n: n -= 1\ndef f(n):\n    g(n)\nf', 'cpu'],
    ['a partial', 'import functools\ndef f(n):\n    while n: n -= 1\nfunctools.partial(f, 3)', 'cpu'],
    ['a list that it fills', 'def f(n):\n    xs = []\n    for i in range(n):\n        xs.append(i)\nf', 'cpu'],
    ['a short loop', 'def f(n):\n    for i in range(10):\n        n += i\nf', 'unknown'],
    ['items of which nothing is known', 'def f(xs):\n    for x in xs:\n        x + 1\nf', 'unknown'],
    ['a call from elsewhere', 'from m import g\ndef f(n):\n    for i in range(n):\n        g(i)\nf', 'unknown'],
    ['a method of a parameter', 'def f(n, x):\n    for i in range(n):\n        x.add(i)\nf', 'unknown'],
    ['a decorated function', 'from numba import njit\n@njit\ndef f(n):\n    while n: n -= 1\nf', 'unknown'],
    ['a file with numpy', 'import numpy as np\ndef f(n):\n    while n: n -= 1\nf', 'unknown'],
    ['printing in a loop', 'def f(n):\n    for i in range(n):\n        print(i)\nf', 'unknown'],
    ['a lock', 'def f(n):\n    with lock:\n        while n: n -= 1\nf', 'unknown'],
    ['a generator', 'def f(n):\n    while n:\n        yield n\nf', 'unknown'],
    ['a coroutine', 'async def f(n):\n    while n: n -= 1\nf', 'unknown'],
    ['nothing at all', 'def f(n):\n    return n\nf', 'unknown'],
    ['sleep', 'import time\ndef f(n):\n    time.sleep(n)\nf', 'io'],
    ['sleep itself', 'import time\ntime.sleep', 'io'],
    ['requests', 'import requests\ndef f(u):\n    return requests.get(u).json()\nf', 'io'],
    ['waiting in a loop', 'import time\ndef f(n):\n    for i in range(n):\n        time.sleep(1)\nf', 'io'],
    ['a child process', 'import subprocess\ndef f(c):\n    subprocess.run(c, check=True)\nf', 'io'],
    [
      'urlopen in with',
      'from urllib.request import urlopen\ndef f(u):\n    with urlopen(u) as r:\n        return r.read()\nf',
      'io',
    ],
    ['waiting, then computing', 'import time\ndef f(n):\n    time.sleep(1)\n    while n: n -= 1\nf', 'unknown'],
    ['waiting, then something else', 'import time\ndef f(n):\n    time.sleep(1)\n    other(n)\nf', 'unknown'],
    ['a function that may be another', 'def f(n):\n    while n: n -= 1\nif x:\n    f = g\nf', 'unknown'],
    ['an endless recursion of names', 'f = f\nf', 'unknown'],
  ];
  for (const [title, source, kind] of cases) test(title, async () => assert.equal(await kindIn(source), kind));
});
