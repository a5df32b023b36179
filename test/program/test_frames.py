"""Previews of frames, on every Python: a small stand-in for DuckDB, whose rows are tuples of anything, shows what becomes of
values, of frames that are not computed, and of libraries that fail. The libraries themselves are in test/frames.
"""

from __future__ import annotations

import json
import unittest

from support import NEWEST, OLDEST, PYTHONS, VERSIONS, at_once, run

KIND = 'application/vnd.run-in-parallel.frame+json'
TEXT = {'kind': 'text'}


def rich(*first_rows):
    return {'kind': 'rich', 'token': 'T', 'firstRows': list(first_rows)}


# A relation with one column for each cell of its rows. Whatever would run the query says so.
DUCKDB = """
class DuckDBPyRelation:
    def __init__(self, rows, names=None, fails=None):
        self.rows, self.fails = rows, fails
        self.columns = names or ['c%d' % n for n in range(len(rows[0]) if rows else 2)]
        self.types = ['INTEGER'] * len(self.columns)
    def limit(self, n): return DuckDBPyRelation(self.rows[:n], self.columns, self.fails)
    def fetchall(self):
        print('computed')
        if self.fails: raise self.fails
        return self.rows
    def __repr__(self):
        print('computed by its repr')
        return 'the table'
"""
BESIDE = {'duckdb.py': DUCKDB}
START = 'from duckdb import DuckDBPyRelation as Relation\n'


def show(python, body, display, beside=None):
    cells = [START, body]
    whole = [{'unit': 1, 'startLine': 1, 'endLine': 999}]
    return run(python, cells, whole, display=display, beside=beside or BESIDE)


def frames(result) -> list:
    return [json.loads(result.displays[n][KIND]) for n in sorted(result.displays) if KIND in result.displays[n]]


VALUES = """
import datetime, decimal, uuid
class Odd:
    def __str__(self): raise KeyError('odd')
class Deep(list): pass
class Text(str):
    def __str__(self): return 'never'
row = [
    None, True, 7, 2 ** 53, -2 ** 70, 0.5, float('inf'), float('nan'), 'a', 'x' * 1000, '\\ud800', b'\\xff',
    datetime.date(2020, 1, 2), datetime.datetime(2020, 1, 2, 3), decimal.Decimal('1.10'),
    [1, 'a', None, [2, [3, [4, [5]]]]], {'k': (1,)}, {1}, list(range(10 ** 6)), Odd(), Text('own'), Deep([1]),
]
Relation([tuple(row)])
"""
CELLS = [
    None, 'True', 7, '9007199254740992', str(-(2**70)), 0.5, 'inf', ['NaN'], 'a', 'x' * 400 + '…', '?', "b'\\xff'",
    '2020-01-02', '2020-01-02 03:00:00', '1.10',
    "[1, 'a', None, [2, [3, [4, […]]]]]", "{'k': (1,)}", '{1}', None, ['KeyError in its text'], 'never', '[1]',
]  # fmt: skip


