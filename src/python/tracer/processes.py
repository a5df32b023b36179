"""multiprocessing.Process: started, joined; in the child the user's target as a task, and the process's orderly end."""
import sys

from . import start as starting
from . import wire
from .labels import function
from .recorder import begin, end, fault, now, patch, string, tls
from .sites import blocked, called_by_user, site
from .wrap import function as wrap_function
from .wrap import method

# Of this process when it is a multiprocessing child: token of its task, until the target has ended.
_task = []  # type: list[tuple]


def patch_process(process):
    Process = process.BaseProcess

    def start(original):
        def start(self):
            token = None
            try:
                caller = sys._getframe(1)
                user = called_by_user(caller)
                flags = wire.START_METHODS.get(getattr(self, '_start_method', None) or _default_method(), 0)
                target = getattr(self, '_target', None)  # gone once it has been started
                fn = function(type(self).run if target is None else target)
                token = begin(
                    wire.PROCESS_START, 0, site(caller), string(self._name), fn, flags | (wire.BY_USER if user else 0)
                )
                tls.starting = (self._name,)
                if user:
                    self._run_in_parallel = True  # travels to the child
            except Exception as error:
                fault(error)
            try:
                return original(self)
            finally:
                tls.starting = None
                try:
                    self.__dict__.pop('_run_in_parallel', None)
                    if token is not None:
                        pid = getattr(getattr(self, '_popen', None), 'pid', None)
                        if pid:
                            patch(token[0], token[1], pid, wire.OFFSET_OBJ)
                        end(token)
                except Exception as error:
                    fault(error)

        return start

    def join(original):
        def join(self, timeout=None):
            token = None
            try:
                popen = self._popen
                if popen is not None and popen.returncode is None:
                    token = blocked(sys._getframe(1), wire.JOIN, 'Process.join', popen.pid or 0)
            except Exception:  # closed, or not started: the original says so
                pass
            try:
                return original(self, timeout)
            finally:
                if token is not None:
                    end(token)

        return join

    def bootstrap(original):
        def _bootstrap(self, *args, **kwargs):
            user = self.__dict__.pop('_run_in_parallel', False)
            try:
                _begin_task(self, user)
            except Exception as error:
                fault(error)
            code = original(self, *args, **kwargs)
            try:
                _end_task(code == 0)
                starting.close_process()
            except Exception as error:
                fault(error)
            return code

        return _bootstrap

    method(Process, 'start', start)
    method(Process, 'join', join)
    method(Process, '_bootstrap', bootstrap)


def _default_method():
    context = sys.modules.get('multiprocessing.context')
    return context._default_context.get_start_method() if context else None


def _begin_task(process, user):
    parent = getattr(process, '_parent_pid', None) or 0
    starting.name_forkserver_child(process._name)
    tls.starting = None
    if user:
        target = process._target
        fn = function(type(process).run if target is None else target)
        _task[:] = [begin(wire.TASK, 0, 0, fn, parent, wire.ENGINE_PROCESS)]


def _end_task(ok):
    if _task:
        memory, offset = _task.pop()
        patch(memory, offset, wire.ENGINE_PROCESS | (wire.OK if ok else wire.FAILED), wire.OFFSET_FLAGS, wire.pack_u8)
        patch(memory, offset, now(), wire.OFFSET_T1)


def _in_flight_is_fine():
    error = sys.exc_info()[1]
    return error is None or isinstance(error, SystemExit) and error.code in (None, 0)


def patch_util(util):
    """The child calls this one right after the target: what comes then (queues are flushed) isn't the target's time."""

    def exit_function(original):
        def _exit_function(*args, **kwargs):
            try:
                _end_task(_in_flight_is_fine())
            except Exception as error:
                fault(error)
            return original(*args, **kwargs)

        return _exit_function

    wrap_function(util, '_exit_function', exit_function)


def patch_spawn(spawn):
    """A fork server's child hears its name here, before it imports the program."""

    def prepare(original):
        def prepare(data):
            try:
                starting.name_forkserver_child(data.get('name', ''))
            except Exception as error:
                fault(error)
            return original(data)

        return prepare

    wrap_function(spawn, 'prepare', prepare)
