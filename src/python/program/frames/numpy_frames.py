"""NumPy: arrays as tables, and plain columns of its types, of which pandas has many."""

from __future__ import annotations

import sys

from .cells import Clock, Column, booleans, floats, integers, objects, singles, strings
from .source import Source
from .times import UNITS, durations

DATE_UNITS = ('D', 's', 'ms', 'us', 'ns')
FINER = ('ps', 'fs', 'as', 'generic')
# Subclasses that are arrays in all that matters here: others (masked ones, matrices, quantities) show themselves.
KINDS = ('ndarray', 'memmap', 'recarray')


def find(value, library) -> Source | None:
    """The source for an array with rows; None for anything else, and where the user has said how arrays are printed."""
    kind = type(value)
    if kind.__module__.partition('.')[0] != 'numpy' or kind.__name__ not in KINDS:
        return None
    if not value.ndim or not all(value.shape[:-2]) or library.get_printoptions().get('formatter'):
        return None
    return NumpyArray(value, library)


class NumpyArray(Source):
    """One dimension is a column, two are a table, fields of a structure are columns. Of more dimensions the first slice is shown."""

    def __init__(self, array, library) -> None:
        table = array[(0,) * (array.ndim - 2)]
        self._fields = array.dtype.names
        if table.ndim > 1:
            self._fields = None
        columns = len(self._fields) if self._fields is not None else table.shape[1] if table.ndim > 1 else 1
        name = type(array).__name__
        super().__init__('NumPy %s' % ('array' if name == 'ndarray' else name), len(table), columns)
        self.is_series = table.ndim == 1 and self._fields is None
        self.decimals = library.get_printoptions()['precision']
        self._array = array
        self._table = table
        if array.ndim > 2:
            shape = ' × '.join(format(size, ',') for size in array.shape)
            self.facts = ['the slice [%s] of %s' % (', '.join(['0'] * (array.ndim - 2)), shape)]

    def memory(self) -> tuple[int | None, bool]:
        return int(self._array.nbytes), self._array.dtype.hasobject

    def column(self, number: int, rows: int, clock: Clock) -> Column:
        if self._fields is not None:
            name = self._fields[number]
            return column_of([name], self._table[name][:rows], clock)
        if self._table.ndim == 1:
            return column_of([''], self._table[:rows], clock)
        return column_of([str(number)], self._table[:rows, number], clock)


def column_of(names: list, array, clock: Clock) -> Column:
    """Of an array, each item of which is a cell."""
    dtype = array.dtype
    if array.ndim > 1 or dtype.names is not None:
        return Column(names, dtype, 'text', 'None', objects(array.tolist(), clock))
    if dtype.kind == 'M':
        return Column(names, dtype, 'text', 'NaT', date_texts(array))
    if dtype.kind == 'm':
        return Column(names, dtype, 'text', 'NaT', timedeltas(array))
    return plain_column(names, dtype, array.tolist(), 'nan', clock)


def plain_column(names: list, dtype, listed: list, missing: str, clock: Clock) -> Column:
    """Of values of one of NumPy's types that are no times. `missing`: how NaN is written."""
    kind = dtype.kind
    if kind in 'iu':
        return Column(names, dtype, 'number', missing, integers(listed))
    if kind == 'f':
        cells = floats(listed) if dtype.itemsize == 8 else singles(listed, 'f' if dtype.itemsize == 4 else 'e')
        return Column(names, dtype, 'float', missing, cells if dtype.itemsize <= 8 else objects(listed, clock))
    if kind == 'b':
        return Column(names, dtype, 'text', missing, booleans(listed))
    return object_column(names, dtype, listed, clock)


def object_column(names: list, dtype, listed: list, clock: Clock) -> Column:
    """Of numbers alone it is shown as one of numbers: Decimals, whole numbers of any size."""
    cells = strings(listed) if listed and all(type(value) is str for value in listed) else objects(listed, clock)
    kinds = {type(value).__name__ for value in listed if value is not None}
    is_number = bool(kinds) and kinds <= {'int', 'float', 'Decimal', 'Fraction'}
    return Column(names, dtype, 'number' if is_number else 'text', 'None', cells)


def date_texts(values) -> list:
    """Of datetime64 of any unit, as short as all of them can be. NaT is missing."""
    numpy = sys.modules['numpy']
    known = ~numpy.isnat(values)
    unit = None
    if numpy.datetime_data(values.dtype)[0] not in FINER:
        for unit in DATE_UNITS:
            if (values.astype('M8[%s]' % unit) == values)[known].all():
                break
    texts = numpy.datetime_as_string(values, unit=unit).tolist()
    return [None if text == 'NaT' else text.replace('T', ' ') for text in texts]


def timedeltas(values) -> list:
    """Of timedelta64; those of units that have no fixed length are written as NumPy does. NaT is missing."""
    numpy = sys.modules['numpy']
    array = numpy.asarray(values)
    missing = numpy.isnat(array).tolist()
    unit, count = numpy.datetime_data(array.dtype)
    if unit not in UNITS:
        return [None if gone else str(value) for value, gone in zip(array, missing)]
    whole = array.astype('int64').tolist()
    return durations([None if gone else number * count for number, gone in zip(whole, missing)], unit)
