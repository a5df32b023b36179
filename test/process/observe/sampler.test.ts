import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import type { ThreadState } from '../../../src/trace/model.ts';
import { onLinux, pythons, shares, threadOf, watch } from './harness.ts';

/** Starts the named functions, each in a thread, and prints their thread ids. */
const launcher = `
import json, os, sys, threading, time
begun = time.perf_counter()
def launch(**functions):
    tids = {}
    def run(name, function):
        tids[name] = threading.get_native_id()
        function()
    threads = [threading.Thread(target=run, args=each) for each in functions.items()]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    print(json.dumps(tids))
`;

const waits = `${launcher}
import select, socket, subprocess
lock = threading.Lock()
lock.acquire()
ours, theirs = socket.socketpair()
condition = threading.Condition()
def locked(): lock.acquire()
def sleeper(): time.sleep(0.6)
def selector(): select.select([], [], [], 0.6)
def reader(): ours.recv(1)
def poller(): select.select([ours], [], [], 0.6)
def notified():
    with condition: condition.wait(0.6)
def parent(): subprocess.run(["sleep", "0.5"])
def host():
    time.sleep(0.6)
    lock.release()
    theirs.send(b"x")
launch(locked=locked, sleeper=sleeper, selector=selector, reader=reader, poller=poller, notified=notified, parent=parent, host=host)
`;

const expected: Record<string, ThreadState> = {
  locked: 'lockWait',
  sleeper: 'sleeping',
  selector: 'sleeping',
  reader: 'ioWait',
  poller: 'ioWait',
  notified: 'lockWait',
};

const gil = `${launcher}
def spin():
    end = time.perf_counter() + 1.0
    while time.perf_counter() < end: pass
launch(first=spin, second=spin)
`;

const parallel = `${launcher}
import hashlib
data = bytes(1 << 22)
def hashing():
    end = time.perf_counter() + 0.8
    while time.perf_counter() < end: hashlib.sha256(data).digest()
launch(first=hashing, second=hashing)
`;

for (const python of pythons) {
  test(`${python}: each kind of wait is told apart`, onLinux, async () => {
    const { trace, printed } = await watch(python, waits);
    const tids: Record<string, number> = JSON.parse(printed);
    for (const [name, state] of Object.entries(expected)) {
      const share = shares(threadOf(trace, tids[name] ?? 0));
      assert.ok(share[state] > 0.7, `${name}: ${JSON.stringify(share)}`);
      assert.ok(share.gilWait < 0.2, `${name}: ${JSON.stringify(share)}`);
    }
    assert.equal(trace.meta.quality.stateSource, 'linux-proc');
    assert.deepEqual(trace.meta.quality.warnings, []);
    const child = trace.processes.find(each => each.startMethod === 'unknown');
    assert.equal(child?.name, 'sleep 0.5');
    assert.equal(child?.note, 'Not traced: it is not a Python program.');
  });

  test(`${python}: two threads that compute in Python share the GIL`, onLinux, async () => {
    const { trace, printed } = await watch(python, gil);
    const tids: Record<string, number> = JSON.parse(printed);
    let running = 0;
    for (const tid of Object.values(tids)) {
      const share = shares(threadOf(trace, tid));
      assert.ok(share.lockWait + share.ioWait + share.sleeping + share.unknown < 0.1, JSON.stringify(share));
      // On a busy machine they also wait for a CPU, truly: then less of the waiting is for the GIL.
      const [least, most] = share.runnable < 0.05 ? [0.4, 0.6] : [0.08, 0.8];
      assert.ok(share.gilWait > least && share.gilWait < most, JSON.stringify(share));
      running += share.running;
    }
    assert.ok(running < 1.25, `only one can hold the GIL: ${running}`);
  });

  test(`${python}: threads that let go of the GIL run side by side`, onLinux, async () => {
    const { trace, printed } = await watch(python, parallel);
    const tids: Record<string, number> = JSON.parse(printed);
    for (const tid of Object.values(tids)) {
      const share = shares(threadOf(trace, tid));
      assert.ok(share.running + share.runnable > 0.85, JSON.stringify(share));
      assert.ok(share.gilWait < 0.1, JSON.stringify(share));
    }
  });
}

test('more processes than CPUs wait for a CPU, as exactly as Linux counts', onLinux, async () => {
  const count = availableParallelism() + 2;
  const { trace } = await watch(
    pythons.at(-1) ?? 'python3',
    `
import os, time
children = []
for i in range(${count}):
    pid = os.fork()
    if pid == 0:
        end = time.perf_counter() + 0.8
        while time.perf_counter() < end: pass
        os._exit(0)
    children.append(pid)
for pid in children: os.waitpid(pid, 0)
`,
  );
  assert.equal(trace.processes.length, count + 1);
  let waited = 0;
  for (const process of trace.processes.slice(1)) {
    assert.equal(process.parentPid, trace.processes[0]?.pid);
    assert.ok((process.endNs ?? 0) > process.startNs);
    const thread = threadOf(trace, process.pid);
    const share = shares(thread);
    const lifeNs = (process.endNs ?? 0) - process.startNs;
    assert.ok(share.running + share.runnable > 0.9, JSON.stringify(share));
    assert.ok(Math.abs(share.running * lifeNs - (thread.cpuNs ?? 0)) < 0.15 * lifeNs, 'running is the CPU time');
    waited += share.runnable;
  }
  assert.ok(waited / count > 0.2, `${waited / count}`);
});

test(
  'threads and processes that come and go by the hundred are all told, without holding anything up',
  onLinux,
  async () => {
    let longest = 0;
    let before = performance.now();
    const heartbeat = setInterval(() => {
      longest = Math.max(longest, performance.now() - before);
      before = performance.now();
    }, 5);
    const { trace } = await watch(
      pythons.at(-1) ?? 'python3',
      `
import os, threading, time
threads = [threading.Thread(target=time.sleep, args=(2,)) for _ in range(1050)]
for thread in threads: thread.start()
children = []
for _ in range(60):
    pid = os.fork()
    if pid == 0:
        time.sleep(0.5)
        os._exit(0)
    children.append(pid)
for pid in children: os.waitpid(pid, 0)
for thread in threads: thread.join()
`,
    );
    clearInterval(heartbeat);
    assert.ok(trace.threads.length >= 1000, `${trace.threads.length} threads`);
    assert.equal(trace.meta.quality.warnings.length, 1);
    assert.match(trace.meta.quality.warnings[0] ?? '', /1000 threads/);
    assert.ok(longest < 1000, `the event loop stood still for ${longest} ms`);
  },
);

test('a program that is gone at once, or was never there, is no trouble', onLinux, async () => {
  const { trace } = await watch(pythons.at(-1) ?? 'python3', 'import os; os._exit(3)');
  assert.equal(trace.processes.length, 1);
  assert.equal(trace.processes[0]?.startMethod, 'main');
});

test('a child that ends before it was seen to run anything has no track', onLinux, async () => {
  // This Python forks and then execs (later ones use vfork), so that a look in between finds the parent's own command.
  const { trace } = await watch(
    pythons[0] ?? 'python3',
    `
import subprocess
filler = bytearray(300_000_000)  # the more there is to copy, the longer the fork takes
for _ in range(60): subprocess.run(['/bin/true'])
`,
  );
  const [main, ...children] = trace.processes.map(({ name }) => name);
  assert.deepEqual(
    [...new Set(children)].filter(name => name !== 'true'),
    [],
    `of ${main}`,
  );
});
