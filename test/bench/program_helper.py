"""
How long the warm helper takes over a notebook of 300 cells and 3,000 lines.

    python3 test/bench/program_helper.py [--rounds N]

Prints JSON: {"python", "cells", "lines", "programMs", "programBudgetMs", "firstMs", "dependenciesMs", "dependenciesBudgetMs"}.
`programMs` is the median over questions between which one cell is edited; `firstMs` is the first question, when nothing is known.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time

RUN = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), 'src', 'python', 'run.py')
CELLS = 300

FIRST = """import os
import time
import random
from concurrent.futures import ThreadPoolExecutor, ProcessPoolExecutor
random.seed(0)
urls = ['http://127.0.0.1/%d' % n for n in range(20)]
results = []
LIMIT = 10
def load(url): return url
registry, data_0 = {}, []
"""
OTHER = """def step_{n}(item, factor=LIMIT):
    value = load(item)
    return value, factor, len(registry)
data_{n} = [step_{n}(url) for url in urls]
data_{n}.append(len(data_{m}))
results = []
for item in data_{n}:
    results.append(item)
mean_{n} = sum(map(len, results)) / max(len(results), 1)
print(len(data_{n}), results[:1])
"""


def notebook():
    """Each cell leans on the first, and on nine before it, one through the other."""
    return [FIRST] + [OTHER.format(n=n, m=n - 1 if n % 10 else 0) for n in range(1, CELLS)]


class Helper:
    def __init__(self):
        command = [sys.executable, RUN, '--serve']
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._asked = 0

    def ask(self, method, cells, **more):
        """(milliseconds, result)"""
        self._asked += 1
        units = [{'file': '<cell %d>' % n, 'source': text, 'cell': True} for n, text in enumerate(cells)]
        request = dict(more, id=self._asked, method=method, units=units)
        began = time.perf_counter()
        self._process.stdin.write(json.dumps(request).encode() + b'\n')
        self._process.stdin.flush()
        reply = json.loads(self._process.stdout.readline())
        took = (time.perf_counter() - began) * 1000
        if not reply['ok'] or reply['id'] != self._asked:
            raise SystemExit('the helper answers: %s' % reply)
        return took, reply['result']

    def close(self):
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


def measure(rounds):
    cells = notebook()
    selection = [{'unit': CELLS - 1, 'startLine': 1, 'endLine': 10}]
    helper = Helper()
    try:
        first, _ = helper.ask('program', cells, selection=selection)
        program, dependencies = [], []
        for turn in range(rounds):
            cells[CELLS // 2] += 'edited = %d\n' % turn
            program.append(helper.ask('program', cells, selection=selection)[0])
            dependencies.append(helper.ask('dependencies', cells)[0])
    finally:
        helper.close()
    return {
        'python': sys.version.split()[0],
        'cells': len(cells),
        'lines': sum(text.count('\n') for text in cells),
        'programMs': round(statistics.median(program), 1),
        'programBudgetMs': 150,
        'firstMs': round(first, 1),
        'dependenciesMs': round(statistics.median(dependencies), 1),
        'dependenciesBudgetMs': 1000,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[1])
    parser.add_argument('--rounds', type=int, default=7)
    print(json.dumps(measure(parser.parse_args().rounds), indent=1))


if __name__ == '__main__':
    main()
