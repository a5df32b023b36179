"""multiprocessing.Pool and ThreadPool: their jobs, and the tasks (one per chunk of a job) and idle time of their workers."""
import os
import sys

from . import wire
from .labels import function
from .recorder import begin, fault, now, patch, state, tls
from .sites import site
from .thread_pools import record_pool
from .worker_queues import Inbox, Outbox
from .wrap import function as wrap_function
from .wrap import method


def patch_pool(pool):
    thread_pool = getattr(pool, 'ThreadPool', ())

    def engine_of(each):
        return wire.ENGINE_MP_THREAD_POOL if isinstance(each, thread_pool) else wire.ENGINE_MP_POOL

    def remember_job(original):
        def call(self, func, *args, **kwargs):
            try:
                tls.job = site(sys._getframe(1)), function(func), engine_of(self)
            except Exception as error:
                fault(error)
            try:
                return original(self, func, *args, **kwargs)
            finally:
                tls.job = None

        return call

    def record_job(job, chunks):
        try:
            known = getattr(tls, 'job', None)
            if known is not None:
                where, fn, engine = known
                return begin(wire.TASK_QUEUED, job << 32, where, fn, chunks, engine)
        except Exception as error:
            fault(error)
        return None

    def apply_init(original):
        def __init__(self, *args, **kwargs):
            original(self, *args, **kwargs)
            if type(self) is pool.ApplyResult:
                record_job(self._job, 1)

        return __init__

    def map_init(original):
        def __init__(self, *args, **kwargs):
            original(self, *args, **kwargs)
            if self._number_left > 0:
                record_job(self._job, self._number_left)

        return __init__

    def imap_init(original):
        def __init__(self, *args, **kwargs):
            original(self, *args, **kwargs)
            self._run_in_parallel = record_job(self._job, 0)  # how many chunks it has shows when the last one is made

        return __init__

    def set_length(original):
        def _set_length(self, length):
            token = self.__dict__.get('_run_in_parallel')
            if token is not None:
                patch(token[0], token[1], length, wire.OFFSET_AUX2, wire.pack_u32)
            return original(self, length)

        return _set_length

    for name in ('apply_async', '_map_async', 'imap', 'imap_unordered'):
        method(pool.Pool, name, remember_job)
    method(pool.ApplyResult, '__init__', apply_init)
    method(pool.MapResult, '__init__', map_init)
    method(pool.IMapIterator, '__init__', imap_init)
    method(pool.IMapIterator, '_set_length', set_length)

    def status_of(result):
        if type(result) is not tuple or len(result) != 3:
            return None
        return wire.OK if result[2][0] else wire.FAILED

    def worker(original):
        def worker(inqueue, outqueue, *rest, **more):
            threads = not hasattr(inqueue, '_writer')
            engine = wire.ENGINE_MP_THREAD_POOL if threads else wire.ENGINE_MP_POOL
            submitter = state.pid if threads else _parent_pid()

            def describe(task):
                job, index, func, args = task[:4]
                if getattr(func, '__name__', '') == '_helper_reraises_exception':
                    return None
                return begin(wire.TASK, (job << 32) + (index or 0), 0, function(func, args), submitter, engine)

            inbox = Inbox(inqueue, describe, engine)
            return original(inbox, Outbox(outqueue, inbox, status_of), *rest, **more)

        return worker

    wrap_function(pool, 'worker', worker)

    def pool_init(original):
        def __init__(self, *args, **kwargs):
            t0 = now()
            original(self, *args, **kwargs)
            try:
                record_pool(self, t0, sys._getframe(1), self._processes, engine_of(self))
            except Exception as error:
                fault(error)

        return __init__

    method(pool.Pool, '__init__', pool_init)


def _parent_pid():
    """The process that made the pool: under forkserver that isn't the worker's parent."""
    process = sys.modules['multiprocessing.process'].current_process()
    return getattr(process, '_parent_pid', None) or os.getppid()
