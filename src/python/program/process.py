"""What statements do beyond their names: settings of the process and of modules, random numbers, the current figure."""

from __future__ import annotations

import os
import sys

from . import vocabulary

DRAW = 'draw'
FIGURE = 'figure'
NEW_FIGURE = 'new figure'
RANDOM = ('random', 'numpy.random')


class Setting:
    """`module`: '' for the whole process; otherwise it matters only to programs that use the module."""

    __slots__ = ('module', 'sentence')

    def __init__(self, module: str, sentence: str) -> None:
        self.module = module
        self.sentence = sentence


def setting_of_call(path: str, discarded: bool) -> Setting | None:
    """What a call sets up. `path`: with its module's full name; `discarded`: nobody uses its result."""
    module, _, rest = path.partition('.')
    last = path.rpartition('.')[2]
    for name in vocabulary.PROCESS_OBJECTS:
        if path.startswith(name + '.') and last in vocabulary.MUTATORS:
            return Setting('', _sentence(path))
    if last in vocabulary.SETUPS and (rest or discarded):
        return Setting('' if module in vocabulary.PROCESS_MODULES else module, _sentence(path))
    if last in vocabulary.DEFAULTS and rest:
        return Setting(module, 'becomes what %s works with' % module)
    return None


def setting_of_store(path: str) -> Setting:
    module = path.partition('.')[0]
    return Setting('' if module in vocabulary.PROCESS_MODULES else module, _sentence(path, 'sets %s' % path))


def is_setup_of_other_module(path: str) -> bool:
    """Whether a call whose result nobody uses may set up a module that isn't Python's own."""
    module = path.partition('.')[0]
    last = path.rpartition('.')[2]
    quiet = last in vocabulary.PURE_CALLS or last in vocabulary.SHOWS or last in vocabulary.MUTATORS
    return not quiet and not is_standard(module) and not path.startswith('matplotlib.pyplot.')


def sequence_of(path: str) -> str:
    """Whether a call takes from the shared random numbers, draws into the current figure, or begins a new one."""
    module, _, last = path.rpartition('.')
    if module in RANDOM and last not in vocabulary.NO_DRAW:
        return DRAW
    if path.startswith('matplotlib.pyplot.'):
        first = path.split('.')[2]
        if first in vocabulary.NEW_FIGURE:
            return NEW_FIGURE
        return '' if first in vocabulary.NO_DRAWING else FIGURE
    return ''


def _sentence(path: str, otherwise: str = '') -> str:
    for name, sentence in vocabulary.SENTENCES_OF_OBJECTS:
        if path == name or path.startswith(name + '.'):
            return sentence
    for name, sentence in vocabulary.SENTENCES:
        if path == name or path.endswith('.' + name):
            return sentence
    return otherwise or 'sets up %s: it calls %s()' % (path.partition('.')[0], path)


_standard: frozenset[str] = frozenset()


def is_standard(module: str) -> bool:
    """Whether a module belongs to Python itself."""
    global _standard
    if not _standard:
        names = getattr(sys, 'stdlib_module_names', None)
        if names is None:
            folder = os.path.dirname(os.__file__)
            names = {name.partition('.')[0] for name in os.listdir(folder)} | set(sys.builtin_module_names)
            try:
                names |= {name.partition('.')[0] for name in os.listdir(os.path.join(folder, 'lib-dynload'))}
            except OSError:
                pass
        _standard = frozenset(names)
    return module in _standard
