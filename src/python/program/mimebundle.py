"""What a value looks like, by MIME type, found as IPython finds it."""

from __future__ import annotations

import sys

from . import errors

# Method, MIME type, in the order of IPython.
METHODS = (
    ('_repr_html_', 'text/html'),
    ('_repr_markdown_', 'text/markdown'),
    ('_repr_svg_', 'image/svg+xml'),
    ('_repr_png_', 'image/png'),
    ('_repr_jpeg_', 'image/jpeg'),
    ('_repr_latex_', 'text/latex'),
)
KNOWN = frozenset([kind for _, kind in METHODS] + ['text/plain'])
BRACKETS = {list: '[]', tuple: '()', dict: '{}', set: '{}'}
WIDTH = 80
MOST_ITEMS = 1000


def displays_itself(value) -> bool:
    """Whether the value has an `_ipython_display_` that did the work."""
    method = method_of(value, '_ipython_display_')
    if method is None:
        return False
    try:
        method()
    except NotImplementedError:
        return False
    except Exception as error:
        report(error)
        return False
    return True


def of(value, rich: bool) -> dict[str, str]:
    """Texts and base 64 by MIME type, all that it has when `rich`; `text/plain` is missing only when its repr fails and
    there is nothing else. What fails is told on stderr.
    """
    data: dict[str, str] = {}
    if rich:
        if is_figure(value):
            data.update(checked({'image/png': attempt(lambda: png_of(value))}))
        method = method_of(value, '_repr_mimebundle_')
        if method is not None:
            found = attempt(lambda: method(include=None, exclude=None))
            data.update(checked(found[0] if isinstance(found, tuple) and found else found))
        for name, kind in METHODS:
            method = method_of(value, name) if kind not in data else None
            if method is not None:
                found = attempt(method)
                data.update(checked({kind: found[0] if isinstance(found, tuple) and found else found}))
    if 'text/plain' not in data:
        text = attempt(lambda: pretty(value))
        if text is not None:
            data['text/plain'] = text
        elif data:
            data['text/plain'] = object.__repr__(value)
    return data


def checked(data) -> dict[str, str]:
    """Of a bundle that anybody may have made: the types that can be shown, as strings."""
    result = {}
    for kind, value in data.items() if isinstance(data, dict) else ():
        if kind in KNOWN:
            if isinstance(value, (bytes, bytearray)) and kind.startswith('image/') and kind != 'image/svg+xml':
                value = base64(value)
            if isinstance(value, str):
                result[kind] = value
    return result


def base64(data) -> str:
    from binascii import b2a_base64

    return b2a_base64(data, newline=False).decode('ascii')


def method_of(value, name: str):
    """The method of an instance; None for classes, and for objects that answer to every name."""
    if isinstance(value, type):
        return None
    try:
        if getattr(value, '_run_in_parallel_has_no_such_method_', None) is not None:
            return None
        method = getattr(value, name, None)
    except Exception:
        return None
    return method if callable(method) else None


def attempt(function):
    """What it returns; None when it raises, after its traceback has been shown."""
    try:
        return function()
    except Exception as error:
        report(error)
        return None


def report(error: BaseException) -> None:
    errors.clean(error)
    traceback = error.__traceback__
    if traceback is not None and errors.is_ours(traceback.tb_frame.f_code):
        traceback = None
    try:
        errors.print_exception(type(error), error.with_traceback(traceback), traceback)
    except Exception:
        pass


def is_figure(value) -> bool:
    """A figure of matplotlib."""
    module = sys.modules.get('matplotlib.figure')
    return module is not None and isinstance(value, getattr(module, 'Figure', ()))


def png_of(figure) -> bytes:
    from io import BytesIO

    file = BytesIO()
    figure.savefig(file, format='png', bbox_inches='tight')
    return file.getvalue()


def pretty(value) -> str:
    """The repr; a long container has one item to a line, and no more than a screenful of pages."""
    brackets = BRACKETS.get(type(value))
    if brackets is None or not value:
        return text_of(value)
    if len(value) <= MOST_ITEMS:
        text = repr(value)
        if len(text) <= WIDTH:
            return text
    items = []
    for index, item in enumerate(value.items() if type(value) is dict else value):
        if index == MOST_ITEMS:
            items.append('...')
            break
        items.append('%r: %r' % item if type(value) is dict else repr(item))
    if len(value) == 1 and type(value) is tuple:
        items.append('')
    return brackets[0] + ',\n '.join(items).rstrip('\n ') + brackets[1]


def text_of(value) -> str:
    text = repr(value)
    # A subclass of str may not be what JSON and the screen expect.
    return text if type(text) is str else str.__str__(text)
