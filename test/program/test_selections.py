"""Which lines run for a selection, and that they print what the whole file prints for them."""

from __future__ import annotations

import unittest

from support import NEWEST, OLDEST, PYTHONS, VERSIONS, at_once, run

# source, selected lines, the lines that must run. Whatever the selection prints, the whole file must print at its end.
DEPENDENCIES = {
    'a definition and its globals': (
        'K = 2\nunused = 1\ndef g(x): return x * K\ndef f(x): return g(x)\nprint(f(3))',
        (5, 5),
        {1, 3, 4, 5},
    ),
    'only the last binding': ('x = 1\nx = 2\nprint(x)', (3, 3), {2, 3}),
    'the chain of x = x + 1': ('x = 1\nx = x + 1\nx += 1\nprint(x)', (4, 4), {1, 2, 3, 4}),
    'changes by methods and items': (
        'L = []\nM = []\nL.append(3)\nM.append(1)\nd = {}\nd["a"] = L\ndel d["a"]\nprint(L, d)',
        (8, 8),
        {1, 3, 5, 6, 7, 8},
    ),
    'attribute store': ('class A: pass\na = A()\nb = A()\na.x = 5\nb.x = 1\nprint(a.x)', (6, 6), {1, 2, 4, 6}),
    'loop that fills': ('L = []\nfor i in range(3):\n    L.append(i)\nprint(L)', (4, 4), {1, 2, 3, 4}),
    'loop variable': ('for i in range(3): pass\nprint(i)', (2, 2), {1, 2}),
    'call that may change': ('def fill(x): x.append(1)\nL = []\nfill(L)\nprint("no")\nprint(L)', (5, 5), {1, 2, 3, 5}),
    'constants are not changed by calls': (
        'import os\nN = os.cpu_count() or 1\nM = -2 * 3\ndef work(n): print("heavy")\nwork(N)\nwork(M)\nprint(N > 0, M)',
        (7, 7),
        {1, 2, 3, 7},
    ),
    'print does not change': ('L = [1]\nprint(len(L), L)\nprint(L)', (3, 3), {1, 3}),
    'alias': ('a = []\nb = a\nb.append(1)\nprint(a)', (4, 4), {1, 2, 3, 4}),
    'alias in a container': ('a = []\nd = {"a": a}\nd["a"].append(1)\nprint(a)', (4, 4), {1, 2, 3, 4}),
    'iterator used up': ('it = iter([1, 2, 3])\nfirst = next(it)\nother = 5\nprint(list(it))', (4, 4), {1, 2, 4}),
    'shuffle': (
        'import random\nrandom.seed(5)\nL = [1, 2, 3, 4]\nrandom.shuffle(L)\nprint(L)',
        (5, 5),
        {1, 2, 3, 4, 5},
    ),
    'if and else': ('import sys\nif sys.argv:\n    x = 1\nelse:\n    x = 2\nprint(x)', (6, 6), {1, 2, 3, 4, 5, 6}),
    'try import': (
        'try:\n    import no_such_module as m\nexcept ImportError:\n    m = None\nprint(m)',
        (5, 5),
        {1, 2, 3, 4, 5},
    ),
    'dotted imports': ('import os.path\nimport os\nimport json\nimport xml.dom\nprint(os.sep)', (5, 5), {1, 2, 5}),
    'star import': ('from math import *\nx = 1\nprint(floor(2.5))', (3, 3), {1, 3}),
    'global in a called function': (
        'cfg = 0\ndef init():\n    global cfg\n    cfg = 7\ninit()\nprint(cfg)',
        (6, 6),
        {1, 2, 3, 4, 5, 6},
    ),
    'function that fills a global': ('L = []\ndef add(x): L.append(x)\nadd(1)\nprint(L)', (4, 4), {1, 2, 3, 4}),
    'registry of decorated functions': (
        'R = {}\ndef register(f):\n    R[f.__name__] = f\n    return f\n@register\ndef one(): return 1\nprint(list(R))',
        (7, 7),
        {1, 2, 3, 4, 5, 6, 7},
    ),
    'defaults and late globals': ('K = 1\ndef f(x=K): return x, K\nK = 2\nprint(f())', (4, 4), {1, 2, 3, 4}),
    'class: bases, fields, decorators': (
        'import dataclasses\nT = int\nclass Base: n = 1\n@dataclasses.dataclass\nclass C(Base):\n    x: T = 3\nprint(C(), C.n)',
        (7, 7),
        {1, 2, 3, 4, 5, 6, 7},
    ),
    'comprehension variables are local': ('i = 5\nn = 3\nprint([i for i in range(n)])', (3, 3), {2, 3}),
    'walrus': ('print([y := x for x in range(3)])\nprint(y)', (2, 2), {1, 2}),
    'tuples and annotations': ('a, (b, *c) = 1, (2, 3)\nn: int = 4\nprint(b, c, n)', (3, 3), {1, 2, 3}),
    'with binds': ('import io\nwith io.StringIO("x") as f:\n    text = f.read()\nprint(text)', (4, 4), {1, 2, 3, 4}),
    'environment and path': (
        'import os, sys\nos.environ["RIP_X"] = "1"\nsys.path.insert(0, "/nowhere")\nprint(os.environ["RIP_X"], sys.path[0])',
        (4, 4),
        {1, 2, 3, 4},
    ),
    'warnings filter without a name': (
        'import warnings\nwarnings.simplefilter("error")\ntry:\n    __import__("warnings").warn("x")\nexcept UserWarning: print("error")',
        (3, 5),
        {1, 2, 3, 4, 5},
    ),
    'from __future__': (
        'from __future__ import annotations\nx = 1\ndef f(a: nothing): pass\nprint(f.__annotations__)',
        (4, 4),
        {1, 3, 4},
    ),
    'never a later statement': ('x = 1\nprint(x)\nx = 2\nprint(x)', (2, 2), {1, 2}),
    'main guard': (
        'def f(): return 1\nif __name__ == "__main__":\n    print("no")\n    x = f()\n    print(x)',
        (5, 5),
        {1, 4, 5},
    ),
    'earlier pool of the same function': (
        'from concurrent.futures import ThreadPoolExecutor\ndef f(x): return x\ndata = [1, 2]\n'
        'with ThreadPoolExecutor(1) as ex:\n    print(list(ex.map(f, data)))\n'
        'with ThreadPoolExecutor(2) as ex:\n    print(list(ex.map(f, data)))',
        (6, 7),
        {1, 2, 3, 6, 7},
    ),
    'timing variables': (
        'import time\nstart = time.perf_counter()\nprint("slow")\nend = time.perf_counter()\nprint(end - start > 100)\n'
        'start = time.perf_counter()\nprint(time.perf_counter() - start > 100)',
        (6, 7),
        {1, 6, 7},
    ),
    'a with block binds for certain': (
        'sizes = [print("slow")]\nimport io\nwith io.StringIO() as f:\n    sizes = [1]\nprint(sizes)',
        (5, 5),
        {2, 3, 4, 5},
    ),
    'guard that binds what it reads': (
        'from time import perf_counter\nif __name__ == "__main__":\n    start = perf_counter()\n    print("no")\n'
        'if __name__ == "__main__":\n    start = perf_counter()\n    print(perf_counter() >= start)',
        (5, 7),
        {1, 5, 6, 7},
    ),
    'branches that both bind': (
        'x = print("no")\nimport sys\nif sys.argv: x = 1\nelse: x = 2\nprint(x)',
        (5, 5),
        {2, 3, 4, 5},
    ),
    'loop that may not run': ('x = 0\nfor y in ():\n    x = 1\nprint(x)', (4, 4), {1, 2, 3, 4}),
    'del': ('x = 1\ny = 2\ndel x\nprint("x" in globals(), y)', (3, 4), {1, 2, 3, 4}),
    'del alone': ('x = 1\ny = 2\ndel x; print("deleted")', (3, 3), {1, 3}),
    'exec needs everything': ('x = 1\nexec("y = x")\nprint(eval("y"))', (3, 3), {1, 2, 3}),
    'two statements on a line': ('a = 1; print("no")\nprint(a)', (2, 2), {1, 2}),
    'a selection of several statements': ('a = 1\nb = 2\nc = a\nprint(b)\nprint(c)', (4, 5), {1, 2, 3, 4, 5}),
}

