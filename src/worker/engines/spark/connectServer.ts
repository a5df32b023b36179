import { asArray, asObject, asString, type JsonObject } from '../../../base/parse.ts';
import { type Ns, nsPerMs } from '../../../base/time.ts';
import type { EngineEvent } from '../../../protocol/engineWire.ts';
import { executorOf, inLogOrder, type RestEvent, restEvents } from '../../../trace/spark/restEvents.ts';
import { SparkLog } from '../../../trace/spark/sparkLog.ts';
import { RestApi, Untold } from './restApi.ts';
import { RestJobs } from './restJobs.ts';

/** Where Spark puts its UI: each application on one machine takes the next port that is free. */
const usualPorts = [4040, 4041, 4042];

export interface ConnectServerInit {
  /** `host:port`, as the client has it. */
  address: string;
  /** Of the UI, where the user says it; null: where it usually is. */
  uiPort: number | null;
  /** When the first session of the program began. */
  begunMs: number;
  /** Wall clock of the run's start. */
  startedAtMs: number;
  /** See restEvents. */
  operations: ReadonlyMap<string, string>;
  emit: (event: EngineEvent) => void;
}

interface Application {
  api: RestApi;
  json: JsonObject;
  jobs: RestJobs;
}

/**
 * A Spark Connect server, as far as the REST API of its UI knows of the program's sessions. Only the host of the user's own `sc://` address is asked. An
 * application is taken for the server's only if a job of it carries the id of a session of the program.
 */
export class ConnectServer {
  readonly sessions = new Set<string>();
  private readonly init: ConnectServerInit;
  private readonly apis: RestApi[];
  private readonly where: string;
  private application: Application | null = null;
  private log: SparkLog | null = null;
  private readonly told = new Set<string>();
  private readonly untold = new Map<string, RestEvent>();
  private readonly executors = new Set<string>();
  /** The latest time that the look before knew of. */
  private horizonMs = Number.NEGATIVE_INFINITY;

  constructor(init: ConnectServerInit) {
    this.init = init;
    const host = init.address.replace(/:\d*$/, '').replace(/^\[|\]$/g, '');
    const ports = init.uiPort === null ? usualPorts : [init.uiPort];
    this.apis = ports.map(port => new RestApi(host, port));
    const named = ports.length === 1 ? `port ${ports[0]}` : `ports ${ports[0]} to ${ports.at(-1)}`;
    this.where = `${named} of ${host}`;
  }

  /** Of the API that told; null: none has. */
  get source(): string | null {
    return this.application?.api.address ?? null;
  }

  /**
   * Takes in what is new. What is newer than all that the look before knew is held back, unless this is the `last` look: something older may become
   * known late, and a log has an order. True when something was told; @throws Untold
   */
  async look(signal: AbortSignal, isLast: boolean): Promise<boolean> {
    const { jobs } = await this.find(signal);
    const answers = await jobs.look(signal);
    for (const event of restEvents(answers, this.init.operations)) {
      if (!this.told.has(event.key)) this.untold.set(event.key, event);
    }
    const horizonMs = isLast ? Number.POSITIVE_INFINITY : this.horizonMs;
    const ready = [...this.untold.values()].filter(({ atMs }) => atMs <= horizonMs);
    ready.sort(inLogOrder);
    if (ready.length > 0) await this.meetExecutors(ready, jobs, signal);
    for (const { atMs } of this.untold.values()) this.horizonMs = Math.max(this.horizonMs, atMs);
    for (const { key, event } of ready) {
      this.log?.take(event);
      this.told.add(key);
      this.untold.delete(key);
    }
    return ready.length > 0;
  }

  /** How many jobs of the program's run there; @throws Untold */
  async runningJobs(signal: AbortSignal): Promise<number> {
    const jobs = await (await this.find(signal)).jobs.jobs(signal);
    return jobs.filter(job => job.status === 'RUNNING').length;
  }

  finish(endNs: Ns): void {
    this.log?.finish(endNs, true);
    for (const api of this.apis) api.close();
  }

  private async find(signal: AbortSignal): Promise<Application> {
    let why = `no UI of Spark's with jobs of this program is at ${this.where}`;
    for (const api of this.application === null ? this.apis : []) {
      try {
        this.application ??= await this.applicationAt(api, signal);
      } catch (error) {
        if (!(error instanceof Untold)) throw error;
        // As likely at the next port, and each takes its time.
        if (error.kind === 'silent') throw error;
        if (error.kind === 'other') why = error.message;
      }
    }
    if (this.application === null) throw new Untold('other', why);
    return this.application;
  }

  private async applicationAt(api: RestApi, signal: AbortSignal): Promise<Application | null> {
    for (const json of asArray(await api.get('/applications', signal)).map(asObject)) {
      const id = asString(json?.id);
      if (json === null || id === null) continue;
      const jobs = new RestJobs(api, id, job => this.isOwn(job));
      if ((await jobs.jobs(signal)).length > 0) return { api, json, jobs };
    }
    return null;
  }

  /** Spark Connect marks every job with its session: by a tag, before 3.5 by its group. */
  private isOwn({ jobTags, jobGroup }: JsonObject): boolean {
    const marks = [...asArray(jobTags), jobGroup].map(mark => asString(mark) ?? '');
    return [...this.sessions].some(session => marks.some(mark => mark.includes(session)));
  }

  /** Executors come before their tasks. */
  private async meetExecutors(ready: readonly RestEvent[], jobs: RestJobs, signal: AbortSignal): Promise<void> {
    const used = new Set(ready.flatMap(({ event }) => ('task' in event ? [event.task.executor] : [])));
    if (this.log !== null && [...used].every(id => this.executors.has(id))) return;
    const all = await jobs.executors(signal);
    const begunMs = Math.min(this.init.begunMs, ready[0]?.atMs ?? this.init.begunMs);
    const log = this.log ?? this.begin(begunMs);
    for (const json of all) {
      const event = executorOf(json, begunMs);
      if (event?.kind !== 'executorAdded' || (json.isActive !== true && !used.has(event.id))) continue;
      this.executors.add(event.id);
      log.take(event);
    }
    for (const id of used) this.executors.add(id);
  }

  private begin(begunMs: number): SparkLog {
    const { emit, startedAtMs } = this.init;
    const { id, name, attempts } = this.application?.json ?? {};
    const clock = (ms: number) => (ms - startedAtMs) * nsPerMs;
    const log = new SparkLog({ id: `spark ${asString(id)}`, emit, clock, isOnly: false, isLive: true });
    const version = asString(asObject(asArray(attempts)[0])?.appSparkVersion) ?? '';
    const said = `session on ${(asString(name) ?? '').split('.').at(-1)}`;
    log.take({ kind: 'logStart', version });
    // The application is older than this program.
    log.take({ kind: 'application', id: asString(id), name: said, atMs: begunMs });
    this.log = log;
    return log;
  }
}
