"""Source text that is not on disk (unsaved editors, cells), for tracebacks, warnings and inspect."""

from __future__ import annotations

from .. import hooks


_texts: list[tuple[str, list[str]]] = []


def register(texts: list[tuple[str, list[str]]]) -> None:
    """Once linecache is imported it knows these lines; without a modification time it never looks at the disk for
    them.
    """
    if not texts:
        return
    _texts.extend(texts)
    hooks.after_import('linecache', _fill)
    import warnings  # noqa: F401  (without it C code prints the warning's line from disk)


def unsaved() -> bool:
    return bool(_texts)


def _fill(linecache) -> None:
    for file, lines in _texts:
        linecache.cache[file] = (sum(map(len, lines)), None, lines, file)
