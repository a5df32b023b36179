import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { TraceBuilder } from '../../../../src/trace/builder.ts';
import { EngineSink } from '../../../../src/trace/engineSink.ts';
import type { Trace } from '../../../../src/trace/model.ts';
import { SparkLogs } from '../../../../src/worker/engines/spark/sparkLogs.ts';

const fixture = readFileSync(join(import.meta.dirname, '../../../fixtures/spark/spark-3.5.log'), 'utf8');
const startedAtMs = Number(/"Launch Time":(\d+)/.exec(fixture)?.[1]) - 60_000;
const taskCount = fixture.match(/"SparkListenerTaskStart"/g)?.length ?? 0;
const root = mkdtempSync(join(tmpdir(), 'spark-logs-'));
after(() => rmSync(root, { recursive: true }));

function reading(): { traceDir: string; logs: SparkLogs; snapshot: () => Trace; warnings: string[] } {
  const traceDir = mkdtempSync(join(root, 'trace-'));
  mkdirSync(join(traceDir, 'spark'));
  const builder = new TraceBuilder({ title: 'run', startedAtMs, cpuCount: 2 });
  const sink = new EngineSink({ builder, index: null });
  const warnings: string[] = [];
  const logs = new SparkLogs({
    traceDir,
    startedAtMs,
    emit: event => sink.take(event),
    warn: text => warnings.push(text),
  });
  return { traceDir, logs, snapshot: () => builder.snapshot(1e12), warnings };
}

function readAll(logs: SparkLogs): void {
  while (logs.poll());
}

test('a log is read as it grows, also when it is cut in the middle of a line, and when it is renamed', () => {
  const { traceDir, logs, snapshot, warnings } = reading();
  const file = join(traceDir, 'spark', 'local-1.inprogress');
  assert.equal(logs.poll(), false);
  writeFileSync(file, '');
  const counts: number[] = [];
  const step = Math.ceil(fixture.length / 40);
  for (let at = 0; at < fixture.length; at += step) {
    appendFileSync(file, fixture.slice(at, at + step));
    readAll(logs);
    counts.push(snapshot().tasks.length);
  }
  renameSync(file, join(traceDir, 'spark', 'local-1'));
  readAll(logs);
  logs.finish(1e12);
  assert.ok(counts[20] !== undefined && counts[20] > 0 && counts[20] < taskCount, 'tasks come while the log grows');
  const trace = snapshot();
  assert.equal(trace.tasks.length, taskCount);
  assert.equal(trace.tasks.start[0], 60e9, 'on the clock of the run');
  assert.deepEqual(warnings, []);
});

test('a running job is seen before it ends', () => {
  const { traceDir, logs, snapshot } = reading();
  const until = fixture.indexOf('{"Event":"SparkListenerTaskEnd"');
  writeFileSync(join(traceDir, 'spark', 'local-1.inprogress'), fixture.slice(0, until));
  readAll(logs);
  const trace = snapshot();
  const jobs = trace.threads.find(thread => thread.name === 'Spark jobs');
  assert.equal(jobs?.spans.length, 1);
  assert.ok(Number.isNaN(jobs?.spans.end[0]));
  assert.equal(trace.tasks.status[0], 1);
});

test('a rolled log is read file by file', () => {
  const { traceDir, logs, snapshot } = reading();
  const folder = join(traceDir, 'spark', 'eventlog_v2_local-1');
  mkdirSync(folder);
  const lines = fixture.split('\n');
  for (const [i, from] of [0, 50, 100].entries()) {
    writeFileSync(
      join(folder, `events_${i + 1}_local-1`),
      `${lines.slice(from, i === 2 ? undefined : from + 50).join('\n')}\n`,
    );
    if (i > 0) readAll(logs);
  }
  writeFileSync(join(folder, 'appstatus_local-1'), '');
  readAll(logs);
  logs.finish(1e12);
  assert.equal(snapshot().tasks.length, taskCount);
});

test('two applications of one run are told apart', () => {
  const { traceDir, logs, snapshot } = reading();
  writeFileSync(join(traceDir, 'spark', 'local-1'), fixture);
  writeFileSync(join(traceDir, 'spark', 'local-2'), fixture);
  readAll(logs);
  logs.finish(1e12);
  const trace = snapshot();
  assert.equal(trace.tasks.length, 2 * taskCount);
  assert.equal(trace.processes.filter(process => process.name === 'Spark: sample job').length, 2);
});

test('what still ran when the run ended is lost', () => {
  const { traceDir, logs, snapshot } = reading();
  const until = fixture.indexOf('{"Event":"SparkListenerTaskEnd"');
  writeFileSync(join(traceDir, 'spark', 'local-1.inprogress'), fixture.slice(0, until));
  readAll(logs);
  logs.finish(70e9);
  const { tasks } = snapshot();
  assert.deepEqual([...new Set(tasks.status)], [5]);
  assert.deepEqual([...new Set(tasks.end)], [70e9]);
});
