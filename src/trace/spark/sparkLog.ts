import { assertUnreachable } from '../../base/assert.ts';
import type { Ns } from '../../base/time.ts';
import type { EngineEvent } from '../../protocol/engineWire.ts';
import type { Action } from './callSite.ts';
import { type JobStart, type SparkEvent, type StageInfo, timeOf, toldAt } from './events.ts';
import { Executors } from './executors.ts';
import { Jobs } from './jobs.ts';
import { Queries } from './queries.ts';
import { readSparkEvent } from './readEvent.ts';
import type { SparkContext } from './sparkContext.ts';
import { Storage } from './storage.ts';
import { Tasks } from './tasks.ts';

export interface SparkLogInit {
  /** Tells the applications of one run apart. */
  id: string;
  emit: (event: EngineEvent) => void;
  /** Ms since 1970, as the driver stamps them → the run's clock. */
  clock: (ms: number) => Ns;
  /** The only application of its run: its tasks need no more than Spark's own names. */
  isOnly: boolean;
  /** It is read while the application runs: what has begun is told at once. Left out: it is. */
  isLive?: boolean;
}

/**
 * One application's event log, line by line, as the events of an engine: queries, jobs and stages as spans of the application, tasks on
 * the cores of its executors with what they did, plans, marks, counters, and facts for the rules. Keeps only what is under way.
 */
export class SparkLog implements SparkContext {
  readonly id: string;
  readonly isLive: boolean;
  readonly emit: (event: EngineEvent) => void;
  readonly clock: (ms: number) => Ns;
  /** Lines that could not be read. */
  damagedLines = 0;
  /** The application's end was in the log. */
  hasEnded = false;
  /** The latest time that was told of. */
  lastNs: Ns = 0;
  private readonly isOnly: boolean;
  private readonly settings = new Map<string, string>();
  private readonly executors: Executors;
  private readonly jobs: Jobs;
  private readonly tasks: Tasks;
  private readonly queries: Queries;
  private readonly storage: Storage;
  private version = '';
  private name = '';
  private startMs: number | null = null;

  constructor({ id, emit, clock, isOnly, isLive }: SparkLogInit) {
    this.id = id;
    this.emit = emit;
    this.clock = ms => {
      const ns = clock(ms);
      if (ns > this.lastNs) this.lastNs = ns;
      return ns;
    };
    this.isOnly = isOnly;
    this.isLive = isLive ?? true;
    this.executors = new Executors(this);
    this.jobs = new Jobs(this);
    this.tasks = new Tasks(this, this.executors, this.jobs);
    this.queries = new Queries(this);
    this.storage = new Storage(this, this.executors);
  }

  number(setting: string, otherwise: number): number {
    const value = Number(this.settings.get(setting) ?? Number.NaN);
    return Number.isFinite(value) ? value : otherwise;
  }

  taskId(key: string): string {
    return this.isOnly ? key : `${key} of ${this.id}`;
  }

  line(line: string): void {
    const event = readSparkEvent(line);
    if (event) this.take(event);
  }

  take(event: SparkEvent): void {
    if (this.startMs === null && event.kind !== 'executorAdded') this.begunBefore(event);
    switch (event.kind) {
      case 'logStart':
        this.version = event.version;
        break;
      case 'application':
        this.started(event);
        break;
      case 'applicationEnd':
        this.ended(event);
        break;
      case 'environment':
        for (const [key, value] of event.settings) this.settings.set(key, value);
        break;
      case 'executorAdded':
        this.executors.added(event);
        break;
      case 'executorRemoved':
        this.tasks.lost(this.executors.removed(event), event.atMs);
        this.storage.executorRemoved(event.id);
        break;
      case 'excluded':
        this.executors.excluded(event);
        break;
      case 'jobStart':
        this.jobStarted(event);
        break;
      case 'jobEnd':
        this.jobs.jobEnded(event);
        break;
      case 'stageSubmitted':
        this.stageStarted(event.stage);
        break;
      case 'stageCompleted':
        this.stageEnded(event.stage);
        break;
      case 'taskStart':
        this.tasks.started(event.stage, event.stageAttempt, event.task);
        break;
      case 'taskEnd':
        this.tasks.ended(event);
        break;
      case 'queryStart':
        this.queries.started(event, this.jobs.queryStarted(event));
        break;
      case 'queryPlan':
        this.queries.adapted(event);
        break;
      case 'queryEnd':
        this.jobs.queryEnded(event);
        this.queries.ended(event.query, event.atMs);
        break;
      case 'driverFigures':
        this.queries.figures(event);
        break;
      case 'unpersisted':
        this.storage.unpersisted(event.rdd);
        break;
      case 'block':
        this.storage.updated(event);
        break;
      case 'damaged':
        this.damagedLines++;
        break;
      default:
        assertUnreachable(event);
    }
    const atMs = toldAt(event);
    if (atMs !== null) this.storage.tell(atMs);
  }

