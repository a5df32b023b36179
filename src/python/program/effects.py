"""What statements do through the functions that they call: `init()` assigns cfg, `add(1)` changes rows.

A function may run when a statement names it, or calls a method of what was made with it. Functions are looked into, as
deep as they call one another.
"""

from __future__ import annotations

from . import process
from .facts import METHOD, PASSED, Facts, compact
from .index import Index, between
from .vocabulary import LOCKS, QUEUES


class Effect:
    """Of one statement. Names → what the reader is told: the function that does it, or ''."""

    __slots__ = ('assigns', 'changes', 'paths', 'stores', 'discarded', 'writes')

    def __init__(self) -> None:
        self.assigns: dict[str, str] = {}
        # Name → (how, in words): `changes rows`.
        self.changes: dict[str, tuple[int, str]] = {}
        # Full paths of what is called and stored to.
        self.paths: set[str] = set()
        self.stores: set[str] = set()
        self.discarded: set[str] = set()
        self.writes: set[str] = set()

    def change(self, name: str, how: int, reason: str) -> None:
        if name not in self.changes or self.changes[name][0] < how:
            self.changes[name] = (how, reason)


class Effects:
    def __init__(self, index: Index) -> None:
        self.index = index
        self._acting = self._names_of_acting_functions()
        self.of: list[Effect] = []
        for at, facts in enumerate(index.facts):
            effect = self._effect(at, facts)
            compact(effect)
            self.of.append(effect)
        # Ascending indexes of the statements that assign, and that change, a name.
        self.assigners: dict[str, list[int]] = {}
        self.changers: dict[str, list[int]] = {}
        for at, effect in enumerate(self.of):
            for name in effect.assigns:
                self.assigners.setdefault(name, []).append(at)
            for name in effect.changes:
                self.changers.setdefault(name, []).append(at)

    def assigners_of(self, name: str, after: int, before: int) -> list[int]:
        """The statements in between that call a function which assigns the name, last first."""
        return between(self.assigners.get(name), after, before - 1)[::-1]

    def _names_of_acting_functions(self) -> set[str]:
        """The names through which a function can be reached that does more than compute."""
        callers: dict[str, list[Facts]] = {}
        todo: list[Facts] = []
        for facts in self.index.facts:
            if facts is None:
                continue
            defines = facts.bodies or facts.is_definition
            for name in facts.late_reads | facts.bases | self._decorators(facts) if defines else ():
                callers.setdefault(name, []).append(facts)
            if self._acts_late(facts):
                todo.append(facts)
        acting: set[str] = set()
        while todo:
            for name in todo.pop().binds - acting:
                acting.add(name)
                todo.extend(callers.get(name, ()))
        return acting

    def _effect(self, at: int, facts: Facts | None) -> Effect:
        effect = Effect()
        if facts is None:
            return effect
        for name, (how, text) in facts.changes.items():
            if text.startswith('with ') and self._made_by(name, at) in LOCKS:
                continue
            effect.change(name, how, 'changes %s' % name if how > METHOD else 'may change %s: %s' % (name, text))
        for name in facts.takes:
            maker = self._made_by(name, at)
            if maker in QUEUES or maker.endswith('_async'):
                effect.change(name, METHOD, 'takes from %s' % name)
        for name in facts.paths & facts.starts & self.index.binders.keys() if not facts.shows else ():
            if name not in self.index.functions and self._has_state(name, at):
                effect.change(name, METHOD, 'may change %s: it is called' % name)
        if facts.calls:
            self._add_passed(effect, facts.calls, at, '')
        full = self.index.full_path
        effect.paths.update(map(full, facts.paths))
        effect.stores.update(map(full, facts.stores))
        effect.discarded.update(map(full, facts.discarded))
        effect.writes |= facts.writes
        if facts.inline:
            self._add_late(effect, facts, at, '')
        if self._acting:
            for name in self._started(facts, at):
                self._follow(effect, name, at)
        return effect

    def _made_by(self, name: str, at: int) -> str:
        return self.index.made_by(name, at).rpartition('.')[2]

    def _has_state(self, name: str, at: int) -> bool:
        """Whether calling the object of a name may change it: what a function or class of the user's has made."""
        for version in self.index.versions_in(name, at)[:1]:
            maker = self.index.at(version).made.get(name, '')
            bodies = self.index.bodies(maker, version)
            return any(body.has_state for body in bodies) or maker != '' and self.index.is_class(maker, version)
        return False

    def _add_passed(self, effect: Effect, calls: list, at: int, through: str) -> None:
        for call in calls:
            for argument in call.args:
                if argument.names and self.index.may_change(call, argument, at):
                    for name in argument.names:
                        reason = 'it is passed to %s' % call.label
                        text = 'calls %s(), which may change %s' % (through, name) if through else ''
                        effect.change(name, PASSED, text or 'may change %s: %s' % (name, reason))

    def _add_late(self, effect: Effect, facts: Facts, at: int, through: str) -> None:
        for name in facts.late_binds:
            effect.assigns.setdefault(name, 'calls %s(), which assigns %s' % (through, name))
        for name, (how, _) in facts.late_changes.items():
            text = 'calls %s(), which changes %s' % (through, name) if through else 'changes %s' % name
            effect.change(name, how, text)
        for body in facts.bodies:
            self._add_passed(effect, body.calls, at, through or body.name)
        full = self.index.full_path
        effect.paths.update(map(full, facts.late_paths))
        effect.stores.update(map(full, facts.late_stores))
        effect.writes |= facts.late_writes

    def _started(self, facts: Facts, at: int) -> set[str]:
        """The names of acting functions that may run with a statement."""
        started = set(facts.starts & self._acting)
        if facts.inline:
            started |= facts.late_reads & self._acting
        for base in facts.bases & self._acting:
            if any(self._hooks(base, version, 0) for version in self.index.versions(base, at)):
                started.add(base)
        used = (facts.receivers | facts.starts & facts.paths) - self.index.functions
        # In `for t in threads: t.start()` it is `threads` that holds the functions.
        used = used.union(*[{container} for container, contents in facts.holds if contents & used])
        for name in used:
            for version in self.index.versions_in(name, at)[:3]:
                if version != at:
                    maker = self.index.at(version)
                    held = maker.reads & self._acting
                    started |= {each for each in held if each not in maker.paths or self.index.is_class(each, version)}
        return started

    def _hooks(self, base: str, version: int, depth: int) -> bool:
        facts = self.index.at(version)
        if facts.hooks_subclasses or depth > 20:
            return True
        return any(
            self._hooks(each, other, depth + 1)
            for each in facts.bases
            for other in self.index.versions(each, version)
        )

    def _follow(self, effect: Effect, name: str, at: int) -> None:
        """Adds what a function does, and what the functions do that it calls."""
        seen = {name}
        todo = [(name, name)]
        while todo:
            each, through = todo.pop()
            for version in self.index.versions_in(each, at):
                facts = self.index.at(version)
                if version == at and facts.is_definition:
                    continue
                self._add_late(effect, facts, at, through)
                more = (facts.late_reads | facts.bases | self._decorators(facts)) & self._acting
                if not facts.is_definition and not facts.binds_function and version != at:
                    more |= (facts.reads & self._acting) - facts.paths
                todo.extend((other, through) for other in more - seen)
                seen |= more

    @staticmethod
    def _decorators(facts: Facts) -> set[str]:
        """The names that made what a definition has become."""
        return facts.starts if facts.is_definition else set()

    def _acts_late(self, facts: Facts) -> bool:
        """Whether a function of the statement's does more than compute a result from what it is given."""
        if facts.late_binds or facts.late_changes or facts.late_stores or facts.late_writes:
            return True
        if any(argument.names for body in facts.bodies for call in body.calls for argument in call.args):
            return True
        paths = [self.index.full_path(path) for path in facts.late_paths]
        return any(process.setting_of_call(path, False) or process.sequence_of(path) for path in paths)
