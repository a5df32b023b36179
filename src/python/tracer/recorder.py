"""Writes records into mapped files, one chunk per thread: no lock and no system call for a record, nothing lost by a SIGKILL.

Nothing in here raises into the program. A fault of ours switches recording off in this process: what is written after that goes
into a buffer that nobody reads, so the callers need not ask.
"""
import os
import sys
import _thread
from time import perf_counter_ns as now

from . import wire
from .wire import CHUNK_SIZE, MARK, OFFSET_T1, RECORD_SIZE, pack_record, pack_u64

_known = 'mmap' in sys.modules
from mmap import mmap  # noqa: E402

if not _known:
    sys.modules.pop('mmap', None)

PACKAGE_DIR = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep

FIRST_SEGMENT = 1 << 17
LARGEST_SEGMENT = 16 << 20
# All files of a run together.
TRACE_LIMIT = 256 << 20
# Longest string in bytes; with its header it fits into a chunk.
STRING_LIMIT = 4000
# So many strings are told in one record, if they fit; at most 256.
_STRINGS_AT_ONCE = 64
# Base of references into a buffer that nobody reads.
NOWHERE = 0xFFFFFFFF << 32
# Records that a chunk must have left to be worth handing on.
_ROOM_TO_HAND_ON = 40
# mmap keeps a copy of its file descriptor (before 3.13): we see to it that the copy is not one of the small numbers, which the
# program would get for its own files without us.
PRIVATE_DESCRIPTORS = 96

# What writing to a record raises in a forked child that still holds a span of its parent's.
OUT_OF_REACH = (ValueError, TypeError)

native_id = getattr(_thread, 'get_native_id', _thread.get_ident)

# Of each thread: c = (memory of its chunk, next free offset, reference of offset 0), tid. One tuple, replaced in one assignment:
# a signal handler or GC callback in between sees the old or the new one.
#
# What has a default in here is asked for often: an attribute that isn't there takes ten times as long to miss.
class _Thread(_thread._local):
    submit = None  # (executor, site) of the submit() that is under way
    dask = None  # the innermost computation of Dask's own schedulers
    dask_submits = None  # while a batch of Dask's tasks is handed to a pool of processes: what is told of each
    dask_batch = None  # what is still to be begun of the batch that this process has got


tls = _Thread()


class _State:
    """Of this process; a forked child starts afresh."""

    def __init__(self):
        self.dir = ''
        self.on = False
        self.keep = []  # segments of this process and its ancestors: unmapping one would close a descriptor number that may be another's by now
        self.reset()

    def reset(self):
        self.pid = os.getpid()
        self.t0 = now()
        self.lock = _thread.RLock()
        self.claiming = False
        self.segment = None
        self.segments = 0
        self.size = FIRST_SEGMENT
        self.next = self.end = 0
        self.free = []  # (memory, next free offset, reference of offset 0) of threads that have ended
        self.views = []  # every chunk handed out, so that a forked child can let go of its parent's
        self.last_words = None
        self.numbers = 0  # strings that have been given a number
        self.strings = {}
        self.sites = {}
        self.functions = {}
        self.labels = {}
        self.announce = None  # writes the process record, before any other
        self.process = None  # token of the process record


state = _State()


def _map(path, size):
    flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, 'O_CLOEXEC', 0) | getattr(os, 'O_BINARY', 0)
    fd = os.open(path, flags, 0o600)
    low = []
    try:
        os.ftruncate(fd, size)
        if hasattr(os, 'posix_fallocate'):
            os.posix_fallocate(fd, 0, size)  # a full disk is an error here, not a SIGBUS later
        if sys.version_info >= (3, 13):
            return mmap(fd, size, trackfd=False)
        while os.name == 'posix' and (not low or low[-1] < PRIVATE_DESCRIPTORS):
            low.append(os.dup(fd))
        return mmap(fd, size)
    finally:
        for each in low:
            os.close(each)
        os.close(fd)


def _room():
    """Whether the run may have one more segment. Counting files is enough for the first one of a process."""
    if state.segments == 0:
        return len(os.listdir(state.dir)) * FIRST_SEGMENT < TRACE_LIMIT
    with os.scandir(state.dir) as entries:
        return sum(entry.stat().st_size for entry in entries) + state.size <= TRACE_LIMIT


def _new_segment():
    path = os.path.join(state.dir, '%d.%d.%d.ev' % (state.pid, state.t0, state.segments))
    memory = _map(path, state.size)
    state.keep.append(memory)
    state.segment = memory
    state.next, state.end = 0, state.size
    if state.segments == 0:  # its last chunk is kept, to say that the trace is full
        state.end -= CHUNK_SIZE
        state.last_words = memoryview(memory)[state.end:state.size]
        state.views.append(state.last_words)
    state.segments += 1
    state.size = min(state.size * 4, LARGEST_SEGMENT)


