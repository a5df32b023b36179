"""How long the top-level statements take (StatementTime of src/protocol/programWire.ts)."""

from __future__ import annotations

import sys
from time import perf_counter_ns

from .selection import flatten
from .source import Statement, Unit

MONITORING = getattr(sys, 'monitoring', None)  # since 3.12
# Those that no kind of tool has been promised.
FREE_TOOLS = (4, 3)
# Python takes the longer for each line the longer the code is: under 1 ms for 100 statements, 100 ms for 3,000.
MOST_STATEMENTS = 1000


class Times:
    """`start` and `stop` around statements, one after the other."""

    def __init__(self) -> None:
        self._measured: list[dict] = []
        self._running: tuple[Statement, int] | None = None

    def start(self, statement: Statement) -> None:
        self._running = statement, perf_counter_ns()

    def stop(self) -> None:
        """Also when nothing runs."""
        if self._running is None:
            return
        end = perf_counter_ns()
        statement, begin = self._running
        self._running = None
        self._measured.append(
            {
                'unit': statement.unit.index,
                'startLine': statement.first,
                'endLine': statement.last,
                'ms': (end - begin) / 1e6,
            }
        )

    def as_json(self) -> list[dict]:
        return self._measured


class Lines:
    """Tells the statements of one code object apart while it runs, by the first line of each that is reached.

    Each place is heard of once, so that loops cost nothing. Before Python 3.12 there is no such way, and no times.
    A line of several statements counts as one.
    """

    def __init__(self, times: Times, unit: Unit, nodes: list) -> None:
        self._times = times
        self._statements: list[Statement] = []
        for statement in flatten(unit, nodes):
            if self._statements and self._statements[-1].last >= statement.first:
                self._statements[-1].last = max(self._statements[-1].last, statement.last)
            else:
                self._statements.append(statement)
        self._next = 0

    def watch(self, code) -> None:
        if MONITORING is None or len(self._statements) > MOST_STATEMENTS:
            return
        tool = next((tool for tool in FREE_TOOLS if MONITORING.get_tool(tool) is None), None)
        if tool is None:
            return
        line = MONITORING.events.LINE
        MONITORING.use_tool_id(tool, 'Run in Parallel')
        MONITORING.register_callback(tool, line, self._reached)
        MONITORING.set_local_events(tool, code, line)

    def _reached(self, code, line: int):
        begun = self._next
        while begun < len(self._statements) and self._statements[begun].first <= line:
            begun += 1
        if begun > self._next:
            self._next = begun
            self._times.stop()
            self._times.start(self._statements[begun - 1])
        return MONITORING.DISABLE
