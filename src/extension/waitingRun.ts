import { type UserError, userError } from '../base/errors.ts';
import type { RunHandle } from '../pool/runPool.ts';
import { emptyOutcome, type RunOutcome, type StopReason } from '../protocol/hostWorker.ts';
import type { TraceQueries } from '../protocol/query.ts';

/** A run that waits for others before the pool gets it; to whom follows it, a run like any other. */
export class WaitingRun implements RunHandle {
  readonly runId: string;
  readonly outcome: Promise<RunOutcome>;
  private started: RunHandle | null = null;
  private hasEnded = false;
  private end: (outcome: RunOutcome) => void = () => undefined;

  constructor(runId: string) {
    this.runId = runId;
    this.outcome = new Promise(resolve => {
      this.end = outcome => {
        this.hasEnded = true;
        resolve(outcome);
      };
    });
  }

  /** It waits no longer: from now on it is the run that `begin` gives. It was stopped: nothing begins. */
  start(begin: () => RunHandle): void {
    if (this.hasEnded) return;
    this.started = begin();
    void this.started.outcome.then(this.end);
  }

  /** It never starts; `sentence` says why. */
  leaveOut(sentence: string): void {
    this.end({ ...emptyOutcome, userError: userError('notRun', sentence) });
  }

  /** It never starts, because something is wrong. */
  fail(error: UserError): void {
    this.end({ ...emptyOutcome, status: 'failed', userError: error });
  }

  stop(reason: StopReason): void {
    if (this.started !== null) this.started.stop(reason);
    else this.end(emptyOutcome);
  }

  async query<M extends keyof TraceQueries>(
    method: M,
    params: TraceQueries[M]['params'],
  ): Promise<TraceQueries[M]['result']> {
    if (this.started === null) throw new Error('The run has not started');
    return this.started.query(method, params);
  }
}
