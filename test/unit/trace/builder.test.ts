import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TraceBuilder } from '../../../src/trace/builder.ts';
import { threadStates } from '../../../src/trace/model.ts';
import { TraceReader } from '../../../src/trace/reader.ts';

function builderWithThread(): { builder: TraceBuilder; thread: number } {
  const builder = new TraceBuilder({ title: 't', startedAtMs: 0, cpuCount: 1 });
  return { builder, thread: builder.addThread({ process: 0, tid: 1, name: 'T', kind: 'python', startNs: 0 }) };
}

const nowhere = { file: 0, line: 0, submitFile: 0, submitLine: 0 };

test('equal states that touch are one; time that was told already stays as it was', () => {
  const { builder, thread } = builderWithThread();
  builder.addState(thread, 0, 10, 0);
  builder.addState(thread, 10, 20, 0);
  builder.addState(thread, 15, 30, 1);
  builder.addState(thread, 25, 28, 2);
  const states = builder.finish(30).threads[0]?.states;
  assert.deepEqual([...(states?.start ?? [])], [0, 20]);
  assert.deepEqual([...(states?.end ?? [])], [20, 30]);
});

test('spans that are told late take their place, and handles still find theirs', () => {
  const { builder, thread } = builderWithThread();
  const open = (startNs: number, kind: 'lock' | 'gc' | 'sleep') =>
    builder.openSpan(thread, { startNs, kind, name: 0, ...nowhere });
  const outer = open(10, 'lock');
  const late = open(40, 'sleep');
  const inner = open(20, 'gc');
  builder.closeSpan(inner, 30);
  builder.closeSpan(late, 50);
  builder.closeSpan(outer, 60);
  const spans = builder.finish(100).threads[0]?.spans;
  assert.deepEqual([...(spans?.start ?? [])], [10, 20, 40]);
  assert.deepEqual([...(spans?.end ?? [])], [60, 30, 50]);
  assert.deepEqual([...(spans?.depth ?? [])], [0, 1, 1]);
});

test('spans of an engine that cross take turns in as few depths as they need', () => {
  const { builder } = builderWithThread();
  const thread = builder.addThread({ process: 0, tid: 0, name: 'core 1', kind: 'engine', startNs: 0 });
  for (const startNs of [0, 9, 18, 27, 36, 50]) {
    const compute = builder.openSpan(thread, { startNs, kind: 'compute', name: 0, ...nowhere });
    builder.closeSpan(compute, startNs + 10);
    const collecting = builder.openSpan(thread, { startNs: startNs + 2, kind: 'gc', name: 0, ...nowhere });
    builder.closeSpan(collecting, startNs + 4);
  }
  const depths = [...(builder.finish(100).threads[thread]?.spans.depth ?? [])];
  assert.deepEqual(depths, [0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 0, 1]);
});

test('tasks are sorted by submission, and numbers given out before still name the same task', () => {
  const { builder } = builderWithThread();
  const task = (submitNs: number, name: string) =>
    builder.addTask({ submitNs, engine: 'thread', status: 'pending', name: builder.intern(name), ...nowhere });
  const second = task(20, 'second');
  const first = task(10, 'first');
  builder.updateTask(second, { status: 'ok', startNs: 21, endNs: 22 });
  builder.updateTask(first, { status: 'failed', startNs: 11, endNs: 12 });
  for (const trace of [builder.snapshot(30), builder.finish(30)]) {
    const rows = new TraceReader(trace, []).getTasks({ offset: 0, limit: 10, sort: 'submit', descending: false }).tasks;
    assert.deepEqual(
      rows.map(row => [row.name, row.status, row.startNs]),
      [
        ['first', 'failed', 11],
        ['second', 'ok', 21],
      ],
    );
  }
});

test('a finished trace does not change with its builder', () => {
  const { builder, thread } = builderWithThread();
  builder.addState(thread, 0, 10, 0);
  const task = builder.addTask({ submitNs: 0, engine: 'thread', status: 'pending', name: 0, ...nowhere });
  const trace = builder.finish(10);
  const before = structuredClone(trace);
  builder.addState(thread, 10, 20, 0);
  builder.updateTask(task, { status: 'ok' });
  builder.intern('later');
  builder.addWarning('later');
  builder.snapshot(30);
  assert.deepEqual(trace, before);
});

test('an unchanged thread is the same object in the next snapshot', () => {
  const { builder, thread } = builderWithThread();
  builder.addState(thread, 0, 10, 0);
  const before = builder.snapshot(10).threads[0];
  assert.equal(builder.snapshot(20).threads[0], before);
  builder.updateThread(thread, { name: 'renamed' });
  assert.equal(builder.snapshot(30).threads[0]?.name, 'renamed');
  builder.addState(thread, 10, 20, 1);
  assert.equal(builder.snapshot(40).threads[0]?.states.length, 2);
});

test('live windows, each after the one before, end where the finished trace is', () => {
  const { builder, thread } = builderWithThread();
  const window = { threads: [0], startNs: 0, endNs: 1e6, bucketNs: 1e5 };
  const open = (startNs: number, kind: 'gc' | 'processStart') =>
    builder.openSpan(thread, { startNs, kind, name: 0, ...nowhere });
  let pending: { span: number; endNs: number }[] = [];
  for (let i = 0; i < 5000; i++) {
    const at = i * 200;
    builder.addState(thread, at, at + 200, i % 3);
    const length = i % 97 === 0 ? 199 : 100 + (i % 13);
    // The long ones are of another kind: it shows which entry stands for the others.
    pending.push({ span: open(at, length === 199 ? 'processStart' : 'gc'), endNs: at + length });
    if (i % 7 === 0) pending.push({ span: open(at + 10, 'processStart'), endNs: at + 50 + (i % 11) });
    if (i % 64 === 63) new TraceReader(builder.snapshot(at + 200), []).getWindow(window);
    for (const { span, endNs } of pending) builder.closeSpan(span, endNs);
    pending = [];
  }
  const live = new TraceReader(builder.snapshot(1e6), []).getWindow(window);
  assert.deepEqual(live, new TraceReader(builder.finish(1e6), []).getWindow(window));
});

test('what waits on a futex in a library’s own thread has nothing to do; in Python, and in a program’s main thread, it waits for a lock', () => {
  const builder = new TraceBuilder({ title: 'native', startedAtMs: 0, cpuCount: 2 });
  const process = builder.addProcess({
    ...{ pid: 7, parentPid: null, name: 'main', startMethod: 'main', python: '3.13.0', gilEnabled: true },
    ...{ startNs: 0, endNs: 100, exit: 'exit 0', note: '' },
  });
  const lockWait = threadStates.indexOf('lockWait');
  const kinds = [
    [7, 'native'],
    [8, 'native'],
    [9, 'python'],
    [10, 'jvm'],
  ] as const;
  for (const [tid, kind] of kinds) {
    const thread = builder.addThread({ process, tid, name: String(tid), kind, startNs: 0 });
    builder.addState(thread, 0, 100, lockWait);
  }
  const states = builder.finish(100).threads.map(({ states }) => threadStates[states.state[0] ?? 0]);
  assert.deepEqual(states, ['lockWait', 'idle', 'lockWait', 'idle']);
});
