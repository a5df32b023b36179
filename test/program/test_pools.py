"""Pools without a main guard, in selections, cells and files, under every start method."""

from __future__ import annotations

import unittest

from support import NEWEST, OLDEST, PYTHONS, START_METHODS, VERSIONS, at_once, plain, run

SET = 'import sys, multiprocessing as mp\nmp.set_start_method(sys.argv[1])\n'


class Case:
    """`out`: exact standard output. `err`: parts of standard error; '' stands for silence. `carets`: parts from 3.11 on."""

    def __init__(self, units, out, err=('',), code=0, selection=None, carets=(), saved=True):
        self.units, self.out, self.err, self.code = units, out, err, code
        self.selection, self.carets, self.saved = selection, carets, saved


POOL = (
    SET
    + """
from concurrent.futures import ProcessPoolExecutor
print('starts')
def f(x): return x * x
with ProcessPoolExecutor(2) as ex: print(list(ex.map(f, range(5))))
"""
)

CASES = {
    'snippet': Case(POOL, 'starts\n[0, 1, 4, 9, 16]\n'),
    'snippet, unsaved': Case(POOL, 'starts\n[0, 1, 4, 9, 16]\n', saved=False),
    'selection': Case(POOL, '[0, 1, 4, 9, 16]\n', selection=(7, 7)),
    'cells, the last selected': Case(
        [
            SET + 'K = 10\nprint("first cell")',
            'def f(x):\n    return x + K\nprint("second cell")',
            'with mp.Pool(2) as pool:\n    print(pool.map(f, [1, 2]))',
        ],
        '[11, 12]\n',
        selection=(1, 2),
    ),
    'error in a worker': Case(
        [SET + 'def f(x):\n    return (1 +\n            1 / x)', 'mp.Pool(1).map(f, [0])'],
        '',
        code=1,
        err=[
            'RemoteTraceback',
            'cell1", line 5, in f\n    1 / x',
            'cell2", line 1, in <module>\n    mp.Pool(1).map(f, [0])\n',
            'ZeroDivisionError: division by zero',
        ],
        carets=['    1 / x)\n    ~~^~~'],
    ),
    'warning in a worker': Case(
        [
            SET + 'import warnings\ndef f(x):\n    warnings.warn("look")',
            'p = mp.Pool(1)\np.map(f, [0])\np.close(); p.join()',
        ],
        '',
        err=['cell1:5: UserWarning: look\n  warnings.warn("look")'],
    ),
    'Process subclass and Queue': Case(
        SET
        + """
class Doubler(mp.Process):
    def __init__(self, queue, n):
        super().__init__(name='doubler-%d' % n)
        self.queue, self.n = queue, n
    def run(self): self.queue.put((self.name, self.n * 2))
queue = mp.Queue()
processes = [Doubler(queue, n) for n in range(2)]
for p in processes: p.start()
print(sorted(queue.get() for p in processes))
for p in processes: p.join()
print([p.exitcode for p in processes])
""",
        "[('doubler-0', 0), ('doubler-1', 2)]\n[0, 0]\n",
    ),
    'grandchild': Case(
        SET
        + """
def leaf(queue, x): queue.put(x + 1)
def child(queue, x):
    inner = mp.Process(target=leaf, args=(queue, x * 10))
    inner.start(); inner.join()
queue = mp.Queue()
process = mp.Process(target=child, args=(queue, 4))
process.start(); print(queue.get()); process.join()
""",
        '41\n',
    ),
    'initializer with a global': Case(
        SET
        + """
from concurrent.futures import ProcessPoolExecutor
state = None
def prepare(value):
    global state
    state = value
def work(x): return state + x
with ProcessPoolExecutor(1, initializer=prepare, initargs=(100,)) as ex: print(list(ex.map(work, [1, 2])))
""",
        '[101, 102]\n',
    ),
    'dataclass, namedtuple, Enum': Case(
        SET
        + """
from collections import namedtuple
from dataclasses import dataclass
from enum import Enum
@dataclass
class Box: n: int
Pair = namedtuple('Pair', 'a b')
Color = Enum('Color', 'RED BLUE')
def f(x): return x
with mp.Pool(2) as pool: print(pool.map(f, [Box(1), Pair(1, 2)]), pool.map(f, [Color.BLUE])[0] is Color.BLUE)
""",
        '[Box(n=1), Pair(a=1, b=2)] True\n',
    ),
    'pool at top level used in a function': Case(
        SET
        + """
def f(x): return -x
pool = mp.Pool(2)
def main():
    print(pool.map(f, [1, 2]))
main()
pool.close(); pool.join()
""",
        '[-1, -2]\n',
    ),
    'data built by a loop': Case(
        SET
        + """
import random
table = {}
for i in range(3):
    print('building', i)
    table[i] = random.random()
def f(i): return table[i]
with mp.Pool(2) as pool: print(pool.map(f, [0, 1, 2]) == [table[0], table[1], table[2]])
""",
        'building 0\nbuilding 1\nbuilding 2\nTrue\n',
    ),
    'Value, Lock, Manager': Case(
        SET
        + """
def add(value, lock, shared):
    with lock: value.value += 1
    shared.append(1)
value, lock, manager = mp.Value('i', 0), mp.Lock(), mp.Manager()
shared = manager.list()
processes = [mp.Process(target=add, args=(value, lock, shared)) for _ in range(2)]
for p in processes: p.start()
for p in processes: p.join()
print(value.value, len(shared))
manager.shutdown()
""",
        '2 2\n',
    ),
    'top-level await': Case(
        [
            SET + 'import asyncio\nfrom concurrent.futures import ProcessPoolExecutor\ndef f(x): return x + 1',
            """
with ProcessPoolExecutor(1) as ex:
    print(await asyncio.get_running_loop().run_in_executor(ex, f, 1))
""",
        ],
        '2\n',
        selection=(1, 9),
    ),
    'one line in a main guard': Case(
        SET
        + """
def f(x): return x + 1
if __name__ == '__main__':
    print('not this')
    pool = mp.Pool(2)
    print(pool.map(f, [1]))
    pool.close(); pool.join()
""",
        '[2]\n',
        selection=(8, 9),
    ),
    'lambda': Case(
        SET + 'with mp.Pool(1) as pool: pool.map(lambda x: x, [1])',
        '',
        code=1,
        err=['FILE", line 3, in <module>', 'PicklingError', '<lambda>'],
    ),
    'exception in a thread': Case(
        [
            SET + 'import threading\ndef f(x): return x\ndef boom():\n    return 1 / 0',
            """
t = threading.Thread(target=boom, name='T')
t.start(); t.join()
with mp.Pool(1) as pool: print(pool.map(f, [1]))
""",
        ],
        '[1]\n',
        err=['Exception in thread T', 'cell1", line 6, in boom\n    return 1 / 0\n', 'ZeroDivisionError'],
    ),
    'syntax error in a cell': Case(
        [SET, 'print("never")', 'x = = 1'],
        '',
        code=1,
        selection=(1, 1),
        err=['cell3", line 1\n', 'x = = 1', 'SyntaxError: invalid syntax'],
    ),
    'magics': Case(
        [
            SET + '%matplotlib inline\ndef f(x):\n    return 1 % x\n!ls\nfiles = !echo a b\n%time K = 3',
            """%%time
with mp.Pool(1) as pool: print(pool.map(f, [2, K]), files)
text = (
    'a' 'b'
% ())
print(text)""",
        ],
        "[1, 1] ['a b']\nab\n",
        selection=(1, 6),
    ),
    'guarded cell': Case(
        [
            SET + 'print("once")\ndef f(x): return x',
            'if __name__ == "__main__":\n    with mp.Pool(1) as p: print(p.map(f, [1]))',
        ],
        'once\n[1]\n',
    ),
    'more is defined between two pools': Case(
        SET
        + """
def f(x): return x
with mp.Pool(1) as pool: print(pool.map(f, [1]))
K = 5
def g(x): return x + K
with mp.Pool(1) as pool: print(pool.map(g, [1]))
""",
        '[1]\n[6]\n',
    ),
    'definition inside the block that starts the pool': Case(
        SET
        + """
for n in [1, 2]:
    def f(x): return x + len(str(x))
    with mp.Pool(n) as pool: print(pool.map(f, [10]))
""",
        '[12]\n[12]\n',
    ),
    'guarded file': Case(
        SET.replace('mp.set', 'if __name__ == "__main__": mp.set')
        + """
print('module level', __name__, flush=True)
def f(x): return x
if __name__ == '__main__':
    with mp.Pool(1) as pool: print(pool.map(f, [1]), flush=True)
""",
        None,
    ),
    'guarded file, unsaved': Case(
        SET.replace('mp.set', 'if __name__ == "__main__": mp.set')
        + """
print('module level', __name__, flush=True)
def f(x): return x
if __name__ == '__main__':
    with mp.Pool(1) as pool: print(pool.map(f, [1]), flush=True)
""",
        None,
        saved=False,
    ),
    'function called without a guard': Case(
        SET
        + """
def f(x): return x
def main():
    with mp.Pool(1) as pool: print(pool.map(f, [1]))
main()
""",
        '[1]\n',
    ),
}
CORE = ('snippet', 'error in a worker', 'grandchild')


