"""A program behaves as it does without us: same output, same exit code."""
import os
import re
import subprocess
import sys
import unittest

import support
from support import PROGRAMS, TracedCase, environment

TABLE = [
    ['modules_and_environment.py', 'an argument'],
    ['tracebacks.py'],
    ['disguise.py'],
    ['lifetimes.py'],
    ['pools.py', 'fork'],
    ['pools.py', 'spawn'],
    ['pools.py', 'forkserver'],
] + [
    ['exits.py', how]
    for how in (
        'exit', 'message', '_exit', 'error', 'signal', 'interrupt', 'interrupt lock', 'alarm', 'daemon', 'thread left', 'exec',
    )
]  # fmt: skip


def normal(text):
    """Addresses, process ids, ports and the order of parallel warnings differ from run to run anyway."""
    text = re.sub(r'0x[0-9a-f]+', '0x', text)
    return re.sub(r'started \d+|pid=\d+|parent=\d+|Thread-\d+|Worker-\d+|Process-\d+', '#', text)


class BehaviourTest(TracedCase):
    maxDiff = None

    def check(self, row):
        command = [sys.executable, os.path.join(PROGRAMS, row[0])] + row[1:]
        code, stdout, stderr = self.run_plain(command)
        outcome = self.run_traced(command)
        self.assertEqual(normal(outcome.stdout), normal(stdout))
        self.assertEqual(normal(outcome.stderr), normal(stderr))
        self.assertEqual(outcome.code, code)
        self.assert_no_faults(outcome)
        self.assertTrue(outcome.processes)

    def test_the_users_own_sitecustomize_runs(self):
        own = os.path.join(self.folder, 'own')
        os.mkdir(own)
        with open(os.path.join(own, 'sitecustomize.py'), 'w') as file:
            file.write('import sys; print("hello from", __name__, __file__); VALUE = 5\n')
        code = 'import sys, sitecustomize; print(sitecustomize.VALUE, sys.path)'
        plain = self.run_plain([sys.executable, '-c', code], env=dict(environment(), PYTHONPATH=own))
        inject = os.path.join(support.PYTHON_DIR, 'tracer', 'inject')
        env = dict(environment(self.folder), PYTHONPATH=inject + os.pathsep + own)
        outcome = self.run_traced([sys.executable, '-c', code], env=env)
        self.assertEqual((outcome.code, outcome.stdout, outcome.stderr), plain)

    def test_a_full_disk_or_vanished_folder_goes_unnoticed(self):
        code = 'import threading, time; t = threading.Thread(target=time.sleep, args=(0.01,)); t.start(); t.join(); print(1)'
        env = environment(os.path.join(self.folder, 'is', 'not', 'there'))
        done = subprocess.run([sys.executable, '-c', code], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b'1\n', b''))

    def test_a_fault_switches_recording_off_and_says_so(self):
        outcome = self.run_traced([sys.executable, '-c', (
            'import sys, time\n'
            'time.sleep(0.001)\n'
            'recorder = sys.modules["_run_in_parallel.tracer.recorder"]\n'
            'sites = sys.modules["_run_in_parallel.tracer.sites"]\n'
            'sites.site_of = None\n'
            'time.sleep(0.001); time.sleep(0.002)\n'
            'print(recorder.state.on)\n'
        )])  # fmt: skip
        self.assertEqual((outcome.code, outcome.stdout, outcome.stderr), (0, 'False\n', ''))
        (note,) = outcome.main.notes()
        self.assertEqual(note[0], 2)
        self.assertIn('NoneType', note[1])
        self.assertEqual(len(outcome.main.waits()), 1)

    def test_the_trace_has_a_limit(self):
        outcome = self.run_traced([sys.executable, '-c', (
            'import sys, time\n'
            'sys.modules["_run_in_parallel.tracer.recorder"].TRACE_LIMIT = 1 << 20\n'
            'for _ in range(60000): time.sleep(1e-9)\n'
            'print("done")\n'
        )])  # fmt: skip
        self.assertEqual((outcome.code, outcome.stdout, outcome.stderr), (0, 'done\n', ''))
        self.assertEqual([(level, 'is full' in text) for level, text in outcome.main.notes()], [(1, True)])
        self.assertGreater(len(outcome.main.of('wait')), 10000)


for _row in TABLE:
    setattr(
        BehaviourTest,
        'test_' + '_'.join(_row).replace('.py', '').replace(' ', '_'),
        lambda self, row=_row: self.check(row),
    )

if __name__ == '__main__':
    unittest.main()
