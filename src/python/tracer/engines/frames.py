"""What can be told of a frame for nothing: its shape, its columns of Python objects, the bytes of its columns. Never of a lazy one, and never of a
subclass, whose properties may be the program's own code."""
import sys

# Columns of a frame that are looked at one by one.
MOST_COLUMNS = 200
# Frames of a list that is concatenated.
MOST_PARTS = 1000
# Letters of a query that go into a label.
_WORDS = 80


def _kind(value):
    """`pandas.DataFrame`, `polars.Series`, `numpy.ndarray`…; '' for anything else, subclasses included."""
    cls = type(value)
    name = cls.__name__
    for library in ('pandas', 'polars'):
        module = sys.modules.get(library)
        if module is not None and name in ('DataFrame', 'Series') and getattr(module, name, None) is cls:
            return library + '.' + name
    if name == 'ndarray' and cls.__module__ == 'numpy':
        return 'numpy.ndarray'
    if name == 'Table' and cls.__module__ == 'pyarrow.lib':
        return 'pyarrow.Table'
    return ''


def shape(value):
    """(rows, columns) of a frame or a table, (rows,) of a column, the shape of an array; None when it can't be known for nothing."""
    kind = _kind(value)
    if kind.endswith('Series'):
        return (len(value),)
    if kind in ('pandas.DataFrame', 'polars.DataFrame', 'pyarrow.Table'):
        return (len(value.index), len(value.columns)) if kind[:6] == 'pandas' else value.shape
    if kind == 'numpy.ndarray':
        return value.shape if value.ndim else None
    if type(value) in (list, tuple):
        return _shape_of_rows(value)
    return None


def _shape_of_rows(rows):
    """Of what DuckDB fetches: a list of tuples."""
    if rows and type(rows) is list and type(rows[0]) is tuple:
        return len(rows), len(rows[0])
    return None


def in_words(sizes):
    return ' × '.join('{:,}'.format(size) for size in sizes)


def label_of(entry, value, arguments, text):
    """`DataFrame.merge → 1,000,000 × 4`; of what gives no frame, the one that it was given: `DataFrame.to_csv of 1,000 × 4`."""
    label = entry.label
    given = arguments.get('self')
    if 'owner' in entry.details:
        owner = _kind(given).rpartition('.')[2]
        label = (owner + ('' if label == '[]' else ' ' if 'operator' in entry.details else '.') if owner else '') + label
    if _is_by_row(entry, arguments):
        label += '(axis=1)'
    text = text or first_words(arguments.get('query') if 'query' in entry.details else None)
    if text:
        label += ': ' + text
    sizes = shape(given if 'new' in entry.details else value)
    if sizes is not None:
        return '%s → %s' % (label, in_words(sizes))
    sizes = shape(given) if given is not None else None
    return label if sizes is None else '%s of %s' % (label, in_words(sizes))


def _is_by_row(entry, arguments):
    axis = arguments.get('axis') if 'axis' in entry.details else None
    return type(axis) in (int, str) and axis in (1, 'columns')


def first_words(query):
    """The beginning of a query, on one line; '' of what is no text."""
    if type(query) is not str:
        return ''
    text = ' '.join(query[:1000].split())
    return text if len(text) <= _WORDS else text[:_WORDS - 1] + '…'


def describe(values, entry, value, arguments):
    """Adds to the facts of an operation: its result, what it was given, and columns of Python objects."""
    sizes = shape(value)
    if sizes is not None:
        values['rows'] = sizes[0]
        values['columns'] = sizes[1] if len(sizes) > 1 else 1
        values['resultBytes'] = size(value)
        if _kind(value) == 'pandas.DataFrame' and len(value.columns) <= MOST_COLUMNS:
            names = [name for name, dtype in zip(value.columns, value.dtypes) if dtype == object]
            values['objectColumns'] = len(names)
            values['objectNames'] = ', '.join(name if type(name) is str else repr(type(name)) for name in names[:3])[:200]
    given = arguments.get('self')
    if 'parts' in entry.details:
        given = arguments.get('objs') if 'objs' in arguments else arguments.get('items')
        parts = list(given.values()) if type(given) is dict else given if type(given) in (list, tuple) else ()
        values['parts'] = len(parts)
        sizes = [size(part) for part in parts[:MOST_PARTS]]
        if len(parts) <= MOST_PARTS and None not in sizes:
            values['givenBytes'] = sum(sizes)
    elif given is not None:
        sizes = shape(given)
        if sizes is not None:
            values['givenRows'] = sizes[0]
            values['givenBytes'] = size(given)
    if 'copy' in entry.details:
        values['copies'] = 1
    if 'axis' in entry.details:
        values['byRow'] = int(_is_by_row(entry, arguments))
    library = sys.modules.get(entry.engine)
    version = getattr(library, '__version__', None)
    if type(version) is str:
        values['version'] = version


def size(value):
    """Bytes of a frame's or column's own buffers, without Python objects that they point to; None when it can't be known for nothing."""
    kind = _kind(value)
    if kind == 'pandas.DataFrame':
        return int(value.memory_usage(index=False, deep=False).sum()) if len(value.columns) <= MOST_COLUMNS else None
    if kind == 'pandas.Series':
        return int(value.memory_usage(index=False, deep=False))
    if kind in ('polars.DataFrame', 'polars.Series'):
        return int(value.estimated_size())
    if kind in ('numpy.ndarray', 'pyarrow.Table'):
        return int(value.nbytes)
    return None
