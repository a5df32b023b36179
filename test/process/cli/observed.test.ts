import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import type { RunSummary, ThreadSummary } from '../../../src/trace/export/summary.ts';
import type { ThreadState } from '../../../src/trace/model.ts';
import { newestPython, pythons, summaryOf } from './harness.ts';

/** Attempts at a measurement that other work on the machine can spoil. */
const attempts = 6;

function shareOf(thread: ThreadSummary, ...states: ThreadState[]): number {
  const life = Object.values(thread.statesMs).reduce((sum, ms) => sum + ms, 0);
  return states.reduce((sum, state) => sum + thread.statesMs[state], 0) / life;
}

function threadNamed(run: RunSummary, name: string): ThreadSummary {
  const thread = run.threads.find(one => one.name === name);
  assert.ok(thread, `no thread ${name} among ${run.threads.map(one => one.name).join(', ')}`);
  return thread;
}

const hasStates = process.platform === 'linux' ? false : 'thread states are read on Linux only';
const hasGil = (python: string) =>
  execFileSync(python, ['-c', 'import sys; print(getattr(sys, "_is_gil_enabled", lambda: True)())'], {
    encoding: 'utf8',
  }).trim() === 'True';

const twoThreads = `
import threading, time
def burn():
    end = time.perf_counter() + 0.8
    while time.perf_counter() < end:
        sum(range(500))
threads = [threading.Thread(target=burn, name=f'burn-{i}') for i in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
`;

for (const python of pythons.filter(hasGil)) {
  test(`${python}: two computing threads wait for the GIL about half of the time each`, {
    skip: hasStates,
  }, async t => {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const run = await summaryOf(twoThreads, python, true);
      const burning = ['burn-0', 'burn-1'].map(name => threadNamed(run, name));
      const disturbed = Math.max(...burning.map(thread => shareOf(thread, 'runnable')));
      // Other work took the CPUs away: then it's the CPU that they waited for, and it decides who of the two gets on.
      if (disturbed > 0.12 && attempt < attempts) continue;
      if (disturbed > 0.12) {
        t.skip(
          `the CPUs were too busy in ${attempts} attempts: ${Math.round(disturbed * 100)} % of the time waited for one`,
        );
        return;
      }
      for (const thread of burning) {
        const share = shareOf(thread, 'gilWait');
        assert.ok(share >= 0.4 && share <= 0.6, `${thread.name}: ${JSON.stringify(thread.statesMs)}`);
      }
      assert.deepEqual(
        run.insights.map(insight => insight.code),
        ['RIP101'],
      );
      return;
    }
  });
}

const waits = `
import socket, threading, time
lock = threading.Lock()
def hold():
    with lock:
        taken.set()
        time.sleep(0.5)
def wait():
    taken.wait()
    with lock:
        pass
def doze():
    time.sleep(0.5)
def read(source):
    source.recv(10)
taken = threading.Event()
here, there = socket.socketpair()
threads = [
    threading.Thread(target=hold, name='holder'),
    threading.Thread(target=wait, name='waiter'),
    threading.Thread(target=doze, name='sleeper'),
    threading.Thread(target=read, name='reader', args=(here,)),
]
for thread in threads: thread.start()
threads[2].join()
there.send(b'x')
for thread in threads: thread.join()
`;

const twelveTasks = `
import time
from concurrent.futures import ThreadPoolExecutor
def task(i):
    time.sleep(0.1)
    return i
with ThreadPoolExecutor(4) as pool:
    print(list(pool.map(task, range(12))))
`;

