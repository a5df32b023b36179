"""
Runs inside a Dask scheduler: collects what happens to the tasks of our clients, and sends it to them in batches.

This file is shipped as source text (dask_client.py), never imported: the scheduler may run on another machine and on another Python. What it keeps
is bounded, and it leaves by itself when the last of our clients has gone.

A batch is {'seq', 'rows', 'dropped', 'others'}; times are seconds of the scheduler's clock. The rows, by their first word:

    worker   address, name, threads, memory limit, has a nanny, time
    gone     address, time, was it expected (None: not known), tasks that it ran, tasks to compute again
    graph    number, time, tasks, least of the keys asked for, as text
    task     id, key, prefix, ready, worker, thread, [action, start, stop]…, bytes, type, ok, ids of what it needs, graph, text of the exception
    running  id, key, prefix, ready, worker, start, graph
    lost     id, key, prefix, ready, worker, start, graph, time, status
    memory   address, time, process, managed, spilled, limit, status
    event    time, topic, action, worker, text
    restart  time, addresses of the workers that a Client restarts
"""
import asyncio
import os
import socket
from collections import deque
from time import time

FLUSH_S = 0.1
TICK_S = 0.5
# Rows that wait to be sent, rows of one batch, and messages that a client may be behind with.
MOST_ROWS = 200000
BATCH = 4000
MOST_UNSENT = 50
# What one task is said to need, and workers whose memory is told.
MOST_LINKS = 64
MOST_WORKERS = 256
LONGEST = 400

# Topics of Dask's own that say nothing about the run, or that it prints itself.
_QUIET = ('stealing', 'print', 'scheduler')
_LOUD = (
    'worker-status-change', 'retire-workers', 'worker-ttl-timed-out', 'no-workers-timeout-exceeded', 'closing-worker', 'restart',
    'restart-workers', 'could-not-retire',
)


def make(options):
    """The plugin: a SchedulerPlugin of the Dask that runs here. On Windows Dask has a finer clock than time.time."""
    from distributed import metrics
    from distributed.diagnostics.plugin import SchedulerPlugin

    globals()['time'] = metrics.time
    return type('RunInParallel', (Watch, SchedulerPlugin), {})(options)


