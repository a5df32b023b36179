import type { Ns } from '../../base/time.ts';
import type { EngineSpan } from '../../protocol/engineWire.ts';
import { type Action, actionText, readCallSite } from './callSite.ts';
import type { JobStart, QueryStart, SparkEvent, StageInfo } from './events.ts';
import { Rows } from './lanes.ts';
import type { SparkContext } from './sparkContext.ts';

/** What a stage's tasks are called, and where they come from. */
export interface StageLabel {
  /** `Stage 3: collect at job.py:14`. */
  text: string;
  action: Action | null;
}

interface Job {
  label: string;
  action: Action | null;
  startNs: Ns;
  query: number | null;
}

interface QueryLabel {
  /** `Query 2: collect at job.py:14`. */
  title: string;
  action: Action | null;
}

interface Query extends QueryLabel {
  startNs: Ns;
  isShown: boolean;
}

const longestText = 120;

/** Queries, jobs and stages of an application as spans on tracks of its process. */
export class Jobs {
  private readonly context: SparkContext;
  private readonly jobs = new Map<number, Job>();
  /** Of the newest job that has this stage. */
  private readonly jobOfStage = new Map<number, Job>();
  private readonly stages = new Map<string, { label: StageLabel; startNs: Ns }>();
  private readonly queries = new Map<number, Query>();
  private readonly open = new Map<string, { lane: Lane; number: number; span: EngineSpan }>();
  private readonly lanes: Record<'query' | 'job' | 'stage', Lane>;
  private stageNumber = 0;

  constructor(context: SparkContext) {
    this.context = context;
    const lane = (name: string) => ({ name, rows: new Rows(), tracks: new Set<number>() });
    this.lanes = { query: lane('Spark queries'), job: lane('Spark jobs'), stage: lane('Spark stages') };
  }

  /** It becomes a span with its first job, which may know the program's line, or at its end. */
  queryStarted({ query, description, atMs }: QueryStart): QueryLabel {
    const action = readCallSite(description);
    const title = queryTitle(query, action, description);
    this.queries.set(query, { title, action, startNs: this.context.clock(atMs), isShown: false });
    return { title, action };
  }

  queryEnded({ query, atMs, failure }: Extract<SparkEvent, { kind: 'queryEnd' }>): void {
    const known = this.queries.get(query);
    if (!known) return;
    this.showQuery(query, known);
    this.queries.delete(query);
    const title = failure === null ? known.title : `${known.title} (failed)`;
    this.end(`query ${query}`, this.context.clock(atMs), title);
  }

  /** Returns what its query is called, when that is known only now. */
  jobStarted({ job, query, callSite, description, operation, stages, atMs }: JobStart): QueryLabel | null {
    const startNs = this.context.clock(atMs);
    const known = query === null ? null : (this.queries.get(query) ?? null);
    const own = operation ?? readCallSite(callSite ?? '');
    const isNews = known !== null && known.action?.file == null && own?.file != null;
    if (known && query !== null) {
      if (isNews) Object.assign(known, { action: own, title: queryTitle(query, own, '') });
      this.showQuery(query, known);
    }
    const action = own?.file != null ? own : (known?.action ?? own);
    const words = description ? short(description) : action ? actionText(action) : '';
    const begun = { label: words === '' ? `Job ${job}` : `Job ${job}: ${words}`, action, startNs, query };
    this.jobs.set(job, begun);
    for (const stage of stages) this.jobOfStage.set(stage, begun);
    this.begin('job', `job ${job}`, job, begun.label, action, startNs);
    return isNews ? { title: known.title, action: known.action } : null;
  }

  jobEnded({ job, atMs, failure }: Extract<SparkEvent, { kind: 'jobEnd' }>): void {
    const known = this.jobs.get(job);
    const endNs = this.context.clock(atMs);
    const label = known?.label ?? `Job ${job}`;
    this.end(`job ${job}`, endNs, failure === null ? label : `${label} (failed)`);
    this.jobs.delete(job);
    if (failure === null) return;
    const text = `${label} failed: ${short(failure)}`;
    this.context.emit({
      kind: 'mark',
      process: this.context.id,
      level: 'error',
      name: 'job failed',
      atNs: endNs,
      text,
    });
  }

