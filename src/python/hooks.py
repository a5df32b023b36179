"""Runs functions right after a module has been imported by the user's program, so that we import nothing ourselves.

    after_import('threading', patch)      patch(module) is called when the program imports threading, or at once if it has
    install()                             puts our finder in front of sys.meta_path; until then only names are noted
"""
import sys

_functions = {}  # type: dict[str, list]
_done = {}  # type: dict[str, object]  # name -> the module object that was patched


class _Finder:
    """Finds nothing itself: lets the others find a watched module, and puts our loader around theirs."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name not in _functions:
            return None
        for finder in sys.meta_path:
            find = getattr(finder, 'find_spec', None)
            if finder is _Finder or find is None:
                continue
            spec = find(name, path, target)
            if spec is not None:
                if hasattr(spec.loader, 'exec_module'):
                    spec.loader = _Loader(spec.loader)
                elif hasattr(spec.loader, 'load_module'):
                    spec.loader = _OldLoader(spec.loader)
                return spec
        return None


class _Loader:
    """The real loader, which calls our functions after the module's code has run."""

    def __init__(self, loader):
        self._loader = loader

    def __getattr__(self, name):
        return getattr(self._loader, name)

    def create_module(self, spec):
        return self._loader.create_module(spec)

    def exec_module(self, module):
        module.__spec__.loader = module.__loader__ = self._loader
        self._loader.exec_module(module)
        _apply(module.__name__, module)


class _OldLoader:
    """The same for a loader that does it all in one step, as that of zip files does up to Python 3.9."""

    def __init__(self, loader):
        self._loader = loader

    def __getattr__(self, name):
        return getattr(self._loader, name)

    def load_module(self, name):
        module = self._loader.load_module(name)
        _apply(name, module)
        return module


def _apply(name, module):
    if _done.get(name) is module:
        return
    _done[name] = module
    for function in list(_functions.get(name, ())):
        function(module)


def after_import(name, function):
    """Calls `function(module)` once the module is imported; at once when it is already. The function must not raise."""
    _functions.setdefault(name, []).append(function)
    if _Finder in sys.meta_path:
        module = sys.modules.get(name)
        if module is not None and not getattr(getattr(module, '__spec__', None), '_initializing', False):
            _done[name] = module
            function(module)


def install():
    """Starts watching imports, and serves the modules that are there already. May be called more than once."""
    if _Finder in sys.meta_path:
        return
    sys.meta_path.insert(0, _Finder)
    for name in list(_functions):
        module = sys.modules.get(name)
        if module is not None and not getattr(getattr(module, '__spec__', None), '_initializing', False):
            _apply(name, module)
