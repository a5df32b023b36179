import { formatDuration } from '../base/time.ts';
import { percent } from './measures.ts';
import type { TaskWork } from './taskWork.ts';

/** Below this share the GIL is not worth a word. */
const notableGilShare = 0.05;

/**
 * What a run measured in some lines, in one line of text: `0.42 s · 3.1× on 4 workers · GIL 48 %`.
 *
 * - How long the lines took.
 * - Speed-up: of the tasks that these lines submitted, the work (time from start to end of each, without what its thread waited for
 *   the GIL, for a CPU or for a lock meanwhile), divided by the time from the first start to the last end. So it says how much faster
 *   the tasks were than one after another: 4 workers that compute in turn because of the GIL do the work of one, 1×.
 * - Workers: the threads, of any process, that ran at least one of the tasks.
 * - GIL: the share of the tasks' time that their threads waited for it; left out below 5 %.
 *
 * Where thread states are not known, work can't be told from waiting, and speed-up and GIL are left out. So are they without tasks, and where
 * for most of that time none of the tasks ran: what the lines did in between is no matter of their workers.
 *
 * @param run how it ended, and what the tasks did that the lines submitted; `ms`: how long the lines took
 */
export function measuredSummary(run: {
  status: keyof typeof endWords;
  error: { type: string } | null;
  ms: number;
  work: TaskWork | null;
}): string {
  if (run.error !== null) return `failed: ${run.error.type}`;
  if (run.status !== 'ok') return endWords[run.status];
  return [seconds(run.ms), ...(run.work === null ? [] : workWords(run.work))].join(' · ');
}

const endWords = {
  ok: '',
  failed: 'failed',
  timeout: 'stopped at its time limit',
  cancelled: 'cancelled',
  killed: 'killed',
};

function workWords({ workers, windowNs, busyNs, taskNs, workNs, gilNs }: TaskWork): string[] {
  const on = `on ${workers} ${workers === 1 ? 'worker' : 'workers'}`;
  if (workNs === null || windowNs <= 0 || busyNs < windowNs / 2) return [on];
  const gilShare = gilNs / taskNs;
  const speedUp = `${(workNs / windowNs).toFixed(1)}× ${on}`;
  return gilShare < notableGilShare ? [speedUp] : [speedUp, `GIL ${percent(gilShare)}`];
}

/** `0.42 s`; `12 ms` when it is short. */
function seconds(ms: number): string {
  return ms < 100 || ms >= 60_000 ? formatDuration(ms * 1e6) : `${(ms / 1000).toFixed(ms < 9995 ? 2 : 1)} s`;
}
