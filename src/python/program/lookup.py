"""What a name means at a statement: the statements that bind it, and those that change the object that it is bound to.

The answer depends on nothing but the name and the statement, so it is remembered for all selections. Where a statement
that is found reads the same name itself, the search ends: it is asked in turn.
"""

from __future__ import annotations

import builtins

from .effects import Effects
from .facts import METHOD, MUTATES, SHALLOW, Facts
from .index import MOST_VERSIONS, Index, between, position

MODULE_NAMES = frozenset(dir(builtins)) | frozenset(
    '__annotations__ __builtins__ __doc__ __file__ __loader__ __name__ __package__ __spec__'.split()
)
# Instead of a statement: all that stand above.
EVERYTHING = -1
NOTHING: frozenset[str] = frozenset()


class Lookup:
    def __init__(self, index: Index, effects: Effects) -> None:
        self.index = index
        self.effects = effects
        self._meanings: dict[tuple[str, int], list[tuple[int, str]]] = {}
        self._events: dict[tuple[str, int], tuple[list[tuple[int, str, str]], list[int], int]] = {}
        self._needs: dict[int, list[tuple[int, str]]] = {}
        self._leading: dict[str, set[str] | frozenset[str]] = {}
        self._mentions: dict[str, set[str]] | None = None

    def meaning(self, name: str, before: int) -> list[tuple[int, str]]:
        """The statements that a name needs which is read at a statement, each with the reason."""
        key = (name, before)
        if key not in self._meanings:
            self._meanings[key] = self._find(name, before)
        return self._meanings[key]

    def needs(self, index: int) -> list[tuple[int, str]]:
        """The statements that a statement needs where it stands, apart from the bodies of its functions."""
        if index not in self._needs:
            merged: dict[int, str] = {}
            for name in sorted(self.index.at(index).needs):
                for each, reason in self.meaning(name, index):
                    merged.setdefault(each, reason)
            self._needs[index] = list(merged.items())
        return self._needs[index]

    def _find(self, name: str, before: int) -> list[tuple[int, str]]:
        versions = self.index.versions(name, before, True)
        last = self.index.at(versions[-1]) if versions else None
        oldest = versions[-1] if last is not None and name in last.certain | last.needs else -1
        found = [
            (index, self.effects.of[index].assigns[name])
            for index in self.effects.assigners_of(name, oldest + 1, before)
        ]
        for version in versions:
            facts = self.index.at(version)
            found.append((version, ('imports %s' if name in facts.imports else 'defines %s') % name))
        if not found and name not in MODULE_NAMES:
            self._add_dynamic(found, name, before)
        for version in versions[:MOST_VERSIONS] or ([-1] if name in self.effects.changers else []):
            found.extend(self.changes(name, version, before))
        return found

    def _add_dynamic(self, found: list[tuple[int, str]], name: str, before: int) -> None:
        """Nothing above binds the name: what uses exec(), globals() and the like may."""
        reader = self.index.at(before) if before < len(self.index.statements) else None
        if reader is not None and name in reader.soft:
            return
        for index in self.index.dynamic:
            if index < before:
                found.append((index, 'may define %s: it uses %s()' % (name, self.index.at(index).dynamic)))

    def changes(self, name: str, version: int, before: int) -> list[tuple[int, str]]:
        """What changes the object that a statement has bound to a name, ahead of another one."""
        events, indexes, names = self._events_of(name, version)
        found: list[tuple[int, str]] = []
        asked: set[str] = set()
        at = position(indexes, before)
        while at > 0 and len(asked) < names:
            at -= 1
            index, through, reason = events[at]
            if through not in asked:
                found.append((index, reason))
                if through in self.index.at(index).needs:
                    asked.add(through)
        return found

    def _events_of(self, name: str, version: int) -> tuple[list[tuple[int, str, str]], list[int], int]:
        """All that changes the object of a version: (statement, name through which it does, reason), ascending; the
        statements alone; and how many such names there are.
        """
        key = (name, version)
        if key not in self._events:
            events: list[tuple[int, str, str]] = []
            objects = self.index.objects(name, version)
            if objects is None:
                reason = 'may change %s: too much is connected with it to tell' % name
                self._events[key] = ([(EVERYTHING, name, reason)], [EVERYTHING], 1)
                return self._events[key]
            reads_on = any(wholly and self.index.is_iterator(*node) for node, (_, wholly) in objects.items())
            for (each, own), (since, wholly) in objects.items():
                shares = '' if each == name else ', which %s shares' % name
                last = self.index.last_seen(each, own)
                for index in between(self.effects.changers.get(each), since, last):
                    how, reason = self.effects.of[index].changes[each]
                    if self._counts(each, own, index, how, wholly):
                        events.append((index, each, reason + shares))
                for index in between(self.index.readers(each), since + 1, last) if reads_on else ():
                    if own in self.index.versions(each, index):
                        events.append((index, each, 'reads on in %s, which gives each item once' % each))
            events.sort()
            self._events[key] = (events, [index for index, _, _ in events], len({each for _, each, _ in events}))
        return self._events[key]

    def _counts(self, name: str, version: int, index: int, how: int, wholly: bool) -> bool:
        """Whether a statement changes this version of a name, and in a way that matters for it."""
        if not wholly and how in (SHALLOW, MUTATES) or version not in (self.index.versions_in(name, index) or (-1,)):
            return False
        if version < 0:
            return how > METHOD
        facts = self.index.at(version)
        if name in facts.imports:
            # np.append(x) changes no module, sys.path.append(x) does; a name from a module may be any object.
            return how > MUTATES or how == MUTATES and name not in facts.modules
        return how >= METHOD or not (facts.is_definition or facts.binds_function)

    # Names in the bodies of functions

    def names_leading_to(self, name: str) -> set[str] | frozenset[str]:
        """The names of functions that read a name, and of what holds or calls such functions; none when the name is
        bound once, so that it means the same object everywhere.
        """
        if name not in self._leading:
            bound = len(self.index.binders.get(name, ())) + len(self.effects.assigners.get(name, ()))
            self._leading[name] = self._reach(name) if bound > 1 else NOTHING
        return self._leading[name]

    def _reach(self, name: str) -> set[str]:
        if self._mentions is None:
            self._mentions = mentions(self.index.facts)
        reached: set[str] = set()
        late = [facts for facts in self.index.facts if facts is not None and name in facts.late_reads]
        todo = [bound for facts in late for bound in facts.binds]
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
