import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Insight } from '../../../src/insights/insight.ts';
import { findInsights } from '../../../src/insights/rules.ts';
import { TraceBuilder } from '../../../src/trace/builder.ts';
import { EngineSink } from '../../../src/trace/engineSink.ts';
import type { Trace } from '../../../src/trace/model.ts';
import type { PlanNode, StageInfo, TaskMetrics } from '../../../src/trace/spark/events.ts';
import { SparkLog } from '../../../src/trace/spark/sparkLog.ts';
import { fixtureLines, traceOfLines } from '../trace/spark/logs.ts';

const noMetrics: TaskMetrics = {
  ...{
    deserializeMs: 0,
    runMs: 0,
    cpuNs: 0,
    resultBytes: 0,
    gcMs: 0,
    serializeMs: 0,
    memorySpilled: 0,
    diskSpilled: 0,
  },
  ...{ fetchWaitMs: 0, shuffleReadBytes: 0, shuffleWriteNs: 0, shuffleWriteBytes: 0 },
  ...{ inputBytes: 0, inputRecords: 0, outputBytes: 0 },
};

interface Task extends Partial<TaskMetrics> {
  ms: number;
}

interface Stage {
  tasks: Task[];
  /** After the end of the stage before. */
  pauseMs?: number;
  figures?: Record<string, number>;
  kept?: string;
  /** What executor 1 holds of partitions of what is kept, one update after another. */
  blocks?: { partition: number; memory: number; disk?: number }[];
}

interface Application {
  cores: number;
  stages: Stage[];
  plan?: PlanNode[];
  sums?: Record<number, number>;
  driver?: [number, number][];
  /** Ran under our tracer, in a Python. */
  isOurs?: boolean;
  /** Of a Spark Connect server, which has other clients too. */
  isShared?: boolean;
  facts?: { name: string; values: Record<string, string | number | null> }[];
}

/** An application with a job of one stage after another, whose tasks take the first free core; all of one query when there is a plan. */
function applicationOf({ cores, stages, plan, sums, driver, isOurs = true, isShared, facts = [] }: Application): Trace {
  const builder = new TraceBuilder({ title: 'run', startedAtMs: 0, cpuCount: cores });
  const place = { pid: 1, parentPid: null, name: 'Python', startMethod: 'main', gilEnabled: true } as const;
  if (isOurs) builder.addProcess({ ...place, python: '3.13.0', startNs: 0, endNs: null, exit: null, note: '' });
  const sink = new EngineSink({ builder, index: null });
  const server = { kind: 'process', id: 'server', engine: 'spark', name: 'Spark Connect server' } as const;
  if (isShared) sink.take({ ...server, pid: null, host: 'h', atNs: 0 });
  const log = new SparkLog({ id: 'spark', emit: event => sink.take(event), clock: ms => ms * 1e6, isOnly: true });
  log.take({ kind: 'application', id: 'app', name: 'app', atMs: 0 });
  log.take({ kind: 'executorAdded', id: '1', host: 'h', cores, atMs: 0 });
  const query = plan ? 0 : null;
  if (plan)
    log.take({ kind: 'queryStart', query: 0, atMs: 0, description: 'count at J.java:0', plan: '', nodes: plan });
  let nowMs = 100;
  let id = 0;
  for (const [number, stage] of stages.entries()) {
    nowMs += stage.pauseMs ?? 0;
    const about = { job: number, stages: [number], query, description: null, operation: null };
    log.take({ kind: 'jobStart', ...about, atMs: nowMs, callSite: 'collect at /home/me/job.py:7' });
    const info = stageInfo(number, stage, nowMs, sums ?? {});
    log.take({ kind: 'stageSubmitted', stage: info });
    const ends = tasksOf(log, number, stage.tasks, { cores, nowMs, firstId: id });
    id += stage.tasks.length;
    nowMs = Math.max(nowMs, ...ends);
    for (const block of stage.blocks ?? []) log.take({ kind: 'block', rdd: 1, executor: '1', disk: 0, ...block });
    log.take({ kind: 'stageCompleted', stage: { ...info, completedMs: nowMs } });
    log.take({ kind: 'jobEnd', job: number, atMs: nowMs, failure: null });
  }
  if (driver) log.take({ kind: 'driverFigures', query: 0, figures: driver });
  if (plan) log.take({ kind: 'queryEnd', query: 0, atMs: nowMs, failure: null });
  log.take({ kind: 'applicationEnd', atMs: nowMs + 100, exitCode: null });
  log.finish(log.lastNs);
  for (const fact of facts)
    sink.take({ kind: 'fact', engine: 'spark', file: '/home/me/job.py', line: 9, atNs: 1e9, ...fact });
  return builder.finish(log.lastNs);
}

