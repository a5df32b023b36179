"""What the plugin in a Dask scheduler sends (dask_shipped.py has the rows), told in the words of the trace (src/protocol/engineWire.ts)."""
from . import lines

MOST_LINKS = 100000
MOST_FAILURES = 20
MOST_MESSAGES = 200

# What is told of a task, in this order.
_COLUMNS = ['id', 'name', 'key', 'track', 'submitNs', 'startNs', 'endNs', 'status', 'bytes', 'submitFile', 'submitLine']

# Dask's names for what surrounds a computation -> kind of the span.
_SPANS = {'transfer': 'transfer', 'disk-read': 'disk', 'disk-write': 'disk', 'deserialize': 'deserialize'}
# What a status of a worker means to the user; others say nothing.
_STATUSES = {
    'paused': ('warning', 'worker paused', '%s starts no new tasks: its memory is nearly full.'),
    'running': ('info', 'worker resumed', '%s starts tasks again.'),
    'closing_gracefully': ('info', 'worker retiring', '%s hands its data to other workers, and ends.'),
}


class Rows:
    """
    `scheduler`: what ids begin with. `to_ns(seconds)`: a time of the scheduler's clock on ours. `is_here(address)`: whether a worker runs on this
    machine; `tells_itself(address)`: whether it is followed by our tracer and tells of itself and of its threads. `sites`: least key of a graph -> where
    it was submitted.
    """

    def __init__(self, scheduler, to_ns, is_here, tells_itself, sites):
        self.scheduler = scheduler
        self.to_ns = to_ns
        self.is_here = is_here
        self.tells_itself = tells_itself
        self.sites = sites
        self.workers = {}  # address -> _Worker
        self.restarted = set()  # addresses and names of workers whose end a Client has asked for
        self.ended = {}  # name of a worker that has gone -> how often
        self.graphs = {}  # number -> site
        self.links = self.failures = self.messages = 0
        self.events = []
        self.tasks = []
        self.edges = []

    def take(self, rows):
        """Tells of some rows, in one go."""
        for row in rows:
            tell = getattr(self, '_' + row[0], None)
            if tell is not None:
                tell(*row[1:])
        if self.tasks:
            self.events.append({'kind': 'tasks', 'engine': 'dask', 'columns': _COLUMNS, 'rows': self.tasks})
        if self.edges:
            self.events.append({'kind': 'links', 'engine': 'dask', 'edges': self.edges})
        events, self.events, self.tasks, self.edges = self.events, [], [], []
        lines.emit(*events)

    def mark(self, level, name, at_ns, text, process=None):
        self.events.append({'kind': 'mark', 'process': process, 'level': level, 'name': name, 'atNs': at_ns, 'text': text})

    def restarting(self, names):
        """Workers, by name or address, of which a Client of ours asks that they end and begin anew. They may not be known yet."""
        self.restarted.update(names)

    def worker_pid(self, address, pid):
        """What a worker's process is on its machine, as it has said itself."""
        worker = self.workers.get(address)
        if worker is not None and not worker.tells_itself:
            lines.emit(self._process(worker, pid))

    def _process(self, worker, pid=None, **more):
        event = {
            'kind': 'process', 'id': worker.id, 'engine': 'dask', 'name': worker.title, 'pid': pid,
            'host': None if worker.is_here else _host(worker.id), 'atNs': worker.at
        }
        if worker.tells_itself:
            event['ifUnknown'] = True
        event.update(more)
        return event

    # One method for each row.

    def _worker(self, address, name, threads, limit, nanny, at):
        self._find(address, name, self.to_ns(at), threads, nanny)
        if name in self.ended:
            times = self.ended[name]
            again = 'again' if times == 1 else 'for the %d. time' % times
            text = 'Worker %s was restarted %s, as %s.' % (name, again, address)
            self.mark('warning', 'worker restarted', self.to_ns(at), text, address)

    def _find(self, address, name=None, at=0, threads=0, nanny=False):
        worker = self.workers.get(address)
        if worker is None:
            worker = self.workers[address] = _Worker(address, name or address, at, self.is_here(address), self.tells_itself(address))
            note = '%d threads%s' % (threads, ', with a nanny' if nanny else '') if threads else ''
            self.events.append(self._process(worker, note=note))
        return worker

    def _gone(self, address, at, expected, running, lost):
        worker = self.workers.pop(address, None)
        if worker is None:
            return
        asked = self.restarted.intersection((address, worker.name))
        self.restarted -= asked
        if expected or expected is None and not running and not lost or asked:
            self.events.append(self._process(worker, endNs=self.to_ns(at)))
            return
        self.ended[worker.name] = self.ended.get(worker.name, 0) + 1
        self.events.append(self._process(worker, endNs=self.to_ns(at), exit='lost'))
        text = '%s is gone: %s.' % (
            worker.title,
            'it had no tasks' if not running and not lost
            else 'tasks that it had: %d, results that must be computed again: %d' % (running, lost)
        )
        self.mark('warning', 'worker lost', self.to_ns(at), text, address)

    def _restart(self, at, addresses):
        self.restarted.update(addresses)
        text = 'A Client restarted the workers: what they held is gone, what they had to do was given up.'
        self.mark('info', 'restart', self.to_ns(at), text)

    def _graph(self, number, at, tasks, key):
        site = self.graphs[number] = self.sites.pop(key, None)
        file, line = site or (None, None)
        self.events.append({
            'kind': 'fact', 'engine': 'dask', 'name': 'graph', 'file': file, 'line': line, 'atNs': self.to_ns(at), 'values': {'tasks': tasks}
        })

    def _task(self, number, key, prefix, ready, address, thread, phases, size, type_name, ok, needs, graph, text):
        worker = self._find(address, at=self.to_ns(ready))
        track = self._track(worker, thread, self.to_ns(phases[0][1]))
        start = stop = None
        for action, began, ended in phases:
            if action == 'compute':
                start, stop = self.to_ns(began), self.to_ns(ended)
            elif action in _SPANS:
                self.events.append({
                    'kind': 'span', 'track': track, 'span': _SPANS[action], 'name': action + '-' + prefix,
                    'startNs': self.to_ns(began), 'endNs': self.to_ns(ended)
                })
        if start is None:
            start, stop = self.to_ns(min(each[1] for each in phases)), self.to_ns(max(each[2] for each in phases))
        self._row(
            number, key, prefix, ready, graph, track=track, startNs=start, endNs=stop, status='ok' if ok else 'failed', bytes=size
        )
        for other in needs:
            if self.links < MOST_LINKS:
                self.links += 1
                self.edges.append([self._id(other), self._id(number)])
        if not ok:
            self._failed(prefix, worker, stop, text)

    def _failed(self, prefix, worker, at_ns, text):
        self.failures += 1
        if self.failures > MOST_FAILURES:
            return
        missing = text.partition('ModuleNotFoundError')[2]
        if missing:
            text = '%s lacks a package that this task imports: %s. Install it where the workers run.' % (worker.title, missing.strip("(')\" "))
        else:
            text = '%s on %s: %s' % (prefix, worker.title, text)
        self.mark('error', 'task failed', at_ns, text, worker.id)

    def _running(self, number, key, prefix, ready, address, start, graph):
        self._row(number, key, prefix, ready, graph, startNs=None if start is None else self.to_ns(start), status='running')

    def _lost(self, number, key, prefix, ready, address, start, graph, at, status):
        began = None if start is None else self.to_ns(start)
        self._row(number, key, prefix, ready, graph, startNs=began, endNs=self.to_ns(at), status=status)

    def _memory(self, address, at, process, managed, spilled, limit, status):
        worker = self.workers.get(address)
        if worker is None:
            return
        at_ns = self.to_ns(at)
        values = ('managed memory', managed), ('unmanaged memory', max(process - managed, 0)), ('spilled to disk', spilled)
        for name, value in values:
            event = {'kind': 'counter', 'process': address, 'name': name, 'unit': 'bytes', 'atNs': at_ns, 'value': value}
            if limit and name != 'spilled to disk':
                event['limit'] = limit
            self.events.append(event)
        if spilled and not worker.spilled:
            self.mark('warning', 'spilling', at_ns, '%s moves data to disk: its memory is filling up.' % worker.title, address)
        worker.spilled = worker.spilled or bool(spilled)

    def _event(self, at, topic, action, address, text):
        worker = self.workers.get(address)
        if action == 'worker-status-change':
            status = _STATUSES.get(text.rpartition('status: ')[2])
            before = text.partition('prev-status: ')[2].partition(',')[0]
            if status is not None and worker is not None and not before.startswith('init'):
                level, name, sentence = status
                self.mark(level, name, self.to_ns(at), sentence % worker.title, address)
            return
        self.messages += 1
        if self.messages > MOST_MESSAGES:
            return
        taken = text.partition('rss: ')[2].partition(',')[0] if topic == 'worker-restart-memory' else ''
        if taken.isdigit():
            text = 'A nanny restarts its worker, which took %d MB: nearly all of its memory limit.' % (int(taken) / 1e6)
        level = 'warning' if topic in ('warn', 'worker-restart-memory', 'worker-fail-hard') else 'info'
        name = action or topic
        self.mark(level, name, self.to_ns(at), text or name, None if worker is None else address)

    # Parts.

    def _id(self, number):
        return '%s/%d' % (self.scheduler, number)

    def _track(self, worker, thread, at_ns):
        track = '%s/%s' % (worker.id, thread)
        if thread not in worker.threads:
            worker.threads[thread] = len(worker.threads) + 1
            event = {
                'kind': 'track', 'id': track, 'process': worker.id, 'name': 'thread %d' % worker.threads[thread], 'atNs': at_ns
            }
            if worker.tells_itself:
                event['ifUnknown'] = True
            self.events.append(event)
        return track

    def _row(self, number, key, prefix, ready, graph, track=None, startNs=None, endNs=None, status='ok', bytes=None):
        file, line = self.graphs.get(graph) or (None, None)
        self.tasks.append((self._id(number), prefix, key, track, self.to_ns(ready), startNs, endNs, status, bytes, file, line))


class _Worker:
    def __init__(self, address, name, at, is_here, tells_itself):
        self.id = address
        self.name = name
        self.title = 'Dask worker ' + name
        self.at = at
        self.is_here = is_here
        self.tells_itself = tells_itself
        self.threads = {}
        self.spilled = False


def _host(address):
    """`10.0.0.7` of `tcp://10.0.0.7:40123`."""
    return address.rpartition('://')[2].rpartition(':')[0].strip('[]') or None
