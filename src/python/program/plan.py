"""The Program of a spec: which statements run, in order, why, and as which code objects."""

from __future__ import annotations

import _ast as ast
import sys

from . import dependencies, selection
from .source import Statement, Unit, complete_error, is_code

TOP_LEVEL_AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
VERSION = 2

OUTSIDE = {
    'return': "'return' belongs to the function around the selection. Select all of it, or no line with 'return'.",
    'yield': "'yield' belongs to the function around the selection. Select all of it, or no line with 'yield'.",
    'break': "'break' belongs to the loop around the selection. Select the whole loop.",
    'continue': "'continue' belongs to the loop around the selection. Select the whole loop.",
}


class Step:
    """One code object: a statement, or all of a file that runs as a whole.

    `is_value`: it evaluates to the value of a cell. `ends_cell`: a cell ends with it, or the selected part of one.
    """

    def __init__(self, unit: Unit, statements: list[Statement]) -> None:
        self.unit = unit
        self.statements = statements
        self.code = None  # type: ignore
        self.is_value = False
        self.ends_cell = False


class Program:
    """`whole`: everything runs as `python file.py` would run it. With an `error` there are no statements."""

    def __init__(self, units: list[Unit], whole: bool) -> None:
        self.units = units
        self.whole = whole
        self.statements: list[Statement] = []
        self.steps: list[Step] = []
        self.notes: list[str] = []
        self.installs: list[tuple[Unit, int, list[str]]] = []
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
            'installs': [
                {'unit': unit.index, 'line': line, 'packages': packages} for unit, line, packages in self.installs
            ],
            'error': error,
        }


def make(units: list[Unit], ranges: list[dict] | None, display: bool = False) -> Program:
    """`display`: cells have values. Never raises for bad input: the Program then carries the SyntaxError."""
    program = Program(units, ranges is None)
    try:
        if ranges is None:
            take_everything(program)
        else:
            take_ranges(program, ranges)
        mark_cells(program, ranges, display)
        compile_steps(program)
    except SyntaxError as error:
        for unit in units:
            complete_error(error, unit)
        program.error = error
        program.statements = []
        program.notes.extend(advice(error, ranges))
    return program


def advice(error: SyntaxError, ranges: list[dict] | None) -> list[str]:
    """What may have been meant."""
    if is_python_2(error):
        return ['This looks like code for Python 2, but the interpreter is Python %d.%d.' % sys.version_info[:2]]
    if ranges is not None:
        return [text for word, text in OUTSIDE.items() if "'%s' " % word in str(error.msg)][:1]
    return []


def is_python_2(error: SyntaxError) -> bool:
    """`print "x"`, `exec "x"`, `except E, e:`, `raise E, "x"`."""
    line = (error.text or '').strip()
    word, _, rest = line.partition(' ')
    if word in ('print', 'exec') or str(error.msg).startswith('Missing parentheses in call to'):
        return bool(rest) and not rest.lstrip().startswith(('(', '=', '.'))
    return word in ('except', 'raise') and ',' in rest and '(' not in rest.partition(',')[0]


def take_everything(program: Program) -> None:
    for unit in program.units:
        if unit.error is not None:
            raise unit.error
        take_magics(program, unit, 1, len(unit.lines))
        statements = [Statement(unit, node) for node in unit.tree.body]  # type: ignore
        for statement in statements:
            statement.selected = True
            statement.reason = 'the whole file' if len(program.units) == 1 else 'the whole notebook'
        program.statements.extend(statements)
        if unit.is_cell:
            program.steps.extend(Step(unit, [statement]) for statement in statements)
        elif statements:
            program.steps.append(Step(unit, statements))


def take_magics(program: Program, unit: Unit, first: int, last: int) -> None:
    """What IPython would have done in these lines."""
    program.notes.extend(unit.notes(first, last))
    program.installs.extend((unit, line, packages) for line, packages in unit.installs if first <= line <= last)


def take_ranges(program: Program, ranges: list[dict]) -> None:
    chosen: dict[tuple[int, int, int], Statement] = {}
    earlier: dict[tuple[int, int, int], Statement] = {}
    ranges = sorted(ranges, key=lambda r: (r['unit'], r['startLine'], -r['endLine']))
    for unit in program.units[: ranges[-1]['unit'] + 1 if ranges else 0]:
        parts = []
        for lines in ranges:
            if lines['unit'] == unit.index:
                take_magics(program, unit, lines['startLine'], lines['endLine'])
                parts.append(selection.select(unit, lines['startLine'], lines['endLine']))
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
    program.statements = dependencies.needed(ordered, program.units)
    if inside or not any(program.units[r['unit']].notes(r['startLine'], r['endLine']) for r in ranges):
        program.notes.extend(what_will_not_happen(inside))
    program.steps = [Step(statement.unit, [statement]) for statement in program.statements]


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


def mark_cells(program: Program, ranges: list[dict] | None, display: bool) -> None:
    """Where cells end, and which statements give them their values."""
    if not display:
        return
    last_of_unit = {step.unit.index: step for step in program.steps if step.unit.is_cell}
    for step in last_of_unit.values():
        step.ends_cell = True
    if ranges is None:
        ends = list(last_of_unit.values())
    else:
        found = [last_selected(program.steps, lines) for lines in ranges]
        ends = [step for step in found if step is not None]
    for step in ends:
        step.ends_cell = True
        step.is_value = has_value(step.statements[-1])


def last_selected(steps: list[Step], lines: dict) -> Step | None:
    found = None
    for step in steps:
        statement = step.statements[-1]
        touched = statement.first <= lines['endLine'] and statement.last >= lines['startLine']
        if touched and statement.selected and statement.unit.index == lines['unit']:
            found = step
    return found


def has_value(statement: Statement) -> bool:
    """An expression that no `;` follows."""
    node = statement.node
    if not isinstance(node, ast.Expr):
        return False
    line = statement.unit.lines[node.end_lineno - 1].encode('utf-8')
    return not line[node.end_col_offset :].lstrip().startswith(b';')


def compile_steps(program: Program) -> None:
    """All steps before any runs: a `return` outside a function must not surprise half-way."""
    flags = 0 if program.whole and len(program.units) == 1 and not program.units[0].is_cell else TOP_LEVEL_AWAIT
    for step in program.steps:
        nodes = [statement.node for statement in step.statements]
        if step.is_value:
            tree = ast.Expression(body=nodes[0].value)
        else:
            tree = module_of(nodes if len(nodes) > 1 else [without_text(step.unit, nodes[0])])
        try:
            step.code = compile(
                tree,
                step.unit.file,
                'eval' if step.is_value else 'exec',
                flags=flags | program.future_flags,
                dont_inherit=True,
            )
        except RecursionError:
            first = step.statements[0].first
            raise SyntaxError('this is nested too deeply for Python', (step.unit.file, first, 1, None)) from None
        program.future_flags |= future_flags(nodes)


def without_text(unit: Unit, node):
    """`"text"` as a statement of its own, anywhere but at the start of a file, is not the module's `__doc__`."""
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    if not is_text or not unit.is_cell and not any(is_code(line) for line in unit.lines[: node.lineno - 1]):
        return node
    return ast.Pass(
        lineno=node.lineno, col_offset=node.col_offset, end_lineno=node.end_lineno, end_col_offset=node.end_col_offset
    )


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
