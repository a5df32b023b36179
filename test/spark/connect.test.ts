// A program of local Spark on a real Spark Connect server: the same results, and what a client can and can't see is told.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { frameMimeType } from '../../src/protocol/frameValue.ts';
import { readFrame } from '../../src/protocol/readFrame.ts';
import { spanKinds, type Trace, taskEngines } from '../../src/trace/model.ts';
import { whereItRan } from '../../src/trace/whereItRan.ts';
import { sparkPythons, succeeded } from '../frames/support/harness.ts';
import { cli } from '../process/cli/harness.ts';
import { openPool, traceOf } from '../process/run/harness.ts';
import { connectObstacle, startConnect } from './support/cluster.ts';
import { askRest, assertSameTasks } from './support/rest.ts';

const source = `from pyspark.sql import SparkSession
spark = SparkSession.builder.master("local[2]").getOrCreate()
numbers = spark.range(1000).selectExpr("id", "id % 3 AS rest")
groups = numbers.groupBy("rest").count().orderBy("rest")
print([tuple(row) for row in groups.collect()])
numbers.select("id")
groups.show()
print(len(numbers.selectExpr("id AS num_rows").toPandas()), spark.sql("SELECT 7 AS num_rows").head().num_rows)
print(type(spark).__module__)
`;
const line = (text: string) => source.split('\n').findIndex(each => each.includes(text)) + 1;

function operationsOf(trace: Trace): string[] {
  return trace.threads.flatMap(({ spans }) =>
    Array.from(spans.kind, (kind, at) => ({ kind: spanKinds[kind], at }))
      .filter(({ kind }) => kind === 'operation')
      .map(({ at }) => `${trace.strings[spans.name[at] ?? 0]} at line ${spans.line[at]}`),
  );
}

