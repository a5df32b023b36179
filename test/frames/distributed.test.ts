// Dask distributed, for real: schedulers and workers as processes on this machine, snippets that know nothing of us.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import type { Clusters } from '../../src/run/clusters.ts';
import type { RunSummary } from '../../src/trace/export/summary.ts';
import type { Trace } from '../../src/trace/model.ts';
import { DaskCluster } from './support/daskCluster.ts';
import { framesPython, framesPythons, ran, succeeded } from './support/harness.ts';

/** What the run is told to use. */
function on(address: string): Clusters {
  return { dask: { address, tls: null }, spark: null };
}

/** Their names. Others that are started for a moment, such as the `uname` of Python's own `platform`, are seen or not. */
function pythonProcesses({ processes }: RunSummary): string[] {
  return processes
    .filter(({ startMethod }) => startMethod !== 'unknown')
    .map(({ name }) => name)
    .sort();
}

async function plainOutput(python: string, source: string): Promise<string> {
  return (await promisify(execFile)(python, ['-c', source], { cwd: tmpdir() })).stdout;
}

const diamond = `
import time
import dask

@dask.delayed
def load(i):
    time.sleep(0.02)
    return list(range(i * 1000))

@dask.delayed
def size(values):
    time.sleep(0.01)
    return len(values)

@dask.delayed
def total(sizes):
    return sum(sizes)

print(total([size(load(i)) for i in range(12)]).compute())
`;

for (const python of framesPythons) {
  test(`a snippet without a Client runs on the chosen scheduler, told as Dask tells it, and leaves nothing there: ${python}`, async t => {
    const cluster = await DaskCluster.start({ python });
    t.after(() => cluster.stop());
    await cluster.keepTaskStream();
    const before = await cluster.state();
    const { stdout, stderr, trace, summary } = await succeeded(t, {
      source: diamond,
      python,
      clusters: on(cluster.address),
    });
    assert.deepEqual(await cluster.state(), before);
    assert.equal(stdout, await plainOutput(python, diamond));
    assert.equal(stderr, '');
    assert.equal(summary.engine, 'dask');
    compareWithStream(trace, await cluster.taskStream());
    const engine = summary.processes.filter(({ startMethod }) => startMethod === 'engine');
    assert.deepEqual(engine.map(({ name }) => name).sort(), ['Dask scheduler', 'Dask worker w0', 'Dask worker w1']);
    assert.ok(engine.every(({ pid, host }) => pid > 0 && host === null));
    // Each size needs its load, the total needs every size.
    assert.equal(summary.links.length, 24);
    const names = summary.links.map(({ from, to }) => `${summary.tasks[from]?.name}→${summary.tasks[to]?.name}`);
    assert.deepEqual(new Set(names), new Set(['load→size', 'size→total']));
    const managed = summary.counters.filter(({ name }) => name === 'managed memory');
    assert.ok(managed.length > 0 && managed.every(({ limit }) => (limit ?? 0) > 0));
    assert.ok(summary.marks.some(({ name, text }) => name === 'clock' && /within/.test(text)));
    assert.deepEqual(trace.meta.quality.warnings, []);
  });
}

/** Same keys, and each computation at the same time: the trace's clock against the wall clock is one constant. */
function compareWithStream({ tasks, strings, meta }: Trace, stream: Map<string, [number, number]>): void {
  const keys = Array.from(tasks.key, key => strings[key] ?? '');
  assert.deepEqual([...keys].sort(), [...stream.keys()].sort());
  const offsets = keys.map((key, i) => {
    const [start, stop] = stream.get(key) ?? [0, 0];
    const [startNs = 0, endNs = 0] = [tasks.start[i], tasks.end[i]];
    assert.ok(Math.abs(endNs - startNs - (stop - start) * 1e9) < 2e6, `${key} took another time`);
    return start * 1e9 - startNs;
  });
  const spread = Math.max(...offsets) - Math.min(...offsets);
  assert.ok(spread < 2e6, `starts differ by up to ${spread} ns`);
  assert.ok(Math.abs((offsets[0] ?? 0) / 1e6 - meta.startedAtMs) < 250, 'the clock is another one');
}