class Watch:
    """`options`: {'name': of the plugin, the handler and the topic, 'clients': ids}."""

    def __init__(self, options):
        self.name = options['name']
        self.clients = set(options['clients'])
        self.scheduler = None
        self.rows = deque()
        self.seq = self.dropped = self.others = self.graphs = self.ids = 0
        self.graph_of = {}  # key -> number of the graph that brought it: the keys that are ours
        self.open = {}  # key -> _Open, while it is ready or runs
        self.id_of = {}  # key -> id of its task, once it has run
        self.told = {}  # address -> last row of its memory
        self.removal = {}  # address -> what the scheduler has said of its removal
        self.flushing = self.ticking = None
        self.hand_over = None  # takes the batches, where our clients are in this very process

    async def start(self, scheduler):
        self.scheduler = scheduler
        self.loop = asyncio.get_running_loop()
        scheduler.handlers[self.name] = self.ask
        for address, worker in list(scheduler.workers.items()):
            self._worker(address, worker)
        self._tick()

    def ask(self, verb, client=None):
        """What our clients call. `attach`: who we are; `detach`: the batches that are left, and how many there were in all; `clock`: the time."""
        if verb == 'clock':
            return time()
        if verb == 'attach':
            self.clients.add(client)
            return {'pid': os.getpid(), 'host': socket.gethostname(), 'boot': _boot()}
        self._unfinished()
        batches = []
        while self.rows:
            batches.append(self._batch())
        self._leave(client)
        return {'seq': self.seq, 'batches': batches}

    def _leave(self, client):
        self.clients.discard(client)
        if self.clients or self.scheduler is None:
            return
        scheduler, self.scheduler = self.scheduler, None
        for timer in (self.flushing, self.ticking):
            if timer is not None:
                timer.cancel()
        scheduler.handlers.pop(self.name, None)
        scheduler.plugins.pop(self.name, None)

    # What the scheduler calls.

    def update_graph(self, scheduler, client=None, keys=(), tasks=(), **more):
        if client not in self.clients and not self._of_our_task(client):
            self.others += len(tasks)
            return
        self.graphs += 1
        for key in tasks:
            self.graph_of[key] = self.graphs
        self._put('graph', self.graphs, time(), len(tasks), min(map(str, keys), default=''))

    def _of_our_task(self, client):
        """Whether a task submitted it, and all tasks here are ours."""
        if not str(client).startswith('Client-worker'):
            return False
        return all(
            other in self.clients or other == 'fire-and-forget' or other.startswith('Client-worker')
            for other in self.scheduler.clients
        )

    def transition(self, key, start, finish, *args, **kwargs):
        graph = self.graph_of.get(key)
        if graph is None:
            return
        if start == 'waiting' and finish in ('processing', 'queued', 'no-worker'):
            if key not in self.open:
                self.ids += 1
                self.open[key] = _Open(self.ids, time(), graph)
        if finish == 'processing':
            task = self.scheduler.tasks.get(key)
            if key in self.open and task is not None:
                self.open[key].worker = task.processing_on
        elif start == 'processing':
            self._ended(key, finish, kwargs)
        elif finish == 'forgotten':
            self.open.pop(key, None)
            self.id_of.pop(key, None)
            self.graph_of.pop(key, None)

    def _ended(self, key, finish, kwargs):
        opened = self.open.pop(key, None)
        if opened is None:
            return
        task = self.scheduler.tasks.get(key)
        prefix = task.prefix.name if task is not None and task.prefix is not None else str(key)
        head = opened.id, str(key)[:LONGEST], prefix, opened.ready
        startstops = kwargs.get('startstops')
        if startstops and finish in ('memory', 'erred'):
            needs = []
            for other in task.dependencies if task is not None else ():
                if len(needs) == MOST_LINKS:
                    break
                if other.key in self.id_of:
                    needs.append(self.id_of[other.key])
            if finish == 'memory':
                self.id_of[key] = opened.id
            phases = [[each['action'], each['start'], each['stop']] for each in startstops]
            text = '' if finish == 'memory' else str(kwargs.get('exception_text') or '')[:LONGEST]
            self._put(
                'task', *head, kwargs.get('worker'), kwargs.get('thread'), phases, kwargs.get('nbytes'), str(kwargs.get('typename') or '')[:80],
                finish == 'memory', needs, opened.graph, text
            )
            return
        worker = opened.worker
        gone = worker is not None and worker.address not in self.scheduler.workers
        wanted = task is not None and bool(task.who_wants or task.waiters)
        status = 'lost' if wanted or gone or finish == 'erred' else 'cancelled'
        self._put('lost', *head, getattr(worker, 'address', None), opened.start, opened.graph, time(), status)

    def add_worker(self, scheduler, worker):
        state = scheduler.workers.get(worker)
        if state is not None:
            self._worker(worker, state)

    def _worker(self, address, state):
        self._put(
            'worker', address, str(state.name)[:80], state.nthreads, state.memory_limit or 0, bool(state.nanny), time()
        )

    def remove_worker(self, scheduler, worker, **more):
        self.told.pop(worker, None)
        said = self.removal.pop(worker, {})
        self._put(
            'gone', worker, time(), said.get('expected'), len(said.get('processing-tasks') or ()), len(said.get('lost-computed-tasks') or ())
        )

    def restart(self, scheduler):
        """A Client restarts all workers: what they had to do has been given up, and nothing of it is kept."""
        for known in self.open, self.id_of, self.graph_of:
            known.clear()
        self._look_at_workers()  # for the last time
        self._put('restart', time(), list(scheduler.workers))

    def remove_client(self, scheduler, client):
        """One of ours that could not say goodbye: its process was killed."""
        if client in self.clients:
            self._leave(client)

    def log_event(self, topic, message):
        action = message.get('action') if isinstance(message, dict) else None
        if topic in _QUIET or topic in self.scheduler.clients or str(topic).startswith('Client-'):
            return
        if action == 'remove-worker':
            if topic == 'all':
                self.removal[message.get('worker')] = message
            return
        if (topic == 'all' or '://' in str(topic)) and action not in _LOUD:
            return
        worker = message.get('worker') if isinstance(message, dict) else None
        if worker is None and '://' in str(topic):
            worker = topic
        self._put('event', time(), str(topic)[:80], action, worker, _text(message))

    async def before_close(self):
        self._unfinished()
        self._flush(True)

    async def close(self):
        self._flush(True)

    # Sending.

    def _put(self, *row):
        if self.scheduler is None:
            return
        if len(self.rows) >= MOST_ROWS:
            self.rows.popleft()
            self.dropped += 1
        self.rows.append(row)
        if self.flushing is None:
            self.flushing = self.loop.call_later(FLUSH_S, self._flush)

    def _batch(self):
        rows = [self.rows.popleft() for _ in range(min(len(self.rows), BATCH))]
        self.seq += 1
        return {'seq': self.seq, 'rows': rows, 'dropped': self.dropped, 'others': self.others}

    def _flush(self, last=False):
        self.flushing = None
        if self.scheduler is None:
            return
        while self.rows and (last or not self._behind()):
            event = time(), self._batch()
            if self.hand_over is not None:
                self.hand_over(event)
                continue
            for client in self.clients:
                self.scheduler.client_send(client, {'op': 'event', 'topic': self.name, 'event': event})
        if self.rows:
            self.flushing = self.loop.call_later(FLUSH_S, self._flush)

    def _behind(self):
        for client in self.clients:
            comm = self.scheduler.client_comms.get(client)
            if len(getattr(comm, 'buffer', None) or ()) > MOST_UNSENT:
                return True
        return False

    def _tick(self):
        """Twice a second: the workers' memory, and tasks that have been running for a while."""
        self.ticking = None
        if self.scheduler is None:
            return
        self._look_at_workers()
        self.ticking = self.loop.call_later(TICK_S, self._tick)

    def _look_at_workers(self):
        for address, worker in list(self.scheduler.workers.items())[:MOST_WORKERS]:
            self._memory(address, worker)
            for task, seconds in list((worker.executing or {}).items()):
                opened = self.open.get(task.key)
                if opened is not None and opened.start is None:
                    opened.worker = worker
                    opened.start = worker.last_seen - seconds
                    self._put(*self._running(task.key, task, opened))

    def _running(self, key, task, opened):
        prefix = task.prefix.name if task.prefix is not None else str(key)
        address = getattr(opened.worker, 'address', None)
        return 'running', opened.id, str(key)[:LONGEST], prefix, opened.ready, address, opened.start, opened.graph

    def _unfinished(self):
        """What still runs, at the end; and where memory stands."""
        if self.scheduler is not None:
            self._look_at_workers()
        for key, opened in list(self.open.items())[:BATCH]:
            task = self.scheduler.tasks.get(key) if self.scheduler is not None else None
            if task is not None and opened.start is None and opened.worker is not None:
                self._put(*self._running(key, task, opened))

    def _memory(self, address, worker):
        try:
            memory = worker.memory
        except KeyError:  # it has said nothing of itself yet
            return
        row = memory.process, memory.managed, memory.spilled, worker.memory_limit or 0, worker.status.name
        if self.told.get(address) != row:
            self.told[address] = row
            self._put('memory', address, worker.last_seen, *row)


class _Open:
    """A task that is ready to run, or runs."""

    __slots__ = ('id', 'ready', 'graph', 'worker', 'start')

    def __init__(self, number, ready, graph):
        self.id, self.ready, self.graph = number, ready, graph
        self.worker = self.start = None


def _boot():
    """Names this machine since it was started; None where that isn't known."""
    try:
        with open('/proc/sys/kernel/random/boot_id') as file:
            return file.read().strip()
    except OSError:
        return None


def _text(message):
    """What an event says, in short."""
    if isinstance(message, dict):
        pairs = []
        for key, value in message.items():
            if key in ('action', 'worker', 'stimulus_id', 'nanny', 'address'):
                continue
            if isinstance(value, (list, tuple, set, frozenset, dict)):
                value = len(value)
            pairs.append('%s: %s' % (key, value))
        return ', '.join(pairs)[:LONGEST]
    return str(message)[:LONGEST]