  /**
   * Nothing more comes: spans that are still open end at `endNs`. So do tasks, as lost, when the application has ended; `isOver`: it
   * has, although its log doesn't say so.
   */
  finish(endNs: Ns, isOver = false): void {
    this.jobs.finish(endNs);
    this.tasks.finish(this.hasEnded || isOver ? endNs : null);
    this.storage.finish();
  }

  /** A log that was cut off at its front: the application is there, without its name. */
  private begunBefore(event: SparkEvent): void {
    const atMs = event.kind === 'application' ? null : timeOf(event);
    if (atMs === null) return;
    this.startMs = atMs;
    this.emit(this.process(atMs));
  }

  private started({ name, atMs }: Extract<SparkEvent, { kind: 'application' }>): void {
    this.name = name;
    this.startMs = atMs;
    this.emit(this.process(atMs));
    const { version } = this;
    const values = { name, version, master: this.settings.get('spark.master') ?? null };
    this.fact('application', null, atMs, values);
  }

  private ended({ atMs, exitCode }: Extract<SparkEvent, { kind: 'applicationEnd' }>): void {
    this.hasEnded = true;
    const endNs = this.clock(atMs);
    this.emit({ ...this.process(this.startMs ?? atMs), endNs, exit: exitCode === null ? null : `exit ${exitCode}` });
  }

  private process(atMs: number): Extract<EngineEvent, { kind: 'process' }> {
    const note = this.version === '' ? '' : `Spark ${this.version}. Its times are whole ms of the driver's clock.`;
    const name = this.name === '' ? 'Spark application' : `Spark: ${this.name}`;
    return { kind: 'process', id: this.id, engine: 'spark', name, pid: null, host: null, atNs: this.clock(atMs), note };
  }

  private jobStarted(event: JobStart): void {
    const query = this.jobs.jobStarted(event);
    if (query && event.query !== null) this.queries.named(event.query, query);
  }

  /** For those who look at how far it has come, while it runs. */
  private stageStarted(info: StageInfo): void {
    const { text, action } = this.jobs.stageStarted(info);
    this.fact('stageStarted', action, info.submittedMs ?? 0, { label: text, tasks: info.taskCount });
  }

  private stageEnded(info: StageInfo): void {
    const figures = this.tasks.takeFigures(info.stage, info.attempt).values(info);
    const label = this.jobs.stageEnded(info);
    const atMs = info.submittedMs ?? info.completedMs ?? 0;
    const wallMs = Math.max(0, (info.completedMs ?? atMs) - atMs);
    const query = this.jobs.queryOf(info.stage);
    if (query !== null) this.queries.stageEnded(query, info);
    this.fact('stage', label.action, atMs, { label: label.text, query, wallMs, ...figures });
    this.storage.stageEnded(info, label.text, label.action, atMs);
  }

  private fact(
    name: string,
    action: Action | null,
    atMs: number,
    values: Record<string, string | number | null>,
  ): void {
    const place = { file: action?.file ?? null, line: action?.line ?? null };
    this.emit({ kind: 'fact', engine: 'spark', name, ...place, atNs: this.clock(atMs), values });
  }
}
