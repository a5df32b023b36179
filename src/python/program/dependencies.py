"""Which earlier statements a selection needs: the smallest set that gives it the same meaning.

    selection ──► names that it reads ──► the bindings that it may see     names.py, index.py
                                      └─► what changes these objects       effects.py
              ──► settings of the process, random numbers, figures, files  outside.py, surroundings.py

Each statement that is taken in is asked the same. When in doubt, one more: a statement too many costs time, one too few
is an error. Statements count in the order of the text: a notebook's kernel in which cells have run in another order may
know other values.

`needed` is the interface; `Analysis` serves those who ask for more than one selection.
"""

from __future__ import annotations

import builtins

from . import surroundings
from .effects import Effects
from .facts import METHOD, MUTATES, SHALLOW, Facts
from .index import MOST_VERSIONS, Index, position
from .outside import Outside
from .source import Statement, Unit

MODULE_NAMES = frozenset(dir(builtins)) | frozenset(
    '__annotations__ __builtins__ __doc__ __file__ __loader__ __name__ __package__ __spec__'.split()
)


def needed(statements: list[Statement], units: list[Unit] | None = None) -> list[Statement]:
    """Of statements in the order of execution, some of them `selected`: those to run, each with its `reason`.

    `units`: all texts, also what stands below the selection; by default those of the statements.
    """
    analysis = Analysis(statements)
    selected = [index for index, statement in enumerate(statements) if statement.selected]
    analysis.select(selected, units)
    for index, reason in analysis.reasons.items():
        statements[index].reason = reason
    return [statements[index] for index in sorted(analysis.reasons)]