GUARDED = """import sys
def job(n):
    for i in range(n):
        x = i * 2
        print(x)
    return x
if __name__ == "__main__":
    total = 0
    for n in (1, 2):
        total += n
        print(n, total)
    if total: print("total", total)
    print("end")
"""

# name: (source, lines, statements that were selected, standard output)
EXTENSION = {
    'partial statement': ('x = [\n    1,\n    2,\n]\nprint(x)', (2, 3), [(1, 4)], ''),
    'blank lines around': ('x = 1\n\n\nprint(x)\n\n', (2, 6), [(4, 4)], '1\n'),
    'decorator line': ('def d(f): return f\n@d\ndef f():\n    return 1\nprint(f())', (2, 2), [(2, 4)], ''),
    'inside a for body': (GUARDED, (11, 11), [(11, 11)], None),
    'inside the guard': (GUARDED, (13, 13), [(13, 13)], 'end\n'),
    'one-line if': (GUARDED, (12, 12), [(12, 12)], '1 1\n2 3\ntotal 3\n'),
    'guard and its body': (GUARDED, (7, 8), [(7, 13)], '1 1\n2 3\ntotal 3\nend\n'),
    'for and its body': (GUARDED, (9, 11), [(9, 11)], '1 1\n2 3\n'),
    'only a definition': (GUARDED, (2, 6), [(2, 6)], ''),
    'elif is no statement': ('x = 2\nif x == 1:\n    print(1)\nelif x == 2:\n    print(2)', (4, 4), [(2, 5)], '2\n'),
    'inside elif': ('x = 3\nif x == 1:\n    print(1)\nelif x == 2:\n    print(x)', (5, 5), [(5, 5)], '3\n'),
    'except body': ('try:\n    print(1)\nexcept ValueError:\n    print(2)', (4, 4), [(4, 4)], '2\n'),
    'inside a string': ('t = """a\n  b\n"""\nprint(t)', (2, 2), [(1, 3)], ''),
    'nothing': ('x = 1\n\n# text\nprint(x)', (2, 3), [], ''),
    'beyond the end': ('print(1)', (1, 99), [(1, 1)], '1\n'),
    'half-typed code below': ('x = 1\nprint(x)\nfor y in (', (2, 2), [(2, 2)], '1\n'),
    'half-typed code above': ('x = 1\nfoo(((\ny = 2\nprint(x, y)', (4, 4), [(4, 4)], '1 2\n'),
    'half-typed code in the same block': (
        'def f():\n    x = = 1\nif True:\n    a = 1\n    print(a)\n    b =\n',
        (4, 5),
        [(4, 4), (5, 5)],
        '1\n',
    ),
    'indented from the first line': ('    x = 1\n    print(x)\n', (1, 2), [(1, 1), (2, 2)], '1\n'),
}


