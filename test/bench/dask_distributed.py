"""
How much watching a Dask cluster slows it down: many tiny tasks on a LocalCluster of two workers, with the tracer and without it, and inside
Dask's own `performance_report` (where bokeh is installed).

    python test/bench/dask_distributed.py [--rounds N] [--tasks N]

Prints JSON: {"python", "distributed", "tasks", "budget", "plainMs", "ratio": {mode: CPU time / plain}, "wallRatio", "events"}. CPU time is that of the client, the
scheduler (in the client's process) and both workers. The modes take turns, and the medians are compared: other work on the machine falls on all.
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
BUDGET = 1.10

START = 'import sys; sys.path.insert(0, %r); import boot; del sys.path[0]; boot.load("tracer").install(%r, "bench", "main")\n'

PROGRAM = '''
import contextlib, json, os, sys, time

def work(i):
    return i + 1

def cpu(client):
    return time.process_time() + sum(client.run(time.process_time).values())

if __name__ == '__main__':
    from dask.distributed import Client, performance_report
    mode, tasks, report = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    with Client(n_workers=2, threads_per_worker=1, dashboard_address='127.0.0.1:0') as client:
        client.gather(client.map(work, range(-500, 0)))
        watched = performance_report(report) if mode == 'report' else contextlib.nullcontext()
        cpu_before, before = cpu(client), time.perf_counter()
        with watched:
            total = sum(client.gather(client.map(work, range(tasks))))
        wall, spent = time.perf_counter() - before, cpu(client) - cpu_before
    assert total == tasks * (tasks + 1) // 2
    print(json.dumps([spent, wall]))
'''


def run(mode, tasks, folder):
    """(CPU time in s, wall time in s, events that were told) of one run."""
    path = os.path.join(folder, 'program.py')
    with open(path, 'w') as file:
        file.write(PROGRAM)
    trace_dir = tempfile.mkdtemp(dir=folder)
    start = START % (PYTHON_DIR, trace_dir) if mode == 'traced' else 'import sys\n'
    code = start + 'import runpy; sys.argv[0] = %r; runpy.run_path(%r, run_name="__main__")' % (path, path)
    command = [sys.executable, '-c', code, mode, str(tasks), os.path.join(folder, 'report.html')]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True)
    told = 0
    for name in os.listdir(trace_dir):
        if name.endswith('.jsonl'):
            with open(os.path.join(trace_dir, name)) as file:
                told += sum(len(event.get('rows', ())) for event in map(json.loads, file))
    shutil.rmtree(trace_dir)
    spent, wall = json.loads(done.stdout.decode().strip().splitlines()[-1])
    return spent, wall, told


def has_bokeh():
    try:
        import bokeh  # noqa: F401
    except ImportError:
        return False
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[1])
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--tasks', type=int, default=10000)
    options = parser.parse_args()
    modes = ['plain', 'traced'] + (['report'] if has_bokeh() else [])
    figures = {mode: [] for mode in modes}
    with tempfile.TemporaryDirectory(prefix='run-in-parallel-bench-') as folder:
        for turn in range(options.rounds):
            for mode in modes if turn % 2 else reversed(modes):
                figures[mode].append(run(mode, options.tasks, folder))
    import distributed

    spent = {mode: statistics.median(each[0] for each in runs) for mode, runs in figures.items()}
    wall = {mode: statistics.median(each[1] for each in runs) for mode, runs in figures.items()}
    print(json.dumps({
        'python': sys.version.split()[0],
        'distributed': distributed.__version__,
        'tasks': options.tasks,
        'budget': BUDGET,
        'plainMs': round(spent['plain'] * 1e3, 1),
        'ratio': {mode: round(spent[mode] / spent['plain'], 3) for mode in modes[1:]},
        'wallRatio': {mode: round(wall[mode] / wall['plain'], 3) for mode in modes[1:]},
        'events': figures['traced'][-1][2],
    }, indent=1))  # fmt: skip


if __name__ == '__main__':
    main()
