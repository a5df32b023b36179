"""Names for tasks: from a callable to the function that the user wrote, without calling anything of the user's."""
from .recorder import state, string
from .sites import is_user_file


class _Sample:
    def method(self):
        pass


_Function = type(_Sample.method)
_Method = type(_Sample().method)
_Builtin = type([].append)

# Library functions that carry the user's function as their first argument, and a batch of items as the next one.
_BATCHES = ('_process_chunk', 'mapstar', 'starmapstar')


def function(fn, args=()):
    """The string `file\\tline\\tqualname` of the user's function behind a callable that gets these arguments."""
    if type(fn) is _Function:
        code = fn.__code__
        entry = state.functions.get(id(code))
        if entry is not None:
            return entry[0]
        if code.co_name not in _BATCHES:
            number = string(_text(fn, 1))
            state.functions[id(code)] = number, code
            return number
    try:
        fn, count = _unwrap(fn, args)
        return string(_text(fn, count))
    except Exception:  # a callable that doesn't let itself be looked at
        return string('\t0\t' + type(fn).__name__)


def is_users(fn, args=()):
    """Whether the function behind a callable is the user's own, neither a library's nor one written in C."""
    try:
        fn = _unwrap(fn, args)[0]
        code = getattr(getattr(fn, '__func__', fn), '__code__', None)
        return code is not None and is_user_file(code.co_filename)
    except Exception:  # a callable that doesn't let itself be looked at
        return True


def _unwrap(fn, args):
    """(the user's callable, how many items it gets): through partial, bound methods, Context.run, and batches of items."""
    count = 1
    for _ in range(10):
        kind = type(fn)
        if kind is _Function:
            if fn.__name__ not in _BATCHES or not args:
                break
            if len(args) == 1:  # mapstar((function, items))
                fn, items = args[0]
                args = ()
            else:
                fn, items = args[0], args[1]
                args = ()
            count = len(items)
        elif kind.__name__ == 'partial' and kind.__module__ == 'functools':
            fn, args = fn.func, fn.args + tuple(args)
        elif kind is _Builtin and fn.__name__ == 'run' and type(fn.__self__).__name__ == 'Context' and args:
            fn, args = args[0], args[1:]
        else:
            break
    return fn, count


def _text(fn, count):
    code = None
    name = None
    kind = type(fn)
    if kind is _Method:
        fn = fn.__func__
        kind = type(fn)
    if kind is _Function:
        name = fn.__qualname__
        for _ in range(10):  # a decorated function: the line of the one that the user wrote
            inner = fn.__dict__.get('__wrapped__')
            if type(inner) is not _Function:
                break
            fn = inner
        code = fn.__code__
    elif isinstance(fn, type):
        name = fn.__qualname__
        code = getattr(fn.__dict__.get('__init__'), '__code__', None)
    elif kind is _Builtin:
        name = fn.__qualname__
    else:
        for cls in kind.__mro__:
            call = cls.__dict__.get('__call__')
            if type(call) is _Function:
                code = call.__code__
                break
        name = fn.__dict__.get('__qualname__') if _is_ours(kind) else kind.__qualname__
    if count > 1:
        name = '%s ×%d' % (name, count)
    if code is None or _is_ours(kind):
        return '\t0\t%s' % name
    return '%s\t%d\t%s' % (code.co_filename, code.co_firstlineno, name)


def _is_ours(kind):
    """Whether it is the stand-in for a C function, such as our time.sleep."""
    return getattr(kind, '_run_in_parallel', None) is True