class PoolsTest(unittest.TestCase):
    maxDiff = None

    def check(self, python, method, name, result):
        case = CASES[name]
        message = '%s, %s, %s\n%r' % (name, VERSIONS[python], method, result)
        if case.out is None:
            self.assertEqual(result.out, plain(python, case.units, [method]).out, message)
        else:
            self.assertEqual(result.out, case.out, message)
        self.assertEqual(result.code, case.code, message)
        if '' in case.err:
            self.assertEqual(result.err, '', message)
        for part in list(case.err) + list(case.carets if VERSIONS[python] >= (3, 11) else ()):
            self.assertIn(part.replace(' +\n', ''), result.err, message)
        self.assertNotIn('_run_in_parallel', result.err, message)
        self.assertNotIn('src/python', result.err, message)

    def run_cases(self, pythons, names):
        wanted = [(python, method, name) for python in pythons for method in START_METHODS for name in names]
        results = at_once(
            [
                (
                    run,
                    (python, CASES[name].units),
                    dict(selection=CASES[name].selection, argv=[method], saved=CASES[name].saved),
                )
                for python, method, name in wanted
            ]
        )
        for (python, method, name), result in zip(wanted, results):
            with self.subTest(case=name, method=method, python=VERSIONS[python]):
                self.check(python, method, name, result)

    def test_all_cases_on_the_oldest_and_the_newest_python(self):
        self.run_cases([OLDEST, NEWEST], list(CASES))

    def test_core_cases_on_the_others(self):
        self.run_cases([python for python in PYTHONS if python not in (OLDEST, NEWEST)], CORE)


if __name__ == '__main__':
    unittest.main()
