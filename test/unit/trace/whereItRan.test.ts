import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EngineEvent } from '../../../src/protocol/engineWire.ts';
import { TraceBuilder } from '../../../src/trace/builder.ts';
import { EngineSink } from '../../../src/trace/engineSink.ts';
import { whereItRan } from '../../../src/trace/whereItRan.ts';
import { fixtureLines, traceOfLines } from './spark/logs.ts';

const nothing = { dask: '', spark: '' };

function traceOf(...events: EngineEvent[]) {
  const builder = new TraceBuilder({ title: '', startedAtMs: 0, cpuCount: 1 });
  const sink = new EngineSink({ builder, index: null });
  for (const event of events) sink.take(event);
  return builder.finish(10);
}

function connected(cluster: string | null, address: string): EngineEvent {
  const values = { cluster, address };
  return { kind: 'fact', engine: 'dask', name: 'cluster', file: null, line: null, atNs: 1, values };
}

const task: EngineEvent = {
  kind: 'tasks',
  engine: 'dask',
  rows: [{ id: 'a', name: 'add', key: 'a', track: null, submitNs: 1, startNs: 2, endNs: 3, status: 'ok' }],
};

test('the cluster that Dask was connected to counts, whatever was chosen', () => {
  const chosen = { dask: 'tcp://a:8786', spark: '' };
  assert.equal(whereItRan(traceOf(connected(null, 'tcp://b:8786'), task), chosen), 'Dask tcp://b:8786');
  assert.equal(whereItRan(traceOf(connected('LocalCluster', 'tcp://127.0.0.1:1')), nothing), 'Dask LocalCluster');
  const two = traceOf(connected(null, 'tcp://a:1'), connected(null, 'tcp://b:1'), connected(null, 'tcp://a:1'));
  assert.equal(whereItRan(two, nothing), 'Dask tcp://a:1 and tcp://b:1');
});

test('tasks that ran without a cluster ran here, although one was chosen', () => {
  const chosen = { dask: 'tcp://a:8786', spark: '' };
  assert.equal(whereItRan(traceOf(task), chosen), '');
  assert.equal(whereItRan(traceOf(), chosen), 'Dask tcp://a:8786');
  assert.equal(whereItRan(traceOf(), nothing), '');
});

test("Spark's own log names its master; where there is none, what was chosen does", () => {
  const trace = traceOfLines(fixtureLines('spark-4.3.log'));
  const { master } = trace.facts.find(({ name }) => name === 'application')?.values ?? {};
  assert.ok(typeof master === 'string' && master.startsWith('local'));
  assert.equal(whereItRan(trace, { dask: '', spark: 'yarn' }), `Spark ${master}`);
  assert.equal(whereItRan(traceOf(), { dask: '', spark: 'sc://host:15002' }), 'Spark sc://host:15002');
  const values = { app: 'local-1', master: 'local[1]' };
  const driver: EngineEvent = {
    kind: 'fact',
    engine: 'spark',
    name: 'driver',
    file: null,
    line: null,
    atNs: 1,
    values,
  };
  assert.equal(
    whereItRan(traceOf(driver), { dask: '', spark: 'sc://host:15002' }),
    'Spark local[1]',
    "the driver's word",
  );
});
