"""
Plans of polars' lazy frames, told once their query has run.

From 1.44 on polars tells an observer of each query: its plans, and what each node of the streaming engine did. The observer is meant to be Polars
Cloud's: polars looks for it in the module of that name. Ours has that name while polars looks, and only queries of the program's own calls are observed;
nothing leaves the process. Where there is no observer the plan is what `explain` says, and nodes have times only when the program itself calls
`profile`. No query runs another way, or twice.
"""
import sys

from ..recorder import native_id, state, tls
from ..wrap import method
from . import lines, message_pack

_CLOUD = 'polars_cloud'
# Of one line of the program: later ones look the same, and quick ones are not worth the observer's time.
MOST_PLANS = 3
MOST_QUICK = 20
_MOST_TEXT = 20000
_MOST_WORDS = 160
# Properties of nodes that tell the reader of a plan nothing.
_DULL = frozenset('type num_inputs multithreaded coalesce validation suffix should_broadcast extend_original maintain_order'.split())
# What polars says where it did not keep the words for a node.
_FAULT = 'error: '

_is_observed = False
_plans = 0
_seen = {}  # file and line -> [its plans, its queries that were observed]


class _Observer:
    """Made by polars, which calls it in the thread that asks for the query. Is its own guard: polars closes it when the query ends."""

    def on_query_started(self, *_):
        pass

    def on_query_planned(self, _query, figures, optimised, physical, *_):
        tls.polars_query = figures, bytes(optimised), bytes(physical)
        return self

    def on_query_failed(self, *_):
        pass

    def close(self):
        pass


def patch():
    """Has polars tell of its queries, where it can. Who has Polars Cloud keeps its observer."""
    from importlib.util import find_spec

    engine = getattr(sys.modules.get('polars.lazyframe.engine'), '_LocalEngine', None)
    native = sys.modules.get('polars._plr')
    if engine is None or not hasattr(engine, '_with_monitoring') or not hasattr(native, 'set_query_monitoring'):
        return
    if _CLOUD not in sys.modules and find_spec(_CLOUD) is None:
        method(engine, '_with_monitoring', lambda original: _observing(original, native))


def _observing(original, native):
    def _with_monitoring(self, optimizations):
        global _is_observed
        optimizations = original(self, optimizations)
        tls.polars_query = None
        try:
            flags = optimizations._pyoptflags
            if flags.query_monitoring:
                _is_observed = None  # for good: it's the program that has its queries observed
            elif _is_observed is not None and self.monitoring is not False and _is_wanted():
                if not _is_observed:
                    _register(native)
                flags.query_monitoring = True
        except Exception:
            _is_observed = None
        return optimizations

    return _with_monitoring


def _is_wanted():
    operation = getattr(tls, 'operation', None)
    if operation is None or operation.entry is None or operation.entry.after is not tell_query:
        return False
    counts = _seen.setdefault(operation.place[2:], [0, 0])
    counts[1] += 1
    return counts[0] < MOST_PLANS and counts[1] <= MOST_QUICK


def _register(native):
    global _is_observed
    stand_in = type(sys)(_CLOUD)
    stand_in.QueryCloudObserver = lambda *_: _Observer()
    sys.modules[_CLOUD] = stand_in
    try:
        native.set_query_monitoring(True)
    finally:
        del sys.modules[_CLOUD]
    _is_observed = True


def tell_query(entry, place, t0, arguments, _value):
    """Tells the plan of the query that a call has just run."""
    query, tls.polars_query = getattr(tls, 'polars_query', None), None
    if _seen.get(place[2:], (0,))[0] >= MOST_PLANS:
        return
    try:
        parts = _observed(*query) if query is not None else None
    except Exception:  # not what it was
        parts = None
    try:
        _tell(entry, place, t0, parts or _explained(arguments))
    except Exception:
        pass  # a plan that can't be told


def tell_profile(entry, place, t0, arguments, value):
    """Tells what the program's own call of `profile` found. Its nodes overlap as branches of the query do: they are no spans of the thread."""
    try:
        rows = value[1].select(['node', 'start', 'end']).rows()
        words = ['%10s %10s  %s' % (_ms(start * 1000), _ms((end - start) * 1000), ' '.join(node.split())) for node, start, end in rows]
        _tell(entry, place, t0, [('Nodes: when each began, and how long it took', '\n'.join(words))] + _explained(arguments)[:1])
    except Exception:
        pass  # not what it was


