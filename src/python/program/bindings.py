"""The part of the walk over a statement that knows scopes: whose a name is, what it is bound to, what holds what."""

from __future__ import annotations

import _ast as ast

from . import expressions, scopes
from .expressions import called, held_names, path, root, target_names
from .facts import RESULT, Call, Facts
from .scopes import CLASS, COMPREHENSION, FUNCTION, Record, Scope
from .source import children
from .vocabulary import FRESH_RESULTS, PLAIN, PURE_CALLS, PURE_METHODS


class Bindings:
    def __init__(self) -> None:
        self.facts = Facts()
        self.scopes: list[Scope] = []
        self.record: Record | None = None
        # Above 0: inside a function's body; inside what is read but not called (a default, a base, an annotation);
        # inside what may not be evaluated.
        self.late = 0
        self.quiet = 0
        self.maybe = 0
        self.loops = 0
        self.bound: set[str] = set()
        self.thrown_away = None
        self.bound_lambda: tuple = (None, '')
        self.noted: dict[int, Call] = {}

    def visit(self, node) -> None:
        handler = getattr(self, type(node).__name__, None)
        if handler is not None:
            handler(node)
            return
        for child in children(node):
            self.visit(child)

    # Names

    def keys(self, name: str, depth: int | None = None) -> list[tuple]:
        """Where the name belongs: (None, name) for the module's. A comprehension's variable stands for what it walks
        through; a class's own name belongs nowhere.
        """
        inner = True
        for at in range(len(self.scopes) - 1 if depth is None else depth - 1, -1, -1):
            scope = self.scopes[at]
            if scope.kind == COMPREHENSION:
                if name in scope.names:
                    return [key for origin in scope.origins.get(name, ()) for key in self.keys(origin, at)]
            elif scope.kind == CLASS:
                if inner and name in scope.names and name not in scope.globals:
                    return []
                inner = False
            else:
                inner = False
                if name in scope.globals:
                    break
                if name in scope.names:
                    return [(scope, name)]
        return [(None, name)]

    def is_global(self, name: str) -> bool:
        inner = True
        for scope in reversed(self.scopes):
            if scope.kind == CLASS:
                if inner and name in scope.names and name not in scope.globals:
                    return False
                inner = False
            elif name in scope.globals:
                return True
            elif name in scope.names:
                return False
            elif scope.kind == FUNCTION:
                inner = False
        return True

    def read(self, name: str) -> None:
        if not self.is_global(name):
            return
        facts = self.facts
        if self.late:
            facts.late_reads.add(name)
        else:
            facts.reads.add(name)
            if name not in self.bound:
                facts.needs.add(name)
            if not self.quiet:
                facts.starts.add(name)

    def bind(self, name: str) -> None:
        scope = next((each for each in reversed(self.scopes) if each.kind != COMPREHENSION), None)
        if scope is None or (scope.kind == CLASS and name in scope.globals):
            self.facts.binds.add(name)
            if not self.maybe:
                self.bound.add(name)
        elif scope.kind == CLASS:
            scope.names.add(name)
        elif name in scope.globals:
            self.facts.late_binds.add(name)

    def change(self, name: str, how: int, text: str) -> None:
        for scope, key in self.keys(name) if name else ():
            change = (how, text)
            if self.record is not None:
                known = self.record.changed.get((scope, key), change)
                self.record.changed[scope, key] = max(change, known)
            elif scope is None:
                self.facts.changes[key] = max(change, self.facts.changes.get(key, change))

    def hold(self, container: str, names) -> None:
        """The objects of these names may be in the container afterwards."""
        contents = {key for name in names if name for key in self.keys(name)}
        for key in self.keys(container) if container and contents else ():
            if self.record is not None:
                self.record.holds.append((key, contents - {key}))
            elif key[0] is None:
                held = frozenset(name for scope, name in contents if scope is None and name != key[1])
                if held:
                    self.facts.holds.append((key[1], held))

    def link(self, names, others) -> None:
        """These names may hold one object afterwards."""
        keys = {key for name in list(names) + list(others) if name for key in self.keys(name)}
        if len(keys) < 2:
            return
        if self.record is not None:
            self.record.links.append(keys)
        elif all(scope is None for scope, _ in keys):
            self.facts.links.append(frozenset(name for _, name in keys))

    def link_result(self, node) -> None:
        same, parts_of, contents = self.relations(node.value)
        keys = {key for name in same | parts_of | contents for key in self.keys(name)}
        if self.record is not None and keys:
            self.record.links.append(keys | {(None, '%s %d>' % (RESULT, len(self.record.links)))})

    def finish_record(self) -> None:
        record, self.record = self.record, None
        if record is None:
            return
        late = self.facts.late_changes
        for name, change in record.finish().items():
            late[name] = max(change, late.get(name, change))
        self.facts.bodies.append(record.body)

    # Bindings

    def inline_lambda(self, value, targets: list) -> None:
        if isinstance(value, ast.Lambda) and not self.scopes and isinstance(targets[0], ast.Name):
            self.bound_lambda = (value, targets[0].id)

    def assign(self, targets: list, value) -> None:
        self.visit(value)
        pairs = [(target, value) for target in targets]
        if len(targets) == 1 and isinstance(targets[0], ast.Tuple) and isinstance(value, ast.Tuple):
            if len(targets[0].elts) == len(value.elts) and not any(isinstance(e, ast.Starred) for e in targets[0].elts):
                pairs = list(zip(targets[0].elts, value.elts))
        for target, part in pairs:
            self.visit(target)
            self._bound_to(target, part)
        if len(targets) > 1 and expressions.constant_if(value) != expressions.NOTHING:
            self.link([name for target in targets for name in target_names(target)], ())

    def _bound_to(self, target, value) -> None:
        names = target_names(target)
        if isinstance(value, ast.Await):
            value = value.value
        self._relate(target, names, value)
        if self.scopes:
            return
        call = self.noted.get(id(element_of(value)))
        if call is not None:
            self.facts.call_links.append((frozenset(names or [root(target)]) - {''}, call))
        facts = self.facts
        made = path(value) if isinstance(value, ast.Call) else ''
        if isinstance(value, ast.GeneratorExp):
            made = '<genexpr>'
        constant, items = expressions.constant_if(value), expressions.items_constant_if(value)
        for name in names:
            if made:
                facts.made[name] = made
        if isinstance(target, ast.Name):
            if constant is not None:
                facts.constants[target.id] = constant
            if items is not None:
                facts.constant_items[target.id] = items

    def _relate(self, target, names: list[str], value) -> None:
        same, parts_of, contents = self.relations(value)
        if isinstance(target, ast.Name):
            self.link(names, same)
            for container in parts_of:
                self.hold(container, names)
            self.hold(target.id, contents)
        elif names:
            # Several targets share the parts of one value.
            self.link(names, contents if contents else ())
            for container in same | parts_of:
                self.hold(container, names)
        else:
            self.hold(root(target), same | parts_of | contents)

    def relations(self, value) -> tuple[set[str], set[str], set[str]]:
        """The names whose object a value may be, those that it may be a part of, and those that may be in it.

        Calls of the user's own functions are judged later, when these are known.
        """
        same: set[str] = set()
        parts_of: set[str] = set()
        contents: set[str] = set()
        if isinstance(value, (ast.Yield, ast.YieldFrom, ast.Await, ast.NamedExpr)) and value.value is not None:
            return self.relations(value.value)
        if isinstance(value, ast.Name):
            same.add(value.id)
        elif isinstance(value, PLAIN):
            parts_of |= {root(value)} - {''}
        elif isinstance(value, (ast.IfExp, ast.BoolOp)):
            for part in (value.body, value.orelse) if isinstance(value, ast.IfExp) else value.values:
                for known, more in zip((same, parts_of, contents), self.relations(part)):
                    known |= more
        elif isinstance(value, scopes.COMPREHENSIONS):
            own = {name for generator in value.generators for name in target_names(generator.target)}
            contents = set().union(*self.relations(element_of(value))) - own
        elif isinstance(value, ast.Call):
            same = self._given_to(value)
        else:
            contents = held_names(value)
        return same, parts_of, contents

    def _given_to(self, call) -> set[str]:
        """The names whose objects the result of a call may be, or keep."""
        is_method = isinstance(call.func, ast.Attribute)
        known = PURE_METHODS | FRESH_RESULTS if is_method else PURE_CALLS
        if called(call) in known or id(call) in self.noted and not is_method:
            return set()
        given = [held_names(argument) for argument in call.args + [keyword.value for keyword in call.keywords]]
        return set().union([root(call.func)] if is_method else [], *given) - {''}


def element_of(value):
    """What a comprehension collects; any other value itself."""
    if isinstance(value, scopes.COMPREHENSIONS):
        return value.value if isinstance(value, ast.DictComp) else value.elt
    return value
