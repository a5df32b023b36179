import type { Disposable } from '../base/disposable.ts';
import type { Remedy, UserError } from '../base/errors.ts';
import type { RunHandle, RunListener } from '../pool/runPool.ts';
import type { RunView } from '../protocol/hostWebview.ts';
import type { Changed, OutputChunk, RunOutcome, StopReason } from '../protocol/hostWorker.ts';
import type { TraceQueries } from '../protocol/query.ts';
import { type Clusters, clusterWords, noClusters } from '../run/clusters.ts';
import { lacksPackage, missingPackages } from '../run/missingPackages.ts';
import type { ProgramError, RunPhase, RunRequest } from '../run/request.ts';
import { decodeTrace } from '../trace/file.ts';
import { type Progress, progressWords } from '../trace/progress.ts';
import { TraceReader } from '../trace/reader.ts';
import { whereItRan } from '../trace/whereItRan.ts';
import { OutputBuffer } from './outputBuffer.ts';

/**
 * One run as the host knows it, from the queue to its finished trace. While it runs, questions about its trace go to the pool thread that
 * assembles it; afterwards they are answered here, from the trace's bytes.
 */
export class RunRecord implements RunListener {
  readonly runId: string;
  readonly title: string;
  readonly file: string;
  readonly line: number;
  /** null for a trace that was opened from a file: it can't be run again. */
  readonly request: RunRequest | null;
  readonly output: OutputBuffer;
  outcome: RunOutcome | null = null;
  /** Resolves when the run has ended; never rejects. */
  readonly done: Promise<void>;

  private resolveDone: () => void = () => {};
  private readonly changed: () => void;
  private phase: RunPhase = 'queued';
  private queuePosition: number | null = null;
  private revision = 0;
  private outputRevision = 0;
  private valueCount = 0;
  private durationNs = 0;
  private handle: RunHandle | null = null;
  private reader: TraceReader | null = null;
  /** What it waits for before it is handed to the pool, as a sentence; '' when it waits for nothing. */
  private waitsFor = '';
  private clusters: Clusters | null = null;
  private where = '';
  private readonly progressListeners = new Set<(text: string) => void>();
  private progress: Progress | null = null;
  /** A trace that could not be read. */
  private traceError: UserError | null = null;

  constructor(
    init: { runId: string; title: string; file: string; line: number },
    request: RunRequest | null,
    changed: () => void,
  ) {
    this.runId = init.runId;
    this.title = init.title;
    this.file = init.file;
    this.line = init.line;
    this.request = request;
    this.changed = changed;
    this.output = new OutputBuffer(request?.limits.outputBytesInMemory ?? 0);
    this.done = new Promise(resolve => {
      this.resolveDone = resolve;
    });
  }

  /** Follows a run that was handed to the pool, to its end. */
  async follow(handle: RunHandle): Promise<void> {
    this.handle = handle;
    this.end(await handle.outcome);
  }

  /** The run is over (or never was: an opened trace file). */
  end(outcome: RunOutcome): void {
    this.outcome = outcome;
    this.handle = null;
    this.phase = 'ended';
    this.queuePosition = null;
    this.progress = null;
    if (outcome.trace !== null) {
      const trace = decodeTrace(outcome.trace);
      if (trace.ok) {
        this.reader = new TraceReader(trace.value, outcome.insights);
        this.durationNs = trace.value.meta.durationNs;
        const { dask, spark } = this.clusters ?? noClusters;
        this.where = whereItRan(trace.value, { dask: dask?.address ?? '', spark: spark?.master ?? '' });
      } else this.traceError = trace.error;
    }
    this.revision++;
    this.resolveDone();
    this.changed();
  }

  /** Says why it is not in the queue yet; '' when it is. */
  setWaitsFor(sentence: string): void {
    if (sentence === this.waitsFor) return;
    this.waitsFor = sentence;
    this.changed();
  }

  /** Says which of the chosen clusters its program uses; its trace knows better in the end. */
  setClusters(used: Clusters | null): void {
    this.clusters = used;
    this.where = clusterWords(used);
    this.changed();
  }

  get ended(): boolean {
    return this.phase === 'ended';
  }

  /** How far Dask or Spark has come, in words; '' when neither computes. */
  get progressText(): string {
    return this.progress === null ? '' : progressWords(this.progress);
  }

  /** `listener` gets each new progressText. */
  onDidProgress(listener: (text: string) => void): Disposable {
    this.progressListeners.add(listener);
    return { dispose: () => void this.progressListeners.delete(listener) };
  }

  stop(reason: StopReason): void {
    this.handle?.stop(reason);
  }

  onPhase(phase: RunPhase, queuePosition: number | null): void {
    this.phase = phase;
    this.queuePosition = queuePosition;
    this.changed();
  }

  onOutput(chunks: OutputChunk[]): void {
    this.output.add(chunks);
    this.outputRevision++;
    this.valueCount += chunks.filter(({ stream }) => stream === 'display').length;
    this.changed();
  }

  onChanged(change: Changed): void {
    this.revision = change.revision;
    this.durationNs = change.durationNs;
    const before = this.progressText;
    this.progress = change.progress;
    if (this.progressText !== before) for (const listener of this.progressListeners) listener(this.progressText);
    this.changed();
  }

  /** Answers a question about the trace; throws when there is none (yet). */
  async query<M extends keyof TraceQueries>(
    method: M,
    params: TraceQueries[M]['params'],
  ): Promise<TraceQueries[M]['result']> {
    if (this.reader !== null) return this.reader.answer(method, params);
    if (this.handle !== null) return this.handle.query(method, params);
    throw new Error(this.traceError?.message ?? 'This run has no trace.');
  }

  private get showsFirstRows(): boolean {
    return (this.request?.firstRows.length ?? 0) > 0;
  }

  private notes(): string[] {
    const again = 'Run again to show the first rows of a frame: they were computed when the code showed it.';
    return [...(this.showsFirstRows ? [again] : []), ...(this.outcome?.program?.notes ?? [])];
  }

  view(): RunView {
    const program = this.outcome?.program ?? null;
    return {
      runId: this.runId,
      title: this.title,
      where: this.where,
      progress: this.progressText,
      phase: this.phase,
      status: this.outcome?.status ?? null,
      queuePosition: this.queuePosition,
      revision: this.revision,
      outputRevision: this.outputRevision,
      durationNs: this.durationNs,
      exitCode: this.outcome?.exitCode ?? null,
      signal: this.outcome?.signal ?? null,
      programError: this.outcome?.programError ?? null,
      userError: this.outcome?.userError ?? this.traceError,
      valueCount: this.valueCount,
      opensWith: this.showsFirstRows ? 'output' : 'timeline',
      notes: this.waitsFor === '' ? this.notes() : [this.waitsFor],
      packages: [...new Set(program?.installs.flatMap(({ packages }) => packages))],
      canRunAgain: this.request !== null,
      remedies: this.request === null ? [] : remediesOf(this.outcome?.programError ?? null),
      // A file that runs as it is needs no page that shows it.
      hasProgram: program !== null && this.request?.snippet.selection != null,
      hasTrace: this.reader !== null || (this.handle !== null && this.revision > 0),
      file: this.file,
      line: this.line,
    };
  }
}

/** What helps a program that lacks a package: to get it, where it's known which, else another interpreter. */
function remediesOf(error: ProgramError | null): Remedy[] {
  if (error === null || !lacksPackage(error)) return [];
  const offers: Remedy[] = missingPackages(error).length > 0 ? ['installMissing', 'createEnvironment'] : [];
  return [...offers, 'openInterpreterSetting'];
}
