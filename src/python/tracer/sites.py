"""Where in the user's code something happens, and what it is called: frames to sites, functions to labels, stacks to waits."""
import os
import sys

from . import wire
from .recorder import PACKAGE_DIR, begin, fault, state, string

STDLIB = os.path.dirname(os.path.abspath(os.__file__)) + os.sep

# File name -> True: the user's, False: a library's. Ours count as a library's.
_files = {}  # type: dict[str, bool]


def _classify(name):
    user = not (
        name.startswith((PACKAGE_DIR, STDLIB, '<frozen')) or 'site-packages' in name or 'dist-packages' in name
    )
    _files[name] = user
    return user


def is_user_file(name):
    """Whether code of this file counts as the user's own: neither a library's nor ours."""
    user = _files.get(name)
    return _classify(name) if user is None else user


def add_user_file(name):
    """Counts a file as the user's, wherever it lies (a unit with a made-up name, a program inside a library folder)."""
    _files[name] = True


def leave_out(name):
    """Counts a file as a library's (the `-c` code by which multiprocessing starts a child)."""
    _files[name] = False


# Code of ours that passes for a library's: id -> the code object, so that the id stays its own.
_hidden = {}


def hide_code(code):
    """Counts this code object as ours, whatever file it says that it is from."""
    _hidden[id(code)] = code


def own_frame(code):
    """Whether this code object is ours: such frames stay out of tracebacks."""
    return code.co_filename.startswith(PACKAGE_DIR) or id(code) in _hidden


def site_of(frame):
    """The string of this very frame."""
    name = frame.f_code.co_filename
    line = frame.f_lineno
    key = (name, line)
    number = state.sites.get(key)
    if number is None:
        number = state.sites[key] = string('%s\t%d\t%s' % (name, line or 0, frame.f_code.co_name))
    return number


def site(frame):
    """The string of the nearest user frame, from `frame` outwards; 0 when there is none."""
    get = _files.get
    while frame is not None:
        name = frame.f_code.co_filename
        user = get(name)
        if user is None:
            user = _classify(name)
        if user:
            return site_of(frame)
        frame = frame.f_back
    return 0


def called_by_user(frame):
    """Whether user code itself called, not a library on its behalf."""
    while frame is not None and own_frame(frame.f_code):
        frame = frame.f_back
    return frame is not None and is_user_file(frame.f_code.co_filename)


# Token of what isn't recorded.
UNRECORDED = bytearray(wire.RECORD_SIZE), 0

# What a wait is for, by the library function that waits: the outermost one in this table counts.
_KINDS = {
    ('threading.py', 'wait'): wire.EVENT,
    ('threading.py', 'acquire'): wire.SEMAPHORE,
    ('threading.py', '_enter'): wire.BARRIER,
    ('threading.py', '_wait'): wire.BARRIER,
    ('threading.py', 'join'): wire.JOIN,
    ('queue.py', 'get'): wire.QUEUE,
    ('queue.py', 'put'): wire.QUEUE,
    ('queue.py', 'join'): wire.QUEUE,
    ('concurrent/futures/_base.py', 'result'): wire.RESULT,
    ('concurrent/futures/_base.py', 'exception'): wire.RESULT,
    ('concurrent/futures/_base.py', 'wait'): wire.RESULT,
    ('concurrent/futures/_base.py', 'as_completed'): wire.RESULT,
    ('multiprocessing/pool.py', 'get'): wire.RESULT,
    ('multiprocessing/pool.py', 'wait'): wire.RESULT,
    ('multiprocessing/pool.py', 'next'): wire.RESULT,
    ('multiprocessing/pool.py', 'join'): wire.JOIN,
    ('multiprocessing/synchronize.py', 'wait'): wire.EVENT,
    ('multiprocessing/queues.py', 'join'): wire.QUEUE,
}
_KINDS = {(STDLIB + file.replace('/', os.sep), name): kind for (file, name), kind in _KINDS.items()}
_LABELS = {
    'BaseProcess': 'Process',
    'ApplyResult': 'AsyncResult',
    'MapResult': 'AsyncResult',
    'result_iterator': 'Executor.map',
    '_chain_from_iterable_of_lists': 'Executor.map',
}


def _kind_of(code, default):
    kind = _KINDS.get((code.co_filename, code.co_name), default)
    return default if kind == wire.EVENT and default != wire.CONDITION else kind  # Barrier.wait is a `wait` too


def _label_of(frame):
    """`Queue.get` for a frame of a library."""
    code = frame.f_code
    key = (code.co_filename, code.co_firstlineno)
    number = state.labels.get(key)
    if number is None:
        number = state.labels[key] = string(_tidy(getattr(code, 'co_qualname', None) or _qualname(frame)))
    return number


def _qualname(frame):
    """
    Up to 3.10 code objects have no qualified name: look for the class that holds the method. Not through `f_locals`, which would
    make the frame keep its variables alive.
    """
    code = frame.f_code
    for cls in list(frame.f_globals.values()):
        if isinstance(cls, type):
            method = cls.__dict__.get(code.co_name)
            method = getattr(method, '__wrapped__', method)
            if getattr(method, '__code__', None) is code:
                return cls.__name__ + '.' + code.co_name
    return code.co_name


def _tidy(name):
    name = name.rsplit('.<locals>.', 1)[-1]
    owner, dot, rest = name.partition('.')
    return _LABELS.get(owner, owner) + dot + rest


def blocked(frame, kind, label, obj=0, holder=0, own_label=False):
    """
    Begins the span of a wait; `frame` is the caller of the function that waits.

    The label is the outermost library call below the user's frame, `label` when the user called the function itself. A thread
    without any frame of the user's is a library's own helper: for it waiting is being idle. With `own_label` kind and label stay
    as they are given.
    """
    try:
        if own_frame(frame.f_code):  # one of ours waits, and has said so
            return UNRECORDED
        outermost = None
        inside = False
        get = _files.get
        while frame is not None:
            name = frame.f_code.co_filename
            user = get(name)
            if user is None:
                user = _classify(name)
            if user:
                if inside and not own_label:  # a part of a wait that is on record already, such as the select in a join
                    return UNRECORDED
                text = string(label) if outermost is None or own_label else _label_of(outermost)
                return begin(wire.WAIT, obj, site_of(frame), text, holder, kind)
            if name.startswith(PACKAGE_DIR):
                inside = True
            else:
                outermost = frame
                if not own_label:
                    kind = _kind_of(frame.f_code, kind)
            frame = frame.f_back
        if own_label or kind == wire.JOIN:
            return begin(wire.WAIT, obj, 0, string(label), holder, kind)
        return begin(wire.IDLE)
    except Exception as error:
        fault(error)
        return UNRECORDED
