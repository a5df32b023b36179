"""threading.Thread: started, ran, joined."""
import sys

from . import wire
from .labels import function
from .recorder import begin, end, fault, patch, retire_thread, string
from .sites import blocked, called_by_user, site
from .wrap import method


def patch_threading(threading):
    Thread = threading.Thread

    def start(original):
        def start(self):
            try:
                caller = sys._getframe(1)
                target = getattr(self, '_target', None)
                fn = function(type(self).run if target is None else target)
                name = string(self._name)
                flags = wire.THREAD_BY_USER if called_by_user(caller) else 0
                token = begin(wire.THREAD_START, id(self), site(caller), name, fn, flags)
            except Exception as error:
                fault(error)
                return original(self)
            try:
                return original(self)
            finally:
                end(token)

        return start

    def bootstrap(original):
        def _bootstrap_inner(self):
            token = None
            failed = []
            try:
                name = self._name
                token = begin(wire.THREAD, id(self), 0, string(name))
                _watch_failure(self, failed)
            except Exception as error:
                fault(error)
            try:
                return original(self)
            finally:
                if token is not None:
                    try:
                        if self._name != name:  # named while it ran
                            patch(token[0], token[1], string(self._name), wire.OFFSET_AUX, wire.pack_u32)
                        patch(token[0], token[1], wire.FAILED if failed else wire.OK, wire.OFFSET_FLAGS, wire.pack_u8)
                        end(token)
                        retire_thread()
                    except Exception as error:
                        fault(error)

        return _bootstrap_inner

    def join(original):
        def join(self, timeout=None):
            try:
                alive = self is not threading.current_thread() and Thread.is_alive(self)
            except Exception:  # never started, or not a proper thread: the original says so
                alive = False
            if not alive:
                return original(self, timeout)
            token = blocked(sys._getframe(1), wire.JOIN, 'Thread.join', id(self))
            try:
                return original(self, timeout)
            finally:
                end(token)

        return join

    method(Thread, 'start', start)
    method(Thread, '_bootstrap_inner', bootstrap)
    method(Thread, 'join', join)


def _watch_failure(thread, failed):
    """Lets the thread's own report of an uncaught exception tell us that there was one."""
    report = thread._invoke_excepthook

    def _invoke_excepthook(failing):
        if sys.exc_info()[0] is not SystemExit:
            failed.append(True)
        return report(failing)

    thread._invoke_excepthook = _invoke_excepthook
