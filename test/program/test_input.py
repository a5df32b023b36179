"""Texts and specs that can't run: the error is Python's own or a clear sentence, and nothing is lost."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import unittest

from support import NEWEST, OLDEST, PYTHONS, ROOT, RUN, VERSIONS, finish, run

PYTHON_2 = [
    'x = 1\nprint "text"\n',
    'print x\n',
    'print\nprint "a", x\n',
    'try:\n    pass\nexcept ValueError, e:\n    pass\n',
    'raise ValueError, "text"\n',
    'exec "x = 1" in {}\n',
]
NOT_PYTHON_2 = [
    'print (1\n',
    'print(1, 2\n',
    'print = = 1\n',
    'x = = 1\n',
    'f(1 2)\n',
    'raise ValueError(1, 2\n',
    'printer x\n',
]


def run_bytes(python: str, data: bytes, runner: bool):
    """A file of these bytes, under plain Python or with the runner: (stdout, stderr, exit code), result.json."""
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, 'file.py')
        with open(file, 'wb') as handle:
            handle.write(data)
        if not runner:
            out, err, code = finish([python, file], folder)
            return (out, err.replace(file, 'FILE'), code), None
        path = os.path.join(folder, 'spec.json')
        with open(path, 'w') as handle:
            json.dump(spec(folder, [{'file': file, 'source': None, 'cell': False}]), handle)
        out, err, code = finish([python, RUN, path], folder)
        with open(os.path.join(folder, 'result.json')) as handle:
            return (out, err.replace(file, 'FILE'), code), json.load(handle)


def spec(folder: str, units: list) -> dict:
    return {
        'version': 2,
        'runDir': folder,
        'units': units,
        'selection': None,
        'argv': [],
        'trace': False,
        'display': None,
    }


class InputTest(unittest.TestCase):
    maxDiff = None

    def test_encodings(self):
        for python in PYTHONS:
            for data in (
                '# -*- coding: latin-1 -*-\nprint(ascii("\xe9"))\n'.encode('latin-1'),
                '# -*- coding: utf-8 -*-\nprint(ascii("\xe9"))\n'.encode('utf-8'),
                '\ufeffprint(ascii("\xe9"))\n'.encode('utf-8'),
                '#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nprint(ascii("\u20ac"))\n'.encode('cp1252'),
            ):
                want, _ = run_bytes(python, data, False)
                got, _ = run_bytes(python, data, True)
                self.assertEqual(got, want)
                self.assertEqual(got[1:], ('', 0))

    def test_what_is_not_utf_8(self):
        data = 'x = 1\ny = "\xe9"\n'.encode('latin-1')
        for python in PYTHONS:
            (out, err, code), result = run_bytes(python, data, True)
            self.assertEqual((out, code), ('', 1))
            self.assertIn("SyntaxError: Non-UTF-8 code starting with '\\xe9' in file FILE on line 2, but no enc", err)
            self.assertEqual((result['error']['line'], result['times']), (2, []))

    def test_null_bytes(self):
        for python in PYTHONS:
            (out, err, code), result = run_bytes(python, b'x = 1\ny = 2\0\n', True)
            self.assertEqual((out, code), ('', 1))
            self.assertIn('null bytes', err)
            self.assertEqual((result['error']['type'], result['error']['line']), ('SyntaxError', 2))
            unsaved = run(python, 'x = 1\n\ny = "\0"\n', (1, 1), saved=False)
            self.assertEqual((unsaved.code, unsaved.err), (0, ''), unsaved)

    def test_python_2(self):
        for python in (OLDEST, NEWEST):
            sentence = 'This looks like code for Python 2, but the interpreter is Python %d.%d.' % VERSIONS[python]
            for source in PYTHON_2:
                result = run(python, source)
                self.assertEqual((result.code, result.out), (1, ''))
                self.assertIn('SyntaxError: ', result.err)
                self.assertTrue(result.err.endswith(sentence + '\n'), result)
                self.assertEqual(result.program['notes'], [sentence])
            for source in NOT_PYTHON_2:
                result = run(python, source)
                self.assertEqual((result.code, result.program['notes']), (1, []), source)

    def test_tabs_and_spaces(self):
        for python in (OLDEST, NEWEST):
            result = run(python, ['if 1:\n\tx = 1\n        y = 2\n'])
            self.assertEqual(result.result['error']['type'], 'TabError')
            self.assertEqual(run(python, 'if 1:\n\tx = 1\n\tprint(x)\n', (2, 3)).out, '1\n')

    def test_rubbish(self):
        texts = [
            '\x00\x01\x02',
            '\ud800',
            '(' * 5000,
            ')' * 50,
            '\\',
            '"""',
            '\x0c\x0c',
            '%' * 99,
            '?' * 99,
            '-' * 100000 + '1',
        ]
        for python in (OLDEST, NEWEST):
            for text in texts:
                result = run(python, [text, 'print("on")'], [{'unit': 1, 'startLine': 1, 'endLine': 1}])
                self.assertEqual((result.out, result.code), ('on\n', 0), (text[:9], result))
                self.assertIn(run(python, [text]).code, (0, 1))

    def test_an_invalid_spec_is_told_in_a_sentence(self):
        good = spec('/nowhere', [{'file': 'a.py', 'source': 'print(1)', 'cell': False}])
        cases = [
            (None, "can't open "),
            ('{', ' is not JSON.'),
            ('[]', ' is not a JSON object.'),
            ({**good, 'version': 1}, ' has version 1; this is version 2.'),
            ({**good, 'units': []}, '"units" is empty'),
            ({**good, 'units': 5}, '"units" is not a list'),
            ({**good, 'units': [{'file': 1}]}, '"file" is not text'),
            (
                {**good, 'selection': [{'unit': 3, 'startLine': 1, 'endLine': 1}]},
                'the selection names unit 3, but there are 1',
            ),
            ({**good, 'selection': [{'unit': 0, 'startLine': 'x', 'endLine': 1}]}, 'needs the whole numbers'),
            ({**good, 'display': {'kind': 'rich'}}, '"display" is neither'),
        ]
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'spec.json')
            for python in (OLDEST, NEWEST):
                for value, sentence in cases:
                    if value is not None:
                        with open(path, 'w') as file:
                            file.write(value if isinstance(value, str) else json.dumps(value))
                    elif os.path.exists(path):
                        os.remove(path)
                    out, err, code = finish([python, RUN, path], ROOT)
                    self.assertEqual((out, code), ('', 2), err)
                    self.assertTrue(err.startswith('Run in Parallel: ') and sentence in err, err)
                    self.assertEqual(err.count('\n'), 1)

    def test_usage(self):
        done = subprocess.run([NEWEST, RUN], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual((done.returncode, done.stderr[:6]), (2, b'usage:'))


if __name__ == '__main__':
    unittest.main()
