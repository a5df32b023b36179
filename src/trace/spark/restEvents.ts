import {
  asArray,
  asBoolean,
  asNumber,
  asObject,
  asString,
  type JsonObject,
  numberOrZero as number,
  textOrEmpty as text,
} from '../../base/parse.ts';
import { readOperation } from './callSite.ts';
import type { SparkEvent, StageInfo, TaskInfo, TaskMetrics, TaskOutcome } from './events.ts';
import { exceptionText, failureText } from './readTaskEnd.ts';

/** What Spark's REST API told of some jobs, as it gives it. */
export interface RestAnswers {
  jobs: readonly JsonObject[];
  /** Attempts that were submitted. */
  stages: readonly JsonObject[];
  /** By `stage.attempt`. */
  tasks: ReadonlyMap<string, readonly JsonObject[]>;
  queries: readonly RestQuery[];
}

export interface RestQuery {
  json: JsonObject;
  plan: string;
  /** As the plan was in the end, where it had been asked for before; null: not asked for again. */
  lastPlan: string | null;
}

export interface RestEvent {
  /** The same thing told again has the same key. */
  key: string;
  atMs: number;
  /** Of those at the same ms. */
  rank: number;
  event: SparkEvent;
}

/** At the same ms: what begins around something else comes before it, and a core is free before its next task begins. */
const ranks = {
  query: 0,
  job: 1,
  stage: 2,
  taskEnd: 3,
  task: 4,
  shortTaskEnd: 5,
  stageEnd: 6,
  jobEnd: 7,
  plan: 8,
  queryEnd: 9,
};

/**
 * The answers of Spark's REST API, as the events that Spark itself would have written into an event log. Times are the server's, in
 * whole ms. `operations`: id of an operation of Connect → what called it, as src/python/tracer/engines/spark_operations.py words it.
 */
export function restEvents(told: RestAnswers, operations: ReadonlyMap<string, string>): RestEvent[] {
  return [
    ...told.queries.flatMap(ofQuery),
    ...ofJobs(told, operations),
    ...told.stages.flatMap(stage => ofStage(stage, told.tasks.get(stageKeyOf(stage)) ?? [])),
  ];
}

/** As a log has them. */
export function inLogOrder(a: RestEvent, b: RestEvent): number {
  return a.atMs - b.atMs || a.rank - b.rank;
}

/** By which `RestAnswers.tasks` has a stage's. */
export function stageKeyOf(stage: JsonObject): string {
  return `${number(stage.stageId)}.${number(stage.attemptId)}`;
}

/** Of jobs that a query caused, in whatever state they are. */
export function jobsOfQuery(query: JsonObject): number[] {
  return [query.successJobIds, query.failedJobIds, query.runningJobIds].flatMap(asArray).map(number);
}

/** That an executor is there; null for one without cores, as a driver on a cluster is. */
export function executorOf(json: JsonObject, notBeforeMs: number): SparkEvent | null {
  const [id, cores] = [asString(json.id), number(json.totalCores)];
  if (id === null || cores <= 0) return null;
  const host = text(json.hostPort).replace(/:\d*$/, '');
  return { kind: 'executorAdded', id, host, cores, atMs: Math.max(notBeforeMs, timeOf(json.addTime) ?? 0) };
}

/** A task's end is known. */
export function hasEnded(task: JsonObject): boolean {
  return task.status === 'SUCCESS' || task.status === 'FAILED' || task.status === 'KILLED';
}

function ofQuery({ json, plan, lastPlan }: RestQuery): RestEvent[] {
  const [query, atMs] = [number(json.id), timeOf(json.submissionTime) ?? 0];
  const key = `query ${query}`;
  const start: SparkEvent = { kind: 'queryStart', query, atMs, description: '', plan, nodes: [] };
  const events: RestEvent[] = [{ key, atMs, rank: ranks.query, event: start }];
  if (json.status === 'RUNNING') return events;
  const endMs = atMs + number(json.duration);
  const failure = asString(json.errorMessage) || (json.status === 'FAILED' ? 'failed' : null);
  if (lastPlan !== null && lastPlan !== plan) {
    const event: SparkEvent = { kind: 'queryPlan', query, plan: lastPlan, nodes: [] };
    events.push({ key: `${key} plan`, atMs: endMs, rank: ranks.plan, event });
  }
  const event: SparkEvent = { kind: 'queryEnd', query, atMs: endMs, failure };
  events.push({ key: `${key} end`, atMs: endMs, rank: ranks.queryEnd, event });
  return events;
}

