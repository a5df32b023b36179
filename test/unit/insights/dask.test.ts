import assert from 'node:assert/strict';
import { test } from 'node:test';
import { daskChunks } from '../../../src/insights/daskChunks.ts';
import { daskFewPartitions } from '../../../src/insights/daskFewPartitions.ts';
import { daskGil } from '../../../src/insights/daskGil.ts';
import { daskNeverComputed } from '../../../src/insights/daskNeverComputed.ts';
import { partitionSizes } from '../../../src/insights/daskPartitionSizes.ts';
import { daskRepeatedTasks } from '../../../src/insights/daskRepeatedTasks.ts';
import { daskTinyTasks } from '../../../src/insights/daskTinyTasks.ts';
import { gilBoundThreads } from '../../../src/insights/gilBoundThreads.ts';
import type { Rule } from '../../../src/insights/insight.ts';
import { TraceBuilder } from '../../../src/trace/builder.ts';
import type { EngineFact, Trace } from '../../../src/trace/model.ts';
import { type TextTraceOptions, traceFromText } from '../../support/textTrace.ts';

const file = '/home/me/work.py';

/** A computation asked for in line 7, from 0 on. */
function computation(values: EngineFact['values'], lengthMs = 10_000): EngineFact {
  const asked = { scheduler: 'threads', workers: 4, chunksize: 1, durationNs: lengthMs * 1e6, ...values };
  return { engine: 'dask', name: 'computation', atNs: 0, file, line: 7, values: asked };
}

function neverComputed(line: number, values: EngineFact['values']): EngineFact {
  return { engine: 'dask', name: 'neverComputed', atNs: 0, file, line, values };
}

function check(rule: Rule, drawing: string, options: TextTraceOptions, title: string | null): void {
  assert.equal(rule(traceFromText(drawing, { engine: 'dask', ...options }))?.title ?? null, title);
}

const sixInOne = `
  main          |llllllllllllllllllllllllllllll
  P2/T-1        |RRRRRRRRRRRRRRRRRRRRRRRRRRRRRR
  P3/T-1        |..............................
  f:7 @P2/T-1   |=====
  f:7 @P2/T-1   |.....=====
  f:7 @P2/T-1   |..........=====
  f:7 @P2/T-1   |...............=====
  f:7 @P2/T-1   |....................=====
  f:7 @P2/T-1   |.........................=====`;

test('RIP117: a chunk keeps one process busy while the other has nothing', () => {
  const facts = [computation({ scheduler: 'processes', workers: 2, chunksize: 6 })];
  check(
    daskChunks,
    sixInOne,
    { facts },
    'One process got 6 of 6 tasks, because Dask hands them out in chunks of 6: 1 process of 2 had work, and it took 150 ms longer.',
  );
});

test('RIP117: silent with a chunksize of 1, one worker, other schedulers, one CPU, tasks of another line', () => {
  const asked = { scheduler: 'processes', workers: 2, chunksize: 6 };
  for (const values of [{ chunksize: 1 }, { workers: 1 }, { scheduler: 'threads' }])
    check(daskChunks, sixInOne, { facts: [computation({ ...asked, ...values })] }, null);
  check(daskChunks, sixInOne, { facts: [computation(asked)], cpus: 1 }, null);
  check(daskChunks, sixInOne, { facts: [{ ...computation(asked), line: 8 }] }, null);
  check(daskChunks, sixInOne, { facts: [computation(asked), computation(asked)] }, null);
});

test('RIP117: silent when chunks are spread evenly', () => {
  const facts = [computation({ scheduler: 'processes', workers: 2, chunksize: 6 })];
  const drawing = `
    P2/T-1        |RRRRRRRRRRRRRRR
    P3/T-1        |RRRRRRRRRRRRRRR
    f:7 @P2/T-1   |=======
    f:7 @P2/T-1   |.......=======
    f:7 @P3/T-1   |=======
    f:7 @P3/T-1   |.......=======`;
  check(daskChunks, drawing, { facts }, null);
});

const gilFight = `
  main      |llllllllllllllll
  T-1       |RgRgRgRgRgRgRgRg
  T-2       |gRgRgRgRgRgRgRgR
  f:7 @T-1  |================
  f:7 @T-2  |================`;

test('RIP118: tasks in threads that take turns; then RIP101, whose advice is for executors, is silent', () => {
  const title =
    "Dask's tasks ran in 2 threads, but the GIL let only one of them compute at a time: they waited for it 50 % of the time.";
  check(daskGil, gilFight, {}, title);
  check(gilBoundThreads, gilFight, {}, null);
  assert.match(daskGil(traceFromText(gilFight, { engine: 'dask' }))?.advice ?? '', /in processes at work\.py:7:/);
});

test('RIP118: silent about threads of executors, and when all CPUs were busy', () => {
  assert.equal(daskGil(traceFromText(gilFight)), null);
  check(daskGil, gilFight, { cpus: 1 }, null);
});

