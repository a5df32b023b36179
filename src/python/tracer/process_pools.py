"""concurrent.futures.ProcessPoolExecutor: the parent's submits, and the tasks and idle time of its worker processes."""
import sys

from . import wire
from .labels import function
from .recorder import begin, fault, reference, state, tls
from .thread_pools import remember_executor, remember_submit, submitted_by
from .worker_queues import Inbox, Outbox
from .wrap import function as wrap_function
from .wrap import method

_FLAGS = wire.ENGINE_PROCESS_POOL


def patch_process(process):
    # An item's kwargs are a dict of its own, and the only thing that its call item has in common with it.
    waiting = {}  # type: dict[int, tuple]  # id(kwargs) -> (kwargs, reference)

    def init(original):
        def __init__(self, future, fn, args, kwargs):
            original(self, future, fn, args, kwargs)
            try:
                batch = tls.dask_submits
                if batch is not None:  # a batch of Dask's tasks, which are recorded themselves
                    waiting[id(kwargs)] = kwargs, batch
                    return
                fn = function(fn, args)
                executor, where = submitted_by(sys._getframe(1))
                token = begin(wire.TASK_QUEUED, executor, where, fn, 0, _FLAGS)
                ref = reference(token)
                future._run_in_parallel = token[0], token[1], fn, ref, _FLAGS
                waiting[id(kwargs)] = kwargs, ref
            except Exception as error:
                fault(error)

        return __init__

    def call_init(original):
        def __init__(self, work_id, fn, args, kwargs):
            original(self, work_id, fn, args, kwargs)
            found = waiting.pop(id(kwargs), None)
            if found is not None:
                self._run_in_parallel = state.pid, found[1]  # travels with the item

        return __init__

    method(process._WorkItem, '__init__', init)
    method(process._CallItem, '__init__', call_init)
    method(process.ProcessPoolExecutor, 'submit', remember_submit)

    def describe(item):
        submitter, ref = getattr(item, '_run_in_parallel', (0, 0))
        if submitter == 0:
            return None
        if type(ref) is list:
            tls.dask_batch = ref
            return None
        return begin(wire.TASK, ref, 0, function(item.fn, item.args), submitter, _FLAGS)

    def status_of(result):
        if not hasattr(result, 'exception'):
            return None
        return wire.OK if result.exception is None else wire.FAILED

    def worker(original):
        def _process_worker(call_queue, result_queue, *rest, **more):
            inbox = Inbox(call_queue, describe, _FLAGS)
            return original(inbox, Outbox(result_queue, inbox, status_of), *rest, **more)

        return _process_worker

    wrap_function(process, '_process_worker', worker)

    method(process.ProcessPoolExecutor, '__init__', remember_executor(_FLAGS))
