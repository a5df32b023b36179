"""Makes this folder the package `_run_in_parallel`, whatever the folder's name and wherever `sys.path` points.

It never touches `sys.path` and imports nothing but `sys` and, when there is none yet, `os`.
"""
import sys

NAME = '_run_in_parallel'


def package():
    """The package's module; made on the first call. Its parts are then importable as `_run_in_parallel.…`."""
    module = sys.modules.get(NAME)
    if module is None:
        import os
        module = type(sys)(NAME, 'What Run in Parallel runs inside your interpreter.')
        module.__path__ = [os.path.dirname(os.path.abspath(__file__))]
        sys.modules[NAME] = module
    return module


def load(part):
    """
    Imports `_run_in_parallel.<part>` and returns it.

    Its byte code is cached beside it even where the user's environment forbids that, or asks for another place: compiling the
    tracer anew in every process would cost ten times more than loading it.
    """
    package()
    write, prefix = sys.dont_write_bytecode, getattr(sys, 'pycache_prefix', None)
    try:
        sys.dont_write_bytecode, sys.pycache_prefix = False, None
        name = NAME + '.' + part
        __import__(name)
        return sys.modules[name]
    finally:
        sys.dont_write_bytecode, sys.pycache_prefix = write, prefix


def child(trace_dir, name, start_method):
    """Starts the tracer in a process that a traced one started. A failure leaves the process untraced, never broken."""
    try:
        load('tracer').install(trace_dir, name, start_method)
    except Exception:
        pass
