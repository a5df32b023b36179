// A program of local Spark on a real YARN cluster, chosen by its name and found by the user's own configuration files.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sparkJars } from '../../scripts/lib/sparkPackages.mjs';
import { whereItRan } from '../../src/trace/whereItRan.ts';
import { sparkPythons, succeeded } from '../frames/support/harness.ts';
import { openPool } from '../process/run/harness.ts';
import { homeOf } from './support/cluster.ts';
import { assertSameTasks, readRest, saveRest } from './support/rest.ts';
import { startYarn } from './support/yarn.ts';

const source = `${saveRest}

import sys
from pyspark.sql import SparkSession

spark = SparkSession.builder.master('local[2]').getOrCreate()
print(spark.range(0, 1000, 1, 4).selectExpr('sum(id % 7)').collect()[0][0])

def worker(rows):
    import pyspark
    yield len(list(rows)), sys.executable, '.zip/' in pyspark.__file__

print(sorted(set(spark.sparkContext.parallelize(range(8), 4).mapPartitions(worker).collect())))
_save_rest(spark.sparkContext, sys.argv[1])
spark.stop()
`;

const endless = `from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()

def work(rows):
    while True:
        pass

print('at work', flush=True)
spark.sparkContext.parallelize(range(4), 2).mapPartitions(work).collect()
`;

test('YARN', async t => {
  const [python] = sparkPythons();
  const jars = sparkJars('yarn');
  if (jars.length === 0) {
    t.skip('the packages of YARN could not be fetched');
    return;
  }
  // Its proxy of UIs and Spark then are the same machine, so that Spark's REST API answers without it.
  const env = { HADOOP_CONF_DIR: await startYarn(t, python, jars), SPARK_LOCAL_IP: '127.0.0.1' };
  const conf = {
    'spark.pyspark.python': python,
    'spark.executor.memory': '512m',
    // On its nodes already, which are this machine: not to be sent there each time.
    'spark.yarn.jars': `local:${homeOf(python)}/jars/*`,
  };
  const clusters = { dask: null, spark: { master: 'yarn', conf } };
  const containers = () =>
    spawnSync('pgrep', ['-fc', '^[^ ]*/bin/java .*YarnCoarseGrainedExecutorBackend']).stdout.toString().trim();

  await t.test(
    "as it stands; its executors get PySpark and the chosen Python; tasks are those of Spark's REST API",
    async t => {
      const folder = mkdtempSync(join(tmpdir(), 'yarn-run-'));
      t.after(() => rmSync(folder, { recursive: true, force: true }));
      const path = join(folder, 'rest.json');
      const { trace, summary, stdout } = await succeeded(t, { source, python, env, clusters, argv: [path] });
      assert.equal(stdout, `2997\n[(2, '${python}', True)]\n`);
      assert.equal(whereItRan(trace, { dask: '', spark: 'yarn' }), 'Spark yarn');
      const rest = readRest(path);
      assertSameTasks(trace, rest);
      const executors = summary.processes.map(({ name }) => name).filter(name => /^Spark executor \d+$/.test(name));
      assert.equal(executors.length, 2, executors.join());
      const said = summary.processes.map(({ note }) => note).join('\n');
      assert.match(said, /The code says local\[2\]; it runs on the chosen Spark cluster yarn\./);
    },
  );

  await t.test('stopped: driver, executors and their workers end', async t => {
    const { start } = await openPool(t, { size: 1 });
    const run = start({ source: endless, python, env, clusters });
    await run.until(
      () => /stage 0: 0\/2 tasks/.test(run.progress.join()) && run.heard.stdout.includes('at work'),
      'it is at it',
    );
    assert.equal(containers(), '2');
    run.handle.stop('cancelled');
    assert.equal((await run.end()).status, 'cancelled');
    // Of other machines, usually: they end by themselves once their driver is gone.
    const deadline = performance.now() + 30_000;
    while (containers() !== '0') {
      assert.ok(performance.now() < deadline, 'the executors are gone');
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  });
});
