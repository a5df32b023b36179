"""Runs programs with and without the tracer, in the Python that runs the tests."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import reading

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PYTHON_DIR = os.path.join(ROOT, 'src', 'python')
PROGRAMS = os.path.join(ROOT, 'test', 'fixtures', 'programs')
TIME_LIMIT = 60

_START = 'import sys; sys.path.insert(0, %r); import boot; del sys.path[0]; boot.load("tracer").install(%r, "test", "main"); '


class Outcome:
    def __init__(self, code, stdout, stderr, processes):
        self.code = code
        self.stdout = stdout
        self.stderr = stderr
        self.processes = processes

    @property
    def main(self):
        return self.processes[0]

    @property
    def children(self):
        return self.processes[1:]


def environment(trace_dir=None):
    env = {key: value for key, value in os.environ.items() if not key.startswith(('PYTHON', 'RUN_IN_PARALLEL'))}
    if trace_dir:
        env['PYTHONPATH'] = os.path.join(PYTHON_DIR, 'tracer', 'inject')
        env['RUN_IN_PARALLEL_TRACE'] = trace_dir
    return env


class TracedCase(unittest.TestCase):
    """A test case with a folder of its own."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='run-in-parallel-')
        self.addCleanup(shutil.rmtree, self.folder, True)

    def run_plain(self, command, **options):
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=TIME_LIMIT,
            cwd=self.folder, **dict({'env': environment()}, **options)
        )  # fmt: skip
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def run_traced(self, command, **options):
        """The command's Python is traced as one that a traced program has started: it is a plain interpreter otherwise."""
        trace_dir = tempfile.mkdtemp(dir=self.folder)
        options.setdefault('env', environment(trace_dir))
        code, stdout, stderr = self.run_plain(command, **options)
        return Outcome(code, stdout, stderr, reading.read_folder(trace_dir))

    def run_code(self, code, *args):
        """Runs source text as a file of its own, so that its lines have numbers; fails on an error or a fault of the tracer."""
        path = os.path.join(self.folder, 'program.py')
        with open(path, 'w') as file:
            file.write(code)
        outcome = self.run_traced([sys.executable, '-W', 'ignore', path] + list(args))
        self.assertEqual((outcome.code, outcome.stderr), (0, ''), outcome.stdout)
        self.assert_no_faults(outcome)
        return outcome

    def assert_no_faults(self, outcome):
        for process in outcome.processes:
            self.assertEqual([text for level, text in process.notes() if level == 2], [])
