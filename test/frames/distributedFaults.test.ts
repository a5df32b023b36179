// Dask distributed when something breaks: workers and schedulers that die, that can't be reached, that refuse us.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { TlsFiles } from '../../src/run/clusters.ts';
import { summarize } from '../../src/trace/export/summary.ts';
import { openPool, type Program, traceOf } from '../process/run/harness.ts';
import { DaskCluster, freePort } from './support/daskCluster.ts';
import { framesPython, framesPythons, ran, succeeded } from './support/harness.ts';

const on = (address: string, tls: TlsFiles | null = null) => ({ dask: { address, tls }, spark: null });

/** A run that goes on while the test does something. */
async function started(t: TestContext, program: Program) {
  const { start } = await openPool(t, { size: 1 });
  const run = start({ python: framesPython, ...program });
  const end = async () => {
    const outcome = await run.end();
    const trace = traceOf(outcome);
    const summary = summarize(trace, outcome, { file: 'program.py', startLine: null, endLine: null }, outcome.insights);
    return { outcome, summary, ...run.heard };
  };
  return { run, end };
}

const texts = (marks: { level: string; name: string; text: string }[]) =>
  marks.map(({ level, name, text }) => `${level} ${name}: ${text}`).join('\n');

for (const python of framesPythons) {
  test(`a worker is killed in the middle of a task: the task is lost, done again elsewhere, and the loss is told: ${python}`, async t => {
    const cluster = await DaskCluster.start({ python, withNanny: true, threads: 1 });
    t.after(() => cluster.stop());
    const folder = mkdtempSync(join(tmpdir(), 'rip-worker-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const source = `
import os, signal, time
from dask.distributed import Client
client = Client()

def once(folder):
    first = os.path.join(folder, 'first')
    if not os.path.exists(first):
        open(first, 'w').close()
        time.sleep(1.5)
        os.kill(os.getpid(), signal.SIGKILL)
    return 'done'

print(client.submit(once, ${JSON.stringify(folder)}).result())
client.wait_for_workers(2)
`;
    const { stdout, summary } = await succeeded(t, { source, python, clusters: on(cluster.address) });
    assert.equal(stdout, 'done\n');
    const tasks = summary.tasks.filter(({ engine }) => engine === 'dask');
    assert.deepEqual(
      tasks.map(({ name, status }) => [name, status]),
      [
        ['once', 'lost'],
        ['once', 'ok'],
      ],
    );
    const [lost] = tasks;
    assert.ok(lost?.startMs != null && lost.endMs != null && lost.endMs - lost.startMs > 500, JSON.stringify(lost));
    assert.match(texts(summary.marks), /warning worker lost: Dask worker w\d is gone: tasks that it had: 1/);
    assert.match(texts(summary.marks), /warning worker restarted: Worker w\d was restarted again, as tcp:/);
    assert.equal(summary.processes.filter(({ exit }) => exit === 'lost').length, 1);
  });
}

for (const python of framesPythons) {
  test(`a worker spills to disk, then the Client restarts it, twice: that is told and no loss: ${python}`, async t => {
    const source = `
import time
import dask
from dask.distributed import Client, wait

dask.config.set({'distributed.worker.memory.target': 0.2, 'distributed.worker.memory.pause': False})

def block(i):
    return bytes(20_000_000)

def on_disk(client):
    [worker] = client.scheduler_info()['workers'].values()
    return worker['metrics']['spilled_bytes']['disk']

if __name__ == '__main__':
    with Client(n_workers=1, threads_per_worker=1, memory_limit='500MB', dashboard_address=None) as client:
        blocks = client.map(block, range(10))
        wait(blocks)
        while on_disk(client) < 50_000_000:
            time.sleep(0.05)
        [before] = client.run(__import__('os').getpid).values()
        client.restart()
        [after] = client.run(__import__('os').getpid).values()
        client.restart_workers(list(client.scheduler_info()['workers']))
        client.wait_for_workers(1)
        [last] = client.run(__import__('os').getpid).values()
        print(len({before, after, last}), client.submit(abs, -7).result())
`;
    const { stdout, outcome, summary } = await succeeded(t, { source, python });
    assert.equal(stdout, '3 7\n');
    const told = texts(summary.marks);
    assert.match(told, /warning spilling: Dask worker 0 moves data to disk/);
    assert.match(told, /info restart: A Client restarted the workers/);
    assert.doesNotMatch(told, /worker lost|worker restarted|scheduler lost/);
    assert.ok(outcome.insights.some(({ code }) => code === 'RIP123'));
    const spilled = summary.counters.filter(({ name }) => name === 'spilled to disk').flatMap(({ max }) => max ?? []);
    assert.ok(Math.max(...spilled) >= 50e6, `${spilled}`);
    const workers = summary.processes.filter(({ name }) => name === 'Dask worker 0');
    assert.equal(workers.length, 3, JSON.stringify(summary.processes));
    assert.ok(workers[0]?.endMs != null && workers[1]?.endMs != null);
    assert.ok(
      summary.processes.every(({ startMethod }) => startMethod !== 'engine'),
      'each is the process that we follow',
    );
    const tasks = summary.tasks.filter(({ engine }) => engine === 'dask');
    assert.deepEqual([tasks.length, tasks.at(-1)?.name, tasks.at(-1)?.pid], [11, 'abs', workers[2]?.pid]);
  });
}

test('the scheduler dies: the run does not hang, what was seen is kept, the gap has a name', async t => {
  const cluster = await DaskCluster.start({ python: framesPython, workers: 1 });
  t.after(() => cluster.stop());
  const source = `
import dask, sys, time
from dask.distributed import Client
dask.config.set({'distributed.comm.timeouts.connect': '3s'})
client = Client(timeout='3s')
print(sum(client.gather(client.map(abs, range(-5, 0)))))
endless = client.submit(time.sleep, 60)
time.sleep(1.5)
print('ready', flush=True)
try:
    endless.result()
except BaseException as error:
    print(type(error).__name__)
`;
  const { run, end } = await started(t, { source, clusters: on(cluster.address) });
  await run.untilHeard('ready');
  await cluster.killScheduler();
  const { outcome, summary } = await end();
  assert.equal(outcome.status, 'ok', outcome.output.stderr);
  const tasks = summary.tasks.filter(({ engine }) => engine === 'dask');
  assert.deepEqual(
    tasks.map(({ name, status }) => `${name} ${status}`),
    [...Array(5).fill('abs ok'), 'sleep running'],
  );
  assert.match(texts(summary.marks), /error scheduler lost: The connection to the Dask scheduler tcp:.* broke/);
  assert.equal(summary.processes.find(({ name }) => name === 'Dask scheduler')?.exit, 'connection lost');
});

test('the scheduler is started again: what runs on the new one is seen too', async t => {
  const cluster = await DaskCluster.start({ python: framesPython, workers: 1, withNanny: true });
  t.after(() => cluster.stop());
  const source = `
import sys, time
from dask.distributed import Client
client = Client()
print(client.submit(abs, -1).result())
time.sleep(1.5)
identity = client._scheduler_identity['id']
print('ready', flush=True)
while client._scheduler_identity.get('id') in (None, identity):
    time.sleep(0.05)
for patience in range(600):
    try:
        if client.scheduler_info()['workers'] and client.status == 'running':
            break
    except Exception:
        pass
    time.sleep(0.1)
print(client.submit(max, 3, 4).result(timeout=60))
`;
  const { run, end } = await started(t, { source, clusters: on(cluster.address) });
  await run.untilHeard('ready');
  await cluster.killScheduler();
  await cluster.startSchedulerAgain();
  cluster.addWorker('again');
  const { outcome, summary } = await end();
  assert.equal(outcome.status, 'ok', outcome.output.stderr);
  const tasks = summary.tasks.filter(({ engine }) => engine === 'dask');
  assert.deepEqual(
    tasks.map(({ name, status }) => `${name} ${status}`),
    ['abs ok', 'max ok'],
  );
  assert.match(texts(summary.marks), /error scheduler lost/);
});

for (const python of framesPythons) {
  test(`a scheduler that takes no plugin is asked for its task stream, and that is said: ${python}`, async t => {
    const environment = { DASK_DISTRIBUTED__SCHEDULER__BLOCKED_HANDLERS: '["register_scheduler_plugin"]' };
    const cluster = await DaskCluster.start({ python, workers: 1, environment });
    t.after(() => cluster.stop());
    const source = `
from dask.distributed import Client
client = Client()
print(sum(client.gather(client.map(abs, range(-5, 0)))))
`;
    const { stdout, summary } = await succeeded(t, { source, python, clusters: on(cluster.address) });
    assert.equal(stdout, '15\n');
    const tasks = summary.tasks.filter(({ engine }) => engine === 'dask');
    assert.deepEqual(
      tasks.map(({ name, status }) => `${name} ${status}`),
      Array(5).fill('abs ok'),
    );
    assert.match(texts(summary.marks), /warning plugin refused: .*explicitly disallowed/);
  });
}

test('TLS: with certificates of the cluster it runs; without them, or with those of another, words say what is wrong', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'rip-tls-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const tls = makeCertificates(folder, 'cluster');
  const other = makeCertificates(folder, 'other');
  const environment = {
    DASK_DISTRIBUTED__COMM__TLS__CA_FILE: tls.ca,
    ...roles(['SCHEDULER', 'WORKER', 'CLIENT'], tls),
  };
  const cluster = await DaskCluster.start({ python: framesPython, workers: 1, protocol: 'tls', environment });
  t.after(() => cluster.stop());
  const source = 'import dask\nprint(dask.delayed(abs)(-3).compute())\n';
  const { stdout, summary } = await succeeded(t, { source, clusters: on(cluster.address, tls) });
  assert.equal(stdout, '3\n');
  assert.deepEqual(
    summary.tasks.map(({ name, status }) => `${name} ${status}`),
    ['abs ok'],
    texts(summary.marks),
  );
  for (const [clusters, words] of [
    [on(cluster.address, other), /certificate is not accepted|does not fit together/],
    [
      on(cluster.address.replace('tls:', 'tcp:')),
      /something listens there, but it ends the connection.*whether it must be tls/,
    ],
  ] as const) {
    const failed = await ran(t, { source, clusters });
    assert.equal(failed.outcome.status, 'failed');
    assert.match(failed.stderr, /ClusterUnreachable: The Dask scheduler at \w+:\/\/127\.0\.0\.1:\d+ can't be used: /);
    assert.match(failed.stderr, words);
    assert.match(texts(failed.summary.marks), /error cluster unreachable/);
  }
});

function roles(names: string[], { cert, key }: TlsFiles): Record<string, string> {
  const pairs = names.flatMap(name => [
    [`DASK_DISTRIBUTED__COMM__TLS__${name}__CERT`, cert],
    [`DASK_DISTRIBUTED__COMM__TLS__${name}__KEY`, key],
  ]);
  return Object.fromEntries(pairs);
}

/** An authority and a certificate of it for 127.0.0.1, made now. */
function makeCertificates(folder: string, name: string): TlsFiles {
  const [ca, caKey, cert, key] = ['ca.pem', 'ca-key.pem', 'cert.pem', 'key.pem'].map(file =>
    join(folder, `${name}-${file}`),
  );
  assert.ok(ca && caKey && cert && key);
  const request = join(folder, `${name}.csr`);
  const extensions = join(folder, `${name}.ext`);
  writeFileSync(extensions, 'subjectAltName=IP:127.0.0.1\n');
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const newKey = ['-newkey', 'rsa:2048', '-nodes'];
  openssl('req', '-x509', ...newKey, '-days', '2', '-subj', `/CN=${name} authority`, '-keyout', caKey, '-out', ca);
  openssl('req', ...newKey, '-subj', '/CN=127.0.0.1', '-keyout', key, '-out', request);
  openssl(
    'x509',
    '-req',
    '-days',
    '2',
    '-in',
    request,
    '-CA',
    ca,
    '-CAkey',
    caKey,
    '-CAcreateserial',
    '-extfile',
    extensions,
    '-out',
    cert,
  );
  return { ca, cert, key };
}

test('a scheduler of another Dask, years older: words, not a TypeError from its depths', async t => {
  const [newest, oldest] = framesPythons;
  assert.ok(oldest !== undefined, 'this needs the environment with old libraries too');
  const cluster = await DaskCluster.start({ python: oldest, workers: 0 });
  t.after(() => cluster.stop());
  const source = 'import dask\nprint(dask.delayed(abs)(-3).compute())\n';
  const { outcome, stderr } = await ran(t, { source, python: newest, clusters: on(cluster.address) });
  assert.equal(outcome.status, 'failed');
  assert.match(
    stderr,
    /ClusterUnreachable: .* it does not understand this Dask, 20\d\d\.\S+ \(.*Install the same version/,
  );
});

test('a scheduler that can not be reached: words within seconds, wherever the program computes', async t => {
  const port = await freePort();
  const silent = createServer();
  await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', () => resolve()));
  t.after(() => silent.close());
  const address = silent.address();
  assert.ok(typeof address === 'object' && address !== null);
  const lazily = 'import dask\nprint("so far")\ndask.delayed(abs)(-3).compute()\n';
  const byClient = 'from dask.distributed import Client\nprint("so far")\nClient()\n';
  for (const [source, clusters, words] of [
    [
      lazily,
      on(`tcp://127.0.0.1:${port}`),
      /nothing listens there \(connection refused\)\. Start it, correct the address/,
    ],
    [byClient, on(`tcp://127.0.0.1:${port}`), /nothing listens there/],
    [lazily, on('tcp://no.such.computer.invalid:8786'), /no computer is known by the name no\.such\.computer\.invalid/],
    [lazily, on(`tcp://127.0.0.1:${address.port}`), /something listens there, but it gives no answer within 8 s/],
  ] as const) {
    const { outcome, stdout, stderr, summary } = await ran(t, { source, clusters });
    assert.equal(outcome.status, 'failed');
    assert.equal(stdout, 'so far\n');
    assert.match(stderr, words);
    assert.match(texts(summary.marks), words);
    assert.ok(!stderr.includes('_run_in_parallel'), stderr);
  }
});
