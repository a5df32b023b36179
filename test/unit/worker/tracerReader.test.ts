import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { TraceBuilder } from '../../../src/trace/builder.ts';
import { spanKinds, type Trace, taskEngines, taskStatuses } from '../../../src/trace/model.ts';
import { TracerReader } from '../../../src/worker/tracerReader.ts';
import { WireWriter } from './wireWriter.ts';

/** The run's time zero on the tracer's clock: beyond 2³², so that both halves matter. */
const zero = 7 * 2 ** 32 + 12345;
const ms = 1e6;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tracer-reader-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function at(milliseconds: number): number {
  return zero + milliseconds * ms;
}

function open(): { builder: TraceBuilder; reader: TracerReader } {
  const builder = new TraceBuilder({ title: 't', startedAtMs: 0, cpuCount: 2 });
  return { builder, reader: new TracerReader({ traceDir: folder, builder, clockZeroNs: BigInt(zero) }) };
}

/** A process with its main thread's chunk. */
function startProcess(
  pid: number,
  from: number,
  info: object = {},
): { wire: WireWriter; main: number; record: number } {
  const wire = new WireWriter(folder, pid, at(from));
  const main = wire.chunk(pid, at(from));
  const text = wire.string(main, JSON.stringify({ name: 'main', startMethod: 'main', python: '3.12.1', ...info }));
  const record = wire.put(main, 'process', { t0: at(from), obj: BigInt(pid), aux: text, aux2: 1 });
  wire.flush();
  return { wire, main, record };
}

function tasksOf(trace: Trace) {
  const { tasks, strings } = trace;
  return Array.from({ length: tasks.length }, (_, i) => ({
    name: strings[tasks.name[i] ?? 0],
    engine: taskEngines[tasks.engine[i] ?? 0],
    status: taskStatuses[tasks.status[i] ?? 0],
    submit: (tasks.submit[i] ?? 0) / ms,
    start: (tasks.start[i] ?? 0) / ms,
    end: (tasks.end[i] ?? 0) / ms,
    tid: trace.threads[tasks.thread[i] ?? -1]?.tid ?? null,
    submitTid: trace.threads[tasks.submitThread[i] ?? -1]?.tid ?? null,
    pool: trace.pools[tasks.pool[i] ?? -1]?.name ?? null,
    line: tasks.line[i],
    submitLine: tasks.submitLine[i],
  }));
}

test('a process, a thread and its waits, while they happen', () => {
  const { wire, main, record } = startProcess(100, 1, { pyRuntime: '0x7f00beef', gilEnabled: true });
  const { builder, reader } = open();
  const first = reader.poll();
  assert.equal(first.changed, true);
  assert.deepEqual(first.processes, [
    { pid: 100, parentPid: null, pyRuntime: 0x7f00beefn, startNs: 1 * ms, exitNs: null },
  ]);
  assert.equal(reader.poll().changed, false);

  const thread = wire.chunk(101, at(5));
  const run = wire.put(thread, 'thread', { t0: at(5), obj: 77n, aux: wire.string(thread, 'reader-1') });
  const site = wire.string(thread, '/code/a.py\t12\tread');
  const label = wire.string(thread, 'Queue.get');
  const wait = wire.put(thread, 'wait', { t0: at(6), obj: 9n, site, aux: label, aux2: 100, flags: 6 });
  wire.flush();
  assert.equal(reader.poll().changed, true);
  const live = builder.snapshot(8 * ms).threads.find(each => each.tid === 101);
  assert.equal(live?.name, 'reader-1');
  assert.equal(live?.spans.length, 1);
  assert.ok(Number.isNaN(live?.spans.end[0]));

  wire.patch(wait, { t1: at(9) });
  wire.patch(run, { t1: at(10), flags: 1 });
  wire.patch(record, { t1: at(20) });
  wire.flush();
  assert.equal(reader.poll().changed, true);
  wire.put(main, 'gc', { t0: at(15), t1: at(16), obj: 2n });
  wire.flush();
  reader.finish(25 * ms);

  const trace = builder.finish(25 * ms);
  const ended = trace.threads.find(each => each.tid === 101);
  assert.equal(ended?.endNs, 10 * ms);
  assert.equal(ended?.spans.end[0], 9 * ms);
  assert.equal(spanKinds[ended?.spans.kind[0] ?? -1], 'queue');
  assert.equal(trace.strings[ended?.spans.name[0] ?? 0], 'Queue.get');
  assert.equal(trace.strings[ended?.spans.file[0] ?? 0], '/code/a.py');
  assert.equal(ended?.spans.line[0], 12);
  assert.equal(ended?.spans.holderTid[0], 100);
  const [process] = trace.processes;
  assert.equal(process?.python, '3.12.1');
  assert.equal(process?.startMethod, 'main');
  assert.equal(process?.endNs, 20 * ms);
  assert.equal(trace.threads.find(each => each.tid === 100)?.spans.length, 1);
  assert.deepEqual(trace.meta.quality.warnings, []);
});

