// Dask's own schedulers, in the newest version and in one of 2023: what the trace says of their tasks, against what Dask itself says.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { type Trace, taskStatuses } from '../../src/trace/model.ts';
import { framesPython, framesPythons, ran, succeeded } from './support/harness.ts';

const file = join(tmpdir(), 'dask_local_program.py');

async function plainOutput(python: string, source: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'rip-plain-'));
  try {
    // A file: processes that are spawned import it.
    writeFileSync(join(folder, 'program.py'), source);
    return (await promisify(execFile)(python, [join(folder, 'program.py')], { cwd: tmpdir() })).stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a graph of three layers with Dask's own profiler around it, and prints what that has seen. */
function profiled(scheduler: string): string {
  return `
import json, os, time
import dask
from dask.diagnostics import Profiler
from dask.utils import key_split

@dask.delayed
def load(i):
    time.sleep(0.01)
    return list(range(i * 100))

@dask.delayed
def size(values):
    time.sleep(0.005)
    return len(values)

@dask.delayed
def total(sizes):
    return sum(sizes)

if __name__ == '__main__':
    result = total([size(load(i)) for i in range(12)])
    with Profiler() as profiler:
        value = result.compute(scheduler='${scheduler}', num_workers=3, optimize_graph=False)
    print(json.dumps({
        'value': value, 'pid': os.getpid(), 'wall': time.time() - time.perf_counter(),
        'tasks': [[str(each.key), key_split(each.key), each.start_time, each.end_time, each.worker_id] for each in profiler.results],
    }))
`;
}

interface Profiled {
  value: number;
  pid: number;
  wall: number;
  tasks: [key: string, prefix: string, start: number, end: number, worker: number | null][];
}

/** The line of a program that holds a text. */
function lineOf(source: string, text: string): number {
  return source.slice(0, source.indexOf(text)).split('\n').length;
}

for (const python of framesPythons) {
  for (const scheduler of ['threads', 'processes', 'synchronous']) {
    test(`${scheduler}: the tasks that Dask's profiler sees, within its times: ${python}`, async t => {
      const source = profiled(scheduler);
      const { stdout, stderr, trace, summary } = await succeeded(t, { source, python, file });
      assert.equal(stderr, '');
      const theirs: Profiled = JSON.parse(stdout);
      assert.equal(theirs.value, 6600);
      assert.equal(summary.engine, 'dask');
      const tasks = tasksOf(trace);
      assert.deepEqual(tasks.map(({ key }) => key).sort(), theirs.tasks.map(([key]) => key).sort());
      assert.equal(tasks.length, trace.tasks.length, 'no task is told twice');
      insideTheirs(trace, theirs);
      for (const [key, prefix, , , worker] of theirs.tasks) {
        const task = tasks.find(each => each.key === key);
        assert.ok(task);
        assert.equal(task.name, prefix);
        assert.equal(task.status, 'ok');
        assert.equal(task.submitLine, lineOf(source, 'value = result'));
        assert.ok(task.submitNs > 0 && task.submitNs <= task.startNs);
        const { pid, name } = threadOf(trace, task.thread);
        if (scheduler === 'processes') assert.equal(pid, worker);
        else assert.equal(pid, theirs.pid);
        if (scheduler !== 'threads') assert.equal(name, 'MainThread');
      }
      if (scheduler === 'threads') sameThreads(trace, theirs);
      if (scheduler !== 'processes') linkedAsWritten(trace);
      assert.deepEqual(trace.meta.quality.warnings, []);
    });
  }
}

interface Task {
  key: string;
  name: string;
  status: string;
  submitLine: number;
  line: number;
  submitNs: number;
  startNs: number;
  endNs: number;
  thread: number;
  bytes: number;
  rows: number;
}

function tasksOf({ tasks, strings }: Trace): Task[] {
  return Array.from({ length: tasks.length }, (_, i) => ({
    key: strings[tasks.key[i] ?? 0] ?? '',
    name: strings[tasks.name[i] ?? 0] ?? '',
    status: taskStatuses[tasks.status[i] ?? 0] ?? '',
    submitLine: tasks.submitLine[i] ?? 0,
    line: tasks.line[i] ?? 0,
    submitNs: tasks.submit[i] ?? Number.NaN,
    startNs: tasks.start[i] ?? Number.NaN,
    endNs: tasks.end[i] ?? Number.NaN,
    thread: tasks.thread[i] ?? -1,
    bytes: tasks.bytes[i] ?? Number.NaN,
    rows: tasks.rows[i] ?? Number.NaN,
  }));
}

function threadOf(trace: Trace, thread: number) {
  const track = trace.threads[thread];
  assert.ok(track);
  return { name: track.name, tid: track.tid, pid: trace.processes[track.process]?.pid };
}

/** There is one constant between the two clocks with which each of our tasks lies within theirs. */
function insideTheirs(trace: Trace, theirs: Profiled): void {
  const tasks = tasksOf(trace);
  let least = Number.NEGATIVE_INFINITY;
  let most = Number.POSITIVE_INFINITY;
  for (const [key, , start, end] of theirs.tasks) {
    const task = tasks.find(each => each.key === key);
    assert.ok(task);
    least = Math.max(least, start * 1e9 - task.startNs);
    most = Math.min(most, end * 1e9 - task.endNs);
  }
  assert.ok(least <= most, `${(least - most) / 1e6} ms outside`);
  const clock = trace.meta.startedAtMs - theirs.wall * 1e3;
  assert.ok(least / 1e6 - 250 < clock && clock < most / 1e6 + 250, 'the clock is another one');
}

/** Dask's thread idents and our thread ids are the same threads. */
function sameThreads(trace: Trace, theirs: Profiled): void {
  const tids = new Map<number | null, number>();
  for (const [key, , , , worker] of theirs.tasks) {
    const { tid } = threadOf(trace, tasksOf(trace).find(each => each.key === key)?.thread ?? -1);
    assert.equal(tids.get(worker) ?? tid, tid);
    tids.set(worker, tid);
  }
  assert.equal(new Set(tids.values()).size, tids.size);
}

/** Each `load` goes into a `size`, and these into the `total`. */
function linkedAsWritten({ links, tasks, strings }: Trace): void {
  const ends = Array.from({ length: links.length }, (_, i) =>
    [links.from[i], links.to[i]].map(task => strings[tasks.name[task ?? 0] ?? 0]).join(' → '),
  );
  assert.deepEqual(ends.sort(), [
    ...new Array<string>(12).fill('load → size'),
    ...new Array<string>(12).fill('size → total'),
  ]);
}

function withoutAddresses(text: string): string {
  return text.replaceAll(/0x[0-9a-f]+/g, '0x');
}

const mixed = `
import cloudpickle, pickle, inspect, time
import dask, dask.local, dask.threaded, dask.multiprocessing, dask.callbacks
from dask import delayed

@delayed
def work(i):
    time.sleep(0.01)
    return i

@delayed
def bad(i):
    raise ValueError('bad %d' % i)

@delayed
def nested(i):
    return sum(dask.compute(*[work(j) for j in range(3)], scheduler='threads'))

if __name__ == '__main__':
    print(dask.compute(*[nested(i) for i in range(2)], scheduler='threads'))
    for scheduler in ('threads', 'processes', 'synchronous'):
        try:
            dask.compute(work(7), bad(1), scheduler=scheduler)
        except ValueError as error:
            print(scheduler, error)
    for name in ('execute_task', 'queue_get', 'start_state_from_dask', 'get_async', 'batch_execute_tasks'):
        function = getattr(dask.local, name)
        print(name, inspect.signature(function), pickle.loads(pickle.dumps(function)) is function, pickle.dumps(function))
    print(inspect.signature(dask.compute), inspect.signature(dask.persist), dask.threaded.get_async is dask.local.get_async)
    print(dask.config.get('scheduler', None), dask.config.get('chunksize', None), dask.callbacks.Callback.active)
    task = work(3)
    print(len(cloudpickle.dumps(task)) == len(cloudpickle.dumps(work(4))), pickle.loads(cloudpickle.dumps(task)).compute(scheduler='sync'))
`;

for (const python of framesPythons) {
  test(`nested and failing computations; functions, pickles and settings are Dask's own: ${python}`, async t => {
    const { stdout, trace } = await succeeded(t, { source: mixed, python, file });
    assert.equal(withoutAddresses(stdout), withoutAddresses(await plainOutput(python, mixed)));
    const tasks = tasksOf(trace);
    const counts = (name: string, status: string) =>
      tasks.filter(each => each.name === name && each.status === status).length;
    assert.equal(counts('nested', 'ok'), 2);
    assert.equal(counts('bad', 'failed'), 3);
    for (const outer of tasks.filter(({ name }) => name === 'nested')) {
      const inner = tasks.filter(each => each.name === 'work' && each.submitLine === lineOf(mixed, 'return sum('));
      assert.equal(inner.length, 6);
      assert.ok(inner.some(each => each.startNs >= outer.startNs && each.endNs <= outer.endNs));
    }
    assert.deepEqual(trace.meta.quality.warnings, []);
  });

  test(`a worker process that is killed in its task loses it: ${python}`, async t => {
    const source = `
import os, signal
import dask
from dask import delayed

@delayed
def dies(i):
    os.kill(os.getpid(), signal.SIGKILL)

if __name__ == '__main__':
    try:
        dies(1).compute(scheduler='processes', num_workers=1)
    except Exception as error:
        print(type(error).__name__)
`;
    const { stdout, trace } = await succeeded(t, { source, python, file });
    assert.equal(stdout, 'BrokenProcessPool\n');
    assert.deepEqual(
      tasksOf(trace).map(({ name, status }) => [name, status]),
      [['dies', 'lost']],
    );
  });
}

test('all tasks of a large graph are told, its many dependencies are said to be left out', async t => {
  const source = `
import dask, dask.local
def increment(x):
    return x + 1
graph = {('a', 0): 0}
for i in range(1, 51001):
    graph['a', i] = (increment, ('a', max(0, i - 100)))
print(sum(dask.local.get_sync(graph, [('a', i) for i in range(50901, 51001)])))
`;
  const { stdout, trace } = await succeeded(t, { source, file, limits: { samplingHz: 20 } });
  assert.equal(stdout, await plainOutput(framesPython, source));
  assert.equal(trace.tasks.length, 51000);
  assert.equal(trace.strings[trace.tasks.name[0] ?? 0], 'a');
  const marks = Array.from(trace.marks.text, text => trace.strings[text] ?? '');
  assert.deepEqual(
    marks.filter(text => text.includes('dependencies')),
    ['A graph has 50900 dependencies between its tasks, more than the 50000 that are kept: none of them is.'],
  );
  const held = trace.counters.find(({ name }) => name === 'Dask results held');
  assert.ok(held && Math.max(...held.value) > 50 && held.value.at(-1) === 0, 'results are counted');
});

test('what is held counts frames that there was no time to ask for their size', async t => {
  const source = `
import numpy as np, pandas as pd, dask.dataframe as dd
people = dd.from_pandas(pd.DataFrame({'salary': np.arange(60000.0)}), npartitions=1500)
print(people.map_partitions(lambda part: part * 2).persist(scheduler='sync').npartitions)
`;
  const { trace } = await succeeded(t, { source, file });
  const held = trace.counters.find(({ name }) => name === 'Dask data held');
  const sizes = trace.tasks.bytes.filter(bytes => !Number.isNaN(bytes));
  const mean = sizes.reduce((sum, bytes) => sum + bytes, 0) / sizes.length;
  // The last ones end after the last point.
  const share = Math.max(...(held?.value ?? [])) / (mean * 1500);
  assert.ok(share > 0.9 && share < 1.1, `${share} of what ${sizes.length} sizes lead to expect`);
});

const frames = `
import time
import dask, dask.array as da, dask.bag as db, dask.dataframe as dd, pandas as pd
from dask import delayed
people = dd.from_pandas(pd.DataFrame({'name': list('abcd') * 250, 'salary': range(1000)}), npartitions=4)
@delayed
def increment(x):
    return x + 1
lazies = []
for i in range(10):
    lazies.append(increment(i))
total = delayed(sum)(lazies)
computed = [increment(i) for i in range(3)]
dask.compute(*computed)
kept = people.persist(scheduler='sync')
parts = (people.salary + 2).to_delayed()
dask.compute(*parts, scheduler='sync')
ones = da.ones((100, 100), chunks=(50, 50))
mean = (ones + 1).mean()
doubled = db.from_sequence(range(8), npartitions=2).map(lambda value: time.sleep(0.05) or value * 2)
print(doubled.sum().compute(scheduler='sync'))
rich = people[people.salary > 500]
print(len(rich), rich.name.value_counts().compute(scheduler='sync').sum())
spent = people.salary.sum()
(people.salary ** 2).mean()
`;

for (const python of framesPythons) {
  test(`what was never computed is named with its line, what went into a result is not: ${python}`, async t => {
    const { trace } = await succeeded(t, { source: frames, python, file, cell: true });
    const idle = trace.facts.filter(({ name }) => name === 'neverComputed');
    assert.deepEqual(
      idle.map(({ line, values }) => [values.variable, line, values.tasks, values.partitions]),
      [
        ['total', lineOf(frames, 'total ='), 11, null],
        ['mean', lineOf(frames, 'mean ='), null, 1],
        ['spent', lineOf(frames, 'spent ='), null, null],
        [null, lineOf(frames, '(people.salary ** 2)'), null, null],
      ],
    );
    const partitions = tasksOf(trace).filter(each => each.submitLine === lineOf(frames, 'dask.compute(*parts'));
    assert.deepEqual(
      partitions.map(({ key, rows }) => [/^\('[\w-]+', (\d)\)$/.exec(key)?.[1], rows]).sort(),
      ['0', '1', '2', '3'].map(part => [part, 250]),
    );
    assert.ok(
      tasksOf(trace).every(({ status }) => status === 'ok'),
      'also those that were seen while they ran',
    );
    assert.ok(
      partitions.some(({ bytes }) => bytes > 2000), // each, unless the first look took long
      JSON.stringify(partitions),
    );
    assert.deepEqual(trace.meta.quality.warnings, []);
  });

  test(`the plan of a computation, before and after it is optimised, at its line: ${python}`, async t => {
    const { trace } = await succeeded(t, { source: frames, python, file, cell: true });
    const plan = trace.plans.find(({ line }) => line === lineOf(frames, 'print(len(rich)'));
    const parts = new Map(
      trace.plans
        .filter(({ line }) => line === plan?.line)
        .at(-1)
        ?.parts.map(each => [each.title, each.text]),
    );
    assert.equal(plan?.file, file);
    assert.match(parts.get('Tasks') ?? '', /^\d+ tasks\n/);
    if (python === framesPython) {
      assert.match(
        parts.get('Before optimisation') ?? '',
        /^ValueCounts[\s\S]*Projection\(columns='name'\)\n[\s\S]*FromPandas/,
      );
      assert.match(parts.get('After optimisation') ?? '', /FromPandas/);
    } else {
      assert.match(parts.get('Before optimisation') ?? '', /^1 × Series: \d+ steps\n/);
    }
  });
}

test('a run that only plans says so first; %%time then tells the time of planning', async t => {
  const source = `%%time
import dask.array as da
total = da.ones((1000, 1000), chunks=(100, 100)).sum()
`;
  const { outcome } = await succeeded(t, { source, file, cell: true });
  const [first] = outcome.insights;
  assert.equal(first?.code, 'RIP122');
  assert.match(
    first?.title ?? '',
    /^Dask only planned here: a plan of \d+ steps was built, and none of it ran: what `%%time` tells is the time of planning\.$/,
  );
  assert.equal(first?.line, 3);
});

test('long tasks in one chunk, and tasks that run again, are found', async t => {
  const source = `
import time
import dask

@dask.delayed
def nap(i):
    time.sleep(0.4)
    return i

if __name__ == '__main__':
    naps = [nap(i) for i in range(6)]
    print(sum(dask.compute(*naps, scheduler='processes', num_workers=2)))
    print(sum(dask.compute(*naps, scheduler='synchronous')))
`;
  const { outcome } = await succeeded(t, { source, file });
  const titles = new Map(outcome.insights.map(({ code, title }) => [code, title]));
  assert.match(
    titles.get('RIP117') ?? '',
    /^One process got 6 of 6 tasks, because Dask hands them out in chunks of 6: 1 process of 2 had work,/,
  );
  assert.match(titles.get('RIP121') ?? '', /^6 Dask tasks ran again although/);
});

test('a Dask without the function that we know is watched by its callbacks, and that is said', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'rip-dask-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const { stdout } = await promisify(execFile)(framesPython, ['-c', 'import dask; print(dask.__path__[0])']);
  const packages = join(folder, 'site-packages');
  mkdirSync(packages);
  cpSync(stdout.trim(), join(packages, 'dask'), { recursive: true });
  const local = join(packages, 'dask/local.py');
  writeFileSync(local, readFileSync(local, 'utf8').replaceAll(/\bexecute_task\b/g, 'run_one_task'));
  const source = `
import sys
sys.path.insert(0, ${JSON.stringify(packages)})
import time
import dask

@dask.delayed
def nap(i):
    time.sleep(0.05)
    return i

print(dask.compute(*[nap(i) for i in range(4)], scheduler='threads', num_workers=2))
print(dask.compute(*[nap(i) for i in range(2)], scheduler='sync'))
`;
  const run = await ran(t, { source, file });
  assert.equal(run.stdout, '(0, 1, 2, 3)\n(0, 1)\n');
  const tasks = tasksOf(run.trace).filter(({ key }) => key !== '');
  assert.deepEqual(
    tasks.map(({ name, status }) => [name, status]),
    new Array(6).fill(['nap', 'ok']),
  );
  assert.ok(tasks.every(({ startNs, endNs, thread }) => endNs - startNs > 40e6 && thread >= 0));
  assert.match(JSON.stringify(run.trace.processes), /the times of its tasks are those at which they were handed out/);
});
