import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TraceBuilder } from '../../../src/trace/builder.ts';
import { decodeTrace, encodeTrace } from '../../../src/trace/file.ts';
import { spanKinds, type Trace, taskEngines, taskStatuses } from '../../../src/trace/model.ts';
import { randomFrom } from './random.ts';

function pick<T>(random: () => number, from: readonly T[]): T {
  const value = from[Math.floor(random() * from.length)];
  if (value === undefined) throw new Error('Nothing to pick from');
  return value;
}

/** Anything that a builder can make: some threads without states, open spans, tasks that never started. */
export function randomTrace(seed: number): Trace {
  const random = randomFrom(seed);
  const time = () => Math.floor(random() * 1e9);
  const builder = new TraceBuilder({ title: 'sélection «1»', startedAtMs: 1.7e12, cpuCount: 4 });
  builder.setQuality({ stateSource: 'linux-proc', samplingHz: 400 });
  builder.addWarning('Late');
  builder.addWarning('Late');
  builder.addProcess({
    ...{ pid: 7, parentPid: null, name: 'MainProcess', startMethod: 'main', python: '3.12.1', gilEnabled: true },
    ...{ startNs: 0, endNs: 2e9, exit: 'exit 0', note: '' },
  });
  builder.addPool({
    engine: 'threadPool',
    name: 'ThreadPoolExecutor',
    pid: 7,
    size: null,
    createdNs: 5,
    file: null,
    line: null,
  });
  const threads = Math.floor(random() * 5);
  for (let i = 0; i < threads; i++) {
    const thread = builder.addThread({ process: 0, tid: 100 + i, name: `T-${i}`, kind: 'python', startNs: 0 });
    if (random() < 0.5) builder.updateThread(thread, { endNs: 2e9, cpuNs: time(), runnableNs: 0 });
    let at = 0;
    for (let k = 0; k < random() * 50; k++) {
      const end = at + random() * 1e7;
      if (random() < 0.9) builder.addState(thread, at, end, Math.floor(random() * 8));
      at = end;
    }
    for (let k = 0; k < random() * 50; k++) {
      const startNs = time();
      const name = builder.intern(pick(random, ['Queue.get', 'sleep', '']));
      const span = builder.openSpan(thread, { startNs, kind: pick(random, spanKinds), name, file: 0, line: k });
      if (random() < 0.8) builder.closeSpan(span, startNs + random() * 1e8);
    }
  }
  for (let k = 0; k < random() * 30; k++) {
    const task = builder.addTask({
      ...{ submitNs: time(), engine: pick(random, taskEngines), status: pick(random, taskStatuses) },
      ...{ name: builder.intern(`f ×${k}`), file: 0, line: 1, submitFile: 0, submitLine: 2 },
    });
    if (random() < 0.7) builder.updateTask(task, { startNs: time(), thread: Math.floor(random() * 5) - 1 });
  }
  return builder.finish(2e9);
}

test('a trace survives its file unchanged', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const trace = randomTrace(seed);
    const read = decodeTrace(encodeTrace(trace));
    assert.ok(read.ok);
    assert.deepEqual(read.value, trace);
  }
});

test('columns are read in place, without a copy', () => {
  const bytes = encodeTrace(randomTrace(4));
  const read = decodeTrace(bytes);
  assert.ok(read.ok);
  assert.equal(read.value.tasks.submit.buffer, bytes);
});

test('a file that is cut anywhere fails with a sentence', () => {
  const bytes = encodeTrace(randomTrace(4));
  for (let size = 0; size < bytes.byteLength - 8; size += 7) {
    const read = decodeTrace(bytes.slice(0, size));
    assert.ok(!read.ok, `${size} bytes`);
    assert.match(read.error.code, /^trace(NotOurs|CutOff|Damaged)$/);
  }
});

test('other files, newer versions and broken headers are named', () => {
  const other = decodeTrace(new TextEncoder().encode('{"traceEvents": []}').buffer);
  assert.ok(!other.ok);
  assert.equal(other.error.message, 'This is not a trace of Run in Parallel.');

  const newer = encodeTrace(randomTrace(1));
  new DataView(newer).setUint32(8, 99, true);
  const tooNew = decodeTrace(newer);
  assert.ok(!tooNew.ok);
  assert.equal(tooNew.error.message, 'This trace has format 99; this version reads up to 1.');

  const broken = encodeTrace(randomTrace(1));
  new Uint8Array(broken)[20] = 0;
  const damaged = decodeTrace(broken);
  assert.ok(!damaged.ok);
  assert.equal(damaged.error.code, 'traceDamaged');
});

test('garbage after a good beginning never throws', () => {
  const random = randomFrom(5);
  for (let round = 0; round < 300; round++) {
    const bytes = encodeTrace(randomTrace(1 + (round % 7)));
    const raw = new Uint8Array(bytes);
    for (let k = 0; k < 5; k++) raw[8 + Math.floor(random() * 600)] = Math.floor(random() * 256);
    decodeTrace(bytes);
  }
});
