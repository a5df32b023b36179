"""
Operations: calls of a library's entry points as spans, with the shape of the result, the process's memory before and after, and, of those that
took a while, facts for the insights. Nothing is computed for it: what lazy frames will hold stays unknown.
"""
import os
import sys

from .. import wire
from ..recorder import OUT_OF_REACH, claim, fault, now, patch, state, string, tls
from ..recorder import begin as begin_record
from ..sites import is_user_file, site_of
from ..wire import MARK, OFFSET_T1, pack_record, pack_u64
from . import frames, lines

# Below this an operation gets no shape: looking would be a notable part of it.
LABEL_NS = 200_000
# From this time, or this growth of the process's memory, its facts are told.
FACT_NS = 5_000_000
FACT_BYTES = 16 << 20
# From this growth on, what the machine has left is told too.
MACHINE_BYTES = 64 << 20
# A figure of memory is good for so long.
FRESH_NS = 2_000_000
# Labels with shapes or queries in them, of a process: each is a string of the trace.
MOST_LABELS = 5000
MOST_FACTS = 20000
# Places in the code that are remembered with what stands in their records.
MOST_PLACES = 20000

# Who calls: a library, or one of its frames that only decorates.
LIBRARY = 'library'
DECORATOR = 'decorator'
# Files of libraries whose frames only decorate a public function: the caller of such a frame is the caller of the function.
_DECORATORS = (
    '_decorators.py',
    'deprecation.py',
    'expired.py',
    'unstable.py',
    'functools.py',
    'ops/common.py',
    'strings/accessor.py',
    'lazyframe/opt_flags.py',
    'duckdb/_relation.py',
    '<__array_function__ internals>',
)

_PAGE = os.sysconf('SC_PAGE_SIZE') if hasattr(os, 'sysconf') else 4096
_STATM = '/proc/self/statm'
_has_statm = os.path.exists(_STATM)

# id of a watched code object, or of what stands for one -> (its entry, the object: kept, so that its id stays its own).
known = {}  # type: dict[int, tuple]

# Code objects of libraries that count as decorators, by their ids.
passed = {}  # type: dict[int, object]

_labels = {}  # type: dict[str, int]
_memory = (-FRESH_NS, 0)  # (when, bytes)
_told = 0
_kept = {}  # code objects whose ids stand in the keys of state.sites


class Entry:
    """
    An entry point: what its calls are called, whose it is, and what is worth telling of them.

    Details: `quiet` (only long calls are recorded), `owner` (the class of self goes before its name), `operator`, `axis`, `parts` (it takes a list of
    frames), `copy` (its result holds what it was given), `new` (its result is self), `query` (it takes a text). `after(entry, place, t0, arguments, value)`
    is called after one that facts are told of.
    """

    __slots__ = ('label', 'engine', 'details', 'quiet', 'after')

    def __init__(self, label, engine, details=(), after=None):
        self.label = label
        self.engine = engine
        self.details = details
        self.after = after
        self.quiet = 'quiet' in details


class Operation:
    """
    Of a thread, its `tls.operation`: the operation that is under way in it. There is one for all of them, as making another each time would take
    longer than the rest. It holds no frame: what that refers to would live longer than without us.

    `entry`: None outside of any operation; `code`, `frame` (its id): what was called, where that is known; `place`: see _place_of;
    `before`: bytes of memory; `memory`, `offset`: where its record stands, None of a quiet one.
    """

    __slots__ = ('entry', 'code', 'frame', 'place', 't0', 'before', 'memory', 'offset')


def _new_operation():
    """Made at a thread's first call of a watched function."""
    operation = tls.operation = Operation()
    operation.entry = operation.code = operation.memory = None
    operation.frame = operation.offset = 0
    return operation


def resident():
    """Memory that this process holds now, in bytes; 0 where it can't be known."""
    if not _has_statm:
        return 0
    fd = os.open(_STATM, os.O_RDONLY | getattr(os, 'O_CLOEXEC', 0))
    try:
        return int(os.read(fd, 100).split()[1]) * _PAGE
    finally:
        os.close(fd)


# Each call of a watched function takes this path, also the many that libraries make among themselves: written out.
def begin(code, _offset=0, caller=None, frame_of=sys._getframe, now=now, pack_record=pack_record):
    """
    Begins an operation, when none is under way and the program's own code called it; None otherwise. `code` is the key of what was called in `known`,
    `caller` the frame that called it: without it, this function is being called by sys.monitoring.
    """
    global _memory
    try:
        try:
            operation = tls.operation
        except AttributeError:
            operation = _new_operation()
        if operation.entry is not None:
            return None
        if caller is None:
            frame = frame_of(1)
            caller = frame.f_back
            operation.frame = id(frame)
        entry = known[id(code)][0]
        place = None
        while type(place) is not tuple:
            if caller is None or place is LIBRARY:
                return None
            place = state.sites.get((id(caller.f_code), caller.f_lasti, entry)) or _place_of(caller, entry)
            if place is DECORATOR:
                caller = caller.f_back
        t0 = now()
        if t0 - _memory[0] > FRESH_NS:
            _memory = t0, resident()
            t0 = now()
        operation.t0 = t0
        operation.before = _memory[1]
        operation.place = place
        if entry.quiet:
            operation.memory = None
        else:
            try:
                memory, following, _ = tls.c
                offset = following()
            except (AttributeError, StopIteration):
                memory, following, _ = claim()
                offset = following()
            pack_record(memory, offset, t0, 0, 0, place[0], place[1], 0, wire.OPERATION, 0, MARK)
            operation.memory = memory
            operation.offset = offset
        operation.code = code
        operation.entry = entry
        return operation
    except Exception as error:
        fault(error)
        return None


