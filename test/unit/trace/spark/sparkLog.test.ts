import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asNumber, asObject, asString, type JsonObject, parseObject } from '../../../../src/base/parse.ts';
import { summarizeTrace, type TaskSummary } from '../../../../src/trace/export/summary.ts';
import { decodeTrace, encodeTrace } from '../../../../src/trace/file.ts';
import type { Trace } from '../../../../src/trace/model.ts';
import { SparkLogImport } from '../../../../src/trace/spark/importLog.ts';
import { phasesOf } from '../../../../src/trace/spark/phases.ts';
import { readSparkEvent } from '../../../../src/trace/spark/readEvent.ts';
import { fixtureLines, spansOf, traceOfLines } from './logs.ts';

const logs = ['spark-3.0.log', 'spark-3.5.log', 'spark-4.3.log'];

/** What the log itself says, read without our reader. */
function eventsOf(lines: readonly string[], name: string): JsonObject[] {
  return lines.map(line => parseObject(line) ?? {}).filter(event => asString(event.Event)?.endsWith(name));
}

function tasksByKey(trace: Trace): Map<string, TaskSummary & { key: string }> {
  const tasks = summarizeTrace(trace).tasks.map((task, i) => ({
    ...task,
    key: trace.strings[trace.tasks.key[i] ?? 0] ?? '',
  }));
  return new Map(tasks.map(task => [task.key, task]));
}

function named(trace: Trace, name: string): Record<string, string | number | null>[] {
  return trace.facts.filter(fact => fact.name === name).map(fact => fact.values);
}

for (const log of logs) {
  const lines = fixtureLines(log);
  const trace = traceOfLines(lines);

  test(`${log}: every task is there, with the log's times`, () => {
    const tasks = tasksByKey(trace);
    const ends = eventsOf(lines, 'SparkListenerTaskEnd');
    assert.equal(tasks.size, eventsOf(lines, 'SparkListenerTaskStart').length);
    for (const event of ends) {
      const info = asObject(event['Task Info']);
      const id = asNumber(info?.['Task ID']);
      const task = [...tasks.values()].find(each => each.key.includes(`(TID ${id})`));
      assert.ok(task, `task ${id}`);
      assert.equal((task.startMs ?? 0) + trace.meta.startedAtMs, info?.['Launch Time']);
      assert.equal((task.endMs ?? 0) + trace.meta.startedAtMs, info?.['Finish Time']);
      assert.equal(task.status === 'ok', asObject(event['Task End Reason'])?.Reason === 'Success');
      assert.ok((task.submitMs ?? 0) <= (task.startMs ?? 0));
    }
  });

  test(`${log}: tasks lie on as many tracks as the executor has cores`, () => {
    const used = new Set(Array.from(trace.tasks.thread));
    assert.ok([...used].every(thread => trace.threads[thread]?.kind === 'engine'));
    const cores = trace.threads.filter(thread => thread.name.startsWith('core '));
    assert.deepEqual(
      cores.map(thread => thread.name),
      ['core 1', 'core 2'],
    );
    assert.equal(used.size, 2);
  });

  test(`${log}: jobs, stages and queries are spans, as long as the log says`, () => {
    const jobs = spansOf(trace, 'Spark jobs');
    const starts = eventsOf(lines, 'SparkListenerJobStart');
    assert.equal(jobs.length, starts.length);
    assert.deepEqual(
      jobs.map(job => job.startMs + trace.meta.startedAtMs),
      starts.map(start => start['Submission Time']),
    );
    assert.deepEqual(
      jobs.map(job => job.endMs + trace.meta.startedAtMs),
      eventsOf(lines, 'SparkListenerJobEnd').map(end => end['Completion Time']),
    );
    const stages = spansOf(trace, 'Spark stages');
    assert.equal(stages.length, eventsOf(lines, 'SparkListenerStageSubmitted').length);
    assert.equal(spansOf(trace, 'Spark queries').length, eventsOf(lines, 'SparkListenerSQLExecutionStart').length);
    assert.equal(trace.plans.length, eventsOf(lines, 'SparkListenerSQLExecutionStart').length);
  });

  test(`${log}: a failed task says what Python said, and fails its job`, () => {
    const marks = Array.from(trace.marks.text, text => trace.strings[text] ?? '');
    assert.ok(
      marks.some(text => /^Task 0\.0 in stage \d+\.0 \(TID \d+\) failed: ValueError: bad row$/.test(text)),
      marks.join('\n'),
    );
    assert.ok(
      marks.some(text =>
        /^Job \d+: count at job2?\.py:\d+ failed: ValueError: bad row$|aborted due to stage failure/.test(text),
      ),
    );
    assert.match(spansOf(trace, 'Spark jobs').at(-1)?.name ?? '', /^Job \d+: count at job2?\.py:\d+ \(failed\)$/);
  });

  test(`${log}: what a Python function was given is told of its stage`, () => {
    const query = named(trace, 'query').find(values => values.pythonNode !== null);
    assert.match(String(query?.pythonFunctions), /^(grow|<lambda>)$/);
  });

  test(`${log}: what was told survives the file format`, () => {
    const again = decodeTrace(encodeTrace(trace));
    assert.ok(again.ok);
    assert.deepEqual(summarizeTrace(again.value), summarizeTrace(trace));
    assert.deepEqual(again.value.facts, trace.facts);
  });
}

