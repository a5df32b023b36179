"""Values of any library as cells of a preview: numbers, texts, or words about what is not there.

A cell is a number or a text, None where a value is missing, or a list of one word that is no datum (`['NaT']`).
"""

from __future__ import annotations

import sys
from time import perf_counter

# Whole numbers beyond these are not exact in JavaScript: they go as texts.
SAFE = (1 << 53) - 1
LONGEST = 400
LONGEST_NAME = 200
# Values that are not looked into any further: what a list within a list within… holds.
DEEPEST = 4
INFINITY = float('inf')


class Clock:
    """How long the methods of the program's own values may take, in seconds."""

    def __init__(self, seconds: float) -> None:
        self._end = perf_counter() + seconds

    def is_over(self) -> bool:
        return perf_counter() > self._end


class Column:
    """`names`: one for each row of the head. `kind`: how cells are shown: float, number or text. `missing`: what the
    library calls a missing value. `is_cut`: some of the cells are the beginnings of longer texts.
    """

    __slots__ = ('names', 'dtype', 'kind', 'missing', 'cells', 'is_cut')

    def __init__(self, names: list, dtype, kind: str = 'text', missing: str = 'None', cells=()) -> None:
        self.names = [name_of(name) for name in names]
        self.dtype = name_of(dtype)
        self.kind = kind
        self.missing = missing
        self.cells: list = list(cells)
        self.is_cut = any(type(cell) is str and len(cell) > LONGEST for cell in self.cells)

    def as_json(self, rows: int) -> dict:
        return {
            'names': self.names,
            'dtype': self.dtype,
            'kind': self.kind,
            'missing': self.missing,
            'values': self.cells[:rows],
        }


def name_of(value) -> str:
    """The name of a column or of a type, which may be anything."""
    try:
        text = value if type(value) is str else str(value)
        return cut(str.__str__(text), LONGEST_NAME)
    except Exception:
        return '?'


def cut(text: str, longest: int = LONGEST) -> str:
    """Half pairs of surrogates are no characters; they are replaced as the rest of the world does it."""
    if len(text) > longest:
        text = text[:longest] + '…'
    if text.isascii():
        return text
    return text.encode('utf-8', 'replace').decode('utf-8')


def integers(values: list) -> list:
    """None stays."""
    whole = [value for value in values if value is not None] if None in values else values
    if not whole or -SAFE <= min(whole) and max(whole) <= SAFE:
        return values
    return [value if value is None or -SAFE <= value <= SAFE else str(value) for value in values]


def floats(values: list) -> list:
    """NaN is missing, and infinity a text: JSON has neither."""
    return [value if value is not None and value - value == 0 else infinite(value) for value in values]


def infinite(value):
    if value == INFINITY:
        return 'inf'
    return '-inf' if value == -INFINITY else None


def singles(values: list, form: str = 'f') -> list:
    """Floats of 32 bits (`f`) or 16 (`e`), which Python holds as 64: with the digits that they really have."""
    from struct import pack

    first, last = (6, 9) if form == 'f' else (3, 5)

    def shortest(value):
        if value is None or value - value != 0:
            return infinite(value)
        packed = pack(form, value)
        for digits in range(first, last):
            found = float('%.*g' % (digits, value))
            try:
                if pack(form, found) == packed:
                    return found
            except OverflowError:
                continue
        return value

    return [shortest(value) for value in values]


class Types:
    """The names of the types of a library that tells null from NaN. `floats`: name -> what struct calls it."""

    def __init__(self, integers, floats: dict, texts, boolean: str, decimal: str) -> None:
        self._integers = frozenset(integers)
        self._floats = floats
        self._texts = frozenset(texts)
        self._boolean = boolean
        self._decimal = decimal

    def kind_of(self, name: str) -> str:
        """How a column of this type is shown, see Column."""
        if name in self._floats:
            return 'float'
        return 'number' if name in self._integers or name.startswith(self._decimal) else 'text'

    def cells_of(self, name: str, values: list, clock: Clock) -> list:
        """Of Python's own values. Null is missing, NaN a word like any other."""
        if name in self._integers:
            return integers(values)
        form = self._floats.get(name)
        if form is not None:
            cells = floats(values) if form == 'd' else singles(values, form)
            return [
                ['NaN'] if cell is None and value is not None else cell for cell, value in zip(cells, values)
            ]
        if name == self._boolean:
            return booleans(values, ('false', 'true'))
        return strings(values) if name in self._texts else objects(values, clock)


def booleans(values: list, words: tuple = ('False', 'True')) -> list:
    return [None if value is None else words[1] if value else words[0] for value in values]


def strings(values: list) -> list:
    """Texts with their length bounded; what is no text as `objects` shows it."""
    return [
        (value if len(value) <= LONGEST and value.isascii() else cut(value)) if type(value) is str else cell(value)
        for value in values
    ]


def objects(values, clock: Clock) -> list:
    """Cells of values of any kind, in order; fewer than there are values once the clock is over."""
    cells = []
    for value in values:
        cells.append(cell(value))
        if clock.is_over():
            break
    return cells


def cell(value):
    """Never raises but for the user's interruption."""
    try:
        return _cell(value)
    except Exception as error:
        return ['%s in its text' % type(error).__name__]


def _cell(value):
    kind = type(value)
    if value is None or kind is str:
        return value if value is None else cut(value)
    if kind is bool:
        return 'True' if value else 'False'
    if kind is int:
        return value if -SAFE <= value <= SAFE else cut(str(value))
    if kind is float:
        return value if value - value == 0 else infinite(value) or ['NaN']
    if kind.__name__ in ('NaTType', 'NAType'):
        return [str(value)]
    if kind.__module__ == 'numpy' and not getattr(value, 'shape', True) and hasattr(value, 'item'):
        plain = value.item()
        return cut(str(value)) if type(plain) is kind or type(plain) is float else _cell(plain)
    return cut(short(value, LONGEST + 1))


def short(value, room: int, depth: int = 0) -> str:
    """About as many characters of its text as asked for: a list of a million items is not written out for that."""
    kind = type(value)
    if kind in (list, tuple, dict, set, frozenset):
        return container(value, kind, room, depth)
    if kind in (bytes, bytearray):
        return repr(bytes(value[:room]))
    if kind is str:
        return repr(value[:room]) if depth else value[:room]
    array = sys.modules.get('numpy')
    if array is not None and isinstance(value, array.ndarray) and value.ndim == 1:
        return container(value[:room].tolist(), list, room, depth)
    text = repr(value) if depth else str(value)
    return str.__str__(text)[: room + 1]


def container(value, kind: type, room: int, depth: int) -> str:
    opening, closing = {list: '[]', tuple: '()', dict: '{}'}.get(kind, '{}')
    if depth == DEEPEST:
        return opening + '…' + closing
    parts = []
    used = 0
    for item in value.items() if kind is dict else value:
        if used > room:
            break
        if kind is dict:
            text = '%s: %s' % (short(item[0], room, depth + 1), short(item[1], room, depth + 1))
        else:
            text = short(item, room, depth + 1)
        parts.append(text)
        used += len(text) + 2
    comma = ',' if kind is tuple and len(value) == 1 else ''
    return opening + ', '.join(parts) + comma + closing
