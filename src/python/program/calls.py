"""The half of the walk over a statement that looks at expressions: reads, bindings, changes, calls."""

from __future__ import annotations

import _ast as ast

from . import scopes
from .bindings import Bindings
from .expressions import called, held_names, path, root
from .facts import METHOD, MUTATES, SHALLOW, STORES, Argument, Call
from .scopes import COMPREHENSION
from .source import children
from .vocabulary import CHANGES_FIRST_ARGUMENT, DYNAMIC, KEEPERS, MUTATORS, PURE_CALLS, PURE_METHODS, WAITS

PUBLISHES = frozenset(
    """
    createGlobalTempView createOrReplaceGlobalTempView createOrReplaceTempView createTempView registerTempTable
    saveAsTable to_sql""".split()
)
WRITES_FILES = frozenset(
    """
    copyfile copytree extractall makedirs mkdir mkfifo rmtree savetxt savez symlink to_csv to_excel to_feather to_hdf
    to_json to_parquet to_pickle touch unlink urlretrieve write_bytes write_parquet write_text""".split()
)
# These do so as functions of certain modules only.
FILE_FUNCTIONS = frozenset('copy copy2 dump move remove rename replace save'.split())
FILE_MODULES = frozenset('dill joblib json np numpy os pickle shutil torch yaml'.split())


