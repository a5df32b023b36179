"""What one statement does to the names of its module, at once and later, when a function of it is called.

Which names are global is read from the byte code, so that Python's own scope rules decide. What a statement may change
is read from the tree: changes are attributed to the name at the root of `a.b[c].d()`.
"""

from __future__ import annotations

import _ast as ast
import opcode
import sys

from .flow import Flow
from .source import Statement, children, walk

# Methods that only look at their object or hand out a result.
PURE_METHODS = frozenset(
    """
    all any as_posix astype capitalize casefold copy corr count decode describe difference done encode empty
    endswith exists exitcode find findall finditer flatten format full fullmatch get getvalue group groupby
    groups head index info intersection is_alive is_dir is_file is_set isalpha isdigit isdisjoint isna
    isspace issubset issuperset items iterdir join_path joinpath keys locked lower lstrip match max mean
    median merge min most_common notna nunique partition plot qsize quantile ravel read_bytes read_text
    removeprefix removesuffix replace reshape resolve result rfind rindex rpartition rsplit rstrip running
    sample search shape split splitlines startswith std strip sub sum tail title to_csv to_dict to_json
    to_list to_numpy to_parquet to_string tolist total total_seconds translate transpose union unique upper
    value_counts values var with_name with_suffix zfill""".split()
)
# Methods that change their object whatever it is: they count inside functions and print(...) too.
MUTATORS = frozenset(
    """
    add append appendleft clear discard extend extendleft fill insert pop popitem popleft put put_nowait
    register remove reverse rotate setdefault sort subtract symmetric_difference_update intersection_update
    difference_update update write writelines writerow writerows read readline readlines send seek close""".split()
)
# Calls that leave their arguments as they are, given as names or as methods.
PURE_CALLS = frozenset(
    """
    abs all any assert_ bool bytes callable chr dict dir display divmod enumerate filter float format
    frozenset getattr hasattr hash help hex id int isinstance issubclass iter len list map max min ord pow
    pprint print range repr reversed round set sorted str sum tuple type vars zip append add put put_nowait
    submit apply apply_async map_async imap imap_unordered starmap starmap_async info debug warning error
    exception critical log join start sleep write run run_until_complete""".split()
)
SHOWS = frozenset('print display pprint show info debug warning error critical log sleep'.split())
CHANGES_FIRST_ARGUMENT = frozenset(
    """
    next anext setattr delattr heappush heappop heapify heappushpop heapreplace shuffle insort insort_left
    insort_right""".split()
)
READ_ONCE = frozenset(
    """
    iter map filter zip enumerate reversed open reader DictReader imap imap_unordered as_completed count
    cycle chain islice finditer scandir glob iterdir iterrows itertuples""".split()
)
# Calls whose results can't be changed, by the function's last name.
CONSTANT_RESULTS = frozenset(
    """abs bool bytes cpu_count float frozenset getpid getenv hash id int len monotonic ord chr perf_counter repr
    str time""".split()
)
DYNAMIC = frozenset(('globals', 'locals', 'vars', 'eval', 'exec'))
_NOW = frozenset(('<listcomp>', '<setcomp>', '<dictcomp>', '<genexpr>'))
_KINDS = {
    'LOAD_NAME': 'read',
    'LOAD_GLOBAL': 'read',
    'LOAD_FROM_DICT_OR_GLOBALS': 'read',
    'STORE_NAME': 'bind',
    'STORE_GLOBAL': 'bind',
    'DELETE_NAME': 'delete',
    'DELETE_GLOBAL': 'delete',
}
_OPCODES = {opcode.opmap[name]: (name, kind) for name, kind in _KINDS.items() if name in opcode.opmap}


