"""Frames that are plans: of Dask, Spark and DuckDB. What is asked of them here computes nothing, until the first rows
are wanted.
"""

from __future__ import annotations

import sys

from .cells import Clock, Column
from .source import Lazy, Rows, Source, shows_itself_otherwise

FIRST_ROWS = 100
# A filter may leave the first partitions empty: so many are looked into.
MOST_PARTITIONS = 8
# Dask's expressions whose number of partitions is found by computing quantiles of the data.
DATA_DEPENDENT = frozenset(('SetIndex', 'SortValues', 'SortIndex', 'BaseSetIndexSortValues'))
SPARK_NUMBERS = ('tinyint', 'smallint', 'int', 'bigint', 'decimal')
DUCKDB_NUMBERS = ('TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT', 'DECIMAL')


def find_dask(value, library) -> Lazy | None:
    """For a value of the module dask.dataframe, when its partitions are pandas'."""
    # An Index of Dask is a Series too.
    for name in ('DataFrame', 'Index', 'Series'):
        if isinstance(value, getattr(library, name, ())):
            break
    else:
        return None
    pandas = sys.modules.get('pandas')
    if pandas is None or shows_itself_otherwise(value, 'dask'):
        return None
    from . import pandas_frames

    meta = pandas_frames.find(value._meta, pandas)
    return None if meta is None else DaskFrame(value, meta, name)


class DaskFrame(Lazy):
    """`meta`: the empty frame that Dask knows types and names from."""

    def __init__(self, frame, meta: Source, name: str) -> None:
        clock = Clock(1)
        count = min(meta.columns, 500)
        columns = [meta.column(number, 0, clock) for number in range(count)]
        super().__init__('Dask %s' % name, columns, 'head(%d)' % FIRST_ROWS)
        self.column_count = meta.columns
        self.index_columns = meta.index(0, clock)
        self.level_names = meta.level_names
        self.is_series = meta.is_series
        self._frame = frame
        self._is_index = name == 'Index'
        if depends_on_data(frame):
            self.text = '%s: %s' % (self.kind, ', '.join(' '.join(column.names) for column in columns))
            self.facts = ['partitions are known once the data is sorted']
        else:
            self.facts = [
                plural(frame.npartitions, 'partition'),
                'divisions known' if frame.known_divisions else 'divisions not known',
            ]

    def first_rows(self) -> Source:
        from . import pandas_frames

        total = self._frame.npartitions
        looked_at = min(total, MOST_PARTITIONS)
        for number in range(looked_at):
            partition = self._frame.get_partition(number)
            found = partition.map_partitions(self._head(), meta=self._frame._meta).compute()
            if len(found):
                looked_at = number + 1
                break
        source = pandas_frames.find(found, sys.modules['pandas'])
        if source is None:
            raise TypeError('its partitions are %s' % type(found).__name__)
        source.become_part(self, total == 1 and len(found) < FIRST_ROWS)
        if total > 1:
            first = 'the first' if looked_at == 1 else 'the first %d' % looked_at
            source.facts = ['from %s of %s' % (first, plural(total, 'partition'))]
        return source

    def _head(self):
        from operator import itemgetter, methodcaller

        return itemgetter(slice(FIRST_ROWS)) if self._is_index else methodcaller('head', FIRST_ROWS)


def depends_on_data(frame) -> bool:
    """Whether Dask would compute something to tell the number of partitions, as its repr does."""
    expression = getattr(frame, 'expr', None)
    if expression is None or not hasattr(expression, 'walk'):
        return False
    return any(kind.__name__ in DATA_DEPENDENT for node in expression.walk() for kind in type(node).__mro__)


def find_spark(value, library) -> Lazy | None:
    """For a value of the module pyspark.sql.dataframe, or of Spark Connect's."""
    if not isinstance(value, getattr(library, 'DataFrame', ())) or shows_itself_otherwise(value, 'pyspark'):
        return None
    if value.isStreaming:
        return None
    session = getattr(value, 'sparkSession', None) or value.sql_ctx.sparkSession
    if session.conf.get('spark.sql.repl.eagerEval.enabled', 'false') == 'true':
        # The user has asked Spark to compute what is shown.
        return None
    return SparkFrame(value)


class SparkFrame(Lazy):
    def __init__(self, frame) -> None:
        columns = [Column([name], dtype, spark_kind(dtype), 'NULL') for name, dtype in frame.dtypes]
        super().__init__('Spark DataFrame', columns, 'limit(%d).collect()' % FIRST_ROWS)
        self._frame = frame

    def first_rows(self) -> Source:
        return rows_of(self, [tuple(row) for row in self._frame.limit(FIRST_ROWS).collect()])


def spark_kind(dtype: str) -> str:
    if dtype in ('float', 'double'):
        return 'float'
    return 'number' if dtype.partition('(')[0] in SPARK_NUMBERS else 'text'


def find_duckdb(value, library) -> Lazy | None:
    """For a value of the module duckdb."""
    return DuckdbRelation(value) if isinstance(value, getattr(library, 'DuckDBPyRelation', ())) else None


class DuckdbRelation(Lazy):
    """Its repr runs the query, so it gets another text."""

    def __init__(self, relation) -> None:
        types = relation.types if hasattr(relation, 'types') else relation.dtypes
        columns = [
            Column([name], str(dtype), duckdb_kind(str(dtype)), 'NULL') for name, dtype in zip(relation.columns, types)
        ]
        super().__init__('DuckDB relation', columns, 'limit(%d).fetchall()' % FIRST_ROWS)
        self._relation = relation
        described = ', '.join('%s %s' % (column.names[0], column.dtype) for column in columns)
        self.text = 'DuckDB relation: %s' % described

    def first_rows(self) -> Source:
        return rows_of(self, self._relation.limit(FIRST_ROWS).fetchall())


def duckdb_kind(dtype: str) -> str:
    base = dtype.partition('(')[0]
    if base in ('FLOAT', 'DOUBLE', 'REAL'):
        return 'float'
    return 'number' if base[base.startswith('U') and base != 'UUID' :] in DUCKDB_NUMBERS else 'text'


def rows_of(lazy: Lazy, rows: list) -> Source:
    source = Rows(lazy.kind, lazy.columns, rows)
    source.become_part(lazy, len(rows) < FIRST_ROWS)
    return source


def plural(count: int, word: str) -> str:
    return '%s %s' % (format(count, ','), word if count == 1 else word + 's')
