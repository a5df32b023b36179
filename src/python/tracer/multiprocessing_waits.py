"""multiprocessing's own locks, conditions, queues and pipes."""
import sys

from . import wire
from .recorder import end
from .sites import STDLIB, blocked, called_by_user
from .wrap import method

_QUEUES_FILE = STDLIB + 'multiprocessing/queues.py'


def patch_synchronize(synchronize):
    def wait(about, acquire, caller, args):
        if not called_by_user(caller):  # a part of some other wait, such as that for a queue
            return acquire(*args)
        kind, label, number = about
        token = blocked(caller, kind, label, number)
        try:
            return acquire(*args)
        finally:
            end(token)

    def describe(lock):
        kind = wire.SEMAPHORE if isinstance(lock, synchronize.Semaphore) else wire.LOCK
        return kind, type(lock).__name__ + '.acquire', id(lock)

    def enter(original):
        def __enter__(self):
            acquire = self._semlock.acquire
            if acquire(False):
                return True
            return wait(describe(self), acquire, sys._getframe(1), ())

        return __enter__

    def make_methods(original):
        def _make_methods(self):
            original(self)
            raw = self.acquire
            about = describe(self)  # not the lock itself: that would be a cycle, and its semaphore would outlive its time

            def acquire(block=True, timeout=None):
                if not block:
                    return raw(block, timeout)
                return raw(False) or wait(about, raw, sys._getframe(1), (block, timeout))

            self.acquire = acquire

        return _make_methods

    def condition_wait(original):
        def wait(self, timeout=None):
            token = blocked(sys._getframe(1), wire.CONDITION, 'Condition.wait', id(self))
            try:
                return original(self, timeout)
            finally:
                end(token)

        return wait

    method(synchronize.SemLock, '__enter__', enter)
    method(synchronize.SemLock, '_make_methods', make_methods)
    method(synchronize.Condition, 'wait', condition_wait)


def _blocking(kind, label):
    """Wraps a method that waits, when user code calls it."""

    def make(original):
        def call(self, *args, **kwargs):
            caller = sys._getframe(1)
            if not called_by_user(caller):
                return original(self, *args, **kwargs)
            token = blocked(caller, kind, label, id(self))
            try:
                return original(self, *args, **kwargs)
            finally:
                end(token)

        return call

    return make


def patch_queues(queues):
    def get(label):
        def make(original):
            def get(self, block=True, timeout=None):
                caller = sys._getframe(1)
                if not block or not called_by_user(caller):
                    return original(self, block, timeout)
                token = blocked(caller, wire.QUEUE, label, id(self))
                try:
                    return original(self, block, timeout)
                finally:
                    end(token)

            return get

        return make

    def put(original):
        def put(self, obj, block=True, timeout=None):
            caller = sys._getframe(1)
            if not block or not called_by_user(caller) or self._sem.acquire(False) and self._sem.release() is None:
                return original(self, obj, block, timeout)  # there is room
            token = blocked(caller, wire.QUEUE, 'Queue.put', id(self))
            try:
                return original(self, obj, block, timeout)
            finally:
                end(token)

        return put

    method(queues.Queue, 'get', get('Queue.get'))
    method(queues.Queue, 'put', put)
    method(queues.SimpleQueue, 'get', _blocking(wire.QUEUE, 'SimpleQueue.get'))


def patch_connection(connection):
    def receive(label):
        def make(original):
            def receive(self, *args, **kwargs):
                caller = sys._getframe(1)
                if caller.f_code.co_filename == _QUEUES_FILE:  # told as that of the queue
                    return original(self, *args, **kwargs)
                token = blocked(caller, wire.IO, label, id(self))
                try:
                    return original(self, *args, **kwargs)
                finally:
                    end(token)

            return receive

        return make

    for name in ('recv', 'recv_bytes'):
        method(connection._ConnectionBase, name, receive('Connection.' + name))
