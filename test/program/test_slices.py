"""The cases of slices/*.txt on every Python of this machine: which statements a selection needs, why, and that they print the same."""

from __future__ import annotations

import json
import os
import sys
import unittest

from support import NEWEST, PYTHONS, VERSIONS, at_once, finish

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPT = os.path.join(HERE, 'slice_cases.py')
FEWEST = 120


@unittest.skipUnless(hasattr(os, 'fork'), 'each case runs in a forked process')
class SlicesTest(unittest.TestCase):
    maxDiff = None

    def test_every_case(self):
        results = at_once([(finish, ([python, SCRIPT], HERE), {}) for python in PYTHONS])
        for python, (out, err, code) in zip(PYTHONS, results):
            self.assertEqual(code, 0, err)
            cases = json.loads(out)
            self.assertGreater(len(cases), FEWEST)
            for name, wrong in cases.items():
                with self.subTest(case=name, python=VERSIONS[python]):
                    self.assertEqual(wrong, {})

    def test_a_wrong_mark_is_noticed(self):
        sys.path.insert(0, HERE)
        import slice_cases

        case = slice_cases.Case('topic', 'name [3.9+] [not run]')
        for line in ['  x = 1', '| y = 2      ## defines y', '> print(y)']:
            case.add(line)
        self.assertEqual(case.marks, {(0, 2): '|', (0, 3): '>'})
        self.assertEqual((case.reasons, case.since, case.runs), ({(0, 2): 'defines y'}, (3, 9), False))
        self.assertEqual(case.sources(), ['x = 1\ny = 2\nprint(y)\n'])
        out, err, code = finish([NEWEST, SCRIPT, 'no such case'], HERE)
        self.assertEqual((out, code), ('{}', 0), err)


if __name__ == '__main__':
    unittest.main()
