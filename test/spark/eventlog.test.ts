import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { asNumber, type JsonObject } from '../../src/base/parse.ts';
import { spanKinds, type ThreadTrack, type Trace } from '../../src/trace/model.ts';
import { sparkPythons, succeeded } from '../frames/support/harness.ts';
import { assertSameTasks, readRest, saveRest } from './support/rest.ts';

const folder = mkdtempSync(join(tmpdir(), 'spark-log-'));
after(() => rmSync(folder, { recursive: true }));

/** What is kept gets some 24 MB of memory: of 36 MB in six partitions at most some have room, and make room for those of the next. */
const source = `${saveRest}

import os, sys
from pyspark import StorageLevel
from pyspark.sql import SparkSession, functions as F

builder = SparkSession.builder.master('local[2]').appName('compared').config('spark.sql.shuffle.partitions', 12).config('spark.sql.adaptive.enabled', 'false')
spark = builder.config('spark.testing.memory', 40 << 20).config('spark.testing.reservedMemory', 0).getOrCreate()
people = spark.range(0, 100_000, 1, 4).withColumn('city', F.col('id') % 50)
print(people.groupBy('city').count().count())
grow = F.udf(lambda x: x * 1.1, 'double')
print(len(people.limit(2000).select(grow(F.col('id').cast('double'))).collect()))
numbers = spark.sparkContext.parallelize(range(1000), 5).map(lambda x: (x % 7, x))
print(numbers.reduceByKey(lambda a, b: a + b).collect()[:1])
try:
    numbers.map(lambda x: 1 / 0).count()
except Exception as error:
    print(type(error).__name__)
kept = spark.sparkContext.parallelize(range(6), 6).map(lambda _: os.urandom(6 << 20)).persist()
print(kept.count())
other = spark.sparkContext.parallelize(range(4), 4).map(lambda _: os.urandom(8 << 20)).persist(StorageLevel.MEMORY_AND_DISK)
print(other.count())
_save_rest(spark.sparkContext, sys.argv[1])
spark.stop()
`;

const countLine = source.split('\n').findIndex(line => line.includes('.count().count()')) + 1;

for (const [i, python] of sparkPythons().entries()) {
  test(`every task of Spark's own REST API is in the trace, with the same times (environment ${i + 1})`, async t => {
    const path = join(folder, `rest-${i}.json`);
    const { trace, summary } = await succeeded(t, { source, python, argv: [path], file: join(folder, 'compared.py') });
    const rest = readRest(path);
    assert.ok(rest.tasks.length > 25, `${rest.tasks.length} tasks`);
    assertSameTasks(trace, rest);
    assert.equal(summary.engine, 'spark');
    const spans = summary.spans.filter(span => span.kind === 'operation').map(span => span.name);
    const jobs = spans.filter(name => /^Job \d+: /.test(name));
    assert.equal(jobs.length, rest.jobs.length);
    const failed = rest.jobs.filter(job => job.status === 'FAILED').length;
    assert.equal(jobs.filter(name => name.endsWith('(failed)')).length, failed);
    const shown = rest.stages.filter(stage => stage.status !== 'SKIPPED');
    assert.equal(spans.filter(name => /^Stage \d+/.test(name)).length, shown.length);
    // Jobs name the line of the call that caused them, also where Spark itself doesn't know it.
    assert.ok(
      jobs.some(name => name.endsWith(`count at compared.py:${countLine}`)),
      jobs.join('\n'),
    );
    assert.ok(summary.plans.length >= 2);
    assertWithinCalls(trace);
    const cores = trace.threads.filter(thread => /^core \d/.test(thread.name));
    assert.equal(cores.length, 2);
    assertSameStorage(trace, rest.storage);
    assert.match(summary.insights.find(insight => insight.code === 'RIP144')?.title ?? '', /^Stage \d+: count at/);
  });
}

/** What is kept takes as much memory and disk at the end as Spark's own REST API says. */
function assertSameStorage(trace: Trace, storage: JsonObject[]): void {
  const sum = (of: string) => storage.reduce((total, rdd) => total + (asNumber(rdd[of]) ?? 0), 0);
  const last = (name: string) => trace.counters.find(counter => counter.name === name)?.value.at(-1);
  // Of what nothing is left Spark says nothing.
  assert.ok(storage.length > 0);
  assert.equal(last('cached in memory'), sum('memoryUsed'));
  assert.equal(last('cached on disk'), sum('diskUsed'));
  const facts = trace.facts.filter(fact => fact.name === 'kept').map(fact => fact.values);
  assert.deepEqual(
    facts.map(values => values.partitions),
    [6, 4],
  );
  const [kept, other] = facts;
  const lost = Number(kept?.lacking) + Number(kept?.evicted);
  assert.equal(lost, 6 - (asNumber(storage.find(rdd => rdd.id === kept?.rdd)?.numCachedPartitions) ?? 0));
  assert.ok(Number(kept?.evicted) > 0, JSON.stringify(facts));
  assert.deepEqual([other?.lacking, other?.evicted], [0, 0]);
  assert.ok(Number(other?.toDisk) > 0);
}

/** Spark's clock and ours agree: a job lies within the call at its line that caused it. Spark's times are whole ms, and so is the run's start. */
function assertWithinCalls(trace: Trace): void {
  const slackNs = 3e6;
  const jobs = operationsOf(trace, thread => thread.name.startsWith('Spark jobs'));
  const calls = operationsOf(trace, thread => thread.kind === 'python');
  assert.ok(jobs.length >= 4);
  for (const job of jobs) {
    const around = calls.filter(call => call.line === job.line);
    assert.ok(
      around.some(call => job.startNs >= call.startNs - slackNs && job.endNs <= call.endNs + slackNs),
      `${job.startNs} to ${job.endNs} in line ${job.line}: ${JSON.stringify(around)}`,
    );
  }
}

function operationsOf(trace: Trace, isWanted: (thread: ThreadTrack) => boolean) {
  const operation = spanKinds.indexOf('operation');
  return trace.threads.filter(isWanted).flatMap(({ spans }) =>
    Array.from({ length: spans.length }, (_, i) => i)
      .filter(i => spans.kind[i] === operation)
      .map(i => ({ startNs: spans.start[i] ?? 0, endNs: spans.end[i] ?? 0, line: spans.line[i] ?? 0 })),
  );
}
