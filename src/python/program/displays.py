"""Values of cells: printed, or written for the panel, which shows them where stdout names them.

`install` makes `display` a builtin and takes the place of IPython's, and of the windows of matplotlib.
"""

from __future__ import annotations

import builtins
import os
import sys
from _thread import allocate_lock

from .. import hooks
from . import errors, figures, jsonfile, mimebundle, previews
from .plan import VERSION

MOST_DISPLAYS = 1000
MOST_BYTES = 8 << 20
# Modules that define `display`, in old and new versions of IPython; all its others take it from these.
IPYTHON = ('IPython.core.display_functions', 'IPython.core.display')

_target: Target | None = None


class Target:
    """Where rich values go: a folder for their data, and the marks in stdout that name them."""

    def __init__(self, folder: str, token: str, first_rows) -> None:
        self._folder = os.path.join(folder, 'displays')
        self._token = token
        self._pid = os.getpid()
        self._count = 0
        self._lock = allocate_lock()
        self.previews = previews.Previews(first_rows)

    def is_ours(self) -> bool:
        """Processes that the program forks print."""
        return os.getpid() == self._pid

    def take(self, data: dict[str, str]) -> str | None:
        """Shows the data in its place in stdout; otherwise why it could not be shown, '' when that needs no word."""
        size = sum(len(text) for text in data.values())
        if size > MOST_BYTES:
            kinds = ', '.join(kind for kind in data if kind != 'text/plain')
            return 'Shown as text: as %s it has %.1f MB, and the most is %d MB.' % (
                kinds,
                size / (1 << 20),
                MOST_BYTES >> 20,
            )
        with self._lock:
            number = self._count
            self._count += 1
            if number >= MOST_DISPLAYS:
                first = number == MOST_DISPLAYS
                return 'From here on shown as text: there are more than %d such values.' % number if first else ''
            if not self._write(number, data):
                return ''
            errors.flush()
            try:
                os.write(1, b'\x1b]RunInParallel;%s;%d\x07' % (self._token.encode(), number))
            except OSError:
                pass
        return None

    def _write(self, number: int, data: dict[str, str]) -> bool:
        try:
            os.makedirs(self._folder, exist_ok=True)
        except OSError:
            return False
        return jsonfile.write(os.path.join(self._folder, '%d.json' % number), {'version': VERSION, 'data': data})


def install(display: dict, folder: str) -> None:
    """`display`: DisplaySpec. Call before the hooks are installed."""
    global _target
    if display['kind'] == 'rich':
        _target = Target(folder, display['token'], display.get('firstRows', ()))
    install_text()
    figures.install(show)


def install_text() -> None:
    """In a child process: `display` prints, as there is nobody else to show anything."""
    builtins.display = display  # type: ignore
    for name in IPYTHON:
        hooks.after_import(name, take_over)


def take_over(module) -> None:
    if hasattr(module, 'display'):
        module.display = display


class Handle:
    """What IPython's `display` returns when asked for an id. Each update is shown below the ones before it."""

    def __init__(self, display_id: str) -> None:
        self.display_id = display_id

    def display(self, value, **options) -> None:
        display(value, **options)

    update = display


def display(
    *objs, include=None, exclude=None, metadata=None, transient=None, display_id=None, raw=False, clear=False, **others
):
    """As IPython.display.display: shows each value as the last line of a cell would be."""
    for value in objs:
        if raw:
            show_data(mimebundle.checked(value))
        else:
            show(value, include, exclude)
    if display_id:
        return Handle('value-%d' % id(objs) if display_id is True else display_id)
    return None


def show(value, include=None, exclude=None) -> None:
    """Shows a value; an error in its own methods is told and not raised."""
    rich = _target is not None and _target.is_ours()
    if rich and mimebundle.displays_itself(value):
        return
    figures.forget(value)
    frame = _target.previews.data_of(value) if rich and not include and not exclude else None
    if frame is not None:
        show_data(frame)
        return
    data = mimebundle.of(value, rich)
    show_data(
        {
            kind: text
            for kind, text in data.items()
            if kind == 'text/plain' or (not include or kind in include) and kind not in (exclude or ())
        }
    )


def show_data(data: dict[str, str]) -> None:
    problem: str | None = ''
    if _target is not None and _target.is_ours() and set(data) - {'text/plain'}:
        problem = _target.take({'text/plain': '', **data})
    if problem is None:
        return
    if 'text/plain' in data:
        write(data['text/plain'] + '\n')
    if problem:
        write('(%s)\n' % problem)


def write(text: str) -> None:
    """To stdout, in whatever encoding it has."""
    stdout = sys.stdout
    if stdout is None:
        return
    try:
        stdout.write(text)
    except UnicodeEncodeError:
        encoding = getattr(stdout, 'encoding', None) or 'ascii'
        stdout.write(text.encode(encoding, 'backslashreplace').decode(encoding))


def end_cell(shown: bool) -> None:
    """Figures that are still open are shown, and closed: the next cell begins new ones."""
    figures.end_cell(shown)
