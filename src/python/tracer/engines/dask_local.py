"""
Dask's own schedulers (threads, processes, synchronous): each task in the thread that runs it, what it waited for, what is kept.

    get_async          one computation: in the thread that asked for it
      start_state…     the graph, with what needs what
      finished         a result is there: others have become ready, what nobody needs any more was let go. A callback of Dask's own kind,
                       handed to get_async with those of the program
    execute_task       one task, in the worker's thread; in spawned processes it's their own patched copy, as the function that calls
                       it is pickled by reference
"""
import os
import sys

from .. import thread_pools, wire
from ..recorder import OUT_OF_REACH, claim, fault, now, string, strings, tls
from ..sites import UNRECORDED, site
from ..wire import MARK, OFFSET_AUX, OFFSET_FLAGS, OFFSET_T1, TASK, TASK_PART, pack_begun, pack_record, pack_u8, pack_u32, pack_u64
from ..wrap import function
from . import dask_computed, dask_keys, lines
from .dask_keys import LARGEST_PART, layers
from .dask_results import Results, sizers
from .places import place

# A task is told to have gone well from its begin, and to have failed before its end: while it has no end this says nothing.
_OK = wire.ENGINE_DASK | wire.OK
_FAILED = wire.ENGINE_DASK | wire.FAILED
# More edges than this of one graph are not told.
MOST_EDGES = 50000
# Of a computation of fewer tasks nobody wants to hear how far it has come.
FEW_TASKS = 4

# Of tasks that nobody has begun: key -> (when it became ready, string of the line that asked for the computation). Those that were ready
# when their computation began are not in here while it is the only one: then this holds for them.
_ready = {}  # type: dict[object, tuple]
_at_once = None  # type: tuple | None
# Key of such a task -> string of the key; not of parts, whose keys are told as their layer and number.
_texts = {}  # type: dict[object, int]
# The computations that are going on in this process.
_going_on = set()  # type: set[_Computation]
# Keys of tasks whose dependencies have been told.
_told = set()  # type: set[str]

# How execute_task is called, and what get_async calls: any other Dask is not ours to watch.
_ARGUMENTS = ('key', 'task_info', 'dumps', 'loads', 'get_id', 'pack_exception')
_CALLED = {'unpack_callbacks', 'start_state_from_dask', 'queue_get'}


def patch_local(module):
    if not _is_known(module):
        from . import dask_callbacks

        dask_callbacks.install()
        return
    thread_pools.told_by_engine = module.batch_execute_tasks
    function(module, 'execute_task', _execute_task)
    function(module, 'unpack_callbacks', _unpack_callbacks)
    function(module, 'start_state_from_dask', _start_state)
    function(module, 'queue_get', _queue_get)
    function(module, 'get_async', _get_async)
    if hasattr(os, 'register_at_fork'):
        os.register_at_fork(after_in_child=_forked)


def _is_known(module):
    execute, get_async = (getattr(getattr(module, name, None), '__code__', None) for name in ('execute_task', 'get_async'))
    if execute is None or get_async is None or not hasattr(module, 'batch_execute_tasks'):
        return False
    if getattr(getattr(module, 'Queue', None), '__module__', None) != 'queue':
        return False
    return execute.co_varnames[:execute.co_argcount] == _ARGUMENTS and _CALLED.issubset(get_async.co_names)


def _forked():
    """A forked child has none of its parent's computations, and strings of its own."""
    global _at_once
    _at_once = None
    _going_on.clear()
    _ready.clear()
    _texts.clear()
    dask_keys.forget()


def _execute_task(original):
    # The path of each task: written out, with the arguments one by one, as all that can be saved here is saved.
    def execute_task(key, task_info, dumps, loads, get_id, pack_exception):
        offset = -1
        try:
            ready, where = _ready and _ready.pop(key, None) or _at_once or _told_by_parent()
            label = layers.get(key[0]) if type(key) is tuple and key else None
            if label is None:
                label = dask_keys.function_of(key, task_info[0] if type(task_info) is tuple else None)
            try:
                memory, following, _ = tls.c
                offset = following()
            except (AttributeError, StopIteration):
                memory, following, _ = claim()
                offset = following()
            # is_part, written out: a call for each task would be felt.
            if type(key) is tuple and len(key) == 2 and type(key[1]) is int and type(key[0]) is str and 0 <= key[1] <= LARGEST_PART:
                pack_record(memory, offset, now(), 0, ready, where, label, key[1], TASK_PART, _OK, MARK)
            else:
                text = _texts.pop(key, 0) or string(dask_keys.text_of(key))
                pack_record(memory, offset, now(), 0, ready, text, label, where, TASK, _OK, MARK)
            if type(task_info) is not tuple:
                loads = _looking(loads, key, memory, offset)
        except Exception as error:
            fault(error)
        failed = True
        try:
            done = original(key, task_info, dumps, loads, get_id, pack_exception)
            failed = done[2]
            return done
        finally:
            if offset >= 0:
                try:
                    if failed:
                        pack_u8(memory, offset + OFFSET_FLAGS, _FAILED)
                    pack_u64(memory, offset + OFFSET_T1, now())
                except OUT_OF_REACH:  # begun by our parent, before a fork
                    pass

    return execute_task


