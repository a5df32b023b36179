"""matplotlib without windows: figures are shown as values of cells, as in a notebook."""

from __future__ import annotations

import os
import sys

from .. import hooks
from . import mimebundle

_show = None  # type: ignore
_shown: list = []


def install(show) -> None:
    """`show(value)` shows a value. A backend that the user has chosen in the environment stays."""
    global _show
    _show = show
    os.environ.setdefault('MPLBACKEND', 'agg')
    hooks.after_import('matplotlib.pyplot', _patch)


def _patch(pyplot) -> None:
    try:
        show_all, show_one = pyplot.show, pyplot.Figure.show
    except AttributeError:  # another module of this name
        return

    def show(*args, **kwargs):
        if not draws_in_memory():
            return show_all(*args, **kwargs)
        end_cell(True)

    def show_figure(self, *args, **kwargs):
        if not draws_in_memory():
            return show_one(self, *args, **kwargs)
        _show(self)

    for new, old in ((show, show_all), (show_figure, show_one)):
        new.__name__ = 'show'
        new.__doc__ = old.__doc__
        new.__wrapped__ = old  # type: ignore
    pyplot.show, pyplot.Figure.show = show, show_figure


def draws_in_memory() -> bool:
    """Whether the backend has no windows."""
    return str(sys.modules['matplotlib'].get_backend()).lower() == 'agg'


def forget(value) -> None:
    """A figure that has been shown as a value is not shown again at the end of its cell."""
    if mimebundle.is_figure(value):
        _shown.append(value)


def end_cell(shown: bool) -> None:
    """Shows all open figures when `shown`, and closes them."""
    pyplot = sys.modules.get('matplotlib.pyplot')
    if pyplot is None:
        return
    try:
        if draws_in_memory():
            for number in pyplot.get_fignums():
                figure = pyplot.figure(number)
                if shown and not any(figure is other for other in _shown):
                    _show(figure)
            pyplot.close('all')
    except Exception as error:
        mimebundle.report(error)
    finally:
        del _shown[:]
