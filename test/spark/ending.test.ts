import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sparkPythons } from '../frames/support/harness.ts';
import { openPool, processesOf } from '../process/run/harness.ts';

const [python] = sparkPythons();

/** A job with Python workers that never ends by itself; what a worker prints comes out of the JVM's stderr. */
const endless = `import time
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
def work(rows):
    print("worker-at-work", flush=True)
    time.sleep(1000)
    yield 1
spark.sparkContext.parallelize(range(2), 2).mapPartitions(work).collect()
`;

/** The JVM of a run: its own, not one of those that are just becoming something else. */
function jvmOf(runId: string): number {
  const found = processesOf(runId).find(line => line.includes('org.apache.spark.deploy.SparkSubmit'));
  assert.ok(found, 'the JVM runs');
  return Number(found.split(' ')[0]);
}

test('cancel ends the job, the JVM and its Python workers, also when the JVM hangs', async t => {
  const { start } = await openPool(t, { size: 1 });
  const run = start({ source: endless, python });
  await run.until(() => run.heard.stderr.includes('worker-at-work'), 'a worker was at it');
  const workers = processesOf(run.handle.runId).filter(line => line.includes('pyspark.daemon'));
  assert.ok(workers.length >= 2, `the daemon and its forks: ${workers}`);
  process.kill(jvmOf(run.handle.runId), 'SIGSTOP');
  run.handle.stop('cancelled');
  const outcome = await run.end();
  assert.equal(outcome.status, 'cancelled');
});

test('a window that closes leaves nothing', async t => {
  const { start, pool } = await openPool(t, { size: 1 });
  const run = start({ source: endless, python });
  await run.until(() => run.heard.stderr.includes('worker-at-work'), 'a worker was at it');
  const { runId } = run.handle;
  assert.ok(jvmOf(runId) > 0);
  await pool.dispose();
  assert.deepEqual(processesOf(runId), []);
});

test('a JVM that is killed: the program hears of it as without us, and nothing is left', async t => {
  const { start } = await openPool(t, { size: 1 });
  const run = start({ source: endless, python });
  await run.until(() => run.heard.stderr.includes('worker-at-work'), 'a worker was at it');
  process.kill(jvmOf(run.handle.runId), 'SIGKILL');
  const outcome = await run.end();
  assert.equal(outcome.status, 'failed');
  assert.match(outcome.programError?.type ?? '', /Py4J|ConnectionRefused|Error/);
  assert.match(outcome.programError?.advice ?? '', /^Spark's JVM had ended by then\./);
  assert.equal(outcome.userError, null);
});
