"""Sleeping, waiting for a Condition (and with it for an Event, Semaphore, Barrier, Queue, Future), and for a SimpleQueue."""
import os
import sys

from . import wire
from .recorder import begin, end
from .sites import STDLIB, blocked
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
    thread_pool_file = STDLIB + os.path.join('concurrent', 'futures', 'thread.py')

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
            caller = sys._getframe(1)
            if caller.f_code.co_filename == thread_pool_file:  # a worker, and often: spare it the search for a user frame
                token = begin(wire.IDLE)
            else:
                token = blocked(caller, wire.QUEUE, 'SimpleQueue.get', id(self))
            try:
                return raw_get(self, block, timeout)
            finally:
                end(token)

    SimpleQueue.__module__ = '_queue'
    SimpleQueue.__qualname__ = 'SimpleQueue'
    SimpleQueue.get.__qualname__ = 'SimpleQueue.get'
    SimpleQueue.__doc__ = raw.__doc__
    queue.SimpleQueue = SimpleQueue
