"""
Follows the program into its child processes.

    os.fork                       the at-fork hooks start a new file in the child
    spawn, forkserver             our bootstrap goes in front of the code that multiprocessing passes to `python -c`
    subprocess, os.system, exec   PYTHONPATH leads to inject/sitecustomize.py, which chains to the user's own

The two variables that the last way needs are set for children only (`os.putenv`): `os.environ` shows the program its own world.
"""
import os
import sys

from . import recorder
from .recorder import PACKAGE_DIR, fault, state, tls
from .wrap import function, replace

INJECT_DIR = os.path.join(PACKAGE_DIR, 'tracer', 'inject')
VARIABLE = 'RUN_IN_PARALLEL_TRACE'


def original_python_path(value):
    """PYTHONPATH as it was before `our_python_path`, wherever others have put ours since; None: it was not set."""
    if value is None or value == INJECT_DIR:
        return None
    return os.pathsep.join(entry for entry in value.split(os.pathsep) if entry != INJECT_DIR)


def _our_python_path(value):
    value = original_python_path(value)
    return INJECT_DIR + os.pathsep + value if value else INJECT_DIR


def export_environment():
    """Gives children that inherit the environment what they need. Again before each start: the program may have changed PYTHONPATH."""
    if state.on:
        _export(state.dir)


def _export(trace_dir):
    os.putenv('PYTHONPATH', _our_python_path(os.environ.get('PYTHONPATH')))
    os.putenv(VARIABLE, trace_dir)


def hide_environment(trace_dir):
    """In a child: shows the program an `os.environ` without our two variables, and leaves them to its own children."""
    os.environ.pop(VARIABLE, None)
    value = os.environ.get('PYTHONPATH')
    original = original_python_path(value)
    if original is None:
        os.environ.pop('PYTHONPATH', None)
    elif original != value:
        os.environ['PYTHONPATH'] = original
    _export(trace_dir)


def environment_for_child(env):
    """A child's own environment with our two variables added; the mapping itself stays as it is."""
    try:
        if not state.on or env is None:
            return env
        binary = any(isinstance(key, bytes) for key in env)
        encode = os.fsencode if binary else str
        name = encode('PYTHONPATH')
        value = env.get(name)
        changed = dict(env)
        changed[name] = encode(_our_python_path(None if value is None else os.fsdecode(value)))
        changed[encode(VARIABLE)] = encode(state.dir)
        return changed
    except Exception:  # not a mapping of strings: the original function says so
        return env


def bootstrap_code(name, start_method):
    """Python code, to be put in front of a child's `-c` code, that starts the tracer there and leaves no name behind."""
    path = os.path.join(PACKAGE_DIR, 'boot.py')
    lines = (
        'try:\n'
        ' scope = {"__name__": "_run_in_parallel_boot", "__file__": %r}\n'
        ' with open(%r, "rb") as file: exec(compile(file.read(), %r, "exec"), scope)\n'
        ' scope["child"](%r, %r, %r)\n'
        'except Exception: pass\n'
    ) % (path, path, path, state.dir, name, start_method)
    return 'exec(%r, {}); ' % lines


def _with_bootstrap(args):
    args = list(args)
    for at, arg in enumerate(args[:-1]):
        if arg in ('-c', b'-c'):
            code = args[at + 1]
            text = code.decode() if isinstance(code, bytes) else code
            if 'resource_tracker import' in text:
                return args
            helper = 'forkserver import' in text
            name = 'forkserver' if helper else getattr(tls, 'starting', ('',))[0]
            text = bootstrap_code(name, 'helper' if helper else 'spawn') + text
            args[at + 1] = text.encode() if isinstance(code, bytes) else text
            return args
    return args


def patch_multiprocessing_util(util):
    def spawnv_passfds(original):
        def spawnv_passfds(path, args, passfds):
            try:
                if state.on:
                    export_environment()
                    args = _with_bootstrap(args)
            except Exception as error:
                fault(error)
            return original(path, args, passfds)

        return spawnv_passfds

    function(util, 'spawnv_passfds', spawnv_passfds)


def patch_multiprocessing_spawn(spawn):
    """Windows has no spawnv_passfds."""
    if os.name != 'nt':
        return

    def get_command_line(original):
        def get_command_line(**kwargs):
            command = original(**kwargs)
            try:
                if state.on:
                    return _with_bootstrap(command)
            except Exception as error:
                fault(error)
            return command

        return get_command_line

    function(spawn, 'get_command_line', get_command_line)


def patch_os():
    def with_env(place):
        def make(original):
            def call(*args, **kwargs):
                if len(args) > place:
                    args = args[:place] + (environment_for_child(args[place]),) + args[place + 1:]
                elif 'env' in kwargs:
                    kwargs['env'] = environment_for_child(kwargs['env'])
                return original(*args, **kwargs)

            return call

        return make

    for name, place in (('execve', 2), ('posix_spawn', 2), ('posix_spawnp', 2), ('spawnve', 3)):
        original = getattr(os, name, None)
        if original is None:
            continue
        if type(original).__name__ == 'function':
            function(os, name, with_env(place))
        else:
            replace(os, name, with_env(place))

    def inheriting(original):
        def execv(*args, **kwargs):
            try:
                export_environment()
            except Exception as error:
                fault(error)
            return original(*args, **kwargs)

        return execv

    replace(os, 'execv', inheriting)


def _at_fork_in_child():
    try:
        parent = recorder.state.pid
        recorder.after_fork_in_child()
        if getattr(tls, 'no_follow', 0):  # subprocess with a preexec_fn: an exec is next
            state.on = False
            return
        from .start import forked
        forked(parent)
    except Exception as error:
        fault(error)


def install():
    if hasattr(os, 'register_at_fork'):
        os.register_at_fork(
            before=recorder.before_fork,
            after_in_parent=recorder.after_fork_in_parent,
            after_in_child=_at_fork_in_child,
        )
    patch_os()
    export_environment()


def command_line():
    """The words by which this Python was started; [] when that can't be known."""
    words = getattr(sys, 'orig_argv', None)
    if words is None:
        try:
            with open('/proc/self/cmdline', 'rb') as file:
                words = [os.fsdecode(word) for word in file.read().split(b'\0')]
        except OSError:
            words = []
    return words


def is_helper_of_multiprocessing():
    """Whether this process's command line says that it is a child that our bootstrap starts, or a resource tracker."""
    words = command_line()
    for at, word in enumerate(words[:-1]):
        if word == '-c':
            code = words[at + 1]
            return '_run_in_parallel_boot' in code or 'multiprocessing.resource_tracker import main' in code
    return False
