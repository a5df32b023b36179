"""
What Dask was asked to compute: the expression before and after its optimisation, and the names of all that went into it.

The names tell at the end which lazy values were never computed (dask_unused.py). Texts are our own: nothing of the program's is
called or printed to make them.
"""
import sys
from collections import Counter

from ..recorder import note, now, state, tls
from ..wrap import dress, function, method
from . import dask_keys, lines
from .places import place

# Names of expressions, layers and keys that were computed, or whose graph somebody took.
used = set()  # type: set[str]
# Beyond this many names nothing is said about what was never computed.
MOST_NAMES = 1000000

_MOST_STEPS = 400
_MOST_TEXT = 20000
_MOST_COUNTED = 20000
# Expressions around what was asked for.
_WRAPPERS = ('_ExprSequence', 'FinalizeCompute')
_plans = 0
_works = True


def is_complete():
    """Whether `used` holds all names there were."""
    return _works and len(used) < MOST_NAMES


def failed(error):
    """Dask is not as we know it: only what depends on that is given up, and the program goes on."""
    global _works
    if _works:
        _works = False
        note('What Dask was asked to compute could not be read: %s: %s' % (type(error).__name__, error), 'warning')


def expression_of(collection):
    """The expression behind a frame of newer versions, None for all other lazy values (a Delayed has any attribute)."""
    expr = collection.expr if hasattr(type(collection), 'expr') else None
    return expr if hasattr(expr, 'walk') else None


def names_of(collection):
    """The names of all that a lazy value is made of, its own included."""
    expr = expression_of(collection)
    if expr is not None:
        return {each._name for each in expr.walk()}
    return set(layers_of(collection)) | set(own_names(collection))


def layers_of(collection):
    """Layer by name, or task by key where there are no layers."""
    graph = collection.__dask_graph__()
    return getattr(graph, 'layers', graph)


def own_names(collection):
    """The names that stand for the value itself."""
    expr = expression_of(collection)
    if expr is not None:
        return (expr._name,)
    layers = getattr(collection, '__dask_layers__', None)
    return tuple(layers()) if layers is not None else (getattr(collection, 'key', None),)


def use(collection):
    """It's computed, or somebody takes its graph to do so."""
    if is_complete():
        used.update(names_of(collection))


def graph(dsk):
    """A graph is about to be run: a low-level one, or an expression after its optimisation."""
    try:
        _graph(dsk)
    except Exception as error:
        failed(error)


def _graph(dsk):
    plan = getattr(tls, 'dask_plan', None)
    if hasattr(dsk, 'walk'):
        if plan is not None and not all(type(each).__name__.lstrip('_').startswith('HLG') for each in _steps(dsk)):
            plan['parts'].append({'title': 'After optimisation', 'text': tree_of(dsk)[:_MOST_TEXT]})
    elif is_complete():
        used.update({key[0] if type(key) is tuple and key else key for key in dsk})


def tasks(keys):
    """These are the tasks that will run for what was asked for last in this thread."""
    try:
        _tasks(keys)
    except Exception as error:
        failed(error)


def _tasks(keys):
    plan = getattr(tls, 'dask_plan', None)
    if plan is None:
        return
    tls.dask_plan = None
    text = ['%d %s' % (len(keys), 'task' if len(keys) == 1 else 'tasks')]
    if len(keys) <= _MOST_COUNTED:
        text += _counts(Counter(map(dask_keys.prefix_of, keys)))
    plan['parts'].append({'title': 'Tasks', 'text': '\n'.join(text)})
    lines.emit(plan)


def patch_base(module):
    """dask.base: every way to compute leads through here."""
    function(module, 'collections_to_expr', _collections)
    function(module, 'collections_to_dsk', _collections)
    function(module, 'persist', _persist)


def patch_frames(module):
    """The frames of newer versions: what takes their graph, to make something else of it."""
    base = getattr(module, 'FrameBase', None)
    if base is not None:
        for name in ('optimize', 'to_delayed', '__dask_graph__'):
            method(base, name, _taken)


def patch_array(module):
    method(module.Array, 'to_delayed', _taken)


def patch_bag(module):
    method(module.Bag, 'to_delayed', _taken)


def patch_client(module):
    method(module.Client, 'persist', _persist)


