import type { Ns } from '../../base/time.ts';
import type { EngineEvent } from '../../protocol/engineWire.ts';

/** What the parts of a log's reader share: where to, which clock, and what is known of the whole application. */
export interface SparkContext {
  /** Id of the application's process in the trace. */
  readonly id: string;
  /** Who looks wants to see what has not ended yet; else it is enough to be told at the end. */
  readonly isLive: boolean;
  readonly emit: (event: EngineEvent) => void;
  /** Ms since 1970 → the run's clock. */
  readonly clock: (ms: number) => Ns;
  /** A setting of the application that is a number. */
  number(setting: string, otherwise: number): number;
  /** Tells the tasks of several applications apart. */
  taskId(key: string): string;
}
