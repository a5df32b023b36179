"""Which names a statement reads before it has bound them itself, and which it has bound for certain when it ends.

    with Pool() as pool:            reads Pool, work, data;  has bound pool and found
        found = pool.map(work, data)
    for n in found:                 reads nothing new;       n and last may be unbound: found may be empty
        last = n

An exception that leaves a statement early ends the program or is caught by a `try` of its own: `with` is straight.
"""

from __future__ import annotations

import _ast as ast

from .selection import is_main_guard
from .source import children, walk

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Flow:
    """Names only, by their text: which of them are global is not decided here."""

    def __init__(self, statement) -> None:
        self.exposed: set[str] = set()
        self.bound = self._block([statement], set())

    def _block(self, nodes: list, bound: set[str]) -> set[str]:
        for node in nodes:
            bound = self._statement(node, bound)
        return bound

    def _read(self, nodes: list, bound: set[str]) -> None:
        for node in nodes:
            for each in walk(node) if node is not None else ():
                if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Store):
                    self.exposed |= {each.id} - bound

    def _statement(self, node, bound: set[str]) -> set[str]:
        if isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                self._read([item.context_expr], bound)
                bound = bound | stored([item.optional_vars])
            return self._block(node.body, bound)
        if isinstance(node, (ast.For, ast.AsyncFor)):
            self._read([node.iter, node.target], bound)
            self._block(node.body, bound | stored([node.target]))
            self._block(node.orelse, bound)
            return bound
        if isinstance(node, ast.While):
            self._read([node.test], bound)
            self._block(node.body, bound)
            self._block(node.orelse, bound)
            return bound
        if isinstance(node, ast.If):
            self._read([node.test], bound)
            bound = bound | stored([node.test])
            body, other = self._block(node.body, bound), self._block(node.orelse, bound)
            return body if is_main_guard(node) else body & other
        if hasattr(node, 'handlers'):
            ends = [self._block(node.body + node.orelse, bound)]
            for handler in node.handlers:
                self._read([handler.type], bound)
                end = self._block(handler.body, bound | ({handler.name} if handler.name else set()))
                if not isinstance(handler.body[-1], ast.Raise):
                    ends.append(end - {handler.name})
            return self._block(node.finalbody, set.intersection(*ends))
        if type(node).__name__ == 'Match':
            self._read([node.subject], bound)
            for case in node.cases:
                self._read([case.pattern, case.guard], bound)
                self._block(case.body, bound | captured(case.pattern))
            return bound
        if isinstance(node, DEFINITIONS):
            # Which names in there are read now and which later, the byte code tells.
            self._read(list(children(node)), bound)
            return bound | {node.name}
        self._read([node], bound)
        if isinstance(node, ast.AugAssign):
            self.exposed |= stored([node.target]) - bound
        return bound | stored([node])


def stored(nodes: list) -> set[str]:
    """The names that expressions or a simple statement bind."""
    names: set[str] = set()
    for node in nodes:
        for each in walk(node) if node is not None else ():
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
                names.add(each.id)
            elif isinstance(each, ast.alias):
                names.add((each.asname or each.name).split('.')[0])
    return names


def captured(pattern) -> set[str]:
    """The names that a case binds."""
    found = (getattr(node, 'name', None) or getattr(node, 'rest', None) for node in walk(pattern))
    return {name for name in found if name}