function stageInfo(
  stage: number,
  { tasks, figures = {}, kept }: Stage,
  atMs: number,
  sums: Record<number, number>,
): StageInfo {
  return {
    ...{ stage, attempt: 0, name: 'collect at /home/me/job.py:7', taskCount: tasks.length, failure: null },
    ...{
      submittedMs: atMs,
      completedMs: null,
      kept: kept === undefined ? [] : [{ rdd: 1, name: kept, partitions: tasks.length, inMemory: true }],
    },
    figures: new Map(Object.entries(figures)),
    sums: new Map(Object.entries(sums).map(([accumulator, value]) => [Number(accumulator), value])),
  };
}

function tasksOf(
  log: SparkLog,
  stage: number,
  tasks: Task[],
  at: { cores: number; nowMs: number; firstId: number },
): number[] {
  const free = Array.from({ length: at.cores }, () => at.nowMs);
  const runs = tasks.map(({ ms, ...metrics }, index) => {
    const core = free.indexOf(Math.min(...free));
    const launchMs = free[core] ?? at.nowMs;
    free[core] = launchMs + ms;
    const about = {
      id: at.firstId + index,
      index,
      attempt: 0,
      executor: '1',
      gettingResultMs: 0,
      isSpeculative: false,
    };
    return { task: { ...about, launchMs, finishMs: launchMs + ms }, metrics: { ...noMetrics, runMs: ms, ...metrics } };
  });
  const events = runs.flatMap(run => [
    { atMs: run.task.launchMs, isEnd: false, run },
    { atMs: run.task.finishMs, isEnd: true, run },
  ]);
  events.sort((a, b) => a.atMs - b.atMs || Number(b.isEnd) - Number(a.isEnd));
  for (const { isEnd, run } of events) {
    const { task, metrics } = run;
    if (isEnd)
      log.take({ kind: 'taskEnd', stage, stageAttempt: 0, task, end: { reason: 'Success', message: '' }, metrics });
    else log.take({ kind: 'taskStart', stage, stageAttempt: 0, task: { ...task, finishMs: 0 } });
  }
  return runs.map(run => run.task.finishMs);
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i));
}

function found(trace: Trace, code: string): Insight | null {
  const problems: string[] = [];
  const insight = findInsights(trace, text => problems.push(text)).find(each => each.code === code) ?? null;
  assert.deepEqual(problems, []);
  return insight;
}

const mb = 2 ** 20;

test('RIP131: a stage that waits for one slow task, whose data is larger', () => {
  const even = times(7, () => ({ ms: 500, shuffleReadBytes: mb }));
  const skewed = applicationOf({ cores: 4, stages: [{ tasks: [...even, { ms: 6000, shuffleReadBytes: 40 * mb }] }] });
  const insight = found(skewed, 'RIP131');
  assert.equal(
    insight?.title,
    'Stage 0: collect at job.py:7 waited 5.5 s for one task: it took 6 s, the median 500 ms. It read 41.9 MB, the median 1.05 MB: the data is skewed.',
  );
  assert.equal(insight?.evidence.task, 'task 7.0 in stage 0.0 (TID 7)');
  assert.equal(insight?.line, 7);
  assert.equal(found(applicationOf({ cores: 4, stages: [{ tasks: times(8, () => ({ ms: 3000 })) }] }), 'RIP131'), null);
  // Slow, but others ran as long beside it.
  const hidden = [{ ms: 4000 }, ...times(21, () => ({ ms: 500 }))];
  assert.equal(found(applicationOf({ cores: 4, stages: [{ tasks: hidden }] }), 'RIP131'), null);
});

test('RIP132: tiny partitions, and too few', () => {
  const tiny = { ms: 20, runMs: 8, deserializeMs: 6, shuffleReadBytes: 60 };
  const insight = found(applicationOf({ cores: 2, stages: [{ tasks: times(200, () => tiny) }] }), 'RIP132');
  assert.match(
    insight?.title ?? '',
    /^Stage 0: collect at job\.py:7: 200 tasks for 12 kB, 60 bytes each: 60 % of their time/,
  );
  const fine = { ms: 400, runMs: 380, shuffleReadBytes: 60 };
  assert.equal(found(applicationOf({ cores: 2, stages: [{ tasks: times(200, () => fine) }] }), 'RIP132'), null);
  const huge = { ms: 9000, shuffleReadBytes: 900 * mb };
  assert.match(
    found(applicationOf({ cores: 8, stages: [{ tasks: [huge, huge] }] }), 'RIP132')?.title ?? '',
    /only 2 tasks of 944 MB each, so 6 of 8 executor cores had none/,
  );
});

