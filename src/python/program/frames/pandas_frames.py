"""pandas: DataFrame, Series, Index and their subclasses."""

from __future__ import annotations

import sys

from .cells import Clock, Column, objects, strings
from .numpy_frames import date_texts, plain_column, timedeltas
from .source import Source, shows_itself_otherwise, type_of

# With more columns than these, asking each for its size takes too long.
MANY_COLUMNS = 200


def find(value, library) -> Source | None:
    """The source for a value of the module pandas; None for anything else."""
    if isinstance(value, getattr(library, 'DataFrame', ())):
        source: PandasFrame = PandasFrame(value, library)
    elif isinstance(value, getattr(library, 'Series', ())):
        source = PandasSeries(value, library)
    elif isinstance(value, getattr(library, 'Index', ())):
        source = PandasIndex(value, library)
    else:
        return None
    if shows_itself_otherwise(value, 'pandas') or not library.get_option('display.notebook_repr_html'):
        return None
    return source


class PandasFrame(Source):
    def __init__(self, frame, library) -> None:
        super().__init__(type_of(frame, 'pandas'), len(frame), 0)
        self.columns = self.width(frame)
        self._frame = frame
        self._library = library
        self.decimals = library.get_option('display.precision')
        self._format = library.get_option('display.float_format')

    def width(self, frame) -> int:
        names = frame.columns
        self.level_names = ['' if name is None else str(name) for name in names.names]
        self._levels = names.nlevels
        return len(names)

    def memory(self) -> tuple[int | None, bool]:
        frame = self._frame
        dtypes = list(frame.dtypes)
        if self.columns <= MANY_COLUMNS:
            size = int(frame.memory_usage(index=False, deep=False).sum())
        else:
            blocks = getattr(getattr(frame, '_mgr', None), 'blocks', None)
            if blocks is None:
                return None, False
            size = sum(block.values.nbytes for block in blocks)
        more, is_more = index_memory(frame.index)
        return size + more, is_more or any(map(holds_objects, dtypes))

    def index(self, rows: int, clock: Clock) -> list[Column]:
        return index_columns(self._frame.index[:rows], len(self.level_names), clock)

    def column(self, number: int, rows: int, clock: Clock) -> Column:
        name = self._frame.columns[number]
        names = list(name) if self._levels > 1 else [name]
        return self._column(names, self._frame.iloc[:rows, number], clock)

    def _column(self, names: list, values, clock: Clock) -> Column:
        column = column_of(names, values, clock)
        if column.kind == 'float' and callable(self._format):
            column.kind = 'number'
            column.cells = objects(
                [self._format(cell) if type(cell) is float else cell for cell in column.cells], clock
            )
        return column


class PandasSeries(PandasFrame):
    def width(self, frame) -> int:
        self.is_series = True
        return 1

    def memory(self) -> tuple[int | None, bool]:
        more, is_more = index_memory(self._frame.index)
        return int(self._frame.memory_usage(index=False, deep=False)) + more, is_more or holds_objects(
            self._frame.dtype
        )

    def column(self, number: int, rows: int, clock: Clock) -> Column:
        name = self._frame.name
        return self._column(['' if name is None else name], self._frame.iloc[:rows], clock)


class PandasIndex(PandasFrame):
    def width(self, frame) -> int:
        self.is_series = frame.nlevels == 1
        return frame.nlevels

    def memory(self) -> tuple[int | None, bool]:
        return index_memory(self._frame)

    def index(self, rows: int, clock: Clock) -> list[Column]:
        return []

    def column(self, number: int, rows: int, clock: Clock) -> Column:
        name = self._frame.names[number]
        values = self._frame[:rows]
        return self._column(
            ['' if name is None else name], values.get_level_values(number) if self.columns > 1 else values, clock
        )


def index_memory(index) -> tuple[int, bool]:
    """A MultiIndex builds what it looks labels up with when it is asked for its own size: its parts are asked."""
    if index.nlevels == 1:
        return int(index.nbytes), holds_objects(index.dtype)
    parts = list(index.levels) + list(index.codes)
    return sum(int(part.nbytes) for part in parts), any(holds_objects(level.dtype) for level in index.levels)


def holds_objects(dtype) -> bool:
    """Whether its values lie elsewhere, each on its own."""
    return dtype == object or getattr(dtype, 'storage', None) == 'python'


def index_columns(index, levels: int, clock: Clock) -> list[Column]:
    """The levels of an index, with their names in the last row of the head."""
    above = [''] * (levels - 1)
    columns = []
    for number, name in enumerate(index.names):
        values = index.get_level_values(number) if index.nlevels > 1 else index
        columns.append(column_of([*above, '' if name is None else name], values, clock))
    return columns


def column_of(names: list, values, clock: Clock) -> Column:
    """Of a Series or an Index."""
    dtype = values.dtype
    kind = getattr(dtype, 'kind', 'O')
    is_plain = type(dtype).__module__.partition('.')[0] == 'numpy'
    if kind == 'M' and (is_plain or type(dtype).__name__ == 'DatetimeTZDtype'):
        return Column(names, dtype, 'text', 'NaT', datetimes(values))
    if kind == 'm' and is_plain:
        return Column(names, dtype, 'text', 'NaT', timedeltas(values))
    if not is_plain:
        return extension_column(names, values, dtype, kind, clock)
    return plain_column(names, dtype, values.tolist(), 'NaN', clock)


def extension_column(names: list, values, dtype, kind: str, clock: Clock) -> Column:
    """Types that numpy does not have: nullable ones, categories, texts, Arrow's…"""
    listed = values.tolist()
    if type(dtype).__name__ == 'StringDtype':
        cells = strings(listed)
    else:
        cells = objects(listed, clock)
    words = {cell[0] for cell in cells if type(cell) is list}
    missing = 'NaN' if 'NaN' in words else '<NA>' if '<NA>' in words else 'NaT' if 'NaT' in words else 'None'
    cells = [None if type(cell) is list and cell[0] == missing else cell for cell in cells]
    shown = 'number' if kind in 'iu' else 'float' if kind == 'f' else 'text'
    return Column(names, dtype, shown, missing, cells)


def datetimes(values) -> list:
    """As short as all of them can be; with their distance from UTC when they have a time zone."""
    numpy = sys.modules['numpy']
    index = sys.modules['pandas'].DatetimeIndex(values)
    local = index.tz_localize(None).values if index.tz is not None else index.values
    texts = date_texts(local)
    if index.tz is None:
        return texts
    minutes = ((local - index.values) // numpy.timedelta64(1, 'm')).tolist()
    offsets: dict = {}
    for minute in set(minutes):
        if type(minute) is int:
            sign, size = ('-', -minute) if minute < 0 else ('+', minute)
            offsets[minute] = '%s%02d:%02d' % (sign, size // 60, size % 60)
    return [None if text is None else text + offsets.get(minute, '') for text, minute in zip(texts, minutes)]
