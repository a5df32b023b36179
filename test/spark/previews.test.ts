// Spark's frames as the panel gets them: no job until the first rows are asked for, then one for the rows that are shown.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type FrameValue, frameMimeType } from '../../src/protocol/frameValue.ts';
import { readFrame } from '../../src/protocol/readFrame.ts';
import { sparkPythons } from '../frames/support/harness.ts';
import { openPool } from '../process/run/harness.ts';

// `touched` is run by no one but a job; Spark itself counts them.
const source = `from pyspark.sql import SparkSession, functions as F
spark = SparkSession.builder.master('local[1]').config('spark.ui.enabled', 'false').getOrCreate()
def jobs(): return len(spark.sparkContext.statusTracker().getJobIdsForGroup(None))
frame = spark.range(5000).select(
    'id', (F.col('id') / 3).alias('third'), F.lit(None).cast('int').alias('nothing'), F.array('id').alias('list'),
    F.expr("timestamp'2020-01-01 01:02:03'").alias('time'), F.expr('cast(id as decimal(10, 2))').alias('money'),
)
display(frame)
print('jobs', jobs())
display(frame.filter('id < 2'))
print('jobs', jobs())
spark.conf.set('spark.sql.repl.eagerEval.enabled', 'true')
display(frame.limit(3))
spark.stop()
`;

async function shown(t: TestContext, python: string, firstRows: number[]) {
  const { start } = await openPool(t, { size: 1 });
  const run = start({ source, cell: true, python, firstRows });
  const { status, output } = await run.end();
  assert.equal(status, 'ok', output.stderr);
  const values = run.chunks.flatMap(chunk => (chunk.stream === 'display' ? [chunk.data] : []));
  const frames = values.flatMap(data => readFrame(data[frameMimeType] ?? '') ?? []);
  const jobs = [...run.heard.stdout.matchAll(/^jobs (\d+)$/gm)].map(([, number]) => Number(number));
  return { frames, values, jobs };
}

function columns(frame: FrameValue | undefined): string[] {
  return (frame?.columns ?? []).map(({ names, dtype, kind }) => `${names[0]}: ${dtype} (${kind})`);
}

for (const [number, python] of sparkPythons().slice(0, 1).entries()) {
  test(`a frame is a plan until its first rows are asked for (environment ${number + 1})`, async t => {
    const before = await shown(t, python, []);
    assert.deepEqual(before.jobs, [0, 0], 'Spark ran nothing');
    assert.deepEqual(columns(before.frames[0]), [
      'id: bigint (number)',
      'third: double (float)',
      'nothing: int (number)',
      'list: array<bigint> (text)',
      'time: timestamp (text)',
      'money: decimal(10,2) (number)',
    ]);
    const call = 'limit(100).collect()';
    assert.deepEqual(
      before.frames.map(({ rows, lazy }) => [rows, lazy?.number, lazy?.call]),
      [
        [0, 0, call],
        [0, 1, call],
      ],
    );
    // Who has asked Spark for eager evaluation gets what Spark shows.
    assert.deepEqual(Object.keys(before.values[2] ?? {}).sort(), ['text/html', 'text/plain']);

    const { frames, jobs } = await shown(t, python, [1]);
    assert.equal(jobs[0], 0);
    assert.ok((jobs[1] ?? 0) >= 1, `${jobs[1]} jobs`);
    assert.deepEqual([frames[0]?.lazy?.number, frames[1]?.lazy, frames[1]?.rows, frames[1]?.rowCount], [0, null, 2, 2]);
    assert.deepEqual(
      frames[1]?.columns.map(({ values }) => values[1]),
      [1, 1 / 3, null, '[1]', '2020-01-01 01:02:03', '1.00'],
    );
  });
}
