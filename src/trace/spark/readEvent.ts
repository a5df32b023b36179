import {
  asArray,
  asBoolean,
  asNumber,
  asObject,
  asString,
  type JsonObject,
  numberOrZero as number,
  parseObject,
  textOrEmpty as text,
} from '../../base/parse.ts';
import { readOperation } from './callSite.ts';
import type { PlanNode, SparkEvent, StageInfo, TaskInfo } from './events.ts';
import { failureText, readTaskEnd } from './readTaskEnd.ts';
import { readTaskLine } from './readTaskLine.ts';

const begin = '{"Event":"';
const damaged: SparkEvent = { kind: 'damaged' };
/** Of a plan with more nodes than this the rest is not looked at. */
const mostNodes = 2000;

type Reader = (json: JsonObject) => SparkEvent | null;

/** Events by the last part of their name: those of other packages have the package before it. */
const readers: Record<string, Reader> = {
  SparkListenerLogStart: json => ({ kind: 'logStart', version: text(json['Spark Version']) }),
  SparkListenerApplicationStart: json => ({
    kind: 'application',
    id: asString(json['App ID']),
    name: text(json['App Name']),
    atMs: number(json.Timestamp),
  }),
  SparkListenerApplicationEnd: json => ({
    kind: 'applicationEnd',
    atMs: number(json.Timestamp),
    exitCode: asNumber(json.ExitCode),
  }),
  SparkListenerEnvironmentUpdate: json => ({
    kind: 'environment',
    settings: texts(asObject(json['Spark Properties'])),
  }),
  SparkListenerExecutorAdded: readExecutorAdded,
  SparkListenerExecutorRemoved: json => ({
    kind: 'executorRemoved',
    id: text(json['Executor ID']),
    reason: text(json['Removed Reason']),
    atMs: number(json.Timestamp),
  }),
  SparkListenerExecutorExcluded: json => readExcluded(json, false),
  SparkListenerExecutorBlacklisted: json => readExcluded(json, false),
  SparkListenerExecutorUnexcluded: json => readExcluded(json, true),
  SparkListenerExecutorUnblacklisted: json => readExcluded(json, true),
  SparkListenerExecutorExcludedForStage: json => readExcluded(json, false),
  SparkListenerExecutorBlacklistedForStage: json => readExcluded(json, false),
  SparkListenerNodeExcluded: json => readExcluded(json, false),
  SparkListenerNodeBlacklisted: json => readExcluded(json, false),
  SparkListenerNodeUnexcluded: json => readExcluded(json, true),
  SparkListenerNodeUnblacklisted: json => readExcluded(json, true),
  SparkListenerNodeExcludedForStage: json => readExcluded(json, false),
  SparkListenerNodeBlacklistedForStage: json => readExcluded(json, false),
  SparkListenerJobStart: readJobStart,
  SparkListenerJobEnd: readJobEnd,
  SparkListenerStageSubmitted: json => withStage(json, stage => ({ kind: 'stageSubmitted', stage })),
  SparkListenerStageCompleted: json => withStage(json, stage => ({ kind: 'stageCompleted', stage })),
  SparkListenerTaskStart: json => {
    const task = readTaskInfo(json);
    return task && { kind: 'taskStart', ...stageOf(json), task };
  },
  SparkListenerTaskEnd: json => {
    const task = readTaskInfo(json);
    return task && readTaskEnd(json, { ...stageOf(json), task });
  },
  SparkListenerSQLExecutionStart: json => ({
    kind: 'queryStart',
    query: number(json.executionId),
    atMs: number(json.time),
    description: text(json.description),
    plan: text(json.physicalPlanDescription),
    nodes: planNodes(json.sparkPlanInfo),
  }),
  SparkListenerSQLAdaptiveExecutionUpdate: json => ({
    kind: 'queryPlan',
    query: number(json.executionId),
    plan: text(json.physicalPlanDescription),
    nodes: planNodes(json.sparkPlanInfo),
  }),
  SparkListenerSQLExecutionEnd: json => ({
    kind: 'queryEnd',
    query: number(json.executionId),
    atMs: number(json.time),
    failure: asString(json.errorMessage) || null,
  }),
  SparkListenerDriverAccumUpdates: json => ({
    kind: 'driverFigures',
    query: number(json.executionId),
    figures: asArray(json.accumUpdates).map(update => [number(asArray(update)[0]), number(asArray(update)[1])]),
  }),
  SparkListenerUnpersistRDD: json => ({ kind: 'unpersisted', rdd: number(json['RDD ID']) }),
  SparkListenerBlockUpdated: readBlock,
};

/** One line of a log; null when it tells of nothing that is of use here. */
export function readSparkEvent(line: string): SparkEvent | null {
  const task = readTaskLine(line);
  if (task) return task;
  if (!line.startsWith(begin)) return readUnusual(line);
  const name = line.slice(line.lastIndexOf('.', line.indexOf('"', begin.length)) + 1 || begin.length);
  const end = name.indexOf('"');
  const reader = readers[name.slice(0, Math.max(0, end))];
  if (!reader) return end < 0 ? damaged : null;
  const json = parseObject(line);
  return json === null ? damaged : reader(json);
}

