"""What Dask's tasks are called: the text of a key, its prefix as Dask itself splits it off, and the function that the task runs."""
from ..recorder import string, strings

_Function = type(lambda: None)
# Name without its unique end -> prefix.
_prefixes = {}  # type: dict[str, str]
# (prefix, id of the function's code) -> (number of the string `file\tline\tprefix`, the code, which so keeps its id).
_functions = {}  # type: dict[tuple, tuple]
# Name of a layer -> the same string, of all its parts; the string that follows is how Python writes the name.
layers = {}  # type: dict[str, int]
_LARGEST_CACHE = 10000
# Python compares no larger numbers in one step.
LARGEST_PART = (1 << 30) - 1


def is_part(key):
    """Whether it is `(name of a layer, number of a part)`, which the trace has as these two."""
    return type(key) is tuple and len(key) == 2 and type(key[1]) is int and type(key[0]) is str and 0 <= key[1] <= LARGEST_PART


def others(keys):
    """Those that are not such parts. Written out, as there may be many."""
    return [
        key for key in keys
        if not (type(key) is tuple and len(key) == 2 and type(key[1]) is int and type(key[0]) is str and 0 <= key[1] <= LARGEST_PART)
    ]  # fmt: skip


def forget():
    """In a forked child: numbers of strings are those of a process."""
    _functions.clear()
    layers.clear()


def text_of(key):
    """How a key is written in the trace."""
    return key if type(key) is str else str(key)


def _stem(name):
    """`inc` of `inc-<uuid>` and of `inc-<token>`; the name itself when it doesn't end so."""
    try:
        if name[-37] == '-' and name[-28] == '-':
            int(name[-36:-28], 16)
            return name[:-37]
        if name[-33] == '-':
            int(name[-32:], 16)
            return name[:-33]
    except (IndexError, ValueError):
        pass
    return name


def prefix_of(key):
    """What dask.utils.key_split gives: keys of one kind of work have one prefix."""
    name = key
    while type(name) is tuple and name:
        name = name[0]
    if type(name) is not str:
        return _split(key)
    stem = _stem(name)
    prefix = _prefixes.get(stem)
    if prefix is None:
        if len(_prefixes) >= _LARGEST_CACHE:
            _prefixes.clear()
        prefix = _prefixes[stem] = _split(name)
    return prefix


def _split(name):
    from dask.utils import key_split

    return key_split(name)


def function_of(key, task):
    """
    The string `file\\tline\\tprefix` of a task: place of the function that it runs, when that is one written in Python. In a layer it is followed by
    the string of the layer's name.
    """
    prefix = prefix_of(key)
    function = getattr(task, 'func', None)
    if function is None and type(task) is tuple and task:  # before Dask had a class for tasks
        function = task[0]
    code = function.__code__ if type(function) is _Function else None
    if type(key) is not tuple or not key or type(key[0]) is not str:
        return _string_of(prefix, code)
    label = strings([_text_of(prefix, code), repr(key[0])])
    if task is not None:  # all parts of one layer run the same function
        if len(layers) >= _LARGEST_CACHE:
            layers.clear()
        layers[key[0]] = label
    return label


def _string_of(prefix, code):
    found = _functions.get((prefix, id(code)))
    if found is None:
        if len(_functions) >= _LARGEST_CACHE:
            _functions.clear()
        found = _functions[prefix, id(code)] = string(_text_of(prefix, code)), code
    return found[0]


def _text_of(prefix, code):
    if code is None or code.co_filename == '<dynamic-code>':  # pickled by value, a function forgets its file
        return '\t0\t' + prefix
    return '%s\t%d\t%s' % (code.co_filename, code.co_firstlineno, prefix)