test('actions carry the line of the program where Spark knows it', () => {
  const jobs = spansOf(traceOfLines(fixtureLines('spark-4.3.log')), 'Spark jobs').map(job => [job.name, job.line]);
  assert.deepEqual(jobs.slice(2, 5), [
    ['Job 2: show', 0],
    ['Job 3: show', 0],
    ['Job 4: collect at job.py:14', 14],
  ]);
});

test('what a task did adds up to its time, as in the Spark UI', () => {
  for (const line of logs.flatMap(fixtureLines)) {
    const event = readSparkEvent(line);
    if (event?.kind !== 'taskEnd' || event.metrics === null) continue;
    const { task, metrics } = event;
    const [startNs, endNs] = [0, (task.finishMs - task.launchMs) * 1e6];
    const gettingResultNs = task.gettingResultMs > 0 ? (task.gettingResultMs - task.launchMs) * 1e6 : null;
    const phases = phasesOf({ startNs, endNs, gettingResultNs }, metrics);
    const parts = phases.filter(phase => phase.kind !== 'gc');
    assert.equal(parts[0]?.startNs, startNs);
    assert.equal(parts.at(-1)?.endNs, endNs);
    for (const [i, part] of parts.entries()) assert.equal(part.startNs, parts[i - 1]?.endNs ?? startNs);
    const compute = parts.find(part => part.kind === 'compute');
    const computeMs = metrics.runMs - metrics.fetchWaitMs - metrics.shuffleWriteNs / 1e6;
    if (compute) assert.ok(Math.abs((compute.endNs - compute.startNs) / 1e6 - computeMs) < 1e-3);
  }
});

test('a call that our tracer saw names the jobs, the stages and the query that it caused', () => {
  const lines = fixtureLines('spark-4.3.log').map(line =>
    line.replace(
      '"spark.sql.execution.id":"0"',
      '"spark.sql.execution.id":"0","runInParallel.operation":"count\\t/home/me/job.py\\t7\\t1\\t2"',
    ),
  );
  const trace = traceOfLines(lines);
  assert.deepEqual(spansOf(trace, 'Spark queries')[0]?.name, 'Query 0: count at job.py:7');
  assert.deepEqual(spansOf(trace, 'Spark jobs')[1]?.name, 'Job 1: count at job.py:7');
  assert.deepEqual(spansOf(trace, 'Spark stages')[0], {
    ...spansOf(trace, 'Spark stages')[0],
    name: 'Stage 0: count at job.py:7',
    line: 7,
  });
  assert.equal(trace.plans[0]?.line, 7);
  assert.equal(trace.tasks.submitLine[0], 7);
});

test('a stage tells the spread of its tasks', () => {
  const lines = fixtureLines('spark-4.3.log');
  const stage = named(traceOfLines(lines), 'stage').find(values => values.stage === 18);
  const ends = eventsOf(lines, 'SparkListenerTaskEnd').filter(event => event['Stage ID'] === 18);
  const took = ends.map(event => {
    const info = asObject(event['Task Info']);
    return (asNumber(info?.['Finish Time']) ?? 0) - (asNumber(info?.['Launch Time']) ?? 0);
  });
  assert.equal(stage?.tasks, 8);
  assert.equal(stage?.succeeded, 8);
  assert.equal(stage?.maxMs, Math.max(...took));
  assert.equal(
    stage?.taskMs,
    took.reduce((sum, ms) => sum + ms, 0),
  );
});

/** Fields that came after 2.4: its lines are otherwise those of 3.0. By a log of Spark 2.3 among Spark's own test resources. */
function asSpark24(line: string): string {
  const newer = [
    'Peak Execution Memory',
    'Task Executor Metrics',
    'Resource Profile Id',
    'Attributes',
    'Resources',
    'DeterministicLevel',
  ];
  return JSON.stringify(parseObject(line), (key, value) => (newer.includes(key) ? undefined : value));
}

