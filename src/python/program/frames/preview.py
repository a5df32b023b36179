"""The preview of a frame: FrameValue of src/protocol/frameValue.ts, with as many of the first rows as cost little.

Nothing is computed for it that has not been computed, unless the first rows are wanted; nothing is imported that the
program has not imported.
"""

from __future__ import annotations

import sys
from time import perf_counter

from . import lazy_frames
from .cells import Clock, Column
from .source import Lazy, Source

try:
    # What other threads and programs take is not counted.
    from time import thread_time as cpu_time
except ImportError:
    cpu_time = perf_counter

KIND = 'application/vnd.run-in-parallel.frame+json'
VERSION = 1
MOST_COLUMNS = 200
MOST_ROWS = 10_000
# Cells of a preview, and how many rows there are in any case.
MOST_CELLS = 60_000
LEAST_ROWS = 20
# The first so many rows show how long the others would take; together they take about so many seconds.
TRIAL_ROWS = 500
SECONDS = 0.04
# The program's own methods (its objects' texts) may take so many seconds.
PATIENCE = 0.25
# Module → name of the part that knows it, and of its function. A later one never takes a value of an earlier one.
LIBRARIES = (
    ('pandas', 'pandas_frames', 'find'),
    ('polars', 'polars_frames', 'find'),
    ('pyarrow', 'arrow_frames', 'find'),
    ('dask.dataframe', 'lazy_frames', 'find_dask'),
    ('pyspark.sql.dataframe', 'lazy_frames', 'find_spark'),
    ('pyspark.sql.connect.dataframe', 'lazy_frames', 'find_spark'),
    ('duckdb', 'lazy_frames', 'find_duckdb'),
    ('numpy', 'numpy_frames', 'find'),
)


def source_of(value) -> Source | Lazy | None:
    """None for what is no frame, and for frames that somebody else shows. Raises what the libraries raise."""
    for module, part, function in LIBRARIES:
        library = sys.modules.get(module)
        if library is not None and type(value).__module__ != 'builtins':
            known = lazy_frames if part == 'lazy_frames' else load(part)
            source = getattr(known, function)(value, library)
            if source is not None:
                return source
    return None


def load(part: str):
    name = '%s.%s' % (__package__, part)
    __import__(name)
    return sys.modules[name]


def of(source: Source | Lazy, number: int, room: int, failure: str | None = None) -> str:
    """FrameValue as JSON. `number`: of the value among the frames that the run has shown. `room`: about how many characters it may have.
    `failure`: why its first rows could not be computed.
    """
    if isinstance(source, Lazy):
        return encode(lazy_value(source, number, failure))
    size, is_more = source.memory() if source.has_memory else (None, False)
    value = {
        **head_of(source),
        'rowCount': source.rows,
        'columnCount': source.columns,
        'bytes': size,
        'isMore': is_more,
        'decimals': source.decimals,
        'lazy': None,
    }
    table = Table(source)
    text = encode({**value, **table.as_json()})
    while len(text) > room and table.shrink(room / len(text)):
        text = encode({**value, **table.as_json()})
    return text


def head_of(source: Source | Lazy) -> dict:
    return {
        'version': VERSION,
        'type': source.kind,
        'isSeries': source.is_series,
        'levelNames': source.level_names,
        'facts': source.facts,
    }


def lazy_value(source: Lazy, number: int, failure: str | None) -> dict:
    return {
        **head_of(source),
        'rowCount': None,
        'columnCount': source.column_count,
        'bytes': None,
        'isMore': False,
        'decimals': 6,
        'rows': 0,
        'isCut': False,
        'index': [column.as_json(0) for column in source.index_columns],
        'columns': [column.as_json(0) for column in source.columns[:MOST_COLUMNS]],
        'lazy': {'number': number, 'call': source.call, 'plan': source.plan, 'failure': failure},
    }


class Table:
    """The cells: first of a few rows; of more of them when there are more, and time."""

    def __init__(self, source: Source) -> None:
        width = min(source.columns, MOST_COLUMNS)
        most = min(source.held, MOST_ROWS, max(LEAST_ROWS, MOST_CELLS // max(1, width)))
        began = cpu_time()
        self._take(source, width, min(most, TRIAL_ROWS))
        took = max(cpu_time() - began, 1e-6)
        affordable = int(self.rows * (SECONDS - took) / took)
        if self.rows == TRIAL_ROWS < min(most, affordable):
            self._take(source, width, min(most, affordable))

    def _take(self, source: Source, width: int, rows: int) -> None:
        clock = Clock(PATIENCE)
        self.rows = rows
        self.index = [self._shorten(column) for column in source.index(rows, clock)]
        self.columns: list[Column] = []
        for number in range(width):
            self.columns.append(self._shorten(source.column(number, self.rows, clock)))

    def _shorten(self, column: Column) -> Column:
        """A column that took too long has fewer cells, and so have all."""
        self.rows = min(self.rows, len(column.cells))
        return column

    def shrink(self, share: float) -> bool:
        """Makes it smaller by rows, or by columns when there is only one row. False when there is nothing left to cut."""
        if self.rows > 1:
            self.rows = max(1, int(self.rows * share * 0.9))
        elif len(self.columns) > 1:
            self.columns = self.columns[: max(1, int(len(self.columns) * share * 0.9))]
        else:
            return False
        return True

    def as_json(self) -> dict:
        return {
            'rows': self.rows,
            'isCut': any(column.is_cut for column in self.index + self.columns),
            'index': [column.as_json(self.rows) for column in self.index],
            'columns': [column.as_json(self.rows) for column in self.columns],
        }


def encode(value) -> str:
    from .. import jsonfile

    return jsonfile.encode_quickly(value)
