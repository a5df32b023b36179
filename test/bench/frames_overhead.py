"""
What watching pandas' entry points costs: many small operations, and reading a file, with the tracer and without.

    python test/bench/frames_overhead.py [--rounds N]

Prints JSON: {"python", "pandas", "loads": {name: {"ratio", "budget", "plainUs", "tracedUs"}}}: CPU time of one operation. The loads are timed in short
pieces of which the fastest counts, as other work on the machine only ever adds; runs with and without the tracer take turns.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile

from tracer_overhead import PYTHON_DIR, START

# Each prints the CPU time of one operation in ns: of the fastest piece.
FRAME = '''
import io, time
import numpy as np, pandas as pd
frame = pd.DataFrame({'a': np.arange(100.0), 'b': np.arange(100)})
%s
def piece():
    began = time.process_time_ns()
    work(COUNT)
    return (time.process_time_ns() - began) / COUNT
piece()
print(min(piece() for _ in range(PIECES)))
'''

LOADS = {
    '100,000 small operations': (1.3, '''
COUNT, PIECES = 1000, 100
def work(count):
    for _ in range(count): frame['a'].sum()
'''),
    'calls of 50 µs in a loop': (1.1, '''
COUNT, PIECES = 500, 60
def work(count):
    for _ in range(count): frame.sort_values('a')
'''),
    'filter, group, mean': (1.3, '''
COUNT, PIECES = 50, 40
def work(count):
    for _ in range(count): frame[frame['a'] > 50].groupby('b')['a'].mean()
'''),
    'read_csv of 200,000 rows': (1.05, r'''
text = 'a,b,c\n' + '1,2.5,x\n' * 200000
COUNT, PIECES = 1, 8
def work(count):
    pd.read_csv(io.StringIO(text))
'''),
    'exceptions that unwind': (1.8, '''
COUNT, PIECES = 20000, 20
def fails(): raise KeyError('x')
def work(count):
    for _ in range(count):
        try: fails()
        except KeyError: pass
'''),
}  # fmt: skip


def run(code, folder, traced):
    """CPU time of one operation, ns."""
    trace_dir = tempfile.mkdtemp(dir=folder)
    path = os.path.join(folder, 'load.py')
    with open(path, 'w') as file:
        file.write(FRAME % code)
    start = START % (PYTHON_DIR, trace_dir) if traced else ''
    whole = start + 'import runpy; runpy.run_path(%r, run_name="__main__")' % path
    done = subprocess.run([sys.executable, '-c', whole], stdout=subprocess.PIPE, check=True)
    shutil.rmtree(trace_dir)
    return float(done.stdout)


def measure(rounds):
    loads = {}
    with tempfile.TemporaryDirectory(prefix='run-in-parallel-bench-') as folder:
        for name, (budget, code) in LOADS.items():
            times = {True: [], False: []}
            for turn in range(rounds):
                for traced in (True, False) if turn % 2 else (False, True):
                    times[traced].append(run(code, folder, traced))
            plain, traced = min(times[False]), min(times[True])
            loads[name] = {
                'ratio': round(traced / plain, 3),
                'budget': budget,
                'plainUs': round(plain / 1e3, 2),
                'tracedUs': round(traced / 1e3, 2),
            }
    return loads


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[1])
    parser.add_argument('--rounds', type=int, default=3)
    options = parser.parse_args()
    import pandas

    print(json.dumps({'python': sys.version.split()[0], 'pandas': pandas.__version__, 'loads': measure(options.rounds)}, indent=1))


if __name__ == '__main__':
    main()
