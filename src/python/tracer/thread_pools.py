"""concurrent.futures.ThreadPoolExecutor: submitted, started, finished, cancelled; its workers when they have nothing to do."""
import sys

from . import wire
from .labels import function
from .recorder import OUT_OF_REACH, claim, fault, now, patch, record, state, string, tls
from .sites import site
from .wire import MARK, OFFSET_T1, pack_record, pack_u8, pack_u64
from .wrap import method

_FLAGS = wire.ENGINE_THREAD_POOL


def remember_submit(original):
    """submit(): the work item is made inside, and wants to know for whom."""

    def submit(self, *args, **kwargs):
        try:
            tls.submit = id(self), site(sys._getframe(1))
        except Exception as error:
            fault(error)
        return original(self, *args, **kwargs)

    return submit


def submitted_by(frame):
    """(executor, site) of the submit() that is under way in this thread."""
    found = getattr(tls, 'submit', None)
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

    def init(original):
        def __init__(self, future, *rest):
            original(self, future, *rest)
            # The path of each submit: written out, as every call in here would be a tenth of what an empty task takes.
            try:
                fn, args = rest[:2] if len(rest) > 1 else rest[0][:2]  # 3.14 hands over one tuple
                label = function(fn, args)
                try:
                    executor, where = tls.submit
                    tls.submit = None
                except (AttributeError, TypeError):
                    executor, where = 0, site(sys._getframe(1))
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
                self._run_in_parallel = None

        return __init__

    def run(original):
        # The path of each task: it touches what came with the item and what is this thread's own, nothing else.
        def run(self, *context):
            task = self._run_in_parallel
            future = self.future
            if task is None or future._state != 'PENDING':
                return original(self, *context)
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

    method(item, '__init__', init)
    method(item, 'run', run)
    method(thread.ThreadPoolExecutor, 'submit', remember_submit)

    method(thread.ThreadPoolExecutor, '__init__', remember_executor(_FLAGS))
