"""What multiprocessing's spawned and forkserver children run as their `__mp_main__`.

By itself multiprocessing imports the main file again in each child, which starts pools over and over unless the user
guards them. Here a child gets a generated file that re-creates what it can be sent by name and what that needs:

    statements that have run ──► definitions, imports          code objects, run again in the child
                             └─► data that these need          plain values: pickled as they are; others: made again
                             └─► work (pools, processes, …)    left out

Guarded whole files keep Python's own way, with everything that it does at module level.
"""

from __future__ import annotations

import _ast as ast
import marshal
import os
import sys

from .. import boot, hooks
from . import dependencies
from .facts import Facts
from .plan import Program, module_of
from .selection import flatten
from .source import Statement, children as child_nodes, statement_lists, walk

# A statement that calls one of these starts work: it is never repeated in a child.
STARTS_WORK = frozenset(
    """
    Pool ThreadPool ProcessPoolExecutor ThreadPoolExecutor InterpreterPoolExecutor Process Thread Timer
    Manager SyncManager SharedMemoryManager SharedMemory BaseManager Popen call check_call check_output
    compute fork freeze_support getoutput gather input join Parallel LocalCluster Client popen run
    run_forever run_in_executor run_until_complete serve_forever set_start_method sleep spawnv spawnl start
    start_new_thread submit system urlopen""".split()
)
STARTS_PROCESSES = frozenset('Pool ProcessPoolExecutor Process Manager'.split())
# Values of these packages travel as they are; anything of the user's own is made again by its statements.
PLAIN_PACKAGES = frozenset('array builtins collections copyreg datetime decimal fractions numpy pathlib uuid'.split())
MOST_BYTES = 8 << 20

_watched: Watched | None = None


def watch(program: Program, folder: str, display: bool) -> None:
    """From now on children of this process get what they need of the program; `display`: that builtin of cells too.

    Call before multiprocessing may be used.
    """
    global _watched
    _watched = Watched(program, folder, display)
    hooks.after_import('multiprocessing.spawn', _wrap)


def _wrap(spawn) -> None:
    original = spawn.get_preparation_data

    def get_preparation_data(name):
        data = original(name)
        try:
            path = _watched.child_file() if _watched is not None else None
        except Exception as error:
            path = None
            note('What a child process needs could not be worked out: %r' % error)
        if path is not None:
            data.pop('init_main_from_name', None)
            data['init_main_from_path'] = path
        return data

    get_preparation_data.__wrapped__ = original  # type: ignore
    spawn.get_preparation_data = get_preparation_data


def note(text: str) -> None:
    """Tells the trace, when there is one."""
    tracer = sys.modules.get('_run_in_parallel.tracer')
    if tracer is not None:
        try:
            tracer.note(text, 'warning')
        except Exception:
            pass


