"""Which earlier statements a selection needs.

When in doubt, one more: a statement too many costs time, one too few is an error.

`needed` is the interface; everything else may be replaced behind it.
"""

from __future__ import annotations

import _ast as ast
import builtins

from .names import DYNAMIC, Facts, dotted, root
from .source import Statement

# Calls and stores on these modules act on the whole process; nobody needs to name them again.
PROCESS_MODULES = frozenset(
    """
    asyncio decimal faulthandler gc locale logging multiprocessing os random resource signal socket sys
    threading tracemalloc warnings""".split()
)
EFFECTS = frozenset(
    """
    addHandler addLevelName basicConfig captureWarnings chdir dictConfig disable enable filterwarnings
    fileConfig install load_dotenv putenv register resetwarnings seed setLevel set_event_loop_policy
    set_executable set_forkserver_preload set_option set_options set_printoptions set_start_method set_theme
    setcontext setdefaulttimeout setlocale setrecursionlimit setrlimit setswitchinterval signal simplefilter
    stack_size style umask unsetenv use""".split()
)
PROCESS_OBJECTS = ('os.environ', 'sys.path', 'sys.argv', 'sys.meta_path', 'sys.modules')


def needed(statements: list[Statement]) -> list[Statement]:
    """Of statements in the order of execution, some of them `selected`: those to run, each with its `reason`."""
    analysis = Analysis(statements)
    selected = [index for index, statement in enumerate(statements) if statement.selected]
    analysis.end = selected[-1] + 1 if selected else 0
    for index in selected:
        analysis.include(index, 'selected')
    analysis.complete()
    for index, reason in analysis.reasons.items():
        statements[index].reason = reason
    return [statements[index] for index in sorted(analysis.reasons)]


