import type { Ns } from '../base/time.ts';
import { wireNoteLevels, wireStartMethods, wireTaskStatuses, wireWaitKinds } from '../protocol/tracerWire.ts';
import type { SpanKind } from '../trace/model.ts';
import { type KnownProcess, type KnownThread, ThreadIndex, type TraceSink } from './threadStates/threadIndex.ts';
import {
  addCounterPoint,
  type EngineOfOwnTasks,
  ResultSizes,
  standsForItself,
  stringsOf,
  submitTime,
  toldOf,
} from './tracerReaderEngines.ts';
import { type Chunk, type Found as FoundRecord, TracerFiles, type Writer } from './tracerReaderFiles.ts';
import { noPlace, type Place, Places } from './tracerReaderPlaces.ts';
import { TaskMatcher, type TaskRun } from './tracerReaderTasks.ts';
import { type Traced, type TracedProcess, TracerTracks } from './tracerReaderTracks.ts';
import {
  type ClockZero,
  clockZero,
  engineOf,
  isJobEngine,
  objectOf,
  parseProcessInfo,
  parseSite,
  type WireRecord,
} from './wireRecords.ts';

export interface TracerNews {
  changed: boolean;
  /** Every traced process so far. */
  processes: TracedProcess[];
  /** False: more can be read at once. */
  isComplete: boolean;
}

/** What a record has become, for when it's patched. */
type Token =
  | { kind: 'span'; handle: number }
  | { kind: 'operation'; handle: number }
  | { kind: 'task'; run: TaskRun }
  | { kind: 'thread'; run: TaskRun; thread: KnownThread }
  | { kind: 'process'; process: Traced }
  | { kind: 'processStart'; handle: number; task: number | null };

type Found = FoundRecord<Token>;

/** Records wait this many complete looks for their strings, which another thread may just be writing. */
const patience = 3;

/**
 * Feeds the TraceBuilder from the tracer's files while they grow. Never throws because of what it reads: damage is
 * one warning. Processes and threads are shared with the sampler through `index`.
 */
export class TracerReader {
  readonly index: ThreadIndex;
  private readonly builder: TraceSink;
  private readonly files: TracerFiles<Token>;
  private readonly tasks: TaskMatcher;
  private readonly tracks: TracerTracks;
  private readonly sizes: ResultSizes;
  private readonly places: Places;
  private readonly zero: ClockZero;
  private readonly running = new Map<TaskRun, KnownProcess>();
  private waiting: { found: Found; tries: number }[] = [];
  private damaged = 0;

  constructor(init: { traceDir: string; builder: TraceSink; clockZeroNs: bigint; index?: ThreadIndex }) {
    this.builder = init.builder;
    this.index = init.index ?? new ThreadIndex(init.builder);
    this.tracks = new TracerTracks(this.index, init.builder);
    this.zero = clockZero(init.clockZeroNs);
    this.files = new TracerFiles(init.traceDir, this.zero);
    this.tasks = new TaskMatcher(init.builder);
    this.places = new Places(init.builder);
    this.sizes = new ResultSizes(init.builder);
  }

  /** Takes in what is new, for at most about `budgetMs`; call it again soon when that wasn't all. */
  poll(budgetMs = 15): TracerNews {
    return this.look(budgetMs, false);
  }

  /** Reads everything that's left, and closes the books: what runs in a process that has ended is lost. */
  finish(endNs: Ns): void {
    this.look(Number.POSITIVE_INFINITY, true);
    this.tasks.finish();
    this.tracks.finish();
    this.index.explainUntraced();
    this.loseTasksOfTheDead(endNs);
    this.files.close();
  }

