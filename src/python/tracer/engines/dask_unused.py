"""Lazy values of Dask that the selected statements made, that nothing was computed from by the end of the run."""
import _ast as ast
import atexit
import os

from ..recorder import now, state
from . import dask_computed, lines, statements

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_ADDING = ('append', 'extend', 'add', 'insert', 'update')
# Of a list or dict with more values we look at none.
_MOST_VALUES = 20000
_MOST_FACTS = 20

# Place of the name's binding or of the statement -> what it stands for. The last one counts.
_made = {}  # type: dict[tuple, dict]


def patch_base(module):
    if statements.followers or state.start_method != 'main':
        return
    statements.followers.append(_look)
    pid = os.getpid()
    atexit.register(lambda: _tell() if os.getpid() == pid else None)


def _look(unit, ran, namespace, value):
    try:
        for statement in ran:
            if statement.selected:
                for name, line in _bound_in(statement.node).items():
                    _remember(unit, name, _line_of_change(ran, name, line), namespace.get(name))
        if value is not None and ran[-1].selected:
            _remember(unit, None, ran[-1].node.lineno, value)
    except Exception as error:
        dask_computed.failed(error)


def _walk(node):
    """All nodes that run with the statement: not those in the bodies of functions."""
    stack = [node]
    while stack:
        each = stack.pop()
        if isinstance(each, _FUNCTIONS):
            continue
        yield each
        for field in each._fields:
            inner = getattr(each, field, None)
            stack.extend(child for child in (inner if type(inner) is list else [inner]) if isinstance(child, ast.AST))


def _bound_in(statement):
    """Name -> line of its last binding."""
    bound = {}
    for node in _walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound[node.id] = max(node.lineno, bound.get(node.id, 0))
    return bound


def _line_of_change(ran, name, line):
    """The last line that adds to a list or dict by its name; `line` when none does."""
    for statement in ran:
        for node in _walk(statement.node):
            owner = node.func.value if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None
            if isinstance(owner, ast.Name) and owner.id == name and node.func.attr in _ADDING:
                line = max(line, node.lineno)
    return line


def _remember(unit, name, line, value):
    values = _collections_in(value)
    key = (unit.index, name or line)
    if not values:
        _made.pop(key, None)
        return
    layers = {}
    own = set()
    names = set()
    for each in values:
        names |= dask_computed.names_of(each)
        own.update(dask_computed.own_names(each))
        if dask_computed.expression_of(each) is None:
            layers.update(dask_computed.layers_of(each))
    _made[key] = {
        'own': own, 'names': names, 'file': unit.file, 'line': line,
        'values': {
            'variable': name, 'type': _type_of(values[0]), 'values': len(values), 'steps': len(names),
            'tasks': _tasks_of(layers) if layers else None, 'partitions': _partitions_of(values),
            'timed': _timer(unit, line),
        },
    }  # fmt: skip


def _collections_in(value):
    """The lazy values that a variable stands for: one, or all that a list or dict holds."""
    if _is_lazy(value):
        return [value]
    if type(value) is dict:
        value = list(value.values())
    if type(value) in (list, tuple) and 0 < len(value) <= _MOST_VALUES and all(map(_is_lazy, value)):
        return list(value)
    return []


def _is_lazy(value):
    kind = type(value)
    package = (kind.__module__ or '').partition('.')[0]
    # A leaf is a function or a value that was made lazy: there is nothing in it to compute.
    return package in ('dask', 'dask_expr') and hasattr(kind, '__dask_graph__') and kind.__name__ != 'DelayedLeaf'


def _type_of(value):
    kind = type(value)
    return {'Delayed': 'delayed value', 'DelayedAttr': 'delayed value'}.get(kind.__name__, 'Dask ' + kind.__name__)


def _tasks_of(layers):
    """How many tasks there are, None where counting them would mean to make them."""
    count = 0
    for layer in layers.values():
        if type(layer).__name__ not in ('MaterializedLayer', 'dict'):
            return None
        count += len(layer)
    return count


def _partitions_of(values):
    """Of one array or bag, which know it; frames may have to compute for it."""
    if len(values) != 1 or type(values[0]).__name__ not in ('Array', 'Bag'):
        return None
    return int(values[0].npartitions)


def _timer(unit, line):
    """The magic that times this line: `%%time`, `%time`; None without one."""
    first = next((text.split(None, 1)[0] for text in unit.lines if text.strip()), '') if unit.is_cell else ''
    own = unit.lines[line - 1].strip().split(None, 1)[:1] if line <= len(unit.lines) else []
    for word in (first, *own):
        if word in ('%%time', '%%timeit', '%time', '%timeit'):
            return word
    return None


def _tell():
    try:
        if not statements.completed or not dask_computed.is_complete():
            return
        idle = [made for made in _made.values() if not made['own'] & dask_computed.used]
        # Of a chain of steps the last one is told.
        last = [made for made in idle if not any(other is not made and _is_part(made, other) for other in idle)]
        for made in sorted(last, key=lambda each: (each['file'], each['line']))[:_MOST_FACTS]:
            lines.emit({
                'kind': 'fact', 'engine': 'dask', 'name': 'neverComputed', 'file': made['file'], 'line': made['line'],
                'atNs': now(), 'values': made['values'],
            })  # fmt: skip
    except Exception as error:
        dask_computed.failed(error)


def _is_part(made, other):
    """Whether all of it went into the other one, which holds more."""
    if not made['own'] <= other['names']:
        return False
    if made['own'] != other['own']:
        return True
    return made['line'] > other['line']  # two names of one value: the first place counts
