import { formatBytes } from '../base/bytes.ts';
import { formatDuration, nsPerMs } from '../base/time.ts';
import type { Trace } from '../trace/model.ts';
import type { Insight } from './insight.ts';
import { endOf, rounded } from './measures.ts';
import { heaviest, placeOf, type SparkFact, shareOfRun, stagesOf, tasksOf } from './spark.ts';

/** The slowest task took at least so many times as long as the median, and its stage waited for it alone for so long. */
const minRatio = 3;
const minTailMs = 500;
const minTailShare = 0.25;
const minTasks = 4;
/** Its part of the data was so many times as large as the median. */
const minDataRatio = 2;

/** RIP131: a stage that waits for one task which takes far longer than the others. */
export function sparkSkew(trace: Trace): Insight | null {
  return heaviest(stagesOf(trace).flatMap(stage => ofStage(trace, stage) ?? []));
}

function ofStage(trace: Trace, stage: SparkFact): Insight | null {
  const [median, longest] = [stage.number('medianMs'), stage.number('maxMs')];
  if (stage.number('succeeded') < minTasks || longest < minRatio * median) return null;
  const ends = tasksOf(trace, stage).sort((a, b) => endOf(trace, b) - endOf(trace, a));
  const [last = -1, before = -1] = ends;
  const slowest = stage.text('slowestTask');
  if (trace.strings[trace.tasks.key[last] ?? 0] !== slowest || before < 0) return null;
  const tailMs = (endOf(trace, last) - endOf(trace, before)) / nsPerMs;
  if (tailMs < minTailMs || tailMs < minTailShare * stage.number('wallMs')) return null;
  const [own, usual] = [stage.number('slowestData'), stage.number('medianData')];
  const isData = own > minDataRatio * usual && own > 2 ** 16;
  const why = isData ? ` It read ${formatBytes(own)}, the median ${formatBytes(usual)}: the data is skewed.` : '';
  return {
    code: 'RIP131',
    severity: 'problem',
    title: `${stage.text('label')} waited ${formatDuration(tailMs * nsPerMs)} for one task: it took ${formatDuration(longest * nsPerMs)}, the median ${formatDuration(median * nsPerMs)}.${why}`,
    advice: isData
      ? 'Spread the rows of the largest key: add a random part to the key (salting), filter out null keys, or switch on spark.sql.adaptive.skewJoin.enabled for joins.'
      : "Its share of the data isn't larger, so its rows take longer: split that work into more partitions (repartition).",
    ...placeOf(trace, stage),
    weight: shareOfRun(trace, tailMs),
    evidence: {
      stage: stage.number('stage'),
      task: slowest,
      longestMs: longest,
      medianMs: median,
      tailMs: rounded(tailMs),
      longestBytes: own,
      medianBytes: usual,
    },
    highlight: { threads: [trace.tasks.thread[last] ?? 0], startNs: endOf(trace, before), endNs: endOf(trace, last) },
  };
}