def _place_of(caller, entry):
    """
    What a call at this very place in the code is, remembered: (site, label, file, line) of one that the program makes, or LIBRARY, or DECORATOR. To
    ask a frame for its line takes the longer the more lines there are.
    """
    code = caller.f_code
    if is_user_file(code.co_filename):
        place = site_of(caller), string(entry.label), code.co_filename, caller.f_lineno
    else:
        place = DECORATOR if code.co_filename.endswith(_DECORATORS) or id(code) in passed else LIBRARY
    if len(state.sites) < MOST_PLACES:
        _kept[id(code)] = code
        state.sites[id(code), caller.f_lasti, entry] = place
    return place


def end(operation, value, frame=None, text=''):
    """Ends it: with `value` as its result, `frame` as the frame whose locals are the arguments, and `text` as what was asked for."""
    t1 = now()
    memory, offset = operation.memory, operation.offset
    entry, t0 = operation.entry, operation.t0
    operation.entry = operation.code = None
    if t1 - t0 > LABEL_NS:
        arguments = frame.f_locals if frame is not None else {}
        label = frames.label_of(entry, value, arguments, text)
        memory, offset = _record(operation)
        _relabel(memory, offset, label, t1 - t0)
        _tell(operation, entry, t1, value, arguments, label)
    if memory is not None:
        try:
            pack_u64(memory, offset + OFFSET_T1, t1)
        except OUT_OF_REACH:  # begun by our parent, before the fork
            pass


def fail(operation, error):
    """Ends it: it raised."""
    entry, t0 = operation.entry, operation.t0
    operation.entry = operation.code = None
    t1 = now()
    if operation.memory is None and t1 - t0 < LABEL_NS:
        return
    memory, offset = _record(operation)
    _relabel(memory, offset, '%s: %s' % (entry.label, type(error).__name__), FACT_NS)
    patch(memory, offset, t1, OFFSET_T1)


def _record(operation):
    """Where its record stands; that of a quiet one is written now."""
    if operation.memory is not None:
        return operation.memory, operation.offset
    memory, offset = begin_record(wire.OPERATION, 0, operation.place[0], operation.place[1])
    patch(memory, offset, operation.t0, 0)
    return memory, offset


def _relabel(memory, offset, label, took):
    number = _labels.get(label)
    if number is None:
        if len(_labels) >= MOST_LABELS and took < FACT_NS:
            return
        number = _labels[label] = string(label)
    patch(memory, offset, number, wire.OFFSET_AUX, wire.pack_u32)


def _tell(operation, entry, t1, value, arguments, label):
    """The facts of an operation that took a while or changed the process's memory by much."""
    global _memory, _told
    t0, before = operation.t0, operation.before
    _, _, file, line = operation.place
    after = resident()
    _memory = t1, after
    grown = after - before
    if t1 - t0 < FACT_NS and abs(grown) < FACT_BYTES or _told >= MOST_FACTS:
        return
    _told += 1
    values = {'operation': entry.label, 'label': label, 'tid': tls.tid, 'tookNs': t1 - t0}
    if before and after:
        values['bytesBefore'] = before
        values['bytesAfter'] = after
    frames.describe(values, entry, value, arguments)
    if grown >= MACHINE_BYTES:
        values.update(_machine_memory())
    lines.emit({'kind': 'fact', 'engine': entry.engine, 'name': 'operation', 'file': file, 'line': line, 'atNs': t0, 'values': values})
    if entry.after is not None:
        entry.after(entry, operation.place, t0, arguments, value)


def _machine_memory():
    """What the machine has left: MemAvailable and MemTotal, and how much of this process is swapped out."""
    found = {}
    for path, names in (
        ('/proc/meminfo', {'MemTotal': 'machineBytes', 'MemAvailable': 'availableBytes'}),
        ('/proc/self/status', {'VmSwap': 'swappedBytes'}),
    ):
        try:
            with open(path, 'rb') as file:
                for row in file.read().decode('ascii', 'replace').splitlines():
                    name, _, rest = row.partition(':')
                    if name in names:
                        found[names[name]] = int(rest.split()[0]) * 1024
        except (OSError, ValueError, IndexError):
            pass
    return found