test('the tasks of a LocalCluster lie on the threads that ran them, with their states; the last ones come although nobody closes the Client', async t => {
  const source = `
from dask.distributed import Client

def spin(n):
    total = 0
    for i in range(n):
        total += i * i % 7
    return total

if __name__ == '__main__':
    client = Client(n_workers=2, threads_per_worker=1, dashboard_address=None)
    print(sum(client.gather(client.map(spin, [700_000 + i for i in range(6)]))))
`;
  const { stdout, summary, trace } = await succeeded(t, { source });
  assert.equal(stdout, await plainOutput(framesPython, source));
  const tasks = summary.tasks.filter(({ engine }) => engine === 'dask');
  assert.equal(tasks.length, 6);
  for (const { pid, tid, status, startMs, endMs } of tasks) {
    assert.equal(status, 'ok');
    const thread = summary.threads.find(each => each.pid === pid && each.tid === tid);
    assert.equal(thread?.kind, 'python');
    assert.match(thread?.name ?? '', /Dask-Default-Threads/);
    assert.ok((thread?.statesMs.running ?? 0) > 0);
    assert.ok(startMs !== null && endMs !== null && endMs > startMs);
  }
  assert.equal(new Set(tasks.map(({ pid }) => pid)).size, 2);
  assert.deepEqual(
    summary.tasks.filter(({ engine }) => engine !== 'dask'),
    [],
  );
  assert.equal(summary.processes.filter(({ startMethod }) => startMethod === 'engine').length, 0);
  assert.deepEqual(
    summary.facts.filter(({ name }) => name === 'cluster').map(({ values }) => values.cluster),
    ['LocalCluster'],
  );
  assert.deepEqual(trace.meta.quality.warnings, []);
});

test('threads of this very process, and a Client in a coroutine', async t => {
  const source = `
from dask.distributed import Client, LocalCluster

async with LocalCluster(processes=False, n_workers=1, threads_per_worker=2, dashboard_address=None, asynchronous=True) as cluster:
    async with Client(cluster, asynchronous=True) as client:
        print(await client.gather(client.map(lambda x: x + 1, range(5))))
`;
  const { stdout, summary } = await succeeded(t, { source, cell: true });
  assert.equal(stdout.trim(), '[1, 2, 3, 4, 5]');
  const tasks = summary.tasks.filter(({ engine }) => engine === 'dask');
  assert.equal(tasks.length, 5);
  assert.deepEqual(pythonProcesses(summary), ['program.py']);
  for (const { pid, tid } of tasks)
    assert.equal(summary.threads.find(each => each.pid === pid && each.tid === tid)?.kind, 'python');
});

test('a worker that never gets a task is one process, by its name', async t => {
  const source = `
from dask.distributed import Client

if __name__ == '__main__':
    with Client(n_workers=3, threads_per_worker=1, dashboard_address=None) as client:
        print(client.submit(abs, -1).result())
`;
  const { summary } = await succeeded(t, { source });
  assert.deepEqual(pythonProcesses(summary), ['Dask worker 0', 'Dask worker 1', 'Dask worker 2', 'program.py']);
});

test('a cluster that is started for the run, and nothing of it is left', async t => {
  const { stdout, summary } = await succeeded(t, { source: diamond, clusters: on('local[2]') });
  assert.equal(stdout, await plainOutput(framesPython, diamond));
  assert.equal(summary.tasks.filter(({ engine }) => engine === 'dask').length, 25);
  assert.equal(summary.processes.filter(({ name }) => /^Dask worker/.test(name)).length, 2);
});

test('a cluster that the program makes over SSH is watched, not replaced', async t => {
  const server = spawn(framesPython, [join(import.meta.dirname, 'support/ssh_server.py')], { stdio: 'pipe' });
  t.after(() => server.stdin.end());
  const [port] = await once(server.stdout.setEncoding('utf8'), 'data');
  const source = `
import sys
from dask.distributed import Client, SSHCluster

if __name__ == '__main__':
    cluster = SSHCluster(
        ['127.0.0.1'] * 3, connect_options={'port': int(sys.argv[1]), 'known_hosts': None}, worker_options={'nthreads': 1},
        scheduler_options={'port': 0, 'dashboard_address': ':0'}, remote_python=sys.executable
    )
    with cluster, Client(cluster) as client:
        client.wait_for_workers(2)
        print(sum(client.gather(client.map(lambda x: x * x, range(20)))))
`;
  const { stdout, summary } = await succeeded(t, { source, argv: [String(port).trim()], clusters: on('local[1]') });
  assert.equal(stdout, '2470\n');
  assert.deepEqual(
    summary.facts.filter(({ name }) => name === 'cluster').map(({ values }) => values.cluster),
    ['SSHCluster'],
  );
  const tasks = summary.tasks.filter(({ engine }) => engine === 'dask');
  assert.equal(tasks.length, 20);
  const workers = summary.processes.filter(({ name }) => /^Dask worker/.test(name));
  assert.equal(workers.length, 2);
  assert.deepEqual(new Set(tasks.map(({ pid }) => pid)), new Set(workers.map(({ pid }) => pid)));
});