  private look(budgetMs: number, isLast: boolean): TracerNews {
    const news = this.files.read(budgetMs, isLast);
    if (news.damaged > 0) this.warnOfDamage(news.damaged);
    for (const found of news.patched) this.patched(found);
    const retried = this.waiting;
    this.waiting = [];
    const fresh = [...retried, ...news.fresh.map(found => ({ found, tries: 0 }))];
    for (const each of fresh.sort((a, b) => a.found.record.t0 - b.found.record.t0)) {
      const tries = each.tries + (news.isComplete ? 1 : 0);
      if (isLast || tries > patience || this.hasStrings(each.found)) this.fresh(each.found);
      else this.waiting.push({ found: each.found, tries });
    }
    this.tasks.retry();
    this.sizes.retry();
    this.tracks.correctStarts();
    if (news.isComplete) this.loseTasksOfTheDead(null);
    return {
      changed: news.fresh.length + news.patched.length > 0,
      processes: this.tracks.all(),
      isComplete: news.isComplete,
    };
  }

  private hasStrings({ chunk, record }: Found): boolean {
    const { strings } = chunk.writer;
    return stringsOf(record).every(id => id === 0 || strings.has(id));
  }

  private warnOfDamage(count: number): void {
    this.damaged += count;
    if (this.damaged === count) this.builder.addWarning('Some records of the tracer are damaged and were left out.');
  }

  private fresh(found: Found): void {
    const { record, chunk } = found;
    switch (record.kind) {
      case 'process':
        this.processBegan(found);
        break;
      case 'thread':
        this.threadBegan(found);
        break;
      case 'threadStart':
        this.threadSubmitted(chunk, record);
        break;
      case 'taskQueued':
        this.taskQueued(found);
        break;
      case 'task':
      case 'taskPart':
        this.taskBegan(found);
        break;
      case 'pool':
        this.poolMade(chunk, record);
        break;
      case 'processStart':
        this.processSubmitted(found);
        break;
      case 'note':
        this.noted(chunk.writer, record);
        break;
      case 'wait':
        this.span(found, wireWaitKinds[record.flags] || 'io', this.text(chunk, record.aux), record.aux2);
        break;
      case 'gc':
        this.span(found, 'gc', `Garbage collection, generation ${record.objLow}`);
        break;
      case 'idle':
        this.span(found, 'idle', 'Waiting for work');
        break;
      case 'subprocess':
        this.span(found, 'processStart', this.text(chunk, record.aux));
        this.childTold(record);
        break;
      case 'operation':
        this.operationBegan(found);
        break;
      case 'counter':
        addCounterPoint(this.builder, this.tracks.process(chunk.writer).track, this.text(chunk, record.aux), record);
        break;
      case 'resultSize':
        this.sizes.told(record, this.text(chunk, record.site));
        break;
      case 'chunk':
      case 'string':
        break;
    }
  }

  private patched(found: Found): void {
    const { token } = found;
    const { t1, flags } = found.record;
    switch (token?.kind) {
      case 'span':
        this.builder.closeSpan(token.handle, t1);
        this.childTold(found.record);
        break;
      case 'operation':
        this.operationEnded(found, token.handle);
        break;
      case 'task':
        this.running.delete(token.run);
        this.tasks.ended(token.run, t1, wireTaskStatuses[flags & 15] ?? 'ok');
        break;
      case 'thread':
        this.threadEnded(token.run, found, token.thread);
        break;
      case 'process':
        this.tracks.processEnded(token.process, t1);
        break;
      case 'processStart':
        this.processStarted(found, token);
        break;
      case undefined:
        break;
    }
  }

  private processBegan(found: Found): void {
    const { chunk, record } = found;
    const process = this.tracks.processBegan(chunk, record, parseProcessInfo(this.text(chunk, record.aux)));
    found.token = { kind: 'process', process } satisfies Token;
    if (!Number.isNaN(record.t1)) this.tracks.processEnded(process, record.t1);
  }

  private threadBegan(found: Found): void {
    const { chunk, record } = found;
    const thread = this.tracks.thread(chunk);
    const name = this.text(chunk, record.aux);
    if (name !== '') this.builder.updateThread(thread.track, { name });
    const begun = { startNs: record.t0, endNs: null, status: 'running', thread: thread.track } as const;
    const run: TaskRun = { ...begun, task: null, engine: 'thread', fn: noPlace };
    found.token = { kind: 'thread', run, thread } satisfies Token;
    this.running.set(run, this.tracks.process(chunk.writer));
    this.tasks.threadBegan(run, chunk.writer, objectOf(record));
    if (!Number.isNaN(record.t1)) this.threadEnded(run, found, thread);
  }

