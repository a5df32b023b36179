import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { TraceBuilder } from '../../../../src/trace/builder.ts';
import { EngineSink } from '../../../../src/trace/engineSink.ts';
import { summarizeTrace } from '../../../../src/trace/export/summary.ts';
import { EngineLines } from '../../../../src/worker/engines/engineLines.ts';
import { ThreadIndex } from '../../../../src/worker/threadStates/threadIndex.ts';

const zero = 1_000_000_000;
let folder = '';
let file = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'engine-lines-'));
  file = join(folder, `41.${zero}.engine.jsonl`);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A run with one process, 41, whose thread 41 is known. */
function reader() {
  const builder = new TraceBuilder({ title: 'lines', startedAtMs: 0, cpuCount: 2 });
  const index = new ThreadIndex(builder);
  const about = { pid: 41, parentPid: null, name: 'Python', startMethod: 'main' as const, python: '3.13.0' };
  const root = index.addProcess({ ...about, gilEnabled: true, startNs: 0, endNs: null, exit: null, note: '' }, true);
  index.addThread(root, 41, 'MainThread', 'python', 0, true);
  const sink = new EngineSink({ builder, index });
  const onConnect = () => undefined;
  const lines = new EngineLines({ traceDir: folder, clockZeroNs: BigInt(zero), builder, index, sink, onConnect });
  return { builder, lines };
}

const line = (event: object) => `${JSON.stringify(event)}\n`;
const worker = {
  kind: 'process',
  id: 'tcp://w:1',
  engine: 'dask',
  name: 'worker w',
  pid: 7,
  host: 'w',
  atNs: zero + 10,
};
const track = { kind: 'track', id: 'w/1', process: 'tcp://w:1', name: 'worker w, thread 1', atNs: zero + 10 };
const task = {
  id: 'sum-1',
  name: 'sum',
  key: 'sum-1',
  track: 'w/1',
  submitNs: zero + 20,
  startNs: zero + 30,
  endNs: null,
};

test('what an engine tells of other machines becomes tracks, tasks, links, counters and marks', () => {
  const { builder, lines } = reader();
  writeFileSync(file, line(worker) + line(track));
  appendFileSync(
    file,
    line({
      kind: 'links',
      engine: 'dask',
      edges: [
        ['sum-1', 'max-1'],
        ['sum-1', 'never-1'],
      ],
    }),
  );
  appendFileSync(file, line({ kind: 'tasks', engine: 'dask', rows: [{ ...task, status: 'running' }] }));
  assert.equal(lines.poll(), true);
  assert.equal(lines.poll(), false);
  const done = { ...task, endNs: zero + 50, status: 'ok', bytes: 800 };
  const other = { ...task, id: 'max-1', key: 'max-1', name: 'max', status: 'pending', startNs: null };
  appendFileSync(file, line({ kind: 'tasks', engine: 'dask', rows: [done, other] }));
  appendFileSync(
    file,
    line({ kind: 'span', track: 'w/1', span: 'transfer', name: 'transfer', startNs: zero + 22, endNs: zero + 28 }),
  );
  const memory = { kind: 'counter', process: 'tcp://w:1', name: 'managed memory', unit: 'bytes', limit: 1000 };
  appendFileSync(
    file,
    line({ ...memory, atNs: zero + 30, value: 400 }) + line({ ...memory, atNs: zero + 40, value: 300 }),
  );
  appendFileSync(
    file,
    line({
      kind: 'mark',
      process: 'tcp://w:1',
      level: 'error',
      name: 'worker lost',
      atNs: zero + 60,
      text: 'It is gone.',
    }),
  );
  appendFileSync(
    file,
    line({ kind: 'fact', engine: 'dask', name: 'chunksize', file: 'a.py', line: 3, atNs: zero, values: { size: 6 } }),
  );
  lines.finish();
  const trace = builder.finish(100);
  const summary = summarizeTrace(trace);
  assert.equal(trace.meta.engine, 'dask');
  const { name, host, startMethod, pid } = summary.processes[1] ?? {};
  assert.deepEqual({ name, host, startMethod, pid }, { name: 'worker w', host: 'w', startMethod: 'engine', pid: 7 });
  assert.equal(summary.threads[1]?.kind, 'engine');
  assert.deepEqual(
    summary.tasks.map(({ name, key, status, startMs, endMs, bytes }) => [name, key, status, startMs, endMs, bytes]),
    [
      ['sum', 'sum-1', 'ok', 0, 0, 800],
      ['max', 'max-1', 'pending', null, null, null],
    ],
  );
  assert.deepEqual(summary.links, [{ from: 0, to: 1 }]);
  assert.deepEqual(
    summary.spans.map(({ kind }) => kind),
    ['transfer'],
  );
  const [counter] = summary.counters;
  assert.deepEqual([counter?.process, counter?.limit, counter?.max, counter?.last], ['worker w', 1000, 400, 300]);
  assert.deepEqual(
    summary.marks.map(({ level, name, process }) => [level, name, process]),
    [['error', 'worker lost', 'worker w']],
  );
  assert.deepEqual(summary.facts[0]?.values, { size: 6 });
  assert.deepEqual(trace.meta.quality.warnings, []);
});