class Analysis:
    """Collects in `reasons` (statement index → why) what is included and, transitively, what that needs; never from
    `end` on.
    """

    def __init__(self, statements: list[Statement]) -> None:
        self.statements = statements
        self.end = len(statements)
        self.reasons: dict[int, str] = {}
        self._todo: list[tuple[str, int, bool]] = []
        self._done: set[tuple[str, int, bool]] = set()
        self._effects: dict[int, tuple[set[str], set[str]]] = {}
        self.facts: list[Facts | None] = [facts_of(statement) for statement in statements]
        self._binders: dict[str, list[int]] = {}
        self._alias_groups: dict[str, list[tuple[int, set[str]]]] = {}
        self._imported: dict[str, str] = {}
        for index, facts in enumerate(self.facts):
            for name in facts.binds if facts else ():
                self._binders.setdefault(name, []).append(index)
            for alias in facts.aliases if facts else ():
                for name in alias:
                    self._alias_groups.setdefault(name, []).append((index, alias))
            self._note_imports(statements[index].node)

    def _note_imports(self, node) -> None:
        for alias in node.names if isinstance(node, (ast.Import, ast.ImportFrom)) else ():
            name = alias.asname or alias.name.split('.')[0]
            self._imported[name] = (getattr(node, 'module', None) or alias.name).split('.')[0]

    def include(self, index: int, reason: str) -> None:
        facts = self.facts[index]
        if index in self.reasons:
            return
        self.reasons[index] = reason
        if facts is None:
            return
        self._todo.extend((name, index, False) for name in facts.needs)
        self._todo.extend((name, self.end, True) for name in facts.late_reads)
        if facts.dynamic:
            for earlier in range(index):
                if self.facts[earlier] is not None:
                    self.include(
                        earlier, 'the code uses %s' % ' or '.join(sorted(DYNAMIC & (facts.reads | facts.late_reads)))
                    )

    def complete(self, leave_out: tuple[str, ...] = ()) -> None:
        """Follows every name; then adds what acts on the whole process, except through the modules to leave out."""
        for index in range(self.end):
            if self.facts[index] is not None and self.facts[index].future:  # type: ignore
                self.include(index, 'from __future__ import')
        self._drain()
        for index in range(self.end):
            module = self._process_effect(self.statements[index].node)
            if (
                module
                and module not in leave_out
                and index not in self.reasons
                and (module in PROCESS_MODULES or self._module_is_used(module))
            ):
                self.include(index, 'acts on the whole process (%s)' % module)
        self._drain()

    def _drain(self) -> None:
        while self._todo:
            wish = self._todo.pop()
            if wish not in self._done:
                self._done.add(wish)
                self._resolve(*wish)

    def _resolve(self, name: str, before: int, late: bool) -> None:
        """Includes what binds and what changes a name ahead of a statement.

        Function bodies run later: there every binding counts.
        """
        start = -1
        found = False
        for index in range(before - 1, -1, -1):
            facts = self.facts[index]
            if facts is None:
                continue
            if name in facts.binds:
                found = True
                self.include(index, ('imports %s' if facts.is_import else 'defines %s') % name)
                if name in facts.certain and not late:
                    start = index
                    break
            elif name in facts.deletes:
                start = index
                break
            elif name in self._effects_of(index)[0]:
                found = True
                self.include(index, 'calls a function that assigns %s' % name)
        if not found and not hasattr(builtins, name):
            for index in range(before):
                if self.facts[index] is not None and self.facts[index].star:  # type: ignore
                    self.include(index, 'may import %s' % name)
        if name not in self._imported and not self._is_constant(name):
            self._include_changes(name, max(start, 0), before)

    def _include_changes(self, name: str, start: int, before: int) -> None:
        group = self._aliases(name, start, before)
        once = any(group & facts.read_once for facts in self.facts[:before] if facts)
        for index in range(start, before):
            facts = self.facts[index]
            if facts is None or index in self.reasons:
                continue
            if (facts.changes | self._effects_of(index)[1]) & group:
                self.include(index, 'may change %s' % name)
            elif once and facts.reads & group:
                self.include(index, 'reads on in %s' % name)

    def _aliases(self, name: str, start: int, before: int) -> set[str]:
        """The names that may stand for the same object, other than modules and functions (these are not changed by
        being passed on).
        """
        group, todo = {name}, [name]
        while todo:
            for index, alias in self._alias_groups.get(todo.pop(), ()):
                if start <= index < before:
                    more = {n for n in alias - group if not self._is_fixed(n)}
                    group |= more
                    todo.extend(more)
        return group

    def _is_constant(self, name: str) -> bool:
        binders = [self.facts[index] for index in self._binders.get(name, ())]
        return bool(binders) and all(facts.binds_constants for facts in binders if facts)

    def _is_fixed(self, name: str) -> bool:
        binders = [self.facts[index] for index in self._binders.get(name, ())]
        if name in self._imported or any(facts.is_definition for facts in binders if facts):
            return True
        return self._is_constant(name)

    def _effects_of(self, index: int) -> tuple[set[str], set[str]]:
        """Globals that the functions which a statement may call bind and change."""
        if index not in self._effects:
            facts = self.facts[index]
            binds: set[str] = set()
            changes: set[str] = set()
            todo = list(facts.called | facts.receivers) if facts else []
            seen: set[str] = set()
            while todo:
                name = todo.pop()
                if name in seen:
                    continue
                seen.add(name)
                for binder in self._binders.get(name, ()):
                    inner = self.facts[binder]
                    if inner is None or binder == index and not inner.late_reads:
                        continue
                    binds |= inner.late_binds
                    changes |= inner.late_changes
                    todo.extend(inner.late_reads)
                    if facts is not None and name in facts.receivers:
                        todo.extend(n for n in inner.reads if self._is_fixed(n))
            self._effects[index] = (binds, changes)
        return self._effects[index]

    def _process_effect(self, node) -> str:
        """The module that an expression statement, a store or a `del` at top level sets up; '' when it does no such
        thing.
        """
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            function = node.value.func
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, 'id', '')
            base = root(function)
            path = self._path(function)
            if base in self._imported and (name in EFFECTS or path.startswith(tuple(o + '.' for o in PROCESS_OBJECTS))):
                return self._imported[base]
        targets = (
            node.targets
            if isinstance(node, (ast.Assign, ast.Delete))
            else [node.target]
            if isinstance(node, ast.AugAssign)
            else []
        )
        for target in targets:
            if isinstance(target, (ast.Attribute, ast.Subscript)) and root(target) in self._imported:
                return self._imported[root(target)]
        return ''

    def _path(self, node) -> str:
        base, _, rest = dotted(node).partition('.')
        return '%s.%s' % (self._imported.get(base, base), rest)

    def _module_is_used(self, module: str) -> bool:
        return any(
            self._imported.get(name) == module
            for index in self.reasons
            for name in self._binders
            if index in self._binders[name]
        )


def facts_of(statement: Statement) -> Facts | None:
    """None when the statement can't stand at top level (the `return` of a function that the selection is in)."""
    module = ast.Module(body=[statement.node], type_ignores=[])
    try:
        code = compile(module, statement.unit.file, 'exec', flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except (SyntaxError, ValueError):
        return None
    return Facts(statement, code)
