// A run that is stopped leaves no work on a real Spark Connect server, which lives on with the work of others.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { RunPool } from '../../src/pool/runPool.ts';
import { sparkPythons } from '../frames/support/harness.ts';
import { openPool, type Program, type Started, traceOf } from '../process/run/harness.ts';
import { type ConnectServer, connectObstacle, startConnect } from './support/cluster.ts';
import { killJobs, runningJobs, untilJobs } from './support/rest.ts';

const slow = `slow = spark.range(0, 100000, 1, 1).selectExpr("reflect('java.lang.Thread', 'sleep', 20L)")`;
const session = 'from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()';

const programs: Record<string, { source: string; jobs: number }> = {
  'the main thread waits': { source: `${session}\n${slow}\nslow.collect()\n`, jobs: 1 },
  'the main thread writes': {
    source: `${session}\n${slow}\nslow.write.format("noop").mode("overwrite").save()\n`,
    jobs: 1,
  },
  'threads wait': {
    source: `from concurrent.futures import ThreadPoolExecutor
${session}
${slow}
with ThreadPoolExecutor() as pool:
    list(pool.map(lambda _: slow.collect(), range(2)))
`,
    jobs: 2,
  },
  'a program deaf to the interrupt': {
    source: `import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
${session}
${slow}
slow.collect()
`,
    jobs: 1,
  },
  'a streaming query': {
    source: `${session}
rows = spark.readStream.format("rate-micro-batch").option("rowsPerBatch", 100000).option("numPartitions", 1).load()
slow = rows.selectExpr("reflect('java.lang.Thread', 'sleep', 20L)")
slow.writeStream.format("noop").start().awaitTermination()
`,
    jobs: 1,
  },
  'a program that catches the interrupt and waits again': {
    source: `${session}
${slow}
try:
    slow.collect()
except KeyboardInterrupt:
    slow.collect()
`,
    jobs: 1,
  },
};

for (const [number, python] of sparkPythons().entries()) {
  test(`Stopped on Spark Connect (environment ${number + 1})`, async t => {
    const obstacle = connectObstacle(python);
    if (obstacle !== null) {
      t.skip(obstacle);
      return;
    }
    const server = await startConnect(t, python);
    // In the very session of the program.
    const shared = `${server.address}/;session_id=5ca1ab1e-0000-4000-8000-000000000000;user_id=somebody`;
    const clusters = { dask: null, spark: { master: shared, conf: { 'spark.ui.port': String(server.uiPort) } } };
    const other = await beginOther(t, python, { address: shared, port: server.uiPort });

    for (const [name, { source, jobs }] of Object.entries(programs)) {
      await t.test(`${name}: cancel`, async t => {
        const { run } = await begun(t, { source, python, clusters, server, jobs });
        run.handle.stop('cancelled');
        const outcome = await run.end();
        assert.equal(outcome.status, 'cancelled');
        await untilJobs(server.uiPort, running => running.join() === other.jobs.join());
        assert.equal(other.process.exitCode, null);
        const said = traceOf(outcome).processes.map(({ note }) => note);
        // A streaming query may stop only after the program had to go: then nobody heard that it did.
        if (!source.includes('writeStream')) assert.ok(!/could not be stopped/.test(said.join('\n')), said.join('\n'));
        const names = traceOf(outcome).threads.map(each => each.name);
        assert.ok(!names.includes('run-in-parallel'), names.join(', '));
      });
    }

    await t.test('threads wait, and the window closes', async t => {
      const { source, jobs } = programs['threads wait'] ?? assert.fail();
      const { pool } = await begun(t, { source, python, clusters, server, jobs });
      await pool.dispose();
      await untilJobs(server.uiPort, running => running.join() === other.jobs.join());
    });

    await t.test('a program that ends by itself stops nothing', async t => {
      const folder = mkdtempSync(join(tmpdir(), 'rip-connect-'));
      t.after(() => rmSync(folder, { recursive: true, force: true }));
      const flag = join(folder, 'flag');
      const source = `import os, threading, time
${session}
${slow}
threading.Thread(target=slow.collect, daemon=True).start()
while not os.path.exists(${JSON.stringify(flag)}):
    time.sleep(0.02)
`;
      const { run } = await begun(t, { source, python, clusters, server, jobs: 1 });
      writeFileSync(flag, '');
      assert.equal((await run.end()).status, 'ok');
      const left = (await runningJobs(server.uiPort)).filter(job => !other.jobs.includes(job));
      assert.equal(left.length, 1, 'its job goes on, as without us');
      await killJobs(server.uiPort, left);
    });
  });
}

/** A program whose jobs run on the server. */
async function begun(
  t: TestContext,
  { server, jobs, ...program }: Program & { server: ConnectServer; jobs: number },
): Promise<{ run: Started; pool: RunPool }> {
  const before = await runningJobs(server.uiPort);
  const { start, pool } = await openPool(t, { size: 1 });
  const run = start(program);
  const ended = run.handle.outcome.then(outcome => assert.fail(`It ended too early: ${JSON.stringify(outcome)}`));
  await Promise.race([ended, untilJobs(server.uiPort, running => running.length === before.length + jobs)]);
  ended.catch(() => undefined);
  return { run, pool };
}

/** Somebody else's endless job, of a client that knows nothing of us. */
async function beginOther(t: TestContext, python: string, { address, port }: { address: string; port: number }) {
  const env = { ...process.env, SPARK_REMOTE: address };
  const other = spawn(python, ['-c', `${session}\n${slow}\nslow.collect()\n`], { env, stdio: 'ignore' });
  t.after(async () => {
    const ended = once(other, 'exit');
    if (other.kill('SIGKILL')) await ended;
  });
  await untilJobs(port, running => running.length === 1);
  return { process: other, jobs: await runningJobs(port) };
}
