"""IPython's additions to Python in cells: what runs, what is left out, and what is said about it."""

from __future__ import annotations

import json
import unittest

from support import NEWEST, OLDEST, PYTHONS, VERSIONS, at_once, run

TEXT = {'kind': 'text'}

# A cell, what it prints, its notes, the packages that it would have installed (by line).
CELLS = {
    '%%time': ('%%time\nprint(1)\n2', '1\n2\n', [], {}),
    '%%time behind blank lines': ('\n\n%%time\nprint(1)', '1\n', [], {}),
    '%%timeit with options and a setup': (
        '%%timeit -n 10 -r3 x = 5\nprint(x)',
        '5\n',
        ['Line 1: %%timeit runs its code once.'],
        {},
    ),
    '%time': ('%time x = [1,\n  2]\nx', '[1, 2]\n', [], {}),
    '%time of a value': ('y = %time 5 + 1\n%time y', '6\n', [], {}),
    '%time alone': ('%time\n1', '1\n', [], {}),
    '%timeit': ('%timeit -n 10 -r 3 -q print("once")\n%timeit -n5 -o print("twice")', 'once\ntwice\n', None, {}),
    '%timeit in a block': ('if 1:\n    %timeit -r1 print("in")\n    !ls\nelse:\n    !rm x', 'in\n', None, {}),
    'timers': ('%prun -s cumulative -q print(1)\n%memit print(2);', '1\n2\n', None, {}),
    '%%capture': (
        '%%capture out --no-stderr\nprint(1)',
        '1\n',
        ['Line 1: %%capture is left out; the output of its cell is shown.'],
        {},
    ),
    'ignored': (
        '%matplotlib inline\n%load_ext autoreload\n%autoreload 2\n%config X.y = "z"\nx = %who\nx is None',
        'True\n',
        [
            'Lines 1, 2, 3 and 4: %matplotlib, %load_ext, %autoreload and %config are left out.',
            'Line 5: %who is left out; None takes its place.',
        ],
        {},
    ),
    'once for each kind': (
        '!ls\n!ls\n!pwd\n5',
        '5\n',
        ['Lines 1, 2 and 3: the shell commands !ls and !pwd do not run.'],
        {},
    ),
    'pip': (
        '!pip install -q -U dask "pandas<3" \'x[a,b]>=1,!=1.5\' 2>&1 | tail -1\n1',
        '1\n',
        ['Line 1: packages are not installed by a run (dask, pandas<3 and x[a,b]>=1,!=1.5).'],
        {1: ['dask', 'pandas<3', 'x[a,b]>=1,!=1.5']},
    ),
    'ways to install': (
        '%pip install a\n!python -m pip install --index-url=x b\n!{sys.executable} -m pip install c>=2\n!uv pip install d\n'
        '%conda install -y -c conda-forge numpy=1.26 conda-forge::e\n!pip install f && pip install g; pip list\n'
        'pip install h\nx = !pip install i\n!sudo pip3 install --user j > /dev/null # later\n!pip install \\\n    k l\nx',
        '[]\n',
        None,
        {
            1: ['a'],
            2: ['b'],
            3: ['c>=2'],
            4: ['d'],
            5: ['numpy==1.26.*', 'e'],
            6: ['f', 'g'],
            7: ['h'],
            8: ['i'],
            9: ['j'],
            10: ['k', 'l'],
        },
    ),
    'not by name': (
        '!pip install -r req.txt -e . git+https://x/y $z ./w.whl',
        '',
        [
            'Line 1: only packages by name can be offered for installation, not -r req.txt, -e ., git+https://x/y, $z and ./w.whl.'
        ],
        {},
    ),
    'pip without install': ('!pip list\n!pip uninstall x', '', None, {}),
    'a shell command as data': ('files = !echo a; echo b\nfiles', "['a', 'b']\n", [], {}),
    'a shell command with a variable': (
        'x = 1\ny = !echo {x}\ny',
        "['{x}']\n",
        ['Line 2: IPython fills in no variables here: the shell gets echo {x} as it is.'],
        {},
    ),
    'environment and folder': (
        '%env RIP_A=1 2\n%env RIP_B 3\n%set_env RIP_C=4\n%cd /\nimport os\nprint(os.environ["RIP_A"], os.environ["RIP_B"], os.environ["RIP_C"], os.getcwd())',
        '1 2 3 4 /\n',
        [],
        {},
    ),
    '%run': ('%run other.py\n1', '1\n', ['Line 1: %run is left out.'], {}),
    'help': (
        'x = 1\n?x\nx?\nx??\n%time?\n?\nx',
        '1\n',
        ['Lines 2, 3, 4, 5 and 6: the help that ?x, x?, x??, %time? and ? ask for is not shown.'],
        {},
    ),
    'other languages': ('%%bash\nls\n%d', '', ['Line 1: a cell of %%bash is not Python; it does not run.'], {}),
    'a file': (
        '# text\n%%writefile a.py\nx = 1\n!ls',
        '',
        ['Line 2: a cell of %%writefile is not Python; it does not run.'],
        {},
    ),
    'what is Python': (
        '!true\nx = """\n%time\n!ls\n"""\ny = (7\n% 4)\nz = 7 \\\n% 4\nx + \'%d\' % (y + z) # it\'s!\n',
        "'\\n%time\\n!ls\\n6'\n",
        None,
        {},
    ),
}


