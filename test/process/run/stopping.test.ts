import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { distDir, eventually, openPool, processesOf, requestFor, traceOf } from './harness.ts';

/** Programs that print `up` when all is in place, and would go on for ever. */
const endless = {
  'a busy loop': 'print("up")\nwhile True: pass',
  'a sleeper': 'import time\nprint("up")\ntime.sleep(1000)',
  'one that ignores SIGINT and SIGTERM': `
import signal, time
for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP): signal.signal(each, signal.SIG_IGN)
print('up')
while True: time.sleep(1)
`,
  'one that catches everything': `
import time
print('up')
while True:
    try: time.sleep(1000)
    except BaseException: pass
`,
  'a grandchild in a session of its own that ignores signals': `
import os, signal, time
if os.fork() == 0:
    os.setsid()
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP): signal.signal(each, signal.SIG_IGN)
    if os.fork() == 0:
        os.setsid()
        print('up')
        while True: time.sleep(1)
    os._exit(0)
time.sleep(1000)
`,
  'a process pool': `
import concurrent.futures, time
def work(n):
    if n == 3: print('up')
    time.sleep(1000)
if __name__ == '__main__':
    with concurrent.futures.ProcessPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
`,
  'a multiprocessing.Pool, spawned': `
import multiprocessing, time
def work(n):
    print('up')
    time.sleep(1000)
if __name__ == '__main__':
    multiprocessing.set_start_method('spawn')
    with multiprocessing.Pool(2) as pool:
        pool.map(work, range(2))
`,
  'a stopped child and threads that never end': `
import os, signal, subprocess, threading, time
child = subprocess.Popen(['sleep', '1000'])
os.kill(child.pid, signal.SIGSTOP)
threads = [threading.Thread(target=time.sleep, args=(1000,)) for _ in range(8)]
for thread in threads: thread.start()
print('up')
for thread in threads: thread.join()
`,
};

for (const [name, source] of Object.entries(endless)) {
  test(`cancel: ${name}`, async t => {
    const { start } = await openPool(t);
    const run = start({ source });
    await run.untilHeard('up');
    run.handle.stop('cancelled');
    const outcome = await run.end();
    assert.equal(outcome.status, 'cancelled');
    assert.equal(outcome.userError, null);
    assert.deepEqual(run.phases, ['starting', 'running', 'stopping', 'ended']);
    traceOf(outcome);
  });
}

test('cancel before the interpreter is there, and at once after it is', async t => {
  const { start } = await openPool(t, { size: 2 });
  const atOnce = start({ source: 'while True: pass' });
  atOnce.handle.stop('cancelled');
  const started = start({ source: 'while True: pass' });
  await started.until(() => started.phases.includes('running'), 'it ran');
  started.handle.stop('cancelled');
  for (const run of [atOnce, started]) assert.equal((await run.end()).status, 'cancelled');
});

test('three stops are no slower than one, and later ones do nothing', async t => {
  const { start } = await openPool(t);
  const run = start({ source: endless['one that ignores SIGINT and SIGTERM'] });
  await run.untilHeard('up');
  for (let times = 0; times < 3; times++) run.handle.stop('cancelled');
  assert.equal((await run.end()).status, 'cancelled');
  run.handle.stop('timeout');
  await assert.rejects(run.handle.query('getOverview', {}), /has ended/);
});

test('what was recorded before the stop is kept', async t => {
  const { start } = await openPool(t);
  const run = start({
    source: `
import threading, time
threads = [threading.Thread(target=time.sleep, args=(1000,), name='sleeper-%d' % n) for n in range(3)]
for thread in threads: thread.start()
print('up')
`,
  });
  await run.untilHeard('up');
  run.handle.stop('cancelled');
  const trace = traceOf(await run.end());
  const names = trace.threads.map(thread => thread.name);
  for (const name of ['sleeper-0', 'sleeper-1', 'sleeper-2']) assert.ok(names.includes(name), `${name} in ${names}`);
});

test('a fork bomb is stopped by the limit', async t => {
  const { start } = await openPool(t);
  const run = start({
    source: `
import os, time
for _ in range(7):
    os.fork()
time.sleep(1000)
`,
    limits: { maxProcesses: 60 },
  });
  const outcome = await run.end();
  assert.equal(outcome.status, 'killed');
  assert.equal(outcome.userError?.code, 'tooManyProcesses');
  assert.match(outcome.userError?.message ?? '', /more than 60 processes/);
  traceOf(outcome);
});

test('200 processes and thousands of threads run and end', async t => {
  const { start } = await openPool(t);
  const many = start({
    source: `
import subprocess
children = [subprocess.Popen(['sleep', '0.5']) for _ in range(200)]
print(sum(child.wait() == 0 for child in children))
`,
  });
  assert.equal((await many.end()).output.stdout, '200\n');
  const threads = start({
    source: `
import threading
threading.stack_size(64 * 1024)
started, go = 0, threading.Event()
threads = []
try:
    for _ in range(10000):
        thread = threading.Thread(target=go.wait)
        thread.start()
        threads.append(thread)
except RuntimeError:
    pass
go.set()
for thread in threads: thread.join()
print(len(threads))
`,
    limits: { samplingHz: 20 },
  });
  const outcome = await threads.end();
  assert.equal(outcome.status, 'ok', outcome.output.stderr);
  const count = Number(outcome.output.stdout);
  assert.ok(count > 100);
  t.diagnostic(`${count} threads at once`);
  assert.ok(traceOf(outcome).threads.length >= count);
});

test('dispose ends everything: what runs, what resists, what waits', async t => {
  const { start, pool } = await openPool(t, { size: 2 });
  const runs = [endless['a process pool'], endless['one that ignores SIGINT and SIGTERM']].map(source =>
    start({ source }),
  );
  const waiting = start({ source: 'print("never")' });
  for (const run of runs) await run.untilHeard('up');
  await pool.dispose();
  for (const run of [...runs, waiting]) assert.equal((await run.end()).status, 'cancelled');
  assert.equal((await start({ source: 'print("too late")' }).end()).status, 'cancelled');
});

test('nothing is left of a host that was killed', async t => {
  const runsDir = mkdtempSync(join(tmpdir(), 'rip-runs-'));
  t.after(() => rmSync(runsDir, { recursive: true, force: true }));
  const requests = [
    'a busy loop',
    'a process pool',
    'a grandchild in a session of its own that ignores signals',
    'one that ignores SIGINT and SIGTERM',
  ].map(name => requestFor({ source: Reflect.get(endless, name) }));
  const dist = await distDir();
  const host = spawn(process.execPath, [join(dist, 'host.js'), dist, runsDir, JSON.stringify(requests)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => host.kill('SIGKILL'));
  await new Promise<void>(resolve => createInterface({ input: host.stdout }).once('line', () => resolve()));
  for (const { runId } of requests) assert.notDeepEqual(processesOf(runId), []);
  host.kill('SIGKILL');
  await eventually(
    () => requests.every(({ runId }) => processesOf(runId).length === 0),
    'every process ended with the host',
  );
});
