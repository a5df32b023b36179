"""Frames among the values of cells: shown as tables, see frames/."""

from __future__ import annotations

from _thread import allocate_lock

from . import mimebundle

# Characters for the previews of a run, and for one of them at most and at least: whoever shows a frame in a loop gets
# small ones in the end.
ROOM = 2 << 20
MOST = 1 << 20
LEAST = 16 << 10


class Previews:
    """Those of one run. `wanted`: numbers of lazy frames, in the order in which they are shown, whose first rows are
    computed because the user has asked for them.
    """

    def __init__(self, wanted) -> None:
        self._wanted = frozenset(wanted)
        self._lazy = 0
        self._left = ROOM
        self._lock = allocate_lock()

    def data_of(self, value) -> dict[str, str] | None:
        """By MIME type. None for what is no frame, for frames that somebody else shows, and for those that can't be
        looked into; they are shown as any other value.
        """
        if type(value).__module__ == 'builtins':
            return None
        from .frames import preview

        try:
            source = preview.source_of(value)
        except Exception:
            return None
        if source is None:
            return None
        number = 0
        text = failure = None
        if isinstance(source, preview.Lazy):
            number = self._next()
            text = source.text
        if isinstance(source, preview.Lazy) and number in self._wanted:
            try:
                source = source.first_rows()
            except Exception as error:
                mimebundle.report(error)
                failure = type(error).__name__
        try:
            json = preview.of(source, number, self._room(), failure)
        except Exception:
            return None
        with self._lock:
            self._left -= len(json)
        if text is None:
            text = mimebundle.attempt(lambda: mimebundle.pretty(value))
        return {'text/plain': text or object.__repr__(value), preview.KIND: json}

    def _next(self) -> int:
        with self._lock:
            number = self._lazy
            self._lazy += 1
        return number

    def _room(self) -> int:
        return max(LEAST, min(MOST, self._left // 2))
