"""From line ranges to whole statements, and to the earlier statements that a selection may lean on."""

from __future__ import annotations

import _ast as ast

from .source import Statement, Unit, complete_error, is_code, parse_lines, parse_what_parses, span, statement_lists


class Part:
    """One selected range: its statements, and everything above it that could run at top level, in order."""

    def __init__(self, earlier: list[Statement], selected: list[Statement], notes: list[str]) -> None:
        self.earlier = earlier
        self.selected = selected
        self.notes = notes


def is_main_guard(node) -> bool:
    """`if __name__ == '__main__':`, either way round."""
    if not isinstance(node, ast.If) or not isinstance(node.test, ast.Compare) or len(node.test.ops) != 1:
        return False
    if not isinstance(node.test.ops[0], ast.Eq):
        return False
    sides = [node.test.left, node.test.comparators[0]]
    return any(isinstance(side, ast.Name) and side.id == '__name__' for side in sides) and any(
        isinstance(side, ast.Constant) and side.value == '__main__' for side in sides
    )


def flatten(unit: Unit, nodes: list) -> list[Statement]:
    """Statements in order; what a main guard holds counts as top level."""
    statements: list[Statement] = []
    for node in nodes:
        if is_main_guard(node):
            statements.extend(flatten(unit, node.body))
        else:
            statements.append(Statement(unit, node))
    return statements


def select(unit: Unit, start: int, end: int) -> Part:
    """The statements of lines `start` to `end` (1-based, inclusive). Raises SyntaxError when the lines do not parse."""
    start, end = max(start, 1), min(end, len(unit.lines))
    if start > end:
        return Part([], [], [])
    if unit.tree is not None:
        return select_from(unit, unit.tree.body, start, end)
    # Half-typed code: first without what follows, then with what parses on its own.
    above = Unit(unit.index, unit.file, ''.join(unit.lines[:end]), unit.is_cell) if end < len(unit.lines) else unit
    if above.tree is not None:
        note = 'The code below the selection has a syntax error (line %s); it was left out.' % (
            unit.error and unit.error.lineno
        )
        part = select_from(unit, above.tree.body, start, end)
        return Part(part.earlier, part.selected, part.notes + [note])
    try:
        nodes = parse_lines(unit, start, end)
    except SyntaxError as error:
        complete_error(error, unit)
        own = unit.error
        if own is not None and own.lineno is not None and start <= own.lineno <= end:
            raise own from None
        raise
    before, left_out = parse_what_parses(unit, start - 1)
    notes = ['Lines %d to %d do not parse; they were left out.' % lines for lines in left_out]
    return Part(flatten(unit, before), [Statement(unit, node) for node in nodes], notes)


def select_from(unit: Unit, nodes: list, start: int, end: int) -> Part:
    lines = [number for number in range(start, end + 1) if is_code(unit.lines[number - 1])]
    if lines:
        start, end = lines[0], lines[-1]
    chosen, outer = smallest_list(unit, nodes, start, end)
    earlier: list[Statement] = []
    notes: list[str] = []
    for block, inside in outer:
        for node in block:
            if node is inside:
                break
            earlier.extend(flatten(unit, [node]))
        if chosen and inside not in chosen:
            notes.extend(unmet_names(inside))
    selected = [Statement(unit, node) for node in chosen]
    return Part(earlier, selected, notes)


def smallest_list(unit: Unit, block: list, start: int, end: int) -> tuple[list, list[tuple[list, ast.AST | None]]]:
    """The statements that the lines touch, and for each block around them, outermost first, the statement entered.

    The last pair names the block of the chosen statements and the first of them.
    """
    touched = [node for node in block if span(node)[0] <= end and span(node)[1] >= start]
    if len(touched) == 1:
        for inner in blocks(unit, touched[0]):
            if begins_line(unit, inner[0]) and span(inner[0])[0] <= start and span(inner[-1])[1] >= end:
                chosen, path = smallest_list(unit, inner, start, end)
                return chosen, [(block, touched[0])] + path
    return touched, [(block, touched[0] if touched else first_after(block, start))]


def blocks(unit: Unit, node) -> list[list]:
    """The blocks of a compound statement; an `elif` is an `if` in the tree, but its blocks are those of the first."""
    found: list[list] = []
    while True:
        inner = statement_lists(node)
        last = inner[-1] if inner else []
        if not isinstance(node, ast.If) or len(last) != 1 or last is node.body or not is_elif(unit, last[0]):
            return found + inner
        found.append(node.body)
        node = last[0]


def first_after(block: list, line: int):
    return next((node for node in block if span(node)[0] >= line), None)


def begins_line(unit: Unit, node) -> bool:
    """False for the `y = 1` of `if x: y = 1`."""
    first = span(node)[0]
    line = unit.lines[first - 1].encode('utf-8')
    return first != node.lineno or not line[: node.col_offset].strip()


def is_elif(unit: Unit, node) -> bool:
    """An `elif` is an `if` in the tree, but can't stand alone."""
    return isinstance(node, ast.If) and unit.lines[node.lineno - 1].encode('utf-8')[node.col_offset :].startswith(
        b'elif'
    )


def unmet_names(node) -> list[str]:
    """What the header of a block around the selection would have bound."""
    names: list[str] = []
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        arguments = node.args
        names = [a.arg for a in list(getattr(arguments, 'posonlyargs', [])) + arguments.args + arguments.kwonlyargs]
        what = 'function %s' % node.name
    elif isinstance(node, (ast.For, ast.AsyncFor)):
        names = [n.id for n in [node.target] + list(getattr(node.target, 'elts', [])) if isinstance(n, ast.Name)]
        what = 'for loop'
    elif isinstance(node, (ast.With, ast.AsyncWith)):
        names = [i.optional_vars.id for i in node.items if isinstance(i.optional_vars, ast.Name)]
        what = 'with block'
    if not names:
        return []
    return [
        'The selection is inside the %s of line %d, which does not run: %s must be defined elsewhere.'
        % (what, node.lineno, ', '.join(names))
    ]


def above(unit: Unit) -> Part:
    """All of a unit that does not parse as a whole, as far as it parses in pieces."""
    nodes, left_out = parse_what_parses(unit, len(unit.lines))
    notes = [
        'Lines %d to %d of %s do not parse; they were left out.' % (first, last, unit.file) for first, last in left_out
    ]
    return Part(flatten(unit, nodes), [], notes)