test('RIP133 and RIP134: spilling and collecting garbage', () => {
  const heavy = { ms: 5000, diskSpilled: 60 * mb, memorySpilled: 300 * mb, gcMs: 1500 };
  const trace = applicationOf({ cores: 2, stages: [{ tasks: [heavy, heavy] }] });
  assert.match(found(trace, 'RIP133')?.title ?? '', /spilled 629 MB of its data to disk \(126 MB there\)/);
  assert.match(found(trace, 'RIP134')?.title ?? '', /stood still for 30 % of their time .* \(3 s in all\)/);
  const light = applicationOf({ cores: 2, stages: [{ tasks: [{ ms: 5000, diskSpilled: 10, gcMs: 100 }] }] });
  assert.equal(found(light, 'RIP133'), null);
  assert.equal(found(light, 'RIP134'), null);
});

test('RIP135: Python functions over rows, where Spark tells how long they took', () => {
  const plan = [
    { name: 'BatchEvalPython', text: 'BatchEvalPython [grow(cast(id#0L as double))#10], [pythonUDF0#16]', metrics: [] },
  ];
  const figures = {
    'time to run Python workers': 9000,
    'time to start Python workers': 1000,
    'data sent to Python workers': 5 * mb,
  };
  const tasks = [{ ms: 5000 }, { ms: 5000 }];
  const insight = found(applicationOf({ cores: 2, plan, stages: [{ tasks, figures }] }), 'RIP135');
  assert.match(
    insight?.title ?? '',
    /80 % of its tasks' time \(8 s\) was that of Python functions \(grow\), to which 5\.24 MB of data went/,
  );
  assert.match(insight?.advice ?? '', /pandas_udf/);
  const starting = { ...figures, 'time to start Python workers': 8000 };
  assert.equal(found(applicationOf({ cores: 2, plan, stages: [{ tasks, figures: starting }] }), 'RIP135'), null);
  const untold = { 'data sent to Python workers': 5 * mb };
  assert.equal(found(applicationOf({ cores: 2, plan, stages: [{ tasks, figures: untold }] }), 'RIP135'), null);
});

test('RIP136 and RIP137: frames that go to pandas without Arrow, large results', () => {
  const values = { operation: 'toPandas', rows: 50_000, columns: 3, arrow: 'false' };
  const stages = [{ tasks: [{ ms: 1000, resultBytes: 200 * mb }] }];
  const trace = applicationOf({ cores: 1, stages, facts: [{ name: 'result', values }] });
  assert.equal(found(trace, 'RIP136')?.title, 'toPandas at job.py:9 moved 50,000 rows one by one: Arrow is off.');
  assert.match(found(trace, 'RIP137')?.title ?? '', /brought 210 MB to the driver/);
  const many = { tasks: times(50_000, () => ({ ms: 1, resultBytes: 4000 })) };
  assert.equal(found(applicationOf({ cores: 64, stages: [many] }), 'RIP137'), null);
  const withArrow = applicationOf({
    cores: 1,
    stages: [],
    facts: [{ name: 'result', values: { ...values, arrow: 'true' } }],
  });
  assert.equal(found(withArrow, 'RIP136'), null);
  const given = { name: 'given', values: { operation: 'createDataFrame', rows: 20_000, columns: 3, arrow: 'false' } };
  assert.equal(
    found(applicationOf({ cores: 1, stages: [], facts: [given] }), 'RIP136')?.title,
    'createDataFrame at job.py:9 moved 20,000 rows one by one: Arrow is off.',
  );
});

test('RIP138: a cache that nobody reads again', () => {
  const seen = (uses: number) =>
    applicationOf({ cores: 1, stages: [], facts: [{ name: 'cached', values: { operation: 'cache', uses } }] });
  assert.equal(found(seen(1), 'RIP138')?.title, 'cache at job.py:9 keeps data that was used only once.');
  assert.equal(found(seen(2), 'RIP138'), null);
  const keeping = { tasks: [{ ms: 100 }], kept: 'Scan' };
  const logged = (stages: Stage[]) => applicationOf({ cores: 1, stages, isOurs: false });
  assert.equal(
    found(logged([keeping]), 'RIP138')?.title,
    'Stage 0: collect at job.py:7 kept data in memory that was never read again.',
  );
  assert.equal(found(logged([keeping, keeping]), 'RIP138'), null);
  const sized = found(logged([{ ...keeping, blocks: [{ partition: 0, memory: 3 * 2 ** 20 }] }]), 'RIP138');
  assert.equal(sized?.title, 'Stage 0: collect at job.py:7 kept data in memory (3.15 MB) that was never read again.');
  assert.deepEqual([sized?.evidence.memoryBytes, sized?.evidence.diskBytes], [3 * 2 ** 20, 0]);
});

