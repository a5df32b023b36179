import type { UserError } from '../base/errors.ts';
import type { RunHandle, RunListener } from '../pool/runPool.ts';
import type { RunView } from '../protocol/hostWebview.ts';
import type { OutputChunk, RunOutcome, StopReason } from '../protocol/hostWorker.ts';
import type { TraceQueries } from '../protocol/query.ts';
import type { RunPhase, RunRequest } from '../run/request.ts';
import { decodeTrace } from '../trace/file.ts';
import { TraceReader } from '../trace/reader.ts';
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
    if (outcome.trace !== null) {
      const trace = decodeTrace(outcome.trace);
      if (trace.ok) {
        this.reader = new TraceReader(trace.value, outcome.insights);
        this.durationNs = trace.value.meta.durationNs;
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

  get ended(): boolean {
    return this.phase === 'ended';
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

  onChanged(change: { revision: number; durationNs: number }): void {
    this.revision = change.revision;
    this.durationNs = change.durationNs;
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

  view(): RunView {
    const program = this.outcome?.program ?? null;
    return {
      runId: this.runId,
      title: this.title,
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
      notes: this.waitsFor === '' ? (program?.notes ?? []) : [this.waitsFor],
      packages: [...new Set(program?.installs.flatMap(({ packages }) => packages))],
      // A file that runs as it is needs no page that shows it.
      hasProgram: program !== null && this.request?.snippet.selection != null,
      hasTrace: this.reader !== null || (this.handle !== null && this.revision > 0),
      file: this.file,
      line: this.line,
    };
  }
}
