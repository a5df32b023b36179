// What Spark's own REST API told of an application, beside what its event log became.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asArray, asNumber, asObject, asString, type JsonObject, parseObject } from '../../../src/base/parse.ts';
import { type Trace, taskStatuses } from '../../../src/trace/model.ts';

/** Python code that defines `_save_rest(spark_context, path)`. */
export const saveRest = readFileSync(join(import.meta.dirname, 'rest.py'), 'utf8');

export interface RestTask {
  key: string;
  launchMs: number;
  durationMs: number;
  status: string;
  executor: string;
  schedulerDelayMs: number;
  gettingResultMs: number;
}

export interface Rest {
  jobs: JsonObject[];
  stages: JsonObject[];
  tasks: RestTask[];
  executors: JsonObject[];
  /** RDDs that are kept. */
  storage: JsonObject[];
}

/** Of what is below `/applications`, as JSON. */
async function ask(port: number, path: string): Promise<unknown> {
  return (await fetch(`http://127.0.0.1:${port}/api/v1/applications${path}`)).json();
}

const objects = (value: unknown): JsonObject[] =>
  asArray(value)
    .map(asObject)
    .filter(each => each !== null);

export function readRest(path: string): Rest {
  return restOf(parseObject(readFileSync(path, 'utf8')));
}

/** As `rest.py`, of the application that has its UI at this port of the machine; only its jobs from `firstJob` on. */
export async function askRest(port: number, firstJob: number): Promise<Rest> {
  const get = (path: string) => ask(port, path);
  const [application] = objects(await get(''));
  const base = `/${application?.id}`;
  const jobs = objects(await get(`${base}/jobs`)).filter(job => Number(job.jobId) >= firstJob);
  const own = new Set(jobs.flatMap(job => asArray(job.stageIds)));
  const stages = objects(await get(`${base}/stages`)).filter(({ stageId }) => own.has(stageId));
  const tasks: Record<string, unknown> = {};
  for (const { stageId, attemptId, status } of stages) {
    if (status !== 'SKIPPED')
      tasks[`${stageId}.${attemptId}`] = await get(`${base}/stages/${stageId}/${attemptId}/taskList?length=10000`);
  }
  return restOf({ jobs, stages, tasks });
}

/** Ids of the jobs that run, of the application that has its UI at this port. */
export async function runningJobs(port: number): Promise<number[]> {
  const [application] = objects(await ask(port, ''));
  const jobs = objects(await ask(port, `/${application?.id}/jobs?status=running`));
  return jobs.map(job => Number(job.jobId)).sort((a, b) => a - b);
}

/** Waits until what runs is as it should be, or fails. */
export async function untilJobs(port: number, condition: (running: number[]) => boolean): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (let running = await runningJobs(port); !condition(running); running = await runningJobs(port)) {
    if (performance.now() > deadline) assert.fail(`These jobs run on the server: ${running.join() || 'none'}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

/** As the button of the UI does. */
export async function killJobs(port: number, jobs: number[]): Promise<void> {
  for (const job of jobs) await fetch(`http://127.0.0.1:${port}/jobs/job/kill/?id=${job}`, { method: 'POST' });
}

function restOf(json: Record<string, unknown> | null): Rest {
  const tasks = Object.entries(json?.tasks ?? {}).flatMap(([stage, own]) =>
    objects(own).map(task => restTask(stage, task)),
  );
  const [jobs, stages] = [objects(json?.jobs), objects(json?.stages)];
  return { jobs, stages, tasks, executors: objects(json?.executors), storage: objects(json?.storage) };
}

function restTask(stage: string, task: JsonObject): RestTask {
  const number = (name: string) => asNumber(task[name]) ?? 0;
  const speculative = task.speculative === true ? ', speculative' : '';
  return {
    key: `task ${number('index')}.${number('attempt')} in stage ${stage} (TID ${number('taskId')}${speculative})`,
    launchMs: Date.parse((asString(task.launchTime) ?? '').replace('GMT', 'Z')),
    durationMs: number('duration'),
    status: asString(task.status) ?? '',
    executor: asString(task.executorId) ?? '',
    schedulerDelayMs: number('schedulerDelay'),
    gettingResultMs: number('gettingResultTime'),
  };
}

const statusWords: Record<string, string[]> = { SUCCESS: ['ok'], FAILED: ['failed', 'lost'], KILLED: ['cancelled'] };

/** Every task that the REST API knows is in the trace, with the same times, state, executor and scheduler delay; and no other. */
export function assertSameTasks(trace: Trace, rest: Rest): void {
  const { tasks } = trace;
  const places = new Map(Array.from({ length: tasks.length }, (_, i) => [trace.strings[tasks.key[i] ?? 0] ?? '', i]));
  const spark = rest.tasks.map(task => task.key);
  assert.deepEqual([...places.keys()].filter(key => key.includes('(TID ')).sort(), [...spark].sort());
  for (const task of rest.tasks) {
    const place = places.get(task.key) ?? -1;
    const [start = 0, end = 0] = [tasks.start[place], tasks.end[place]];
    const track = trace.threads[tasks.thread[place] ?? -1];
    const process = trace.processes[track?.process ?? -1];
    assert.equal(Math.round(start / 1e6) + trace.meta.startedAtMs, task.launchMs, `${task.key} began`);
    assert.equal(Math.round((end - start) / 1e6), task.durationMs, `${task.key} took`);
    const status = taskStatuses[tasks.status[place] ?? 0] ?? '';
    assert.ok(statusWords[task.status]?.includes(status), `${task.key} is ${status}, Spark says ${task.status}`);
    const executor = task.executor === 'driver' ? 'Spark executor (in the driver)' : `Spark executor ${task.executor}`;
    assert.equal(process?.name, executor);
    if (status === 'ok') assertPhases(trace, tasks.thread[place] ?? -1, { start, end }, task);
  }
}

/** Spans of a task lie within it, and may not overlap those of the one before it on its core but for the ms in which that was handled. */
function assertPhases(
  trace: Trace,
  thread: number,
  { start, end }: { start: number; end: number },
  task: RestTask,
): void {
  const spans = trace.threads[thread]?.spans;
  assert.ok(spans);
  const lengthOf = (name: string, at: (from: number, to: number) => boolean) => {
    for (let i = 0; i < spans.length; i++) {
      const [from = 0, to = 0] = [spans.start[i], spans.end[i]];
      if (trace.strings[spans.name[i] ?? 0] === name && at(from, to)) return Math.round((to - from) / 1e6);
    }
    return 0;
  };
  assert.equal(
    lengthOf('scheduler delay', from => from === start),
    task.schedulerDelayMs,
    `${task.key}: scheduler delay`,
  );
  assert.equal(
    lengthOf('getting result', (_, to) => to === end),
    task.gettingResultMs,
    `${task.key}: getting result`,
  );
}
