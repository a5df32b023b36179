"""Which earlier statements a selection needs: the smallest set that gives it the same meaning.

    selection ──► names that it reads ──► the bindings that it may see,    lookup.py over index.py, effects.py
                                          what changes these objects
              ──► settings of the process, random numbers, figures, files  surroundings.py over outside.py, process.py

Each statement that is taken in is asked the same. When in doubt, one more: a statement too many costs time, one too few
is an error. Statements count in the order of the text: a notebook's kernel in which cells have run in another order may
know other values.

`needed` is the interface; `Analysis` serves those who ask for more than one selection.
"""

from __future__ import annotations

from . import surroundings
from .effects import Effects
from .facts import Facts
from .index import Index
from .lookup import EVERYTHING, Lookup
from .outside import Outside
from .source import Statement, Unit


def needed(statements: list[Statement], units: list[Unit] | None = None) -> list[Statement]:
    """Of statements in the order of execution, some of them `selected`: those to run, each with its `reason`.

    `units`: all texts, also what stands below the selection; by default those of the statements.
    """
    analysis = Analysis(statements)
    analysis.select([index for index, statement in enumerate(statements) if statement.selected], units)
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
        self.lookup: Lookup = shared.lookup if shared is not None else Lookup(self.index, self.effects)
        self.facts: list[Facts | None] = self.index.facts
        # Included statements whose needs have not been looked up yet; and names, with the statements that read them.
        self._open: list[int] = []
        self._todo: list[tuple[str, int]] = []
        # Up to here everything is included.
        self._taken = 0
        self._wished: set[tuple[str, int]] = set()
        # Names that functions of included statements read; and the names through which such functions are reached.
        self._late: set[str] = set()
        self._leading: dict[str, set[str]] = {}

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
        self._open.append(index)
        if not facts.late_reads <= self._late:
            for name in facts.late_reads - self._late:
                self._wish(name, self.end)
                self._follow_late(name)
        for leading in facts.reads & self._leading.keys():
            for name in self._leading[leading]:
                self._wish(name, index)
        if facts.dynamic:
            self._include_above(index, '%s() may need anything above' % facts.dynamic)

    def _include_above(self, before: int, reason: str) -> None:
        """Includes everything ahead of a statement."""
        place = self.place(before)
        start, self._taken = self._taken, max(self._taken, before)
        for index in range(start, before):
            if self.facts[index] is not None:
                self.include(index, reason + place)

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
        while self._open or self._todo:
            if self._open:
                index = self._open.pop()
                self.include_all(self.lookup.needs(index), index)
            else:
                name, before = self._todo.pop()
                self.include_all(self.lookup.meaning(name, before), before)

    def include_all(self, found: list[tuple[int, str]], before: int) -> None:
        """Includes what a statement needs: indexes and reasons."""
        reasons, place = self.reasons, None
        for index, reason in found:
            if index == EVERYTHING:
                self._include_above(before, reason)
            elif index not in reasons:
                place = self.place(before) if place is None else place
                self.include(index, reason + place)

    def place(self, index: int) -> str:
        """Where something is needed, for the end of a reason."""
        if index >= self.end:
            return ''
        statement = self.statements[index]
        # A cell's file is named `book.ipynb · cell 3`: its lines say little without it.
        cell = statement.unit.file.rpartition(' · ')[2] if statement.unit.is_cell else ''
        return ' (needed in %sline %d)' % (cell + ', ' if cell.startswith('cell ') else '', statement.first)

    def _wish(self, name: str, before: int) -> None:
        if (name, before) not in self._wished:
            self._wished.add((name, before))
            self._todo.append((name, before))

    def _follow_late(self, name: str) -> None:
        """The value counts that a name has when the function runs: wherever something is named that may run it."""
        self._late.add(name)
        leading = self.lookup.names_leading_to(name)
        for each in leading:
            self._leading.setdefault(each, set()).add(name)
        for index in list(self.reasons) if leading else ():
            facts = self.facts[index]
            if facts is not None and not leading.isdisjoint(facts.reads):
                self._wish(name, index)
