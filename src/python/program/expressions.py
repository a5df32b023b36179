"""Questions about single expressions: what is at their root, what they call, whether their value can change."""

from __future__ import annotations

import _ast as ast

from .facts import STORES, Facts
from .source import children, walk
from .vocabulary import CONSTANT_RESULTS, CONTAINERS, PLAIN

NOTHING: frozenset[str] = frozenset()
# Their first argument's items are what comes out.
PASS_ITEMS_ON = frozenset('enumerate iter list reversed sorted tqdm tuple'.split())


def root(node) -> str:
    """`a` of `a.b[c].d()`; '' when there is no name at the bottom."""
    while not isinstance(node, ast.Name):
        if isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred, ast.Await)):
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return ''
    return node.id


def path(node) -> str:
    """`a.b.c.d` of `a.b[0].c().d`; '' when there is no name at the bottom."""
    parts: list[str] = []
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        elif isinstance(node, (ast.Subscript, ast.Starred, ast.Await)):
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return ''
    parts.append(node.id)
    return '.'.join(reversed(parts))


def called(node) -> str:
    """The last name of what a call calls; '' when it is no call, or calls something without a name."""
    if isinstance(node, ast.Await):
        node = node.value
    if not isinstance(node, ast.Call):
        return ''
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, 'id', '')


def target_names(target) -> list[str]:
    if isinstance(target, ast.Name):
        return [target.id]
    if isinstance(target, (ast.Tuple, ast.List)):
        return [name for each in target.elts for name in target_names(each)]
    return target_names(target.value) if isinstance(target, ast.Starred) else []


def held_names(node) -> set[str]:
    """The names whose objects an argument or a container display hands over."""
    if isinstance(node, PLAIN):
        return {root(node)} - {''}
    if isinstance(node, CONTAINERS):
        return {name for each in node.elts for name in held_names(each)}
    if isinstance(node, ast.Dict):
        return {name for each in node.values for name in held_names(each)}
    if isinstance(node, ast.IfExp):
        return held_names(node.body) | held_names(node.orelse)
    if isinstance(node, ast.BoolOp):
        return {name for each in node.values for name in held_names(each)}
    if isinstance(node, (ast.NamedExpr, ast.Await)):
        return held_names(node.value)
    return set()


def constant_if(value) -> frozenset[str] | None:
    """Names whose values must be constants for the expression's value to be one (a number, a text: what no call can
    change); None when it is no constant. `*x`: the items of `x` must be constants.
    """
    if isinstance(value, (ast.Constant, ast.JoinedStr)):
        return NOTHING
    if isinstance(value, ast.Name):
        return frozenset((value.id,))
    if isinstance(value, ast.Subscript) and isinstance(value.value, ast.Name):
        return frozenset(('*' + value.value.id,))
    if isinstance(value, ast.Call):
        of_text = isinstance(value.func, ast.Attribute) and isinstance(value.func.value, (ast.Constant, ast.JoinedStr))
        return NOTHING if of_text and called(value) != 'split' or called(value) in CONSTANT_RESULTS else None
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mod) and isinstance(value.left, ast.Constant):
        return NOTHING
    if isinstance(value, ast.Compare) and isinstance(value.ops[0], (ast.Is, ast.IsNot, ast.In, ast.NotIn)):
        return NOTHING
    if isinstance(value, ast.IfExp):
        return _all_constant([value.body, value.orelse])
    if isinstance(value, (ast.BinOp, ast.BoolOp, ast.UnaryOp, ast.Compare, ast.Tuple)):
        return _all_constant([each for each in children(value) if isinstance(each, ast.expr)])
    return None


def _all_constant(values: list) -> frozenset[str] | None:
    found: set[str] = set()
    for value in values:
        names = constant_if(value)
        if names is None:
            return None
        found |= names
    return frozenset(found)


def items_constant_if(value) -> frozenset[str] | None:
    """As `constant_if`, for the items that iterating over the value gives."""
    if isinstance(value, ast.Name):
        return frozenset(('*' + value.id,))
    if isinstance(value, CONTAINERS):
        return _all_constant(value.elts) if value.elts else None
    name = called(value)
    if name in ('range', 'split', 'splitlines'):
        return NOTHING
    if name in PASS_ITEMS_ON and isinstance(value, ast.Call) and value.args:
        return items_constant_if(value.args[0])
    return None


def names_in(node) -> set[str]:
    return {each.id for each in walk(node) if isinstance(each, ast.Name)}


def leaves(nodes: list) -> bool:
    """Whether what stands behind a block is not reached from it."""
    last = nodes[-1] if nodes else None
    if isinstance(last, (ast.Raise, ast.Continue, ast.Break, ast.Return)):
        return True
    return isinstance(last, ast.Expr) and path(getattr(last.value, 'func', last.value)) in ('sys.exit', 'exit', 'quit')


def coarse_facts(node) -> Facts:
    """Of a statement that is nested too deeply: it may change all that it names."""
    facts = Facts()
    for each in walk(node):
        if isinstance(each, ast.Name):
            if isinstance(each.ctx, ast.Load):
                facts.reads.add(each.id)
                facts.changes[each.id] = (STORES, '')
            else:
                facts.binds.add(each.id)
    facts.needs = set(facts.reads)
    return facts