/** True when a log of Spark may begin like this. */
export function beginsLikeSparkLog(text: string): boolean {
  return text.startsWith(`${begin}SparkListener`) || /^\s*\{"Event"\s*:\s*"(?:\w+\.)*SparkListener/.test(text);
}

/** Another program may have written the log, with blanks or in another order. */
function readUnusual(line: string): SparkEvent | null {
  if (line.trim() === '') return null;
  const json = parseObject(line);
  const name = asString(json?.Event)?.split('.').at(-1);
  if (json === null || name === undefined) return damaged;
  return readers[name]?.(json) ?? null;
}

function readExecutorAdded(json: JsonObject): SparkEvent {
  const info = asObject(json['Executor Info']);
  return {
    kind: 'executorAdded',
    id: text(json['Executor ID']),
    host: text(info?.Host),
    cores: number(info?.['Total Cores']),
    atMs: number(json.Timestamp),
  };
}

function readExcluded(json: JsonObject, isOver: boolean): SparkEvent {
  return {
    kind: 'excluded',
    executor: asString(json.executorId),
    node: asString(json.hostId),
    isOver,
    failures: number(json.taskFailures ?? json.executorFailures),
    atMs: number(json.time),
  };
}

function readJobStart(json: JsonObject): SparkEvent {
  const properties = asObject(json.Properties);
  const query = Number(asString(properties?.['spark.sql.execution.id']) ?? Number.NaN);
  return {
    kind: 'jobStart',
    job: number(json['Job ID']),
    atMs: number(json['Submission Time']),
    stages: asArray(json['Stage IDs']).map(number),
    query: Number.isInteger(query) ? query : null,
    callSite: asString(properties?.['callSite.short']),
    description: asString(properties?.['spark.job.description']),
    operation: readOperation(asString(properties?.['runInParallel.operation'])),
  };
}

function readJobEnd(json: JsonObject): SparkEvent {
  const result = asObject(json['Job Result']);
  const failure = result?.Result === 'JobSucceeded' ? null : failureText(text(asObject(result?.Exception)?.Message));
  return { kind: 'jobEnd', job: number(json['Job ID']), atMs: number(json['Completion Time']), failure };
}

function withStage(json: JsonObject, make: (stage: StageInfo) => SparkEvent): SparkEvent | null {
  const info = asObject(json['Stage Info']);
  const stage = asNumber(info?.['Stage ID']);
  if (!info || stage === null) return null;
  return make({
    stage,
    attempt: number(info['Stage Attempt ID']),
    name: text(info['Stage Name']),
    taskCount: number(info['Number of Tasks']),
    submittedMs: asNumber(info['Submission Time']),
    completedMs: asNumber(info['Completion Time']),
    failure: asString(info['Failure Reason']),
    kept: asArray(info['RDD Info']).flatMap(readKept),
    ...readFigures(info.Accumulables),
  });
}

function readKept(value: unknown): StageInfo['kept'] {
  const rdd = asObject(value);
  const level = asObject(rdd?.['Storage Level']);
  const inMemory = asBoolean(level?.['Use Memory']) ?? false;
  if (!rdd || !(inMemory || asBoolean(level?.['Use Disk']))) return [];
  const partitions = number(rdd['Number of Partitions']);
  return [{ rdd: number(rdd['RDD ID']), name: text(rdd.Name), partitions, inMemory }];
}

function readBlock(json: JsonObject): SparkEvent | null {
  const info = asObject(json['Block Updated Info']);
  if (!info) return null;
  const level = asObject(info['Storage Level']);
  // Of what was just dropped the size stands there as well.
  const sizeIn = (place: 'Memory' | 'Disk') => (asBoolean(level?.[`Use ${place}`]) ? number(info[`${place} Size`]) : 0);
  const [, rdd = null, partition = null] = /^rdd_(\d+)_(\d+)$/.exec(text(info['Block ID'])) ?? [];
  return {
    kind: 'block',
    rdd: rdd === null ? null : Number(rdd),
    partition: Number(partition),
    executor: text(asObject(info['Block Manager ID'])?.['Executor ID']),
    memory: sizeIn('Memory'),
    disk: sizeIn('Disk'),
  };
}

/** Those of SQL only: Spark's internal ones come with each task. */
function readFigures(value: unknown): Pick<StageInfo, 'figures' | 'sums'> {
  const figures = new Map<string, number>();
  const sums = new Map<number, number>();
  for (const each of asArray(value)) {
    const one = asObject(each);
    const name = asString(one?.Name);
    const amount = Number(one?.Value ?? Number.NaN);
    if (one?.Metadata !== 'sql' || name === null || !Number.isFinite(amount)) continue;
    figures.set(name, (figures.get(name) ?? 0) + amount);
    sums.set(number(one.ID), amount);
  }
  return { figures, sums };
}

function stageOf(json: JsonObject): { stage: number; stageAttempt: number } {
  return { stage: number(json['Stage ID']), stageAttempt: number(json['Stage Attempt ID']) };
}

function readTaskInfo(json: JsonObject): TaskInfo | null {
  const info = asObject(json['Task Info']);
  const id = asNumber(info?.['Task ID']);
  if (!info || id === null) return null;
  return {
    id,
    index: number(info.Index),
    attempt: number(info.Attempt),
    executor: text(info['Executor ID']),
    launchMs: number(info['Launch Time']),
    finishMs: number(info['Finish Time']),
    gettingResultMs: number(info['Getting Result Time']),
    isSpeculative: asBoolean(info.Speculative) ?? false,
  };
}

/** A plan's nodes, the root first. */
function planNodes(root: unknown): PlanNode[] {
  const nodes: PlanNode[] = [];
  const left = [root];
  while (left.length > 0 && nodes.length < mostNodes) {
    const node = asObject(left.pop());
    if (!node) continue;
    const metrics = asArray(node.metrics).map(value => {
      const metric = asObject(value);
      return { name: text(metric?.name), accumulator: number(metric?.accumulatorId) };
    });
    nodes.push({ name: text(node.nodeName), text: text(node.simpleString), metrics });
    left.push(...asArray(node.children).reverse());
  }
  return nodes;
}

function texts(json: JsonObject | null): Map<string, string> {
  return new Map(
    Object.entries(json ?? {}).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  );
}
