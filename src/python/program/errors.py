"""Uncaught exceptions: shown as Python shows them, without the runner's frames, and described for the panel."""

from __future__ import annotations

import os
import sys

from . import sources

_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_LIBRARY = os.path.dirname(os.__file__) + os.sep
# Parts of the paths of installed packages; the last two are what Spark hands to its workers.
_INSTALLED = ('site-packages', 'dist-packages', 'pyspark.zip', 'py4j-')


def is_ours(code) -> bool:
    return code.co_filename.startswith(_FOLDER)


def cut(error: BaseException, codes: set):
    """The traceback from the program's own first line on, without frames of this package anywhere."""
    traceback = error.__traceback__
    entry = traceback
    while entry is not None and entry.tb_frame.f_code not in codes:
        entry = entry.tb_next
    error.__traceback__ = entry if entry is not None else traceback
    clean(error)
    return error.__traceback__


def clean(error: BaseException | None, seen: set | None = None) -> None:
    """Unlinks this package's frames from the tracebacks of an exception and of its causes."""
    seen = set() if seen is None else seen
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        entry = error.__traceback__
        while entry is not None and is_ours(entry.tb_frame.f_code) and entry.tb_next is not None:
            entry = entry.tb_next
        error.__traceback__ = entry
        while entry is not None:
            following = entry.tb_next
            while following is not None and is_ours(following.tb_frame.f_code):
                following = following.tb_next
            entry.tb_next = following
            entry = following
        for inner in getattr(error, 'exceptions', ()) if isinstance(getattr(error, 'exceptions', None), tuple) else ():
            clean(inner, seen)
        clean(error.__cause__, seen)
        error = error.__context__


def needs_python_hook() -> bool:
    """Up to 3.12 Python's own hooks are C code that reads source lines from disk, even if the editor holds others."""
    return sys.version_info < (3, 13) and sources.unsaved()


def show(error: BaseException, traceback) -> None:
    """What Python does with an uncaught exception: flush, remember, call the hook."""
    flush()
    kind = type(error)
    sys.last_type, sys.last_value, sys.last_traceback = kind, error, traceback
    if sys.version_info >= (3, 12):
        sys.last_exc = error
    hook = getattr(sys, 'excepthook', None)
    if hook is None or hook is sys.__excepthook__ and needs_python_hook():
        hook = print_exception
    try:
        hook(kind, error, traceback)
    except BaseException as second:
        if isinstance(second, SystemExit):
            raise
        clean(second)
        sys.stderr.write('Error in sys.excepthook:\n')
        print_exception(type(second), second, second.__traceback__)
        sys.stderr.write('\nOriginal exception was:\n')
        print_exception(kind, error, traceback)
    flush()


def show_syntax_error(error: SyntaxError) -> None:
    error.__context__ = error.__cause__ = None
    sys.__excepthook__(type(error), error.with_traceback(None), None)


def print_exception(kind, error, traceback) -> None:
    from traceback import print_exception as python_print

    python_print(kind, error, traceback)


def flush() -> None:
    for stream in (sys.stderr, sys.stdout):
        try:
            stream.flush()
        except Exception:
            pass


def silence_once() -> None:
    """The next call of sys.excepthook prints nothing: the exception has been shown."""
    hook = sys.excepthook

    def silent(*_) -> None:
        sys.excepthook = hook

    sys.excepthook = silent


def thread_hook(threading) -> None:
    """Exceptions of threads, from the lines of the editor."""
    if sys.version_info >= (3, 13):
        return
    original = threading.excepthook

    def excepthook(args) -> None:
        if args.exc_type is SystemExit or not needs_python_hook() or sys.stderr is None:
            original(args)
            return
        clean(args.exc_value)
        thread = args.thread.name if args.thread is not None else threading.get_ident()
        sys.stderr.write('Exception in thread %s:\n' % thread)
        print_exception(args.exc_type, args.exc_value, args.exc_value.__traceback__)
        sys.stderr.flush()

    threading.excepthook = excepthook


def describe(error: BaseException, units: list) -> dict:
    """RunnerError of src/protocol/programWire.ts."""
    kind = type(error)
    name = kind.__qualname__
    if kind.__module__ not in ('builtins', '__main__'):
        name = '%s.%s' % (kind.__module__, name)
    try:
        message = str(error)
    except Exception:
        message = '<exception str() failed>'
    file, line, column = innermost(error, units)
    if isinstance(error, SyntaxError):
        message = str(error.msg)
        if error.lineno and error.filename and (line is None or is_user_file(error.filename, units)):
            file, line, column = error.filename, error.lineno, error.offset
    module = error.name if isinstance(error, ModuleNotFoundError) else None
    return {'type': name, 'message': message, 'file': file, 'line': line, 'column': column, 'module': module}


def is_user_file(file: str, units: list) -> bool:
    """The program's own text, and modules that are neither installed packages nor the standard library."""
    if any(unit.file == file for unit in units):
        return True
    return not file.startswith((_FOLDER, _LIBRARY, '<')) and not any(name in file for name in _INSTALLED)


def innermost(error: BaseException, units: list):
    """(file, line, column) of the innermost frame in the user's own code; Nones when there is none."""
    found = (None, None, None)
    entry = error.__traceback__
    while entry is not None:
        code = entry.tb_frame.f_code
        if is_user_file(code.co_filename, units):
            found = (code.co_filename, entry.tb_lineno, column_of(code, entry.tb_lasti))
        entry = entry.tb_next
    return found


def column_of(code, instruction: int) -> int | None:
    """1-based, since 3.11 only."""
    if not hasattr(code, 'co_positions') or instruction < 0:
        return None
    for index, position in enumerate(code.co_positions()):
        if index == instruction // 2:
            return None if position[2] is None else position[2] + 1
    return None