class Analysis:
    """Collects in `reasons` (statement index → why) what is included and, transitively, what that needs; never from
    `end` on. `shared`: an analysis of the same statements whose look-ups to use.
    """

    def __init__(self, statements: list[Statement], shared: Analysis | None = None) -> None:
        self.statements = statements
        self.end = len(statements)
        self.reasons: dict[int, str] = {}
        self.index: Index = shared.index if shared is not None else Index(statements)
        self.effects: Effects = shared.effects if shared is not None else Effects(self.index)
        self.outside: Outside = shared.outside if shared is not None else Outside(self.effects)
        self.facts: list[Facts | None] = self.index.facts
        self._todo: list[tuple[str, int]] = []
        self._wished: set[tuple[str, int]] = set()
        # Names that functions of included statements read → the names through which such code is reached.
        self._late: dict[str, set[str]] = {}
        self._mentions: dict[str, set[str]] | None = None

    def select(self, selected: list[int], units: list[Unit] | None = None) -> None:
        """Includes a selection and all that it needs. `units`: as for `needed`."""
        self.end = selected[-1] + 1 if selected else 0
        for index in selected:
            self.include(index, 'selected')
        if selected:
            self.complete()
            known = {id(statement.unit): statement.unit for statement in self.statements}
            surroundings.complete(self, units or list(known.values()))

    def include(self, index: int, reason: str) -> None:
        if index in self.reasons:
            return
        self.reasons[index] = reason
        facts = self.facts[index]
        if facts is None:
            return
        for name in facts.needs:
            self._wish(name, index)
        for name in facts.late_reads:
            self._wish(name, self.end)
            self._follow_late(name)
        for name, reached in self._late.items():
            if not reached.isdisjoint(facts.reads):
                self._wish(name, index)
        if facts.dynamic:
            self._include_above(index, facts.dynamic)

    def complete(self, leave_out: tuple[str, ...] = ()) -> None:
        """Follows every name; then adds what acts on the whole process, except through the modules to leave out."""
        for index in self.index.futures:
            if index < self.end:
                self.include(index, 'a __future__ import counts for all that follows')
        for index in self.index.stars:
            if index < self.end:
                self.include(index, 'may define any name: from %s import *' % self.index.at(index).star)
        self.drain()
        surroundings.complete_settings(self, leave_out)

    def drain(self) -> None:
        while self._todo:
            self._resolve(*self._todo.pop())

    def _wish(self, name: str, before: int) -> None:
        if (name, before) not in self._wished:
            self._wished.add((name, before))
            self._todo.append((name, before))

    def _include_above(self, index: int, word: str) -> None:
        for earlier in range(index):
            if self.facts[earlier] is not None:
                self.include(earlier, '%s() may need anything above%s' % (word, self.place(index)))

    def place(self, index: int) -> str:
        """Where something is needed, for the end of a reason."""
        return ' (needed in line %d)' % self.statements[index].first if index < self.end else ''

    # Names

    def _resolve(self, name: str, before: int) -> None:
        """Includes what binds a name that is read at a statement, and what changes the object that it is bound to."""
        versions = self.index.versions(name, before, len(self.statements))
        oldest = versions[-1] if versions and name in self.index.at(versions[-1]).certain else -1
        place = self.place(before)
        found = self._include_assigners(name, oldest, before, place)
        for version in versions:
            self.include(version, self._why_bound(name, version) + place)
            if (name, version) in self._wished:
                break  # what is above has been asked for there
        if not versions and not found and name not in MODULE_NAMES and before <= self.end:
            self._include_dynamic(name, before, place)
        self.include_changes(name, versions, before, place)

    def _why_bound(self, name: str, version: int) -> str:
        facts = self.index.at(version)
        if name in facts.imports:
            return 'imports %s' % name
        return 'defines %s' % name

    def _include_assigners(self, name: str, after: int, before: int, place: str) -> bool:
        assigners = self.effects.assigners_of(name, after, before)
        for index in assigners:
            if index != after:
                self.include(index, self.effects.of[index].assigns[name] + place)
        return bool(assigners)

    def _include_dynamic(self, name: str, before: int, place: str) -> None:
        """Nothing above binds the name: what uses exec(), globals() and the like may."""
        reader = self.facts[before] if before < len(self.statements) else None
        if reader is not None and name in reader.soft:
            return
        for index in self.index.dynamic:
            if index < before:
                self.include(index, 'may define %s: it uses %s()%s' % (name, self.index.at(index).dynamic, place))

    def include_changes(self, name: str, versions: list[int], before: int, place: str) -> None:
        """Includes what changes the object that some versions of a name hold, ahead of a statement."""
        objects = self.index.objects(name, versions[:MOST_VERSIONS], before)
        if not versions and name in self.effects.changers:
            objects[name, -1] = True
        names: dict[str, dict[int, bool]] = {}
        for (each, version), wholly in objects.items():
            names.setdefault(each, {})[version] = wholly
        reads_on = any(wholly and self.index.is_iterator(*version) for version, wholly in objects.items())
        for each, own in names.items():
            changers = self.effects.changers.get(each, [])
            for at in range(position(changers, before) - 1, -1, -1):
                index = changers[at]
                if index < min(own):
                    break
                how, reason = self.effects.of[index].changes[each]
                if not self._counts(each, index, how, own):
                    continue
                self.include(index, (reason if each == name else '%s, which %s shares' % (reason, name)) + place)
                if (each, index) in self._wished:
                    break  # as above
            if reads_on:
                self._include_readers(each, own, before, place)

    def _counts(self, name: str, index: int, how: int, own: dict[int, bool]) -> bool:
        """Whether a statement changes one of these versions of a name, and in a way that matters for it."""
        for version in self.index.versions_in(name, index) or [-1]:
            if version not in own or not own[version] and how in (SHALLOW, MUTATES):
                continue
            facts = self.index.at(version) if version >= 0 else None
            if facts is None:
                return how > METHOD
            if name in facts.imports:
                # np.append(x) changes no module, sys.path.append(x) does; a name from a module may be any object.
                return how > MUTATES or how == MUTATES and name not in facts.modules
            if facts.is_definition or facts.binds_function:
                return how >= METHOD
            return True
        return False

    def _include_readers(self, name: str, own: dict[int, bool], before: int, place: str) -> None:
        for index in self.index.readers_of(name, min(own) + 1, before):
            if not own.keys().isdisjoint(self.index.versions(name, index)):
                self.include(index, 'reads on in %s, which gives each item once%s' % (name, place))

    # Names in the bodies of functions

    def _follow_late(self, name: str) -> None:
        """The value counts that a name has when the function runs: wherever something is named that may run it."""
        if name in self._late:
            return
        bound_once = len(self.index.binders.get(name, ())) + len(self.effects.changers.get(name, ())) < 2
        if bound_once and name not in self.effects.assigners:
            return
        self._late[name] = reached = self._names_leading_to(name)
        for index in list(self.reasons):
            facts = self.facts[index]
            if facts is not None and not reached.isdisjoint(facts.reads):
                self._wish(name, index)

    def _names_leading_to(self, name: str) -> set[str]:
        """The names of functions that read a name, and of what holds or calls such functions."""
        if self._mentions is None:
            self._mentions = mentions(self.facts)
        reached: set[str] = set()
        todo = [bound for facts in self.facts if facts is not None and name in facts.late_reads for bound in facts.binds]
        while todo:
            each = todo.pop()
            if each not in reached:
                reached.add(each)
                todo.extend(self._mentions.get(each, ()))
        return reached


def mentions(facts_of_all: list[Facts | None]) -> dict[str, set[str]]:
    """Name → the names bound or changed by statements that name it."""
    found: dict[str, set[str]] = {}
    for facts in facts_of_all:
        if facts is not None and (facts.binds or facts.changes):
            touched = facts.binds.union(facts.changes)
            for name in facts.reads | facts.late_reads:
                found.setdefault(name, set()).update(touched)
    return found
