import { asArray, asNumber, asObject, asString, type JsonObject, numberOrZero as number } from '../../../base/parse.ts';
import {
  hasEnded,
  jobsOfQuery,
  type RestAnswers,
  type RestQuery,
  stageKeyOf,
} from '../../../trace/spark/restEvents.ts';
import type { RestApi } from './restApi.ts';

/** Of all jobs together. */
const mostTasks = 50_000;
/** Of a stage that goes on, in one look. */
const tasksAtOnce = 2000;
const mostQueries = 50;

interface TasksRead {
  tasks: JsonObject[];
  /** All that there are, and each has ended. */
  isSettled: boolean;
  /** So many of the stage's tasks have ended, without a gap. */
  ended: number;
}

/** The jobs of some sessions in one application, with their stages, tasks and queries. What has ended and is told of is not asked for again. */
export class RestJobs {
  private readonly api: RestApi;
  private readonly base: string;
  private readonly isOwn: (job: JsonObject) => boolean;
  private readonly settledJobs = new Set<number>();
  private readonly settledStages = new Set<string>();
  /** Of a stage: so many of its tasks, the first ones by their id, have ended. */
  private readonly ended = new Map<string, number>();
  private readonly queries = new Map<number, RestQuery>();
  private tasks = 0;

  constructor(api: RestApi, application: string, isOwn: (job: JsonObject) => boolean) {
    this.api = api;
    this.base = `/applications/${application}`;
    this.isOwn = isOwn;
  }

  async jobs(signal: AbortSignal): Promise<JsonObject[]> {
    return (await this.list('/jobs', signal)).filter(this.isOwn);
  }

  /** What is new, or may be. Nothing has happened when it doesn't come to its end; @throws Untold */
  async look(signal: AbortSignal): Promise<RestAnswers> {
    const jobs = (await this.jobs(signal)).filter(job => !this.settledJobs.has(number(job.jobId)));
    const isOpen = [...this.queries.values()].some(({ json }) => json.status === 'RUNNING');
    if (jobs.length === 0 && !isOpen) return { jobs, stages: [], tasks: new Map(), queries: [] };
    const own = new Set(jobs.flatMap(job => asArray(job.stageIds)));
    const all = own.size > 0 ? await this.list('/stages', signal) : [];
    const stages = all.filter(({ stageId, submissionTime }) => own.has(stageId) && submissionTime != null);
    const read = new Map<string, TasksRead>();
    let left = mostTasks - this.tasks;
    for (const stage of stages) {
      const tasks = await this.tasksOf(stage, left, signal);
      if (tasks) read.set(stageKeyOf(stage), tasks);
      left -= tasks?.tasks.length ?? 0;
    }
    const queries = await this.queriesOf(new Set(jobs.map(job => number(job.jobId))), signal);
    for (const query of queries) this.queries.set(number(query.json.id), query);
    this.settle(jobs, stages, read);
    return { jobs, stages, tasks: new Map([...read].map(([key, { tasks }]) => [key, tasks])), queries };
  }

  async executors(signal: AbortSignal): Promise<JsonObject[]> {
    return this.list('/allexecutors', signal);
  }

  private async tasksOf(stage: JsonObject, left: number, signal: AbortSignal): Promise<TasksRead | null> {
    const key = stageKeyOf(stage);
    if (this.settledStages.has(key) || left <= 0) return null;
    const isOver = stage.completionTime != null;
    // Of one that is over all of them: some may have been passed over.
    const offset = isOver ? 0 : (this.ended.get(key) ?? 0);
    const length = isOver ? left : Math.min(left, tasksAtOnce);
    const path = `/stages/${number(stage.stageId)}/${number(stage.attemptId)}/taskList`;
    const tasks = await this.list(`${path}?offset=${offset}&length=${length}`, signal);
    const running = tasks.findIndex(task => !hasEnded(task));
    return { tasks, isSettled: isOver && running < 0, ended: offset + (running < 0 ? tasks.length : running) };
  }

  /** With their plans: as they were when the query was first seen, and as they were in the end. */
  private async queriesOf(jobs: ReadonlySet<number>, signal: AbortSignal): Promise<RestQuery[]> {
    const found: RestQuery[] = [];
    let room = mostQueries - this.queries.size;
    const all = await this.list('/sql?details=false&planDescription=false&offset=0&length=100000', signal);
    const own = all.filter(
      json =>
        this.queries.get(number(json.id))?.json.status === 'RUNNING' || jobsOfQuery(json).some(job => jobs.has(job)),
    );
    for (const json of own) {
      const id = number(json.id);
      const known = this.queries.get(id);
      if (!known && room-- <= 0) continue;
      const ended = known?.json.status === 'RUNNING' && json.status !== 'RUNNING';
      const plan = known && !ended ? null : await this.planOf(id, signal);
      found.push({ json, plan: known?.plan ?? plan ?? '', lastPlan: known ? (plan ?? known.lastPlan) : null });
    }
    return found;
  }

  private async planOf(query: number, signal: AbortSignal): Promise<string> {
    const json = await this.api.get(`${this.base}/sql/${query}?details=false&planDescription=true`, signal);
    return asString(asObject(json)?.planDescription) ?? '';
  }

  private settle(
    jobs: readonly JsonObject[],
    stages: readonly JsonObject[],
    read: ReadonlyMap<string, TasksRead>,
  ): void {
    for (const [key, { tasks, isSettled, ended }] of read) {
      this.ended.set(key, ended);
      if (!isSettled) continue;
      this.settledStages.add(key);
      this.tasks += tasks.length;
    }
    const isFull = this.tasks >= mostTasks;
    const open = new Set(stages.filter(stage => !this.settledStages.has(stageKeyOf(stage))).map(each => each.stageId));
    for (const job of jobs) {
      const isSettled = isFull || !asArray(job.stageIds).some(stage => open.has(asNumber(stage) ?? undefined));
      if (job.completionTime != null && isSettled) this.settledJobs.add(number(job.jobId));
    }
  }

  private async list(path: string, signal: AbortSignal): Promise<JsonObject[]> {
    const objects = asArray(await this.api.get(this.base + path, signal)).map(asObject);
    return objects.filter(each => each !== null);
  }
}
