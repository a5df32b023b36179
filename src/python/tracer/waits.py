"""Sleeping, waiting for a Condition (and with it for an Event, Semaphore, Barrier, Queue, Future), and for a SimpleQueue."""
import sys

from . import wire
from .recorder import OUT_OF_REACH, claim, end, fault, now, tls
from .sites import UNRECORDED, blocked
from .wire import OFFSET_T1, pack_begun, pack_u64
from .wrap import method, replace


def patch_time(time):
    def sleep(original):
        def sleep(*args):
            if not args or args[0] == 0 and type(args[0]) in (int, float):
                return original(*args)
            token = blocked(sys._getframe(1), wire.SLEEP, 'sleep')
            try:
                return original(*args)
            finally:
                end(token)

        return sleep

    replace(time, 'sleep', sleep)


def patch_threading(threading):
    start = threading.Thread.start
    start_code = getattr(start, '__wrapped__', start).__code__

    def wait(original):
        def wait(self, timeout=None):
            caller = sys._getframe(1)
            outer = caller.f_back
            if outer is not None and outer.f_code is start_code:  # Thread.start waits for the thread to come up: no news
                return original(self, timeout)
            if timeout is not None:
                try:
                    if timeout <= 0:
                        return original(self, timeout)
                except TypeError:
                    return original(self, timeout)
            token = blocked(caller, wire.CONDITION, 'Condition.wait', id(self))
            try:
                return original(self, timeout)
            finally:
                end(token)

        return wait

    method(threading.Condition, 'wait', wait)


def patch_queue(queue):
    raw = queue.SimpleQueue
    if raw.__module__ != '_queue':
        return
    Empty = queue.Empty
    is_empty = raw.empty
    get_nowait = raw.get_nowait
    raw_get = raw.get

    class SimpleQueue(raw):
        __slots__ = ()

        def get(self, block=True, timeout=None):
            if not block:
                return raw_get(self, block, timeout)
            if timeout is None and not is_empty(self):
                try:
                    return get_nowait(self)
                except Empty:  # another thread was faster
                    pass
            token = blocked(sys._getframe(1), wire.QUEUE, 'SimpleQueue.get', id(self))
            try:
                return raw_get(self, block, timeout)
            finally:
                end(token)

    idle = wire.rest_of_record(wire.IDLE)

    class IdleQueue(SimpleQueue):
        """Of a pool of threads: one of them waits for each task, so there is no search for who it is, and no call that can be saved."""

        __slots__ = ()

        def get(self, block=True, timeout=None):
            if not block:
                return raw_get(self, block, timeout)
            if not is_empty(self):
                try:
                    return get_nowait(self)
                except Empty:  # another thread was faster
                    pass
            memory, offset = UNRECORDED
            try:
                try:
                    memory, following, _ = tls.c
                    offset = following()
                except (AttributeError, StopIteration):
                    memory, following, _ = claim()
                    offset = following()
                pack_begun(memory, offset, now(), 0, idle)
            except Exception as error:
                fault(error)
            try:
                return raw_get(self, block, timeout)
            finally:
                try:
                    pack_u64(memory, offset + OFFSET_T1, now())
                except OUT_OF_REACH:  # begun by our parent, before a fork
                    pass

    SimpleQueue.of_idle = IdleQueue
    for cls in SimpleQueue, IdleQueue:
        cls.__module__ = '_queue'
        cls.__qualname__ = cls.__name__ = 'SimpleQueue'
        cls.get.__qualname__ = 'SimpleQueue.get'
        cls.__doc__ = raw.__doc__
    queue.SimpleQueue = SimpleQueue