  private threadEnded(run: TaskRun, { chunk, record }: Found, thread: KnownThread): void {
    const name = this.text(chunk, record.aux);
    if (name !== '') this.builder.updateThread(thread.track, { name });
    this.running.delete(run);
    this.tasks.ended(run, record.t1, wireTaskStatuses[record.flags & 15] === 'failed' ? 'failed' : 'ok');
    this.index.endThread(thread, record.t1);
  }

  private threadSubmitted(chunk: Chunk, record: WireRecord): void {
    if ((record.flags & 1) === 0) return;
    const fn = this.place(chunk, record.aux2);
    this.tasks.threadSubmitted(chunk.writer, objectOf(record), {
      engine: 'thread',
      submitNs: record.t0,
      submitThread: this.tracks.thread(chunk).track,
      fn: fn.name === 0 ? { ...fn, name: this.builder.intern(this.text(chunk, record.aux)) } : fn,
      submitted: this.place(chunk, record.site),
    });
  }

  private taskQueued(found: Found): void {
    const { chunk, record, position } = found;
    const engine = engineOf(record, 'threadPool');
    const submission = {
      engine,
      submitNs: record.t0,
      submitThread: this.tracks.thread(chunk).track,
      fn: this.place(chunk, record.aux),
      submitted: this.place(chunk, record.site),
    };
    if (isJobEngine(engine)) this.tasks.queuedJob(chunk.writer, record.objHigh, record.aux2, submission);
    else this.tasks.queued(chunk.writer, position, objectOf(record), submission);
  }

  private taskBegan(found: Found): void {
    const { chunk, record } = found;
    const engine = engineOf(record, 'threadPool');
    const thread = this.tracks.thread(chunk).track;
    const fn = this.place(chunk, record.aux);
    const run: TaskRun = { task: null, engine, startNs: record.t0, endNs: null, status: 'running', thread, fn };
    found.token = { kind: 'task', run } satisfies Token;
    this.running.set(run, this.tracks.process(chunk.writer));
    const job = isJobEngine(engine) ? { number: record.objHigh, chunk: record.objLow } : null;
    if (standsForItself(engine)) this.ownTaskBegan(found, run, engine);
    else if (engine === 'process') this.tasks.processBegan(run, chunk.writer.pid);
    else this.tasks.began(run, { pid: record.aux2, position: objectOf(record), job });
    if (!Number.isNaN(record.t1) && (record.flags & 15) !== 0) this.patched(found);
  }

  /** Dask and others hand out their work themselves: the record of a task tells all there is to know of it. */
  private ownTaskBegan({ chunk, record }: Found, run: TaskRun, engine: EngineOfOwnTasks): void {
    this.builder.setEngine(engine);
    const { key, submitted } = toldOf(record, id => this.text(chunk, id));
    const about = { engine, key, submitted: this.places.of(submitted) };
    this.tasks.standsForItself(run, { ...about, submitNs: submitTime(record, this.zero) });
  }

  private operationBegan(found: Found): void {
    const { chunk, record } = found;
    this.span(found, 'operation', this.text(chunk, record.aux));
    if (Number.isNaN(record.t1)) found.token = { kind: 'operation', handle: this.spanHandle(found) } satisfies Token;
  }

  /** Its label may have become richer. */
  private operationEnded({ chunk, record }: Found, handle: number): void {
    const label = this.text(chunk, record.aux);
    this.builder.closeSpan(handle, record.t1, label === '' ? undefined : this.builder.intern(label));
  }

