"""dask.distributed: the program's Clients are watched (dask_watch.py), and workers that are traced tell which of their threads run tasks."""
import asyncio
import atexit
import os
import sys

from ..recorder import fault, native_id, now, state
from ..sites import is_user_file
from ..wrap import function, method
from . import dask_cluster, lines

# Graphs from this size on are told of, in bytes, and how many of them.
_BIG_GRAPH = 1 << 20
_MOST_GRAPHS = 200
# Least key of a graph -> where it was submitted, until the scheduler has told of it; and how many are waited for.
_sites = {}
_MOST_SITES = 10000
# Time after which we say that a Client still has no connection.
_LONG_S = 3.0
_told = [0]


def patch_client(module):
    """distributed.client: in the run's first process only; workers and other children have Clients of their own, on behalf of it."""
    if state.start_method != 'main':
        return
    Client = module.Client
    method(Client, '_start', _start)
    method(Client, '_close', _before(_leave))
    method(Client, '_shutdown', _before(_leave))
    method(Client, '_reconnect', _reconnect)
    method(Client, '_restart_workers', _restart_workers)
    method(Client, '_send_to_scheduler', _send)
    dask_cluster.patch_client(module)


def patch_package(module):
    """distributed, all of it imported: what we do at exit comes before what Dask does then."""
    if state.start_method == 'main':
        atexit.register(_at_exit)


def _at_exit():
    try:
        from .dask_watch import detach_all

        detach_all()
    except Exception as error:
        fault(error)


def _is_for_user(client):
    """Not the Client of a worker that runs in this process."""
    return not str(getattr(client, 'id', '')).startswith('Client-worker')


def _start(original):
    async def _start(self, *args, **kwargs):
        waiting = None
        try:
            if _is_for_user(self) and isinstance(self._start_arg, str):
                waiting = asyncio.ensure_future(_say_that_it_waits(self))
        except Exception as error:
            fault(error)
        try:
            result = await dask_cluster.connected(self, original(self, *args, **kwargs))
        finally:
            if waiting is not None:
                waiting.cancel()
        await _watch(self)
        return result

    return _start


async def _watch(client):
    try:
        if state.on and _is_for_user(client):
            from .dask_watch import attach

            await attach(client, _sites)
    except Exception as error:
        fault(error)


async def _say_that_it_waits(client):
    """A scheduler that can't be reached takes Dask half a minute: we say so before."""
    try:
        await asyncio.sleep(_LONG_S)
        address = client._start_arg
        why = await asyncio.get_running_loop().run_in_executor(None, dask_cluster.why_unreachable, address)
        lines.emit({
            'kind': 'mark', 'process': None, 'level': 'warning', 'name': 'no connection', 'atNs': now(),
            'text': 'The Client has no connection to the Dask scheduler %s yet: %s.' % (address, why or 'it accepts connections but does not answer')
        })
    except Exception as error:
        fault(error)


def _before(first):
    def make(original):
        async def call(self, *args, **kwargs):
            await first(self)
            return await original(self, *args, **kwargs)

        return call

    return make


async def _leave(client):
    try:
        from .dask_watch import detach

        await detach(client)
    except Exception as error:
        fault(error)


def _reconnect(original):
    async def _reconnect(self, *args, **kwargs):
        try:
            from .dask_watch import lost

            lost(self)
        except Exception as error:
            fault(error)
        result = await original(self, *args, **kwargs)
        if self.status == 'running':
            await _watch(self)
        return result

    return _reconnect


def _restart_workers(original):
    async def _restart_workers(self, workers, *args, **kwargs):
        try:
            from .dask_watch import restarting

            restarting(self, workers)
        except Exception as error:
            fault(error)
        return await original(self, workers, *args, **kwargs)

    return _restart_workers


def _send(original):
    def _send_to_scheduler(self, msg):
        try:
            if msg.get('op') == 'update-graph' and _is_for_user(self):
                _submitted(msg, sys._getframe(1))
        except Exception as error:
            fault(error)
        return original(self, msg)

    return _send_to_scheduler


def _submitted(msg, frame):
    """Remembers the line of the user's that a graph comes from, and tells of a big one."""
    while frame is not None and not is_user_file(frame.f_code.co_filename):
        frame = frame.f_back
    place = (None, None) if frame is None else (frame.f_code.co_filename, frame.f_lineno)
    if len(_sites) < _MOST_SITES:
        _sites[min(map(str, msg.get('keys') or ()), default='')] = place
    size = sum(map(_bytes, getattr(msg.get('expr_ser'), 'frames', None) or msg.get('graph_frames') or ()))
    if size >= _BIG_GRAPH and _told[0] < _MOST_GRAPHS:
        _told[0] += 1
        values = {'bytes': size, 'keys': len(msg.get('keys') or ())}
        lines.emit({'kind': 'fact', 'engine': 'dask', 'name': 'graph sent', 'file': place[0], 'line': place[1], 'atNs': now(), 'values': values})


def _bytes(frame):
    return getattr(frame, 'nbytes', None) or len(frame)


def patch_worker(module):
    """distributed.worker: a worker tells which process it is as soon as it has an address, also one that never gets a task."""

    def start(original):
        async def start_unsafe(self, *args, **kwargs):
            result = await original(self, *args, **kwargs)
            try:
                if state.on:
                    lines.emit(_process(self))
            except Exception as error:
                fault(error)
            return result

        return start_unsafe

    method(module.Worker, 'start_unsafe', start)


def _process(worker):
    title = 'Dask worker %s' % worker.name
    if state.start_method == 'main':  # it is the program's own process
        title = os.path.basename(sys.argv[0])
    return {'kind': 'process', 'id': worker.address, 'engine': 'dask', 'name': title, 'pid': os.getpid(), 'host': None, 'atNs': now()}


def patch_threads(module):
    """distributed.threadpoolexecutor: a thread of a worker tells its native id, so that tasks come to lie on the thread that the system knows."""

    def worker(original):
        def _worker(executor, work_queue):
            try:
                _introduce(executor)
            except Exception as error:
                fault(error)
            return original(executor, work_queue)

        return _worker

    function(module, '_worker', worker)


def _introduce(executor):
    import threading

    Worker = getattr(sys.modules.get('distributed.worker'), 'Worker', None)
    for worker in list(getattr(Worker, '_instances', ())):
        if executor not in worker.executors.values():
            continue
        thread = threading.current_thread()
        lines.emit(
            _process(worker),
            {
                'kind': 'track', 'id': '%s/%d' % (worker.address, thread.ident), 'process': worker.address, 'name': thread.name,
                'tid': native_id(), 'atNs': now()
            },
        )
        return
