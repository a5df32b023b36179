"""Whole files behave as with `python file.py`: output, errors, exit codes, what the program can see of itself."""

from __future__ import annotations

import glob
import json
import os
import re
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

from support import NEWEST, OLDEST, PYTHONS, ROOT, RUN, VERSIONS, at_once, plain, run

# Each of these runs under plain python and under the runner; output, errors and exit code must be equal.
EQUAL = {
    'what a program sees': '''"""Doc."""
import sys, inspect, pickle, dataclasses, enum, typing
x: int = 1
@dataclasses.dataclass
class Box:
    n: int = 1
def f(): return 1
print(__name__, __doc__, __file__, __spec__, __package__, __builtins__, type(__loader__).__name__, __loader__.path)
print(sorted(n for n in globals()), sys.modules['__main__'].__dict__ is globals(), sys.argv)
if sys.version_info < (3, 14): print(__annotations__)
print(pickle.loads(pickle.dumps(Box(3))), inspect.getsource(f), inspect.getsource(Box), typing.get_type_hints(Box))
if __name__ == '__main__': print('main', inspect.getsourcefile(f), inspect.currentframe().f_lineno)
''',
    'path': 'import sys, os\nprint(len(sys.path), sys.path[0] == os.path.dirname(os.path.realpath(__file__)), os.getcwd() == sys.path[0])\n',
    'error': 'def f(x):\n    return (1 +\n        1 / x)\nprint("before")\nf(0)\n',
    'chained': 'def f():\n    try: {}["k"]\n    except KeyError as e: raise ValueError("bad") from e\ntry: f()\nexcept ValueError: raise RuntimeError\n',
    'error without newline at the end': 'print("x", end="")\n1/0',
    'exit 3': 'import sys\nprint("x")\nsys.exit(3)\n',
    'exit text': 'import sys\nsys.exit("the end")\n',
    'exit none': 'raise SystemExit\n',
    'exit in thread': 'import threading, sys\nt = threading.Thread(target=sys.exit); t.start(); t.join(); print("on")\n',
    'interrupt': 'def f(): raise KeyboardInterrupt\nf()\n',
    'real interrupt': 'import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(5)\n',
    'caught interrupt': 'import os, signal, time\ntry:\n    os.kill(os.getpid(), signal.SIGINT); time.sleep(5)\nexcept KeyboardInterrupt: print("caught")\n',
    'os._exit': 'import os\nprint("lost")\nos._exit(7)\n',
    'atexit and threads': 'import atexit, threading, time\natexit.register(print, "atexit")\n'
    'threading.Thread(target=lambda: (time.sleep(.1), print("thread"))).start()\nprint("end")\n1/0\n',
    'thread exception': 'import threading\ndef f(): return [][1]\nt = threading.Thread(target=f, name="T"); t.start(); t.join()\n',
    'own excepthook': 'import sys, traceback\ndef hook(t, v, tb):\n    print("hook", t, v, len(traceback.extract_tb(tb)))\nsys.excepthook = hook\n1/0\n',
    'broken excepthook': 'import sys\ndef hook(t, v, tb): raise ValueError("hook")\nsys.excepthook = hook\n1/0\n',
    'interrupt and excepthook': 'import sys\nsys.excepthook = lambda *a: print("hook", a[0])\nraise KeyboardInterrupt\n',
    'fork': 'import os\npid = os.fork()\nif pid: os.waitpid(pid, 0); print("parent", flush=True)\nelse: print("child", flush=True)\n',
    'warning': 'import warnings\nwarnings.warn("look out")\nwarnings.warn("here", DeprecationWarning)\n',
    'syntax error': 'print("never")\nfor x in range(3)\n    print(x)\n',
    'syntax error found late': 'print("never")\ndef f():\n    x = 1\nreturn 5\n',
    'indentation': 'if 1:\nprint("never")\n',
    'tabs': 'if 1:\n\tx = 1\n        y = 2\n',
    'future in the middle': 'x = 1\nfrom __future__ import annotations\n',
    'future': 'from __future__ import annotations\ndef f(x: undefined): pass\nprint(f.__annotations__)\nimport sys\n'
    'print(eval(compile("lambda x: 1", "s", "eval"))(1))\n',
    'windows newlines': 'x = 1\r\nif x:\r\n    print("a")\r\n    1/0\r\n',
    'cookie': '# -*- coding: utf-8 -*-\nprint(len("\u00e9\u4e2d"))\n1/0 # \u00e9\n',
    'unknown cookie': '# -*- coding: nonsense -*-\nprint(1)\n',
    'form feed': 'x = 1\n\f\ndef f():\n    1/0\nf()\n',
    'empty': '',
    'only a comment': '# nothing',
    'missing module': 'import no_such_module_anywhere\n',
    'exception group': 'import sys\nif sys.version_info >= (3, 11):\n    raise ExceptionGroup("g", [ValueError(1), TypeError(2)])\n',
    'recursion': 'import sys\nsys.setrecursionlimit(200)\ndef f(): f()\nf()\n',
    'star import': 'from math import *\nprint(pi)\n',
    'modules': 'import sys\nprint(sorted(m for m in sys.modules if not m.startswith("_run_in_parallel") and not m.startswith("encodings")))\n',
    'input': 'input("? ")\n',
    'async': 'import asyncio\nasync def main():\n    await asyncio.sleep(0)\n    print("ran")\nasyncio.run(main())\n',
    'globals change': 'n = 0\ndef f():\n    global n\n    n += 1\nf(); f()\nprint(n, globals()["n"])\ndel n\nprint("n" in dir())\n',
}
# Built into the interpreter: C code that was there anyway.
OUR_MODULES = {'_ast', 'atexit', 'gc'}


