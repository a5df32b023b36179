/**
 * The wire between the host (pool/) and its guard (worker/guard.ts), a small process that outlives the host by a moment: JSON lines on
 * the guard's stdin and stdout. When its stdin ends, the host is gone, and the guard kills whatever is still being watched.
 */
export type GuardRequest =
  /** A run begins (pid null: its interpreter isn't there yet, the marker in its environment finds it) or has its interpreter now. */
  | { kind: 'watch'; runId: string; pid: number | null }
  /** Nothing of the run is left. */
  | { kind: 'done'; runId: string }
  /** End every process of the run; answered. */
  | { kind: 'kill'; runId: string };

/** `left`: how many processes could not be ended. */
export interface GuardReply {
  kind: 'killed';
  runId: string;
  left: number;
}
