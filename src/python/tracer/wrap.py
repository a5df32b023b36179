"""Puts our functions around those of the standard library, so that the program can't tell the difference."""
import sys


class Function:
    """
    Stands for a function written in C. Unlike a Python function it doesn't become a method inside a class, and it passes for the
    original where programs look: isinstance, repr, pickle (by name, so also where there is no tracer), ==, hash, inspect.
    """

    _run_in_parallel = True

    def __init__(self, original, module, name):
        self.__dict__.update(
            __wrapped__=original,
            __module__=module,
            __name__=original.__name__,
            __qualname__=getattr(original, '__qualname__', name),
            __doc__=original.__doc__,
            __text_signature__=getattr(original, '__text_signature__', None),
            _name=name,
        )

    def __repr__(self):
        return repr(self.__wrapped__)

    def __reduce__(self):
        return self._name

    def __eq__(self, other):
        return other is self or other is self.__wrapped__

    def __hash__(self):
        return hash(self.__wrapped__)

    @property
    def __self__(self):
        return self.__wrapped__.__self__

    @property
    def __class__(self):
        return type(self.__wrapped__)


def replace(module, name, make, **more):
    """Replaces a C function of a module by `make(original)`; `more` goes into the stand-in's class. Nothing there: nothing done."""
    original = getattr(module, name, None)
    if original is None:
        return
    body = {'__call__': staticmethod(make(original))}
    body.update(more)
    cls = type('builtin_function_or_method', (Function,), body)
    home = sys.modules.get(original.__module__)
    if getattr(home, name, None) is not original:  # such as threading.Lock, whose home knows it by another name
        home = module
    stand_in = cls(original, home.__name__, name)
    setattr(module, name, stand_in)
    setattr(home, name, stand_in)


def dress(new, original):
    """Gives a Python function the looks of the one that it stands for, its pickled name included."""
    for name in ('__name__', '__qualname__', '__doc__', '__module__'):
        value = getattr(original, name, None)
        if value is not None:
            setattr(new, name, value)
    new.__wrapped__ = original
    return new


def method(cls, name, make):
    """Replaces a method of a class by `make(original)`, also an inherited one. Nothing there: nothing done."""
    original = cls.__dict__.get(name)
    if original is None:
        original = getattr(cls, name, None)
        if original is None:
            return
    setattr(cls, name, dress(make(original), original))


def function(module, name, make):
    """Replaces a Python function of a module by `make(original)`. Nothing there: nothing done."""
    original = getattr(module, name, None)
    if original is not None:
        setattr(module, name, dress(make(original), original))