class Calls(Bindings):
    def Name(self, node) -> None:
        if isinstance(node.ctx, ast.Load):
            self.read(node.id)
            if node.id in DYNAMIC and self.is_global(node.id):
                self.facts.dynamic = node.id
        elif isinstance(node.ctx, ast.Store):
            if not any(each.kind == COMPREHENSION and node.id in each.names for each in self.scopes):
                self.bind(node.id)

    def Attribute(self, node) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._store(node)
        self.visit(node.value)

    def Subscript(self, node) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._store(node)
        self.visit(node.value)
        self.visit(node.slice)

    def _store(self, node) -> None:
        self.change(root(node), SHALLOW if isinstance(node.value, ast.Name) else STORES, '')
        (self.facts.late_stores if self.late else self.facts.stores).add(path(node))

    def Constant(self, node) -> None:
        if isinstance(node.value, str) and 2 < len(node.value) < 300:
            (self.facts.late_texts if self.late else self.facts.texts).add(node.value)

    def BinOp(self, node) -> None:
        # a + b + c + … is nested as deep as it is long.
        while isinstance(node, ast.BinOp):
            self.visit(node.right)
            node = node.left
        self.visit(node)

    def BoolOp(self, node) -> None:
        self.visit(node.values[0])
        self.maybe += 1
        for value in node.values[1:]:
            self.visit(value)
        self.maybe -= 1

    def IfExp(self, node) -> None:
        self.visit(node.test)
        self.maybe += 1
        self.visit(node.body)
        self.visit(node.orelse)
        self.maybe -= 1

    def ListComp(self, node) -> None:
        self.visit(node.generators[0].iter)
        self.scopes.append(scopes.comprehension_scope(node, node.generators))
        self.maybe += 1
        for index, generator in enumerate(node.generators):
            for part in ([generator.iter] if index else []) + [generator.target] + generator.ifs:
                self.visit(part)
        for part in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
            self.visit(part)
        self.maybe -= 1
        self.scopes.pop()

    SetComp = DictComp = GeneratorExp = ListComp

    def Call(self, node) -> None:
        discarded = self.thrown_away is node
        function = node.func
        name = called(node)
        if isinstance(function, ast.Name) and name in DYNAMIC and self.is_global(name) and self._is_harmless(node):
            pass
        else:
            self.visit(function)
        if isinstance(function, ast.Attribute):
            self._method(node, function, name, discarded)
        if name in CHANGES_FIRST_ARGUMENT and node.args:
            self.change(root(node.args[0]), STORES, '')
        self._note_path(node, function, discarded)
        self._note_call(node, function, name, discarded)
        self._note_files(node, name)
        for argument in node.args:
            self.visit(argument)
        for keyword in node.keywords:
            self.visit(keyword.value)

    def _method(self, node, function, name: str, discarded: bool) -> None:
        receiver = root(function.value)
        if not receiver:
            return
        text = '%s()' % path(function)
        if name in MUTATORS:
            self.change(receiver, MUTATES if isinstance(function.value, ast.Name) else STORES, text)
        elif (discarded and name in WAITS) or (name not in PURE_METHODS and not self.facts.shows):
            self.change(receiver, METHOD, text)
        if not self.late and self.is_global(receiver):
            self.facts.receivers.add(receiver)
            if name in ('get', 'get_nowait'):
                self.facts.takes.add(receiver)
        if name in KEEPERS:
            held = [held_names(argument) for argument in node.args + [keyword.value for keyword in node.keywords]]
            self.hold(receiver, set().union(*held))
        if name in ('query', 'eval', 'sql'):
            self._names_in_text(node, name)

    def _names_in_text(self, node, name: str) -> None:
        """`df.query('a > @limit')`, `duckdb.sql('select a from df')`."""
        for argument in node.args[:1]:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                words = words_of(argument.value)
                if name == 'query' and '@' in argument.value:
                    words = {part for piece in argument.value.split('@')[1:] for part in words_of(piece, 1)}
                for word in words:
                    if self.is_global(word):
                        self.facts.soft.add(word)
                        self.read(word)

    def _is_harmless(self, node) -> bool:
        """Whether a call of eval, vars, … can't touch names that are not in the text; reads those that are."""
        name = node.func.id
        if name in ('locals', 'vars'):
            return bool(node.args) or bool(self.late)
        namespace = node.args[1] if name in ('eval', 'exec') and len(node.args) > 1 else None
        if namespace is not None and called(namespace) not in ('globals', 'locals', 'vars'):
            return True
        if name == 'eval' and node.args and isinstance(node.args[0], ast.Constant):
            try:
                tree = compile(node.args[0].value, '<eval>', 'eval', ast.PyCF_ONLY_AST, dont_inherit=True)
            except (SyntaxError, ValueError, TypeError):
                return False
            self.visit(tree)
            return True
        return False

    def _note_path(self, node, function, discarded: bool) -> None:
        whole = path(function)
        if whole and self.is_global(whole.split('.')[0]):
            (self.facts.late_paths if self.late else self.facts.paths).add(whole)
            if discarded and not self.late and not self.loops:
                self.facts.discarded.add(whole)

    def _note_call(self, node, function, name: str, discarded: bool) -> None:
        """Remembers a call that is handed named objects."""
        arguments: list[tuple] = []
        place: int | None = 0
        for argument in node.args:
            place = None if isinstance(argument, ast.Starred) else place
            arguments.append((place, held_names(argument)))
            place = None if place is None else place + 1
        arguments.extend((keyword.arg, held_names(keyword.value)) for keyword in node.keywords)
        arguments = [(place, names) for place, names in arguments if names]
        if not arguments:
            return
        callee = name if isinstance(function, ast.Name) and self.is_global(name) else ''
        pure = name in (PURE_METHODS | PURE_CALLS) or name in MUTATORS
        label = '%s()' % (path(function) or name)
        if self.record is not None:
            keyed = [(place, [key for each in names for key in self.keys(each)]) for place, names in arguments]
            self.record.calls.append((callee, label, keyed, discarded, pure))
            return
        nothing: frozenset[str] = frozenset()
        resolved = []
        for place, names in arguments:
            belonging = frozenset(key for each in names for scope, key in self.keys(each) if scope is None)
            resolved.append(Argument(place, belonging, nothing))
        call = Call(callee, label, resolved, discarded and not self.facts.shows, pure)
        self.noted[id(node)] = call
        self.facts.calls.append(call)

    def _note_files(self, node, name: str) -> None:
        texts = self.facts.late_writes if self.late else self.facts.writes
        if name == 'open':
            modes = node.args[1:2] + [keyword.value for keyword in node.keywords if keyword.arg == 'mode']
            if isinstance(node.func, ast.Attribute):
                modes += node.args[:1]
            mode = next((m.value for m in modes if isinstance(m, ast.Constant) and isinstance(m.value, str)), '')
            if not set(mode) & set('wax+') or set(mode) - set('wax+rbt'):
                return
        elif name in FILE_FUNCTIONS:
            if root(node.func) not in FILE_MODULES or isinstance(node.func, ast.Name):
                return
        elif name not in WRITES_FILES and name not in PUBLISHES:
            return
        receiver = [node.func.value] if isinstance(node.func, ast.Attribute) and name not in PUBLISHES else []
        for part in node.args + [keyword.value for keyword in node.keywords] + receiver:
            texts.update(texts_in(part))


def words_of(text: str, most: int = 100) -> list[str]:
    """The identifiers in a text, `most` of them; with most=1, the one that it begins with."""
    words: list[str] = []
    word = ''
    for letter in text + ' ':
        if letter.isalnum() or letter == '_':
            word += letter
        elif word or most == 1:
            words.append(word)
            word = ''
            if len(words) == most:
                break
    return [each for each in words if each.isidentifier()]


def texts_in(node) -> set[str]:
    """Text constants of some length within an argument, and names, marked with `=`: what may name a file."""
    found = set()
    todo = [node]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value.strip('.')) > 2:
            found.add(node.value)
        elif isinstance(node, ast.Name):
            found.add('=' + node.id)
        todo.extend(children(node))
    return found
