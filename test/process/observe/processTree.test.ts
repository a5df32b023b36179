import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import {
  findProcesses,
  killTree,
  runMarkerVariable,
  runProcesses,
  signalAll,
} from '../../../src/worker/processTree.ts';

const isLinux = process.platform === 'linux';
const options = { skip: isLinux ? false : 'finding orphans needs Linux’s /proc' };
let runs = 0;

/** Starts a Python program that prints `ready` when its tree stands. */
async function start(program: string, detached = true): Promise<{ child: ChildProcess; runId: string }> {
  const runId = `test-${process.pid}-${++runs}`;
  const child = spawn('python3', ['-c', program], {
    env: { ...process.env, [runMarkerVariable]: runId },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached,
  });
  assert(child.stdout);
  await once(child.stdout, 'data');
  return { child, runId };
}

/** How many processes the system has with this run's marker, found without any memory. */
function markedLeft(runId: string): number {
  return findProcesses(runProcesses(runId, null)).length;
}

async function killsAll(program: string, atLeast: number, detached = true): Promise<void> {
  const { child, runId } = await start(program, detached);
  const run = runProcesses(runId, child.pid ?? 0);
  const ended = once(child, 'exit');
  const found = findProcesses(run);
  assert.ok(found.length >= atLeast, `found ${found.length} of ${atLeast}`);
  assert.ok(found.every(({ pid }) => pid !== process.pid && pid !== process.ppid));
  assert.deepEqual(await killTree(run), { left: 0 });
  await ended;
  assert.equal(markedLeft(runId), 0);
}

const sleeper = 'import os, signal, sys, time\ndef ready(): os.write(1, b"ready")\n';

test('kills a child in a session of its own that ignores SIGTERM', options, async () => {
  await killsAll(
    `${sleeper}
if os.fork() == 0:
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if os.fork() == 0:
        ready()
    while True: time.sleep(1)
while True: time.sleep(1)`,
    3,
  );
});

test('kills a double-forked daemon whose parents are gone', options, async () => {
  const { child, runId } = await start(`${sleeper}
if os.fork() == 0:
    os.setsid()
    parent = os.getpid()
    if os.fork() == 0:
        while os.getppid() == parent: time.sleep(0.005)
        ready()
        while True: time.sleep(1)
    os._exit(0)
os.wait()`);
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  const run = runProcesses(runId, child.pid ?? 0);
  assert.equal(findProcesses(run).length, 1);
  assert.deepEqual(await killTree(run), { left: 0 });
  assert.equal(markedLeft(runId), 0);
});

test('finds an orphan without the marker by the session it was left in', options, async () => {
  await killsAll(
    `${sleeper}
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execve(sys.executable, [sys.executable, "-c", "import os, time; os.write(1, b'ready'); time.sleep(60)"], {})
    while True: time.sleep(1)
while True: time.sleep(1)`,
    3,
  );
});

test('kills stopped processes and leaves our own group alone', options, async () => {
  await killsAll(
    `${sleeper}
child = os.fork()
if child == 0:
    os.kill(os.getpid(), signal.SIGSTOP)
os.waitpid(child, os.WUNTRACED)
ready()
while True: time.sleep(1)`,
    2,
    false,
  );
});

test('kills a fork bomb that keeps forking', options, async () => {
  await killsAll(
    `${sleeper}
# At most 8 × 25 processes live at once: each of eight lines forks on as fast as it can, with 25 alive.
for line in range(8):
    if os.fork() == 0:
        os.setsid()
        alive = 0
        while True:
            if alive == 25:
                os.wait()
                alive -= 1
            if os.fork() == 0:
                time.sleep(0.2)
                os._exit(0)
            alive += 1
            if line == 7 and alive == 25: ready()
while True: time.sleep(1)`,
    100,
  );
});

test('signals all, and spares a process whose pid was taken over', options, async () => {
  const { child, runId } = await start(`${sleeper}
if os.fork() == 0: ready()
time.sleep(60)`);
  const run = runProcesses(runId, child.pid ?? 0);
  assert.equal(signalAll(run, 'SIGCONT'), 2);

  const stranger = runProcesses('another-run', null);
  stranger.known.set(child.pid ?? 0, 1);
  stranger.led.add(child.pid ?? 0);
  assert.deepEqual(findProcesses(stranger), []);
  assert.deepEqual(await killTree(run), { left: 0 });
});
