"""What a pool's worker process (or thread) does, seen from its two queues: get() ends idling and begins a task, put() ends it."""
from . import wire
from .recorder import begin, end, fault, now, patch


class Inbox:
    """Stands for the queue of tasks. `describe(item)` begins the task's record; None: not a task."""

    def __init__(self, queue, describe, engine):
        self._queue = queue
        self._describe = describe
        self._engine = engine
        self._task = None
        self._last = None

    def __getattr__(self, name):
        return getattr(self._queue, name)

    def get(self, *args, **kwargs):
        idle = begin(wire.IDLE)
        try:
            item = self._queue.get(*args, **kwargs)
        finally:
            end(idle)
        self._last = None
        if item is not None:
            try:
                self._task = self._describe(item)
            except Exception as error:
                self._task = None
                fault(error)
        return item

    def finish(self, status):
        """Ends the task; a second call only corrects the status (its result could not be sent)."""
        token = self._task
        if token is not None:
            self._task, self._last = None, token
            patch(token[0], token[1], now(), wire.OFFSET_T1)
        token = self._last
        if token is not None:
            patch(token[0], token[1], self._engine | status, wire.OFFSET_FLAGS, wire.pack_u8)


class Outbox:
    """Stands for the queue of results. `status_of(result)`: how the task ended; None: not a result."""

    def __init__(self, queue, inbox, status_of):
        self._queue = queue
        self._inbox = inbox
        self._status_of = status_of

    def __getattr__(self, name):
        return getattr(self._queue, name)

    def put(self, result, *args, **kwargs):
        try:
            status = self._status_of(result)
            if status is not None:
                self._inbox.finish(status)
        except Exception as error:
            fault(error)
        return self._queue.put(result, *args, **kwargs)
