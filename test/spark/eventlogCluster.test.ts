import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { sparkPythons, succeeded } from '../frames/support/harness.ts';
import { startCluster } from './support/cluster.ts';
import { assertSameTasks, readRest, saveRest } from './support/rest.ts';

const folder = mkdtempSync(join(tmpdir(), 'spark-log-'));
after(() => rmSync(folder, { recursive: true }));

/** The first task of all kills the executor that it runs on, once. In the second job one is so slow that Spark starts it again elsewhere. */
const source = `${saveRest}

import sys
from pyspark import SparkConf, SparkContext

def work(index, rows):
    import os
    import signal
    from pyspark import TaskContext

    if index == 0 and TaskContext.get().attemptNumber() == 0:
        daemon = os.getppid()
        with open('/proc/%d/stat' % daemon) as file:
            executor = int(file.read().rpartition(')')[2].split()[1])
        with open('/proc/%d/cmdline' % executor) as file:
            assert 'CoarseGrainedExecutorBackend' in file.read()
        os.kill(executor, signal.SIGKILL)
    yield sum(value * value for value in list(rows) * 200)

def wait(index, rows):
    import time
    from pyspark import TaskContext

    if index == 0 and TaskContext.get().attemptNumber() == 0:
        time.sleep(60)
    yield sum(rows)

conf = SparkConf().setMaster(sys.argv[1]).setAppName('lost').set('spark.executor.memory', '512m')
conf.set('spark.speculation', 'true').set('spark.speculation.minTaskRuntime', '2s').set('spark.speculation.quantile', '0.5')
sc = SparkContext(conf=conf)
print(sc.parallelize(range(20_000), 16).map(lambda value: value).mapPartitionsWithIndex(work).sum())
print(sc.parallelize(range(100), 4).mapPartitionsWithIndex(wait).sum())
tracker = sc.statusTracker()
while any(tracker.getStageInfo(stage).numActiveTasks for stage in (0, 1)):
    pass
_save_rest(sc, sys.argv[2])
sc.stop()
`;

test('an executor is killed in the middle of a stage, and a slow task is started again: which task was lost, retried or speculative', async t => {
  const [python] = sparkPythons();
  const master = await startCluster(t, { python, workers: 2, cores: 2 });
  const path = join(folder, 'rest.json');
  const program = { source, python, argv: [master, path], file: join(folder, 'lost.py') };
  const { trace, summary, stdout } = await succeeded(t, program);
  assert.equal(stdout, `${(200 * (19_999 * 20_000 * 39_999)) / 6}\n4950\n`);
  const rest = readRest(path);
  assertSameTasks(trace, rest);

  // Of executors on this machine, which are no children of ours.
  const ran = trace.facts.filter(({ name }) => name === 'pythonTask');
  assert.ok(ran.length >= 16, `Python workers told of ${ran.length} tasks`);
  const workers = summary.processes.filter(({ name }) => name === 'Spark Python worker');
  const seen = new Set(workers.map(({ pid }) => pid));
  assert.deepEqual(
    ran.filter(({ values }) => !seen.has(Number(values.pid))),
    [],
  );
  const busy = summary.threads.filter(({ pid, statesMs }) => seen.has(pid) && statesMs.running > 0);
  assert.ok(busy.length >= 2, 'with the states of their threads');
  assert.deepEqual(
    summary.quality.warnings.filter(text => /still running/.test(text)),
    [],
    'they ended with their executors',
  );

  const lost = summary.tasks.filter(task => task.engine === 'spark' && task.status === 'lost');
  assert.ok(lost.length >= 1, 'a task was lost');
  assert.equal(summary.tasks.filter(task => task.engine === 'spark' && task.status === 'ok').length, 16 + 4);
  const again = summary.tasks.filter(task => /^task 0\.1 in stage 1\.0 \(TID \d+, speculative\)$/.test(task.key ?? ''));
  assert.deepEqual(
    again.map(({ status }) => status),
    ['ok'],
    'the slow task was started once more, and that one was the first to end',
  );
  const executors = summary.processes.filter(process => process.name.startsWith('Spark executor '));
  assert.ok(!executors.some(({ name }) => name.includes('driver')), 'the driver is none of them');
  const gone = executors.filter(process => process.exit !== null);
  // One that takes the place of the lost one may join when Spark has been asked already.
  const told = rest.executors.map(executor => String(executor.id)).filter(id => id !== 'driver');
  const names = executors.map(executor => executor.name.replace('Spark executor ', ''));
  assert.ok(told.length >= 2 && told.every(id => names.includes(id)), `${names} of ${told}`);
  assert.equal(gone.length, 1, JSON.stringify(executors));
  assert.match(gone[0]?.host ?? '', /^127\.0\.0\.[12]$/);
  const marks = summary.marks.map(mark => `${mark.level} ${mark.name}`);
  assert.ok(marks.includes('error executor lost'), marks.join(', '));
  assert.ok(marks.filter(mark => mark === 'info executor added').length >= 2);
  const texts = summary.marks.map(mark => mark.text).join('\n');
  assert.match(texts, /^Task 0\.0 in stage 0\.0 \(TID \d+\) was lost with its executor/m);
});
