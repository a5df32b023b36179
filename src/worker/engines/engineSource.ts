import type { Ns } from '../../base/time.ts';

/** Something that is read while a run goes on, beside the tracer's records: an engine's own log, or what our tracer has it tell. */
export interface EngineSource {
  /** Takes in what is new, within a few ms. True when there was something; false also when nothing could be read. Doesn't throw. */
  poll(nowNs: Ns): boolean;
  /** Reads what is left and closes the books. */
  finish(endNs: Ns): void;
}