test('the beginning that a real Spark 2.4.8 wrote, and tasks in its layout', () => {
  const header = fixtureLines('spark-2.4.log');
  assert.equal(
    traceOfLines(header)
      .processes.find(process => process.name === 'Spark: old job')
      ?.note.slice(0, 12),
    'Spark 2.4.8.',
  );
  const lines = fixtureLines('spark-3.0.log');
  const old = traceOfLines(lines.map(asSpark24));
  assert.deepEqual(summarizeTrace(old), summarizeTrace(traceOfLines(lines)));
});

test('an executor that is lost, one that is excluded, one that joins late', () => {
  const events = [
    { Event: 'SparkListenerApplicationStart', 'App Name': 'a', 'App ID': 'app-1', Timestamp: 1000, User: 'me' },
    added('0', 1000),
    { Event: 'SparkListenerTaskStart', 'Stage ID': 0, 'Stage Attempt ID': 0, 'Task Info': taskInfo(7, '0', 1100) },
    {
      Event: 'SparkListenerExecutorRemoved',
      Timestamp: 1500,
      'Executor ID': '0',
      'Removed Reason': 'Command exited with code 137',
    },
    {
      ...{ Event: 'SparkListenerTaskEnd', 'Stage ID': 0, 'Stage Attempt ID': 0, 'Task Type': 'ResultTask' },
      'Task End Reason': {
        Reason: 'ExecutorLostFailure',
        'Executor ID': '0',
        'Exit Caused By App': true,
        'Loss Reason': 'Command exited with code 137',
      },
      'Task Info': { ...taskInfo(7, '0', 1100), 'Finish Time': 1501, Failed: true },
    },
    added('1', 2000),
    ...['Blacklisted', 'Excluded'].map(word => ({
      ...{
        Event: `org.apache.spark.scheduler.SparkListenerExecutor${word}`,
        time: 2500,
        executorId: '1',
        taskFailures: 2,
      },
    })),
    { Event: 'SparkListenerApplicationEnd', Timestamp: 3000 },
  ];
  const trace = traceOfLines(events.map(event => JSON.stringify(event)));
  const [lost] = summarizeTrace(trace).tasks;
  assert.deepEqual([lost?.status, lost?.startMs, lost?.endMs], ['lost', 100, 501]);
  assert.deepEqual(
    trace.processes.map(({ name, host, startNs, endNs, exit }) => [
      name,
      host,
      startNs / 1e6,
      (endNs ?? 0) / 1e6,
      exit,
    ]),
    [
      ['Spark: a', null, 0, 2000, null],
      ['Spark executor 0', 'h', 0, 500, 'Command exited with code 137'],
      ['Spark executor 1', 'h', 1000, 0, null],
    ],
  );
  assert.match(trace.processes[1]?.note ?? '', /its Python workers on other machines, are not seen\.$/);
  assert.deepEqual(
    Array.from(trace.marks.text, text => trace.strings[text]),
    [
      'Executor 0 with 2 cores on h joined.',
      'Executor 0: Command exited with code 137',
      'Task 0.0 in stage 0.0 (TID 7) was lost with its executor: Command exited with code 137',
      'Executor 1 with 2 cores on h joined.',
      'Executor 1 gets no more tasks after 2 failed tasks: Spark excluded it.',
    ],
  );
});

