import { counted, countText } from '../base/counts.ts';
import type { Ns } from '../base/time.ts';
import { type TaskStatus, type Trace, taskEngines, taskStatuses } from './model.ts';

/** How far an engine has come with what it computes right now. */
export interface Progress {
  /** `Dask`, `Spark stage 3`. */
  label: string;
  /** Tasks that have ended. */
  done: number;
  /** Of how many; null = nobody knows. */
  total: number | null;
}

/** On a cluster, tasks that ended longer ago than this, with none after them, are no progress any more. */
const recentNs: Ns = 2e9;

const spark = taskEngines.indexOf('spark');
const dask = taskEngines.indexOf('dask');
const ok = taskStatuses.indexOf('ok');
const running = taskStatuses.indexOf('running');
const isEnded = taskStatuses.map(status => (['ok', 'failed', 'cancelled', 'lost'] as TaskStatus[]).includes(status));

/** What must be known of a trace for that; its tasks may be in any order. */
export type Growing = Pick<Trace, 'strings' | 'tasks' | 'facts'> & { durationNs: Ns };

/** Of a trace that still grows; null while no engine computes. Takes a look at every task: ask it a few times a second at most. */
export function progressOf(trace: Growing): Progress | null {
  return sparkProgress(trace) ?? daskProgress(trace);
}

/** `Spark stage 3: 120/200 tasks` */
export function progressWords({ label, done, total }: Progress): string {
  if (total === null) return `${label}: ${counted(done, 'task')} done`;
  return `${label}: ${countText(done)}/${counted(total, 'task')}`;
}

interface Stage {
  label: string;
  total: number | null;
  done: number;
  running: number;
}

/** The stage that most tasks run of, of those that have begun and not ended. */
function sparkProgress({ facts, tasks, strings }: Growing): Progress | null {
  const stages = new Map<string, Stage>();
  for (const { engine, name, values } of facts) {
    if (engine !== 'spark' || typeof values.label !== 'string') continue;
    if (name === 'stage') stages.delete(values.label);
    if (name !== 'stageStarted') continue;
    const total = typeof values.tasks === 'number' ? values.tasks : null;
    stages.set(values.label, { label: values.label, total, done: 0, running: 0 });
  }
  if (stages.size === 0) return null;
  for (let i = 0; i < tasks.length; i++) {
    if (tasks.engine[i] !== spark) continue;
    const stage = stages.get(strings[tasks.group[i] ?? 0] ?? '');
    if (!stage) continue;
    if (tasks.status[i] === ok) stage.done++;
    else if (tasks.status[i] === running) stage.running++;
  }
  const busiest = [...stages.values()].reduce((best, stage) => (stage.running > best.running ? stage : best));
  const { label, total, done } = busiest;
  // Of a partition that was computed twice, both tasks count: never more than there are.
  return { label: `Spark ${shortLabel(label)}`, done: total === null ? done : Math.min(done, total), total };
}

/** `Stage 3 (attempt 2): collect at job.py:14` → `stage 3 (attempt 2)` */
function shortLabel(label: string): string {
  const [name = ''] = label.split(':');
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** The newest computation of Dask's own schedulers, or the newest graph that went to a cluster. */
function daskProgress({ facts, tasks, durationNs }: Growing): Progress | null {
  const begun = facts.findLast(({ engine, name }) => engine === 'dask' && (name === 'computing' || name === 'graph'));
  const total = begun?.values.tasks;
  if (begun === undefined || typeof total !== 'number') return null;
  const now = { done: 0, running: 0, failed: 0, lastNs: begun.atNs };
  for (let i = 0; i < tasks.length; i++) {
    const start = tasks.start[i] ?? Number.NaN;
    if (tasks.engine[i] !== dask || !(start >= begun.atNs)) continue;
    const status = tasks.status[i] ?? 0;
    if (status === running) now.running++;
    if (isEnded[status] !== true) continue;
    now.done++;
    if (status !== ok) now.failed++;
    now.lastNs = Math.max(now.lastNs, tasks.end[i] ?? start);
  }
  // A failure ends a computation before all of its tasks have run; so do results that a cluster has already.
  const goesOn = begun.name === 'computing' || now.running > 0 || durationNs - now.lastNs <= recentNs;
  return now.failed === 0 && now.done < total && goesOn ? { label: 'Dask', done: now.done, total } : null;
}
