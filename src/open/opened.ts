import type { Result } from '../base/result.ts';
import type { Ns } from '../base/time.ts';
import type { Insight } from '../insights/insight.ts';

/** What openThread.ts tells of a trace. */
export type Opened = Result<{
  /** In our own format, whatever it was opened from. */
  bytes: ArrayBuffer;
  durationNs: Ns;
  insights: Insight[];
}>;