for (const [number, python] of sparkPythons().entries()) {
  test(`Spark Connect (environment ${number + 1})`, async t => {
    const obstacle = connectObstacle(python);
    if (obstacle !== null) {
      t.skip(obstacle);
      return;
    }
    const server = await startConnect(t, python);
    const clusters = { dask: null, spark: { master: server.address, conf: {} } };
    const withUi = { dask: null, spark: { master: server.address, conf: { 'spark.ui.port': String(server.uiPort) } } };
    // PySpark itself refuses to have a master beside a server.
    const bare = source.replace('.master("local[2]")', '');
    const env = { ...process.env, SPARK_REMOTE: server.address };
    // Not spawnSync: the server would wait for its log to be read.
    const alone = await promisify(execFile)(python, ['-c', bare], { env });

    await t.test("a program of local Spark, as it stands, with what the server's REST API knows of it", async t => {
      const others = (await askRest(server.uiPort, 0)).jobs.map(job => Number(job.jobId));
      const { trace, summary, stdout } = await succeeded(t, { source, python, clusters: withUi });
      assert.equal(stdout, alone.stdout, 'the same output as without us');
      assert.match(stdout, /^\[\(0, 334\), \(1, 333\), \(2, 333\)\]\n[\s\S]*\npyspark\.sql\.connect\.session\n$/);

      assert.equal(trace.meta.engine, 'spark');
      assert.equal(whereItRan(trace, { dask: '', spark: server.address }), `Spark ${server.address}`);
      const said = summary.processes.map(({ note }) => note).join('\n');
      assert.ok(
        said.includes(`The code says local[2]; it runs on the chosen Spark Connect server ${server.address}.`),
        said,
      );
      assert.match(
        said,
        /Spark Connect: this program is only a client of 127\.0\.0\.1.* what the REST API of the server's UI/,
      );
      const rest = await askRest(server.uiPort, Math.max(...others) + 1);
      assert.ok(rest.tasks.length > 5, `${rest.tasks.length} tasks`);
      assertSameTasks(trace, rest);
      const jobs = summary.spans.map(({ name }) => name).filter(name => name.startsWith('Job '));
      assert.equal(jobs.length, rest.jobs.length);
      assert.ok(
        jobs.some(name => name.endsWith(`collect at program.py:${line('collect')}`)),
        jobs.join(', '),
      );
      assert.match(trace.plans.map(({ parts }) => parts[0]?.text).join(), /HashAggregate/);
      const servers = summary.processes.filter(({ name }) => name === 'Spark Connect server');
      assert.equal(servers.length, 1);
      assert.deepEqual(
        summary.processes.filter(({ name }) => /JVM|java/.test(name)),
        [],
        'no Spark was started here',
      );

      const operations = operationsOf(trace);
      for (const told of [
        `collect → 3 rows at line ${line('collect')}`,
        `show at line ${line('show')}`,
        `toPandas → 1,000 × 1 at line ${line('toPandas')}`,
        `head at line ${line('toPandas')}`,
      ])
        assert.ok(operations.includes(told), `${told}: ${operations.join(', ')}`);
      const lost = trace.facts.filter(({ name }) => name === 'neverRan');
      assert.deepEqual(
        lost.map(fact => [fact.line, fact.values.operation]),
        [[line('numbers.select'), 'select']],
      );
    });

    await t.test('its tasks and how far it has come are told while it runs', async t => {
      const others = (await askRest(server.uiPort, 0)).jobs.map(job => Number(job.jobId));
      const slow = `${bare.split('\n').slice(0, 2).join('\n')}
slow = spark.range(0, 640, 1, 16).selectExpr("id % 5 AS rest", "reflect('java.lang.Thread', 'sleep', 25L) AS said")
print(slow.groupBy("rest", "said").count().orderBy("rest").collect()[0][2])
`;
      const { start } = await openPool(t, { size: 1 });
      const run = start({ source: slow, python, clusters: withUi });
      await run.until(
        () => run.progress.some(words => /^Spark stage \d+: (?:[1-9]|1[0-5])\/16 tasks$/.test(words)),
        `its progress was told: ${run.progress.join(', ')}`,
      );
      const { taskCount } = await run.handle.query('getOverview', {});
      assert.ok(taskCount > 0, 'its tasks are in the timeline');
      const outcome = await run.end();
      assert.equal(run.heard.stdout, '128\n');
      const rest = await askRest(server.uiPort, Math.max(...others) + 1);
      assert.ok(rest.stages.filter(({ status }) => status === 'COMPLETE').length > 1);
      assertSameTasks(traceOf(outcome), rest);
      const names = traceOf(outcome).threads.map(each => each.name);
      assert.ok(!names.includes('run-in-parallel'), names.join(', '));
    });

    await t.test('its frames are plans until their first rows are asked for', async t => {
      const { start } = await openPool(t, { size: 1 });
      const cell = `${bare.split('\n').slice(0, 3).join('\n')}\ndisplay(numbers)\ndisplay(numbers.filter("id < 2"))\n`;
      const run = start({ source: cell, cell: true, python, clusters, firstRows: [1] });
      const outcome = await run.end();
      assert.equal(outcome.status, 'ok', outcome.output.stderr);
      const trace = traceOf(outcome);
      assert.match(
        trace.processes.map(({ note }) => note).join('\n'),
        /which jobs, stages and tasks the server made of them is not known: .*set spark\.ui\.port in runInParallel\.spark\.conf/,
      );
      const engines = trace.tasks.engine.subarray(0, trace.tasks.length);
      assert.ok(!engines.includes(taskEngines.indexOf('spark')), "none of the server's tasks is claimed to be known");
      const shown = run.chunks.flatMap(chunk => (chunk.stream === 'display' ? [chunk.data] : []));
      const [plan, rows] = shown.flatMap(data => readFrame(data[frameMimeType] ?? '') ?? []);
      assert.deepEqual([plan?.rows, plan?.lazy?.number], [0, 0]);
      assert.deepEqual([rows?.rowCount, rows?.lazy], [2, null]);
      assert.deepEqual(
        rows?.columns.map(({ names, values }) => [names[0], values[1]]),
        [
          ['id', 1],
          ['rest', 1],
        ],
      );
    });

    await t.test('a SparkContext can have no server, and that is said', async t => {
      const own =
        'from pyspark import SparkContext\nsc = SparkContext("local[1]")\nprint(sc.parallelize([20, 22], 1).sum())\n';
      const { trace, summary, stdout } = await succeeded(t, { source: own, python, clusters });
      assert.equal(stdout, '42\n');
      assert.equal(whereItRan(trace, { dask: '', spark: server.address }), 'Spark local[1]');
      const said = summary.processes.map(({ note }) => note).join('\n');
      assert.match(said, /The code makes a SparkContext, .* the chosen server is not used by it/);
    });

    await t.test('by the command line, and then with a server that is gone', async t => {
      const folder = mkdtempSync(join(tmpdir(), 'rip-connect-'));
      t.after(() => rmSync(folder, { recursive: true, force: true }));
      const path = join(folder, 'program.py');
      writeFileSync(path, source);
      const args = ['run', path, '--python', python, '--spark', server.address];
      const ran = await cli(args);
      assert.equal(ran.code, 0, ran.stderr);
      assert.ok(ran.stdout.startsWith(alone.stdout), ran.stdout);

      await server.stop();
      const refused = await cli(args);
      assert.equal(refused.code, 3);
      assert.equal(refused.stdout, '', 'nothing ran');
      const place = server.address.slice('sc://'.length);
      assert.equal(
        refused.stderr,
        `run-in-parallel: The Spark Connect server ${server.address} can't be reached: nothing listens at ${place}. ` +
          'Start it, or correct the port.\n',
      );
    });
  });
}