class Watched:
    """The running program, seen from the moment in which it starts a child."""

    def __init__(self, program: Program, folder: str, display: bool) -> None:
        self._program = program
        self._folder = folder
        self._display = display
        # Not by the code itself: those of equal statements on one line are equal.
        self._steps = {id(step.code): index for index, step in enumerate(program.steps)}
        self._recreate = not program.whole or len(program.units) > 1 or program.units[0].is_cell
        self._guarded: bool | None = None
        self._written: dict[tuple, str] = {}
        self._analysed: tuple = (None, None)

    def child_file(self) -> str | None:
        """The file that the child runs; None: it imports the main file as Python does."""
        step, line = self._position()
        if not self._recreate and not self._python_s_way(step, line):
            self._recreate = True
        if not self._recreate:
            return (
                None
                if all(unit.saved for unit in self._program.units)
                else self._write(('whole',), self._whole_items(), dump({}))
            )
        return self._definitions_file(step, line)

    def _position(self) -> tuple[int, int]:
        """The step and line at which the main module stands; behind the last step when it has ended."""
        frames = [sys._getframe()]
        frame = None
        try:
            threading = sys.modules.get('threading')
            if threading is not None:
                frames.append(sys._current_frames().get(threading.main_thread().ident))  # type: ignore
            for frame in frames:
                while frame is not None:
                    if id(frame.f_code) in self._steps:
                        return self._steps[id(frame.f_code)], frame.f_lineno or 0
                    frame = frame.f_back  # type: ignore
            return len(self._program.steps), 0
        finally:  # A frame that holds itself would keep all that the program's frames hold.
            del frames, frame

    def _python_s_way(self, step: int, line: int) -> bool:
        """Whether a child can import the file as it is: nothing outside a main guard starts processes."""
        if self._guarded is None:
            self._guarded = not any(
                self._starts_processes(s) for s in self._program.statements if not is_guarded(s.node)
            )
        if step >= len(self._program.steps):
            return self._guarded
        running = next((s for s in self._program.steps[step].statements if s.first <= line <= s.last), None)
        return self._guarded and (running is None or is_guarded(running.node))

    def _starts_processes(self, statement: Statement) -> bool:
        if isinstance(statement.node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            return False
        return bool(calls(statement.node) & STARTS_PROCESSES)

    def _whole_items(self) -> list[tuple]:
        return [('whole', 0, step.unit.file, step.code) for step in self._program.steps]

    def _definitions_file(self, step: int, line: int) -> str:
        namespace = sys.modules['__main__'].__dict__
        by_name = frozenset(name for name, value in list(namespace.items()) if is_sent_by_name(name, value))
        key = (step, line, by_name)
        if self._analysed[0] != key:
            self._analysed = (key, Needs(self._ran(step, line, namespace), by_name))
        needs = self._analysed[1]
        plain = plain_values(namespace, needs.data)
        items = [self._item(statement) for statement in needs.to_run(set(plain))]
        return self._write(tuple(item[:3] for item in items), items, dump(plain))

    def _ran(self, step: int, line: int, namespace: dict) -> list[Statement]:
        """The statements that have run, and of the running one the definitions in its blocks."""
        ran: list[Statement] = []
        for index, each in enumerate(self._program.steps[: step + 1]):
            for statement in flatten(each.unit, [s.node for s in each.statements]):
                if index < step or statement.last < line:
                    ran.append(statement)
                elif statement.first <= line:
                    ran.extend(
                        Statement(each.unit, node)
                        for node in inner_definitions(statement.node)
                        if node.name in namespace
                    )
        return ran

    def _item(self, statement: Statement) -> tuple:
        code = compile(
            module_of([statement.node]),
            statement.unit.file,
            'exec',
            flags=self._program.future_flags,
            dont_inherit=True,
        )
        return 'statement', statement.first, statement.unit.file, code

    def _write(self, key: tuple, items: list[tuple], values: bytes) -> str:
        """Writes a program for children, once for each content. In a forked process this makes files of its own."""
        key = (os.getpid(), key, values)
        if key not in self._written:
            folder = self._folder if os.access(self._folder, os.W_OK) else temporary_folder()
            path = os.path.join(folder, 'child-%d-%d.py' % (os.getpid(), len(self._written)))
            texts = [(unit.file, unit.lines) for unit in self._program.units if not unit.saved]
            main = sys.modules['__main__'].__file__
            with open(path[:-3] + '.bin', 'wb') as file:
                marshal.dump((main, self._display, texts, items, values), file)
            with open(path, 'w') as text:
                text.write(LOADER % (boot.__file__, path[:-3] + '.bin'))
            self._written[key] = path
        return self._written[key]


class Needs:
    """What a child must know of the statements that have run: definitions, imports, and what these lean on."""

    def __init__(self, ran: list[Statement], by_name: frozenset[str]) -> None:
        analysis = dependencies.Analysis(ran)
        self._by_name = by_name
        for index, facts in enumerate(analysis.facts):
            if facts is not None and self._is_definition(facts):
                analysis.include(index, 'definition')
        # Environment, working folder and sys.path reach a child in other ways.
        analysis.complete(leave_out=('os', 'sys'))
        self._fixed = {
            name for facts in analysis.facts if facts is not None and self._is_definition(facts) for name in facts.binds
        }
        self._kept = [
            (ran[index], analysis.facts[index], set(analysis.effects.of[index].changes))
            for index in sorted(analysis.reasons)
        ]
        data = [facts for _, facts, _ in self._kept if facts is not None and not self._is_definition(facts)]
        bound_once = {
            name
            for name in set().union(*[facts.binds for facts in data])
            if sum(1 for facts in analysis.facts if facts is not None and name in facts.binds) == 1
        }
        self.data = sorted(bound_once)

    def _is_definition(self, facts: Facts) -> bool:
        return facts.is_definition or facts.is_import or bool(facts.binds & self._by_name)

    def to_run(self, plain: set[str]) -> list[Statement]:
        """The statements that a child repeats, when it is given the values of the `plain` names."""
        result = []
        for statement, facts, changed in self._kept:
            if facts is None or facts.future:
                continue
            touched = facts.binds | changed - self._fixed
            is_known = bool(touched) and touched <= plain
            if self._is_definition(facts) or not is_known and not calls(statement.node) & STARTS_WORK:
                result.append(statement)
        return result


def is_sent_by_name(name: str, value) -> bool:
    """Whether pickle writes `__main__.name` for the value: functions and classes, however they were made."""
    try:
        return (
            value.__module__ == '__main__' and getattr(value, '__qualname__', getattr(value, '__name__', None)) == name
        )
    except Exception:
        return False


def plain_values(namespace: dict, wanted: list[str]) -> dict:
    """Of the wanted names those whose values can travel: lists, numbers, arrays, …, not objects of the program's own
    classes.
    """
    found = {}
    for name in wanted:
        if name in namespace:
            try:
                dump({name: namespace[name]})
                found[name] = namespace[name]
            except Exception:
                continue
    return found


def dump(values: dict) -> bytes:
    """Raises when a value is not plain, or too big."""
    import io
    import pickle

    class Plain(pickle.Pickler):
        def reducer_override(self, value):
            module = getattr(value, '__module__', None) if callable(value) else type(value).__module__
            if str(module).split('.')[0] not in PLAIN_PACKAGES:
                raise pickle.PicklingError('not plain')
            return NotImplemented

    class Limited(io.BytesIO):
        def write(self, data):
            if self.tell() + len(data) > MOST_BYTES:
                raise pickle.PicklingError('too big')
            return super().write(data)

    file = Limited()
    Plain(file, protocol=4).dump(values)
    return file.getvalue()


LOADER = """\
boot = {'__name__': '_run_in_parallel.boot', '__file__': %r}
with open(boot['__file__']) as file:
    exec(compile(file.read(), boot['__file__'], 'exec'), boot)
boot['load']('program.child').recreate(%r, globals())
"""


def temporary_folder() -> str:
    import atexit
    import shutil
    import tempfile

    folder = tempfile.mkdtemp(prefix='run-in-parallel-')
    pid = os.getpid()
    atexit.register(lambda: os.getpid() == pid and shutil.rmtree(folder, ignore_errors=True))
    return folder


def is_guarded(node) -> bool:
    """An `if` that asks for `__name__`, however it does so."""
    return isinstance(node, ast.If) and any(isinstance(n, ast.Name) and n.id == '__name__' for n in walk(node.test))


def calls(node) -> set[str]:
    """Last names of everything called in a statement, function bodies left out."""
    found: set[str] = set()
    todo = [node]
    while todo:
        node = todo.pop()
        if isinstance(node, (ast.Await, ast.AsyncFor, ast.AsyncWith)):
            found.add('run')
        if isinstance(node, ast.Call):
            found.add(node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, 'id', ''))
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            todo.extend(child_nodes(node))
    return found


def inner_definitions(node) -> list:
    found: list = []
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return found
    for block in statement_lists(node):
        for inner in block:
            if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                found.append(inner)
            else:
                found.extend(inner_definitions(inner))
    return found
