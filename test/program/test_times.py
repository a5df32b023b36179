"""How long each top-level statement took, and that measuring it changes nothing."""

from __future__ import annotations

import unittest

from support import NEWEST, OLDEST, PYTHONS, VERSIONS, plain, run

# Each statement takes longer than the one before by far more than any measuring.
SOURCE = '''"""Doc."""
import time
def spin(n):
    end = time.perf_counter() + n
    while time.perf_counter() < end: pass
spin(.01)
for _ in range(2):
    spin(.01)
a = 1; b = 2
class C:
    x = 1
if __name__ == '__main__':
    spin(
        .03)
    for _ in range(3):
        a += 1
'''


def times_of(result) -> dict:
    return {(t['unit'], t['startLine'], t['endLine']): t['ms'] for t in result.result['times']}


class TimesTest(unittest.TestCase):
    def test_a_selection(self):
        for python in PYTHONS:
            times = times_of(run(python, SOURCE, (6, 16)))
            lines = [(2, 2), (3, 5), (6, 6), (7, 8), (9, 9), (9, 9), (10, 11), (12, 16)]
            self.assertEqual(list(times), [(0, first, second) for first, second in dict.fromkeys(lines)])
            self.assertGreaterEqual(times[0, 6, 6], 10)
            self.assertGreaterEqual(times[0, 7, 8], 20)
            self.assertGreaterEqual(times[0, 12, 16], 30)

    def test_a_whole_file(self):
        for python in PYTHONS:
            times = times_of(run(python, SOURCE))
            if VERSIONS[python] < (3, 12):
                self.assertEqual(times, {})
                continue
            lines = [(2, 2), (3, 5), (6, 6), (7, 8), (9, 9), (10, 11), (13, 14), (15, 16)]
            self.assertEqual(
                [key for key in times if key != (0, 1, 1)], [(0, first, second) for first, second in lines]
            )
            self.assertGreaterEqual(times[0, 6, 6], 10)
            self.assertGreaterEqual(times[0, 7, 8], 20)
            self.assertGreaterEqual(times[0, 13, 14], 30)

    def test_cells(self):
        for python in (OLDEST, NEWEST):
            result = run(python, ['x = 1', 'import asyncio\nawait asyncio.sleep(0)\nx + 1'], display={'kind': 'text'})
            self.assertEqual(list(times_of(result)), [(0, 1, 1), (1, 1, 1), (1, 2, 2), (1, 3, 3)])
            self.assertEqual(result.out, '2\n')

    def test_the_statement_that_ends_the_program_is_told_too(self):
        for python in (OLDEST, NEWEST):
            for statement in ('1/0', 'raise SystemExit(3)', 'raise KeyboardInterrupt'):
                times = times_of(run(python, 'x = 1\n%s\ny = 2\n' % statement, (1, 3)))
                self.assertEqual(list(times), [(0, 1, 1), (0, 2, 2)])
            self.assertEqual(run(python, 'x = = 1', (1, 1)).result['times'], [])
        self.assertEqual(list(times_of(run(NEWEST, 'x = 1\n1/0\ny = 2\n'))), [(0, 1, 1), (0, 2, 2)])

    def test_a_whole_file_stays_one_piece(self):
        """Constants are shared, tracing starts with the next call, loops are not slowed by being watched."""
        sources = [
            'a = 1000\nb = 1000\nprint(a is b, "x y" is "x y")\n',
            'import sys\ncalls = []\nsys.setprofile(lambda f, e, a: calls.append((e, f.f_code.co_name)))\n'
            'x = 1\nlen("")\ny = 2\nsys.setprofile(None)\nprint(calls)\n',
            'import sys\nlines = []\nsys.settrace(lambda *a: lines.append(a[0].f_code.co_name))\nx = 1\n'
            'def f(): pass\nf()\nsys.settrace(None)\nprint(lines)\n',
            'import sys\nframe = sys._getframe()\nx = 1\nprint(frame.f_lineno, frame.f_code.co_firstlineno)\n',
            '"""Doc."""\n"other text"\nprint(__doc__)\n',
        ]
        for python in (OLDEST, NEWEST):
            for source in sources:
                want, got = plain(python, source), run(python, source)
                self.assertEqual((got.out, got.err), (want.out, want.err), source)

    def test_text_in_the_middle_is_no_docstring(self):
        for python in (OLDEST, NEWEST):
            source = '"""Doc."""\nx = 1\n"text"\nprint(__doc__)\n'
            self.assertIn(run(python, source, (2, 4)).out, ('Doc.\n', 'None\n'))
            self.assertEqual(run(python, source, (1, 4)).out, 'Doc.\n')
            self.assertEqual(run(python, ['"""Doc."""', 'print(__doc__)']).out, 'None\n')

    def test_equal_statements_on_one_line_are_told_apart(self):
        source = 'import multiprocessing as mp\nmp.set_start_method("spawn")\ndef f(x): print("in", x, flush=True)\n'
        source += 'def g():\n    p = mp.Process(target=f, args=(1,)); p.start(); p.join()\ng(); g()\n'
        for python in (OLDEST, NEWEST):
            result = run(python, source, (1, 6))
            self.assertEqual((result.out, result.err), ('in 1\nin 1\n', ''))

    def test_tasks_go_on_between_the_statements_of_a_cell(self):
        cells = [
            'import asyncio\nasync def work():\n    await asyncio.sleep(0)\n    return 7\ntask = asyncio.create_task(work())',
            'x = 1\nprint(asyncio.get_running_loop().is_running())\nawait task',
        ]
        for python in (OLDEST, NEWEST):
            result = run(python, cells, [{'unit': 1, 'startLine': 1, 'endLine': 3}], display={'kind': 'text'})
            self.assertEqual((result.out, result.err), ('True\n7\n', ''))


if __name__ == '__main__':
    unittest.main()
