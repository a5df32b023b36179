"""Watched functions of libraries: calls from the program are recorded, and nobody can tell that they are watched."""
import os
import sys

from support import TracedCase

LIBRARY = '''
import functools, os, sys, warnings

HERE = os.path.dirname(os.path.abspath(__file__))

def stack_level():
    """As pandas and polars find the first frame that is not theirs."""
    level, frame = 0, sys._getframe()
    while frame is not None and frame.f_code.co_filename.startswith(HERE):
        level, frame = level + 1, frame.f_back
    return level

def inner(n):
    return n + 1

def outer(n, *, twice=True):
    """Calls inner."""
    return inner(n) * (2 if twice else 1)

def fails(key):
    raise KeyError(key)

def warns():
    return warns_inside()

def warns_inside():
    warnings.warn('look', UserWarning, stacklevel=stack_level())

def warns_at_caller():
    warnings.warn('look here', UserWarning, stacklevel=2)

def references(thing):
    return sys.getrefcount(thing)

def calls(function, *args):
    return function(*args)

def numbers():
    yield 1

def decorated(function):
    @functools.wraps(function)
    def wrapper(*args, **keywords):
        return function(*args, **keywords)
    return wrapper

class Base:
    def many(self, first, /, second, third=3, *rest, fourth, fifth=5, **more):
        return first, second, third, rest, fourth, fifth, sorted(more.items())

class Frame(Base):
    def many(self, first, /, second, third=3, *rest, fourth, fifth=5, **more):
        held = [each for each in rest if each != first]
        return super().many(first, second, third, *held, fourth=fourth, fifth=fifth, **more)
'''

START = '''
import inspect, os, pickle, sys, threading, traceback, warnings
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'site-packages'))
import lib
try:
    __import__('_run_in_parallel.tracer.engines.watching')
    watch = sys.modules['_run_in_parallel.tracer.engines.watching'].watch
except ImportError:
    def watch(function, label, engine, details=()): pass
for each in ('inner', 'outer', 'fails', 'warns', 'warns_inside', 'warns_at_caller', 'references', 'calls', 'numbers'):
    watch(getattr(lib, each), each, 'python')
watch(lib.Frame.many, 'Frame.many', 'python')
'''


class OperationsTest(TracedCase):
    maxDiff = None

    def setUp(self):
        super().setUp()
        folder = os.path.join(self.folder, 'site-packages', 'lib')
        os.makedirs(folder)
        with open(os.path.join(folder, '__init__.py'), 'w') as file:
            file.write(LIBRARY)

    def operations(self, process):
        """(label, line, whether it has ended) of each."""
        above = START.count('\n')
        found = process.of('operation')
        return [(process.text(each['aux']), process.site(each)[1] - above, each['t1'] >= each['t0']) for each in found]

    def behaves(self, code):
        """Runs it with and without the tracer: the same output, also on stderr."""
        path = os.path.join(self.folder, 'program.py')
        with open(path, 'w') as file:
            file.write(START + code)
        plain = self.run_plain([sys.executable, path])
        outcome = self.run_traced([sys.executable, path])
        self.assertEqual((outcome.code, outcome.stdout, outcome.stderr), plain)
        self.assert_no_faults(outcome)
        return outcome

    def test_the_outermost_call_of_the_program_is_recorded(self):
        outcome = self.behaves(
            'print(lib.outer(1))\n'
            'print(lib.inner(1), lib.outer(2, twice=False))\n'
            'print(lib.calls(lambda n: lib.outer(n), 3))\n'
            'print(sorted(map(lib.inner, [3, 1])))\n'
            'print(list(lib.numbers()))\n'
        )
        labels = [(label, line) for label, line, _ in self.operations(outcome.main)]
        self.assertEqual(labels, [('outer', 1), ('inner', 2), ('outer', 2), ('calls', 3), ('inner', 4), ('inner', 4)])

    def test_a_call_that_raises_ends_and_says_what(self):
        outcome = self.behaves(
            'for _ in range(2):\n'
            '    try: lib.fails("x")\n'
            '    except KeyError: traceback.print_exc()\n'
            'try: lib.outer()\n'
            'except TypeError as error: print(error)\n'
            'try: lib.outer(1, 2)\n'
            'except TypeError as error: print(error)\n'
            'lib.outer(1)\n'
            'lib.fails("at the end")\n'
        )
        fails = ('fails: KeyError', 2, True)
        self.assertEqual(self.operations(outcome.main), [fails, fails, ('outer', 8, True), ('fails: KeyError', 9, True)])

    def test_arguments_of_all_kinds_arrive(self):
        outcome = self.behaves(
            'frame = lib.Frame()\n'
            'print(frame.many(1, 2, fourth=4))\n'
            'print(frame.many(1, 2, 9, 8, 1, fourth=4, fifth=6, first=7, self=8))\n'
            'class Mine(lib.Frame):\n'
            '    def many(self, *args, **keywords):\n'
            '        return "mine", super().many(*args, **keywords)\n'
            'print(Mine().many(1, second=2, fourth=4))\n'
            'try: frame.many(first=1, second=2, fourth=3)\n'
            'except TypeError as error: print(error)\n'
        )
        self.assertEqual([line for _, line, _ in self.operations(outcome.main)], [2, 3, 6])

    def test_a_watched_function_looks_as_it_did(self):
        self.behaves(
            'for one in (lib.inner, lib.outer, lib.Frame.many):\n'
            '    print(one.__name__, one.__qualname__, one.__module__, one.__doc__, one.__defaults__, one.__kwdefaults__)\n'
            '    print(inspect.signature(one), inspect.getfullargspec(one), inspect.getsource(one), inspect.getsourcelines(one)[1])\n'
            '    print(pickle.loads(pickle.dumps(one)) is one, one.__code__.co_name, one.__code__.co_firstlineno, hasattr(one, "__wrapped__"))\n'
            '    print(inspect.getfile(one), one.__code__.co_freevars, one.__closure__ is None)\n'
        )

    def test_warnings_name_the_line_of_the_program(self):
        outcome = self.behaves(
            'warnings.simplefilter("always")\n'
            'def at_depth():\n'
            '    lib.warns()\n'
            '    lib.warns_inside()\n'
            '    lib.warns_at_caller()\n'
            'at_depth()\n'
            'thing = []\n'
            'print(lib.references(thing), lib.references([]))\n'
        )
        self.assertIn(('warns', 3, True), self.operations(outcome.main))

    def test_threads_have_operations_of_their_own(self):
        outcome = self.behaves(
            'def work():\n'
            '    other.wait()\n'
            '    lib.inner(1)\n'
            'other = threading.Event()\n'
            'thread = threading.Thread(target=work)\n'
            'thread.start()\n'
            'lib.calls(lambda: (other.set(), thread.join()))\n'
            'lib.inner(2)\n'
        )
        self.assertEqual(sorted(line for _, line, _ in self.operations(outcome.main)), [3, 7, 8])

    def test_a_child_that_is_forked_during_a_call_records_its_own(self):
        outcome = self.behaves(
            'def child():\n'
            '    pid = os.fork()\n'
            '    if pid == 0:\n'
            '        lib.inner(1)\n'
            '        os._exit(0)\n'
            '    os.waitpid(pid, 0)\n'
            'if hasattr(os, "fork"): lib.calls(child)\n'
        )
        if hasattr(os, 'fork'):
            (forked,) = outcome.children
            self.assertEqual(self.operations(forked), [('inner', 4, True)])
            self.assertEqual(self.operations(outcome.main), [('calls', 7, True)])
