import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { spanKinds, type Trace } from '../../src/trace/model.ts';
import { sparkPythons, succeeded } from '../frames/support/harness.ts';
import { openPool } from '../process/run/harness.ts';

/** The notebook's cells, and a function that runs in Python workers. */
const source = `from pyspark import SQLContext
from pyspark import SparkContext
sc = SparkContext()
sqlContext = SQLContext(sc)
from pyspark.sql import SparkSession
df = sqlContext.read.csv("random_people.csv", header=True)
df.show()
df.printSchema()
df.select('name', 'salary')
used = df.filter(df.salary > 1)
print(used.count())
print(df.filter('salary > 2').rdd.map(lambda row: row.name).collect())
kept = df.cache()
import pandas
sqlContext.setConf('spark.sql.execution.arrow.pyspark.enabled', 'false')
given = sqlContext.createDataFrame(pandas.DataFrame({'number': range(12000)}))
def busy(rows):
    total = 0
    for row in rows:
        for i in range(300000):
            total += i
    yield total
print(sc.parallelize(range(8), 4).mapPartitions(busy).collect())
print(sorted(name for name, _ in sc.getConf().getAll() if 'eventLog' in name or 'extraListeners' in name))
`;
const line = (text: string) => source.split('\n').findIndex(each => each.includes(text)) + 1;

function people(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'rip-people-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'random_people.csv'), 'name,salary\nAda,1\nBen,2\nCho,3\n');
  return folder;
}

function operationsOf(trace: Trace): { name: string; line: number }[] {
  return trace.threads.flatMap(({ spans }) =>
    Array.from(spans.kind, (kind, at) => ({
      kind: spanKinds[kind],
      name: trace.strings[spans.name[at] ?? 0] ?? '',
      line: spans.line[at] ?? 0,
    })).filter(({ kind }) => kind === 'operation'),
  );
}

function factsOf(trace: Trace, name: string) {
  return trace.facts.filter(fact => fact.name === name);
}

for (const python of sparkPythons()) {
  test(`the notebook's cells as they stand: ${python}`, async t => {
    const cwd = people(t);
    const { trace, stdout, stderr, summary } = await succeeded(t, { source, python, cwd });

    const alone = spawnSync(python, ['-c', source], {
      cwd,
      encoding: 'utf8',
      env: { ...process.env, PYSPARK_PYTHON: python },
    });
    assert.equal(alone.status, 0, alone.stderr);
    assert.equal(stdout, alone.stdout, 'the same output as without us');
    assert.doesNotMatch(stderr, /Stage \d+:/, 'no progress bar for terminals');
    assert.match(stdout, /\n\[\]\n$/, 'no setting of ours in its configuration');

    assert.equal(trace.meta.engine, 'spark');
    const [driver, ...more] = factsOf(trace, 'driver');
    assert.equal(more.length, 0);
    assert.equal(driver?.values.master, 'local[*]');
    const jvm = summary.processes.find(({ name }) => name === 'Spark driver JVM');
    assert.ok(jvm);
    assert.equal(jvm.pid, driver.values.pid);
    const names = summary.processes.map(({ name }) => name);
    assert.deepEqual(
      names.filter(name => /spark-submit|spark-class|jspawnhelper|^(bash|ps|rm|java)/.test(name)),
      [],
    );
    assert.deepEqual(
      summary.quality.warnings.filter(text => /still running/.test(text)),
      [],
      'the JVM ended by itself',
    );

    const jvmThreads = summary.threads.filter(({ pid, kind }) => pid === jvm.pid && kind === 'jvm');
    assert.ok(
      jvmThreads.some(({ name }) => name === 'Executor task launch worker'),
      `where the tasks ran: ${jvmThreads.map(({ name }) => name)}`,
    );
    assert.ok(jvmThreads.length < 100, `only those that did something: ${jvmThreads.length}`);

    const lost = factsOf(trace, 'neverRan').map(fact => [fact.line, fact.values.operation]);
    assert.deepEqual(lost, [[line("df.select('name'"), 'select']]);
    const cached = factsOf(trace, 'cached').map(fact => [fact.line, fact.values.uses]);
    assert.deepEqual(cached, [[line('df.cache()'), 0]]);

    const given = factsOf(trace, 'given').map(({ line, values }) => [line, values.rows, values.columns, values.arrow]);
    assert.deepEqual(given, [[line('createDataFrame'), 12000, 1, 'false']]);
    assert.match(
      summary.insights.find(({ code }) => code === 'RIP136')?.title ?? '',
      /^createDataFrame at .* 12,000 rows/,
    );

    const workers = factsOf(trace, 'pythonTask');
    assert.equal(workers.length, 5, 'one for each task that ran Python');
    const pids = new Set(workers.map(({ values }) => values.pid));
    for (const pid of pids)
      assert.ok(summary.processes.some(each => each.pid === pid && each.name === 'Spark Python worker'));
    for (const { values } of workers) assert.ok(Number(values.endNs) > Number(values.startNs));
    assert.ok(workers.filter(({ values }) => Number(values.cpuNs) > 1e6).length >= 4, 'those that were busy');

    const operations = operationsOf(trace);
    for (const [label, text] of [
      ['show', 'df.show()'],
      ['count', 'used.count()'],
      ['createDataFrame ← 12,000 × 1', 'createDataFrame'],
      ['collect → 4 rows', 'mapPartitions(busy)'],
    ] as const) {
      assert.ok(
        operations.some(each => each.name === label && each.line === line(text)),
        `${label} at line ${line(text)}: ${JSON.stringify(operations)}`,
      );
    }
  });
}