def _claim_chunk():
    """(memory of a chunk, next free offset, reference of offset 0); OSError when there can be none."""
    try:
        return state.free.pop()
    except IndexError:
        pass
    with state.lock:
        if state.claiming:
            raise OSError('a signal handler or GC callback while a chunk is being claimed')
        state.claiming = True
        try:
            if state.next + CHUNK_SIZE > state.end:
                if not _room():
                    _full()
                    raise OSError('the trace is full')
                _new_segment()
            base = state.next
            state.next = base + CHUNK_SIZE
            view = memoryview(state.segment)[base:base + CHUNK_SIZE]
            state.views.append(view)
            following = iter(range(0, CHUNK_SIZE - RECORD_SIZE + 1, RECORD_SIZE)).__next__
            return view, following, (state.segments - 1 << 32) + base
        finally:
            state.claiming = False


def _full():
    """Says so, in the chunk that was kept for it."""
    state.on = False
    memory, state.last_words = state.last_words, None
    if memory is None:
        return
    text = b'The trace is full (%d MB): this process is no longer recorded.' % (TRACE_LIMIT >> 20)
    slots = -(-len(text) // RECORD_SIZE)
    number = state.numbers = state.numbers + 1
    memory[2 * RECORD_SIZE:2 * RECORD_SIZE + len(text)] = text
    pack_record(memory, RECORD_SIZE, now(), 0, number, 0, len(text), slots, wire.STRING, 0, MARK)
    note_at = (2 + slots) * RECORD_SIZE
    pack_record(memory, note_at, now(), 0, 0, 0, number, 0, wire.NOTE, wire.NOTE_LEVELS['warning'], MARK)
    pack_record(memory, 0, now(), 0, native_id(), 0, state.pid, 0, wire.CHUNK, 0, MARK)


def claim():
    """Gives the calling thread a new chunk; (memory, next free offset, reference of offset 0)."""
    tid = native_id()
    try:
        if not state.on:
            raise OSError('recording is off')
        memory, following, base = _claim_chunk()
    except OSError:
        memory, base = bytearray(CHUNK_SIZE), NOWHERE
        following = iter(range(0, CHUNK_SIZE - RECORD_SIZE + 1, RECORD_SIZE)).__next__
        if not state.claiming:
            state.on = False
    pack_record(memory, following(), now(), 0, tid, 0, state.pid, 0, wire.CHUNK, 0, MARK)
    tls.tid = tid
    chunk = tls.c = memory, following, base
    announce = state.announce
    if announce is not None and base != NOWHERE:
        state.announce = None
        announce()
        chunk = tls.c
    return chunk


def retire_thread():
    """Hands the rest of the ending thread's chunk to a later thread, which begins with a CHUNK record of its own."""
    chunk = tls.c
    del tls.c
    if chunk[2] != NOWHERE and chunk[1].__self__.__length_hint__() > _ROOM_TO_HAND_ON:
        state.free.append(chunk)


def begin(kind, obj=0, site=0, aux=0, aux2=0, flags=0):
    """Writes a record that begins now; (memory, offset) for `end`."""
    try:
        try:
            memory, following, _ = tls.c
            offset = following()
        except (AttributeError, StopIteration):
            memory, following, _ = claim()
            offset = following()
        pack_record(memory, offset, now(), 0, obj, site, aux, aux2, kind, flags, MARK)
        return memory, offset
    except Exception as error:
        fault(error)
        return bytearray(RECORD_SIZE), 0


def record(kind, t0, t1, obj=0, site=0, aux=0, aux2=0, flags=0):
    """Writes a whole record; (memory, offset)."""
    memory, offset = begin(kind, obj, site, aux, aux2, flags)
    patch(memory, offset, t0, 0)
    patch(memory, offset, t1, OFFSET_T1)
    return memory, offset


def patch(memory, offset, value, at, pack=pack_u64):
    """Changes one field. After a fork the parent's records are out of reach, and stay as they are."""
    try:
        pack(memory, offset + at, value)
    except OUT_OF_REACH:
        pass


def end(token):
    """Ends a span."""
    try:
        pack_u64(token[0], token[1] + OFFSET_T1, now())
    except OUT_OF_REACH:  # begun by our parent, before the fork
        pass


def reference(token):
    """How other processes call the record that this thread has just begun."""
    return tls.c[2] + token[1]


def string(text):
    """The number of a string in this process, at least 1."""
    number = state.strings.get(text)
    if number is not None:
        return number
    raw = text.encode('utf-8', 'backslashreplace')
    if len(raw) > STRING_LIMIT:
        raw = raw[:STRING_LIMIT].decode('utf-8', 'ignore').encode('utf-8')
    with state.lock:
        memory, offset, slots = _string_slots(len(raw))
        number = state.strings.get(text)  # claiming a chunk may have told it (the process record)
        if number is None:
            number = state.strings[text] = state.numbers = state.numbers + 1
        start = offset + RECORD_SIZE
        memory[start:start + len(raw)] = raw
        pack_record(memory, offset, now(), 0, number, 0, len(raw), slots, wire.STRING, 0, MARK)
    return number


def strings(texts):
    """The number of the first of many strings; the others have the numbers that follow. For what is told once: they aren't remembered."""
    with state.lock:
        first = state.numbers + 1
        state.numbers += len(texts)
    for at in range(0, len(texts), _STRINGS_AT_ONCE):
        _write_strings(texts[at:at + _STRINGS_AT_ONCE], first + at)
    return first


def _write_strings(texts, number):
    raw = '\0'.join(texts).encode('utf-8', 'backslashreplace')
    if raw.count(0) >= len(texts):
        return _write_strings([text.replace('\0', '\\0') for text in texts], number)
    if len(raw) > STRING_LIMIT:
        middle = len(texts) // 2
        if middle:
            _write_strings(texts[:middle], number)
            return _write_strings(texts[middle:], number + middle)
        raw = raw[:STRING_LIMIT].decode('utf-8', 'ignore').encode('utf-8')
    memory, offset, slots = _string_slots(len(raw))
    start = offset + RECORD_SIZE
    memory[start:start + len(raw)] = raw
    pack_record(memory, offset, now(), 0, number, 0, len(raw), slots, wire.STRING, len(texts) - 1, MARK)
    return None


def _string_slots(length):
    """Room for a string's record and its bytes, which must lie together; (memory, offset, slots of the bytes)."""
    slots = -(-length // RECORD_SIZE)
    while True:
        try:
            memory, following, _ = tls.c
            offset = following()
            if offset + (slots + 1) * RECORD_SIZE > CHUNK_SIZE:
                raise StopIteration
        except (AttributeError, StopIteration):
            memory, following, _ = claim()
            offset = following()
        last = offset
        for place in range(offset + RECORD_SIZE, offset + (slots + 1) * RECORD_SIZE, RECORD_SIZE):
            last = following()
            if last != place:
                break
        else:
            return memory, offset, slots
        # A GC callback has put its record in between: what we have got so far becomes records that say nothing new.
        for place in list(range(offset, place, RECORD_SIZE)) + [last]:
            pack_record(memory, place, now(), 0, tls.tid, 0, state.pid, 0, wire.CHUNK, 0, MARK)


def note(text, level='info'):
    """A remark for the user, shown with the trace. Levels: info, warning, fault."""
    begin(wire.NOTE, aux=string(text), flags=wire.NOTE_LEVELS[level])


def fault(error):
    """Call it in an `except Exception` around our own code: recording ends, the program goes on."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    if last is not None and not last.tb_frame.f_code.co_filename.startswith(PACKAGE_DIR):
        signal_frame = _signal_handler_frame(error.__traceback__)
        if signal_frame:
            raise error  # the program's own signal handler raised it, while one of our functions ran
    if not state.on:
        return
    try:
        where = '%s:%d' % (os.path.basename(last.tb_frame.f_code.co_filename), last.tb_lineno) if last else '?'
        note('The tracer failed and switched itself off: %s: %s (%s)' % (type(error).__name__, error, where), 'fault')
    except Exception:
        pass
    state.on = False
    try:
        del tls.c
    except AttributeError:
        pass


def _signal_handler_frame(traceback):
    """Whether code of the program was entered from ours: we call no function of the program's, so it was a signal handler."""
    while traceback is not None:
        name = traceback.tb_frame.f_code.co_filename
        if not name.startswith(PACKAGE_DIR) and not name.startswith('<frozen'):
            return not name.startswith(os.path.dirname(os.__file__))
        traceback = traceback.tb_next
    return False


def start(trace_dir):
    """Begins to record in this process, into new files."""
    state.dir = trace_dir
    state.on = True
    state.reset()


def before_fork():
    state.lock.acquire()


def after_fork_in_parent():
    state.lock.release()


def after_fork_in_child():
    """Lets go of the parent's chunks (they are shared memory: what we wrote would be in the parent's files) and starts afresh."""
    for view in state.views:
        view.release()
    for name in ('c', 'tid', 'operation'):
        try:
            delattr(tls, name)
        except AttributeError:
            pass
    state.reset()
