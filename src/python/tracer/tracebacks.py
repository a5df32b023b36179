"""Keeps our frames out of the tracebacks and stacks that the program prints."""
import sys

from .sites import own_frame
from .wrap import function, replace


def _strip(error, seen):
    """Takes our frames out of an exception's traceback, and out of those of its causes."""
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        kept = []
        traceback = error.__traceback__
        ours = False
        while traceback is not None:
            if own_frame(traceback.tb_frame.f_code):
                ours = True
            else:
                kept.append(traceback)
            traceback = traceback.tb_next
        if ours:
            kind = type(error.__traceback__)
            chain = None
            for each in reversed(kept):
                chain = kind(chain, each.tb_frame, each.tb_lasti, each.tb_lineno)
            error.__traceback__ = chain
        for each in (error.__cause__,) + tuple(getattr(error, 'exceptions', None) or ()):
            if isinstance(each, BaseException):
                _strip(each, seen)
        error = error.__context__


def strip(error):
    """Takes our frames out of an exception that is about to be printed. Never raises."""
    try:
        _strip(error, set())
    except Exception:
        pass


def _excepthook(original):
    def excepthook(exctype, value, traceback):
        before = getattr(value, '__traceback__', None)
        strip(value)
        return original(exctype, value, value.__traceback__ if traceback is before and before is not None else traceback)

    return excepthook


def _threading_excepthook(original):
    def excepthook(args):
        if args.exc_value is not None and args.exc_traceback is args.exc_value.__traceback__:
            strip(args.exc_value)
            if args.exc_traceback is not args.exc_value.__traceback__:
                args = type(args)((args.exc_type, args.exc_value, args.exc_value.__traceback__, args.thread))
        return original(args)

    return excepthook


def install():
    """The interpreter's own hook prints through C code, which knows nothing of us: it gets a clean exception."""
    same = sys.excepthook is sys.__excepthook__
    replace(sys, '__excepthook__', _excepthook)
    if same:
        sys.excepthook = sys.__excepthook__


def patch_threading(threading):
    original = getattr(threading, 'excepthook', None)
    if type(original).__name__ == 'builtin_function_or_method':
        replace(threading, 'excepthook', _threading_excepthook)
        if getattr(threading, '__excepthook__', None) is original:
            threading.__excepthook__ = threading.excepthook
    elif original is not None:
        function(threading, 'excepthook', _threading_excepthook)


def patch_traceback(traceback):
    """traceback, logging, multiprocessing and concurrent.futures all print through these."""

    def without_ours(original):
        def walk(frames):
            if frames is None:  # walk_stack counts the frames above itself: leave them as they are
                return original(frames)
            return (each for each in original(frames) if not own_frame(each[0].f_code))

        return walk

    for name in ('walk_tb', '_walk_tb_with_full_positions', 'walk_stack'):
        function(traceback, name, without_ours)
