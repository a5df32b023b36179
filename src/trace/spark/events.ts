import type { Action } from './callSite.ts';

/** An event of Spark's log, as far as it is of use here. Times are ms since 1970 as the driver stamped them; what is missing is null or 0. */
export type SparkEvent =
  | { kind: 'logStart'; version: string }
  | { kind: 'application'; id: string | null; name: string; atMs: number }
  | { kind: 'applicationEnd'; atMs: number; exitCode: number | null }
  | { kind: 'environment'; settings: Map<string, string> }
  | { kind: 'executorAdded'; id: string; host: string; cores: number; atMs: number }
  | { kind: 'executorRemoved'; id: string; reason: string; atMs: number }
  | { kind: 'excluded'; executor: string | null; node: string | null; isOver: boolean; failures: number; atMs: number }
  | JobStart
  | { kind: 'jobEnd'; job: number; atMs: number; failure: string | null }
  | { kind: 'stageSubmitted'; stage: StageInfo }
  | { kind: 'stageCompleted'; stage: StageInfo }
  | { kind: 'taskStart'; stage: number; stageAttempt: number; task: TaskInfo }
  | TaskEnd
  | QueryStart
  | { kind: 'queryPlan'; query: number; plan: string; nodes: PlanNode[] }
  | { kind: 'queryEnd'; query: number; atMs: number; failure: string | null }
  | { kind: 'driverFigures'; query: number; figures: [accumulator: number, value: number][] }
  | { kind: 'unpersisted'; rdd: number }
  | BlockUpdate
  /** Not JSON, or not an object: cut off, or not of Spark. */
  | { kind: 'damaged' };

export interface JobStart {
  kind: 'jobStart';
  job: number;
  atMs: number;
  stages: number[];
  /** The SQL execution that it belongs to. */
  query: number | null;
  /** `collect at /home/me/job.py:14`; null when the program's place isn't known. */
  callSite: string | null;
  /** What the program called it: sc.setJobDescription. */
  description: string | null;
  /** What our tracer saw the program call, where it was there: src/python/tracer/engines/spark_operations.py. */
  operation: Action | null;
}

/** What an executor holds of a partition has changed. Spark gives no time for it. */
export interface BlockUpdate {
  kind: 'block';
  /** null: it is of no RDD (a broadcast…). */
  rdd: number | null;
  partition: number;
  executor: string;
  /** Bytes that it has there now. */
  memory: number;
  disk: number;
}

export interface StageInfo {
  stage: number;
  attempt: number;
  /** A call site, often one inside of Spark. */
  name: string;
  taskCount: number;
  submittedMs: number | null;
  completedMs: number | null;
  failure: string | null;
  /** RDDs that the program asked to keep, and which this stage makes or reads. `inMemory`: there, as far as there is room. */
  kept: { rdd: number; name: string; partitions: number; inMemory: boolean }[];
  /** Sums over its tasks by Spark's own names, such as `data sent to Python workers`; only of SQL. */
  figures: Map<string, number>;
  /** The same sums by the numbers by which a plan's nodes name them. */
  sums: Map<number, number>;
}

export interface TaskInfo {
  id: number;
  index: number;
  attempt: number;
  executor: string;
  launchMs: number;
  /** 0: not yet. */
  finishMs: number;
  /** When its result began to be fetched; 0: it came with the message of its end. */
  gettingResultMs: number;
  isSpeculative: boolean;
}

export interface TaskEnd {
  kind: 'taskEnd';
  stage: number;
  stageAttempt: number;
  task: TaskInfo;
  end: TaskOutcome;
  /** null: the executor did not tell, as when it was lost. */
  metrics: TaskMetrics | null;
}

export interface TaskOutcome {
  /** Spark's word: `Success`, `ExceptionFailure`, `TaskKilled`, `ExecutorLostFailure`, `FetchFailed`, `Resubmitted`… */
  reason: string;
  /** What is said of it; '' for a success. */
  message: string;
}

/** As the executor measured them. */
export interface TaskMetrics {
  deserializeMs: number;
  runMs: number;
  cpuNs: number;
  resultBytes: number;
  gcMs: number;
  serializeMs: number;
  memorySpilled: number;
  diskSpilled: number;
  fetchWaitMs: number;
  shuffleReadBytes: number;
  shuffleWriteNs: number;
  shuffleWriteBytes: number;
  inputBytes: number;
  inputRecords: number;
  outputBytes: number;
}

export interface QueryStart {
  kind: 'queryStart';
  query: number;
  atMs: number;
  /** A call site, or what the program called it. */
  description: string;
  plan: string;
  nodes: PlanNode[];
}

/** A node of a physical plan, without its children. */
export interface PlanNode {
  name: string;
  /** The node in one line, with its arguments. */
  text: string;
  metrics: { name: string; accumulator: number }[];
}

/** When it began or happened, ms since 1970; null for an event without a time. */
export function timeOf(event: SparkEvent): number | null {
  switch (event.kind) {
    case 'taskStart':
    case 'taskEnd':
      return event.task.launchMs || null;
    case 'stageSubmitted':
    case 'stageCompleted':
      return event.stage.submittedMs;
    default:
      return 'atMs' in event ? event.atMs || null : null;
  }
}

/** When Spark told of it, ms since 1970; null for an event without a time. */
export function toldAt(event: SparkEvent): number | null {
  if (event.kind === 'taskEnd') return event.task.finishMs || null;
  return event.kind === 'stageCompleted' ? event.stage.completedMs : timeOf(event);
}
