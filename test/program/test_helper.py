"""`run.py --serve`: questions and answers, one JSON line each way."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import unittest

from support import NEWEST, OLDEST, RUN, VERSIONS


def unit(source, file='<cell>', cell=True):
    return {'file': file, 'source': source, 'cell': cell}


class Helper:
    def __init__(self, python: str) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([python, RUN, '--serve'], stdin=pipe, stdout=pipe, stderr=pipe)

    def ask_line(self, line: bytes) -> dict:
        self.process.stdin.write(line + b'\n')
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline().decode('utf-8'))

    def ask(self, **request) -> dict:
        return self.ask_line(json.dumps(request).encode('utf-8'))

    def end(self) -> tuple[int, bytes, bytes]:
        """Ends its standard input; the exit code, and what it still said."""
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err


class HelperTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.helper = Helper(NEWEST)

    def tearDown(self):
        if self.helper.process.returncode is None:
            self.assertEqual(self.helper.end(), (0, b'', b''))

    def lines(self, reply) -> list:
        self.assertTrue(reply['ok'], reply)
        return [(s['unit'], s['startLine'], s['reason']) for s in reply['result']['statements']]

    def waits(self, *sources) -> list:
        reply = self.helper.ask(id=1, method='dependencies', units=[unit(source) for source in sources])
        return [(each['waitsFor'], each['needs'], each['runs']) for each in reply['result']['units']]

    def test_program(self):
        for python in (OLDEST, NEWEST):
            with self.subTest(python=VERSIONS[python]):
                helper = Helper(python)
                cells = [unit('x = 1\ny = 2', '<1>'), unit('%%time\nprint(x)', '<2>')]
                ranges = [{'unit': 1, 'startLine': 1, 'endLine': 2}]
                reply = helper.ask(id=7, method='program', units=cells, selection=ranges)
                self.assertEqual(reply['id'], 7)
                self.assertEqual(self.lines(reply), [(0, 1, 'defines x (needed in line 2)'), (1, 2, 'selected')])
                self.assertIsNone(reply['result']['error'])
                everything = helper.ask(id=8, method='program', units=cells, selection=None)
                self.assertEqual([line for _, line, _ in self.lines(everything)], [1, 2, 2])
                self.assertEqual(helper.end(), (0, b'', b''))

    def test_a_reason_names_the_cell(self):
        cells = [unit('x = 1', 'book.ipynb · cell 1'), unit('print(x)', 'book.ipynb · cell 2')]
        ranges = [{'unit': 1, 'startLine': 1, 'endLine': 1}]
        reply = self.helper.ask(id=1, method='program', units=cells, selection=ranges)
        self.assertEqual(self.lines(reply)[0], (0, 1, 'defines x (needed in cell 2, line 1)'))

    def test_an_edit_changes_the_answer(self):
        ranges = [{'unit': 1, 'startLine': 1, 'endLine': 1}]
        for first, line in (('x = 1\ny = 1', 1), ('y = 1\nx = 1', 2), ('x = 1\ny = 1', 1)):
            cells = [unit(first), unit('print(x)')]
            reply = self.helper.ask(id=1, method='program', units=cells, selection=ranges)
            self.assertEqual([each[:2] for each in self.lines(reply)], [(0, line), (1, 1)])

    def test_units_may_move_and_repeat(self):
        ranges = [{'unit': 2, 'startLine': 1, 'endLine': 1}]
        same, use = unit('x += 1'), unit('print(x)')
        reply = self.helper.ask(id=1, method='program', units=[unit('x = 1'), same, use], selection=ranges)
        self.assertEqual([each[0] for each in self.lines(reply)], [0, 1, 2])
        ranges[0]['unit'] = 3
        reply = self.helper.ask(id=2, method='program', units=[unit('x = 1'), same, same, use], selection=ranges)
        self.assertEqual([each[0] for each in self.lines(reply)], [0, 1, 2, 3])
        ranges[0]['unit'] = 1
        reply = self.helper.ask(id=3, method='program', units=[unit('x = 1'), use], selection=ranges)
        self.assertEqual([each[0] for each in self.lines(reply)], [0, 1])

    def test_a_file_that_is_written_again(self):
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, 'a.py')
            for text, lines in (('x = 1\nprint(x)\n', [1, 2]), ('y = 10\nprint("nothing")\n', [2])):
                with open(file, 'w') as handle:
                    handle.write(text)
                ranges = [{'unit': 0, 'startLine': 2, 'endLine': 2}]
                units = [unit(None, file, False)]
                reply = self.helper.ask(id=1, method='program', units=units, selection=ranges)
                self.assertEqual([each[1] for each in self.lines(reply)], lines)

    def test_a_syntax_error_is_a_result(self):
        reply = self.helper.ask(id=1, method='program', units=[unit('x = = 1')], selection=None)
        self.assertEqual((reply['ok'], reply['result']['error']['type']), (True, 'SyntaxError'))
        self.assertEqual(reply['result']['statements'], [])

    def test_nothing_runs(self):
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, 'made')
            source = 'open(%r, "w")\nx = 1\nprint(x)' % file
            self.helper.ask(id=1, method='program', units=[unit(source)], selection=None)
            self.helper.ask(id=2, method='dependencies', units=[unit(source), unit('print(x)')])
            self.assertFalse(os.path.exists(file))

    def test_dependencies(self):
        self.assertEqual(
            self.waits('import os\nK = 1\ndef f(x): return x\nurls = ["a"]', 'data = f(K)', 'print(data)', 'print(urls)'),
            [([], [], True), ([], [0], True), ([1], [0, 1], True), ([], [0], True)],
        )

    def test_what_counts_as_work(self):
        for source in ('x = 1', 'x = [1, {2: 3}]', 'x = y = 2 * 3', 'x: int = 5', 'import x', 'def x(): return g()'):
            self.assertEqual(self.waits(source, 'print(x)')[1][0], [], source)
        for source in ('try:\n    import x\nexcept ImportError:\n    x = None', 'class x: pass', 'x = lambda: g()'):
            self.assertEqual(self.waits(source, 'print(x)')[1][0], [], source)
        for source in ('x = f()', 'x = [f(y) for y in z]', 'x = {}\nx["a"] = 1', 'for x in y: pass', 'x = 1\nx += 1'):
            self.assertEqual(self.waits(source, 'print(x)')[1][0], [0], source)

    def test_units_in_which_nothing_can_run(self):
        sources = ['', '# text', '%%bash\nls', '%matplotlib inline', '!ls', 'x = 1', 'x = = 1']
        self.assertEqual([runs for _, _, runs in self.waits(*sources)], [False] * 5 + [True] * 2)

    def test_later_units_and_unparsable_ones_do_not_matter(self):
        self.assertEqual(
            self.waits('print(x)', 'x = f()', 'def broken(\n', 'print(x)'),
            [([], [], True), ([], [], True), ([], [], True), ([1], [1], True)],
        )

    def test_bad_questions_are_refused_and_the_next_one_is_answered(self):
        one = {'id': 1, 'method': 'program', 'units': [unit('x = 1')], 'selection': None}
        bad = [
            b'nonsense',
            b'\xff\xfe',
            b'[1, 2]',
            b'null',
            b'[' * 100000,
            json.dumps({**one, 'method': 'run'}).encode(),
            json.dumps({**one, 'method': None}).encode(),
            json.dumps({**one, 'units': []}).encode(),
            json.dumps({**one, 'units': 'all'}).encode(),
            json.dumps({**one, 'units': [5]}).encode(),
            json.dumps({**one, 'units': [{'file': 5}]}).encode(),
            json.dumps({**one, 'units': [unit(None, '/no/such/file.py')]}).encode(),
            json.dumps({**one, 'selection': [{'unit': 9, 'startLine': 1, 'endLine': 1}]}).encode(),
            json.dumps({**one, 'selection': 'x'}).encode(),
        ]
        for line in bad:
            reply = self.helper.ask_line(line)
            self.assertEqual((reply['ok'], bool(reply['message'])), (False, True), (line[:80], reply))
        odd = [
            unit('x = 1\0'),
            unit('\ud800'),
            unit('x = ' + '(' * 5000),
            unit('print "a"'),
            unit('x = ' + '-' * 5000 + '1'),
        ]
        for each in odd:
            self.assertIn('ok', self.helper.ask(id=2, method='program', units=[each], selection=None))
            self.assertTrue(self.helper.ask(id=2, method='dependencies', units=[each, unit('print(x)')])['ok'])
        self.assertTrue(self.helper.ask(**one)['ok'])

    def test_it_ends_with_its_standard_input(self):
        self.assertEqual(self.helper.end(), (0, b'', b''))


if __name__ == '__main__':
    unittest.main()
