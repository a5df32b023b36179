import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { asNumber, asObject, asString, parseObject } from '../../../src/base/parse.ts';
import type { EngineEvent } from '../../../src/protocol/engineWire.ts';
import { TraceBuilder } from '../../../src/trace/builder.ts';
import { EngineSink } from '../../../src/trace/engineSink.ts';
import { type Progress, progressOf, progressWords } from '../../../src/trace/progress.ts';
import { readSparkEvent } from '../../../src/trace/spark/readEvent.ts';
import { SparkLog } from '../../../src/trace/spark/sparkLog.ts';
import { fixtureLines } from './spark/logs.ts';

function growing(): { take(...events: EngineEvent[]): void; progress(atNs: number): Progress | null } {
  const builder = new TraceBuilder({ title: 'growing', startedAtMs: 0, cpuCount: 2 });
  const sink = new EngineSink({ builder, index: null });
  return {
    take: (...events) => {
      for (const event of events) sink.take(event);
    },
    progress: atNs => progressOf(builder.growing(atNs)),
  };
}

for (const log of ['spark-3.0.log', 'spark-3.5.log', 'spark-4.3.log']) {
  test(`${log}, read line by line: at each one the stage under way has as many tasks as the log says`, () => {
    const { take, progress } = growing();
    const reading = new SparkLog({ id: 'app', clock: ms => ms * 1e6, emit: take, isOnly: true });
    const stages = new Map<string, { total: number; done: number }>();
    let seen = 0;
    for (const line of fixtureLines(log)) {
      const event = readSparkEvent(line);
      if (event) reading.take(event);
      const told = parseObject(line) ?? {};
      const info = asObject(told['Stage Info']);
      const stage = String(asNumber(info?.['Stage ID']) ?? asNumber(told['Stage ID']));
      const kind = asString(told.Event);
      if (kind === 'SparkListenerStageSubmitted')
        stages.set(stage, { total: asNumber(info?.['Number of Tasks']) ?? 0, done: 0 });
      if (kind === 'SparkListenerStageCompleted') stages.delete(stage);
      const known = stages.get(stage);
      if (kind === 'SparkListenerTaskEnd' && known && asObject(told['Task End Reason'])?.Reason === 'Success')
        known.done++;
      const now = progress(reading.lastNs);
      if (stages.size === 0) assert.equal(now, null, line.slice(0, 200));
      else {
        const number = /^Spark stage (\d+)/.exec(now?.label ?? '')?.[1] ?? '';
        assert.deepEqual({ total: now?.total, done: now?.done }, stages.get(number), line.slice(0, 200));
        seen++;
      }
    }
    assert.ok(seen > 10);
  });
}

describe('Dask', () => {
  const begun: EngineEvent = {
    ...{ kind: 'fact', engine: 'dask', name: 'computing', file: null, line: null, atNs: 100 },
    values: { tasks: 3, scheduler: 'threads' },
  };
  const task = (
    id: string,
    startNs: number,
    endNs: number | null,
    status: 'ok' | 'running' | 'failed',
  ): EngineEvent => ({
    kind: 'tasks',
    engine: 'dask',
    rows: [{ id, name: 'add', key: id, track: null, submitNs: startNs, startNs, endNs, status }],
  });

  test('its own schedulers: of the newest computation, until its last task', () => {
    const { take, progress } = growing();
    take(task('old', 10, 20, 'ok'), begun);
    assert.deepEqual(progress(100), { label: 'Dask', done: 0, total: 3 });
    take(task('a', 110, 120, 'ok'), task('b', 110, null, 'running'));
    assert.deepEqual(progress(130), { label: 'Dask', done: 1, total: 3 });
    take(task('b', 110, 140, 'ok'), task('c', 120, 150, 'ok'));
    assert.equal(progress(160), null);
  });
  test('a computation that failed goes on no more', () => {
    const { take, progress } = growing();
    take(begun, task('a', 110, 120, 'failed'));
    assert.equal(progress(130), null);
  });
  test('a cluster: of the newest graph, as long as there is something new', () => {
    const { take, progress } = growing();
    const graph: EngineEvent = { ...begun, name: 'graph', values: { tasks: 4 } };
    take(graph, task('a', 1e9, 2e9, 'ok'), task('b', 1e9, 3e9, 'ok'));
    assert.deepEqual(progress(3.5e9), { label: 'Dask', done: 2, total: 4 });
    assert.equal(progress(6e9), null, 'the others may have been there already');
    take(task('c', 6e9, null, 'running'));
    assert.deepEqual(progress(9e9), { label: 'Dask', done: 2, total: 4 });
  });
  test('tasks of which nobody has told how many they are', () => {
    const { take, progress } = growing();
    take(task('a', 1e9, 2e9, 'ok'));
    assert.equal(progress(2e9), null);
  });
});

test('without an engine there is none', () => {
  assert.equal(growing().progress(1e9), null);
});

test('in words', () => {
  assert.equal(progressWords({ label: 'Spark stage 3', done: 1200, total: 2000 }), 'Spark stage 3: 1,200/2,000 tasks');
  assert.equal(progressWords({ label: 'Dask', done: 7, total: null }), 'Dask: 7 tasks done');
  assert.equal(progressWords({ label: 'Dask', done: 1, total: null }), 'Dask: 1 task done');
  assert.equal(progressWords({ label: 'Spark stage 4', done: 0, total: 1 }), 'Spark stage 4: 0/1 task');
});
