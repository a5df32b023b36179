"""
threading.Lock and RLock made by user code; libraries keep the raw ones. A record only when a thread really has to wait.

Between taking and giving back a lock there must be no point where the interpreter may hand over the GIL that the plain lock
does not have (a call of a Python function is one): it would turn a busy, hardly contended lock into a convoy that isn't there
without us. So `release` and `__exit__` are the C methods themselves, and a free lock is taken by a `for` loop's first step
over `iter(acquire-without-waiting)`, which has no such point either.
"""
import _thread
import sys

from . import wire
from .recorder import claim, end, tls
from .sites import blocked, is_user_file
from .wrap import dress, replace


def patch_threading(threading):
    from functools import partial  # threading has imported it
    from operator import attrgetter

    raw_lock = _thread.allocate_lock
    lock_type = type(raw_lock())

    class Exit(property):
        """`with` finds the C method without a Python frame; ExitStack calls `type(manager).__exit__(manager, …)`."""

        def __call__(self, manager, *details):
            return manager._exit(*details)

    def wait(lock, label, caller, timeout):
        owner = lock.owner
        token = blocked(caller, wire.LOCK, label, id(lock), owner or 0)
        try:
            return lock._acquire(True, timeout)
        finally:
            end(token)

    def thread_id():
        try:
            claim()
            return tls.tid
        except Exception:
            return 0

    class lock:
        __slots__ = ('_free', '_acquire', 'release', '_exit', 'locked', 'owner', '__weakref__')
        __exit__ = Exit(attrgetter('_exit'))

        def __init__(self):
            raw = raw_lock()
            self._acquire = raw.acquire
            self._free = iter(partial(raw.acquire, False), None)
            self.release = raw.release
            self._exit = raw.__exit__
            self.locked = raw.locked
            self.owner = None

        def __enter__(self):
            for taken in self._free:
                break
            if taken:
                try:
                    self.owner = tls.tid
                except AttributeError:
                    self.owner = thread_id()
                return True
            taken = wait(self, 'Lock.acquire', sys._getframe(1), -1)
            self.owner = getattr(tls, 'tid', None)
            return taken

        def acquire(self, blocking=True, timeout=-1):
            if (not blocking or timeout != -1) and (not blocking or timeout <= 0):
                return self._acquire(blocking, timeout)  # can't wait, or raises
            for taken in self._free:
                break
            if taken:
                try:
                    self.owner = tls.tid
                except AttributeError:
                    self.owner = thread_id()
                return True
            taken = wait(self, 'Lock.acquire', sys._getframe(1), timeout)
            if taken:
                self.owner = getattr(tls, 'tid', None)
            return taken

        acquire_lock = acquire

        @property
        def release_lock(self):
            return self.release

        def _at_fork_reinit(self):
            self.__init__()

        def __reduce_ex__(self, protocol):
            raise TypeError("cannot pickle '_thread.lock' object")

        @property
        def __class__(self):
            return lock_type

        def __repr__(self):
            return '<%s _thread.lock object at %#x>' % ('locked' if self.locked() else 'unlocked', id(self))

    lock.__module__ = '_thread'
    lock.__qualname__ = 'lock'

    def make_lock(original):
        def Lock():
            return lock() if is_user_file(sys._getframe(1).f_code.co_filename) else original()

        return Lock

    def union(self, other):
        import typing
        return typing.Union[lock, other]

    more = {'__instancecheck__': lambda self, other: isinstance(other, (lock, lock_type))}
    if sys.version_info >= (3, 13):  # a class since then
        more['__or__'] = more['__ror__'] = union
    replace(threading, 'Lock', make_lock, **more)

    if getattr(threading, '_CRLock', None) is not None:
        _patch_rlock(threading, partial, attrgetter, Exit, wait, thread_id)


def _patch_rlock(threading, partial, attrgetter, Exit, wait, thread_id):
    raw_rlock = threading._CRLock
    methods = ('release', '_is_owned', '_release_save', '_acquire_restore')
    methods += tuple(name for name in ('_recursion_count', 'locked') if hasattr(raw_rlock, name))
    condition_init = threading.Condition.__init__.__code__

    class RLock:
        __slots__ = ('_free', '_acquire', '_raw', '_exit', 'owner', '__weakref__') + methods
        __exit__ = Exit(attrgetter('_exit'))

        def __init__(self):
            raw = self._raw = raw_rlock()
            self._acquire = raw.acquire
            self._free = iter(partial(raw.acquire, False), None)
            self._exit = raw.__exit__
            self.owner = None
            for name in methods:
                setattr(self, name, getattr(raw, name))

        def __enter__(self):
            for taken in self._free:
                break
            if taken:
                try:
                    self.owner = tls.tid
                except AttributeError:
                    self.owner = thread_id()
                return True
            taken = wait(self, 'RLock.acquire', sys._getframe(1), -1)
            self.owner = getattr(tls, 'tid', None)
            return taken

        def acquire(self, blocking=True, timeout=-1):
            if (not blocking or timeout != -1) and (not blocking or timeout <= 0):
                return self._acquire(blocking, timeout)
            for taken in self._free:
                break
            if taken:
                try:
                    self.owner = tls.tid
                except AttributeError:
                    self.owner = thread_id()
                return True
            taken = wait(self, 'RLock.acquire', sys._getframe(1), timeout)
            if taken:
                self.owner = getattr(tls, 'tid', None)
            return taken

        def _at_fork_reinit(self):
            self.__init__()

        def __reduce_ex__(self, protocol):
            raise TypeError("cannot pickle '_thread.RLock' object")

        @property
        def __class__(self):
            return raw_rlock

        def __repr__(self):
            return repr(self._raw)

    RLock.__module__ = '_thread'
    RLock.__qualname__ = 'RLock'
    original = threading.RLock

    # From 3.12 on: names the module of a caller, without making a frame object of it.
    module_of = getattr(sys, '_getframemodulename', None)

    def make_rlock(*args, **kwargs):
        # Of a Future: often, and never the user's.
        if module_of is not None and module_of(2) == 'concurrent.futures._base' and module_of(1) == 'threading':
            return raw_rlock()
        frame = sys._getframe(1)
        if frame.f_code is condition_init and frame.f_back is not None:  # the lock of a Condition that the user makes
            frame = frame.f_back
        if is_user_file(frame.f_code.co_filename):
            return RLock()
        return original(*args, **kwargs) if args or kwargs else raw_rlock()

    if isinstance(original, type) or type(original).__name__ == 'builtin_function_or_method':
        checks = {'__instancecheck__': lambda self, other: isinstance(other, (raw_rlock, RLock))}
        replace(threading, 'RLock', lambda _: make_rlock, **checks)
    else:
        threading.RLock = dress(make_rlock, original)
