"""What one statement does to the names of its module, at once and later, when a function of it is called.

    with Pool() as pool:            reads Pool, work, data;  has bound pool and found
        found = pool.map(work, data)
    for n in found:                 reads nothing new;       n and last may be unbound: found may be empty
        last = n

Changes are attributed to the name at the root of `a.b[c].d()`.
"""

from __future__ import annotations

import _ast as ast
import sys

from . import expressions, scopes
from .calls import Calls
from .expressions import called, coarse_facts, held_names, leaves, names_in, path, root, target_names
from .facts import METHOD, SHALLOW, Facts, compact
from .scopes import CLASS, COMPREHENSION, FUNCTION, Record, Scope
from .selection import is_main_guard
from .source import Statement, walk
from .vocabulary import SHOWS

LAZY_ANNOTATIONS = sys.version_info >= (3, 14)


class Illegal(Exception):
    """A statement that can't stand at top level: the `return` of a function that the selection is in."""


def facts_of(statement: Statement, lazy_annotations: bool = False) -> Facts | None:
    """None when the statement can't stand at top level. `lazy_annotations`: `from __future__ import annotations`."""
    node = statement.node
    known = getattr(node, 'known_facts', None)
    if known is None or known[0] != lazy_annotations:
        try:
            facts: Facts | None = Walk(node, lazy_annotations).facts
            compact(facts)
        except Illegal:
            facts = None
        except RecursionError:
            facts = coarse_facts(node)
        node.known_facts = known = (lazy_annotations, facts)
    return known[1]


