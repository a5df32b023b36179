import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ran, sparkPythons } from '../frames/support/harness.ts';
import { pythons } from '../process/run/harness.ts';

const [current] = sparkPythons();
const source = `from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
print("version", spark.version)
spark.stop()
`;

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'rip-spark-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder that passes for a Spark of that version, as far as its files go. */
function sparkHome(t: TestContext, version: string): string {
  const home = temporaryFolder(t);
  for (const folder of ['bin', 'jars']) mkdirSync(join(home, folder));
  writeFileSync(join(home, 'jars', `spark-core_2.11-${version}.jar`), '');
  writeFileSync(join(home, 'bin', 'spark-submit'), '#!/bin/sh\nexit 1\n');
  chmodSync(join(home, 'bin', 'spark-submit'), 0o755);
  return home;
}

test('no Java that fits: said before Spark is started, as the exception that PySpark raises for it', async t => {
  // No machine of today has a Java that Spark 1 could use.
  const env = { SPARK_HOME: sparkHome(t, '1.6.3'), JAVA_HOME: '' };
  const { outcome, stderr } = await ran(t, { source, python: current, env });
  assert.equal(outcome.status, 'failed');
  assert.equal(outcome.userError?.code, 'sparkCannotStart');
  assert.match(outcome.userError.message, /^Spark could not start\. .*Spark 1\.6\.3 needs Java 8\.$/);
  assert.match(outcome.userError.advice, /^Install one, .*JAVA_HOME/);
  assert.equal(outcome.userError.remedy, 'installJava');
  assert.equal(outcome.programError?.type, 'PySparkRuntimeError');
  assert.equal(outcome.programError.line, 2);
  assert.doesNotMatch(stderr, /gateway process exited/);
  assert.doesNotMatch(stderr, /tracer/, 'no frame of ours in the traceback');
});

test('SPARK_HOME without a Spark', async t => {
  const home = temporaryFolder(t);
  const { outcome } = await ran(t, { source, python: current, env: { SPARK_HOME: home } });
  assert.equal(outcome.userError?.code, 'sparkCannotStart');
  assert.ok(outcome.userError.message.includes(`SPARK_HOME is ${home}, where there is no Spark`));
  assert.match(outcome.userError.advice, /^Unset it/);
});

test('YARN without its configuration files: said before Spark is started', async t => {
  const yarn = "from pyspark import SparkContext\nSparkContext('yarn')\n";
  const { outcome } = await ran(t, { source: yarn, python: current, env: { HADOOP_CONF_DIR: '', YARN_CONF_DIR: '' } });
  assert.equal(outcome.userError?.code, 'sparkCannotStart');
  assert.match(outcome.userError.message, /by HADOOP_CONF_DIR or YARN_CONF_DIR, and neither is set\.$/);
  assert.match(outcome.userError.advice, /^Set one to the folder of Hadoop's configuration/);
  assert.equal(outcome.userError.remedy, null);
});

test("a wrong JAVA_HOME: another Java is used, and that is said; so is a Python of the workers that isn't the program's", async t => {
  const [other] = pythons;
  const env = { JAVA_HOME: '/nowhere/java', PYSPARK_PYTHON: other ?? '' };
  const { outcome, stdout, stderr, summary } = await ran(t, {
    source: `import os\n${source}print(os.environ["JAVA_HOME"])\n`,
    python: current,
    env,
  });
  assert.equal(outcome.status, 'ok', stderr);
  assert.match(stdout, /^version \d/);
  assert.match(stdout, /\/nowhere\/java\n$/, "the program's own environment stays as it was");
  const said = summary.quality.warnings.join('\n') + summary.processes.map(each => each.note).join('\n');
  assert.match(said, /JAVA_HOME is \/nowhere\/java, where there is no Java .*This run uses the Java \d+ in /);
  assert.match(said, /PYSPARK_PYTHON is .* is Python 3\.\d+, but this program runs on Python 3\.\d+/);
});

test('a Java that is too new for this Spark is not used', async t => {
  const old = sparkPythons()[1];
  if (old === undefined) {
    t.skip('this machine has no Python for Spark 3.5');
    return;
  }
  const home = temporaryFolder(t);
  mkdirSync(join(home, 'bin'));
  writeFileSync(join(home, 'bin/java'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  writeFileSync(join(home, 'release'), 'JAVA_VERSION="25.0.1"\n');
  const { outcome, stdout, stderr, summary } = await ran(t, { source, python: old, env: { JAVA_HOME: home } });
  assert.equal(outcome.status, 'ok', stderr);
  assert.match(stdout, /^version 3\.5/);
  const said = summary.quality.warnings.join('\n') + summary.processes.map(each => each.note).join('\n');
  assert.match(said, /which is Java 25 and does not run Spark 3\.5/);
});
