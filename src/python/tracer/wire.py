"""The layout of the tracer's files: twin of src/protocol/tracerWire.ts, which explains it and draws the picture.

Both sides read and write the bytes of test/fixtures/wire/.
"""
import sys

_known = '_struct' in sys.modules
from _struct import Struct  # noqa: E402  (the C part alone: the user's program may never import struct)

if not _known:
    sys.modules.pop('_struct', None)

VERSION = 1
CHUNK_SIZE = 16384
MARK = 0xA5

RECORD = Struct('<QQQIIIHBB')  # t0 t1 obj site aux aux2 kind flags mark
RECORD_SIZE = RECORD.size
assert RECORD_SIZE == 40

pack_record = RECORD.pack_into
# t0, t1, and all else as bytes that were packed before: in half the time.
pack_begun = Struct('<QQ24s').pack_into
pack_u64 = Struct('<Q').pack_into
pack_u32 = Struct('<I').pack_into
pack_u8 = Struct('<B').pack_into

OFFSET_T1 = 8
OFFSET_OBJ = 16
OFFSET_AUX = 28
OFFSET_AUX2 = 32
OFFSET_FLAGS = 38

# Kinds of records.
CHUNK = 1
STRING = 2
PROCESS = 3
THREAD = 4
THREAD_START = 5
TASK_QUEUED = 6
TASK = 7
WAIT = 8
POOL = 9
PROCESS_START = 10
NOTE = 11
GC = 12
IDLE = 13
SUBPROCESS = 14
OPERATION = 15
COUNTER = 16
TASK_PART = 17
RESULT_SIZE = 18

# Engines stand in the high half of a task's flags, its status in the low half.
ENGINE_THREAD = 1 << 4
ENGINE_THREAD_POOL = 2 << 4
ENGINE_PROCESS = 3 << 4
ENGINE_PROCESS_POOL = 4 << 4
ENGINE_MP_POOL = 5 << 4
ENGINE_MP_THREAD_POOL = 6 << 4
ENGINE_DASK = 7 << 4
ENGINE_POLARS = 8 << 4

RUNNING = 0
OK = 1
FAILED = 2
CANCELLED = 3

# Kinds of waits: flags of a WAIT.
LOCK = 1
CONDITION = 2
EVENT = 3
SEMAPHORE = 4
BARRIER = 5
QUEUE = 6
JOIN = 7
RESULT = 8
SLEEP = 9
IO = 10
SUBPROCESS_WAIT = 11

# Flags of PROCESS_START.
START_METHODS = {'fork': 1, 'spawn': 2, 'forkserver': 3}
BY_USER = 0x80

# Flag of THREAD_START.
THREAD_BY_USER = 1

# Flags of a COUNTER.
COUNTER_UNITS = {'count': 0, 'bytes': 1}

NOTE_LEVELS = {'info': 0, 'warning': 1, 'fault': 2}


def rest_of_record(kind, obj=0, site=0, aux=0, aux2=0, flags=0):
    """What pack_begun puts behind the times."""
    return RECORD.pack(0, 0, obj, site, aux, aux2, kind, flags, MARK)[16:]