class Facts:
    """Of one statement. `late_…`: what its function bodies do once they are called."""

    def __init__(self, statement: Statement, code) -> None:
        node = statement.node
        self.binds: set[str] = set()
        self.deletes: set[str] = set()
        self.reads: set[str] = set()
        self.late_binds: set[str] = set()
        self.late_reads: set[str] = set()
        self.changes: set[str] = set()
        self.late_changes: set[str] = set()
        self.receivers: set[str] = set()
        self.aliases: list[set[str]] = []
        self.read_once: set[str] = set()
        self.star = isinstance(node, ast.ImportFrom) and node.names[0].name == '*'
        self.future = isinstance(node, ast.ImportFrom) and node.module == '__future__'
        self.is_import = isinstance(node, (ast.Import, ast.ImportFrom))
        self.is_definition = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        self.binds_constants = (
            isinstance(node, ast.Assign)
            and _is_constant(node.value)
            and all(isinstance(target, ast.Name) for target in node.targets)
        )
        self._scan(code, False, True)
        flow = Flow(node)
        # `import a` leaves what `import a.b` has added.
        self.certain = set() if isinstance(node, ast.Import) else flow.bound & self.binds
        self.needs = flow.exposed & (self.reads | self.deletes)
        self.late_reads -= set() if self.is_definition else self.certain
        self._shows = isinstance(node, ast.Expr) and _called(node.value) in SHOWS
        self._changes_in(node, False)
        self.changes &= self.reads | self.binds
        self.late_changes &= self.late_reads | self.late_binds
        self.called = self._called_now(node)
        self.dynamic = bool((self.reads | self.late_reads) & DYNAMIC)

    def _scan(self, code, late: bool, module: bool) -> None:
        """Sorts the global names of a code object and of those within it."""
        extended = 0
        for position in range(0, len(code.co_code), 2):
            operation, argument = code.co_code[position], code.co_code[position + 1] | extended
            extended = argument << 8 if operation == opcode.EXTENDED_ARG else 0
            if operation not in _OPCODES:
                continue
            operator, kind = _OPCODES[operation]
            name = code.co_names[
                argument >> 1 if operator == 'LOAD_GLOBAL' and sys.version_info >= (3, 11) else argument
            ]
            if operator in ('STORE_NAME', 'DELETE_NAME') and not module:
                continue  # a class's own names
            if kind == 'read':
                (self.late_reads if late else self.reads).add(name)
            elif late:
                self.late_binds.add(name)
            else:
                (self.binds if kind == 'bind' else self.deletes).add(name)
        for constant in code.co_consts:
            if hasattr(constant, 'co_code'):
                is_function = (
                    constant.co_flags & 3
                    and constant.co_name not in _NOW
                    and not constant.co_name.startswith('<generic')
                )
                self._scan(constant, late or bool(is_function), False)

    def _changes_in(self, node, late: bool) -> None:
        into = self.late_changes if late else self.changes
        if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
            into.add(root(node.value))
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            into.add(node.target.id)
        elif isinstance(node, ast.Call):
            name = _called(node)
            if isinstance(node.func, ast.Attribute):
                receiver = root(node.func.value)
                self.receivers.add(receiver)
                if name in MUTATORS or not late and not self._shows and name not in PURE_METHODS:
                    into.add(receiver)
            if name in CHANGES_FIRST_ARGUMENT and node.args:
                into.add(root(node.args[0]))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and not late:
            if _called(node.value) not in PURE_CALLS and _called(node.value) not in PURE_METHODS:
                into.update(_plain_names(node.value.args + [keyword.value for keyword in node.value.keywords]))
        self._aliases_in(node)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            body = node.body if isinstance(node.body, list) else [node.body]
            for child in children(node):
                self._changes_in(child, late or any(child is part for part in body))
            into.update(root(decorator) for decorator in getattr(node, 'decorator_list', ()))
            return
        for child in children(node):
            self._changes_in(child, late)

    def _aliases_in(self, node) -> None:
        """Names that may stand for one object afterwards: a change to one is a change to the others."""
        if isinstance(node, (ast.Assign, ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            value = node.value
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            targets, value = [node.target], node.iter
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            targets, value = [node.optional_vars], node.context_expr
        else:
            return
        names = {
            n.id for target in targets for n in walk(target) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }
        called = _called(value)
        if isinstance(value, ast.GeneratorExp) or called in READ_ONCE:
            self.read_once |= names
        sources = set()
        if isinstance(value, (ast.Name, ast.Attribute, ast.Subscript)):
            sources.add(root(value))
        elif isinstance(value, ast.Call) and called not in PURE_CALLS | PURE_METHODS:
            sources |= _plain_names(value.args + [keyword.value for keyword in value.keywords])
        elif isinstance(value, (ast.List, ast.Tuple, ast.Set)):
            sources |= _plain_names(value.elts)
        elif isinstance(value, ast.Dict):
            sources |= _plain_names(value.values)
        if len(names | sources) > 1 and not isinstance(value, (ast.Tuple, ast.Constant)) or sources:
            self.aliases.append(names | sources)

    def _called_now(self, node) -> set[str]:
        """Names whose functions may run with the statement.

        Defining a function runs its decorators, a class its bases.
        """
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return {root(decorator) for decorator in node.decorator_list}
        if isinstance(node, ast.ClassDef):
            return {root(part) for part in node.decorator_list + node.bases}
        return self.reads


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


def dotted(node) -> str:
    """`os.environ` of an attribute chain; '' when it is something else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    return '.'.join([node.id] + parts) if isinstance(node, ast.Name) else ''


def _called(node) -> str:
    """The last name of what a call calls."""
    if isinstance(node, ast.Await):
        node = node.value
    if not isinstance(node, ast.Call):
        return ''
    return (
        node.func.attr
        if isinstance(node.func, ast.Attribute)
        else node.func.id
        if isinstance(node.func, ast.Name)
        else ''
    )


def _is_constant(value) -> bool:
    """Whether an expression gives a number, a text or the like: an object that no call can change."""
    if isinstance(value, ast.Call):
        return _called(value) in CONSTANT_RESULTS
    if isinstance(value, (ast.BinOp, ast.BoolOp, ast.UnaryOp, ast.Compare, ast.Tuple)):
        operands = [child for child in children(value) if isinstance(child, ast.expr)]
        return bool(operands) and all(_is_constant(operand) for operand in operands)
    return isinstance(value, (ast.Constant, ast.JoinedStr))


def _plain_names(nodes: list) -> set[str]:
    kinds = (ast.Name, ast.Attribute, ast.Subscript, ast.Starred)
    return {root(node) for node in nodes if isinstance(node, kinds) and root(node)}
