"""
In Spark's Python workers (forks of pyspark.daemon): what each of them does for which task of Spark.

A worker serves one task after the other; between two it waits for the JVM. Its time for a task begins with the first byte that comes.
"""
import os
import time

from .. import wire
from ..recorder import begin, end, fault, native_id, now, patch, state, string
from ..wrap import dress
from . import lines

# Of this process: told as a worker already; the last task's context.
_told = [0]
_context = [None]


def patch_worker(module):
    """pyspark.worker; nothing when another process imports it."""
    main = module.main
    context = module.TaskContext

    def _main(infile, outfile):
        token = None
        try:
            if state.on:
                token, cpu = _begin(infile)
        except Exception as error:
            fault(error)
        try:
            return main(infile, outfile)
        finally:
            if token is not None:
                _end(token, cpu, context)

    module.main = dress(_main, main)
    setter = context.__dict__.get('_setTaskContext')
    if isinstance(setter, classmethod):
        original = setter.__func__

        def _setTaskContext(cls, value):
            # Before 4.0 a context is only ever taken away by this one.
            current = cls._taskContext if value is None else value
            if current is not None:
                _context[0] = current
            return original(cls, value)

        context._setTaskContext = classmethod(dress(_setTaskContext, original))


def _begin(infile):
    """(record, CPU time so far), once there is something to read."""
    if _told[0] != os.getpid():
        _told[0] = os.getpid()
        _tell_of_worker()
    _context[0] = None
    if not infile.peek(1):  # the JVM has closed the connection
        return None, 0
    return begin(wire.OPERATION, 0, 0, string('Python worker')), time.thread_time_ns()


def _end(token, cpu, context):
    try:
        end(token)
        cpu = time.thread_time_ns() - cpu
        task = _context[0] or context._taskContext
        if task is None or task.taskAttemptId() is None:
            return
        label = 'Python for task %d of stage %d' % (task.taskAttemptId(), task.stageId())
        patch(token[0], token[1], string(label), wire.OFFSET_AUX, wire.pack_u32)
        values = {
            'task': task.taskAttemptId(),
            'stage': task.stageId(),
            'partition': task.partitionId(),
            'attempt': task.attemptNumber(),
            'pid': os.getpid(),
            'tid': native_id(),
            'startNs': wire.RECORD.unpack_from(token[0], token[1])[0],
            'endNs': now(),
            'cpuNs': cpu,
        }
        lines.emit(
            {'kind': 'fact', 'engine': 'spark', 'name': 'pythonTask', 'file': None, 'line': None, 'atNs': now(), 'values': values}
        )
    except Exception as error:
        fault(error)


def _tell_of_worker():
    pid = os.getpid()
    lines.emit(
        {
            'kind': 'process',
            'id': 'pyspark-worker %d' % pid,
            'engine': 'spark',
            'name': 'Spark Python worker',
            'pid': pid,
            'host': None,
            'atNs': now(),
        }
    )
