"""polars: DataFrame, Series, and LazyFrame, which stays what it is until its first rows are asked for."""

from __future__ import annotations

from .cells import Clock, Column, Types
from .source import Lazy, Source, shows_itself_otherwise, type_of
from .times import DIGITS, durations, shortened

TYPES = Types(
    ('%sInt%d' % (sign, bits) for sign in ('', 'U') for bits in (8, 16, 32, 64, 128)),
    {'Float16': 'e', 'Float32': 'f', 'Float64': 'd'},
    ('String', 'Utf8', 'Categorical', 'Enum'),
    'Boolean',
    'Decimal',
)
FIRST_ROWS = 100


def find(value, library) -> Source | Lazy | None:
    """The source for a value of the module polars; None for anything else."""
    for name, make in (('DataFrame', PolarsFrame), ('Series', PolarsSeries), ('LazyFrame', PolarsLazy)):
        if isinstance(value, getattr(library, name, ())):
            return None if shows_itself_otherwise(value, 'polars') else make(value)
    return None


class PolarsFrame(Source):
    def __init__(self, frame) -> None:
        super().__init__(type_of(frame, 'polars'), frame.height, frame.width)
        self._frame = frame

    def memory(self) -> tuple[int | None, bool]:
        return int(self._frame.estimated_size()), False

    def column(self, number: int, rows: int, clock: Clock) -> Column:
        return column_of(self._frame.to_series(number).head(rows), clock)


class PolarsSeries(Source):
    def __init__(self, series) -> None:
        super().__init__(type_of(series, 'polars'), len(series), 1)
        self._series = series
        self.is_series = True

    def memory(self) -> tuple[int | None, bool]:
        return int(self._series.estimated_size()), False

    def column(self, number: int, rows: int, clock: Clock) -> Column:
        return column_of(self._series.head(rows), clock)


class PolarsLazy(Lazy):
    """Resolving the schema reads the heads of files at most, never the data."""

    def __init__(self, frame) -> None:
        schema = frame.collect_schema() if hasattr(frame, 'collect_schema') else frame.schema
        columns = [Column([name], words_of(dtype), TYPES.kind_of(base_of(dtype)), 'null') for name, dtype in schema.items()]
        super().__init__(type_of(frame, 'polars'), columns, 'head(%d).collect()' % FIRST_ROWS)
        self._frame = frame
        try:
            self.plan = frame.explain(optimized=False)
        except Exception:
            pass

    def first_rows(self) -> Source:
        source = PolarsFrame(self._frame.head(FIRST_ROWS).collect())
        source.become_part(self, source.held < FIRST_ROWS)
        return source


def base_of(dtype) -> str:
    return str(dtype).partition('(')[0]


def words_of(dtype) -> str:
    """`Datetime[ms, Europe/Berlin]` is shorter than the repr; of other types the repr is short."""
    unit = getattr(dtype, 'time_unit', None)
    if base_of(dtype) not in ('Datetime', 'Duration') or type(unit) is not str:
        return str(dtype)
    zone = getattr(dtype, 'time_zone', None)
    return '%s[%s%s]' % (base_of(dtype), unit.replace('us', 'μs'), ', %s' % zone if zone else '')


def column_of(series, clock: Clock) -> Column:
    dtype = series.dtype
    base = base_of(dtype)
    return Column([series.name], words_of(dtype), TYPES.kind_of(base), 'null', cells_of(series, dtype, base, clock))


def cells_of(series, dtype, base: str, clock: Clock) -> list:
    if base in ('Datetime', 'Duration'):
        unit = getattr(dtype, 'time_unit', None) or 'us'
        if base == 'Duration':
            return durations(series.to_physical().to_list(), unit)
        return shortened(series.cast(type_named(series, 'String', 'Utf8')).to_list(), DIGITS[unit])
    if base == 'Time':
        return series.cast(type_named(series, 'String', 'Utf8')).to_list()
    return TYPES.cells_of(base, series.to_list(), clock)


def type_named(series, *names: str):
    """A type of polars under the name that this version has for it."""
    import sys

    library = sys.modules['polars']
    return next(found for found in (getattr(library, name, None) for name in names) if found is not None)
