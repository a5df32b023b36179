"""Odd texts and the standard library: the slicer neither fails nor hangs."""

from __future__ import annotations

import json
import os
import unittest

from support import NEWEST, OLDEST, VERSIONS, at_once, finish

HERE = os.path.dirname(os.path.abspath(__file__))
HANG = 110


class CorpusTest(unittest.TestCase):
    maxDiff = None

    def test_no_text_is_too_odd(self):
        script = os.path.join(HERE, 'slice_corpus.py')
        pythons = (OLDEST, NEWEST)
        results = at_once([(finish, ([python, script], HERE), {'timeout': HANG}) for python in pythons])
        for python, (out, err, code) in zip(pythons, results):
            with self.subTest(python=VERSIONS[python]):
                self.assertEqual(code, 0, err)
                found = json.loads(out)
                self.assertEqual(found['failures'], [])
                self.assertGreater(found['files'], 20)


if __name__ == '__main__':
    unittest.main()