  private poolMade(chunk: Chunk, record: WireRecord): void {
    const engine = engineOf(record, 'threadPool');
    const site = parseSite(this.text(chunk, record.site));
    const pool = this.builder.addPool({
      engine,
      name: this.text(chunk, record.aux),
      pid: chunk.writer.pid,
      size: record.aux2 === 0 ? null : record.aux2,
      createdNs: record.t0,
      file: site.file === '' ? null : site.file,
      line: site.line === 0 ? null : site.line,
    });
    this.tasks.pool(chunk.writer, objectOf(record), engine, pool, record.t0);
  }

  /** Process.start(): a span of the one who calls it, and, from user code, a task that the child runs. */
  private processSubmitted(found: Found): void {
    const { chunk, record } = found;
    const method = wireStartMethods[record.flags & 0x7f] || 'process';
    const name = this.text(chunk, record.aux);
    this.span(found, 'processStart', `Start ${name} (${method})`);
    const handle = this.spanHandle(found);
    let task: number | null = null;
    if ((record.flags & 0x80) !== 0) {
      const fn = this.place(chunk, record.aux2);
      task = this.tasks.processSubmitted({
        engine: 'process',
        submitNs: record.t0,
        submitThread: this.tracks.thread(chunk).track,
        fn: fn.name === 0 ? { ...fn, name: this.builder.intern(name) } : fn,
        submitted: this.place(chunk, record.site),
      });
    }
    const token = { kind: 'processStart' as const, handle, task };
    found.token = token;
    if (!Number.isNaN(record.t1) || record.objLow !== 0) this.processStarted(found, token);
  }

  private processStarted({ record }: Found, token: { handle: number; task: number | null }): void {
    const hasEnded = !Number.isNaN(record.t1);
    if (hasEnded) this.builder.closeSpan(token.handle, record.t1);
    if (record.objLow !== 0) this.tracks.startedBy(record.objLow, record.t0);
    if (token.task === null) return;
    if (record.objLow !== 0) this.tasks.processStarted(token.task, record.objLow);
    else if (hasEnded) this.tasks.failed(token.task, record.t1);
    if (record.objLow !== 0 || hasEnded) token.task = null;
  }

  /** Popen() knows when its child began. */
  private childTold(record: WireRecord): void {
    if (record.kind === 'subprocess' && record.objLow !== 0) this.tracks.startedBy(record.objLow, record.t0);
  }

  private noted(writer: Writer, record: WireRecord): void {
    const text = writer.strings.get(record.aux) ?? '';
    const level = wireNoteLevels[record.flags] ?? 'warning';
    if (text === '') return;
    if (level === 'info') this.index.addNote(this.tracks.process(writer), text);
    else if (level === 'warning') this.builder.addWarning(text);
    else this.builder.addWarning(`The tracer switched itself off in process ${writer.pid}: ${text}`);
  }

  private span(found: Found, kind: SpanKind, name: string, holderTid = 0): void {
    const { chunk, record } = found;
    const { file, line } = this.place(chunk, record.site);
    const about = { startNs: record.t0, kind, name: this.builder.intern(name), file, line, holderTid };
    const handle = this.builder.openSpan(this.tracks.thread(chunk).track, about);
    found.token = { kind: 'span', handle } satisfies Token;
    if (!Number.isNaN(record.t1)) this.builder.closeSpan(handle, record.t1);
  }

  private spanHandle(found: Found): number {
    const token = found.token;
    return token?.kind === 'span' ? token.handle : 0;
  }

  /** `endNs`: the run is over, and nothing lives any more. */
  private loseTasksOfTheDead(endNs: Ns | null): void {
    for (const [run, process] of this.running) {
      const end = process.endNs ?? endNs;
      if (end === null) continue;
      // A daemon thread that is left when the interpreter ends is cut off by design; anything else is a loss.
      const isDaemon = run.engine === 'thread' && this.tracks.saidGoodbye(process);
      this.tasks.ended(run, end, isDaemon ? 'cancelled' : 'lost');
      this.running.delete(run);
    }
  }

  private text(chunk: Chunk, id: number): string {
    return chunk.writer.strings.get(id) ?? '';
  }

  private place(chunk: Chunk, id: number): Place {
    return this.places.of(this.text(chunk, id));
  }
}
