"""How many results a computation of Dask holds, and how large they are where that costs nothing to know."""
import sys

from .. import wire
from ..recorder import now, record, state, string
from . import dask_keys

# At most one point of a counter in this time, ns.
_INTERVAL = 10000000
# Of the process's time, one part in so many may go into asking frames for their size; likewise of a computation's, beyond the first few ms.
_SHARE = 100
_FIRST_NS = 10 * 10**6
_spent_ns = [0]
_MOST_TYPES = 1000

_COUNT = 'Dask results held'
_BYTES = 'Dask data held'  # of results whose size is known; frames that there was no time to ask count as those that were
# Sizes told of one process. Each takes some µs: of one computation the first ones are told, and then at most one in this time, ns.
_MOST_SIZES = 200000
_FIRST_SIZES = 1000
_SIZE_INTERVAL = 500000
_sizes_told = [0]


def _nbytes(value):
    return value.nbytes


def _frame(value):
    return sys.modules['dask.sizeof'].sizeof(value)


# Type -> what tells the size of its values at no cost; False: nothing does.
sizers = {}  # type: dict[type, object]


def _sizer(kind):
    name = '%s.%s' % ((kind.__module__ or '').partition('.')[0], kind.__name__)
    if name == 'numpy.ndarray':
        return _nbytes
    if name in ('pandas.DataFrame', 'pandas.Series') and 'dask.sizeof' in sys.modules:
        return _frame
    return len if kind in (bytes, bytearray) else False


class Results:
    """Of one computation. Its methods run in the thread that asked for it."""

    def __init__(self):
        self._began = self._next = now()
        self._spent = 0
        self.sized = 0
        self.sizes = {}  # None: there was no time to ask
        self._bytes = self._unasked = 0
        self._asked = [0, 0]  # frames, and their bytes
        self._told_bytes = False

    def kept(self, key, value):
        """A task has ended: its result is held."""
        kind = type(value)
        sizer = sizers.get(kind)
        if sizer is None:
            if len(sizers) >= _MOST_TYPES:
                sizers.clear()
            sizer = sizers[kind] = _sizer(kind)
        if not sizer:
            return
        size = rows = None
        if sizer is _frame:
            rows = len(value)
            t0 = now()
            if _spent_ns[0] * _SHARE <= t0 - state.t0 and (self._spent - _FIRST_NS) * _SHARE <= t0 - self._began:
                size = sizer(value)
                spent = now() - t0
                self._spent += spent
                _spent_ns[0] += spent
                self._asked[0] += 1
                self._asked[1] += size
        else:
            size = sizer(value)
        self.sizes[key] = size
        if size is None:
            self._unasked += 1
        else:
            self._bytes += size
        self.sized += 1
        if self.sized <= _FIRST_SIZES or self.sized * _SIZE_INTERVAL <= now() - self._began:
            _tell_size(key, size, rows)

    def freed(self, keys, cache):
        """After a task has ended: those of its dependencies are free that are no longer in the cache."""
        for key in keys:
            if key not in cache:
                size = self.sizes.pop(key, 0)
                if size is None:
                    self._unasked -= 1
                else:
                    self._bytes -= size

    def count(self, held):
        """`held`: number of results in the cache."""
        t = now()
        if t >= self._next:
            self._next = t + _INTERVAL
            self._tell(t, held)

    def end(self):
        self._tell(now(), 0)

    def _tell(self, t, held):
        units = wire.COUNTER_UNITS
        frames, size = self._asked
        held_bytes = self._bytes + self._unasked * size // max(1, frames)
        record(wire.COUNTER, t, t, held, 0, string(_COUNT), 0, units['count'])
        if self.sizes or self._told_bytes:
            self._told_bytes = True
            record(wire.COUNTER, t, t, max(0, held_bytes) if held else 0, 0, string(_BYTES), 0, units['bytes'])


def _tell_size(key, size, rows):
    """How large the result of a task is; None: not known."""
    if _sizes_told[0] >= _MOST_SIZES:
        return
    _sizes_told[0] += 1
    size = 0 if size is None else size + 1
    rows = 0 if rows is None else min(rows + 1, 0xFFFFFFFF)
    t = now()
    if dask_keys.is_part(key):
        record(wire.RESULT_SIZE, t, t, size, string(repr(key[0])), rows, key[1], 1)
    else:
        record(wire.RESULT_SIZE, t, t, size, string(dask_keys.text_of(key)), rows)
