"""
Watches chosen Python functions of a library from outside: told when one is entered from the program's own code, and when that call ends.

    watch(function, label, engine)      at most the outermost watched call of a thread is recorded, none that a library makes

The functions stay what they are, for everyone who holds them: identity, signature, pickle, source, subclasses. From Python 3.12 on the
interpreter itself tells (sys.monitoring, events of these code objects alone): no frame of ours comes between the program and the library, so
warnings name the right line and counts of references are right. Before that the function gets another body, which calls the one it had.
"""
import sys
from types import CodeType, FunctionType

from ..recorder import fault, note, tls
from ..sites import hide_code
from . import operations

_GENERATORS = 0x20 | 0x80 | 0x100 | 0x200
_NO_FREE = 0x40

has_monitoring = hasattr(sys, 'monitoring')


def watch(function, label, engine, details=(), after=None):
    """Records calls of `function` as operations called `label`, see operations.Entry. What can't be watched is left alone. Never raises."""
    try:
        function = innermost(function)
        if type(function) is not FunctionType or id(function.__code__) in operations.known or function.__code__.co_flags & _GENERATORS:
            return
        if not has_monitoring and _minds_frames(function.__code__):
            return
        entry = operations.Entry(label, engine, details, after)
        (_monitor if has_monitoring else _replace_body)(function, entry)
    except Exception as error:
        fault(error)


def pass_through(function):
    """Whoever calls this function of a library counts as the caller of what it calls itself."""
    code = getattr(function, '__code__', None)
    if code is not None:
        operations.passed[id(code)] = code


def innermost(function):
    """The function behind its decorators."""
    for _ in range(10):
        inner = getattr(function, '__wrapped__', None)
        if inner is None:
            break
        function = inner
    return getattr(function, '__func__', function)


# --- Python 3.12 and later

_tool = None


def _monitor(function, entry):
    monitoring = sys.monitoring
    if _tool is None:
        _take_tool(monitoring)
    if _tool < 0:
        return
    code = function.__code__
    operations.known[id(code)] = entry, code
    events = monitoring.events
    monitoring.set_local_events(_tool, code, events.PY_START | events.PY_RETURN)


def _take_tool(monitoring):
    global _tool
    for number in (4, 3):
        try:
            monitoring.use_tool_id(number, 'run-in-parallel')
        except ValueError:  # somebody else's
            continue
        events = monitoring.events
        monitoring.register_callback(number, events.PY_START, operations.begin)
        monitoring.register_callback(number, events.PY_RETURN, _returned)
        monitoring.register_callback(number, events.PY_UNWIND, _unwound)
        monitoring.set_events(number, events.PY_UNWIND)  # cannot be asked for by code object
        _tool = number
        return
    _tool = -1
    note('Operations of pandas, polars and NumPy are not recorded: other tools use up sys.monitoring.', 'warning')


def _returned(code, _offset, value, frame_of=sys._getframe, end=operations.end):
    try:
        operation = tls.operation
    except AttributeError:
        return
    try:
        if operation.code is code:
            frame = frame_of(1)
            if operation.frame == id(frame):
                end(operation, value, frame)
    except Exception as error:
        fault(error)


def _unwound(code, _offset, error, frame_of=sys._getframe):
    try:
        operation = tls.operation
    except AttributeError:
        return
    try:
        if operation.code is code and operation.frame == id(frame_of(1)):
            operations.fail(operation, error)
    except Exception as failure:
        fault(failure)


# --- before Python 3.12

def _minds_frames(code):
    """Whether a function counts the frames or references around it: one more of ours would make it wrong."""
    if 'getrefcount' in code.co_names or '_getframe' in code.co_names or 'currentframe' in code.co_names:
        return True
    counts = any(type(each) is tuple and 'stacklevel' in each for each in code.co_consts)
    return counts and not any(name.startswith('find_stack') for name in code.co_names)


_BODY = '''
def outer({free}):
    def body({parameters}):
        if 0: {mention}
        _rip_enter, _rip_leave, _rip_fail, _rip_inner = 'rip enter', 'rip leave', 'rip fail', 'rip inner'
        _rip_operation = _rip_enter()
        if _rip_operation is None:
            return _rip_inner({arguments})
        try:
            _rip_value = _rip_inner({arguments})
        except BaseException as _rip_error:
            _rip_fail(_rip_operation, _rip_error)
            raise
        _rip_leave(_rip_operation, _rip_value)
        return _rip_value
    return body
'''


def _replace_body(function, entry):
    original = function.__code__
    inner = FunctionType(original, function.__globals__, function.__name__, function.__defaults__, function.__closure__)
    inner.__kwdefaults__ = function.__kwdefaults__

    def enter(frame_of=sys._getframe, begin=operations.begin):
        return begin(body, 0, frame_of(2))

    def leave(operation, value):
        try:
            operations.end(operation, value, sys._getframe(1))
        except Exception as error:
            fault(error)

    def fail(operation, error):
        try:
            operations.fail(operation, error)
        except Exception as failure:
            fault(failure)

    parameters, arguments = _parameters(original)
    free = original.co_freevars
    source = _BODY.format(free=', '.join(free), parameters=parameters, mention=', '.join(free) or 'pass', arguments=arguments)
    body = next(each for each in compile(source, original.co_filename, 'exec').co_consts if type(each) is CodeType)
    body = next(each for each in body.co_consts if type(each) is CodeType)
    if body.co_freevars != free:
        return
    ours = {'rip enter': enter, 'rip leave': leave, 'rip fail': fail, 'rip inner': inner}
    flags = original.co_flags & ~_NO_FREE | body.co_flags & _NO_FREE
    about = {'co_name': original.co_name, 'co_firstlineno': original.co_firstlineno, 'co_flags': flags}
    if hasattr(original, 'co_qualname'):
        about['co_qualname'] = original.co_qualname
    body = body.replace(co_consts=_with(body.co_consts, ours), **about)
    operations.known[id(body)] = entry, body
    hide_code(body)
    function.__code__ = body


def _with(consts, ours):
    """Our functions in the places of their names; they stand in one tuple, or each for itself."""
    return tuple(
        _with(each, ours) if type(each) is tuple else ours.get(each, each) if type(each) is str else each for each in consts
    )


def _parameters(code):
    """(`a, b, /, c, *rest, d, **more`, `a, b, c, *rest, d=d, **more`): what a function takes, without defaults, and how it is handed on."""
    names = code.co_varnames
    count = code.co_argcount
    takes = list(names[:count])
    hands = list(takes)
    only = getattr(code, 'co_posonlyargcount', 0)
    keywords = names[count:count + code.co_kwonlyargcount]
    if only:
        takes.insert(only, '/')
    at = count + code.co_kwonlyargcount
    if code.co_flags & 0x04:
        takes.append('*' + names[at])
        hands.append('*' + names[at])
        at += 1
    elif keywords:
        takes.append('*')
    takes += keywords
    hands += ['%s=%s' % (each, each) for each in keywords]
    if code.co_flags & 0x08:
        takes.append('**' + names[at])
        hands.append('**' + names[at])
    return ', '.join(takes), ', '.join(hands)
