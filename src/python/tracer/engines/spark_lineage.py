"""
Which frames come from which, so that it can be said at the end which transformations no action ever used.

Right or silent: whatever leaves our sight (a view, a writer, another library that takes the JVM's frame) counts as used.
"""
import atexit
import functools
import os
import weakref

from ..recorder import fault, now, state
from . import lines

# Programs that build more than this are not judged.
_MOST_NODES = 10000
_MOST_FACTS = 200

_nodes = []  # type: list[_Node]
_of_object = weakref.WeakKeyDictionary()
_kinds = {}  # class -> what it is called
_state = {'pid': 0, 'overflow': False}


class _Node:
    """What one call has made. `parents`: what it was made from."""

    __slots__ = ('name', 'of', 'where', 'at', 'parents', 'is_source', 'used', 'is_leaf', 'caches', 'uses', 'cached')

    def __init__(self, name, of, where, parents, is_source):
        self.name = name
        self.of = of
        self.where = where
        self.at = now()
        self.parents = parents
        self.is_source = is_source
        self.used = False
        self.is_leaf = True
        # Cached frames that it leads back to, itself among them; `uses`: actions that led back to this one.
        self.caches = tuple({cache for parent in parents for cache in parent.caches})
        self.uses = 0
        self.cached = None


def follow(cls, module, handle):
    """Frames of this class are followed. `handle`: the attribute by which others take a frame out of Python; None: there is none."""
    _kinds[cls] = cls.__name__
    if _state['pid'] != os.getpid():
        _state['pid'] = os.getpid()
        atexit.register(_tell)
    for name in ('rdd', 'write', 'writeStream'):
        original = cls.__dict__.get(name)
        if isinstance(original, property):
            setattr(cls, name, property(_getter(original.fget, name), original.fset, original.fdel, original.__doc__))
        elif isinstance(original, functools.cached_property):  # Spark 4
            kept = functools.cached_property(_getter(original.func, name))
            kept.__set_name__(cls, name)
            setattr(cls, name, kept)
    if handle is not None:
        setattr(cls, handle, _Handle(handle, module.__file__))


class _Handle:
    """The attribute as it is, which notices when code outside of the frame's own file takes it."""

    def __init__(self, name, file):
        self._name = name
        self._file = file

    def __get__(self, frame, cls=None):
        import sys

        if frame is None:
            return self
        try:
            value = frame.__dict__[self._name]
        except KeyError:
            raise AttributeError(self._name) from None
        if not getattr(_tls(), 'in_spark', False) and sys._getframe(1).f_code.co_filename != self._file:
            _use(frame)
        return value

    def __set__(self, frame, value):
        frame.__dict__[self._name] = value

    def __delete__(self, frame):
        frame.__dict__.pop(self._name, None)


def _tls():
    from ..recorder import tls

    return tls


def _getter(original, name):
    @functools.wraps(original)
    def get(frame):
        value = original(frame)
        try:
            if name != 'rdd':
                _use(frame)
            elif frame in _of_object and value not in _of_object:
                _of_object[value] = _of_object[frame]
        except Exception as error:
            fault(error)
        return value

    return get


def called(name, of, where, args, kwargs, result):
    """A method of a frame, or of what makes and writes frames, has returned."""
    parents = list(_known(args)) + list(_known(kwargs.values()))
    if type(result) in _kinds or any(isinstance(result, cls) for cls in _kinds):
        if args and result is args[0]:
            if name in ('cache', 'persist'):
                _cached(name, result, where)
            return
        if of == 'ml' or name in ('checkpoint', 'localCheckpoint'):
            _used(parents)
        if result not in _of_object:
            _add(result, _Node(name, of, where, tuple(parents), of in ('reader', 'session', 'ml')))
        return
    if isinstance(result, list) and result and all(any(isinstance(each, cls) for cls in _kinds) for each in result):
        for each in result:  # randomSplit
            _add(each, _Node(name, of, where, tuple(parents), False))
        return
    _used(parents)


def failed(args, kwargs):
    """A method has raised: what it was called with may well have run until then."""
    try:
        _used(list(_known(args)) + list(_known(kwargs.values())))
    except Exception as error:
        fault(error)


def fact(name, where, values):
    """The event of engineWire.ts."""
    file, line = where[:2]
    return {'kind': 'fact', 'engine': 'spark', 'name': name, 'file': file, 'line': line, 'atNs': now(), 'values': values}


def _known(values):
    for value in values:
        for each in value if isinstance(value, (list, tuple)) else (value,):
            try:
                node = _of_object.get(each)
            except TypeError:  # can't be hashed, so it is no frame
                continue
            if node is not None:
                yield node


def _add(frame, node):
    if len(_nodes) >= _MOST_NODES:
        _state['overflow'] = True
        return
    for parent in node.parents:
        parent.is_leaf = False
    _nodes.append(node)
    _of_object[frame] = node


def _cached(name, frame, where):
    node = _of_object.get(frame)
    if node is None:
        node = _Node('', '', (None, None), (), True)
        _add(frame, node)
    if node.cached is None:
        node.cached = name, where
        node.caches += (node,)


def _use(frame):
    node = _of_object.get(frame)
    if node is not None:
        _used([node])


def _used(nodes):
    todo = list(nodes)
    for cache in {cache for node in todo for cache in node.caches}:
        cache.uses += 1
    while todo:
        node = todo.pop()
        if not node.used:
            node.used = True
            todo.extend(node.parents)


def _tell():
    """At the end of the program."""
    try:
        if not state.on or _state['overflow'] or _state['pid'] != os.getpid():
            return
        events = []
        for node in _nodes:
            if node.cached is not None:
                name, where = node.cached
                events.append(fact('cached', where, {'operation': name, 'uses': node.uses}))
            if not node.used and not node.is_source and node.where[0] is not None:
                values = {'operation': node.name, 'of': node.of, 'leaf': 1 if node.is_leaf else 0, 'builtNs': node.at}
                events.append(fact('neverRan', node.where, values))
        lines.emit(*events[:_MOST_FACTS])
    except Exception as error:
        fault(error)
