import type { Ns } from '../../base/time.ts';
import { nsPerMs } from '../../base/time.ts';
import type { SpanKind } from '../model.ts';
import type { TaskMetrics } from './events.ts';

export interface Phase {
  kind: SpanKind;
  name: string;
  startNs: Ns;
  endNs: Ns;
}

/**
 * What a task did from its launch to its end, as Spark's own UI breaks it down:
 *
 *   launch                                                                                               finish
 *   │ scheduler delay │ deserialize │ shuffle read wait │ compute (GC) │ shuffle write │ serialize │ getting result │
 *
 * The lengths are as the executor measured them, to the ms. Their order is Spark's; when within the task it waited for a shuffle or
 * collected garbage isn't recorded. The scheduler delay is what remains. `gettingResultNs`: when the driver began to fetch the result; null: at once.
 */
export function phasesOf(task: { startNs: Ns; endNs: Ns; gettingResultNs: Ns | null }, metrics: TaskMetrics): Phase[] {
  const { startNs, endNs, gettingResultNs } = task;
  const fetchNs = gettingResultNs === null ? 0 : Math.max(0, endNs - gettingResultNs);
  const runNs = metrics.runMs * nsPerMs;
  const readNs = Math.min(runNs, metrics.fetchWaitMs * nsPerMs);
  const writeNs = Math.min(runNs - readNs, metrics.shuffleWriteNs);
  const deserializeNs = metrics.deserializeMs * nsPerMs;
  const serializeNs = metrics.serializeMs * nsPerMs;
  const delayNs = Math.max(0, endNs - startNs - fetchNs - deserializeNs - runNs - serializeNs);
  const phases: Phase[] = [];
  let atNs = startNs;
  const add = (kind: SpanKind, name: string, lengthNs: Ns): Ns => {
    const from = atNs;
    atNs = Math.min(endNs, from + lengthNs);
    if (atNs > from) phases.push({ kind, name, startNs: from, endNs: atNs });
    return from;
  };
  add('schedulerDelay', 'scheduler delay', delayNs);
  add('deserialize', 'deserialize', deserializeNs);
  add('shuffleRead', 'shuffle read wait', readNs);
  const computeNs = add('compute', 'compute', runNs - readNs - writeNs);
  const gcNs = Math.min(metrics.gcMs * nsPerMs, atNs - computeNs);
  if (gcNs > 0)
    phases.push({ kind: 'gc', name: 'JVM garbage collection', startNs: computeNs, endNs: computeNs + gcNs });
  add('shuffleWrite', 'shuffle write', writeNs);
  add('serialize', 'serialize result', serializeNs);
  add('transfer', 'getting result', fetchNs);
  return phases;
}

/** Ms that the driver and the network took beside the executor's work, as Spark's UI counts them. */
export function schedulerDelayMs(
  task: { launchMs: number; finishMs: number; gettingResultMs: number },
  metrics: TaskMetrics,
): number {
  const fetchMs = task.gettingResultMs > 0 ? task.finishMs - task.gettingResultMs : 0;
  const own = metrics.runMs + metrics.deserializeMs + metrics.serializeMs + fetchMs;
  return Math.max(0, task.finishMs - task.launchMs - own);
}