function ofJobs({ jobs, stages, queries }: RestAnswers, operations: ReadonlyMap<string, string>): RestEvent[] {
  const queryOf = new Map(queries.flatMap(({ json }) => jobsOfQuery(json).map(job => [job, number(json.id)])));
  const reasons = new Map(stages.map(stage => [stage.stageId, asString(stage.failureReason)]));
  return jobs.flatMap(job => {
    const [id, atMs, endMs] = [number(job.jobId), timeOf(job.submissionTime) ?? 0, timeOf(job.completionTime)];
    const ids = asArray(job.stageIds).map(number);
    const called = asArray(job.jobTags).map(tag => operations.get(text(tag).split('_Operation_').at(-1) ?? ''));
    const operation = readOperation(called.find(each => each !== undefined) ?? null);
    const about = { query: queryOf.get(id) ?? null, callSite: null, description: null, operation };
    const start: SparkEvent = { kind: 'jobStart', job: id, atMs, stages: ids, ...about };
    const events: RestEvent[] = [{ key: `job ${id}`, atMs, rank: ranks.job, event: start }];
    if (endMs !== null) {
      const why = ids.map(stage => reasons.get(stage)).find(reason => reason != null) ?? text(job.status).toLowerCase();
      const failure = job.status === 'SUCCEEDED' ? null : failureText(why);
      const event: SparkEvent = { kind: 'jobEnd', job: id, atMs: endMs, failure };
      events.push({ key: `job ${id} end`, atMs: endMs, rank: ranks.jobEnd, event });
    }
    return events;
  });
}

function ofStage(json: JsonObject, tasks: readonly JsonObject[]): RestEvent[] {
  const [atMs, endMs] = [timeOf(json.submissionTime) ?? 0, timeOf(json.completionTime)];
  const stage: StageInfo = {
    ...{
      stage: number(json.stageId),
      attempt: number(json.attemptId),
      taskCount: number(json.numTasks),
    },
    // Its name is the text of a request of Connect: the job's has the program's line.
    ...{ name: '', submittedMs: atMs, completedMs: null, failure: null },
    ...{ kept: [], figures: new Map<string, number>(), sums: new Map<number, number>() },
  };
  const key = `stage ${stageKeyOf(json)}`;
  const events: RestEvent[] = [{ key, atMs, rank: ranks.stage, event: { kind: 'stageSubmitted', stage } }];
  for (const task of tasks) events.push(...ofTask(stage, task));
  if (endMs !== null) {
    const ended: StageInfo = { ...stage, completedMs: endMs, failure: asString(json.failureReason) };
    const event: SparkEvent = { kind: 'stageCompleted', stage: ended };
    events.push({ key: `${key} end`, atMs: endMs, rank: ranks.stageEnd, event });
  }
  return events;
}

function ofTask({ stage, attempt }: StageInfo, json: JsonObject): RestEvent[] {
  const atMs = timeOf(json.launchTime) ?? 0;
  const task: TaskInfo = {
    ...{ id: number(json.taskId), index: number(json.index), attempt: number(json.attempt) },
    ...{ executor: text(json.executorId), launchMs: atMs, finishMs: 0, gettingResultMs: 0 },
    isSpeculative: asBoolean(json.speculative) ?? false,
  };
  const of = { stage, stageAttempt: attempt };
  const key = `task ${task.id}`;
  const events: RestEvent[] = [{ key, atMs, rank: ranks.task, event: { kind: 'taskStart', ...of, task } }];
  if (!hasEnded(json)) return events;
  const [duration, fetching] = [number(json.duration), number(json.gettingResultTime)];
  const endMs = atMs + duration;
  const ended: TaskInfo = { ...task, finishMs: endMs, gettingResultMs: fetching > 0 ? endMs - fetching : 0 };
  const metrics = asObject(json.taskMetrics);
  const outcome = { end: outcomeOf(json), metrics: metrics && metricsOf(metrics) };
  const event: SparkEvent = { kind: 'taskEnd', ...of, task: ended, ...outcome };
  events.push({ key: `${key} end`, atMs: endMs, rank: duration > 0 ? ranks.taskEnd : ranks.shortTaskEnd, event });
  return events;
}

function outcomeOf({ status, errorMessage }: JsonObject): TaskOutcome {
  const message = text(errorMessage);
  if (status === 'SUCCESS') return { reason: 'Success', message: '' };
  if (status === 'KILLED') return { reason: 'TaskKilled', message };
  const [, className = '', said = message] = /^([\w.$]+): (.*)$/s.exec(message) ?? [];
  return { reason: 'ExceptionFailure', message: exceptionText(className, said) };
}

/** CPU time and the time to write a shuffle are in ns, as in a log. */
function metricsOf(json: JsonObject): TaskMetrics {
  const read = asObject(json.shuffleReadMetrics);
  const write = asObject(json.shuffleWriteMetrics);
  const input = asObject(json.inputMetrics);
  return {
    deserializeMs: number(json.executorDeserializeTime),
    runMs: number(json.executorRunTime),
    cpuNs: number(json.executorCpuTime),
    resultBytes: number(json.resultSize),
    gcMs: number(json.jvmGcTime),
    serializeMs: number(json.resultSerializationTime),
    memorySpilled: number(json.memoryBytesSpilled),
    diskSpilled: number(json.diskBytesSpilled),
    fetchWaitMs: number(read?.fetchWaitTime),
    shuffleReadBytes: number(read?.remoteBytesRead) + number(read?.localBytesRead),
    shuffleWriteNs: number(write?.writeTime),
    shuffleWriteBytes: number(write?.bytesWritten),
    inputBytes: number(input?.bytesRead),
    inputRecords: number(input?.recordsRead),
    outputBytes: number(asObject(json.outputMetrics)?.bytesWritten),
  };
}

/** Of `2026-11-27T06:19:19.686GMT`, ms since 1970. */
function timeOf(value: unknown): number | null {
  return asNumber(Date.parse(text(value).replace('GMT', 'Z')));
}
