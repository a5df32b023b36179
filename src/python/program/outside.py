"""For all statements, once: which set something up, draw random numbers or into the figure, write files."""

from __future__ import annotations

from . import process
from .effects import Effect, Effects
from .source import Unit


class Outside:
    def __init__(self, effects: Effects) -> None:
        self._index = effects.index
        self._modules = {path.partition('.')[0] for path in effects.index.imported.values()}
        # (statement, module whose absence from a program makes it superfluous or '', module, in words)
        self.settings: list[tuple[int, process.Setting, str]] = []
        self.kinds: dict[int, set[str]] = {}
        self.seeds: list[int] = []
        self.writers: list[int] = []
        self.unused_imports: list[int] | None = None
        for at, facts in enumerate(self._index.facts):
            effect = effects.of[at]
            if facts is None or facts.is_import:
                continue
            if effect.paths or effect.stores:
                self._enter(at, effect)
            if effect.writes:
                self.writers.append(at)

    def _enter(self, at: int, effect: Effect) -> None:
        kinds = {process.sequence_of(path) for path in effect.paths} - {''}
        if kinds:
            self.kinds[at] = kinds
        if any(path.endswith('.seed') and path.rpartition('.')[0] in process.RANDOM for path in effect.paths):
            self.seeds.append(at)
        for path in sorted(effect.paths):
            full = self._with_maker(path, at)
            module = full.partition('.')[0]
            if module not in self._modules:
                continue
            discarded = path in effect.discarded
            setting = process.setting_of_call(full, discarded)
            if setting is None and discarded and process.is_setup_of_other_module(full):
                setting = process.Setting(module, 'may set up %s: it calls %s()' % (module, full))
            if setting is not None:
                self.settings.append((at, setting, module))
        for path in sorted(effect.stores):
            module = path.partition('.')[0]
            if module in self._modules:
                self.settings.append((at, process.setting_of_store(path), module))

    def _with_maker(self, path: str, at: int) -> str:
        """`logging.getLogger.setLevel` of `logger.setLevel`: loggers are the same for all who ask for them."""
        first, dot, rest = path.partition('.')
        if not dot or first in self._modules:
            return path
        maker = self._index.made_by(first, at)
        return '%s.%s' % (maker, rest) if maker.startswith('logging.') else path

    def imports_for_effect(self, units: list[Unit]) -> list[int]:
        """Imports of modules other than Python's own whose names occur nowhere else."""
        if self.unused_imports is None:
            self.unused_imports = [
                at for at, facts in enumerate(self._index.facts) if facts is not None and facts.imports
                and facts.is_import and not facts.future and self._is_unused(at, units)
            ]  # fmt: skip
        return self.unused_imports

    def _is_unused(self, at: int, units: list[Unit]) -> bool:
        facts, statement = self._index.at(at), self._index.statements[at]
        if all(process.is_standard(path.partition('.')[0]) for path in facts.imports.values()):
            return False
        for name in facts.imports:
            for unit in units:
                lines = unit.lines
                if unit is statement.unit:
                    lines = lines[: statement.first - 1] + lines[statement.last :]
                if contains_word(''.join(lines), name):
                    return False
        return True


def contains_word(text: str, word: str) -> bool:
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        before, after = text[at - 1 : at], text[end : end + 1]
        if not (before.isalnum() or before == '_' or after.isalnum() or after == '_'):
            return True
        at = text.find(word, end)
    return False
