import type { Trace } from '../trace/model.ts';
import { daskTasks } from './daskComputations.ts';
import { gilBound, gilEvidence, runDask } from './gilBoundThreads.ts';
import type { Insight } from './insight.ts';
import { at, percent } from './measures.ts';

/** RIP118: Dask's tasks in threads, that take turns because what they call is Python code. */
export function daskGil(trace: Trace): Insight | null {
  const found = gilBound(trace).filter(each => runDask(trace, each.threads))[0];
  if (!found) return null;
  const { tasks, strings } = trace;
  const task = daskTasks(trace).find(each => found.threads.includes(tasks.thread[each] ?? -1)) ?? -1;
  const place = { file: strings[tasks.submitFile[task] ?? 0] || null, line: tasks.submitLine[task] || null };
  return {
    code: 'RIP118',
    severity: 'problem',
    title: `Dask's tasks ran in ${found.threads.length} threads, but the GIL let only one of them compute at a time: they waited for it ${percent(found.share)} of the time.`,
    advice: `Run them in processes${at(place)}: \`compute(scheduler='processes')\`, or a dask.distributed Client. Threads help where the work is done by NumPy, pandas or Arrow, not by Python code.`,
    ...place,
    weight: found.weight,
    evidence: gilEvidence(trace, found),
    highlight: { threads: found.threads, ...found.window },
  };
}