class Walk(Calls):
    """One pass over a statement; the result is in `facts`."""

    def __init__(self, node, lazy_annotations: bool) -> None:
        super().__init__()
        facts = self.facts
        self.lazy_annotations = lazy_annotations
        facts.is_import = isinstance(node, (ast.Import, ast.ImportFrom))
        facts.is_definition = isinstance(node, scopes.DEFINITIONS)
        facts.binds_function = isinstance(node, scopes.FUNCTIONS) or (
            isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda)
        )
        facts.shows = isinstance(node, ast.Expr) and called(node.value) in SHOWS
        self.visit(node)
        facts.certain = self.bound & facts.binds
        if not facts.is_definition:
            facts.late_reads -= facts.certain

    # Blocks: each returns with `bound` as it is behind it.

    def block(self, nodes: list, bound: set[str]) -> set[str]:
        """What is bound for certain behind the block, when `bound` is before it."""
        self.bound = set(bound)
        for node in nodes:
            self.visit(node)
        return self.bound

    def If(self, node) -> None:
        ends = []
        while True:
            self.visit(node.test)
            before = self.bound
            body = self.block(node.body, before)
            if not leaves(node.body):
                ends.append(body)
            if is_main_guard(node) and not node.orelse:
                self.bound = body
                return
            self.bound = before
            # An `elif` is an `if` in the `else`: hundreds of them must not nest.
            if len(node.orelse) != 1 or not isinstance(node.orelse[0], ast.If):
                break
            node = node.orelse[0]
        last = self.block(node.orelse, self.bound)
        if not node.orelse or not leaves(node.orelse):
            ends.append(last)
        self.bound = set.intersection(*ends) if ends else before

    def For(self, node) -> None:
        self.visit(node.iter)
        before = self.bound
        self.visit(node.target)
        names = target_names(node.target)
        sources = held_names(node.iter)
        if isinstance(node.iter, ast.Call) and called(node.iter) != 'range':
            sources = sources.union([root(node.iter)], *[held_names(argument) for argument in node.iter.args])
        for source in sources:
            self.hold(source, names)
        if not self.scopes and isinstance(node.target, ast.Name):
            constant = expressions.items_constant_if(node.iter)
            if constant is not None:
                self.facts.constants[node.target.id] = constant
        elif not self.scopes and called(node.iter) == 'enumerate' and len(names) == 2:
            self.facts.constants[names[0]] = expressions.NOTHING
            constant = expressions.items_constant_if(node.iter)
            if constant is not None:
                self.facts.constants[names[1]] = constant
        self.loops += 1
        self.block(node.body, self.bound)
        self.loops -= 1
        self.block(node.orelse, before)
        self.bound = before

    AsyncFor = For

    def While(self, node) -> None:
        self.visit(node.test)
        before = self.bound
        self.loops += 1
        self.block(node.body, before)
        self.loops -= 1
        self.block(node.orelse, before)
        self.bound = before

    def Try(self, node) -> None:
        before = self.bound
        ends = [self.block(node.body + node.orelse, before)]
        for handler in node.handlers:
            self.bound = set(before)
            if handler.type is not None:
                self.visit(handler.type)
            if handler.name:
                self.bind(handler.name)
            end = self.block(handler.body, self.bound)
            if not leaves(handler.body):
                ends.append(end - {handler.name})
        self.bound = self.block(node.finalbody, set.intersection(*ends))

    TryStar = Try

    def With(self, node) -> None:
        before = None
        for item in node.items:
            context = item.context_expr
            self.visit(context)
            if isinstance(context, ast.Name):
                self.change(context.id, METHOD, 'with %s' % context.id)
            if item.optional_vars is not None:
                self.assign([item.optional_vars], context)
            if called(context) in ('suppress', 'raises', 'assertRaises'):
                before = set(self.bound)
        for each in node.body:
            self.visit(each)
        if before is not None:
            self.bound = before

    AsyncWith = With

    def Match(self, node) -> None:
        self.visit(node.subject)
        before = self.bound
        for case in node.cases:
            self.bound = set(before)
            names = [name for each in walk(case.pattern) for name in scopes.pattern_names(each)]
            self.visit(case.pattern)
            for name in names:
                self.bind(name)
            for subject in held_names(node.subject):
                self.hold(subject, names)
            if case.guard is not None:
                self.visit(case.guard)
            self.block(case.body, self.bound)
        self.bound = before

    # Simple statements

    def Expr(self, node) -> None:
        value = node.value.value if isinstance(node.value, ast.Await) else node.value
        if isinstance(value, ast.Call):
            self.thrown_away = value
        self.visit(node.value)

    def Assign(self, node) -> None:
        self.inline_lambda(node.value, node.targets)
        self.assign(node.targets, node.value)

    def AnnAssign(self, node) -> None:
        if node.value is not None:
            self.inline_lambda(node.value, [node.target])
        # Those of a function's own variables are never looked at.
        if not self.late:
            self.annotation(node.annotation)
        if node.value is not None:
            self.assign([node.target], node.value)
        elif not isinstance(node.target, ast.Name):
            self.visit(node.target)

    def AugAssign(self, node) -> None:
        self.visit(node.value)
        target = node.target
        if isinstance(target, ast.Name):
            name = target.id
            self.read(name)
            self.change(name, SHALLOW, '')
            self.bind(name)
            constant = expressions.constant_if(node.value)
            if not self.scopes:
                if constant is not None:
                    self.facts.constants[name] = constant | {name}
                self.facts.links.append(frozenset((name,)))
        else:
            self.visit(target)
        self.hold(root(target), held_names(node.value))

    def NamedExpr(self, node) -> None:
        self.assign([node.target], node.value)

    def Delete(self, node) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name) and not self.scopes:
                self.facts.deletes.add(target.id)
                if target.id not in self.bound:
                    self.facts.needs.add(target.id)
                self.bound.discard(target.id)
            else:
                self.visit(target)

    def Return(self, node) -> None:
        if not any(scope.kind == FUNCTION for scope in self.scopes):
            raise Illegal
        if node.value is not None:
            self.visit(node.value)
            self.link_result(node)

    def Yield(self, node) -> None:
        self.Return(node)
        if self.record is not None:
            self.record.body.is_generator = True

    YieldFrom = Yield

    def Nonlocal(self, node) -> None:
        if self.record is not None:
            self.record.body.has_state = True

    def Break(self, node) -> None:
        if not self.loops and not any(scope.kind == FUNCTION for scope in self.scopes):
            raise Illegal

    Continue = Break

    def Import(self, node) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.split('.')[0]
            if not self.scopes:
                self.facts.imports[name] = alias.name if alias.asname else name
                self.facts.modules[name] = alias.name
            self.bind(name)

    def ImportFrom(self, node) -> None:
        module = '.' * (node.level or 0) + (node.module or '')
        self.facts.future = module == '__future__'
        for alias in node.names:
            if alias.name == '*':
                self.facts.star = module
                continue
            if not self.scopes:
                self.facts.imports[alias.asname or alias.name] = '%s.%s' % (module, alias.name)
            self.bind(alias.asname or alias.name)

    # Definitions

    def FunctionDef(self, node) -> None:
        self.decorators(node)
        self.defaults(node.args)
        self.bind(node.name)
        with_types = self.enter_type_parameters(node)
        arguments = node.args
        every = list(getattr(arguments, 'posonlyargs', ())) + arguments.args + arguments.kwonlyargs
        for argument in every + [a for a in (arguments.vararg, arguments.kwarg) if a is not None]:
            if argument.annotation is not None:
                self.annotation(argument.annotation)
        if node.returns is not None:
            self.annotation(node.returns)
        self.function_body(node, node.body, node.name)
        if with_types:
            self.scopes.pop()

    AsyncFunctionDef = FunctionDef

    def Lambda(self, node) -> None:
        self.defaults(node.args)
        name = ''
        if node is self.bound_lambda[0]:
            name = self.bound_lambda[1]
        elif not self.late:
            self.facts.inline = True
        self.function_body(node, [node.body], name)

    def function_body(self, node, body: list, name: str) -> None:
        scope = scopes.function_scope(node)
        outermost = self.record is None
        if outermost:
            self.record = Record(name if not self.scopes else '', node, scope)
        self.scopes.append(scope)
        self.late += 1
        bound, loops, self.loops = self.bound, self.loops, 0
        for each in body:
            self.visit(each)
        self.bound, self.loops = bound, loops
        self.late -= 1
        self.scopes.pop()
        if outermost:
            self.finish_record()

    def ClassDef(self, node) -> None:
        self.decorators(node)
        with_types = self.enter_type_parameters(node)
        self.quiet += 1
        for base in node.bases:
            self.visit(base)
        self.quiet -= 1
        for keyword in node.keywords:
            self.visit(keyword.value)
        if not self.scopes:
            above = node.bases + [keyword.value for keyword in node.keywords]
            self.facts.bases.update({root(base) for base in above} - {''})
            self.facts.hooks_subclasses = bool(node.keywords) or any(
                getattr(each, 'name', '') in ('__init_subclass__', '__new__', '__set_name__') for each in node.body
            )
        self.scopes.append(scopes.class_scope(node))
        for each in node.body:
            self.visit(each)
        self.scopes.pop()
        if with_types:
            self.scopes.pop()
        self.bind(node.name)

    def decorators(self, node) -> None:
        for decorator in node.decorator_list:
            self.visit(decorator)
            function = decorator.func if isinstance(decorator, ast.Call) else decorator
            if isinstance(function, ast.Attribute):
                self.change(root(function), METHOD, '@' + path(function))
            self.link([node.name], {root(decorator)} - {''})

    def defaults(self, arguments) -> None:
        self.quiet += 1
        for default in arguments.defaults + [each for each in arguments.kw_defaults if each is not None]:
            self.visit(default)
        self.quiet -= 1

    def annotation(self, node) -> None:
        """Reads it now, or, where annotations are lazy, if somebody asks for it."""
        lazy = self.lazy_annotations or LAZY_ANNOTATIONS
        if lazy and not (self.scopes and self.scopes[-1].kind == CLASS):
            if LAZY_ANNOTATIONS and not self.lazy_annotations:
                self.facts.late_reads.update(names_in(node))
            return
        if lazy:
            # Dataclasses, models and the like evaluate those of their fields.
            self.facts.late_reads.update(names_in(node))
            self.facts.soft.update(names_in(node))
            return
        self.quiet += 1
        self.visit(node)
        self.quiet -= 1

    def enter_type_parameters(self, node) -> bool:
        """`def f[T](…)`: a scope for T; whether there is one."""
        found = getattr(node, 'type_params', None)
        if not found:
            return False
        self.scopes.append(Scope(COMPREHENSION, {each.name for each in found}))
        for each in found:
            for value in (getattr(each, 'bound', None), getattr(each, 'default_value', None)):
                self.facts.late_reads.update(names_in(value) if value is not None else ())
        return True

    def TypeAlias(self, node) -> None:
        self.bind(node.name.id)
        names = {each.name for each in node.type_params}
        self.facts.late_reads.update(names_in(node.value) - names)
