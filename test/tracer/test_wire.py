"""The writer produces the bytes of test/fixtures/wire/, which the TypeScript reader is tested against too."""
import json
import os
import sys
import tempfile
import unittest

import reading
from support import PYTHON_DIR, ROOT

sys.path.insert(0, PYTHON_DIR)
import boot  # noqa: E402

sys.path.remove(PYTHON_DIR)
WIRE_DIR = os.path.join(ROOT, 'test', 'fixtures', 'wire')
NAME = '1000.1000000.0.ev'


def write_records(folder):
    """Writes one record of each kind, with a clock that counts, as process 1000 with threads 1000 and 1001."""
    recorder = boot.load('tracer.recorder')
    wire = boot.load('tracer.wire')
    time = iter(range(1000000, 10**9, 1000))
    saved = recorder.now, recorder.native_id, recorder.state.__dict__.copy()
    recorder.now = lambda: next(time)
    recorder.native_id = lambda: 1000
    try:
        recorder.start(folder)
        recorder.state.pid = 1000
        recorder.state.size = 3 * wire.CHUNK_SIZE
        begin, end, string = recorder.begin, recorder.end, recorder.string
        site = string('/home/me/täst.py\t12\t<module>')
        fn = string('/home/me/täst.py\t3\tdoubler')
        process = begin(wire.PROCESS, 1000, 0, string('{"wire":1,"pid":1000,"startMethod":"main"}'), 999)
        begin(wire.POOL, 0x7F0012345678, site, string('ThreadPoolExecutor'), 4, wire.ENGINE_THREAD_POOL)
        queued = begin(wire.TASK_QUEUED, 0x7F0012345678, site, fn, 0, wire.ENGINE_THREAD_POOL)
        reference = recorder.reference(queued)
        begin(wire.TASK_QUEUED, 5 << 32, site, fn, 2, wire.ENGINE_MP_POOL)
        begin(wire.THREAD_START, 0x7F00AAAA0000, site, string('Thread-1'), fn, wire.THREAD_BY_USER)
        wait = begin(wire.WAIT, 0x7F00BBBB0000, site, string('Lock.acquire'), 1001, wire.LOCK)
        end(wait)
        started = begin(wire.PROCESS_START, 0, site, string('Process-1'), fn, wire.START_METHODS['spawn'] | wire.BY_USER)
        recorder.patch(started[0], started[1], 1234, wire.OFFSET_OBJ)
        end(started)
        begin(wire.NOTE, 0, 0, string('something to know'), 0, wire.NOTE_LEVELS['warning'])
        recorder.record(wire.GC, 1500000, 1600000, 2, 0, 17)
        begin(wire.SUBPROCESS, 1300, site, string('ls -l'))
        operation = begin(wire.OPERATION, 0, site, string('read_csv'))
        recorder.patch(operation[0], operation[1], string('read_csv \u2192 10 \u00d7 4'), wire.OFFSET_AUX, wire.pack_u32)
        end(operation)
        begin(wire.COUNTER, 5 << 32, 0, string('memory kept'), 0, wire.COUNTER_UNITS['bytes'])
        key = recorder.strings(['inc-0', "('sum-1f', 0)", 'nu\0l']) + 1
        dask = begin(wire.TASK, 1002000, key, string('\t0\tsum'), site, wire.ENGINE_DASK)
        recorder.patch(dask[0], dask[1], wire.ENGINE_DASK | wire.OK, wire.OFFSET_FLAGS, wire.pack_u8)
        end(dask)
        layer = string("'sum-2a'")
        part = begin(wire.TASK_PART, 1002000, site, recorder.strings(['\t0\tsum', "'sum-2a'"]), 7, wire.ENGINE_DASK | wire.OK)
        end(part)
        begin(wire.RESULT_SIZE, 4001, layer, 101, 7, 1)
        first_thread = recorder.tls.c
        del recorder.tls.c
        recorder.native_id = lambda: 1001
        thread = begin(wire.THREAD, 0x7F00AAAA0000, 0, string('Thread-1'))
        task = begin(wire.TASK, reference, 0, fn, 1000, wire.ENGINE_THREAD_POOL)
        recorder.patch(task[0], task[1], wire.ENGINE_THREAD_POOL | wire.FAILED, wire.OFFSET_FLAGS, wire.pack_u8)
        end(task)
        end(queued)
        begin(wire.TASK, (5 << 32) + 1, 0, string('/home/me/täst.py\t3\tdoubler ×13'), 1000, wire.ENGINE_MP_POOL)
        begin(wire.IDLE)
        recorder.patch(thread[0], thread[1], wire.OK, wire.OFFSET_FLAGS, wire.pack_u8)
        end(thread)
        recorder.retire_thread()
        recorder.native_id = lambda: 1002  # a later thread goes on in the same chunk
        begin(wire.WAIT, 0, site, string('sleep'), 0, wire.SLEEP)
        recorder.tls.c = first_thread
        end(process)
    finally:
        for name in ('c', 'tid'):
            recorder.tls.__dict__.pop(name, None)
        recorder.now, recorder.native_id = saved[:2]
        recorder.state.__dict__.clear()
        recorder.state.__dict__.update(saved[2])