test('a worker of this run is that process, its thread that thread; a line in two parts is read whole', () => {
  const { builder, lines } = reader();
  const text = line({ ...worker, pid: 41, host: null }) + line({ ...track, tid: 41 });
  writeFileSync(file, text.slice(0, 70));
  lines.poll();
  appendFileSync(file, text.slice(70));
  lines.finish();
  const trace = builder.finish(100);
  assert.equal(trace.processes.length, 1);
  assert.equal(trace.threads.length, 1);
  assert.equal(trace.threads[0]?.name, 'worker w, thread 1');
});

test('what makes no sense is left out, with one warning', () => {
  const { builder, lines } = reader();
  writeFileSync(file, `nonsense\n${line({ kind: 'process', id: 3 })}${line({ kind: 'plan', id: 'p' })}[1]\n{"kind":`);
  lines.finish();
  const trace = builder.finish(100);
  assert.equal(trace.processes.length, 1);
  assert.deepEqual(trace.meta.quality.warnings, [
    'Some of what an engine told of its work could not be understood and was left out.',
    'A process ended while its engine was telling of its work.',
  ]);
});

test('what is told of a process and its track before they are known waits for them', () => {
  const { builder, lines } = reader();
  const memory = {
    kind: 'counter',
    process: 'tcp://w:1',
    name: 'managed memory',
    unit: 'bytes',
    atNs: zero + 30,
    value: 4,
  };
  const span = { kind: 'span', track: 'w/1', span: 'transfer', name: 'transfer', startNs: zero + 22, endNs: zero + 28 };
  const mark = { kind: 'mark', process: 'tcp://w:1', level: 'info', name: 'paused', atNs: zero + 60, text: 'Paused.' };
  const onBehalf = [worker, track].map(event => ({ ...event, pid: null, ifUnknown: true }));
  const early = [
    ...onBehalf,
    { kind: 'tasks', engine: 'dask', rows: [{ ...task, status: 'running' }] },
    memory,
    span,
    mark,
  ];
  writeFileSync(file, early.map(line).join(''));
  lines.poll();
  assert.equal(summarizeTrace(builder.snapshot(100)).tasks[0]?.tid ?? null, null);
  // The worker itself, whose file is read after ours.
  appendFileSync(file, line({ ...track, tid: 41 }) + line({ ...worker, pid: 41, host: null }));
  lines.finish();
  const trace = builder.finish(100);
  const summary = summarizeTrace(trace);
  assert.equal(trace.processes.length, 1);
  assert.equal(trace.threads.length, 1);
  assert.equal(summary.tasks[0]?.tid, 41);
  assert.deepEqual([summary.spans.length, summary.counters.length], [1, 1]);
  assert.equal(summary.marks[0]?.process, 'worker w');
});

test('what is told on behalf of others counts at the end when they never told of themselves', () => {
  const { builder, lines } = reader();
  const onBehalf = [worker, track, { ...worker, endNs: zero + 70, exit: 'lost' }].map(event => ({
    ...event,
    ifUnknown: true,
  }));
  const mark = { kind: 'mark', process: 'nobody', level: 'info', name: 'odd', atNs: zero + 60, text: 'Who?' };
  const tasks = { kind: 'tasks', engine: 'dask', rows: [{ ...task, status: 'ok', endNs: zero + 40 }] };
  writeFileSync(file, [...onBehalf, tasks, mark].map(line).join(''));
  lines.finish();
  const trace = builder.finish(100);
  const summary = summarizeTrace(trace);
  assert.deepEqual(
    trace.processes.slice(1).map(({ name, startMethod, exit, endNs }) => [name, startMethod, exit, endNs]),
    [['worker w', 'engine', 'lost', 70]],
  );
  assert.equal(summary.tasks[0]?.tid, trace.threads[1]?.tid);
  assert.deepEqual(
    summary.marks.map(({ name, process }) => [name, process]),
    [['odd', null]],
  );
});
