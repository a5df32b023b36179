"""
A run that is stopped leaves no work on a Spark Connect server: the operations of this process are interrupted there, by their ids, so that others'
work goes on, in the same session too, and streaming queries that it started are stopped. PySpark itself interrupts only the operation that the main
thread waits for (since 4.0).

The pool thread announces the stop by a file in the trace's folder (src/worker/stopFile.ts), with the ms until SIGTERM. A thread of ours looks for it:
the main thread may be busy, or ignore the interrupt. What the program begins after the interrupt, to clean up, has most of that time. A program
that ends without being stopped is left alone.
"""
import atexit
import itertools
import os
import sys
import time
import weakref

from ..recorder import fault, state, tls
from ..wrap import method
from . import lines, own_thread

FILE = 'stopping'
# In s: between two looks for the file, with and without something to interrupt; and for answers.
_LOOK = 0.1
_IDLE_LOOK = 0.25
_ANSWER_LOOK = 0.005
_MOST_AT_ONCE = 64
# Of the time until SIGTERM: what was begun after the interrupt has this long, and all that we do at the end of the program.
_CLEANING_UP = 0.6
_ALL = 0.9

_sleep = getattr(time.sleep, '__wrapped__', time.sleep)

# Number -> pyspark's iterator over what an operation of this process gives.
_operations = weakref.WeakValueDictionary()
_numbers = itertools.count()
# Run id -> streaming query that this process started: it goes on without it.
_streams = {}
# Id of an operation or a run -> (session, whether it is a streaming query, why it goes on): those whose interrupt is not answered yet, and those where it was in vain.
_asking = {}
_failed = {}
_pid = 0
_stop = None


def patch_reattach(module):
    """pyspark.sql.connect.client.reattach, since 3.5."""

    def init(original):
        def __init__(self, *args, **kwargs):
            original(self, *args, **kwargs)
            _began(self)

        return __init__

    method(module.ExecutePlanResponseReattachableIterator, '__init__', init)


def patch_streaming(module):
    """pyspark.sql.connect.streaming.readwriter."""

    def start(original):
        def _start_internal(self, *args, **kwargs):
            query = original(self, *args, **kwargs)
            try:
                _begin_to_watch()
                _streams[query._run_id] = query
            except Exception as error:
                fault(error)
            return query

        return _start_internal

    method(module.DataStreamWriter, '_start_internal', start)


def _at_exit():
    """The program ends because it is being stopped, before our thread came to it; of any other it does nothing."""
    try:
        if _pid == os.getpid() and _stopping() is not None:
            _interrupt(_ALL)
            _tell_of_failures()
    except Exception as error:
        fault(error)


def _began(operation):
    try:
        _begin_to_watch()
        _operations[next(_numbers)] = operation
    except Exception as error:
        fault(error)


def _begin_to_watch():
    global _pid
    if _pid != os.getpid():
        _pid = os.getpid()
        _operations.clear()  # of our parent, before the fork
        _streams.clear()
        own_thread.start(_watch)
        atexit.register(_at_exit)


def _watch():
    try:
        while _stopping() is None:
            _sleep(_LOOK if _operations else _IDLE_LOOK)
        _interrupt(_CLEANING_UP)
        _sleep(max(0, _seconds_left(_CLEANING_UP)))
        while _seconds_left() > 0:
            _interrupt(_ALL)
            _sleep(_LOOK)
        _tell_of_failures()
    except Exception as error:
        fault(error)


def _seconds_left(share=_ALL):
    return _stop[0] + _stop[1] * share - time.monotonic()


def _stopping():
    """(when, of time.monotonic; how long until SIGTERM, in s); None: nobody stops the run."""
    global _stop
    if _stop is None:
        try:
            path = os.path.join(state.dir, FILE)
            ago = time.time() - os.stat(path).st_mtime
            with open(path) as file:
                _stop = time.monotonic() - min(max(ago, 0), _IDLE_LOOK), int(file.read()) / 1000
        except (OSError, ValueError):  # not there, or not whole yet
            pass
    return _stop


def _interrupt(share):
    """Interrupts what runs now, all at once, as a server may take its time; waits until this share of the time has passed, at most."""
    seconds = _seconds_left()
    asked = [(each._operation_id, each._initial_request.session_id, _ask, each) for each in _running()]
    asked += [(run, each._session.client._session_id, _ask_to_stop, each) for run, each in list(_streams.items())[:_MOST_AT_ONCE]]
    asked = [each for each in asked if each[0] not in _asking]
    for number, session, ask, what in asked:
        _asking[number] = session, ask is _ask_to_stop, 'it did not answer in time'
        if not own_thread.start(lambda each=(number, session, ask, what): _asked(seconds, *each)):
            _asked(seconds, number, session, ask, what)
    while any(each[0] in _asking for each in asked) and _seconds_left(share) > 0:
        _sleep(_ANSWER_LOOK)


def _running():
    operations = [reference() for reference in _operations.valuerefs()]
    return [operation for operation in operations if operation is not None and not operation._result_complete][:_MOST_AT_ONCE]


def _asked(seconds, number, session, ask, what):
    """In a thread of its own."""
    tls.wait_told = True  # waits for the answer are none of the program's
    try:
        ask(what, max(seconds, _ANSWER_LOOK))
        _failed.pop(number, None)
        _streams.pop(number, None)
    except Exception as error:  # of gRPC; or the channel is closed
        code, details = getattr(error, 'code', None), getattr(error, 'details', None)
        if callable(details) and 'not found' in str(details()):  # a query that ended long ago
            _streams.pop(number, None)
        else:
            _failed[number] = session, ask is _ask_to_stop, code().name if callable(code) else type(error).__name__
    finally:
        _asking.pop(number, None)
        tls.wait_told = False


def _ask(operation, seconds):
    begun = operation._initial_request
    wire = sys.modules['pyspark.sql.connect.proto']
    request = wire.InterruptRequest(
        session_id=begun.session_id,
        user_context=begun.user_context,
        client_type=begun.client_type,
        interrupt_type=wire.InterruptRequest.InterruptType.INTERRUPT_TYPE_OPERATION_ID,
        operation_id=operation._operation_id,
    )
    operation._stub.Interrupt(request, metadata=operation._metadata, timeout=seconds)


def _ask_to_stop(query, seconds):
    """As StreamingQuery.stop, but without its retries."""
    client = query._session.client
    request = client._execute_plan_request_with_metadata()
    command = request.plan.command.streaming_query_command
    command.query_id.id, command.query_id.run_id, command.stop = query._query_id, query._run_id, True
    for _ in client._stub.ExecutePlan(request, metadata=client._builder.metadata(), timeout=seconds):
        pass


def _tell_of_failures():
    for session, is_stream, why in list(_asking.values()) + list(_failed.values()):
        lines.emit({'kind': 'connectLeft', 'session': session, 'isStream': is_stream, 'why': why})