def _taken(original):
    def take(self, *args, **kwargs):
        try:
            use(self)
        except Exception as error:
            failed(error)
        return original(self, *args, **kwargs)

    return take


def _persist(original):
    def persist(*args, **kwargs):
        done = original(*args, **kwargs)
        try:
            for each in done if type(done) in (tuple, list) else (done,):
                if hasattr(type(each), '__dask_graph__'):
                    use(each)
        except Exception as error:
            failed(error)
        return done

    return dress(persist, original)


def _collections(original):
    def collections_to_graph(collections, *args, **kwargs):
        try:
            asked = list(collections) if type(collections) in (tuple, list, set) else [collections]
            for each in asked:
                use(each)
            _asked(sys._getframe(1), asked)
        except Exception as error:
            failed(error)
        return original(collections, *args, **kwargs)

    return collections_to_graph


def _asked(frame, collections):
    """Tells how the plan looks before its optimisation, if this is a computation."""
    global _plans
    tls.dask_plan = None
    if frame.f_code.co_name != 'compute':
        return
    _plans += 1
    file, line = place(frame)
    text = _describe(collections[:_MOST_COUNTED])
    tls.dask_plan = {
        'kind': 'plan', 'id': 'dask-%d-%d' % (state.pid, _plans), 'engine': 'dask', 'title': 'Dask: %s' % _title(collections),
        'file': file, 'line': line, 'atNs': now(), 'parts': [{'title': 'Before optimisation', 'text': text[:_MOST_TEXT]}],
    }  # fmt: skip
    lines.emit(tls.dask_plan)


def _title(collections):
    counted = Counter(dask_keys.prefix_of(own_names(each)[0]) for each in collections[:_MOST_COUNTED])
    words = [name if count == 1 else '%d × %s' % (count, name) for name, count in counted.most_common(5)]
    return ', '.join(words) + (' …' if len(counted) > len(words) else '')


def _describe(collections):
    """Expressions as trees; of all others how many steps they have, of which kind."""
    texts = []
    layers = {}
    kinds = Counter()
    for each in collections:
        expr = expression_of(each)
        if expr is not None:
            texts.append(tree_of(expr))
        else:
            layers.update(dict.fromkeys(layers_of(each)))
            kinds[type(each).__name__] += 1
    if kinds:
        what = ', '.join('%d × %s' % (count, kind) for kind, count in kinds.items())
        steps = '%d %s' % (len(layers), 'step' if len(layers) == 1 else 'steps')
        texts.append('\n'.join(['%s: %s' % (what, steps), *_counts(Counter(map(dask_keys.prefix_of, layers)))]))
    return '\n\n'.join(texts)


def _counts(counted):
    return ['  %d × %s' % (count, prefix) for prefix, count in counted.most_common(100)]


def _steps(expr):
    return [each for each in expr.walk() if type(each).__name__ not in _WRAPPERS]


def tree_of(expr):
    """One line for each step, its inputs indented below it."""
    out = []
    seen = set()
    stack = [(expr, 0)]
    while stack and len(out) < _MOST_STEPS:
        node, depth = stack.pop()
        kind = type(node).__name__
        inputs = node.dependencies()
        if kind in _WRAPPERS and inputs:
            stack.extend((each, depth) for each in reversed(inputs))
            continue
        again = node._name in seen
        seen.add(node._name)
        out.append('  ' * depth + _step(node, kind) + (' (as above)' if again and inputs else ''))
        if not again:
            stack.extend((each, depth + 1) for each in reversed(inputs))
    if stack:
        out.append('…')
    return '\n'.join(out)


def _step(node, kind):
    if kind == 'Fused':
        inner = ' ← '.join(_step(each, type(each).__name__) for each in node.operands[0][:20])
        return 'Fused: ' + inner
    words = []
    for name, value in zip(node._parameters, node.operands):
        text = _plain(value)
        default = node._defaults.get(name, node)
        if text is not None and not (type(default) is type(value) and default == value):
            words.append('%s=%s' % (name.lstrip('_'), text))
    return '%s(%s)' % (kind, ', '.join(words)) if words else kind


def _plain(value):
    """The text of a plain value, None for all others."""
    if type(value) in (str, int, float, bool):
        return repr(value)[:200]
    if type(value) in (list, tuple) and value and all(type(each) in (str, int) for each in value[:20]):
        return repr(value[:20])[:200]
    return None