def lines_of(result) -> set:
    return {line for s in result.program['statements'] for line in range(s['startLine'], s['endLine'] + 1)}


class SelectionsTest(unittest.TestCase):
    maxDiff = None

    def test_dependencies(self):
        wanted = [
            (python, name)
            for python in PYTHONS
            for name in (DEPENDENCIES if python in (OLDEST, NEWEST) else list(DEPENDENCIES)[::4])
        ]
        parts = at_once([(run, (python, DEPENDENCIES[name][0], DEPENDENCIES[name][1]), {}) for python, name in wanted])
        wholes = at_once([(run, (python, whole(DEPENDENCIES[name])), {}) for python, name in wanted])
        for (python, name), part, entire in zip(wanted, parts, wholes):
            with self.subTest(case=name, python=VERSIONS[python]):
                self.assertEqual((part.err, part.code), ('', 0))
                self.assertEqual(sorted(lines_of(part)), sorted(DEPENDENCIES[name][2]))
                self.assertTrue(part.out and entire.out.endswith(part.out.splitlines(True)[-1]), (part, entire))
                self.assertTrue(all(s['reason'] for s in part.program['statements']))

    def test_extension_to_whole_statements(self):
        for python in (OLDEST, NEWEST):
            results = at_once(
                [(run, (python, source, lines), {'saved': False}) for source, lines, _, _ in EXTENSION.values()]
            )
            for (name, (_, _, statements, out)), result in zip(EXTENSION.items(), results):
                with self.subTest(case=name, python=VERSIONS[python]):
                    self.assertIsNotNone(result.program, result)
                    self.assertEqual(
                        [(s['startLine'], s['endLine']) for s in result.program['statements'] if s['selected']],
                        statements,
                        result,
                    )
                    if out is not None:
                        self.assertEqual((result.out, result.err, result.code), (out, '', 0))

    def test_notes(self):
        self.assertIn(
            'Only definitions were selected: nothing was called.', run(NEWEST, GUARDED, (2, 6)).program['notes']
        )
        self.assertIn('for loop of line 3', ' '.join(run(NEWEST, GUARDED, (4, 4)).program['notes']))
        self.assertIn('line 3', ' '.join(run(NEWEST, 'x = 1\nprint(x)\nfor y in (', (2, 2)).program['notes']))

    def test_columns_and_lines_of_an_indented_selection(self):
        source = '\n\nif __name__ == "__main__":\n    a = 0\n    print("a",\n          1 / a)\n'
        for python in PYTHONS:
            for text in (source, source + 'x = (\n'):
                result = run(python, text, (5, 6), saved=False)
                where = '  File "FILE", line %d, in <module>\n    ' % 6
                self.assertIn(
                    where
                    + '1 / a)\n'
                    + ('    ~~^~~\n' if VERSIONS[python] == (3, 11) or VERSIONS[python] == (3, 12) else ''),
                    result.err
                    if VERSIONS[python] < (3, 13)
                    else result.err.replace('          ~~^~~\n', '').replace('          1', '1'),
                )
                self.assertEqual((result.result['error']['line'], result.code), (6, 1))
                if VERSIONS[python] >= (3, 11):
                    self.assertEqual(result.result['error']['column'], 11)

    def test_statements_that_belong_to_a_function_or_loop(self):
        for python in (OLDEST, NEWEST):
            result = run(python, GUARDED, (6, 6))
            self.assertEqual((result.code, result.out, result.program['statements']), (1, '', []))
            self.assertIn("SyntaxError: 'return' outside function", result.err)
            self.assertIn('Select all of it', result.err)
            self.assertEqual(result.result['error']['line'], 6)

    def test_syntax_error_in_the_selection_has_the_line_of_the_editor(self):
        for python in PYTHONS:
            result = run(python, 'x = 1\nif x:\n    y = 2\n    z = = 3\nprint(y)\nfoo((', (3, 4), saved=False)
            self.assertEqual((result.code, result.result['error']['line']), (1, 4), result)
            self.assertIn('File "FILE", line 4\n    z = = 3\n', result.err)

    def test_several_ranges_run_in_the_order_of_the_text(self):
        ranges = [{'unit': 0, 'startLine': 4, 'endLine': 4}, {'unit': 0, 'startLine': 2, 'endLine': 2}]
        result = run(NEWEST, 'x = 1\nprint("a", x)\nprint("no")\nprint("b", x)\n', ranges)
        self.assertEqual(result.out, 'a 1\nb 1\n')

    def test_cells(self):
        cells = [
            'from __future__ import annotations\nimport os\nK = 1\n',
            'def f(x: later): return x + K\nprint("no")',
            'K = 5',
            'print(f(1))\nL = [1]\n1/0',
            'K = 9',
        ]
        for python in (OLDEST, NEWEST):
            result = run(python, cells, [{'unit': 3, 'startLine': 1, 'endLine': 3}])
            self.assertEqual((result.out, result.code), ('6\n', 1), result)
            self.assertIn('File "cell4", line 3, in <module>\n    1/0\n', result.err)
            everything = run(python, cells[:3] + ['print(f(1))'])
            self.assertEqual(everything.out, 'no\n6\n', everything)

    def test_show_runs_nothing(self):
        import json

        for python in (OLDEST, NEWEST):
            shown = run(python, 'x = "\u00e9\\U0001F600\ud7ff"\nprint(x)', (2, 2), show=True)
            program = json.loads(shown.out)
            self.assertEqual(
                [s['source'] for s in program['statements']], ['x = "\u00e9\\U0001F600\ud7ff"', 'print(x)']
            )
            self.assertEqual((program['error'], shown.program, shown.result, shown.code), (None, None, None, 0))
            self.assertEqual(json.loads(run(python, 'x = = 1', show=True).out)['error']['type'], 'SyntaxError')


def whole(case) -> str:
    """The file up to the end of the selection: what the selection prints is at its end."""
    return '\n'.join(case[0].split('\n')[: case[1][1]])


if __name__ == '__main__':
    unittest.main()
