"""
The way out for a Dask whose private functions are not those that dask_local.py knows: its public callbacks.

They are called in the thread that computes, before a task is handed out and after its result has come back: times are approximate
(with processes they are those of whole batches), and a computation inside a task is not seen.
"""
import os
import threading

from ..recorder import fault, note, now
from . import dask_keys, lines
from .places import caller

_NOTE = 'This Dask is not one whose tasks can be timed in their threads: the times of its tasks are those at which they were handed out and came back.'


def install():
    from dask.callbacks import Callback

    class Tasks(Callback):
        def __init__(self):
            self._began = {}
            self._count = 0
            self._tracks = set()
            self._where = None, None
            super().__init__(start=self._start, pretask=self._pretask, posttask=self._posttask, finish=self._finish)

        def _start(self, dsk):
            self._where = caller()

        def _pretask(self, key, dsk, state):
            self._began[key] = now()

        def _posttask(self, key, result, dsk, state, worker):
            try:
                self._tell(key, self._track(worker), 'ok')
            except Exception as error:
                fault(error)

        def _finish(self, dsk, state, failed):
            try:
                for key in list(self._began):
                    self._tell(key, None, 'failed' if failed else 'lost')
            except Exception as error:
                fault(error)

        def _tell(self, key, track, status):
            self._count += 1
            began = self._began.pop(key, None)
            file, line = self._where
            row = {
                'id': 'dask-%d-%d' % (os.getpid(), self._count), 'name': dask_keys.prefix_of(key), 'key': dask_keys.text_of(key),
                'track': track, 'submitNs': began, 'startNs': began, 'endNs': now(), 'status': status,
                'submitFile': file, 'submitLine': line,
            }  # fmt: skip
            lines.emit({'kind': 'tasks', 'engine': 'dask', 'rows': [row]})

        def _track(self, worker):
            """Id of the track of a thread (`worker` is its ident, None the one that asks), or of a process's main thread (its pid)."""
            worker = threading.get_ident() if worker is None else worker
            thread = threading._active.get(worker)
            pid, tid = (os.getpid(), thread.native_id) if thread is not None else (worker, worker)
            track = 'dask-%s' % (worker,)
            if track not in self._tracks:
                self._tracks.add(track)
                name = thread.name if thread is not None else 'MainThread'
                process = {'kind': 'process', 'id': 'dask-%s' % pid, 'engine': 'dask', 'name': '', 'pid': pid, 'host': None, 'atNs': now()}
                lines.emit(process, {'kind': 'track', 'id': track, 'process': process['id'], 'name': name, 'tid': tid, 'atNs': now()})
            return track

    Tasks().register()
    note(_NOTE)