def _tell(entry, place, t0, parts):
    global _plans
    _seen.setdefault(place[2:], [0, 0])[0] += 1
    _plans += 1
    lines.emit({
        'kind': 'plan', 'id': 'polars-%d-%d-%d' % (state.pid, native_id(), _plans), 'engine': 'polars', 'title': entry.label, 'file': place[2],
        'line': place[3], 'atNs': t0, 'parts': [{'title': title, 'text': text[:_MOST_TEXT]} for title, text in parts],
    })  # fmt: skip


def _explained(arguments):
    """By `explain`, with the same optimisations; it runs nothing."""
    frame = arguments['self']
    kind = type(frame)
    same = _parameters(kind.explain) & _parameters(kind.collect) - {'self'}
    if 'optimizations' in same:  # the older ones are deprecated
        same &= {'optimizations', 'engine'}
    text = frame.explain(**{name: arguments[name] for name in same if name in arguments})
    words = 'polars %s tells no times of nodes here.' % getattr(sys.modules['polars'], '__version__', '')
    if hasattr(kind, 'profile'):
        words += ' Call profile() in place of collect() to see them.'
    return [('Optimised', text), ('Nodes', words)]


def _parameters(function):
    while hasattr(function, '__wrapped__'):
        function = function.__wrapped__
    code = function.__code__
    return set(code.co_varnames[:code.co_argcount + code.co_kwonlyargcount])


def _observed(figures, optimised, physical):
    parts = [('Optimised', _tree(message_pack.unpack(optimised), lambda _: ''))]
    nodes = message_pack.unpack(physical)
    if not nodes:
        return parts + [('Nodes', 'The in-memory engine of polars tells no times of nodes. The streaming engine does.')]
    told = message_pack.unpack(bytes(figures.snapshot_query_metrics()))
    by_node = {each['phys_node_key']: each for each in (told['nodes'] if type(told) is dict else told)}

    figures_of = {key: (_ms(each['total_time_ns']), '{:,}'.format(each['rows_sent'] or each['rows_received'])) for key, each in by_node.items()}
    widths = [max([len(each[place]) for each in figures_of.values()] or [0]) for place in (0, 1)]

    def of_node(node):
        time, rows = figures_of.get(node['id'], ('', ''))
        return '%*s  %*s %s  ' % (widths[0], time, widths[1], rows, 'rows' if rows else '    ')

    return [('As it ran: time in each node, summed over threads, and the rows that it gave', _tree(nodes, of_node))] + parts


def _ms(nanoseconds):
    return '{:,.1f} ms'.format(nanoseconds / 1e6)


def _tree(nodes, before):
    """A line for each node, the one that gives the result first."""
    by_id = {node['id']: node for node in nodes}
    inputs = {each for node in nodes for each in node['input_ids']}
    rows = []
    waiting = [(node, 0) for node in nodes if node['id'] not in inputs]
    while waiting and len(rows) <= len(nodes) * 4:  # what is used by several stands at each of them
        node, depth = waiting.pop()
        rows.append('%s%s%s' % (before(node), '  ' * depth, _words(node['properties'])))
        waiting += [(by_id[each], depth + 1) for each in reversed(node['input_ids']) if each in by_id]
    return '\n'.join(rows)


def _words(properties):
    """`Filter predicate: col("v") > 5`"""
    words = {name: _word(value) for name, value in properties.items() if name not in _DULL and value not in (None, False, [])}
    told = ['%s: %s' % (name, word) for name, word in words.items() if word not in ('', 'none') and not word.startswith(_FAULT)]
    text = ' · '.join([str(properties.get('type', '?'))] + told)
    return text if len(text) <= _MOST_WORDS else text[:_MOST_WORDS - 1] + '…'


def _word(value):
    if type(value) is list:
        return ', '.join(_word(each) for each in value)
    if type(value) is dict:
        words = [name if each is True else '%s=%s' % (name, _word(each)) for name, each in value.items() if name != 'expr' and each not in (None, False)]
        return ' '.join([_word(value['expr'])] * ('expr' in value) + words)
    if type(value) is int:
        return '{:,}'.format(value)
    return 'yes' if value is True else str(value)
