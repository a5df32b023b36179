import { formatDuration } from '../base/time.ts';
import type { Trace } from '../trace/model.ts';
import type { Insight } from './insight.ts';
import { at, endOf, median, type PoolWork, poolWork, rounded, startOf, statesOf, usesProcesses } from './measures.ts';

/** What is smaller than this, or a smaller share of the pool's work, is not worth a word. */
const minTailNs = 50e6;
const minTailShare = 0.25;
/** A worker that was idle for this share of the pool's work and ran nothing. */
const minIdleShare = 0.8;
const minIdleWorkers = 0.25;

/** RIP103: workers without work, because the last task keeps one busy alone, or because the pool is larger than its work. */
export function idleWorkers(trace: Trace): Insight | null {
  const found = poolWork(trace).flatMap(work => longTail(trace, work) ?? tooManyWorkers(trace, work) ?? []);
  return found.sort((a, b) => b.weight - a.weight)[0] ?? null;
}

/**
 *   worker 1  ▐task▌▐task▌
 *   worker 2  ▐task▌▐──────last─────▌
 *   worker 3  ▐task▌       └─ tail ─┘
 */
function longTail(trace: Trace, work: PoolWork): Insight | null {
  if (!work.isComplete || work.workers.length < 2) return null;
  const byEnd = [...work.tasks].sort((a, b) => endOf(trace, a) - endOf(trace, b));
  const last = byEnd.at(-1) ?? 0;
  const before = byEnd.at(-2) ?? 0;
  const tail = { startNs: Math.max(endOf(trace, before), startOf(trace, last)), endNs: endOf(trace, last) };
  const length = tail.endNs - tail.startNs;
  if (length < minTailNs || length < minTailShare * (work.endNs - work.startNs)) return null;
  const ran = work.tasks.map(task => endOf(trace, task) - startOf(trace, task));
  const typical = median(ran);
  const own = endOf(trace, last) - startOf(trace, last);
  const isUneven = own > 1.5 * typical;
  const others = work.workers.length - 1;
  const workers = others === 1 ? '1 other had' : `${others} others had`;
  const why = isUneven
    ? `it ran ${formatDuration(own)}, the median is ${formatDuration(typical)}`
    : `${work.tasks.length} tasks don't divide evenly among ${work.workers.length} workers`;
  const title = `The last task kept one worker busy for ${formatDuration(length)} while ${workers} nothing to do: ${why}.`;
  return {
    code: 'RIP103',
    severity: 'hint',
    title,
    advice: isUneven
      ? `Submit the longest tasks first, or split them into smaller ones${at(work.pool)}.`
      : `Split the work into more and smaller tasks${at(work.pool)}, so that all workers end at about the same time.`,
    file: work.pool.file,
    line: work.pool.line,
    weight: weightOf(trace, length * (others / work.workers.length)),
    evidence: {
      cause: isUneven ? 'uneven tasks' : 'last round not full',
      tailMs: Math.round(length / 1e6),
      workers: work.workers.length,
      tasks: work.tasks.length,
      longestMs: Math.round(own / 1e6),
      medianMs: Math.round(typical / 1e6),
    },
    highlight: { threads: work.workers, ...tail },
  };
}

function tooManyWorkers(trace: Trace, work: PoolWork): Insight | null {
  const length = work.endNs - work.startNs;
  if (length < minTailNs || !usesProcesses(work.pool)) return null;
  const idle = trace.threads.flatMap((thread, index) => {
    const isChild = trace.processes[thread.process]?.parentPid === work.pool.pid;
    const isIdle = isChild && statesOf(trace, index, work).idle >= minIdleShare * length;
    return isIdle && !work.workers.includes(index) ? [index] : [];
  });
  const workers = idle.length + work.workers.length;
  const isOwn = work.pool.size === null || workers <= work.pool.size;
  if (idle.length === 0 || idle.length < minIdleWorkers * workers || !isOwn) return null;
  const tasks = work.tasks.length === 1 ? '1 task' : `${work.tasks.length} tasks`;
  return {
    code: 'RIP103',
    severity: 'hint',
    title: `${idle.length} of ${workers} worker processes had nothing to do: the pool is larger than its ${tasks} can use.`,
    advice: `Make the pool smaller${at(work.pool)}, or split the work into more tasks (a smaller chunksize).`,
    file: work.pool.file,
    line: work.pool.line,
    weight: weightOf(trace, (0.2 * length * idle.length) / workers),
    evidence: {
      cause: 'pool larger than the work',
      idleWorkers: idle.length,
      workers,
      tasks: work.tasks.length,
      idleShare: rounded(idle.length / workers),
    },
    highlight: { threads: idle, startNs: work.startNs, endNs: work.endNs },
  };
}

function weightOf(trace: Trace, ns: number): number {
  return Math.min(1, ns / Math.max(1, trace.meta.durationNs));
}