def written():
    with tempfile.TemporaryDirectory() as folder:
        write_records(folder)
        (name,) = os.listdir(folder)
        with open(os.path.join(folder, name), 'rb') as file:
            return file.read()


def decoded(data):
    strings, records = {}, []
    reading.read_segment(data, 0, strings, records)
    return {'strings': {str(number): text for number, text in strings.items()}, 'records': records}


def update():
    """Writes the fixture anew: `python test/tracer/test_wire.py --update`."""
    data = written()
    with open(os.path.join(WIRE_DIR, NAME), 'wb') as file:
        file.write(data)
    expected = decoded(data)
    expected['about'] = (
        'What a reader finds in %s. Numbers as on the wire (t1 0: still open); strings are told apart from records; '
        'position: segment * 2**32 + offset; tid: of the chunk record that the record follows.' % NAME
    )
    with open(os.path.join(WIRE_DIR, 'expected.json'), 'w', encoding='utf-8') as file:
        json.dump(expected, file, indent=1, ensure_ascii=False, sort_keys=True)
        file.write('\n')


class WireTest(unittest.TestCase):
    maxDiff = None

    def test_writer_produces_the_fixture(self):
        with open(os.path.join(WIRE_DIR, NAME), 'rb') as file:
            self.assertEqual(written(), file.read())

    def test_a_record_packed_in_two_parts_is_the_same(self):
        wire = boot.load('tracer.wire')
        whole, parts = bytearray(wire.RECORD_SIZE), bytearray(wire.RECORD_SIZE)
        wire.pack_record(whole, 0, 1 << 60, 3, 4 << 40, 5, 6, 7, wire.WAIT, wire.RESULT, wire.MARK)
        wire.pack_begun(parts, 0, 1 << 60, 3, wire.rest_of_record(wire.WAIT, 4 << 40, 5, 6, 7, wire.RESULT))
        self.assertEqual(whole, parts)

    def test_reader_finds_what_is_expected(self):
        with open(os.path.join(WIRE_DIR, 'expected.json'), encoding='utf-8') as file:
            expected = json.load(file)
        del expected['about']
        with open(os.path.join(WIRE_DIR, NAME), 'rb') as file:
            found = decoded(file.read())
        self.assertEqual(found, expected)
        kinds = {record['kind'] for record in found['records']}
        self.assertEqual(kinds | {'string', ''}, set(reading.KINDS))

    def test_twins_agree(self):
        """The numbers of tracerWire.ts are those of wire.py."""
        with open(os.path.join(ROOT, 'src', 'protocol', 'tracerWire.ts'), encoding='utf-8') as file:
            source = file.read()

        def names(constant):
            body = source.split('export const %s = [' % constant)[1].split(']')[0]
            return [word.strip().strip("'") for word in body.replace('\n', ' ').split(',') if word.strip()]

        self.assertEqual(tuple(names('recordKinds')), reading.KINDS)
        self.assertEqual(tuple(names('wireWaitKinds')), reading.WAITS)
        self.assertEqual(tuple(names('wireEngines')), reading.ENGINES)
        self.assertEqual(tuple(names('wireTaskStatuses')), reading.STATUSES)
        wire = boot.load('tracer.wire')
        self.assertEqual(wire.START_METHODS, {name: at for at, name in enumerate(names('wireStartMethods')) if name})
        self.assertEqual(wire.COUNTER_UNITS, {name: at for at, name in enumerate(names('wireCounterUnits'))})
        self.assertEqual(wire.NOTE_LEVELS, {name: at for at, name in enumerate(names('wireNoteLevels'))})
        self.assertIn('tracerWireVersion = %d;' % wire.VERSION, source)


if __name__ == '__main__':
    if '--update' in sys.argv:
        update()
    else:
        unittest.main()
