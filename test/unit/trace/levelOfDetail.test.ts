import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WindowData } from '../../../src/protocol/query.ts';
import { TraceBuilder } from '../../../src/trace/builder.ts';
import { type Trace, taskStatuses } from '../../../src/trace/model.ts';
import { TraceReader } from '../../../src/trace/reader.ts';
import { randomFrom } from './random.ts';

const failed = taskStatuses.indexOf('failed');

interface Entry {
  start: number;
  end: number;
  code: number;
  hidden: number;
}

function entriesOf(data: WindowData, row: number): Entry[] {
  const { offset, count } = data.rows[row] ?? { offset: 0, count: 0 };
  const start = new Float64Array(data.start);
  const end = new Float64Array(data.end);
  const code = new Uint8Array(data.code);
  const hidden = new Uint32Array(data.hidden);
  return Array.from({ length: count }, (_, i) => ({
    start: data.startNs + (start[offset + i] ?? 0),
    end: data.startNs + (end[offset + i] ?? 0),
    code: code[offset + i] ?? 0,
    hidden: hidden[offset + i] ?? 0,
  }));
}

/** One thread with random tasks end to end or apart, some of no length, a few failed. */
function randomTasks(seed: number, count: number): Trace {
  const random = randomFrom(seed);
  const builder = new TraceBuilder({ title: 't', startedAtMs: 0, cpuCount: 2 });
  builder.addProcess({
    ...{ pid: 1, parentPid: null, name: 'p', startMethod: 'main', python: null, gilEnabled: null },
    ...{ startNs: 0, endNs: null, exit: null, note: '' },
  });
  const thread = builder.addThread({ process: 0, tid: 1, name: 'main', kind: 'python', startNs: 0 });
  const name = builder.intern('f');
  let at = 0;
  for (let i = 0; i < count; i++) {
    at += random() < 0.5 ? 0 : Math.floor(random() ** 4 * 1e5);
    const endNs = at + (random() < 0.05 ? 0 : Math.ceil(random() ** 6 * 1e6));
    const status = random() < 0.01 ? 'failed' : 'ok';
    const places = { name, file: 0, line: 0, submitFile: 0, submitLine: 0 };
    builder.addTask({ submitNs: at, startNs: at, endNs, engine: 'threadPool', status, thread, ...places });
    // Tasks of no length that begin together would nest; real ones never share a start.
    at = Math.max(endNs, at + 1);
  }
  return builder.finish(at);
}

test('a window tells each entry once, at most one per bucket, and the longest or a failed one stands for the others', () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = randomFrom(seed * 977);
    const trace = randomTasks(seed, 3000);
    const { tasks, meta } = trace;
    const reader = new TraceReader(trace, []);
    for (let round = 0; round < 12; round++) {
      const width = meta.durationNs * random() ** 3 + 10;
      const startNs = (meta.durationNs - width) * random();
      const endNs = startNs + width;
      const bucketNs = width / (1 + Math.floor(random() * 500));
      const data = reader.getWindow({ threads: [0], startNs, endNs, bucketNs });
      const found = entriesOf(data, 0);
      const visible = Array.from({ length: tasks.length }, (_, i) => i).filter(
        i => (tasks.start[i] ?? 0) < endNs && ((tasks.end[i] ?? 0) > startNs || (tasks.start[i] ?? 0) >= startNs),
      );
      const about = `seed ${seed}, round ${round}`;
      assert.equal(
        found.reduce((sum, entry) => sum + 1 + entry.hidden, 0),
        visible.length,
        about,
      );
      assert.ok(found.length <= Math.ceil(width / bucketNs) + 2, `${about}: bounded`);
      for (const task of visible) {
        const start = Math.max(startNs, tasks.start[task] ?? 0);
        const end = Math.min(endNs, tasks.end[task] ?? 0);
        if (end - start < 2 * bucketNs) continue;
        const covers = (entry: Entry) => entry.start <= start + bucketNs + 1e-3 && entry.end >= end - 1e-3;
        assert.ok(found.some(covers), `${about}: what is wider than two buckets is seen to its end`);
      }
      let counted = 0;
      for (const [i, entry] of found.entries()) {
        const group = visible.slice(counted, counted + 1 + entry.hidden);
        counted += group.length;
        const urgent = group.filter(task => tasks.status[task] === failed);
        assert.equal(entry.code === failed, urgent.length > 0, `${about}: a failed one is shown`);
        const from = urgent.length > 0 ? urgent : group;
        const longest = Math.max(...from.map(task => (tasks.end[task] ?? 0) - (tasks.start[task] ?? 0)));
        assert.ok(entry.end - entry.start >= Math.min(longest, bucketNs) * (1 - 1e-6) - bucketNs, about);
        const before = found[i - 1];
        if (before) assert.ok(entry.start >= before.end - 1e-3, `${about}: entries don't overlap`);
        if (entry.hidden > 0) assert.ok(entry.end > startNs && entry.start < endNs, about);
      }
    }
  }
});

test('a lone failure of 1 µs in an hour of other tasks stays visible', () => {
  const builder = new TraceBuilder({ title: 't', startedAtMs: 0, cpuCount: 2 });
  builder.addThread({ process: 0, tid: 1, name: 'main', kind: 'python', startNs: 0 });
  const add = (startNs: number, endNs: number, status: 'ok' | 'failed') =>
    builder.addTask({
      ...{ submitNs: startNs, startNs, endNs, status, engine: 'threadPool', thread: 0 },
      ...{ name: 0, file: 0, line: 0, submitFile: 0, submitLine: 0 },
    });
  const hour = 3600e9;
  for (let at = 0; at < hour; at += 20e6) {
    add(at, at + 19e6, 'ok');
    if (at === 20e6 * 90_001) add(at + 19e6, at + 19e6 + 1000, 'failed');
  }
  const reader = new TraceReader(builder.finish(hour), []);
  const found = entriesOf(reader.getWindow({ threads: [0], startNs: 0, endNs: hour, bucketNs: hour / 800 }), 0);
  assert.equal(found.length, 800);
  const shown = found.filter(entry => entry.code === failed);
  assert.equal(shown.length, 1);
  const at = 20e6 * 90_001 + 19e6;
  assert.ok((shown[0]?.start ?? 0) <= at && (shown[0]?.end ?? 0) > at);
});

test('what is wide enough keeps its exact borders, also beyond the window', () => {
  const builder = new TraceBuilder({ title: 't', startedAtMs: 0, cpuCount: 2 });
  const thread = builder.addThread({ process: 0, tid: 1, name: 'main', kind: 'python', startNs: 0 });
  builder.addState(thread, 0, 100, 0);
  builder.addState(thread, 100, 250, 2);
  builder.addState(thread, 250, 1000, 0);
  const reader = new TraceReader(builder.finish(1000), []);
  const data = reader.getWindow({ threads: [0], startNs: 50, endNs: 300, bucketNs: 10 });
  assert.deepEqual(entriesOf(data, 0), [
    { start: 0, end: 100, code: 0, hidden: 0 },
    { start: 100, end: 250, code: 2, hidden: 0 },
    { start: 250, end: 1000, code: 0, hidden: 0 },
  ]);
});
