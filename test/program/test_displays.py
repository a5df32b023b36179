"""Values of cells: what is printed, what is written for the panel, and in which order."""

from __future__ import annotations

import base64
import unittest

from support import NEWEST, OLDEST, PYTHONS, START_METHODS, VERSIONS, at_once, run

TEXT = {'kind': 'text'}
RICH = {'kind': 'rich', 'token': 'T'}
# What a cell starts with in these tests: a value for each way of IPython to show one.
CLASSES = """
class Html:
    def __repr__(self): return 'an Html'
    def _repr_html_(self): return '<b>x</b>'
class Png:
    def _repr_png_(self): return b'\\x89PNG'
    def __repr__(self): return 'a Png'
class Jpeg:
    def _repr_jpeg_(self): return ('anBlZw==', {'width': 5})
    def __repr__(self): return 'a Jpeg'
class Texts:
    def _repr_svg_(self): return '<svg/>'
    def _repr_markdown_(self): return '*m*'
    def _repr_latex_(self): return '$l$'
    def __repr__(self): return 'Texts'
class Bundle:
    def _repr_mimebundle_(self, include=None, exclude=None):
        return {'text/plain': 'from the bundle', 'text/html': '<i>h</i>', 'application/json': {}, 'image/png': 5}, {}
class Itself:
    def _ipython_display_(self): print('shown by itself')
class NotItself(Html):
    def _ipython_display_(self): raise NotImplementedError
class Nothing:
    def _repr_html_(self): return None
    def __repr__(self): return 'Nothing'
class Anything:
    def __getattr__(self, name): return lambda *a, **k: 'never'
    def __repr__(self): return 'Anything'
class Broken(Html):
    def _repr_png_(self): raise ValueError('no picture')
class BrokenRepr:
    def __repr__(self): return 1 / 0
class Awaitable:
    def __await__(self):
        return 6
        yield
"""


def mark(number: int) -> str:
    return '\x1b]RunInParallel;T;%d\x07' % number


# The cell behind the classes, what it prints when `rich`, and the data of its displays.
VALUES = {
    'a number': ('6 * 7', '42\n', []),
    'a string': ('"a\\n"', "'a\\n'\n", []),
    'None': ('None', '', []),
    'a semicolon': ('Html(); # quiet', '', []),
    'a semicolon in the middle': ('1; Html()', mark(0), [{'text/plain': 'an Html', 'text/html': '<b>x</b>'}]),
    'an assignment': ('x = Html()', '', []),
    'only the last': ('1\n2\n3', '3\n', []),
    'a comment behind': ('Html() # ; no', mark(0), [{'text/plain': 'an Html', 'text/html': '<b>x</b>'}]),
    'no expression last': ('1\nif True: 2', '', []),
    'several lines': ('(1 +\n 2)', '3\n', []),
    'a picture': ('Png()', mark(0), [{'text/plain': 'a Png', 'image/png': base64.b64encode(b'\x89PNG').decode()}]),
    'data and metadata': ('Jpeg()', mark(0), [{'text/plain': 'a Jpeg', 'image/jpeg': 'anBlZw=='}]),
    'texts': (
        'Texts()',
        mark(0),
        [{'text/plain': 'Texts', 'image/svg+xml': '<svg/>', 'text/markdown': '*m*', 'text/latex': '$l$'}],
    ),
    'a bundle': ('Bundle()', mark(0), [{'text/plain': 'from the bundle', 'text/html': '<i>h</i>'}]),
    'shows itself': ('Itself()', 'shown by itself\n', []),
    'does not show itself': ('NotItself()', mark(0), [{'text/plain': 'an Html', 'text/html': '<b>x</b>'}]),
    'nothing rich': ('Nothing()', 'Nothing\n', []),
    'answers to every name': ('Anything()', 'Anything\n', []),
    'a class': ('Html', "<class '__main__.Html'>\n", []),
    'order': (
        'print("a", end="")\ndisplay(Html(), 5)\nprint("b")\nHtml()',
        'a' + mark(0) + '5\nb\n' + mark(1),
        [{'text/plain': 'an Html', 'text/html': '<b>x</b>'}] * 2,
    ),
    'display returns nothing': ('display()', '', []),
    'a handle': ('h = display(1, display_id=True)\nh.update(2)\nh.display(3)', '1\n2\n3\n', []),
    'raw': ('display({"text/html": "<p>"}, raw=True)', mark(0), [{'text/plain': '', 'text/html': '<p>'}]),
    'excluded': ('display(Html(), exclude=["text/html"])', 'an Html\n', []),
    'await': ('await Awaitable()', '6\n', []),
    'a long list': ('list(range(30))', '[' + ',\n '.join(map(str, range(30))) + ']\n', []),
    'a very long list': (
        'list(range(10 ** 6))',
        '[' + ',\n '.join(map(str, range(1000))) + ',\n ...]\n',
        [],
    ),
    'a long dict': (
        '{"k%d" % n: n for n in range(20)}',
        '{' + ',\n '.join("'k%d': %d" % (n, n) for n in range(20)) + '}\n',
        [],
    ),
    'a tuple of one': ('("x" * 90,)', "('" + 'x' * 90 + "',)\n", []),
    'a value too big': (
        'class Big(Html):\n    def _repr_html_(self): return "x" * (9 << 20)\nBig()',
        'an Html\n(Shown as text: as text/html it has 9.0 MB, and the most is 8 MB.)\n',
        [],
    ),
    'what cannot be encoded': (
        'import io, sys\nsys.stdout.flush()\nsys.stdout = io.TextIOWrapper(sys.stdout.buffer, "ascii", write_through=True)\n"\\xe9"',
        "'\\xe9'\n",
        [],
    ),
}