class FramesTest(unittest.TestCase):
    maxDiff = None

    def each(self, body, display, beside=None, pythons=(OLDEST, NEWEST)):
        results = at_once([(show, (python, body, display, beside), {}) for python in pythons])
        for python, result in zip(pythons, results):
            with self.subTest(python=VERSIONS[python]):
                yield result

    def test_values(self):
        for result in self.each(VALUES, rich(0), pythons=PYTHONS):
            self.assertEqual((result.err, result.code), ('', 0), result)
            [frame] = frames(result)
            cells = [column['values'][0] for column in frame['columns']]
            self.assertEqual(cells[18][:12] + cells[18][-1:], '[0, 1, 2, 3,…')
            cells[18] = None
            self.assertEqual(cells, CELLS)
            self.assertEqual((frame['rows'], frame['rowCount'], frame['isCut'], frame['lazy']), (1, 1, True, None))

    def test_nothing_is_computed_until_it_is_asked_for(self):
        body = 'r = Relation([(1, 2)] * 300)\ndisplay(r)\nr'
        for result in self.each(body, rich()):
            self.assertNotIn('computed', result.out)
            first, second = frames(result)
            self.assertEqual([first['lazy']['number'], second['lazy']['number']], [0, 1])
            self.assertEqual([first['rows'], first['rowCount'], first['columnCount']], [0, None, 2])
            self.assertEqual(first['lazy']['call'], 'limit(100).fetchall()')
            self.assertEqual([column['values'] for column in first['columns']], [[], []])
        for result in self.each(body, rich(1)):
            self.assertEqual(result.out.count('computed'), 1)
            first, second = frames(result)
            self.assertEqual((first['lazy']['number'], second['lazy'], second['rows']), (0, None, 100))
            self.assertIsNone(second['rowCount'])

    def test_as_text_it_is_what_it_always_was(self):
        for result in self.each('Relation([(1, 2)])', TEXT):
            self.assertEqual((result.out, result.displays), ('computed by its repr\nthe table\n', {}))
        for result in self.each('display(Relation([(1, 2)]), include=["text/plain"])', rich()):
            self.assertEqual((result.out, result.displays), ('computed by its repr\nthe table\n', {}))

    def test_rows_that_can_not_be_computed(self):
        body = 'display(Relation([(1, 2)], fails=ValueError("no such file")))\nprint("on")'
        for result in self.each(body, rich(0)):
            self.assertEqual(result.code, 0)
            self.assertTrue(result.out.startswith('computed\n') and result.out.endswith('on\n'), result)
            self.assertEqual(result.err.count('ValueError: no such file'), 1)
            self.assertNotIn('previews.py', result.err)
            [frame] = frames(result)
            self.assertEqual((frame['lazy']['failure'], frame['rows']), ('ValueError', 0))

    def test_the_user_can_end_it(self):
        body = 'Relation([(1, 2)], fails=KeyboardInterrupt())'
        for result in self.each(body, rich(0)):
            self.assertIn('KeyboardInterrupt', result.err)
            self.assertNotEqual(result.code, 0)

    def test_a_library_that_fails_is_shown_as_before(self):
        broken = DUCKDB + '\nclass Strange(DuckDBPyRelation):\n    columns = property(lambda self: 1 / 0)\n'
        broken += '    def __init__(self): pass\n    def _repr_html_(self): return "<b>"\n    def __repr__(self): return "own"\n'
        body = 'import duckdb\nduckdb.Strange()'
        for result in self.each(body, rich(0), {'duckdb.py': broken}):
            self.assertEqual((result.err, result.displays), ('', {0: {'text/plain': 'own', 'text/html': '<b>'}}))

    def test_no_library_is_imported(self):
        body = 'import sys\nbefore = set(sys.modules)\ndisplay(Relation([(1, 2.5)]))\n'
        body += 'print(sorted(m for m in set(sys.modules) - before if not m.startswith("_run_in_parallel")))'
        for result in self.each(body, rich(0)):
            self.assertTrue(result.out.endswith('\x07[]\n'), result)

    def test_slow_texts_are_not_waited_for(self):
        body = 'import time\nclass Slow:\n    def __str__(self):\n        time.sleep(0.2)\n        return "slow"\n'
        body += 'began = time.perf_counter()\ndisplay(Relation([(Slow(), Slow(), n) for n in range(90)]))\n'
        body += 'print(time.perf_counter() - began < 5)'
        for result in self.each(body, rich(0)):
            self.assertTrue(result.out.endswith('\x07True\n'), result)
            [frame] = frames(result)
            self.assertTrue(0 < frame['rows'] < 5, frame['rows'])
            self.assertEqual({len(column['values']) for column in frame['columns']}, {frame['rows']})

    def test_wide_and_long_ones_are_bounded(self):
        body = 'display(Relation([tuple(range(1234))] * 3))\ndisplay(Relation([("x" * 300,) * 200] * 100))\n'
        body += 'for n in range(12): display(Relation([("x" * 399,) * 50] * 100))'
        for result in self.each(body, rich(*range(14))):
            wide, big, *others = frames(result)
            self.assertEqual((len(wide['columns']), wide['columnCount'], wide['rows']), (200, 1234, 3))
            self.assertLess(big['rows'], 100)
            sizes = [len(result.displays[n][KIND]) for n in sorted(result.displays)]
            self.assertLess(max(sizes), 1_100_000)
            self.assertLess(sum(sizes), 4_000_000)
            self.assertTrue(all(frame['rows'] >= 1 for frame in others))

    def test_many_texts_of_strange_names(self):
        body = 'Relation([(1, 2, 3)], names=["same", "same", 5])'
        for result in self.each(body, rich(0)):
            [frame] = frames(result)
            self.assertEqual([column['names'] for column in frame['columns']], [['same'], ['same'], ['5']])

    def test_in_children_they_are_printed(self):
        body = 'import os\npid = os.fork()\nif pid == 0:\n    display(Relation([(1, 2)]))\n    os._exit(0)\nos.waitpid(pid, 0);'
        for result in self.each(body, rich(0)):
            self.assertEqual((result.displays, result.err), ({}, ''))


if __name__ == '__main__':
    unittest.main()