test('what comes after a look that ran out of time is there in the end', () => {
  const { wire, main } = startProcess(100, 1);
  wire.put(wire.chunk(101, at(2)), 'thread', { t0: at(2), obj: 77n, aux: 0 });
  wire.flush();
  const { builder, reader } = open();
  reader.poll(Number.POSITIVE_INFINITY);
  assert.equal(reader.poll(-1).isComplete, false);
  wire.put(main, 'gc', { t0: at(15), t1: at(16), obj: 2n });
  wire.flush();
  reader.finish(25 * ms);
  assert.equal(builder.finish(25 * ms).threads.find(each => each.tid === 100)?.spans.length, 1);
});

test('a pool’s tasks: queued, run, failed, never started, lost', () => {
  const { wire, main } = startProcess(100, 0);
  const fn = wire.string(main, '/code/a.py\t3\twork');
  const site = wire.string(main, '/code/a.py\t9\t<module>');
  const pool = { t0: at(1), obj: 0x5000n, site, aux: wire.string(main, 'ThreadPoolExecutor'), aux2: 2, flags: 2 << 4 };
  wire.put(main, 'pool', pool);
  const queued = [1, 2, 3, 4].map(t =>
    wire.put(main, 'taskQueued', { t0: at(t), obj: 0x5000n, site, aux: fn, flags: 2 << 4 }),
  );
  const worker = wire.chunk(101, at(4));
  const runs = queued
    .slice(0, 3)
    .map((position, i) =>
      wire.put(worker, 'task', { t0: at(10 + i), obj: BigInt(position), aux: fn, aux2: 100, flags: 2 << 4 }),
    );
  wire.patch(runs[0] ?? 0, { t1: at(11), flags: (2 << 4) | 1 });
  wire.patch(runs[1] ?? 0, { t1: at(12), flags: (2 << 4) | 2 });
  wire.flush();
  const { builder, reader } = open();
  reader.poll();
  assert.deepEqual(
    tasksOf(builder.snapshot(13 * ms)).map(task => task.status),
    ['ok', 'failed', 'running', 'pending'],
  );
  reader.finish(50 * ms);
  const tasks = tasksOf(builder.finish(50 * ms));
  assert.deepEqual(tasks[0], {
    name: 'work',
    engine: 'threadPool',
    status: 'ok',
    submit: 1,
    start: 10,
    end: 11,
    tid: 101,
    submitTid: 100,
    pool: 'ThreadPoolExecutor',
    line: 3,
    submitLine: 9,
  });
  assert.deepEqual(
    tasks.map(task => task.status),
    ['ok', 'failed', 'lost', 'pending'],
  );
  assert.equal(tasks[2]?.end, 50);
  assert.ok(Number.isNaN(tasks[3]?.start));
});

for (const [end, status] of [
  ['by itself', 'cancelled'],
  ['by a signal', 'lost'],
] as const) {
  test(`a thread that still runs when its process ends ${end} is ${status}`, () => {
    const { wire, main, record } = startProcess(100, 0);
    const about = { aux: wire.string(main, 'server'), aux2: wire.string(main, '/code/a.py\t3\tserve') };
    wire.put(main, 'threadStart', { t0: at(1), obj: 77n, ...about, flags: 1 });
    const thread = wire.chunk(101, at(2));
    wire.put(thread, 'thread', { t0: at(2), obj: 77n, aux: wire.string(thread, 'server') });
    if (end === 'by itself') wire.patch(record, { t1: at(20) });
    wire.flush();
    const { builder, reader } = open();
    reader.finish(25 * ms);
    assert.deepEqual(
      tasksOf(builder.finish(25 * ms)).map(task => [task.name, task.status]),
      [['serve', status]],
    );
  });
}

test('a task of another process is matched whichever of the two is read first', () => {
  const position = 3 * 2 ** 32 + 16424;
  const child = startProcess(200, 5, { name: 'worker', startMethod: 'fork', parentPid: 100 });
  const fn = child.wire.string(child.main, '/code/a.py\t3\twork');
  const task = { t0: at(6), t1: at(8), obj: BigInt(position), aux: fn, aux2: 100, flags: (4 << 4) | 1 };
  child.wire.put(child.main, 'task', task);
  child.wire.flush();
  const { builder, reader } = open();
  reader.poll();
  assert.equal(tasksOf(builder.snapshot(9 * ms)).length, 0);

  const parent = startProcess(100, 0);
  writeFileSync(join(folder, `100.${at(0)}.3.ev`), segmentWithTaskAt(parent.wire, 16424, 4 << 4));
  reader.poll();
  reader.finish(20 * ms);
  const tasks = tasksOf(builder.finish(20 * ms));
  assert.equal(tasks.length, 1);
  assert.deepEqual([tasks[0]?.status, tasks[0]?.submit, tasks[0]?.tid], ['ok', 2, 200]);
});

