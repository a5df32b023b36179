"""Where a name inside a statement belongs: to a function, a class body, a comprehension, or the module."""

from __future__ import annotations

import _ast as ast

from .expressions import root, target_names
from .facts import MUTATES, PASSED, RESULT, SHALLOW, Argument, Body, Call
from .source import children

FUNCTION, CLASS, COMPREHENSION = range(3)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = FUNCTIONS + (ast.ClassDef,)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Scope:
    """`origins`, of a comprehension: its variable → the names whose items it stands for."""

    __slots__ = ('kind', 'names', 'globals', 'origins')

    def __init__(self, kind: int, names: set[str], global_names: set[str] | frozenset[str] = frozenset()) -> None:
        self.kind = kind
        self.names = names
        self.globals = global_names
        self.origins: dict[str, list[str]] = {}



def function_scope(node) -> Scope:
    names = set(parameters(node.args))
    body = node.body if isinstance(node.body, list) else [node.body]
    bound, global_names, outer = names_bound_in(body)
    return Scope(FUNCTION, (names | bound) - global_names - outer, global_names)


def class_scope(node) -> Scope:
    return Scope(CLASS, set(), names_bound_in(node.body)[1])


def comprehension_scope(node, generators: list) -> Scope:
    scope = Scope(COMPREHENSION, set())
    for generator in generators:
        source = root(generator.iter)
        origins = scope.origins.get(source, [source] if source else [])
        for name in target_names(generator.target):
            scope.names.add(name)
            scope.origins[name] = origins
    return scope


def parameters(arguments) -> list[str]:
    every = list(getattr(arguments, 'posonlyargs', ())) + arguments.args + arguments.kwonlyargs
    return [a.arg for a in every + [a for a in (arguments.vararg, arguments.kwarg) if a is not None]]


def names_bound_in(nodes: list) -> tuple[set[str], set[str], set[str]]:
    """Of a function's body: the names that it binds, those that it declares global, and those nonlocal."""
    bound: set[str] = set()
    global_names: set[str] = set()
    outer: set[str] = set()
    todo = list(nodes)
    while todo:
        node = todo.pop()
        kind = type(node)
        if kind is ast.Name:
            if not isinstance(node.ctx, ast.Load):
                bound.add(node.id)
            continue
        if isinstance(node, DEFINITIONS):
            bound.add(node.name)
            todo.extend(node.decorator_list)
            continue
        if kind is ast.Lambda:
            continue
        if isinstance(node, COMPREHENSIONS):
            bound.update(walrus_names(node))
            continue
        if kind is ast.Global:
            global_names.update(node.names)
        elif kind is ast.Nonlocal:
            outer.update(node.names)
        elif kind is ast.alias:
            bound.add((node.asname or node.name).split('.')[0])
        elif kind is ast.ExceptHandler and node.name:
            bound.add(node.name)
        else:
            bound.update(pattern_names(node))
        todo.extend(children(node))
    return bound, global_names, outer


def walrus_names(node) -> set[str]:
    found = set()
    todo = [node]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.NamedExpr):
            found.add(node.target.id)
        if not isinstance(node, ast.Lambda):
            todo.extend(children(node))
    return found


def pattern_names(node) -> list[str]:
    """The name that one node of a `case` pattern binds itself."""
    kind = type(node).__name__
    name = node.name if kind in ('MatchAs', 'MatchStar') else node.rest if kind == 'MatchMapping' else None
    return [name] if name else []


def is_result(name: str) -> bool:
    """Each `return` has a result of its own: `<result 12>`."""
    return name.startswith(RESULT)


class Record:
    """What one outermost function does to its names while its body is walked.

    A name is a pair: where it belongs (None: the module), and the name.
    """

    def __init__(self, name: str, node, scope: Scope) -> None:
        self.scope = scope
        self.body = Body(name)
        arguments = node.args
        named = [a.arg for a in list(getattr(arguments, 'posonlyargs', ())) + arguments.args]
        self.body.params = named + [a.arg for a in arguments.kwonlyargs]
        self.body.rest = [a.arg for a in (arguments.vararg, arguments.kwarg) if a is not None]
        self.changed: dict[tuple, tuple[int, str]] = {}
        self.links: list[set[tuple]] = []
        # (container, what may be in it)
        self.holds: list[tuple[tuple, set[tuple]]] = []
        self.calls: list[tuple[str, str, list[tuple], bool, bool]] = []

    def finish(self) -> dict[str, tuple[int, str]]:
        """Completes `body`; returns what the function changes of the module's names."""
        groups = self._groups()
        changed = self._all_changed(groups)
        every = self.body.params + self.body.rest
        for name in every:
            key = (self.scope, name)
            if key in changed:
                self.body.changed.add(name)
            holders = self._holders(key, groups)
            around = groups.get(key, {key}).union(*[groups.get(holder, {holder}) for holder in holders])
            held_by = {RESULT if is_result(other) else other for scope, other in around if not scope}
            if held_by:
                self.body.linked[name] = held_by
        for callee, label, arguments, discarded, pure in self.calls:
            resolved = [self._argument(place, keys, groups) for place, keys in arguments]
            self.body.calls.append(Call(callee, label, resolved, discarded, pure))
        # Through other names functions and modules don't change.
        return {
            name: self.changed.get((scope, name), (PASSED, ''))
            for scope, name in changed
            if scope is None and not is_result(name)
        }

    def _argument(self, place, keys: list[tuple], groups: dict[tuple, set[tuple]]) -> Argument:
        members = set().union(*[groups.get(key, {key}) for key in keys])
        names = frozenset(name for scope, name in members if scope is None and not is_result(name))
        params = frozenset(name for scope, name in members if scope is self.scope)
        return Argument(place, names, params)

    def _all_changed(self, groups: dict[tuple, set[tuple]]) -> dict[tuple, tuple[int, str]]:
        """What changes under another name changes; what is in a container changes it, and it what is in it unless the
        change is shallow.
        """
        changed: dict[tuple, tuple[int, str]] = {}
        todo = list(self.changed.items())
        while todo:
            key, change = todo.pop()
            if changed.get(key, (-1, '')) >= change:
                continue
            changed[key] = change
            todo.extend((other, change) for other in groups.get(key, ()))
            for container, contents in self.holds:
                if key in contents:
                    todo.append((container, change))
                if key == container and change[0] not in (SHALLOW, MUTATES):
                    todo.extend((other, change) for other in contents)
        return changed

    def _holders(self, key: tuple, groups: dict[tuple, set[tuple]]) -> set[tuple]:
        """What the object of a name may be in, however deep."""
        found: set[tuple] = set()
        todo = [key]
        while todo:
            each = todo.pop()
            own = groups.get(each, {each})
            for container, contents in self.holds:
                if container not in found and not own.isdisjoint(contents):
                    found.add(container)
                    todo.append(container)
        return found

    def _groups(self) -> dict[tuple, set[tuple]]:
        """Key → the keys that may hold the same object."""
        groups: dict[tuple, set[tuple]] = {}
        for link in self.links:
            merged = set(link).union(*[groups.get(key, ()) for key in link])
            for key in merged:
                groups[key] = merged
        return groups
