"""What a selection needs without naming it: settings, the sequence of random numbers, the current figure, files."""

from __future__ import annotations

from . import process
from .source import Unit


def complete(analysis, units: list[Unit]) -> None:
    """Includes all of it in an Analysis, over and over until nothing is added."""
    count = -1
    while count != len(analysis.reasons):
        count = len(analysis.reasons)
        complete_settings(analysis, ())
        include_draws(analysis)
        include_drawing(analysis)
        include_writers(analysis)
        if count:
            for at in analysis.outside.imports_for_effect(units):
                if at < analysis.end:
                    name = sorted(analysis.index.at(at).imports)[0]
                    analysis.include(at, 'imports %s, which nothing names: it may be there for what it does' % name)
        analysis.drain()


def complete_settings(analysis, leave_out: tuple[str, ...]) -> None:
    """What sets up the process, or a module that the program uses; except through the modules to leave out."""
    count = -1
    while count != len(analysis.reasons):
        count = len(analysis.reasons)
        used = modules_in_use(analysis)
        for at, setting, module in analysis.outside.settings:
            if at < analysis.end and module not in leave_out and (not setting.module or setting.module in used):
                analysis.include(at, setting.sentence)
        analysis.drain()


def modules_in_use(analysis) -> set[str]:
    used = set()
    for at in analysis.reasons:
        facts = analysis.facts[at]
        if facts is not None and facts.imports:
            used.update(path.partition('.')[0] for path in facts.imports.values())
    return used


def included(analysis, kind: str) -> list[int]:
    return [at for at, kinds in analysis.outside.kinds.items() if kind in kinds and at in analysis.reasons]


def include_draws(analysis) -> None:
    """Once a seed is set, each random number depends on how many were drawn before it."""
    drawing, seeds = included(analysis, process.DRAW), analysis.outside.seeds
    if not drawing or not seeds:
        return
    for at, kinds in analysis.outside.kinds.items():
        if seeds[0] < at < drawing[-1] and process.DRAW in kinds:
            analysis.include(at, 'draws random numbers, on which the next ones depend')


def include_drawing(analysis) -> None:
    """What was drawn into the figure that is current at the selection; each cell begins one of its own."""
    statements, of_all = analysis.statements, analysis.outside.kinds
    for target in included(analysis, process.FIGURE):
        for at in range(target - 1, -1, -1):
            kinds = of_all.get(at, ())
            if statements[at].unit is not statements[target].unit:
                break
            if process.NEW_FIGURE in kinds:
                if not any(path.endswith(('.show', '.close')) for path in analysis.effects.of[at].paths):
                    analysis.include(at, 'begins the current figure' + analysis.place(target))
                break
            if process.FIGURE in kinds:
                analysis.include(at, 'draws into the current figure' + analysis.place(target))


def include_writers(analysis) -> None:
    """What writes files and tables that an included statement may read, found by their names."""
    for at in reversed(analysis.outside.writers):
        if at >= analysis.end or at in analysis.reasons:
            continue
        for text in sorted(analysis.effects.of[at].writes):
            reader = reader_of(analysis, text, at)
            if reader is not None:
                what = 'the file that %s names' % text[1:] if text.startswith('=') else repr(text)
                analysis.include(at, 'writes %s%s' % (what, analysis.place(reader)))
                for name in analysis.index.at(at).binds:
                    # What is written through the file that it opens.
                    analysis.include_all(analysis.lookup.changes(name, at, reader), reader)
                analysis.drain()
                break


def reader_of(analysis, text: str, writer: int) -> int | None:
    """An included statement that may read what the text names: below the writer, or with a function that may."""
    for at in sorted(analysis.reasons):
        facts = analysis.facts[at]
        if facts is None or (at < writer and not facts.bodies):
            continue
        if text.startswith('='):
            if at > writer and text[1:] in facts.needs and is_value(analysis, text[1:], writer):
                return at
        elif at > writer and any(text in other for other in facts.texts):
            return at
        elif any(text in other for other in facts.late_texts):
            return at
    return None


def is_value(analysis, name: str, at: int) -> bool:
    """Whether a name stands for neither a module nor a function."""
    versions = analysis.index.versions(name, at)
    return bool(versions) and all(
        analysis.index.is_constant(name, version) or not analysis.index.is_fixed(name, version) for version in versions
    )
