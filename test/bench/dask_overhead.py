"""
How much the tracer slows Dask's own schedulers down, beside Dask's own profiler: CPU time with it over CPU time without it.

    python3 test/bench/dask_overhead.py [--rounds N] [--tasks 100000]

Needs Dask. Prints JSON: {"python", "dask", "tasks", "rounds", "loads": {name: {"ratio", "budget", "profilerRatio", "plainMs", "tracedMs", "profiledMs"}}}.
The three ways take turns, in another order each round, and the medians are compared.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

PYTHON_DIR = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), 'src', 'python')

START = 'import sys; sys.path.insert(0, %r); import boot; del sys.path[0]; boot.load("tracer").install(%r, "bench", "main")\n'

BUDGET = 1.1

# Each prints its own CPU time in ns: of the computation, not of making the graph. All modules are loaded before.
FRAME = '''
import sys, time, contextlib
import dask, dask.local, dask.threaded
from dask.diagnostics import Profiler
def increment(x):
    return x
count = %d
%s
profile = Profiler() if sys.argv[1:] == ['profiler'] else contextlib.nullcontext()
began = time.process_time_ns()
with profile:
    work()
print(time.process_time_ns() - began)
'''

LOADS = {
    'tiny tasks, threads': '''
graph = {('increment-0', i): (increment, i) for i in range(count)}
keys = list(graph)
def work():
    dask.threaded.get(graph, keys)
''',
    'tiny tasks, synchronous': '''
graph = {('increment-0', i): (increment, i) for i in range(count)}
keys = list(graph)
def work():
    dask.local.get_sync(graph, keys)
''',
}  # fmt: skip


def run(body, folder, way):
    """CPU time of one run, ns."""
    path = os.path.join(folder, 'load.py')
    with open(path, 'w') as file:
        file.write(body)
    trace_dir = tempfile.mkdtemp(dir=folder)
    start = START % (PYTHON_DIR, trace_dir) if way == 'traced' else ''
    code = start + 'import runpy; runpy.run_path(%r, run_name="__main__")' % path
    done = subprocess.run([sys.executable, '-c', code, way], stdout=subprocess.PIPE, check=True)
    shutil.rmtree(trace_dir)
    return int(done.stdout)


def measure(rounds, tasks):
    loads = {}
    ways = ['plain', 'traced', 'profiler']
    with tempfile.TemporaryDirectory(prefix='run-in-parallel-bench-') as folder:
        for name, code in LOADS.items():
            body = FRAME % (tasks, code)
            times = {way: [] for way in ways}
            for turn in range(rounds):
                for at in range(len(ways)):
                    way = ways[(at + turn) % len(ways)]
                    times[way].append(run(body, folder, way))
            plain, traced, profiled = (statistics.median(times[way]) for way in ways)
            loads[name] = {
                'ratio': round(traced / plain, 3),
                'budget': BUDGET,
                'profilerRatio': round(profiled / plain, 3),
                'plainMs': round(plain / 1e6, 2),
                'tracedMs': round(traced / 1e6, 2),
                'profiledMs': round(profiled / 1e6, 2),
            }
    return loads


def main():
    import dask

    parser = argparse.ArgumentParser(description=__doc__.split('\n')[1])
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--tasks', type=int, default=100000)
    options = parser.parse_args()
    loads = measure(options.rounds, options.tasks)
    about = {'python': sys.version.split()[0], 'dask': dask.__version__, 'tasks': options.tasks, 'rounds': options.rounds}
    print(json.dumps(dict(about, loads=loads), indent=1))


if __name__ == '__main__':
    main()
