"""The half of the walk over a statement that looks at expressions: reads, bindings, changes, calls."""

from __future__ import annotations

import _ast as ast

from . import expressions, scopes
from .expressions import called, held_names, path, root, target_names
from .facts import METHOD, MUTATES, RESULT, SHALLOW, STORES, Argument, Call, Facts
from .scopes import CLASS, COMPREHENSION, FUNCTION, Record, Scope
from .source import children
from .vocabulary import (
    CHANGES_FIRST_ARGUMENT,
    DYNAMIC,
    FRESH_RESULTS,
    KEEPERS,
    MUTATORS,
    PLAIN,
    PURE_CALLS,
    PURE_METHODS,
    WAITS,
)

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


class Calls:
    def __init__(self) -> None:
        self.facts = Facts()
        self.scopes: list[Scope] = []
        self.record: Record | None = None
        # Above 0: inside a function's body; inside what is read but not called (a default, a base, an annotation);
        # inside what may not be evaluated.
        self.late = 0
        self.quiet = 0
        self.maybe = 0
        self.loops = 0
        self.bound: set[str] = set()
        self.thrown_away = None
        self.bound_lambda: tuple = (None, '')
        self.noted: dict[int, Call] = {}

    def visit(self, node) -> None:
        handler = getattr(self, type(node).__name__, None)
        if handler is not None:
            handler(node)
            return
        for child in children(node):
            self.visit(child)

    # Names

    def keys(self, name: str, depth: int | None = None) -> list[tuple]:
        """Where the name belongs: (None, name) for the module's. A comprehension's variable stands for what it walks
        through; a class's own name belongs nowhere.
        """
        inner = True
        for at in range(len(self.scopes) - 1 if depth is None else depth - 1, -1, -1):
            scope = self.scopes[at]
            if scope.kind == COMPREHENSION:
                if name in scope.names:
                    return [key for origin in scope.origins.get(name, ()) for key in self.keys(origin, at)]
            elif scope.kind == CLASS:
                if inner and name in scope.names and name not in scope.globals:
                    return []
                inner = False
            else:
                inner = False
                if name in scope.globals:
                    break
                if name in scope.names:
                    return [(scope, name)]
        return [(None, name)]

    def is_global(self, name: str) -> bool:
        inner = True
        for scope in reversed(self.scopes):
            if scope.kind == CLASS:
                if inner and name in scope.names and name not in scope.globals:
                    return False
                inner = False
            elif name in scope.globals:
                return True
            elif name in scope.names:
                return False
            elif scope.kind == FUNCTION:
                inner = False
        return True

    def read(self, name: str) -> None:
        if not self.is_global(name):
            return
        facts = self.facts
        if self.late:
            facts.late_reads.add(name)
        else:
            facts.reads.add(name)
            if name not in self.bound:
                facts.needs.add(name)
            if not self.quiet:
                facts.starts.add(name)

    def bind(self, name: str) -> None:
        scope = next((each for each in reversed(self.scopes) if each.kind != COMPREHENSION), None)
        if scope is None or (scope.kind == CLASS and name in scope.globals):
            self.facts.binds.add(name)
            if not self.maybe:
                self.bound.add(name)
        elif scope.kind == CLASS:
            scope.names.add(name)
        elif name in scope.globals:
            self.facts.late_binds.add(name)

    def change(self, name: str, how: int, text: str) -> None:
        for scope, key in self.keys(name) if name else ():
            change = (how, text)
            if self.record is not None:
                known = self.record.changed.get((scope, key), change)
                self.record.changed[scope, key] = max(change, known)
            elif scope is None:
                self.facts.changes[key] = max(change, self.facts.changes.get(key, change))

    def hold(self, container: str, names) -> None:
        """The objects of these names may be in the container afterwards."""
        contents = {key for name in names if name for key in self.keys(name)}
        for key in self.keys(container) if container and contents else ():
            if self.record is not None:
                self.record.holds.append((key, contents - {key}))
            elif key[0] is None:
                held = frozenset(name for scope, name in contents if scope is None and name != key[1])
                if held:
                    self.facts.holds.append((key[1], held))

    def link(self, names, others) -> None:
        """These names may hold one object afterwards."""
        keys = {key for name in list(names) + list(others) if name for key in self.keys(name)}
        if len(keys) < 2:
            return
        if self.record is not None:
            self.record.links.append(keys)
        elif all(scope is None for scope, _ in keys):
            self.facts.links.append(frozenset(name for _, name in keys))

    def link_result(self, node) -> None:
        same, parts_of, contents = self.relations(node.value)
        keys = {key for name in same | parts_of | contents for key in self.keys(name)}
        if self.record is not None and keys:
            self.record.links.append(keys | {(None, '%s %d>' % (RESULT, len(self.record.links)))})

    def finish_record(self) -> None:
        record, self.record = self.record, None
        if record is None:
            return
        late = self.facts.late_changes
        for name, change in record.finish().items():
            late[name] = max(change, late.get(name, change))
        self.facts.bodies.append(record.body)

    # Bindings

    def inline_lambda(self, value, targets: list) -> None:
        if isinstance(value, ast.Lambda) and not self.scopes and isinstance(targets[0], ast.Name):
            self.bound_lambda = (value, targets[0].id)

    def assign(self, targets: list, value) -> None:
        self.visit(value)
        pairs = [(target, value) for target in targets]
        if len(targets) == 1 and isinstance(targets[0], ast.Tuple) and isinstance(value, ast.Tuple):
            if len(targets[0].elts) == len(value.elts) and not any(isinstance(e, ast.Starred) for e in targets[0].elts):
                pairs = list(zip(targets[0].elts, value.elts))
        for target, part in pairs:
            self.visit(target)
            self._bound_to(target, part)
        if len(targets) > 1 and expressions.constant_if(value) != expressions.NOTHING:
            self.link([name for target in targets for name in target_names(target)], ())

    def _bound_to(self, target, value) -> None:
        names = target_names(target)
        if isinstance(value, ast.Await):
            value = value.value
        self._relate(target, names, value)
        if self.scopes:
            return
        call = self.noted.get(id(element_of(value)))
        if call is not None:
            self.facts.call_links.append((frozenset(names or [root(target)]) - {''}, call))
        facts = self.facts
        made = '<genexpr>' if isinstance(value, ast.GeneratorExp) else path(value) if isinstance(value, ast.Call) else ''
        constant, items = expressions.constant_if(value), expressions.items_constant_if(value)
        for name in names:
            if made:
                facts.made[name] = made
        if isinstance(target, ast.Name):
            if constant is not None:
                facts.constants[target.id] = constant
            if items is not None:
                facts.constant_items[target.id] = items

    def _relate(self, target, names: list[str], value) -> None:
        same, parts_of, contents = self.relations(value)
        if isinstance(target, ast.Name):
            self.link(names, same)
            for container in parts_of:
                self.hold(container, names)
            self.hold(target.id, contents)
        elif names:
            # Several targets share the parts of one value.
            self.link(names, contents if contents else ())
            for container in same | parts_of:
                self.hold(container, names)
        else:
            self.hold(root(target), same | parts_of | contents)

    def relations(self, value) -> tuple[set[str], set[str], set[str]]:
        """The names whose object a value may be, those that it may be a part of, and those that may be in it.

        Calls of the user's own functions are judged later, when these are known.
        """
        same: set[str] = set()
        parts_of: set[str] = set()
        contents: set[str] = set()
        if isinstance(value, (ast.Yield, ast.YieldFrom, ast.Await, ast.NamedExpr)) and value.value is not None:
            return self.relations(value.value)
        if isinstance(value, ast.Name):
            same.add(value.id)
        elif isinstance(value, PLAIN):
            parts_of |= {root(value)} - {''}
        elif isinstance(value, (ast.IfExp, ast.BoolOp)):
            for part in (value.body, value.orelse) if isinstance(value, ast.IfExp) else value.values:
                for known, more in zip((same, parts_of, contents), self.relations(part)):
                    known |= more
        elif isinstance(value, scopes.COMPREHENSIONS):
            own = {name for generator in value.generators for name in target_names(generator.target)}
            contents = set().union(*self.relations(element_of(value))) - own
        elif isinstance(value, ast.Call):
            same = self._given_to(value)
        else:
            contents = held_names(value)
        return same, parts_of, contents

    def _given_to(self, call) -> set[str]:
        """The names whose objects the result of a call may be, or keep."""
        is_method = isinstance(call.func, ast.Attribute)
        known = PURE_METHODS | FRESH_RESULTS if is_method else PURE_CALLS
        if called(call) in known or id(call) in self.noted and not is_method:
            return set()
        given = [held_names(argument) for argument in call.args + [keyword.value for keyword in call.keywords]]
        return set().union([root(call.func)] if is_method else [], *given) - {''}

    # Expressions

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
        if name in ('eval', 'exec') and len(node.args) > 1 and called(node.args[1]) not in ('globals', 'locals', 'vars'):
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


def element_of(value):
    """What a comprehension collects; any other value itself."""
    if isinstance(value, scopes.COMPREHENSIONS):
        return value.value if isinstance(value, ast.DictComp) else value.elt
    return value


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