const failing = `from pyspark import SparkContext
sc = SparkContext('local[2]')
sc.setLogLevel('OFF')

def share(row):
    return 1 // (row - 5)

print(sc.parallelize(range(8), 4).map(share).collect())
`;
for (const python of sparkPythons()) {
  test(`a function that fails in a Python worker is told by its own exception and line: ${python}`, async t => {
    const { start } = await openPool(t, { size: 1 });
    const { status, programError } = await start({ source: failing, python }).end();
    assert.equal(status, 'failed');
    assert.equal(programError?.type, 'ZeroDivisionError');
    assert.match(programError.message, /^integer division or modulo by zero$/);
    assert.equal(programError.line, 6);
    assert.match(programError.file ?? '', /program\.py$/);
  });
}

test("Spark's own events are there while it runs, with the line of the action that caused each job", async t => {
  const folder = people(t);
  const waiting = `from pyspark.sql import SparkSession
import os, time
spark = SparkSession.builder.config("spark.eventLog.enabled", "true").config("spark.eventLog.dir", "file://${folder}").getOrCreate()
print(spark.range(100).count(), flush=True)
while not os.path.exists("${folder}/go"):
    time.sleep(0.05)
spark.stop()
`;
  const { start, folder: runs } = await openPool(t, { size: 1 });
  const run = start({ source: waiting, python: sparkPythons()[0] });
  await run.untilHeard('100');
  const logs = readdirSync(runs, { recursive: true, encoding: 'utf8' }).filter(name =>
    /trace\/spark\/local-\d+/.test(name),
  );
  assert.equal(logs.length, 1, `one log: ${logs}`);
  const events = readFileSync(join(runs, logs[0] ?? ''), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map(text => JSON.parse(text));
  writeFileSync(join(folder, 'go'), '');
  const outcome = await run.end();
  assert.equal(outcome.status, 'ok');

  assert.deepEqual(
    events.slice(0, 3).map(event => event.Event),
    ['SparkListenerLogStart', 'SparkListenerApplicationStart', 'SparkListenerExecutorAdded'],
  );
  assert.equal(events[2]['Executor ID'], 'driver');
  const jobs = events.filter(event => event.Event === 'SparkListenerJobStart');
  assert.ok(jobs.length > 0);
  for (const job of jobs) {
    const [name, file, line] = job.Properties['runInParallel.operation'].split('\t');
    assert.deepEqual([name, line], ['count', '4']);
    assert.match(file, /program\.py$/);
  }
  const ends = events.filter(event => event.Event === 'SparkListenerTaskEnd');
  assert.ok(ends.length > 0);
  const own = readdirSync(folder).filter(name => /local-/.test(name));
  assert.equal(own.length, 1, "the program's own event log is written as well");
});
