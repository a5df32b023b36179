import { formatBytes } from '../base/bytes.ts';
import { formatDuration, type Ns } from '../base/time.ts';
import type { RunView } from '../protocol/hostWebview.ts';
import type { ProgramError } from '../run/request.ts';
import type { CounterUnit, Engine, SpanKind, TaskStatus } from '../trace/model.ts';
import type { IconName } from './icons.ts';

/** What the user reads; one place, so that the same thing has the same name everywhere in the panel (states: trace/words.ts). */
export const engineWords: Record<Engine, string> = {
  python: 'Python',
  dask: 'Dask',
  spark: 'Spark',
  polars: 'polars',
  pandas: 'pandas',
  duckdb: 'DuckDB',
};

export const spanWords: Record<SpanKind, string> = {
  lock: 'waits for a lock',
  condition: 'waits for a condition',
  event: 'waits for an event',
  semaphore: 'waits for a semaphore',
  barrier: 'waits at a barrier',
  queue: 'waits for a queue',
  join: 'waits for a thread or process to end',
  result: 'waits for a result',
  sleep: 'sleeps',
  io: 'waits for I/O',
  subprocess: 'waits for a subprocess',
  processStart: 'starts a process',
  idle: 'idle',
  gc: 'collects garbage',
  operation: 'runs an operation',
  transfer: 'fetches data from another worker',
  disk: 'reads or writes data on disk',
  deserialize: 'unpacks what it was sent',
  serialize: 'packs its result',
  shuffleRead: 'reads shuffled data',
  shuffleWrite: 'writes data for a shuffle',
  schedulerDelay: 'waits for the scheduler',
  compute: 'computes',
};

/** `1.2 GB`, `40 %`, `12`. */
export function counterWords(value: number, unit: CounterUnit): string {
  if (unit === 'bytes') return formatBytes(value);
  return unit === 'share' ? percent(value) : value.toLocaleString('en-US', { maximumFractionDigits: 1 });
}

export const taskStatusWords: Record<TaskStatus, string> = {
  pending: 'Never started',
  running: 'Running',
  ok: 'Finished',
  failed: 'Failed',
  cancelled: 'Cancelled',
  lost: 'Lost: its process died',
};

export interface StatusWords {
  icon: IconName;
  /** Class that colours the icon. */
  tone: 'quiet' | 'active' | 'good' | 'bad' | 'warn';
  text: string;
}

/** Icon and words for where a run is; `elapsedNs` is up to now while it runs. */
export function statusWords(run: RunView, elapsedNs: Ns): StatusWords {
  const time = formatElapsed(elapsedNs);
  switch (run.phase) {
    case 'queued':
      return { icon: 'clock', tone: 'quiet', text: queueWords(run.queuePosition) };
    case 'starting':
      return { icon: 'spinner', tone: 'active', text: 'Starting Python…' };
    case 'running':
      return { icon: 'spinner', tone: 'active', text: `Running · ${time}` };
    case 'stopping':
      return { icon: 'spinner', tone: 'warn', text: `Stopping… · ${time}` };
    case 'ended':
      return endWords(run, time);
  }
}

function queueWords(position: number | null): string {
  if (position === null) return 'Queued';
  return position === 1 ? 'Queued · next to run' : `Queued · place ${position}`;
}

function endWords(run: RunView, time: string): StatusWords {
  switch (run.status) {
    case 'ok':
      return { icon: 'check', tone: 'good', text: `Finished in ${time}` };
    case 'failed':
      if (run.programError === null && run.userError === null && run.exitCode !== null)
        return { icon: 'error', tone: 'bad', text: `Exited with code ${run.exitCode} after ${time}` };
      if (run.durationNs === 0) return { icon: 'error', tone: 'bad', text: 'Not started' };
      return { icon: 'error', tone: 'bad', text: `Failed after ${time}` };
    case 'timeout':
      return { icon: 'timeout', tone: 'warn', text: `Stopped at its time limit, after ${time}` };
    case 'cancelled':
      if (run.durationNs > 0) return { icon: 'cancelled', tone: 'quiet', text: `Cancelled after ${time}` };
      // With a reason that is not the user's: a cell before it failed.
      return { icon: 'cancelled', tone: 'quiet', text: run.userError ? 'Not run' : 'Cancelled before it started' };
    case 'killed':
      return { icon: 'killed', tone: 'bad', text: `Killed${run.signal ? ` by ${run.signal}` : ''} after ${time}` };
    case null:
      return { icon: 'info', tone: 'quiet', text: 'Ended' };
  }
}

/** As much of an exception as one reads at a glance, in characters; the output has all of it. */
const mostOfError = 400;

/** As Python ends a traceback: `ValueError: too small`. Of one that goes on for pages (polars tells its plan) the first paragraph. */
export function errorWords({ type, message }: Pick<ProgramError, 'type' | 'message'>): string {
  const [paragraph = ''] = message.trim().split(/\n\s*\n/, 1);
  const text = paragraph.length > mostOfError ? `${paragraph.slice(0, mostOfError).trimEnd()}…` : paragraph;
  return text ? `${type}: ${text}` : type;
}

/** A running clock: steady width, one decimal up to a minute. */
export function formatElapsed(ns: Ns): string {
  return ns >= 1e9 && ns < 60e9 ? `${(ns / 1e9).toFixed(1)} s` : formatDuration(ns);
}

export function percent(share: number): string {
  if (!Number.isFinite(share) || share <= 0) return '0 %';
  return share < 0.01 ? '< 1 %' : `${Math.round(share * 100)} %`;
}

/** `dask`, `dask and pandas`, `dask, pandas and 3 more`. */
export function listWords(items: readonly string[]): string {
  if (items.length < 3) return items.join(' and ');
  return `${items.slice(0, 2).join(', ')} and ${items.length === 3 ? items[2] : `${items.length - 2} more`}`;
}

/** `fetch.py:12`, without the folders. */
export function placeWords(file: string, line: number | null): string {
  const name = file.split(/[\\/]/).at(-1) || file;
  return line === null ? name : `${name}:${line}`;
}