class MagicsTest(unittest.TestCase):
    maxDiff = None

    def test_cells(self):
        cases = [(python, name) for python in (OLDEST, NEWEST) for name in CELLS]
        results = at_once([(run, (python, [CELLS[name][0]]), {'display': TEXT}) for python, name in cases])
        for (python, name), result in zip(cases, results):
            with self.subTest(case=name, python=VERSIONS[python]):
                _, out, notes, installs = CELLS[name]
                self.assertEqual((result.out, result.err, result.code), (out, '', 0), result)
                if notes is not None:
                    self.assertEqual(result.program['notes'], notes)
                self.assertEqual({i['line']: i['packages'] for i in result.program['installs']}, installs)

    def test_only_what_is_selected_is_told(self):
        cells = [
            '%matplotlib inline\n!pip install a\nx = 1',
            '!pip install b\n%pylab\ny = x\n!pip install c',
            '!pip install d',
        ]
        for python in (OLDEST, NEWEST):
            result = run(python, cells, [{'unit': 1, 'startLine': 2, 'endLine': 4}])
            self.assertEqual(result.program['installs'], [{'unit': 1, 'line': 4, 'packages': ['c']}])
            self.assertEqual(
                result.program['notes'],
                ['Line 2: %pylab is left out.', 'Line 4: packages are not installed by a run (c).'],
            )
            alone = run(python, cells, [{'unit': 2, 'startLine': 1, 'endLine': 1}], show=True)
            program = json.loads(alone.out)
            self.assertEqual((program['statements'], program['error']), ([], None))
            self.assertEqual(program['notes'], ['Line 1: packages are not installed by a run (d).'])

    def test_notes_name_the_cell(self):
        units = [{'file': '/a/b.ipynb \u00b7 cell 3', 'source': '!ls', 'cell': True}]
        result = run(NEWEST, units)
        self.assertEqual(result.program['notes'], ['Cell 3, line 1: the shell command !ls does not run.'])

    def test_files_have_no_magics(self):
        result = run(NEWEST, '%time 5\n')
        self.assertEqual((result.code, result.result['error']['type']), (1, 'SyntaxError'))

    def test_errors_have_the_lines_and_columns_of_the_editor(self):
        cells = ['%%time\n%matplotlib inline\nx = 0\n%time y = (1 /\n          x)']
        for python in PYTHONS:
            result = run(python, cells)
            self.assertEqual(result.result['error']['line'], 4)
            self.assertIn('cell1", line 4, in <module>\n    %time y = (1 /\n', result.err)
            if VERSIONS[python] >= (3, 11):
                self.assertEqual(result.result['error']['column'], 12)
            broken = run(python, ['!ls\nx = 1\nx = = 2'])
            self.assertEqual((broken.result['error']['line'], broken.code), (3, 1))
            self.assertIn('cell1", line 3\n    x = = 2\n', broken.err)

    def test_half_typed_cells(self):
        cells = ['%matplotlib inline\nK = 2\nx = (\n', '!ls\nprint(K)\n%time print(K + 1)\nfor y in (']
        for python in (OLDEST, NEWEST):
            result = run(python, cells, [{'unit': 1, 'startLine': 2, 'endLine': 3}])
            self.assertEqual((result.out, result.code), ('2\n3\n', 0), result)


if __name__ == '__main__':
    unittest.main()
