"""All statements together: which binding of a name a statement sees, and which names may hold the same object.

A *version* of a name is the statement that bound it: (name, index). Facts are looked up for positions, so one index
serves every selection of the same statements.
"""

from __future__ import annotations

from .facts import Body, Call, Facts, RESULT
from .names import facts_of
from .source import Statement
from .vocabulary import PURE_CALLS, READ_ONCE_CALLS, READ_ONCE_METHODS

# Beyond these numbers nobody reads the reasons any more, and each costs time.
MOST_VERSIONS = 30
MOST_STEPS = 20000


def position(ascending: list[int], before: int) -> int:
    """How many of the numbers are smaller (bisect's module would be one more that the program finds imported)."""
    low, high = 0, len(ascending)
    while low < high:
        middle = (low + high) // 2
        if ascending[middle] < before:
            low = middle + 1
        else:
            high = middle
    return low


def between(ascending: list[int] | None, first: int, last: int) -> list[int]:
    """Those of the numbers that lie in a range."""
    return ascending[position(ascending, first) : position(ascending, last + 1)] if ascending else []


class Index:
    def __init__(self, statements: list[Statement]) -> None:
        self.statements = statements
        self.facts: list[Facts | None] = []
        # Ascending indexes of the statements that bind and delete a name; modules by the name they are imported under.
        self.binders: dict[str, list[int]] = {}
        self.deleters: dict[str, list[int]] = {}
        self.imported: dict[str, str] = {}
        self.functions: set[str] = set()
        self.stars: list[int] = []
        self.dynamic: list[int] = []
        self.futures: list[int] = []
        self._full_paths: dict[str, str] = {}
        self._readers: dict[str, list[int]] | None = None
        self._constant: dict[tuple[str, int], bool] = {}
        # Version → (from which statement on, versions): the same object, what is in it, what it is in.
        self._same: dict = {}
        self._inside: dict = {}
        self._around: dict = {}
        self._tangled_inside: set[tuple[str, int]] = set()
        self._tangled_around: set[tuple[str, int]] = set()
        self._changed_params: dict[int, set[str] | None] = {}
        lazy = False
        for index, statement in enumerate(statements):
            facts = facts_of(statement, lazy)
            self.facts.append(facts)
            if facts is not None:
                self._enter(index, facts)
                if facts.future:
                    lazy = lazy or any(alias.name == 'annotations' for alias in statement.node.names)
        for index, facts in enumerate(self.facts):
            if facts is not None and (facts.links or facts.holds or facts.calls):
                self._link(index, facts)

    def _enter(self, index: int, facts: Facts) -> None:
        for name in facts.binds:
            self.binders.setdefault(name, []).append(index)
        for name in facts.deletes - facts.binds:
            self.deleters.setdefault(name, []).append(index)
        self.imported.update(facts.imports)
        for body in facts.bodies:
            self.functions.add(body.name)
        # From the first to the last, because a chain of thousands would be too deep to follow back.
        for name in facts.constants:
            self.is_constant(name, index)
        for name in facts.constant_items:
            self.is_constant('*' + name, index)
        if facts.star:
            self.stars.append(index)
        if facts.dynamic:
            self.dynamic.append(index)
        if facts.future:
            self.futures.append(index)

    def at(self, index: int) -> Facts:
        """The facts of a statement that has some."""
        facts = self.facts[index]
        return facts if facts is not None else Facts()

    def readers(self, name: str) -> list[int]:
        """The statements that read a name which they have not bound themselves."""
        if self._readers is None:
            self._readers = {}
            for index, facts in enumerate(self.facts):
                for each in facts.needs if facts is not None else ():
                    self._readers.setdefault(each, []).append(index)
        return self._readers.get(name, [])

    # Versions

    def versions(self, name: str, before: int, up_to_reader: bool = False) -> list[int]:
        """The statements ahead of `before` whose binding of the name may be the one that is seen there, last first.

        `up_to_reader`: all of them, but none beyond one that reads the name itself. Otherwise the last ones.
        """
        binders = self.binders.get(name)
        if not binders:
            return []
        deleters = self.deleters.get(name, ())
        gone = deleters[position(deleters, before) - 1] if deleters and deleters[0] < before else -1  # type: ignore
        found: list[int] = []
        at = position(binders, before)
        modules: set[str] | None = None
        while at > 0 and (up_to_reader or len(found) < MOST_VERSIONS):
            at -= 1
            index = binders[at]
            if index < gone:
                break
            facts = self.at(index)
            module = facts.modules.get(name)
            if modules is not None:
                # `import a.b` above `import a`: the one adds to what the other binds.
                if module is None or facts.imports[name] != name:
                    break
                if module not in modules and '.' in module:
                    modules.add(module)
                    found.append(index)
                continue
            found.append(index)
            if up_to_reader and name in facts.needs:
                break
            if name in facts.certain:
                if module is None or facts.imports[name] != name:
                    break
                modules = {module}
        return found

    def versions_in(self, name: str, index: int) -> list[int]:
        """As `versions`, for a name inside a statement that may bind it itself."""
        facts = self.at(index)
        own = [index] if name in facts.binds else []
        return own + self.versions(name, index) if not own or name in facts.needs else own

    def last_seen(self, name: str, version: int) -> int:
        """The last statement that may see a version: the one that binds the name anew for certain."""
        binders = self.binders.get(name, [])
        for at in range(position(binders, version + 1), len(binders)):
            if name in self.at(binders[at]).certain:
                return binders[at]
        return len(self.statements)

    def is_constant(self, name: str, version: int) -> bool:
        key = (name, version)
        if key not in self._constant:
            self._constant[key] = False
            plain = name.lstrip('*')
            facts = self.at(version)
            among = facts.constant_items if name.startswith('*') else facts.constants
            names = among.get(plain)
            self._constant[key] = names is not None and all(self._are_constant(each, version) for each in names)
        return self._constant[key]

    def _are_constant(self, name: str, index: int) -> bool:
        """Whether all versions of a name that a statement sees are constants."""
        versions = self.versions(name.lstrip('*'), index)
        return bool(versions) and all(self.is_constant(name, version) for version in versions)

    def is_fixed(self, name: str, version: int) -> bool:
        """Modules, functions, classes and constants are not changed by being passed on."""
        facts = self.at(version)
        return facts.is_definition or facts.binds_function or name in facts.imports or self.is_constant(name, version)

    # Objects

    def _link(self, index: int, facts: Facts) -> None:
        for names in facts.links:
            self._connect(index, names)
        for container, contents in facts.holds:
            self._put_inside(index, container, contents)
        for call in facts.calls:
            for argument in call.args:
                for name in self._holders(call, argument, index) - {RESULT}:
                    self._put_inside(index, name, argument.names)
        for targets, call in facts.call_links:
            held: set[str] = set()
            for argument in call.args:
                unknown = not call.pure and not self.bodies(call.callee, index)
                if unknown or RESULT in self._holders(call, argument, index) or self.may_change(call, argument, index):
                    held |= argument.names
            self._connect(index, targets | held)

    def _holders(self, call: Call, argument, index: int) -> set[str]:
        """The globals (and RESULT) in which the functions called keep an argument."""
        held: set[str] = set()
        for body in self.bodies(call.callee, index):
            for param in body.params_at(argument.place):
                held |= body.linked.get(param, set())
        return held

    def _nodes(self, index: int, names) -> list[tuple[str, int]]:
        return [
            (name, version)
            for name in names
            for version in self.versions_in(name, index)
            if not self.is_fixed(name, version)
        ]

    def _connect(self, index: int, names) -> None:
        nodes = self._nodes(index, names)
        if len(nodes) > 1:
            for node in nodes:
                self._same.setdefault(node, []).append((index, nodes))

    def _put_inside(self, index: int, container: str, contents) -> None:
        inner = self._nodes(index, contents)
        if inner:
            outer = self._nodes(index, (container,))
            for node in outer:
                self._inside.setdefault(node, []).append((index, inner))
            for node in inner:
                self._around.setdefault(node, []).append((index, outer))

    def objects(self, name: str, version: int) -> dict[tuple[str, int], tuple[int, bool]] | None:
        """The versions of names through which an object may change: each with the statement from which on, and whether
        it holds the object or a part of it (True) or what the object is in (False: shallow changes don't reach it).
        None when so many are connected that it takes too long to tell.
        """
        if self.is_constant(name, version):
            return {}
        start = (name, version)
        around = self._spread(start, (self._same, self._around), self._tangled_around)
        inside = self._spread(start, (self._same, self._inside), self._tangled_inside)
        if around is None or inside is None:
            return None
        found = {node: (since, False) for node, since in around.items()}
        found.update((node, (since, True)) for node, since in inside.items())
        return found

    def _spread(self, start: tuple[str, int], links: tuple, tangled: set) -> dict[tuple[str, int], int] | None:
        """What is reached through links, and since when: changes before a link are asked for by the statement that made
        it. None when that is too much; then all that was reached is `tangled`.
        """
        reached = {start: start[1]}
        todo = [start]
        steps = 0
        while todo:
            node = todo.pop()
            if node in tangled or steps > MOST_STEPS:
                tangled.update(reached)
                return None
            since = reached[node]
            for direction in links:
                for index, nodes in direction.get(node, ()):
                    later = index if index > since else since
                    steps += len(nodes)
                    for each in nodes:
                        known = reached.get(each)
                        if known is None or known > later:
                            reached[each] = later
                            todo.append(each)
        return reached

    def made_by(self, name: str, index: int) -> str:
        """The path of the call that made what a name holds at a statement, with modules' full names; '' if unknown."""
        for version in self.versions_in(name, index)[:1]:
            return self.full_path(self.at(version).made.get(name, ''))
        return ''

    def is_iterator(self, name: str, version: int) -> bool:
        """Whether reading what a statement has bound uses it up: an iterator, a file."""
        made = self.at(version).made.get(name, '')
        if not made or made == '<genexpr>':
            return bool(made)
        first, dot, _ = made.partition('.')
        last = made.rpartition('.')[2]
        if not dot:
            bodies = self.bodies(made, version)
            return any(body.is_generator for body in bodies) or not bodies and last in READ_ONCE_CALLS
        if first in self.imported:
            return last in READ_ONCE_CALLS
        return last in READ_ONCE_METHODS or last == 'map' and self.made_by(first, version).endswith('Executor')

    def full_path(self, path: str) -> str:
        """`numpy.random.seed` of `np.random.seed`."""
        full = self._full_paths.get(path)
        if full is None:
            first, dot, rest = path.partition('.')
            full = self._full_paths[path] = self.imported.get(first, first) + dot + rest
        return full

    # Functions of the user's

    def bodies(self, name: str, before: int) -> list[Body]:
        """The functions that a name may stand for; [] when it may be something else."""
        if name not in self.functions:
            return []
        versions = self.versions(name, before)
        bodies = [body for version in versions for body in self.at(version).bodies if body.name == name]
        return bodies if len(bodies) >= len(versions) else []

    def is_class(self, name: str, before: int) -> bool:
        versions = self.versions(name, before)
        return bool(versions) and self.at(versions[0]).is_definition and name not in self.functions

    def changed_params(self, body: Body) -> set[str]:
        """The parameters whose objects a function may change, itself or through those that it calls."""
        known = self._changed_params.get(id(body), ...)
        if known is None:
            return body.changed  # a recursion
        if known is not ...:
            return known  # type: ignore
        self._changed_params[id(body)] = None
        changed = set(body.changed)
        for call in body.calls:
            for argument in call.args:
                if argument.params - changed and self.may_change(call, argument, len(self.statements)):
                    changed |= argument.params
        self._changed_params[id(body)] = changed
        return changed

    def may_change(self, call: Call, argument, before: int) -> bool:
        """Whether a call may change what it is handed."""
        bodies = self.bodies(call.callee, before)
        if bodies:
            return any(
                param in self.changed_params(body) for body in bodies for param in body.params_at(argument.place)
            )
        for other in call.args:
            if other is not argument and any(
                self.changed_params(body) for name in other.names for body in self.bodies(name, before)
            ):
                return True
        if call.callee and (self.is_class(call.callee, before) or self._is_pure(call.callee, before)):
            return False
        return call.discarded and not call.pure

    def _is_pure(self, name: str, before: int) -> bool:
        return name in PURE_CALLS and not self.versions(name, before)