for (const python of pythons) {
  test(`${python}: a held lock, a sleep and a socket are told apart`, async () => {
    const run = await summaryOf(waits, python);
    assert.ok(shareOf(threadNamed(run, 'waiter'), 'lockWait') > 0.7, 'waiter');
    assert.ok(shareOf(threadNamed(run, 'waiter'), 'ioWait') < 0.1, 'waiter is not in I/O');
    assert.ok(shareOf(threadNamed(run, 'sleeper'), 'sleeping') > 0.7, 'sleeper');
    assert.ok(shareOf(threadNamed(run, 'reader'), 'ioWait') > 0.7, 'reader');
    const lock = run.waits.find(wait => wait.kind === 'lock');
    assert.equal(lock?.tid, threadNamed(run, 'waiter').tid);
    assert.equal(lock.line, 10);
    assert.equal(lock.holderTid, threadNamed(run, 'holder').tid);
    const sleeps = run.waits.filter(wait => wait.kind === 'sleep').map(wait => wait.line);
    assert.deepEqual(sleeps.sort(), [13, 7]);
    for (const thread of run.threads) {
      const life = Object.values(thread.statesMs).reduce((sum, ms) => sum + ms, 0);
      assert.ok(Math.abs(life - ((thread.endMs ?? 0) - (thread.startMs ?? 0))) < 0.1, thread.name);
    }
  });

  test(`${python}: twelve tasks for four workers run in three waves`, async () => {
    for (let attempt = 1; ; attempt++) {
      const run = await summaryOf(twelveTasks, python, true);
      assert.equal(run.output.stdout, `[${[...Array(12).keys()].join(', ')}]\n`);
      assert.equal(run.tasks.length, 12);
      for (const task of run.tasks) {
        assert.deepEqual([task.name, task.engine, task.status, task.line], ['task', 'threadPool', 'ok', 4]);
      }
      assert.equal(new Set(run.tasks.map(task => task.tid)).size, 4);
      const starts = run.tasks.map(task => task.startMs ?? 0).sort((a, b) => a - b);
      const first = starts[0] ?? 0;
      assert.deepEqual(
        [90, 180].map(ms => starts.filter(start => start - first >= ms).length),
        [8, 4],
      );
      // A slow machine submits the last ones late: they queue shorter then, and nothing is wrong with that.
      const lastSubmit = Math.max(...run.tasks.map(task => task.submitMs ?? 0));
      if (lastSubmit - first > 8 && attempt < attempts) continue;
      const queued = run.tasks.map(task => (task.startMs ?? 0) - (task.submitMs ?? 0));
      assert.equal(queued.filter(ms => ms >= 90).length, 8);
      assert.equal(queued.filter(ms => ms >= 180).length, 4);
      assert.equal(run.insights[0]?.code, 'RIP104');
      assert.match(run.insights[0]?.title ?? '', /^12 tasks shared 4 workers:/);
      return;
    }
  });
}

for (const python of new Set([pythons[0] ?? newestPython, newestPython])) {
  for (const method of ['fork', 'spawn', 'forkserver']) {
    const isWorker = (one: RunSummary['processes'][number]) => one.startMethod === method;
    // Not guarded by \`if __name__ == '__main__'\`: a snippet must not need that.
    const start = `
import multiprocessing, time
context = multiprocessing.get_context('${method}')
def doubler(number):
    time.sleep(0.02)
    return number * 2
`;

    test(`${python}, ${method}: Process objects, their number, names and tasks`, async () => {
      const run = await summaryOf(
        `${start}
processes = [context.Process(target=doubler, args=(i,), name=f'Doubler-{i}') for i in range(3)]
for process in processes: process.start()
for process in processes: process.join()
`,
        python,
      );
      const workers = run.processes.filter(isWorker);
      assert.deepEqual(workers.map(one => one.name).sort(), ['Doubler-0', 'Doubler-1', 'Doubler-2']);
      assert.deepEqual(
        run.tasks.map(task => [task.name, task.engine, task.status]),
        Array(3).fill(['doubler', 'process', 'ok']),
      );
      assert.deepEqual(run.tasks.map(task => task.pid).sort(), workers.map(one => one.pid).sort());
    });

    test(`${python}, ${method}: Pool, its processes and tasks`, async () => {
      const run = await summaryOf(
        `${start}
with context.Pool(3) as pool:
    print(pool.map(doubler, range(6), chunksize=1))
    print(pool.apply(doubler, (21,)))
`,
        python,
      );
      assert.equal(run.output.stdout, '[0, 2, 4, 6, 8, 10]\n42\n');
      assert.equal(run.processes.filter(isWorker).length, 3);
      assert.equal(run.tasks.length, 7);
      for (const task of run.tasks) {
        assert.deepEqual([task.engine, task.status, task.line], ['multiprocessingPool', 'ok', 4]);
        assert.ok((task.submitMs ?? Infinity) <= (task.startMs ?? 0) && (task.startMs ?? 0) < (task.endMs ?? 0));
      }
      const workers = new Set(run.processes.filter(isWorker).map(one => one.pid));
      assert.ok(run.tasks.every(task => task.pid !== null && workers.has(task.pid)));
    });

    test(`${python}, ${method}: ProcessPoolExecutor, its processes and tasks`, async () => {
      const run = await summaryOf(
        `${start}
from concurrent.futures import ProcessPoolExecutor
with ProcessPoolExecutor(2, mp_context=context) as pool:
    print(list(pool.map(doubler, range(8))))
`,
        python,
      );
      assert.equal(run.output.stdout, '[0, 2, 4, 6, 8, 10, 12, 14]\n');
      assert.equal(run.processes.filter(isWorker).length, 2);
      assert.deepEqual(
        run.tasks.map(task => [task.name, task.engine, task.status]),
        Array(8).fill(['doubler', 'processPool', 'ok']),
      );
    });
  }
}
