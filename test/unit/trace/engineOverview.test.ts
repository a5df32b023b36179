import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TraceBuilder } from '../../../src/trace/builder.ts';
import { TraceReader } from '../../../src/trace/reader.ts';
import { hueCodeBase, hueCount } from '../../../src/trace/taskCodes.ts';

const ms = 1e6;

function builderWithProcess(): TraceBuilder {
  const builder = new TraceBuilder({ title: 'overview', startedAtMs: 0, cpuCount: 2 });
  builder.addProcess({
    ...{ pid: 7, parentPid: null, name: 'main', startMethod: 'main', python: '3.13.0', gilEnabled: true },
    ...{ startNs: 0, endNs: null, exit: null, note: '' },
  });
  return builder;
}

test('memory that hardly moves has no row, nor has what was always 0', () => {
  const builder = builderWithProcess();
  const memory = builder.told.counter({ process: 0, name: 'memory', unit: 'bytes' });
  const kept = builder.told.counter({ process: 0, name: 'results kept', unit: 'count', limit: 9 });
  builder.told.addPoint(memory, 0, 100e6);
  builder.told.addPoint(memory, ms, 110e6);
  builder.told.addPoint(kept, 0, 0);
  const names = () => new TraceReader(builder.snapshot(2 * ms), []).getOverview().counters.map(({ name }) => name);
  assert.deepEqual(names(), []);
  builder.told.addPoint(kept, ms, 3);
  assert.deepEqual(names(), ['results kept']);
  builder.told.addPoint(memory, 1.5 * ms, 300e6);
  assert.deepEqual(names(), ['memory', 'results kept']);
});

test('a window of a counter keeps each bucket’s peak, its last value, and what held before', () => {
  const builder = builderWithProcess();
  const counter = builder.told.counter({ process: 0, name: 'memory', unit: 'bytes' });
  for (let i = 0; i < 1000; i++) builder.told.addPoint(counter, i * ms, i === 555 ? 1e9 : i);
  const reader = new TraceReader(builder.finish(1000 * ms), []);
  const params = { counters: [counter, 99], startNs: 100.5 * ms, endNs: 900 * ms, bucketNs: 100 * ms };
  const [points, none] = reader.answer('getCounters', params).counters;
  assert.ok(points && none);
  const times = [...new Float64Array(points.time)].map(ns => ns / ms);
  const values = [...new Float64Array(points.value)];
  assert.equal(none.time.byteLength, 0);
  assert.ok(times.length <= 2 * 10);
  assert.ok(times[0] !== undefined && times[0] <= 199);
  assert.equal(values[times.indexOf(555)], 1e9);
  assert.deepEqual(values.slice(-2), [899, 900]);
});

test('tasks that went well are drawn in the hue of their group, the others by their status', () => {
  const builder = builderWithProcess();
  const thread = builder.addThread({ process: 0, tid: 1, name: 'worker', kind: 'engine', startNs: 0 });
  const group = builder.intern('sum');
  const place = { file: 0, line: 0, submitFile: 0, submitLine: 0, name: group, thread, engine: 'dask' } as const;
  builder.addTask({ ...place, submitNs: 0, startNs: 0, endNs: ms, status: 'ok', group, bytes: 3e6, rows: 10 });
  builder.addTask({ ...place, submitNs: 1, startNs: ms, endNs: 2 * ms, status: 'failed', group, bytes: 1e6 });
  builder.addTask({ ...place, submitNs: 2, startNs: 2 * ms, endNs: 3 * ms, status: 'ok' });
  const reader = new TraceReader(builder.finish(3 * ms), []);
  const data = reader.getWindow({ threads: [0], startNs: 0, endNs: 3 * ms, bucketNs: 1000 });
  assert.deepEqual(
    data.rows.map(({ kind }) => kind),
    ['task'],
    'a track of an engine has no states',
  );
  const [code = 0, ...others] = new Uint8Array(data.code);
  assert.ok(code >= hueCodeBase);
  assert.deepEqual(others, [3, 2]);
  const { groups } = reader.getOverview();
  assert.deepEqual(groups, [
    {
      name: 'sum',
      hue: code - hueCodeBase,
      tasks: 2,
      ranNs: 2 * ms,
      bytes: { least: 1e6, median: 3e6, most: 3e6 },
      rows: { least: 10, median: 10, most: 10 },
    },
  ]);
});

test('groups have colours of their own as long as there are some; more tasks change none of them', () => {
  const builder = builderWithProcess();
  const thread = builder.addThread({ process: 0, tid: 1, name: 'worker', kind: 'engine', startNs: 0 });
  const add = (name: string) => {
    const group = builder.intern(name);
    const place = { file: 0, line: 0, submitFile: 0, submitLine: 0, name: group, thread, engine: 'dask' } as const;
    builder.addTask({ ...place, submitNs: 0, startNs: 0, endNs: ms, status: 'ok', group });
  };
  const hues = () => {
    const { groups } = new TraceReader(builder.snapshot(2 * ms), []).getOverview();
    return new Map(groups.map(({ name, hue }) => [name, hue]));
  };
  const names = Array.from({ length: hueCount }, (_, i) => `group ${i}`);
  for (const name of names) add(name);
  const before = hues();
  assert.equal(new Set(before.values()).size, hueCount);
  for (const name of ['one more', ...names]) add(name);
  const after = hues();
  assert.deepEqual(
    names.map(name => after.get(name)),
    names.map(name => before.get(name)),
  );
  assert.ok((after.get('one more') ?? -1) >= 0);
});

test('what a task of Spark sent somewhere is not told as the size of its partition', () => {
  const builder = builderWithProcess();
  const thread = builder.addThread({ process: 0, tid: 1, name: 'core 1', kind: 'engine', startNs: 0 });
  const group = builder.intern('Stage 1');
  const place = { file: 0, line: 0, submitFile: 0, submitLine: 0, name: group, thread, engine: 'spark' } as const;
  builder.addTask({ ...place, submitNs: 0, startNs: 0, endNs: ms, status: 'ok', group, bytes: 59 });
  const { groups } = new TraceReader(builder.finish(ms), []).getOverview();
  assert.deepEqual(
    groups.map(({ tasks, bytes, rows }) => [tasks, bytes, rows]),
    [[1, null, null]],
  );
});