/** `count` tasks, one after the other in one thread, each of `ranUs`, one every `everyUs`; `rows` of each result. */
function manyTasks(count: number, ranUs: number, everyUs: number, rows = Number.NaN): Trace {
  const builder = new TraceBuilder({ title: 'many', startedAtMs: 0, cpuCount: 2 });
  const about = { pid: 1, parentPid: null, name: 'main', python: '3.13.0', gilEnabled: true, exit: null, note: '' };
  const process = builder.addProcess({ ...about, startMethod: 'main', startNs: 0, endNs: null });
  const thread = builder.addThread({ process, tid: 1, name: 'T-1', kind: 'python', startNs: 0 });
  const place = { name: builder.intern('inc'), file: 0, line: 0, submitFile: builder.intern(file), submitLine: 7 };
  for (let i = 0; i < count; i++) {
    const startNs = i * everyUs * 1e3;
    const times = { submitNs: 0, startNs, endNs: startNs + ranUs * 1e3 };
    const size = { rows, bytes: rows * 8 };
    builder.addTask({ ...times, ...size, engine: 'dask', status: 'ok', pool: -1, thread, ...place });
  }
  const lengthMs = (count * everyUs) / 1e3;
  builder.told.addFact(computation({}, lengthMs));
  return builder.finish(lengthMs * 1e6);
}

test('RIP119: thousands of tasks shorter than what Dask needs to hand them out', () => {
  assert.equal(
    daskTinyTasks(manyTasks(2000, 20, 100))?.title,
    '2,000 Dask tasks of 20 µs each (median): 80 % of the time went into handing them out.',
  );
});

test('RIP119: says what the partitions held, where that is known', () => {
  assert.doesNotMatch(daskTinyTasks(manyTasks(2000, 20, 100))?.advice ?? '', /held/);
  const found = daskTinyTasks(manyTasks(2000, 20, 100, 50));
  assert.match(
    found?.advice ?? '',
    / Partitions of inc held 50 rows, 400 bytes each \(median; Dask advises some 100 MB\)\.$/,
  );
  assert.equal(
    partitionSizes(manyTasks(1, 20, 100, 50), [0]).sentence,
    ' The partition of inc held 50 rows, 400 bytes (Dask advises some 100 MB).',
  );
  assert.deepEqual([found?.evidence.partitionRows, found?.evidence.partitionBytes], [50, 400]);
});

test('RIP119: silent about few tasks, long tasks, and tasks that fill the time', () => {
  assert.equal(daskTinyTasks(manyTasks(400, 20, 100)), null);
  assert.equal(daskTinyTasks(manyTasks(2000, 1500, 4000)), null);
  assert.equal(daskTinyTasks(manyTasks(2000, 80, 100)), null);
});

const onePartition = `
  main                    |llllllllllllllllllllllllllllllllllllllll
  T-1                     |RRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRR
  sum#('sum-1f', 0):7 @T-1 |=======================================
  agg#('agg-1f', 0):7 @T-1 |.......................................=`;

test('RIP120: fewer partitions than CPUs', () => {
  check(
    daskFewPartitions,
    onePartition,
    { facts: [computation({})] },
    'Dask had 1 partition for 4 CPUs: for 390 ms only 1.0 of them worked on average.',
  );
});

test('RIP120: silent with fewer workers than CPUs, without idle CPUs, for delayed tasks', () => {
  check(daskFewPartitions, onePartition, { facts: [computation({ workers: 2 })] }, null);
  check(daskFewPartitions, onePartition, { facts: [computation({})], cpus: 1 }, null);
  check(daskFewPartitions, onePartition.replaceAll(/\('(\w+)-1f', 0\)/g, '$1-1f'), { facts: [computation({})] }, null);
});

const twice = `
  main         |llllllllllllllllllll
  T-1          |RRRRRRRRRRRRRRRRRRRR
  f#f-1:7 @T-1 |========
  f#f-2:7 @T-1 |........==
  f#f-1:9 @T-1 |..........========
  f#f-2:9 @T-1 |..................==`;

test('RIP121: the same keys ran twice', () => {
  check(
    daskRepeatedTasks,
    twice,
    {},
    '2 Dask tasks ran again although the same run had computed them before: 100 ms of repeated work.',
  );
  assert.equal(daskRepeatedTasks(traceFromText(twice, { engine: 'dask' }))?.line, 9);
});

test('RIP121: silent about other keys, failed tasks, and tasks without keys', () => {
  check(daskRepeatedTasks, twice.replaceAll('#f-1:9', '#f-3:9').replaceAll('#f-2:9', '#f-4:9'), {}, null);
  check(daskRepeatedTasks, twice.replace('|========', '|!!!!!!!!').replace('........==\n', '........!!\n'), {}, null);
  check(daskRepeatedTasks, twice.replaceAll(/#f-\d/g, ''), {}, null);
});

const idle = `
  main |RRRRRRRRRRRR`;

test('RIP122: a run that only planned says so, and what %%time then measured', () => {
  const values = { variable: 'total', type: 'delayed value', tasks: 11, steps: 11, timed: '%%time' };
  check(
    daskNeverComputed,
    idle,
    { facts: [neverComputed(5, values)] },
    'Dask only planned here: 11 tasks were built, and none of it ran: what `%%time` tells is the time of planning.',
  );
  check(
    daskNeverComputed,
    idle,
    { facts: [neverComputed(5, { variable: null, type: 'Dask Series', tasks: null, steps: 4, timed: null })] },
    'Dask only planned here: a plan of 4 steps was built, and none of it ran.',
  );
});

test('RIP122: beside other work it names the value', () => {
  const facts = [
    neverComputed(3, { variable: 'a', tasks: 1, steps: 1 }),
    neverComputed(5, { variable: 'b', tasks: null, steps: 6 }),
  ];
  check(
    daskNeverComputed,
    twice,
    { facts },
    '`b` was planned and never computed: a plan of 6 steps was built, and none of it ran (and 1 more such value).',
  );
  check(daskNeverComputed, twice, {}, null);
});