test('RIP144: a cache that has no room', () => {
  const logged = (...blocks: NonNullable<Stage['blocks']>) =>
    found(
      applicationOf({ cores: 1, stages: [{ tasks: [{ ms: 9 }, { ms: 9 }, { ms: 9 }], kept: 'Scan', blocks }] }),
      'RIP144',
    );
  const whole = [0, 1, 2].map(partition => ({ partition, memory: 100 }));
  assert.equal(logged(), null, 'a log without the updates of blocks');
  assert.equal(logged(...whole), null);
  const dropped = logged(...whole.slice(1), { partition: 1, memory: 0 });
  assert.equal(
    dropped?.title,
    'Stage 0: collect at job.py:7 keeps more than fits into memory: 2 of its 3 partitions were dropped or never kept, and are computed anew each time.',
  );
  assert.match(
    logged(...whole.slice(1))?.title ?? '',
    /: 1 of its 3 partitions was dropped or never kept, and is computed anew each time\.$/,
  );
  assert.deepEqual([dropped?.evidence.lacking, dropped?.evidence.evicted], [1, 1]);
  assert.match(
    logged(...whole, { partition: 2, memory: 0, disk: 90 })?.title ?? '',
    /: 1 of its 3 partitions went to disk\.$/,
  );
});

test('RIP139 and RIP140: joins of all with all, small files', () => {
  const metrics = [{ name: 'number of output rows', accumulator: 5 }];
  const plan = [{ name: 'CartesianProduct', text: 'CartesianProduct', metrics }];
  const stages = [{ tasks: [{ ms: 3000 }] }];
  assert.match(
    found(applicationOf({ cores: 1, plan, stages, sums: { 5: 25_000_000 } }), 'RIP139')?.title ?? '',
    /^Query 0: collect at job\.py:7 joined every row with every row, and made 25,000,000 rows/,
  );
  assert.equal(found(applicationOf({ cores: 1, plan, stages, sums: { 5: 2500 } }), 'RIP139'), null);
  const scan = [
    {
      name: 'Scan parquet',
      text: 'FileScan',
      metrics: [
        { name: 'number of files read', accumulator: 1 },
        { name: 'size of files read', accumulator: 2 },
      ],
    },
  ];
  const read = (files: number) =>
    applicationOf({
      cores: 1,
      plan: scan,
      stages,
      driver: [
        [1, files],
        [2, files * 12_288],
      ],
    });
  assert.match(found(read(2000), 'RIP140')?.title ?? '', /read 2,000 files of 12\.3 kB on average/);
  assert.equal(found(read(100), 'RIP140'), null);
});

test('RIP141: executors that wait for the driver, only in runs of ours', () => {
  const stages = times(3, i => ({ tasks: [{ ms: 1000 }], pauseMs: i * 1500 }));
  const insight = found(applicationOf({ cores: 1, stages }), 'RIP141');
  assert.match(insight?.title ?? '', /no job for 4\.5 s between its jobs \(60 %\).*, for up to 3 s at a time\./);
  assert.equal(found(applicationOf({ cores: 1, stages, isOurs: false }), 'RIP141'), null);
  assert.equal(found(applicationOf({ cores: 1, stages, isShared: true }), 'RIP141'), null);
  assert.equal(found(applicationOf({ cores: 1, stages: times(3, () => ({ tasks: [{ ms: 1000 }] })) }), 'RIP141'), null);
});

test('RIP142: cores without tasks', () => {
  const tasks = times(2, () => ({ ms: 4000 }));
  const insight = found(applicationOf({ cores: 4, stages: [{ tasks }] }), 'RIP142');
  assert.match(
    insight?.title ?? '',
    /^2 of 4 executor cores had next to nothing to do in the 4 s that stages ran: .* had only 2 tasks\./,
  );
  assert.equal(insight?.highlight?.threads.length, 2);
  assert.equal(found(applicationOf({ cores: 4, stages: [{ tasks }], isShared: true }), 'RIP142'), null);
  assert.equal(found(applicationOf({ cores: 4, stages: [{ tasks: [...tasks, ...tasks] }] }), 'RIP142'), null);
});

test('RIP143: what never ran, at the end of its chain', () => {
  const fact = (operation: string, leaf: number) => ({
    name: 'neverRan',
    values: { operation, of: 'DataFrame', leaf, builtNs: 1 },
  });
  const trace = applicationOf({ cores: 1, stages: [], facts: [fact('withColumn', 0), fact('filter', 1)] });
  assert.equal(found(trace, 'RIP143')?.title, 'filter at job.py:9 never ran: no action used its result.');
  assert.equal(found(applicationOf({ cores: 1, stages: [], facts: [fact('withColumn', 0)] }), 'RIP143'), null);
});

test('real logs of small jobs say nothing that is not so', () => {
  for (const log of ['spark-3.0.log', 'spark-3.5.log', 'spark-4.3.log']) {
    assert.deepEqual(
      findInsights(traceOfLines(fixtureLines(log))).map(insight => insight.title),
      [],
      log,
    );
  }
});
