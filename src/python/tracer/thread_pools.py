"""concurrent.futures.ThreadPoolExecutor: submitted, started, finished, cancelled; its workers when they have nothing to do."""
import sys

from . import wire
from .labels import function, is_users
from .recorder import OUT_OF_REACH, claim, fault, now, patch, record, state, string, tls
from .sites import site
from .wire import MARK, OFFSET_T1, pack_record, pack_u8, pack_u64
from .wrap import method

_FLAGS = wire.ENGINE_THREAD_POOL
# A function of an engine's that is handed to pools: what it does is told by the engine itself.
told_by_engine = object()


def remember_submit(original):
    """submit(): the work item is made inside, and wants to know for whom."""

    def submit(self, *args, **kwargs):
        if len(args) < 2 or args[-2] is not told_by_engine:
            try:
                tls.submit = id(self), site(sys._getframe(1))
            except Exception as error:
                fault(error)
        return original(self, *args, **kwargs)

    return submit


def submitted_by(frame):
    """(executor, site) of the submit() that is under way in this thread."""
    found = tls.submit
    if found is None:
        return 0, site(frame)
    tls.submit = None
    return found


def record_pool(executor, t0, caller, size, engine):
    record(wire.POOL, t0, now(), id(executor), site(caller), string(type(executor).__name__), size or 0, engine)


def remember_executor(engine):
    """__init__() of an executor: a pool was made, and by whom."""

    def wrap(original):
        def __init__(self, *args, **kwargs):
            t0 = now()
            original(self, *args, **kwargs)
            try:
                record_pool(self, t0, sys._getframe(1), self._max_workers, engine)
            except Exception as error:
                fault(error)

        return __init__

    return wrap


def _wait_idle(original):
    """__init__() of an executor: who waits at its queue is idle, without a look at who it is."""

    def __init__(self, *args, **kwargs):
        original(self, *args, **kwargs)
        idle_queue = getattr(getattr(self, '_work_queue', None), 'of_idle', None)
        if idle_queue is not None:
            self._work_queue = idle_queue()

    return __init__


def patch_futures(base):
    def cancel(original):
        def cancel(self):
            waiting = self._state == 'PENDING'
            cancelled = original(self)
            if waiting and cancelled:
                try:
                    task = self.__dict__.pop('_run_in_parallel', None)
                    if task is not None:
                        memory, offset, fn, ref, engine = task
                        t = now()
                        patch(memory, offset, t, OFFSET_T1)
                        record(wire.TASK, t, t, ref, 0, fn, state.pid, engine | wire.CANCELLED)
                except Exception as error:
                    fault(error)
            return cancelled

        return cancel

    method(base.Future, 'cancel', cancel)


def patch_thread(thread):
    item = thread._WorkItem

    def remember(self, future, fn, args):
        # The path of each submit: written out, as every call in here would be a tenth of what an empty task takes.
        try:
            label = function(fn, args)
            try:
                executor, where = tls.submit
                tls.submit = None
            except TypeError:
                executor, where = 0, site(sys._getframe(2))
            if not where and not is_users(fn, args):  # a library's own errand, such as Dask's with its messages
                return
            try:
                memory, following, base = tls.c
                offset = following()
            except (AttributeError, StopIteration):
                memory, following, base = claim()
                offset = following()
            pack_record(memory, offset, now(), 0, executor, where, label, 0, wire.TASK_QUEUED, _FLAGS, MARK)
            self._run_in_parallel = future._run_in_parallel = memory, offset, label, base + offset, _FLAGS
        except Exception as error:
            fault(error)

    def init(original):
        def __init__(self, future, fn, args, kwargs):
            original(self, future, fn, args, kwargs)
            if fn is not told_by_engine and (not args or args[0] is not told_by_engine):  # alone, or for a Context to run
                remember(self, future, fn, args)

        def init_of_one_tuple(self, future, *rest):  # from 3.14 on
            original(self, future, *rest)
            try:
                fn, args = rest[0][:2]
            except Exception as error:
                return fault(error)
            if fn is not told_by_engine and (not args or args[0] is not told_by_engine):
                remember(self, future, fn, args)
            return None

        return __init__ if original.__code__.co_varnames[:5] == ('self', 'future', 'fn', 'args', 'kwargs') else init_of_one_tuple

    def run(original):
        # The path of each task: it touches what came with the item and what is this thread's own, nothing else.
        def run(self, *context):
            task = self._run_in_parallel
            if task is None or self.future._state != 'PENDING':
                return original(self, *context) if context else original(self)
            future = self.future
            offset = -1
            try:
                try:
                    memory, following, _ = tls.c
                    offset = following()
                except (AttributeError, StopIteration):
                    memory, following, _ = claim()
                    offset = following()
                t = now()
                queued, queued_at, label, ref, _ = task
                pack_u64(queued, queued_at + OFFSET_T1, t)
                pack_record(memory, offset, t, 0, ref, 0, label, state.pid, wire.TASK, _FLAGS, MARK)
            except Exception as error:
                fault(error)
            try:
                return original(self, *context)
            finally:
                if offset >= 0:
                    try:
                        t = now()
                        status = wire.OK
                        if future._exception is not None:
                            status = wire.FAILED
                        elif future._state != 'FINISHED':
                            status = wire.CANCELLED
                        pack_u8(memory, offset + wire.OFFSET_FLAGS, _FLAGS | status)
                        pack_u64(memory, offset + OFFSET_T1, t)
                    except OUT_OF_REACH:  # begun by our parent, before a fork
                        pass
                # The future's exception holds its traceback, and that this frame: no cycle, as in the original.
                self = future = task = None

        return run

    item._run_in_parallel = None  # of one that isn't recorded
    method(item, '__init__', init)
    method(item, 'run', run)
    method(thread.ThreadPoolExecutor, 'submit', remember_submit)

    method(thread.ThreadPoolExecutor, '__init__', _wait_idle)
    method(thread.ThreadPoolExecutor, '__init__', remember_executor(_FLAGS))
