"""What a preview is made from: a frame of any library, seen the same way."""

from __future__ import annotations

from .cells import Clock, Column


class Source:
    """A frame whose values are there. Subclasses know one library.

    `rows`: of the whole frame, None when only computing would tell; `held`: how many of the first ones can be had.
    `has_memory`: False when it is only the beginning of a frame, whose size says nothing. `level_names`: a name for each row of the head, '' for none.
    `facts`: short phrases for the footer. `decimals`: how many a float is shown with at most.
    """

    def __init__(self, kind: str, rows: int | None, columns: int) -> None:
        self.kind = kind
        self.rows = rows
        self.held = rows or 0
        self.has_memory = True
        self.columns = columns
        self.level_names: list[str] = ['']
        self.facts: list[str] = []
        self.decimals = 6
        self.is_series = False

    def become_part(self, lazy: Lazy, is_all: bool) -> None:
        """What is here are the first rows of a lazy frame, or all of them after all."""
        self.kind = lazy.kind
        self.has_memory = False
        if not is_all:
            self.rows = None

    def memory(self) -> tuple[int | None, bool]:
        """Bytes, as far as they are known without looking at each value; and whether there are more."""
        return None, False

    def index(self, rows: int, clock: Clock) -> list[Column]:
        """The labels of the first rows."""
        return []

    def column(self, number: int, rows: int, clock: Clock) -> Column:
        raise NotImplementedError


class Lazy:
    """A frame that has not been computed: its columns without values, and how to get the first rows.

    `call`: the call that computes them, in words. `plan`: what would be computed, as text; None when the frame's own text is short. `text`: stands
    for its repr, where that would compute something; None where it would not.
    """

    def __init__(self, kind: str, columns: list[Column], call: str) -> None:
        self.kind = kind
        self.columns = columns
        self.call = call
        self.level_names: list[str] = ['']
        self.column_count = len(columns)
        self.index_columns: list[Column] = []
        self.facts: list[str] = []
        self.plan: str | None = None
        self.text: str | None = None
        self.is_series = False

    def first_rows(self) -> Source:
        """Computes them. Raises whatever computing raises."""
        raise NotImplementedError


class Rows(Source):
    """The first rows of a frame as tuples: what Spark and DuckDB hand over."""

    def __init__(self, kind: str, columns: list[Column], rows: list) -> None:
        super().__init__(kind, len(rows), len(columns))
        self._columns = columns
        self._rows = rows

    def column(self, number: int, rows: int, clock: Clock) -> Column:
        from .cells import objects

        column = self._columns[number]
        cells = objects([row[number] for row in self._rows[:rows]], clock)
        return Column(column.names, column.dtype, column.kind, column.missing, cells)


def type_of(value, library: str) -> str:
    """`pandas DataFrame`; of a subclass its own name: `geopandas GeoDataFrame`."""
    kind = type(value)
    root = kind.__module__.partition('.')[0]
    return kind.__name__ if root == '__main__' else '%s %s' % (root or library, kind.__name__)


def shows_itself_otherwise(value, library: str) -> bool:
    """Whether somebody else has decided how it looks in a notebook: a subclass, an extension of the library."""
    # Not asked of the value: a frame of Spark Connect takes every name for a column's.
    kind = type(value)
    if getattr(kind, '_repr_mimebundle_', None) is not None:
        return True
    method = getattr(kind, '_repr_html_', None)
    return method is not None and (getattr(method, '__module__', None) or '').partition('.')[0] != library
