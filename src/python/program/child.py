"""In a spawned or forkserver child: makes the parent's definitions again, and nothing that the parent has already
done.
"""

from __future__ import annotations

import marshal
import os
import pickle
import sys

from .. import hooks
from . import sources
from .children import note

_adopted: str | None = None


def recreate(path: str, namespace: dict) -> None:
    """Fills `__mp_main__` (the namespace of the generated file) from the file that the parent has written."""
    global _adopted
    with open(path, 'rb') as file:
        main, display, texts, items, values = marshal.load(file)
    generated = namespace['__file__']
    for name in ('boot', 'file'):
        namespace.pop(name, None)
    namespace['__file__'] = main
    if display:
        from . import displays

        displays.install_text()
    hooks.install()
    sources.register(texts)
    if _adopted is None:
        _wrap(sys.modules['multiprocessing.spawn'])
    _adopted = generated
    if items and items[0][0] == 'whole':
        for _, _, _, code in items:
            exec(code, namespace)
        return
    known = pickle.loads(values)
    namespace.update(known)
    # What these statements print has been printed by the parent.
    stdout, sys.stdout = sys.stdout, open(os.devnull, 'w')
    try:
        for _, line, file, code in items:
            try:
                exec(code, namespace)
            except (Exception, SystemExit) as error:
                note(
                    '%s:%d could not be repeated in a child process: %s: %s' % (file, line, type(error).__name__, error)
                )
    finally:
        sys.stdout.close()
        sys.stdout = stdout
    namespace.update(known)


def _wrap(spawn) -> None:
    """Grandchildren get the same program; a fork server that has preloaded it hands it on without a second load."""
    prepare, fix = spawn.get_preparation_data, spawn._fixup_main_from_path

    def get_preparation_data(name):
        data = prepare(name)
        data.pop('init_main_from_name', None)
        data['init_main_from_path'] = _adopted
        return data

    def _fixup_main_from_path(path):
        if path != _adopted:
            fix(path)

    spawn.get_preparation_data = get_preparation_data
    spawn._fixup_main_from_path = _fixup_main_from_path