class FilesTest(unittest.TestCase):
    maxDiff = None

    def test_equal_to_plain_python(self):
        self.check_equal(False)

    def test_equal_to_plain_python_when_traced(self):
        self.check_equal(True)

    def check_equal(self, trace):
        others = [] if trace else list(EQUAL)[:8]
        cases = [(python, name) for python in PYTHONS for name in (EQUAL if python in (OLDEST, NEWEST) else others)]
        expected = at_once([(plain, (python, EQUAL[name], ['a', 'b']), {}) for python, name in cases])
        actual = at_once([(run, (python, EQUAL[name]), {'argv': ['a', 'b'], 'trace': trace}) for python, name in cases])
        for (python, name), want, got in zip(cases, expected, actual):
            with self.subTest(case=name, python=VERSIONS[python]):
                if name == 'modules':
                    extra = set(re.findall(r"'(\w+)'", got.out)) - set(re.findall(r"'(\w+)'", want.out))
                    self.assertLessEqual(extra, OUR_MODULES)
                    continue
                if name == 'unknown cookie':  # one text when Python reads a file, another when it is handed the bytes
                    self.assertEqual(
                        (got.out, got.code, got.err.split(':')[-1]), (want.out, want.code, want.err.split(':')[-1])
                    )
                    continue
                if name == 'recursion':  # the runner's own frames count
                    want.err, got.err = [re.sub(r'repeated \d+ more', 'repeated', r.err) for r in (want, got)]
                if (
                    name == 'broken excepthook'
                ):  # Python shows the runner's absence there a little differently in each version
                    self.assertEqual(got.code, want.code)
                    self.assertIn('Error in sys.excepthook:', got.err)
                    continue
                self.assertEqual((got.out, got.err, got.code), (want.out, want.err, want.code))

    def test_fixture_programs(self):
        files = sorted(glob.glob(os.path.join(ROOT, 'test', 'fixtures', 'programs', '*.py')))
        if not files:
            self.skipTest('there are no programs in test/fixtures/programs yet')
        for python in (OLDEST, NEWEST):
            texts = [Path(file).read_text(encoding='utf-8') for file in files]
            expected = at_once([(plain, (python, text), {}) for text in texts])
            actual = at_once([(run, (python, text), {}) for text in texts])
            for file, want, got in zip(files, expected, actual):
                with self.subTest(file=os.path.basename(file), python=VERSIONS[python]):
                    texts = [
                        re.sub(r'\d{9,}|0x[0-9a-f]+', 'N', result.out + result.err) for result in (got, want)
                    ]  # ids, addresses
                    self.assertEqual((texts[0], got.code), (texts[1], want.code))

    def test_unsaved_text_looks_like_saved_text(self):
        names = [
            'what a program sees',
            'error',
            'chained',
            'thread exception',
            'warning',
            'syntax error',
            'syntax error found late',
            'windows newlines',
        ]
        for python in PYTHONS:
            pairs = [(EQUAL[name].replace('\r', ''), name) for name in names]
            expected = at_once([(plain, (python, text), {}) for text, _ in pairs])
            actual = at_once([(run, (python, text), {'saved': False}) for text, _ in pairs])
            for (_, name), want, got in zip(pairs, expected, actual):
                with self.subTest(case=name, python=VERSIONS[python]):
                    self.assertEqual((got.out, got.err, got.code), (want.out, want.err, want.code))

    def test_error_in_a_module_of_the_user(self):
        source = 'import json, helper\nhelper.fail()\n'
        for python in (OLDEST, NEWEST):
            error = run(python, source, beside={'helper.py': 'import json\n\ndef fail(): json.loads("{")\n'}).result[
                'error'
            ]
            self.assertEqual((os.path.basename(error['file']), error['line']), ('helper.py', 3))

    def test_result_names_the_error(self):
        source = 'import json\ndef f():\n    json.loads("{")\nf()\n'
        for python in (OLDEST, NEWEST):
            error = run(python, source).result['error']
            self.assertEqual((error['type'], error['line'], error['module']), ('json.decoder.JSONDecodeError', 3, None))
            error = run(python, 'x = 1\nimport no_such_module.part\n').result['error']
            self.assertEqual(
                (error['type'], error['line'], error['module']), ('ModuleNotFoundError', 2, 'no_such_module')
            )
            result = run(python, 'x = 1\nx = = 2\n')
            self.assertEqual((result.result['error']['type'], result.result['error']['line']), ('SyntaxError', 2))
            self.assertEqual((result.program['statements'], result.code), ([], 1))
            self.assertIsNone(run(python, 'raise SystemExit(4)').result['error'])
            self.assertIsNone(run(python, 'import os; os._exit(0)').result)

    def test_program_is_written_before_the_first_statement(self):
        for python in (OLDEST, NEWEST):
            result = run(python, 'x = 1\n@print\ndef f():\n    pass\nimport os; os._exit(0)\n')
            statements = [(s['startLine'], s['endLine'], s['selected']) for s in result.program['statements']]
            self.assertEqual(statements, [(1, 1, True), (2, 4, True), (5, 5, True), (5, 5, True)])

    def test_isolated_python_keeps_its_path(self):
        source = 'import sys\nprint(len(sys.path), [p for p in sys.path if "python/program" in p or p.endswith("src/python")])\n'
        for flags in (['-I'], ['-s', '-E'], ['-S']):
            self.assertEqual(run(NEWEST, source, flags=flags).out, plain(NEWEST, source, flags=flags).out)

    def test_file_that_is_gone_and_folder_that_is_not_writable(self):
        with tempfile.TemporaryDirectory() as folder:
            spec = {
                'version': 2,
                'runDir': '/proc/nowhere',
                'units': [{'file': folder + '/x.py', 'source': None, 'cell': False}],
                'selection': None,
                'argv': [],
                'trace': False,
                'display': None,
            }
            path = os.path.join(folder, 'spec.json')
            for source, code, out in (
                (None, 2, b''),
                (
                    'import multiprocessing as m\nm.set_start_method("spawn")\ndef f(x): return x\n'
                    'with m.Pool(1) as p: print(p.map(f, [1]))',
                    0,
                    b'[1]\n',
                ),
            ):
                spec['units'][0]['source'] = source
                with open(path, 'w') as file:
                    json.dump(spec, file)
                done = subprocess.run([NEWEST, RUN, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                self.assertEqual((done.returncode, done.stdout), (code, out), done.stderr)
                if code:
                    self.assertIn(b"can't open file", done.stderr)

    def test_too_old_python_says_so(self):
        found = [
            p
            for p in glob.glob(os.path.expanduser('~/.pyenv/versions/*/bin/python'))
            if re.search(r'/(2\.|3\.[0-7]\.)', p)
        ]
        if not found:
            self.skipTest('there is no Python older than 3.8 on this machine')
        for python in found:
            done = subprocess.run([python, RUN, 'spec.json'], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            self.assertEqual(done.returncode, 86)
            self.assertIn(b'needs Python 3.8 or newer', done.stderr)

    def test_interrupt_dies_by_the_signal(self):
        for python in (OLDEST, NEWEST):
            self.assertEqual(run(python, EQUAL['interrupt']).code, -signal.SIGINT)


if __name__ == '__main__':
    unittest.main()
