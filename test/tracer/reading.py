"""Reads the tracer's files as worker/ does, from the wire's description alone: shares no code with src/python/tracer."""
import os
import struct

KINDS = (
    '', 'chunk', 'string', 'process', 'thread', 'threadStart', 'taskQueued', 'task', 'wait', 'pool', 'processStart', 'note', 'gc',
    'idle', 'subprocess', 'operation', 'counter', 'taskPart', 'resultSize',
)  # fmt: skip
WAITS = ('', 'lock', 'condition', 'event', 'semaphore', 'barrier', 'queue', 'join', 'result', 'sleep', 'io', 'subprocess')
ENGINES = (
    '', 'thread', 'threadPool', 'process', 'processPool', 'multiprocessingPool', 'multiprocessingThreadPool', 'dask', 'polars',
)  # fmt: skip
STATUSES = ('running', 'ok', 'failed', 'cancelled')
RECORD = struct.Struct('<QQQIIIHBB')
CHUNK = 16384


def read_segment(data, segment, strings, records):
    """Adds the strings and records of one file; a record is a dict of its fields, `tid` and `position` added."""
    for base in range(0, len(data), CHUNK):
        at = base
        tid = None
        while at + 40 <= base + CHUNK:
            t0, t1, obj, site, aux, aux2, kind, flags, mark = RECORD.unpack_from(data, at)
            if mark != 0xA5:
                break
            position = (segment << 32) + at
            at += 40
            if kind == 2:
                text = data[at:at + aux].decode('utf-8')
                strings.update(enumerate(text.split('\0') if flags else [text], obj))
                at += 40 * aux2
                continue
            if kind == 1:
                tid = obj
            records.append(
                dict(kind=KINDS[kind], tid=tid, position=position, t0=t0, t1=t1, obj=obj, site=site, aux=aux, aux2=aux2, flags=flags)
            )


class Process:
    """All records of one process, strings looked up, in the order of their begin."""

    def __init__(self, pid, t0):
        self.pid = pid
        self.t0 = t0
        self.strings = {}
        self.records = []

    def text(self, number):
        return self.strings[number] if number else ''

    def of(self, kind):
        return [each for each in self.records if each['kind'] == kind]

    def site(self, record):
        """(base name of the file, line, function), or None."""
        return split_site(self.text(record['site']))

    def fn(self, record, field='aux'):
        return split_site(self.text(record[field]))

    @property
    def info(self):
        import json

        (process,) = self.of('process')
        return json.loads(self.text(process['aux']))

    def waits(self, kind=None):
        """(kind, label, line) of each wait."""
        found = []
        for each in self.of('wait'):
            name = WAITS[each['flags']]
            if kind is None or name == kind:
                site = self.site(each)
                found.append((name, self.text(each['aux']), site and site[1]))
        return found

    def tasks(self):
        """(engine, status, function's name, function's line) of each task that ran here."""
        found = []
        for each in self.of('task'):
            file, line, name = self.fn(each)
            found.append((ENGINES[each['flags'] >> 4], STATUSES[each['flags'] & 15], name, line))
        return found

    def notes(self):
        return [(each['flags'], self.text(each['aux'])) for each in self.of('note')]


def split_site(text):
    if not text:
        return None
    file, line, name = text.split('\t')
    return os.path.basename(file), int(line), name


def read_folder(folder):
    """Every process of a run, in the order in which they began to record."""
    processes = {}
    for name in sorted(os.listdir(folder)):
        if name.endswith('.jsonl'):  # what engines tell: not of this format
            continue
        pid, t0, segment, extension = name.split('.')
        assert extension == 'ev', name
        process = processes.setdefault((int(pid), int(t0)), Process(int(pid), int(t0)))
        with open(os.path.join(folder, name), 'rb') as file:
            read_segment(file.read(), int(segment), process.strings, process.records)
    for process in processes.values():
        process.records.sort(key=lambda each: each['t0'])
    return sorted(processes.values(), key=lambda process: process.t0)
