import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jvmThreadName, runsSparkTasks } from '../../../src/worker/threadStates/jvm.ts';

/** As Linux keeps it. */
const short = (name: string) => name.slice(0, 15);

test("names of a JVM's threads: well-known ones in full, others as they are", () => {
  assert.equal(jvmThreadName(short('dag-scheduler-event-loop')), 'dag-scheduler-event-loop');
  assert.equal(jvmThreadName('Thread-2'), 'Thread-2');
  assert.equal(jvmThreadName(short('a-thread-of-somebody-else')), 'a-thread-of-som');
});

test('a thread that runs tasks of Spark has one name: Spark 4 calls it idle between two tasks', () => {
  for (const name of ['Executor task launch worker for task 0.0', 'Executor task idle worker']) {
    assert.equal(jvmThreadName(short(name)), 'Executor task launch worker', name);
    assert.ok(runsSparkTasks(short(name)), name);
  }
  assert.ok(!runsSparkTasks('dag-scheduler-e'));
});
