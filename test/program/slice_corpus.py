"""Slices the middle of standard library files, and of odd texts, with the Python that it is started with; prints what failed as JSON."""

from __future__ import annotations

import glob
import json
import os
import sys
import sysconfig
import time
import traceback

SOURCE = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), 'src', 'python')
FILES = 300
SECONDS = 3.0


def odd_texts() -> dict[str, str]:
    calls = ''.join('x%d = f(x%d)\nL.append(x%d)\n' % (n, n // 2, n) for n in range(1, 25000))
    return {
        '50,000 lines': 'x0 = 1\nL = []\ndef f(x): return x\n' + calls,
        '8,000 changes of one list': 'L = []\n' + 'L.append(1)\n' * 8000,
        '8,000 bindings of one name': 'x = 1\n' + 'x = x + 1\n' * 8000,
        '8,000 bindings that may not happen': 'x = 1\n' + 'if x: x = x + 1\n' * 8000,
        '10,000 functions that call one another': ''.join(
            'def f%d(): return f%d()\n' % (n, n + 1) for n in range(10000)
        )
        + 'f0()\n' * 500,
        'a sum of 20,000': 'x = ' + ' + '.join(['1'] * 20000) + '\nprint(x)\n',
        'deep brackets': 'x = ' + '[' * 90 + ']' * 90 + '\n' + 'y = ' + '(' * 5000 + ')' * 5000 + '\nprint(x)\n',
        'deep lists': 'x = ' + 'f(' * 80 + ')' * 80 + '\nprint(x)\n',
        'a long chain of calls': 'x = a' + '.b(1)' * 3000 + '\nprint(x)\n',
        'deep blocks': ''.join(' ' * n + 'if 1:\n' for n in range(90)) + ' ' * 90 + 'x = 1\nprint(x)\n',
        '3,000 elif': 'x = 1\nif x == 0: y = 0\n' + ''.join('elif x == %d: y = 1\n' % n for n in range(3000)) + 'print(y)\n',
        'null bytes': 'x = 1\nprint(x)\n\0\n',
        'nothing': '',
        'only comments': '# a\n# b\n',
        'Python 2': 'print "a"\nexec "x = 1"\nraise E, "x"\n' * 300,
        'half-typed': 'def f(\n' * 500 + 'x = 1\nprint(x)\n',
        'tabs and spaces': 'if 1:\n\tx = 1\n        y = 2\nprint(x)\n',
        'not Python': '{"cells": [1, 2, true]}\n<html>&nbsp;</html>\n' * 200,
        'lone surrogates': 'x = "\ud800"\nprint(x)\n',
        'form feeds': 'x = 1\n\f\ny = 2\n\f\nprint(x)\n',
    }


def selections(lines: int) -> list:
    middle = max(lines // 2, 1)
    return [(middle, middle + 2), (lines, lines), (lines + 5, lines + 9), (3, 1), (-2, 0)]


def slice_text(modules, name: str, text: str | None, failures: list, every: bool) -> None:
    try:
        unit = modules.source.Unit(0, name, text)
        ranges = selections(len(unit.lines))
        for first, last in ranges if every and len(unit.lines) < 10000 else ranges[:1]:
            program = modules.plan.make([unit], [{'unit': 0, 'startLine': first, 'endLine': last}])
            if not all(statement.reason for statement in program.statements):
                failures.append([name, 'a statement without a reason'])
    except Exception:
        failures.append([name, traceback.format_exc()])


class Modules:
    def __init__(self) -> None:
        boot = {'__name__': '_run_in_parallel.boot', '__file__': os.path.join(SOURCE, 'boot.py')}
        with open(boot['__file__']) as file:
            exec(compile(file.read(), boot['__file__'], 'exec'), boot)
        self.source, self.plan = boot['load']('program.source'), boot['load']('program.plan')


def main() -> None:
    import warnings

    warnings.simplefilter('ignore')
    modules = Modules()
    failures: list = []
    times = {}
    for name, text in odd_texts().items():
        began = time.perf_counter()
        slice_text(modules, '<%s>' % name, text, failures, True)
        times[name] = round(time.perf_counter() - began, 2)
    library = sysconfig.get_paths()['stdlib']
    files = sorted(glob.glob(os.path.join(library, '*.py')) + glob.glob(os.path.join(library, '*', '*.py')))
    files = [file for file in files if 'site-packages' not in file]
    began = time.perf_counter()
    done = 0
    for file in files[:: max(len(files) // FILES, 1)]:
        if time.perf_counter() - began > SECONDS:
            break
        slice_text(modules, file, None, failures, False)
        done += 1
    json.dump({'failures': failures, 'files': done, 'odd': times}, sys.stdout)


if __name__ == '__main__':
    main()
