"""Which units (the cells of a notebook) need which earlier ones: what may run side by side, and what must wait."""

from __future__ import annotations

import _ast as ast

from .dependencies import Analysis
from .expressions import target_names
from .plan import everything_above
from .source import Statement, Unit, statement_lists, walk

DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
WORK = (ast.Call, ast.Await, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Yield, ast.YieldFrom)


def dependencies(units: list[Unit]) -> list[dict]:
    """For each unit what UnitDependencies of src/protocol/programWire.ts says about it."""
    statements: list[Statement] = []
    own: list[list[int]] = []
    for unit in units:
        nodes, _ = everything_above(unit)
        own.append(list(range(len(statements), len(statements) + len(nodes))))
        statements.extend(nodes)
    shared = Analysis(statements)
    works = [does_work(statement.node) for statement in statements]
    found = []
    for unit, indexes in zip(units, own):
        analysis = Analysis(statements, shared)
        analysis.select(indexes, units)
        earlier = [index for index in analysis.reasons if statements[index].unit is not unit]
        found.append(
            {
                'waitsFor': sorted({statements[index].unit.index for index in earlier if works[index]}),
                'needs': sorted({statements[index].unit.index for index in earlier}),
                'runs': unit.tree is None or any(not isinstance(statements[i].node, ast.Pass) for i in indexes),
            }
        )
    return found


def does_work(node) -> bool:
    """False for imports, definitions, and names bound to constants, literals and other names."""
    if isinstance(node, DEFINITIONS + (ast.Pass, ast.Global)):
        return False
    if isinstance(node, (ast.If, ast.Try)):
        inner = [each for block in statement_lists(node) for each in block]
        return computes(getattr(node, 'test', None)) or any(does_work(each) for each in inner)
    if isinstance(node, ast.Expr):
        return computes(node.value)
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return computes(node.value) or not all(target_names(target) for target in targets)
    return type(node).__name__ != 'TypeAlias'


def computes(value) -> bool:
    """Whether an expression does more than name, combine and compare what is there."""
    if value is None or isinstance(value, ast.Lambda):
        return False
    return any(isinstance(each, WORK) for each in walk(value))
