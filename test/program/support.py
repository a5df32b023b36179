"""Runs real interpreters on run.py: every supported one on this machine."""

from __future__ import annotations

import glob
import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RUN = os.path.join(ROOT, 'src', 'python', 'run.py')


def _find_pythons() -> list[str]:
    found = {}
    for path in glob.glob(os.path.expanduser('~/.pyenv/versions/*/bin/python')):
        version = tuple(int(n) for n in re.findall(r'\d+', path.split(os.sep)[-3])[:3])
        if version >= (3, 8):
            found[version] = path
    return [found[version] for version in sorted(found)] or [sys.executable]


PYTHONS = _find_pythons()
OLDEST, NEWEST = PYTHONS[0], PYTHONS[-1]
START_METHODS = ('fork', 'spawn', 'forkserver')


def version_of(python: str) -> tuple:
    text = subprocess.run(
        [python, '-c', 'import sys; print(*sys.version_info[:2])'], stdout=subprocess.PIPE, check=True
    ).stdout
    return tuple(int(n) for n in text.split())


VERSIONS = {python: version_of(python) for python in PYTHONS}


class Result:
    def __init__(self, out: str, err: str, code: int, folder: str) -> None:
        self.out, self.err, self.code = out, err, code
        self.program = _load(os.path.join(folder, 'program.json'))
        # By number.
        self.displays = {
            int(name[:-5]): _load(os.path.join(folder, 'displays', name))['data']
            for name in (os.listdir(os.path.join(folder, 'displays')) if 'displays' in os.listdir(folder) else [])
        }
        self.result = _load(os.path.join(folder, 'result.json'))

    def __repr__(self) -> str:
        return 'exit %s\n--- stdout\n%s--- stderr\n%s' % (self.code, self.out, self.err)


def _load(path: str):
    if not os.path.exists(path):
        return None
    with open(path, encoding='utf-8') as file:
        return json.load(file)


def finish(arguments: list[str], cwd: str, timeout: float = 60, environment=None) -> tuple[str, str, int]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(('PYTHON', 'MPL'))}
    done = subprocess.run(
        arguments,
        cwd=cwd,
        env={**inherited, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        timeout=timeout,
    )
    return done.stdout.decode(errors='replace'), done.stderr.decode(errors='replace'), done.returncode


def plain(python: str, source: str, argv=(), flags=(), folder: str | None = None) -> Result:
    """`python file.py`."""
    with tempfile.TemporaryDirectory() as temporary:
        file = os.path.join(folder or temporary, 'file.py')
        with open(file, 'w', encoding='utf-8', newline='') as handle:
            handle.write(source)
        out, err, code = finish([python, *flags, file, *argv], os.path.dirname(file))
        return Result(out.replace(file, 'FILE'), err.replace(file, 'FILE'), code, temporary)


def run(
    python: str,
    units,
    selection=None,
    argv=(),
    flags=(),
    saved=True,
    trace=False,
    show=False,
    beside=None,
    display=None,
    environment=None,
) -> Result:
    """Runs units: a source text (written to file.py when `saved`), or a list of cells
    (or of units as in the spec). `selection` as in the spec, or (first, last)."""
    with tempfile.TemporaryDirectory() as folder:
        run_dir = os.path.join(folder, 'run')
        os.makedirs(os.path.join(run_dir, 'trace'))
        for name, text in (beside or {}).items():
            os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
            with open(os.path.join(folder, name), 'w', encoding='utf-8') as handle:
                handle.write(text)
        file = os.path.join(folder, 'file.py')
        if isinstance(units, str):
            with open(file, 'w', encoding='utf-8', newline='') as handle:
                handle.write(units if saved else '# what was saved\nnothing = 1\n')
            described = [{'file': file, 'source': None if saved else units, 'cell': False}]
        elif isinstance(units[0], dict):
            described = units
        else:
            described = [
                {'file': os.path.join(folder, 'cell%d' % (index + 1)), 'source': text, 'cell': True}
                for index, text in enumerate(units)
            ]
        if isinstance(selection, tuple):
            selection = [{'unit': len(described) - 1, 'startLine': selection[0], 'endLine': selection[1]}]
        spec = {
            'version': 2,
            'runDir': run_dir,
            'units': described,
            'selection': selection,
            'argv': list(argv),
            'trace': trace,
            'display': display,
        }
        path = os.path.join(run_dir, 'spec.json')
        with open(path, 'w', encoding='utf-8') as handle:
            json.dump(spec, handle)
        out, err, code = finish(
            [python, *flags, RUN, *(['--show'] if show else []), path], folder, environment=environment
        )
        for name in [file] + [unit['file'] for unit in described]:
            short = 'FILE' if name == file else os.path.basename(name)
            out, err = out.replace(name, short), err.replace(name, short)
        return Result(out, err, code, run_dir)


def at_once(calls: list) -> list:
    """Runs (function, arguments, keywords) triples two at a time; results in order."""
    with ThreadPoolExecutor(2) as pool:
        return [future.result() for future in [pool.submit(f, *a, **k) for f, a, k in calls]]
