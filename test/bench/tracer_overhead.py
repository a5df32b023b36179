"""
How much the tracer slows a program down: CPU time with it over CPU time without it, for the loads of the design's budgets.

    python3 test/bench/tracer_overhead.py [--rounds N] [--scale 0.2]

Prints JSON: {"python", "rounds", "loads": {name: {"ratio", "budget", "plainMs", "tracedMs"}}}. Runs with and without the tracer
take turns, the order changes each round, and the medians are compared: other work on the machine falls on both.
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

# Each load prints its own CPU time in ns: what comes before and after it isn't counted.
FRAME = '''
import time
%s
began = time.process_time_ns()
work()
print(time.process_time_ns() - began)
'''

LOADS = {
    'no primitive': (1.02, '''
def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)
def work():
    for _ in range(int(40 * {scale}) or 1): fibonacci(21)
'''),
    'pool of 1 ms tasks': (1.02, '''
from concurrent.futures import ThreadPoolExecutor
def task(n):
    end = time.thread_time_ns() + 1000000
    total = 0
    while time.thread_time_ns() < end:
        for i in range(100): total += i
def work():
    with ThreadPoolExecutor(2) as pool:
        for _ in pool.map(task, range(int(400 * {scale}))): pass
'''),
    '100,000 empty pool tasks': (1.3, '''
from concurrent.futures import ThreadPoolExecutor
def task(n):
    pass
def work():
    with ThreadPoolExecutor(4) as pool:
        for _ in pool.map(task, range(int(100000 * {scale}))): pass
'''),
    '10,000 asyncio tasks': (1.5, '''
import asyncio
async def task():
    for _ in range(4): await asyncio.sleep(0)
async def main():
    await asyncio.gather(*[task() for _ in range(int(10000 * {scale}))])
def work():
    asyncio.run(main())
'''),
    'uncontended lock': (2, '''
import threading
lock = threading.Lock()
def work():
    n = 0
    for _ in range(int(500000 * {scale})):
        with lock: n += 1
'''),
    'four threads on a tiny lock': (2, '''
import threading
lock = threading.Lock()
n = 0
def one():
    global n
    for _ in range(int(100000 * {scale})):
        with lock: n += 1
def work():
    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
'''),
}  # fmt: skip


def run(body, folder, traced):
    """CPU time of one run, ns."""
    path = os.path.join(folder, 'load.py')
    with open(path, 'w') as file:
        file.write(body)
    trace_dir = tempfile.mkdtemp(dir=folder)
    start = START % (PYTHON_DIR, trace_dir) if traced else ''
    code = start + 'import runpy; runpy.run_path(%r, run_name="__main__")' % path
    done = subprocess.run([sys.executable, '-c', code], stdout=subprocess.PIPE, check=True)
    shutil.rmtree(trace_dir)
    return int(done.stdout)


def measure(rounds, scale):
    loads = {}
    with tempfile.TemporaryDirectory(prefix='run-in-parallel-bench-') as folder:
        for name, (budget, code) in LOADS.items():
            body = FRAME % code.replace('{scale}', repr(scale))
            times = {True: [], False: []}
            for turn in range(rounds):
                for traced in (True, False) if turn % 2 else (False, True):
                    times[traced].append(run(body, folder, traced))
            plain, traced = statistics.median(times[False]), statistics.median(times[True])
            loads[name] = {
                'ratio': round(traced / plain, 3),
                'budget': budget,
                'plainMs': round(plain / 1e6, 2),
                'tracedMs': round(traced / 1e6, 2),
            }
    return loads


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[1])
    parser.add_argument('--rounds', type=int, default=7)
    parser.add_argument('--scale', type=float, default=1.0)
    options = parser.parse_args()
    loads = measure(options.rounds, options.scale)
    print(json.dumps({'python': sys.version.split()[0], 'rounds': options.rounds, 'loads': loads}, indent=1))


if __name__ == '__main__':
    main()