/** A segment whose second chunk (of thread 100) holds a taskQueued right behind its head. */
function segmentWithTaskAt(parent: WireWriter, offset: number, flags: number): Buffer {
  const elsewhere = new WireWriter(folder, 999, at(0));
  elsewhere.chunk(100, at(1));
  const chunk = elsewhere.chunk(100, at(1));
  assert.equal(elsewhere.put(chunk, 'taskQueued', { t0: at(2), obj: 1n, aux: 0, flags }), offset);
  assert.ok(parent);
  return elsewhere.bytes;
}

test('jobs of multiprocessing.Pool are one task per chunk', () => {
  const { wire, main } = startProcess(100, 0);
  const fn = wire.string(main, '/code/a.py\t3\tdouble');
  wire.put(main, 'pool', { t0: at(1), obj: 1n, aux: wire.string(main, 'Pool'), aux2: 2, flags: 5 << 4 });
  wire.put(main, 'taskQueued', { t0: at(2), obj: 4n << 32n, aux: fn, aux2: 3, flags: 5 << 4 });
  wire.flush();
  const child = startProcess(200, 1, { startMethod: 'fork', parentPid: 100 });
  const own = child.wire.string(child.main, '/code/a.py\t3\tdouble ×13');
  for (const chunk of [0n, 2n]) {
    const obj = (4n << 32n) | chunk;
    child.wire.put(child.main, 'task', { t0: at(3), t1: at(4), obj, aux: own, aux2: 100, flags: (5 << 4) | 1 });
  }
  child.wire.flush();
  const { builder, reader } = open();
  reader.finish(9 * ms);
  const tasks = tasksOf(builder.finish(9 * ms));
  assert.deepEqual(
    tasks.map(({ name, status, pool }) => [name, status, pool]),
    [
      ['double ×13', 'ok', 'Pool'],
      ['double', 'pending', 'Pool'],
      ['double ×13', 'ok', 'Pool'],
    ],
  );
});

test('threads and processes that user code starts are tasks, others are not', () => {
  const { wire, main } = startProcess(100, 0);
  const fn = wire.string(main, '/code/a.py\t3\twork');
  const name = wire.string(main, 'Thread-1');
  wire.put(main, 'threadStart', { t0: at(1), t1: at(2), obj: 50n, aux: name, aux2: fn, flags: 1 });
  wire.put(main, 'threadStart', { t0: at(1), t1: at(2), obj: 60n, aux: name, aux2: fn, flags: 0 });
  const start = wire.put(main, 'processStart', {
    t0: at(3),
    aux: wire.string(main, 'Process-1'),
    aux2: fn,
    flags: 0x81,
  });
  for (const [tid, obj] of [
    [101, 50n],
    [102, 60n],
  ] as const) {
    wire.put(wire.chunk(tid, at(2)), 'thread', { t0: at(2), t1: at(7), obj, aux: name, flags: 1 });
  }
  wire.flush();
  const { builder, reader } = open();
  reader.poll();
  wire.patch(start, { t1: at(4), obj: 200n });
  wire.flush();
  const child = startProcess(200, 4, { startMethod: 'fork', parentPid: 100, name: 'Process-1' });
  child.wire.put(child.main, 'task', { t0: at(5), t1: at(6), aux2: 100, aux: 0, flags: (3 << 4) | 1 });
  child.wire.flush();
  reader.finish(9 * ms);
  const trace = builder.finish(9 * ms);
  assert.deepEqual(
    tasksOf(trace).map(task => [task.engine, task.status, task.name, task.submit, task.start, task.end, task.tid]),
    [
      ['thread', 'ok', 'work', 1, 2, 7, 101],
      ['process', 'ok', 'work', 3, 5, 6, 200],
    ],
  );
  assert.deepEqual(
    trace.processes.map(process => [process.pid, process.parentPid, process.startMethod, process.name]),
    [
      [100, null, 'main', 'main'],
      [200, 100, 'fork', 'Process-1'],
    ],
  );
});

