"""What is known of one top-level statement, whatever stands around it. Plain data: names.py fills it in."""

from __future__ import annotations

# How a statement changes an object, the surest first. A shallow change leaves what is in the object as it is.
STORES = 4  # x[i][j] = …, x.a.append(…), next(x)
SHALLOW = 3  # x[i] = …, x.a = …, x += …, del x[i]
MUTATES = 2  # x.append(…), shallow too
METHOD = 1  # x.fit(…)
PASSED = 0  # f(x)
RESULT = '<result'


class Call:
    """A call that is handed objects which have names."""

    __slots__ = ('callee', 'label', 'args', 'discarded', 'pure')

    def __init__(self, callee: str, label: str, args: list[Argument], discarded: bool, pure: bool) -> None:
        # A global name; '' for methods and locals.
        self.callee = callee
        self.label = label
        self.args = args
        self.discarded = discarded
        self.pure = pure

    def names(self) -> set[str]:
        return set().union(*[argument.names for argument in self.args])


class Argument:
    """`place`: position or keyword, None when unknown. `names`: global ones; `params`: of the function around."""

    __slots__ = ('place', 'names', 'params')

    def __init__(self, place: int | str | None, names: frozenset[str], params: frozenset[str]) -> None:
        self.place = place
        self.names = names
        self.params = params


class Body:
    """What a function does to what it is given. `linked`: parameter → globals (and RESULT) that hold it afterwards."""

    __slots__ = ('name', 'params', 'rest', 'changed', 'linked', 'calls', 'is_generator', 'has_state')

    def __init__(self, name: str) -> None:
        self.name = name
        self.params: list[str] = []
        self.rest: list[str] = []
        self.changed: set[str] = set()
        self.linked: dict[str, set[str]] = {}
        self.calls: list[Call] = []
        self.is_generator = False
        # Whether functions within it change its variables.
        self.has_state = False

    def params_at(self, place: int | str | None) -> list[str]:
        if isinstance(place, str):
            return [place] if place in self.params else self.rest
        if place is None or place >= len(self.params):
            return self.rest if place is not None else self.params + self.rest
        return [self.params[place]]


class Facts:
    """`late_…`: what its function bodies do once they are called."""

    __slots__ = tuple(
        """
        binds certain deletes reads needs soft late_reads late_binds changes late_changes links holds call_links calls
        bodies constants constant_items made imports modules star future is_import is_definition binds_function bases
        hooks_subclasses starts receivers takes paths late_paths stores late_stores discarded dynamic inline shows
        texts late_texts writes late_writes""".split()
    )

    def __init__(self) -> None:
        self.binds: set[str] = set()
        # Bound whichever way the statement takes.
        self.certain: set[str] = set()
        self.deletes: set[str] = set()
        self.reads: set[str] = set()
        # Read before the statement has bound them itself.
        self.needs: set[str] = set()
        # Read if there are any such names: those of df.query('a > @limit').
        self.soft: set[str] = set()
        self.late_reads: set[str] = set()
        self.late_binds: set[str] = set()
        # Name → (how, text of the call).
        self.changes: dict[str, tuple[int, str]] = {}
        self.late_changes: dict[str, tuple[int, str]] = {}
        # Names that may hold one object afterwards; and (container, names of what may be in it).
        self.links: list[frozenset[str]] = []
        self.holds: list[tuple[str, frozenset[str]]] = []
        self.call_links: list[tuple[frozenset[str], Call]] = []
        self.calls: list[Call] = []
        self.bodies: list[Body] = []
        # Name → names that must be constant for it to be constant.
        self.constants: dict[str, frozenset[str]] = {}
        self.constant_items: dict[str, frozenset[str]] = {}
        # Name → path of the call that made its value.
        self.made: dict[str, str] = {}
        # Name → what it stands for: os, os.path.join.
        self.imports: dict[str, str] = {}
        # Name → the module that `import a.b` loads.
        self.modules: dict[str, str] = {}
        self.star = ''
        self.future = False
        self.is_import = False
        self.is_definition = False
        self.binds_function = False
        self.bases: set[str] = set()
        self.hooks_subclasses = False
        # Names whose functions may run with the statement.
        self.starts: set[str] = set()
        self.receivers: set[str] = set()
        # Names of which `get` was called: a queue loses an item.
        self.takes: set[str] = set()
        # Paths of all calls, of all stores, and of calls whose result nobody uses.
        self.paths: set[str] = set()
        self.late_paths: set[str] = set()
        self.stores: set[str] = set()
        self.late_stores: set[str] = set()
        self.discarded: set[str] = set()
        self.dynamic = ''
        # Whether its lambdas may run with it.
        self.inline = False
        self.shows = False
        # Text constants; and, of files and tables that it writes, what names them (texts and names).
        self.texts: set[str] = set()
        self.late_texts: set[str] = set()
        self.writes: set[str] = set()
        self.late_writes: set[str] = set()


def compact(record) -> None:
    """Gives back the empty collections of an object with `__slots__`, which are most of it: nothing is added to them
    from now on.
    """
    for name in record.__slots__:
        value = getattr(record, name)
        if not value:
            shared = SHARED.get(type(value))
            if shared is not None:
                setattr(record, name, shared)


SHARED: dict[type, object] = {set: frozenset(), list: (), dict: type(Facts.__dict__)({})}
