import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyOutcome } from '../../../src/protocol/hostWorker.ts';
import { TraceBuilder } from '../../../src/trace/builder.ts';
import { EngineSink } from '../../../src/trace/engineSink.ts';
import { textReport } from '../../../src/trace/export/report.ts';
import { summarize } from '../../../src/trace/export/summary.ts';
import { TraceReader } from '../../../src/trace/reader.ts';

const ms = 1e6;

/** A core with tasks of which each begins a little before the one before it has ended, as Spark's do. */
function chained(): TraceBuilder {
  const builder = new TraceBuilder({ title: 'run', startedAtMs: 0, cpuCount: 1 });
  const sink = new EngineSink({ builder, index: null });
  const process = {
    kind: 'process',
    id: 'e',
    engine: 'spark',
    name: 'Spark executor 1',
    pid: null,
    host: 'h1',
    atNs: 0,
  } as const;
  sink.take({ ...process, endNs: 1000 * ms });
  sink.take({ kind: 'track', id: 'c', process: 'e', name: 'core 1', atNs: 0, endNs: 1000 * ms });
  for (let i = 0; i < 5; i++) {
    const times = { submitNs: 0, startNs: i * 98 * ms, endNs: (i * 98 + 100) * ms, status: 'ok' } as const;
    sink.take({
      kind: 'tasks',
      engine: 'spark',
      rows: [{ id: `t${i}`, key: `t${i}`, name: 'Stage 0', track: 'c', ...times }],
    });
  }
  return builder;
}

test('tasks that overlap by a little take turns in two rows', () => {
  const reader = new TraceReader(chained().finish(1000 * ms), []);
  assert.equal(reader.getOverview().threads[0]?.taskRows, 2);
});

test('the report says how busy the track of an engine was, which has no thread states', () => {
  const trace = chained().finish(1000 * ms);
  const summary = summarize(trace, emptyOutcome, { file: 'x', startLine: null, endLine: null }, []);
  const report = textReport(summary, 'run', { color: false, width: 100 });
  assert.match(report, /^Spark executor 1 \(h1, engine\)$/m);
  assert.match(report, /^ {2}core 1 +1 s +█+ +busy 49 %, 5 tasks$/m);
});
