"""
Watches the Dask schedulers that the program's Clients are connected to: a plugin in the scheduler (dask_shipped.py) sends what happens, and where the
scheduler refuses it we ask for its task stream (dask_stream.py). All of it runs in the event loops of the Clients.
"""
import _thread
import asyncio
import os
import socket
import weakref

from ..recorder import PACKAGE_DIR, fault, now
from . import lines
from .dask_rows import Rows
from .dask_versions import compare

# What beginning to watch may take (some ms, but for a scheduler that is as slow in all that it's asked); the same where it takes no plugin; and all that
# we do when a Client closes.
PATIENCE_S = 20.0
_STREAM_PATIENCE_S = 3.0
FAREWELL_S = 3.0
_ROUND_TRIPS = 8
_MEASURING_NS = 10**9
# A clock is looked at again after this long.
_CLOCK_AGE_NS = 20 * 10**9

_watches = weakref.WeakKeyDictionary()  # Client -> Watch
_of_scheduler = {}  # id of a scheduler -> Watch: several Clients share it
_count = [0]


class _Shipped:
    """Pickles as the call that makes the plugin from its source text: no module of ours is needed where it is unpickled, whatever the Python."""

    def __init__(self, options):
        self.options = options

    def __reduce__(self):
        with open(os.path.join(PACKAGE_DIR, 'tracer', 'engines', 'dask_shipped.py')) as file:
            source = file.read()
        scope = {'source': source, 'options': self.options, '__name__': 'run_in_parallel_plugin'}
        return eval, ("(exec(compile(source, '<run in parallel>', 'exec'), globals()), make(options))[1]", scope)


async def attach(client, sites):
    """Begins to watch the scheduler of a Client that has just connected. `sites`: see Rows."""
    if client in _watches or client.status != 'running' or not isinstance(getattr(client, '_event_handlers', None), dict):
        return
    scheduler = (client._scheduler_identity or {}).get('id') or client.scheduler.address
    watch = _of_scheduler.get(scheduler)
    if watch is None or watch.pid != os.getpid():
        watch = _of_scheduler[scheduler] = Watch(scheduler, client, sites)
    _watches[client] = watch
    try:
        await asyncio.wait_for(watch.begin(client), PATIENCE_S)
    except Exception as error:
        await watch.fall_back(client, error)


async def detach(client):
    """Takes what is left, and leaves the scheduler as it was; within FAREWELL_S, whatever the scheduler does."""
    watch = _watches.pop(client, None)
    if watch is None or watch.pid != os.getpid():
        return
    try:
        await asyncio.wait_for(watch.end(client), FAREWELL_S)
    except Exception as error:
        watch.lose(client, 'The last tasks may be missing: the Dask scheduler %s did not answer (%s).' % (watch.address, words(error)))


def lost(client):
    """The connection to the scheduler broke."""
    watch = _watches.pop(client, None)
    if watch is not None:
        watch.lose(client, 'The connection to the Dask scheduler %s broke. What its tasks did after that is not shown.' % watch.address)


def restarting(client, workers):
    """The program restarts some workers, by name or address: their end will be no loss."""
    watch = _watches.get(client)
    if watch is not None:
        with watch.lock:
            watch.rows.restarting([str(worker) for worker in workers])


def detach_all():
    """At the end of the process, before Dask's own clean-up; called by another thread than those of the Clients' loops."""
    for client in list(_watches):
        loop = getattr(getattr(client, 'loop', None), 'asyncio_loop', None)
        if loop is None or not loop.is_running() or _watches[client].pid != os.getpid():
            continue
        asked = asyncio.run_coroutine_threadsafe(detach(client), loop)
        try:
            asked.result(FAREWELL_S + 0.5)
        except Exception:  # the loop is stuck or closing: what has arrived so far is told
            asked.cancel()


def kind_of(cluster):
    """The name of its class; SSHCluster and the like are functions, which leave their name in what they make."""
    kind, name = type(cluster).__name__, getattr(cluster, 'name', None)
    return name if kind == 'SpecCluster' and str(name).endswith('Cluster') else kind


def words(error):
    """An exception in short."""
    return '%s: %s' % (type(error).__name__, str(error)[:200]) if str(error) else type(error).__name__