test('with a chosen scheduler: Client() goes there, what the program says itself is respected', async t => {
  const cluster = await DaskCluster.start({ python: framesPython, workers: 1 });
  t.after(() => cluster.stop());
  const before = await cluster.state();
  const source = `
import dask
from dask.distributed import Client, get_client

if __name__ == '__main__':
    print('current', get_client().scheduler.address)
    client = Client()
    print('plain', client.scheduler.address)
    client.close()
    with Client(n_workers=1, threads_per_worker=1, dashboard_address=None) as own:
        print('own', own.scheduler.address, own.submit(abs, -3).result())
    print('threads', dask.delayed(abs)(-4).compute(scheduler='threads'))
    print('default', dask.delayed(abs)(-5).compute())
`;
  const { stdout, summary } = await succeeded(t, { source, clusters: on(cluster.address) });
  const lines = stdout.trim().split('\n');
  assert.deepEqual(lines.slice(0, 2), [`current ${cluster.address}`, `plain ${cluster.address}`]);
  assert.match(lines[2] ?? '', /^own tcp:\/\/127\.0\.0\.1:\d+ 3$/);
  assert.ok(!lines[2]?.includes(cluster.address));
  assert.deepEqual(lines.slice(3), ['threads 4', 'default 5']);
  const clusters = summary.facts
    .filter(({ name }) => name === 'cluster')
    .map(({ values }) => [values.cluster, values.address === cluster.address]);
  assert.deepEqual(clusters, [
    [null, true],
    ['LocalCluster', false],
  ]);
  assert.deepEqual(await cluster.state(), before);
});

test('programs that do not use Dask never load it', async t => {
  const source =
    'import sys\nprint([name for name in sys.modules if name.partition(".")[0] in ("dask", "distributed")])';
  const { stdout } = await succeeded(t, { source, clusters: on('tcp://127.0.0.1:9') });
  assert.equal(stdout.trim(), '[]');
});

test('tasks of other clients are counted, not shown', async t => {
  const cluster = await DaskCluster.start({ python: framesPython, workers: 1 });
  t.after(() => cluster.stop());
  const source = `
import subprocess, sys, time
from dask.distributed import Client
client = Client()
other = '''
from dask.distributed import Client
client = Client("${cluster.address}")
print(client.gather(client.map(abs, range(-7, 0))))
'''
subprocess.run([sys.executable, '-I', '-c', other], check=True)
print(client.submit(abs, -100).result())
`;
  const { summary } = await succeeded(t, { source, clusters: on(cluster.address) });
  assert.deepEqual(
    summary.tasks.filter(({ engine }) => engine === 'dask').map(({ name }) => name),
    ['abs'],
    JSON.stringify(summary.marks),
  );
  assert.ok(summary.marks.some(({ name, text }) => name === 'other clients' && /^7 tasks/.test(text)));
});

test('a failed task, a package that workers lack, a message of the program', async t => {
  const cluster = await DaskCluster.start({ python: framesPython, workers: 1 });
  t.after(() => cluster.stop());
  const source = `
from dask.distributed import Client
client = Client()

def fails():
    raise ValueError('no such thing')

def lacks():
    import a_package_that_is_not_there

client.log_event('my topic', {'step': 3})
for task in client.submit(fails), client.submit(lacks):
    print(type(task.exception()).__name__)
`;
  const { stdout, summary } = await ran(t, { source, clusters: on(cluster.address) });
  assert.equal(stdout, 'ValueError\nModuleNotFoundError\n');
  assert.deepEqual(
    summary.tasks.filter(({ engine }) => engine === 'dask').map(({ name, status }) => [name, status]),
    [
      ['fails', 'failed'],
      ['lacks', 'failed'],
    ],
  );
  const texts = summary.marks.map(({ level, text }) => `${level}: ${text}`);
  assert.ok(
    texts.some(text => /^error: fails on Dask worker w0: ValueError/.test(text)),
    texts.join('\n'),
  );
  assert.ok(
    texts.some(text => /^error: Dask worker w0 lacks a package.*a_package_that_is_not_there.*Install it/.test(text)),
    texts.join('\n'),
  );
  assert.ok(
    texts.some(text => /^info: step: 3/.test(text)),
    texts.join('\n'),
  );
});