def _looking(loads, key, memory, offset):
    """In a process the task comes as bytes: which function it runs is known once they are loaded."""

    def load(data):
        loaded = loads(data)
        try:
            if type(loaded) is tuple and type(data) is bytes:
                pack_u32(memory, offset + OFFSET_AUX, dask_keys.function_of(key, loaded[0]))
        except OUT_OF_REACH:
            pass
        except Exception as error:
            fault(error)
        return loaded

    return load


def _told_by_parent():
    """(when it became ready, string of the line that asked) of the next task of the batch that this process has got."""
    batch = tls.dask_batch
    if not batch:
        return 0, 0
    ready, where = batch.pop(0)
    return ready, string(where) if where else 0


class _Computation:
    """One call of a scheduler."""

    __slots__ = (
        'began', 'site', 'line', 'where', 'state', 'at_once', 'waiting', 'done', 'results', 'edges', 'asked', 'submit_original', 'queue', 'wait',
    )  # fmt: skip

    def __init__(self, frame, submit, workers, options):
        self.began = now()
        self.site = site(frame)
        self.where = place(frame)
        self.line = _text_of(self.where)
        self.state = None
        self.edges = None
        self.waiting = self.done = 0
        self.queue = self.wait = None
        self.results = Results()
        self.submit_original = submit
        self.asked = {'scheduler': _kind_of(submit), 'workers': workers, 'chunksize': options.get('chunksize') or 1}

    def begin(self, state):
        """The graph is known: `state` as start_state_from_dask makes it."""
        global _at_once
        self.state = state
        _going_on.add(self)
        self.at_once = now(), self.site
        if len(_going_on) == 1:
            _at_once = self.at_once
        else:
            _ready.update(dict.fromkeys(state['ready'], self.at_once))
        self.waiting = len(state['waiting'])
        given = state['cache']
        needs = state['dependencies']
        self.edges = [(key, [need for need in each if need not in given]) for key, each in needs.items() if each]
        tasks = [key for key in needs if key not in given] if given else list(needs)
        dask_computed.tasks(tasks)
        if tasks:
            others = dask_keys.others(tasks)
            first = strings([dask_keys.text_of(key) for key in others])
            _texts.update(zip(others, range(first, first + len(others))))
            edges = sum(len(each) for _, each in self.edges)
            self.asked.update(tasks=len(tasks), dependencies=edges, ready=len(state['ready']))
            if edges > MOST_EDGES:
                self._leave_out_edges(edges)
            if len(tasks) >= FEW_TASKS:
                lines.emit(self._fact('computing', {'tasks': len(tasks)}))

    def finished(self, key, value, dsk, state, worker):
        """Dask calls it after each task, in the thread that asked: `state` has been brought up to date by then."""
        try:
            waiting = len(state['waiting'])
            if waiting != self.waiting:
                self._now_ready(state['ready'][waiting - self.waiting:])
                self.waiting = waiting
            results = self.results
            if sizers.get(type(value), True):
                results.kept(key, value)
            if results.sizes:
                results.freed(state['dependencies'][key], state['cache'])
            self.done = done = self.done + 1
            if not done & 15:
                results.count(len(state['cache']))
        except Exception as error:
            fault(error)

    def wait_at(self, queue):
        """Results come by this queue: its waits are told by queue_get, and not once more by its Condition."""
        self.queue = queue
        self.wait = wire.rest_of_record(wire.WAIT, id(queue), self.site, string('compute'), 0, wire.RESULT)
        condition = queue.not_empty
        plain_wait = getattr(type(condition).wait, '__wrapped__', None)
        if plain_wait is not None:
            condition.wait = plain_wait.__get__(condition)

    def _now_ready(self, keys):
        stamp = now(), self.site
        for key in keys:
            _ready[key] = stamp

    def _leave_out_edges(self, edges):
        self.edges = []
        text = 'A graph has %d dependencies between its tasks, more than the %d that are kept: none of them is.'
        lines.emit({
            'kind': 'mark', 'process': None, 'level': 'info', 'name': 'dependencies left out', 'atNs': now(),
            'text': text % (edges, MOST_EDGES),
        })  # fmt: skip

    def _tell(self):
        """What was computed, for the rules: the tasks are those that started in its time and were asked for in its line."""
        self.asked['durationNs'] = now() - self.began
        lines.emit(self._fact('computation', self.asked))

    def _fact(self, name, values):
        file, line = self.where
        return {
            'kind': 'fact', 'engine': 'dask', 'name': name, 'file': file, 'line': line, 'atNs': self.began,
            'values': values,
        }  # fmt: skip

    def submit(self, batch, items):
        """Hands a batch to a pool of processes, in place of whose task each of them records its own."""
        told = tls.dask_submits = []
        for item in items:
            ready, _ = _ready.pop(item[0], self.at_once)
            _texts.pop(item[0], None)
            told.append((ready, self.line))
        try:
            return self.submit_original(batch, items)
        finally:
            tls.dask_submits = None

    def _leave(self):
        global _at_once
        _going_on.discard(self)
        if _at_once is self.at_once:
            _at_once = None

    def end(self):
        self.results.end()
        state = self.state
        if state is None:
            return
        self._leave()
        for key in state['ready']:  # it failed: they are never begun
            _ready.pop(key, None)
            _texts.pop(key, None)
        for key in state['waiting']:
            _texts.pop(key, None)
        edges = []
        for key, needs in self.edges:
            text = dask_keys.text_of(key)
            if needs and text not in _told:
                _told.add(text)
                edges.extend((dask_keys.text_of(need), text) for need in needs)
        if edges:
            lines.emit({'kind': 'links', 'engine': 'dask', 'edges': edges})
        if 'tasks' in self.asked:
            self._tell()


