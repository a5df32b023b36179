"""
What engines tell of their own work: lines of JSON that the pool thread reads while they grow (src/protocol/engineWire.ts lists the events;
those of Spark Connect stand in src/worker/engines/spark/connectLines.ts).

    emit({'kind': 'mark', 'process': None, 'level': 'warning', 'name': 'worker lost', 'atNs': now(), 'text': '...'})

Each process has a file of its own. A call writes whole lines in one system call, so that nothing is half told when the process is killed.
"""
import os
import time

from ..recorder import PRIVATE_DESCRIPTORS, TRACE_LIMIT, fault, note, now, state

# Of each process; a forked child opens its own.
_pid = 0
_fd = -1
_written = 0
_dumps = None
# Wall clock minus perf_counter, in ns: engines stamp their events with time.time().
_offset_ns = time.time_ns() - now()


def from_wall(seconds):
    """A time of time.time() on this machine, as ns of the trace's clock."""
    return int(seconds * 1e9) - _offset_ns


def emit(*events):
    """Tells of events; never raises. Costs some microseconds for each, and a system call."""
    try:
        if state.on and events:
            _write(events)
    except Exception as error:
        fault(error)


def _write(events):
    global _written
    if _pid != os.getpid():
        with state.lock:
            if _pid != os.getpid():
                _open()
    data = ''.join(_dumps(event) + '\n' for event in events).encode('utf-8', 'backslashreplace')
    if _written + len(data) > TRACE_LIMIT:
        if _written <= TRACE_LIMIT:
            _written = TRACE_LIMIT + 1
            note('An engine had more to tell than a trace can hold: what comes after that is left out.', 'warning')
        return
    _written += len(data)
    view = memoryview(data)
    while len(view):
        view = view[os.write(_fd, view):]


def _open():
    global _pid, _fd, _written, _dumps  # the pid last: it says that the others are there
    from json import JSONEncoder

    _dumps = JSONEncoder(ensure_ascii=False, separators=(',', ':'), default=str).encode
    path = os.path.join(state.dir, '%d.%d.engine.jsonl' % (os.getpid(), state.t0))
    flags = os.O_CREAT | os.O_WRONLY | os.O_APPEND | getattr(os, 'O_CLOEXEC', 0) | getattr(os, 'O_BINARY', 0)
    _fd = _out_of_the_way(os.open(path, flags, 0o600))
    _written = 0
    _pid = os.getpid()


def _out_of_the_way(fd):
    """The file under a number that the program would not get for one of its own without us."""
    try:
        from fcntl import F_DUPFD_CLOEXEC, fcntl
    except ImportError:
        return fd
    moved = fcntl(fd, F_DUPFD_CLOEXEC, PRIVATE_DESCRIPTORS)
    os.close(fd)
    return moved
