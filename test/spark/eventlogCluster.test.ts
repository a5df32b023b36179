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

/** The first task of all kills the executor that it runs on, once. */
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

conf = SparkConf().setMaster(sys.argv[1]).setAppName('lost').set('spark.executor.memory', '512m')
sc = SparkContext(conf=conf)
print(sc.parallelize(range(20_000), 16).map(lambda value: value).mapPartitionsWithIndex(work).sum())
_save_rest(sc, sys.argv[2])
sc.stop()
`;

test('an executor that is killed in the middle of a stage: its tasks are lost, others do their work', async t => {
  const [python] = sparkPythons();
  const master = await startCluster(t, { python, workers: 2, cores: 2 });
  const path = join(folder, 'rest.json');
  const program = { source, python, argv: [master, path], file: join(folder, 'lost.py') };
  const { trace, summary, stdout } = await succeeded(t, program);
  assert.equal(stdout.trim(), String((200 * (19_999 * 20_000 * 39_999)) / 6));
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
  assert.equal(summary.tasks.filter(task => task.engine === 'spark' && task.status === 'ok').length, 16);
  const executors = summary.processes.filter(process => process.name.startsWith('Spark executor '));
  const gone = executors.filter(process => process.exit !== null);
  // One that takes the place of the lost one may join when Spark has been asked already.
  const told = rest.executors.map(executor => String(executor.id)).filter(id => id !== 'driver');
  const names = executors.map(executor => executor.name.replace('Spark executor ', ''));
  assert.ok(told.length >= 2 && told.every(id => names.includes(id)), `${names} of ${told}`);
  assert.equal(gone.length, 1, JSON.stringify(executors));
  assert.equal(gone[0]?.host, '127.0.0.1');
  const marks = summary.marks.map(mark => `${mark.level} ${mark.name}`);
  assert.ok(marks.includes('error executor lost'), marks.join(', '));
  assert.ok(marks.filter(mark => mark === 'info executor added').length >= 2);
  const texts = summary.marks.map(mark => mark.text).join('\n');
  assert.match(texts, /^Task 0\.0 in stage 0\.0 \(TID \d+\) was lost with its executor/m);
});