test('what is cached on each executor, told by updates of blocks that have no time', () => {
  const block = (executor: string, id: string, memory: number, disk = 0, dropped = 0) => ({
    Event: 'SparkListenerBlockUpdated',
    'Block Updated Info': {
      'Block Manager ID': { 'Executor ID': executor, Host: 'h', Port: 1 },
      'Block ID': id,
      'Storage Level': { 'Use Disk': disk > 0, 'Use Memory': memory > 0, Deserialized: true, Replication: 1 },
      ...{ 'Memory Size': memory + dropped, 'Disk Size': disk },
    },
  });
  const taskEnd = (atMs: number) => ({
    ...{ Event: 'SparkListenerTaskEnd', 'Stage ID': 0, 'Stage Attempt ID': 0 },
    'Task End Reason': { Reason: 'Success' },
    'Task Info': { ...taskInfo(atMs, '0', 1100), 'Finish Time': atMs },
  });
  const trace = traceOfLines(
    [
      { Event: 'SparkListenerApplicationStart', 'App Name': 'a', 'App ID': 'app-1', Timestamp: 1000, User: 'me' },
      added('0', 1000),
      added('1', 1000),
      block('0', 'broadcast_0', 7),
      block('0', 'rdd_3_0', 100),
      block('1', 'rdd_3_0', 100),
      block('0', 'rdd_3_1', 50),
      taskEnd(1200),
      block('0', 'rdd_3_1', 0, 40, 50),
      taskEnd(1300),
      { Event: 'SparkListenerExecutorRemoved', Timestamp: 1400, 'Executor ID': '1', 'Removed Reason': 'lost' },
      { Event: 'SparkListenerUnpersistRDD', 'RDD ID': 3 },
      { Event: 'SparkListenerApplicationEnd', Timestamp: 3000 },
    ].map(event => JSON.stringify(event)),
  );
  const points = trace.counters.map(({ process, name, time, value }) => [
    `${trace.processes[process]?.name}: ${name}`,
    Array.from(time, (ns, i) => [ns / 1e6, value[i]]),
  ]);
  assert.deepEqual(Object.fromEntries(points), {
    'Spark executor 0: cached in memory': [
      [200, 150],
      [300, 100],
      [2000, 0],
    ],
    'Spark executor 0: cached on disk': [
      [300, 40],
      [2000, 0],
    ],
    'Spark executor 1: cached in memory': [
      [200, 100],
      [400, 0],
    ],
  });
});

function added(id: string, atMs: number) {
  return {
    Event: 'SparkListenerExecutorAdded',
    Timestamp: atMs,
    'Executor ID': id,
    'Executor Info': { Host: 'h', 'Total Cores': 2, 'Log Urls': {} },
  };
}

function taskInfo(id: number, executor: string, launchMs: number) {
  const place = { 'Executor ID': executor, Host: 'h', Locality: 'ANY', Speculative: false, 'Getting Result Time': 0 };
  return {
    'Task ID': id,
    Index: 0,
    Attempt: 0,
    'Launch Time': launchMs,
    ...place,
    'Finish Time': 0,
    Failed: false,
    Killed: false,
    Accumulables: [],
  };
}

test('what was broadcast is counted', () => {
  const trace = traceOfLines(fixtureLines('spark-4.3.log'));
  const counter = trace.counters.find(each => each.name === 'broadcast');
  assert.deepEqual(Array.from(counter?.value ?? []), [33_554_816]);
  assert.equal(named(trace, 'query').find(values => values.query === 3)?.broadcastBytes, 33_554_816);
});

test('a log that is cut off anywhere opens, and says what is missing', () => {
  const text = fixtureLines('spark-3.0.log').join('\n');
  for (let length = 2000; length < text.length; length += 1777) {
    const trace = traceOfLines(text.slice(0, length).split('\n'));
    assert.match(trace.meta.quality.warnings[0] ?? '', /doesn't have the application's end/);
    assert.ok(trace.tasks.length <= 20);
  }
});

test('a log without its beginning shows the tasks that it tells of', () => {
  const lines = fixtureLines('spark-4.3.log');
  const from = lines.findIndex(line => line.includes('"SparkListenerTaskEnd"'));
  const trace = traceOfLines(lines.slice(from));
  assert.equal(trace.tasks.length, 43);
  assert.ok(spansOf(trace, 'Spark jobs').length > 0);
});

test('events that nobody knows, and lines that are none, change nothing else', () => {
  const lines = fixtureLines('spark-3.5.log');
  const odd = [
    '{"Event":"SparkListenerFromTheFuture","x":{"y":[1]}}',
    '{"Event":"org.example.Other"}',
    '',
    '{"Event":"SparkListenerTaskEnd","Task Info":null}',
  ];
  const mixed = lines.flatMap((line, i) => [line, odd[i % odd.length] ?? '']);
  assert.deepEqual(summarizeTrace(traceOfLines(mixed)), summarizeTrace(traceOfLines(lines)));
  const damaged = traceOfLines([...lines.slice(0, 20), 'rubbish', ...lines.slice(20)]);
  assert.ok(damaged.meta.quality.warnings.includes('1 line of the log could not be read and were left out.'));
});

test('what holds no event of Spark is refused in words', () => {
  const reading = new SparkLogImport('notes.txt');
  for (const line of ['hello', '[1, 2]', '{"traceEvents": []}']) reading.line(line);
  const result = reading.finish({ isCut: false, lacksBeginning: false });
  assert.equal(result.ok, false);
  assert.equal(result.ok ? '' : result.error.message, 'notes.txt holds no events of a Spark event log.');
});
