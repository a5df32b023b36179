"""The Program of a spec: which statements run, in order, why, and as which code objects."""

from __future__ import annotations

import _ast as ast

from . import dependencies, selection
from .source import Statement, Unit, complete_error

TOP_LEVEL_AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
VERSION = 1

OUTSIDE = {
    'return': "'return' belongs to the function around the selection. Select all of it, or no line with 'return'.",
    'yield': "'yield' belongs to the function around the selection. Select all of it, or no line with 'yield'.",
    'break': "'break' belongs to the loop around the selection. Select the whole loop.",
    'continue': "'continue' belongs to the loop around the selection. Select the whole loop.",
}


class Step:
    """Statements of one unit that follow one another in the Program, as one code object."""

    def __init__(self, unit: Unit, statements: list[Statement]) -> None:
        self.unit = unit
        self.statements = statements
        self.code = None  # type: ignore


class Program:
    """`whole`: everything runs as `python file.py` would run it. With an `error` there are no statements."""

    def __init__(self, units: list[Unit], whole: bool) -> None:
        self.units = units
        self.whole = whole
        self.statements: list[Statement] = []
        self.steps: list[Step] = []
        self.notes: list[str] = []
        self.error: SyntaxError | None = None
        self.future_flags = 0

    def as_json(self, error) -> dict:
        return {
            'version': VERSION,
            'statements': [
                {
                    'unit': s.unit.index,
                    'startLine': s.first,
                    'endLine': s.last,
                    'selected': s.selected,
                    'source': s.unit.text_of(s.first, s.last),
                    'reason': s.reason,
                }
                for s in self.statements
            ],
            'notes': self.notes,
            'error': error,
        }


def make(units: list[Unit], ranges: list[dict] | None) -> Program:
    """Never raises for bad input: the Program then carries the SyntaxError."""
    program = Program(units, ranges is None)
    program.notes.extend(note for unit in units for note in unit.notes)
    try:
        if ranges is None:
            take_everything(program)
        else:
            take_ranges(program, ranges)
        compile_steps(program)
    except SyntaxError as error:
        for unit in units:
            complete_error(error, unit)
        program.error = error
        program.statements = []
        sentence = next((text for word, text in OUTSIDE.items() if "'%s' " % word in str(error.msg)), None)
        if sentence is not None and ranges is not None:
            program.notes.append(sentence)
    return program


def take_everything(program: Program) -> None:
    for unit in program.units:
        if unit.error is not None:
            raise unit.error
        statements = [Statement(unit, node) for node in unit.tree.body]  # type: ignore
        for statement in statements:
            statement.selected = True
            statement.reason = 'the whole file' if len(program.units) == 1 else 'the whole notebook'
        program.statements.extend(statements)
        program.steps.append(Step(unit, statements))


def take_ranges(program: Program, ranges: list[dict]) -> None:
    chosen: dict[tuple[int, int, int], Statement] = {}
    earlier: dict[tuple[int, int, int], Statement] = {}
    ranges = sorted(ranges, key=lambda r: (r['unit'], r['startLine'], -r['endLine']))
    for unit in program.units[: ranges[-1]['unit'] + 1 if ranges else 0]:
        parts = [selection.select(unit, r['startLine'], r['endLine']) for r in ranges if r['unit'] == unit.index]
        for part in parts:
            program.notes.extend(note for note in part.notes if note not in program.notes)
            for statement in part.selected:
                chosen.setdefault(key(statement), statement)
        nodes, notes = ([], []) if unit.index == ranges[-1]['unit'] else everything_above(unit)
        program.notes.extend(notes)
        for statement in [s for part in parts for s in part.earlier] + nodes:
            earlier.setdefault(key(statement), statement)
    for statement in chosen.values():
        statement.selected = True
        statement.reason = 'selected'
    inside = [s for s in chosen.values() if not any(contains(other, s) for other in chosen.values())]
    # A statement around or within a selected one would run selected lines twice.
    free = [
        s
        for s in earlier.values()
        if not any(
            s.unit is c.unit and s.first <= c.last and s.last >= c.first and not side_by_side(s, c) for c in inside
        )
    ]
    ordered = sorted(free + inside, key=key)
    program.statements = dependencies.needed(ordered)
    program.notes.extend(what_will_not_happen(inside))
    for statement in program.statements:
        last = program.steps[-1] if program.steps else None
        if last is None or last.unit is not statement.unit or is_future(statement) or is_future(last.statements[-1]):
            program.steps.append(Step(statement.unit, [statement]))
        else:
            last.statements.append(statement)


def everything_above(unit: Unit) -> tuple[list[Statement], list[str]]:
    """The statements of an earlier cell; what does not parse there is left out."""
    if unit.tree is not None:
        return selection.flatten(unit, unit.tree.body), []
    part = selection.above(unit)
    return part.earlier, part.notes


def key(statement: Statement) -> tuple[int, int, int]:
    return statement.unit.index, statement.node.lineno, statement.node.col_offset


def contains(outer: Statement, inner: Statement) -> bool:
    return (
        outer is not inner
        and outer.unit is inner.unit
        and outer.first <= inner.first
        and outer.last >= inner.last
        and not side_by_side(outer, inner)
    )


def side_by_side(one: Statement, other: Statement) -> bool:
    """`a = 1; b = 2`: on one line, neither within the other."""
    first, second = sorted((one, other), key=key)
    return (first.node.end_lineno, first.node.end_col_offset) <= (second.node.lineno, second.node.col_offset)


def what_will_not_happen(selected: list[Statement]) -> list[str]:
    if not selected:
        return ['Nothing was selected: there is no statement in these lines.']
    if all(isinstance(s.node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) for s in selected):
        return ['Only definitions were selected: nothing was called.']
    return []


def is_future(statement: Statement) -> bool:
    return isinstance(statement.node, ast.ImportFrom) and statement.node.module == '__future__'


def compile_steps(program: Program) -> None:
    """All steps before any runs: a `return` outside a function must not surprise half-way."""
    flags = 0 if program.whole and len(program.units) == 1 else TOP_LEVEL_AWAIT
    for step in program.steps:
        nodes = [statement.node for statement in step.statements]
        step.code = compile(
            module_of(nodes), step.unit.file, 'exec', flags=flags | program.future_flags, dont_inherit=True
        )
        program.future_flags |= future_flags(nodes)


def module_of(nodes: list):
    return ast.Module(body=nodes, type_ignores=[])


def future_flags(nodes: list) -> int:
    flags = 0
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module == '__future__':
            import __future__

            for alias in node.names:
                feature = getattr(__future__, alias.name, None)
                flags |= feature.compiler_flag if feature is not None else 0
    return flags
