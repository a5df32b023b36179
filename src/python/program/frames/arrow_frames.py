"""Arrow: Table and RecordBatch of pyarrow."""

from __future__ import annotations

from .cells import Clock, Column, Types
from .source import Source, shows_itself_otherwise, type_of
from .times import durations, instants

TYPES = Types(
    ('%sint%d' % (sign, bits) for sign in ('', 'u') for bits in (8, 16, 32, 64)),
    {'halffloat': 'e', 'float': 'f', 'double': 'd'},
    ('string', 'large_string', 'string_view'),
    'bool',
    'decimal',
)


def find(value, library) -> Source | None:
    """The source for a value of the module pyarrow; None for anything else."""
    classes = tuple(getattr(library, name) for name in ('Table', 'RecordBatch') if hasattr(library, name))
    if not isinstance(value, classes) or shows_itself_otherwise(value, 'pyarrow'):
        return None
    return ArrowTable(value)


class ArrowTable(Source):
    def __init__(self, table) -> None:
        super().__init__('Arrow %s' % type(table).__name__, table.num_rows, table.num_columns)
        self._table = table

    def memory(self) -> tuple[int | None, bool]:
        return int(self._table.nbytes), False

    def column(self, number: int, rows: int, clock: Clock) -> Column:
        field = self._table.schema.field(number)
        dtype = str(field.type)
        values = self._table.column(number).slice(0, rows)
        return Column([field.name], dtype, TYPES.kind_of(dtype), 'null', cells_of(values, dtype, clock))


def cells_of(values, dtype: str, clock: Clock) -> list:
    base, _, parameters = dtype.partition('[')
    if base in ('timestamp', 'duration'):
        # As whole numbers: converted to Python's own types they would lose nanoseconds, or be made by pandas.
        whole = [scalar.value if scalar.is_valid else None for scalar in values]
        unit = parameters.partition(',')[0].rstrip(']')
        if base == 'duration':
            return durations(whole, unit)
        return instants(whole, unit, 'Z' if 'tz=' in parameters else '')
    if '[ns' in dtype:
        return [None if not scalar.is_valid else ['…'] for scalar in values]
    return TYPES.cells_of(dtype, values.to_pylist(), clock)