def cell(body: str) -> list:
    return [CLASSES, body]


def last(cells: list) -> list:
    return [{'unit': len(cells) - 1, 'startLine': 1, 'endLine': 99}]


class DisplaysTest(unittest.TestCase):
    maxDiff = None

    def test_values(self):
        cases = [(python, name) for python in (OLDEST, NEWEST) for name in VALUES]
        results = at_once(
            [(run, (python, cell(VALUES[name][0]), last(cell(''))), {'display': RICH}) for python, name in cases]
        )
        for (python, name), result in zip(cases, results):
            with self.subTest(case=name, python=VERSIONS[python]):
                _, out, displays = VALUES[name]
                self.assertEqual((result.out, result.err, result.code), (out, '', 0))
                self.assertEqual([result.displays[number] for number in sorted(result.displays)], displays)

    def test_text(self):
        for python in PYTHONS:
            result = run(python, cell('display(Html())\nPng()'), last(cell('')), display=TEXT)
            self.assertEqual((result.out, result.err, result.displays), ('an Html\na Png\n', '', {}))

    def test_without_display_nothing_is_shown(self):
        result = run(NEWEST, ['5', '"text"\n6'])
        self.assertEqual((result.out, result.err), ('', ''))
        self.assertIn("name 'display' is not defined", run(NEWEST, ['display(5)']).err)

    def test_a_repr_that_fails_is_told_and_the_program_goes_on(self):
        for python in (OLDEST, NEWEST):
            body = 'display(Broken(), BrokenRepr())\nprint("on")\nBrokenRepr()'
            result = run(python, cell(body), last(cell('')), display=RICH)
            self.assertEqual((result.out, result.code), (mark(0) + 'on\n', 0), result)
            self.assertEqual(result.displays[0], {'text/plain': 'an Html', 'text/html': '<b>x</b>'})
            self.assertEqual(result.err.count('ValueError: no picture'), 1)
            self.assertEqual(result.err.count('ZeroDivisionError'), 2)
            self.assertIn('in __repr__\n    def __repr__(self): return 1 / 0\n', result.err)
            self.assertNotIn('mimebundle', result.err)
            self.assertNotIn('displays.py', result.err)

    def test_each_selected_range_and_each_cell_has_a_value(self):
        source = 'x = 1\n# %%\nx + 1\nx + 2\n# %%\nx + 3\n# %%\nx + 4\n'
        ranges = [{'unit': 0, 'startLine': first, 'endLine': second} for first, second in ((2, 4), (7, 8))]
        for python in (OLDEST, NEWEST):
            self.assertEqual(run(python, source, ranges, display=TEXT).out, '3\n5\n')
            self.assertEqual(run(python, ['1', '2;', '3\nx = 4', '"four"'], display=TEXT).out, "1\n'four'\n")
            self.assertEqual(run(python, '1\n2\n', display=TEXT).out, '')

    def test_an_exception_before_the_value(self):
        result = run(NEWEST, ['1\n1/0\n2'], display=RICH)
        self.assertEqual((result.out, result.code, result.result['error']['line']), ('', 1, 2))
        result = run(NEWEST, ['x = 1\n1/0'], display=RICH)
        self.assertIn('cell1", line 2, in <module>\n    1/0\n', result.err)

    def test_most_displays(self):
        body = 'for i in range(1003): display(Html())'
        result = run(NEWEST, cell(body), last(cell('')), display=RICH)
        tail = 'an Html\n(From here on shown as text: there are more than 1000 such values.)\nan Html\nan Html\n'
        self.assertEqual(len(result.displays), 1000)
        self.assertEqual(result.out, ''.join(map(mark, range(1000))) + tail)

    def test_stdout_is_closed(self):
        body = 'import os, sys\nsys.stdout.flush()\nos.close(1)\ndisplay(Html())\nsys.stdout = None\ndisplay(Html(), 5)\nsys.stderr.write("end")'
        for python in (OLDEST, NEWEST):
            result = run(python, cell(body + ';'), last(cell('')), display=RICH)
            self.assertEqual((result.out, result.err, result.code), ('', 'end', 0))

    def test_children_print(self):
        first = CLASSES + 'import sys, multiprocessing as mp\ndef show(n): display(Html())\n'
        second = 'mp.set_start_method(sys.argv[1])\np = mp.Process(target=show, args=(1,))\np.start(); p.join()\nHtml()'
        for python in (OLDEST, NEWEST):
            for method in START_METHODS:
                cells = [first, second]
                result = run(python, cells, last(cells), argv=[method], display=RICH)
                self.assertEqual((result.out, result.err), ('an Html\n' + mark(0), ''), (method, python))

    def test_ipython_s_display(self):
        """A stand-in: what IPython 7 and later versions call their modules."""
        beside = {
            'IPython/__init__.py': '',
            'IPython/core/__init__.py': '',
            'IPython/core/display_functions.py': 'def display(*values): print("not this one")\n',
            'IPython/core/display.py': 'from IPython.core.display_functions import display\n'
            'def display_html(text): display({"text/html": text}, raw=True)\n',
            'IPython/display.py': 'from IPython.core.display import display, display_html\n',
        }
        body = 'from IPython.display import display, display_html\ndisplay(Html())\ndisplay_html("<p>")'
        for python in (OLDEST, NEWEST):
            result = run(python, cell(body), last(cell('')), display=RICH, beside=beside)
            self.assertEqual((result.out, result.err), (mark(0) + mark(1), ''))
            self.assertEqual(result.displays[1]['text/html'], '<p>')

    def test_figures(self):
        """A stand-in for matplotlib: open figures are shown by show() and at the end of a cell, and closed."""
        beside = {
            'matplotlib/__init__.py': 'import os\ndef get_backend(): return os.environ.get("MPLBACKEND", "tkagg")\n',
            'matplotlib/figure.py': 'class Figure:\n    def __init__(self, n): self.n = n\n'
            '    def __repr__(self): return "figure %d" % self.n\n    def show(self): print("a window")\n'
            '    def savefig(self, file, format, bbox_inches): file.write(b"%d" % self.n)\n',
            'matplotlib/pyplot.py': 'from matplotlib.figure import Figure\n_open = {}\n'
            'def figure(n):\n    return _open.setdefault(n, Figure(n))\ndef get_fignums(): return sorted(_open)\n'
            'def close(which): _open.clear()\ndef show(): print("windows")\n',
        }
        cells = [
            'import matplotlib.pyplot as plt\nfirst = plt.figure(1)',
            'plt.figure(2)\nplt.show()\nprint("between", plt.get_fignums())\nplt.figure(3)',
            'plt.figure(4).show()\nplt.figure(4); plt.figure(5)\nprint(first)',
            'plt.figure(6)\n1/0',
        ]
        ranges = [{'unit': unit, 'startLine': 1, 'endLine': 9} for unit in (1, 2, 3)]
        for python in (OLDEST, NEWEST):
            result = run(python, cells, ranges, display=RICH, beside=beside)
            self.assertEqual(
                result.out, mark(0) + 'between []\n' + mark(1) + mark(2) + 'figure 1\n' + mark(3) + mark(4), result
            )
            numbers = [base64.b64decode(result.displays[n]['image/png']) for n in sorted(result.displays)]
            self.assertEqual(numbers, [b'2', b'3', b'4', b'5', b'6'])
            own = run(python, cells[:3], ranges[:2], display=RICH, beside=beside, environment={'MPLBACKEND': 'qtagg'})
            self.assertTrue(own.out.startswith('windows\nbetween [1, 2]\n'), own)
            text = run(python, cells[:2], ranges[:1], display=TEXT, beside=beside)
            self.assertEqual(text.out, 'figure 2\nbetween []\nfigure 3\n')


if __name__ == '__main__':
    unittest.main()