class Watch:
    """Of one scheduler. Times of its clock become ours by `offset_ns`, or without any where both run on the same clock."""

    def __init__(self, scheduler, client, sites):
        _count[0] += 1
        self.pid = os.getpid()
        self.lock = _thread.RLock()  # Clients may have loops, and so threads, of their own
        self.scheduler = scheduler
        self.address = client.scheduler.address
        self.name = 'run-in-parallel-%d-%d-%s' % (self.pid, _count[0], os.urandom(4).hex())
        self.clients = weakref.WeakSet()
        self.offset_ns = None
        self.error_ns = 0
        self.same_clock = self.is_ours = False
        self.measured_at = 0
        self.early = []  # batches that came before the clock was known
        self.seen = set()
        self.dropped = self.others = 0
        self.tasks = set()  # of ours, in the event loops
        self.stream = None
        self.own = lambda: None  # the scheduler, where it is in this process
        self.rows = Rows('dask%d' % _count[0], self.to_ns, self.is_here, self.tells_itself, sites)

    def to_ns(self, seconds):
        if self.same_clock:
            return lines.from_wall(seconds)
        return int(seconds * 1e9) - self.offset_ns

    def is_here(self, address):
        host = address.rpartition('://')[2].rpartition(':')[0]
        return address.startswith('inproc://') or host in ('127.0.0.1', 'localhost', '[::1]') or host == _own_address()

    def tells_itself(self, address):
        """Workers of a scheduler in this process are our children, or we: traced, where they run on this machine."""
        return self.is_ours and self.is_here(address)

    def later(self, work):
        """Something that nobody waits for."""
        task = asyncio.ensure_future(work)
        self.tasks.add(task)

        def done(task):
            self.tasks.discard(task)
            if not task.cancelled():
                task.exception()  # looked at: asyncio says nothing of it

        task.add_done_callback(done)

    async def ask(self, client, verb):
        return await getattr(client.scheduler, self.name)(verb=verb, client=client.id)

    async def begin(self, client):
        import pickle

        first = not self.clients
        self.clients.add(client)
        if self.stream is not None:
            return
        client._event_handlers[self.name] = self.receive
        if first:
            options = {'name': self.name, 'clients': [client.id]}
            plugin = pickle.dumps(_Shipped(options), protocol=4)
            await client.scheduler.register_scheduler_plugin(plugin=plugin, name=self.name, idempotent=True)
        about = await self.ask(client, 'attach')
        if first:
            here = about['host'] == socket.gethostname() and about['boot'] is not None and about['boot'] == _boot()
            self.is_ours = here and about['pid'] == self.pid
            self.same_clock = here
            if self.is_ours:
                self.take_directly()
            await self.measure(client)
            self.introduce(client, about['pid'], here)
            with self.lock:
                early, self.early = self.early, None
                for batch in early:
                    self.take(batch)

    def take_directly(self):
        """The plugin is in this process: what it sends need not be packed, sent and unpacked."""
        from distributed import Scheduler

        for scheduler in list(getattr(Scheduler, '_instances', ())):
            plugin = scheduler.plugins.get(self.name)
            if plugin is not None:
                self.own = weakref.ref(scheduler)
                plugin.hand_over = self.receive

    async def measure(self, client):
        """How far the scheduler's clock is from ours, by the shortest of some round trips."""
        self.measured_at = now()
        best = None
        for _ in range(2 if self.same_clock else _ROUND_TRIPS):
            before = now()
            if best is not None and before - self.measured_at > _MEASURING_NS:
                break
            seconds = await self.ask(client, 'clock')
            after = now()
            if best is None or after - before < best[0]:
                best = after - before, int(seconds * 1e9) - (before + after) // 2
        self.error_ns, self.offset_ns = best[0] // 2, best[1]

    def introduce(self, client, pid, here):
        cluster = kind_of(client.cluster) if client.cluster is not None else None
        if not self.is_ours:
            host = None if here else self.address.rpartition('://')[2].rpartition(':')[0]
            name = 'Dask scheduler' + (' of ' + cluster if cluster else '')
            lines.emit({'kind': 'process', 'id': self.address, 'engine': 'dask', 'name': name, 'pid': pid, 'host': host, 'atNs': now()})
            self.later(self.ask_pids(client))
            self.later(compare(client, self.address))
        error_ms = 0 if self.same_clock else self.error_ns / 1e6
        clock = 'the same as here' if self.same_clock else 'aligned to the one here to within %.1f ms, by round trips' % error_ms
        self.mark(
            'info', 'clock',
            'Times are those of the workers, which Dask aligns to its scheduler to within some milliseconds; the clock of the scheduler is %s.' % clock
        )
        self.fact('cluster', {'cluster': cluster, 'address': self.address, 'clockErrorMs': error_ms, 'roundTripMs': 2 * self.error_ns / 1e6})

    def mark(self, level, name, text):
        process = None if self.is_ours else self.address
        lines.emit({'kind': 'mark', 'process': process, 'level': level, 'name': name, 'atNs': now(), 'text': text})

    def fact(self, name, values):
        lines.emit({'kind': 'fact', 'engine': 'dask', 'name': name, 'file': None, 'line': None, 'atNs': now(), 'values': values})

    async def ask_pids(self, client):
        """The process ids of workers that we can't look at ourselves."""
        asked = client.run(os.getpid, on_error='return')
        for address, pid in (await asked).items():
            if isinstance(pid, int):
                self.rows.worker_pid(address, pid)

    def receive(self, event):
        """A batch from the scheduler; called in the loop of a Client."""
        try:
            if self.pid != os.getpid() or self.stream is not None:
                return
            with self.lock:
                if self.early is None:
                    self.take(event[1])
                else:
                    self.early.append(event[1])
            if self.early is None and not self.same_clock and now() - self.measured_at > _CLOCK_AGE_NS:
                self.measured_at = now()
                client = next(iter(self.clients), None)
                if client is not None:
                    self.later(self.measure(client))
        except Exception as error:
            fault(error)

    def take(self, batch):
        if batch['seq'] in self.seen:  # each of our Clients gets it
            return
        self.seen.add(batch['seq'])
        self.dropped, self.others = batch['dropped'], batch['others']
        known = len(self.rows.workers)
        self.rows.take(batch['rows'])
        client = next(iter(self.clients), None)
        if not self.is_ours and len(self.rows.workers) > known and client is not None:
            self.later(self.ask_pids(client))

    async def fall_back(self, client, error):
        """The plugin can't be there: we ask for the task stream instead."""
        from .dask_stream import Stream

        self.later(self.ask(client, 'detach'))  # it may have come in after all, too late
        if self.stream is None:
            self.early = None
            self.mark(
                'warning', 'plugin refused',
                'The Dask scheduler %s does not take our plugin (%s). Its task stream is read instead: tasks of other clients are shown too, and neither'
                ' how long tasks queued nor what they depend on.' % (self.address, words(error))
            )
            self.stream = Stream(self)
            try:
                # Before the program goes on: the scheduler keeps its stream from when it is first asked for it.
                await asyncio.wait_for(self.stream.begin(client), _STREAM_PATIENCE_S)
            except Exception:  # it is asked again
                pass
        self.later(self.stream.follow(client))

    async def end(self, client):
        last = self.clients <= {client}
        try:
            if self.stream is not None:
                await self.stream.read(client)
            elif getattr(getattr(self.own(), 'status', None), 'name', '') not in ('closing', 'closed'):  # else it has given us all, and answers no more
                last_words = await self.ask(client, 'detach')
                with self.lock:
                    for batch in last_words['batches']:
                        self.take(batch)
                while len(self.seen) < last_words['seq']:  # a batch is still on its way, which the answer has overtaken
                    await asyncio.sleep(0.002)
        finally:
            self.forget(client)
        if last:
            self.say_what_is_missing()

    def lose(self, client, text):
        self.forget(client)
        if self.clients:
            return
        self.mark('error', 'scheduler lost', text)
        if not self.is_ours:
            lines.emit({
                'kind': 'process', 'id': self.address, 'engine': 'dask', 'name': 'Dask scheduler', 'pid': None, 'host': None, 'atNs': now(),
                'endNs': now(), 'exit': 'connection lost'
            })

    def forget(self, client):
        self.clients.discard(client)
        if not self.clients:
            _of_scheduler.pop(self.scheduler, None)
            for task in list(self.tasks):
                task.cancel()

    def say_what_is_missing(self):
        if self.dropped:
            self.mark('warning', 'events left out', '%d events of the Dask scheduler came faster than they could be sent, and are not shown.' % self.dropped)
        if self.others:
            self.mark('info', 'other clients', '%d tasks of other clients of this scheduler are not shown: they shared its workers.' % self.others)


def _boot():
    try:
        with open('/proc/sys/kernel/random/boot_id') as file:
            return file.read().strip()
    except OSError:
        return None


def _own_address():
    from distributed.utils import get_ip

    return get_ip()