def _kind_of(submit):
    """What runs the tasks: `threads`, `processes`, `synchronous`, or the name of the pool's class."""
    pool = getattr(submit, '__self__', None)
    names = {cls.__name__ for cls in type(pool).__mro__}
    if 'SynchronousExecutor' in names:
        return 'synchronous'
    if 'ProcessPoolExecutor' in names:
        return 'processes'
    if 'ThreadPoolExecutor' in names:
        return 'threads'
    return type(pool).__name__


def _text_of(where):
    return '%s\t%d\t' % where if where[0] else ''


def _get_async(original):
    def get_async(submit, num_workers, dsk, result, *args, **kwargs):
        outer = tls.dask
        try:
            dask_computed.graph(dsk)
            computation = tls.dask = _Computation(sys._getframe(1), submit, num_workers, kwargs)
            if computation.asked['scheduler'] not in ('synchronous', 'threads'):
                submit = computation.submit
        except Exception as error:
            fault(error)
        try:
            return original(submit, num_workers, dsk, result, *args, **kwargs)
        finally:
            try:
                tls.dask.end()
                tls.dask = outer
            except Exception as error:
                fault(error)

    return get_async


def _queue_get(original):
    # For each task: one wait that is told as what it is, in place of a search for what the queue's own waits are for.
    def queue_get(queue):
        if queue.queue:  # nobody else takes anything out of it
            return queue.get()
        computation = tls.dask
        if computation is None:
            return original(queue)
        memory, offset = UNRECORDED
        try:
            if computation.queue is not queue:
                computation.wait_at(queue)
            try:
                memory, following, _ = tls.c
                offset = following()
            except (AttributeError, StopIteration):
                memory, following, _ = claim()
                offset = following()
            pack_begun(memory, offset, now(), 0, computation.wait)
        except Exception as error:
            fault(error)
        try:
            return original(queue)
        finally:
            try:
                pack_u64(memory, offset + OFFSET_T1, now())
            except OUT_OF_REACH:  # begun by our parent, before a fork
                pass

    return queue_get


def _unpack_callbacks(original):
    def unpack_callbacks(callbacks):
        kinds = original(callbacks)
        try:
            computation = tls.dask
            if computation is not None and computation.state is None:
                kinds[3] = [computation.finished, *kinds[3]]
        except Exception as error:
            fault(error)
        return kinds

    return unpack_callbacks


def _start_state(original):
    def start_state_from_dask(*args, **kwargs):
        state = original(*args, **kwargs)
        try:
            computation = tls.dask
            if computation is not None and computation.state is None:
                computation.begin(state)
        except Exception as error:
            fault(error)
        return state

    return start_state_from_dask