test('a thread that ends hands its chunk on; the same thread id later is another thread', () => {
  const { wire } = startProcess(100, 0);
  const chunk = wire.chunk(101, at(1));
  const name = (text: string) => wire.string(chunk, text);
  wire.put(chunk, 'thread', { t0: at(1), t1: at(2), obj: 1n, aux: name('first'), flags: 1 });
  wire.put(chunk, 'chunk', { t0: at(3), obj: 102n, aux: 100 });
  wire.put(chunk, 'thread', { t0: at(3), t1: at(4), obj: 2n, aux: name('second'), flags: 1 });
  wire.put(chunk, 'chunk', { t0: at(5), obj: 101n, aux: 100 });
  wire.put(chunk, 'thread', { t0: at(5), t1: at(6), obj: 3n, aux: name('third'), flags: 1 });
  wire.flush();
  const { builder, reader } = open();
  reader.finish(9 * ms);
  assert.deepEqual(
    builder
      .finish(9 * ms)
      .threads.map(thread => [thread.tid, thread.name, thread.startNs / ms, (thread.endNs ?? 0) / ms]),
    [
      [100, 'MainThread', 0, 0],
      [101, 'first', 1, 2],
      [102, 'second', 3, 4],
      [101, 'third', 5, 6],
    ],
  );
});

test('strings told in a chunk that is read later are found; ones never told read as empty', () => {
  const { wire, main } = startProcess(100, 0);
  const later = wire.chunk(101, at(1));
  wire.put(main, 'wait', { t0: at(2), t1: at(3), aux: wire.string(later, 'Lock.acquire'), flags: 1 });
  wire.put(main, 'wait', { t0: at(4), t1: at(5), aux: 999, flags: 9 });
  wire.flush();
  const { builder, reader } = open();
  reader.poll();
  assert.equal(builder.snapshot(9 * ms).threads.find(each => each.tid === 100)?.spans.length, 1);
  for (let i = 0; i < 4; i++) reader.poll();
  const { threads, strings } = builder.snapshot(9 * ms);
  const spans = threads.find(each => each.tid === 100)?.spans;
  assert.deepEqual(
    [...(spans?.name.subarray(0, 2) ?? [])].map(name => strings[name]),
    ['Lock.acquire', ''],
  );
});

test('damage is one warning and loses only itself', () => {
  const { wire, main } = startProcess(100, 0);
  const bad = wire.put(main, 'wait', { t0: at(2), flags: 9 });
  wire.bytes.writeUInt16LE(4711, bad + 36);
  wire.put(main, 'wait', { t0: 5, t1: 6, flags: 9 });
  wire.put(main, 'wait', { t0: at(4), t1: 3, flags: 9 });
  wire.put(main, 'wait', { t0: at(5), t1: at(6), flags: 250 });
  const other = wire.chunk(101, at(1));
  wire.put(other, 'string', { t0: at(1), obj: 5n, aux: 1e6, aux2: 1 });
  wire.flush();
  for (let i = 0; i < 50; i++) {
    const noise = Buffer.from(Array.from({ length: 40000 }, (_, n) => (n * 7919 * (i + 1) + (n >> 3)) & 255));
    for (let n = 39; n < noise.length; n += 40) noise[n] = 0xa5;
    writeFileSync(join(folder, `${300 + i}.${at(0)}.0.ev`), noise);
  }
  writeFileSync(join(folder, 'notes.txt'), 'not ours');
  const { builder, reader } = open();
  reader.poll();
  reader.finish(9 * ms);
  const trace = builder.finish(9 * ms);
  assert.equal(trace.meta.quality.warnings.length, 1);
  assert.equal(trace.threads.find(each => each.tid === 100)?.spans.length, 2);
});

test('a missing folder, and notes of every level', () => {
  const { wire, main } = startProcess(100, 0);
  for (const [level, text] of ['stopped early', 'careful', 'it broke'].entries()) {
    wire.put(main, 'note', { t0: at(1), aux: wire.string(main, text), flags: level });
  }
  wire.flush();
  const { builder, reader } = open();
  reader.poll();
  assert.equal(builder.snapshot(ms).processes[0]?.note, 'stopped early');
  assert.deepEqual(builder.snapshot(ms).meta.quality.warnings, [
    'careful',
    'The tracer switched itself off in process 100: it broke',
  ]);
  const nowhere = new TracerReader({ traceDir: join(folder, 'none'), builder, clockZeroNs: 0n });
  assert.equal(nowhere.poll().changed, false);
  nowhere.finish(1);
});

test('much at once is read in portions', () => {
  const { wire, main } = startProcess(100, 0);
  let count = 0;
  const site = wire.string(main, '/code/a.py\t1\tf');
  for (let c = 0; c < 7; c++) {
    const chunk = wire.chunk(101 + c, at(1));
    for (; count % 400 !== 399; count++)
      wire.put(chunk, 'wait', { t0: at(2) + count, t1: at(3) + count, site, flags: 9 });
    count++;
  }
  wire.flush();
  const { builder, reader } = open();
  let polls = 1;
  while (!reader.poll(0).isComplete) polls++;
  assert.ok(polls > 1, `${polls}`);
  const spans = builder.snapshot(9 * ms).threads.reduce((sum, thread) => sum + thread.spans.length, 0);
  assert.equal(spans, 7 * 399);
});