  stageStarted(info: StageInfo): StageLabel {
    const key = stageKey(info.stage, info.attempt);
    const known = this.stages.get(key);
    if (known) return known.label;
    const job = this.jobOfStage.get(info.stage);
    const startNs = info.submittedMs === null ? (job?.startNs ?? 0) : this.context.clock(info.submittedMs);
    const own = readCallSite(info.name);
    const action = own?.file != null ? own : (job?.action ?? own);
    const retry = info.attempt > 0 ? ` (attempt ${info.attempt + 1})` : '';
    const name = `Stage ${info.stage}${retry}`;
    const label = { text: action ? `${name}: ${actionText(action)}` : name, action };
    this.stages.set(key, { label, startNs });
    this.begin('stage', `stage ${key}`, this.stageNumber++, label.text, action, startNs);
    return label;
  }

  stageEnded(info: StageInfo): StageLabel {
    const label = this.stageStarted(info);
    const key = stageKey(info.stage, info.attempt);
    const endNs = this.context.clock(info.completedMs ?? info.submittedMs ?? 0);
    this.end(`stage ${key}`, endNs, info.failure === null ? label.text : `${label.text} (failed)`);
    this.stages.delete(key);
    return label;
  }

  /** The query that the newest job with this stage belongs to; null: none, or not known. */
  queryOf(stage: number): number | null {
    return this.jobOfStage.get(stage)?.query ?? null;
  }

  /** Of a stage that is under way. */
  stageOf(stage: number, attempt: number): { label: StageLabel; startNs: Ns } | null {
    return this.stages.get(stageKey(stage, attempt)) ?? null;
  }

  /** What was cut off ends here, and says so. */
  finish(endNs: Ns): void {
    for (const [query, known] of this.queries) this.showQuery(query, known);
    for (const id of [...this.open.keys()]) this.end(id, endNs, null);
  }

  private showQuery(query: number, known: Query): void {
    if (known.isShown) return;
    known.isShown = true;
    this.begin('query', `query ${query}`, query, known.title, known.action, known.startNs);
  }

  private begin(
    kind: keyof Jobs['lanes'],
    id: string,
    number: number,
    name: string,
    action: Action | null,
    startNs: Ns,
  ): void {
    const lane = this.lanes[kind];
    const row = lane.rows.begin(number, startNs);
    const track = `${this.context.id}/${lane.name} ${row}`;
    if (!lane.tracks.has(row)) {
      lane.tracks.add(row);
      const trackName = row === 0 ? lane.name : `${lane.name} (${row + 1})`;
      this.context.emit({ kind: 'track', id: track, process: this.context.id, name: trackName, atNs: startNs });
    }
    const span: EngineSpan = {
      ...{ kind: 'span', id: `${this.context.id}/${id}`, track, span: 'operation', name, startNs, endNs: null },
      ...{ file: action?.file ?? null, line: action?.line ?? null },
    };
    this.open.set(id, { lane, number, span });
    this.context.emit(span);
  }

  private end(id: string, endNs: Ns, name: string | null): void {
    const open = this.open.get(id);
    if (!open) return;
    this.open.delete(id);
    open.lane.rows.end(open.number, endNs);
    this.context.emit({ ...open.span, endNs, name: name ?? open.span.name });
  }
}

function queryTitle(query: number, action: Action | null, description: string): string {
  const words = action ? actionText(action) : short(description);
  return words === '' ? `Query ${query}` : `Query ${query}: ${words}`;
}

interface Lane {
  name: string;
  rows: Rows;
  tracks: Set<number>;
}

export function stageKey(stage: number, attempt: number): string {
  return `${stage}.${attempt}`;
}

/** The first line, not too long. */
export function short(words: string): string {
  const [line = ''] = words.trim().split('\n');
  return line.length > longestText ? `${line.slice(0, longestText)}…` : line;
}
