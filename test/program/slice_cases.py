"""Runs the cases of slices/*.txt (those whose names have all the words of the command line), and prints what is wrong as JSON.

Each case is executed in two forked processes, so that none sees what another has set up: the whole text up to the end of the
selection, and the Program. Only what the selection prints is compared.
"""

from __future__ import annotations

import ast
import contextlib
import glob
import io
import json
import os
import re
import shutil
import sys
import tempfile
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.join(os.path.dirname(os.path.dirname(HERE)), 'src', 'python')
NEEDED, SELECTED = '|', '>'


class Case:
    """`marks`: (unit, line) → the mark in the margin. `reasons`: (unit, line) → a part of its statement's reason."""

    def __init__(self, topic: str, header: str) -> None:
        flags = re.findall(r'\[(.*?)\]', header)
        self.name = '%s: %s' % (topic, header.split('[')[0].strip())
        self.runs = 'not run' not in flags
        versions = [flag for flag in flags if flag.endswith('+')]
        self.since = tuple(int(n) for n in versions[0][:-1].split('.')) if versions else (3, 8)
        self.units: list[list[str]] = [[]]
        self.marks: dict[tuple[int, int], str] = {}
        self.reasons: dict[tuple[int, int], str] = {}
        self.is_notebook = False

    def add(self, line: str) -> None:
        if line == '--- cell':
            if self.is_notebook:
                self.units.append([])
            self.is_notebook = True
            return
        mark, text = line[:1], line[2:]
        code, hint, reason = text.partition(' ## ')
        self.units[-1].append(code.rstrip() if hint else text)
        place = (len(self.units) - 1, len(self.units[-1]))
        if mark in (NEEDED, SELECTED):
            self.marks[place] = mark
        if hint:
            self.reasons[place] = reason.strip()

    def sources(self) -> list[str]:
        return ['\n'.join(lines).rstrip() + '\n' for lines in self.units]

    def selected(self) -> list[tuple[int, int]]:
        return sorted(place for place, mark in self.marks.items() if mark == SELECTED)

    def ranges(self) -> list[dict]:
        ranges: list[dict] = []
        for unit, line in self.selected():
            if ranges and ranges[-1]['unit'] == unit and ranges[-1]['endLine'] == line - 1:
                ranges[-1]['endLine'] = line
            else:
                ranges.append({'unit': unit, 'startLine': line, 'endLine': line})
        return ranges


def read_cases() -> list[Case]:
    cases: list[Case] = []
    for path in sorted(glob.glob(os.path.join(HERE, 'slices', '*.txt'))):
        topic = os.path.splitext(os.path.basename(path))[0]
        with open(path, encoding='utf-8', newline='\n') as file:
            for line in file.read().split('\n'):
                if line.startswith('=== '):
                    cases.append(Case(topic, line[4:]))
                elif line or cases:
                    cases[-1].add(line)
    return cases


def program_of(case: Case):
    units = [
        loaded.source.Unit(number, '<unit %d>' % number, text, case.is_notebook)
        for number, text in enumerate(case.sources())
    ]
    return loaded.plan.make(units, case.ranges()), units


def check(case: Case) -> dict:
    """What is wrong with a case; {} when nothing is."""
    program, units = program_of(case)
    found: dict = {}
    if program.error is not None:
        return {'error': str(program.error)}
    lines = {(s.unit.index, line) for s in program.statements for line in range(s.first, s.last + 1)}
    lines = {(unit, line) for unit, line in lines if case.units[unit][line - 1].strip()}
    if lines != set(case.marks):
        found['more'], found['fewer'] = sorted(lines - set(case.marks)), sorted(set(case.marks) - lines)
    for place, part in case.reasons.items():
        reason = next((s.reason for s in program.statements if (s.unit.index, s.first) == place), None)
        if reason is None or part not in reason:
            found.setdefault('reasons', []).append([place, part, reason])
    if not all(s.reason for s in program.statements):
        found['no reason'] = [repr(s) for s in program.statements if not s.reason]
    if case.runs and not found:
        whole = in_a_fork(run_pieces, list(pieces_of_all(case, units)))
        part = in_a_fork(run_pieces, [(s.selected, s.unit.file, [s.node]) for s in program.statements])
        if whole != part or not whole.get('runs'):
            found['whole'], found['program'] = whole, part
    return found


def pieces_of_all(case: Case, units: list):
    """(selected, file, statements) of the text up to the end of the selection, found without the slicer's help."""
    chosen = set(case.selected())
    last = max(chosen)
    for unit in units:
        tree = unit.tree
        if tree is None and unit.index == last[0]:
            tree = ast.parse(''.join(unit.lines[: last[1]]))  # the code below is half-typed
        for node in flat(tree.body) if tree is not None and unit.index <= last[0] else ():
            if (unit.index, node.lineno) <= last:
                own = {(unit.index, line) for line in range(first_line(node), node.end_lineno + 1)}
                yield bool(own & chosen), unit.file, [node]


def flat(nodes: list):
    for node in nodes:
        if isinstance(node, ast.If) and '__main__' in ast.dump(node.test):
            yield from flat(node.body)
        else:
            yield node


def first_line(node) -> int:
    return min([node.lineno] + [each.lineno for each in getattr(node, 'decorator_list', ())])


def run_pieces(pieces: list) -> dict:
    """Executes statements one by one; what the selected ones print."""
    module = type(sys)('__main__')
    sys.modules['__main__'] = module
    module.__dict__['__file__'] = __file__
    shown = io.StringIO()
    flags = 0
    for selected, file, nodes in pieces:
        code = compile(ast.Module(nodes, []), file, 'exec', flags, dont_inherit=True)
        flags |= code.co_flags & ANNOTATIONS
        with contextlib.redirect_stdout(shown if selected else io.StringIO()):
            exec(code, module.__dict__)
    return {'runs': True, 'out': shown.getvalue()}


def in_a_fork(function, argument) -> dict:
    """The result of a call in a process of its own, in an empty folder."""
    reading, writing = os.pipe()
    folder = tempfile.mkdtemp()
    pid = os.fork()
    if pid == 0:
        try:
            os.chdir(folder)
            result = function(argument)
        except BaseException:
            result = {'runs': False, 'error': traceback.format_exc()}
        with open(writing, 'w', encoding='utf-8') as file:
            json.dump(result, file)
        os._exit(0)
    os.close(writing)
    with open(reading, encoding='utf-8') as file:
        text = file.read()
    os.waitpid(pid, 0)
    shutil.rmtree(folder)
    return json.loads(text) if text else {'runs': False, 'error': 'it ended without a word'}


class loaded:
    """The modules under test."""


def main() -> None:
    import __future__

    global ANNOTATIONS
    ANNOTATIONS = __future__.annotations.compiler_flag
    boot = {'__name__': '_run_in_parallel.boot', '__file__': os.path.join(SOURCE, 'boot.py')}
    with open(boot['__file__']) as file:
        exec(compile(file.read(), boot['__file__'], 'exec'), boot)
    loaded.source, loaded.plan = boot['load']('program.source'), boot['load']('program.plan')
    sys.path.insert(0, os.path.join(HERE, 'slices', 'modules'))
    results = {}
    for case in read_cases():
        if sys.version_info >= case.since and all(word in case.name for word in sys.argv[1:]):
            if case.name in results:
                raise SystemExit('two cases are called %r' % case.name)
            results[case.name] = check(case)
    json.dump(results, sys.stdout)


if __name__ == '__main__':
    main()
