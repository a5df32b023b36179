"""The task stream of a Dask scheduler, asked for once a second: where the scheduler takes no plugin of ours."""
import asyncio

from ..recorder import now
from . import lines

_INTERVAL_S = 1.0
# Tasks told of already, by key and end: the stream is asked with some overlap.
_MOST_KNOWN = 100000


class Stream:
    def __init__(self, watch):
        self.watch = watch
        self.known = {}
        self.index = None  # place in the scheduler's stream; None: it has no such thing
        self.since = 0.0
        self.ids = 0

    async def follow(self, client):
        if self.watch.is_here(self.watch.address):
            self.watch.same_clock = True
        else:
            await self._guess_clock(client)
        while True:
            await asyncio.sleep(_INTERVAL_S)
            await self.read(client)

    async def begin(self, client):
        """The scheduler begins to keep its stream when it is first asked."""
        try:
            self.index = await client.scheduler.get_task_stream_index()
        except Exception:
            self.index = None
        for record in await client.scheduler.get_task_stream(start=None, stop=None, count=None):
            self._note(record)

    async def _guess_clock(self, client):
        """A worker was last seen a moment ago, by the scheduler's clock: what it says is at most one heartbeat old."""
        best = None
        for _ in range(10):
            workers = (await client.scheduler.identity()).get('workers') or {}
            seen = max((each.get('last_seen', 0) for each in workers.values()), default=0)
            if seen:
                offset = int(seen * 1e9) - now()
                best = offset if best is None else max(best, offset)
            await asyncio.sleep(0.1)
        watch = self.watch
        watch.offset_ns = best if best is not None else -lines.from_wall(0.0)
        watch.mark('warning', 'clock', 'The clock of the scheduler could only be aligned to the one here to within some 100 ms.')

    async def read(self, client):
        if self.watch.offset_ns is None and not self.watch.same_clock:
            return
        if self.index is not None:
            records = await client.scheduler.get_task_stream(start=None, stop=None, count=None, start_index=self.index)
            self.index += len(records)
        else:
            records = await client.scheduler.get_task_stream(start=self.since - 5, stop=None, count=None)
        rows = [row for row in map(self._row, records) if row is not None]
        with self.watch.lock:
            self.watch.rows.take(rows)

    def _note(self, record):
        """Whether it is new; `since` follows the ends of tasks."""
        phases = record.get('startstops') or ()
        if not phases:
            return False
        stop = max(each['stop'] for each in phases)
        self.since = max(self.since, stop)
        mark = str(record['key']), stop
        if mark in self.known:
            return False
        if len(self.known) > _MOST_KNOWN:
            self.known.clear()
        self.known[mark] = True
        return True

    def _row(self, record):
        if not self._note(record):
            return None
        from dask.utils import key_split

        self.ids += 1
        phases = [[each['action'], each['start'], each['stop']] for each in record['startstops']]
        ready = min(each[1] for each in phases)
        return (
            'task', self.ids, str(record['key']), key_split(record['key']), ready, record.get('worker'), record.get('thread'), phases,
            record.get('nbytes'), str(record.get('typename') or ''), record.get('status') == 'OK', (), 0, str(record.get('exception_text') or '')
        )
