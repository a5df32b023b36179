import { formatBytes } from '../base/bytes.ts';
import { countText } from '../base/counts.ts';
import type { Trace } from '../trace/model.ts';
import type { Insight } from './insight.ts';
import { percent, rounded } from './measures.ts';
import { coresOf, heaviest, megabyte, placeOf, type SparkFact, shareOfRun, stagesOf } from './spark.ts';

/** Tiny: so many tasks, so many per core, each with less than this, and starting them took this share of their time. */
const minTinyTasks = 64;
const minTasksPerCore = 4;
const tinyBytes = megabyte;
const minOverheadShare = 0.25;
/** Huge: fewer tasks than cores, with more than this each, for so long. */
const hugeBytes = 128 * megabyte;
const minMs = 2000;
const minShare = 0.05;

/** RIP132: a shuffle into far more partitions than its data is worth, or into fewer than there are cores. */
export function sparkPartitions(trace: Trace): Insight | null {
  const cores = coresOf(trace).length;
  if (cores === 0) return null;
  return heaviest(stagesOf(trace).flatMap(stage => tiny(trace, stage, cores) ?? huge(trace, stage, cores) ?? []));
}

function tiny(trace: Trace, stage: SparkFact, cores: number): Insight | null {
  const tasks = stage.number('succeeded');
  const bytes = stage.number('shuffleReadBytes');
  const isShuffle = bytes > 0 && stage.number('inputBytes') === 0;
  if (!isShuffle || tasks < Math.max(minTinyTasks, minTasksPerCore * cores) || bytes / tasks > tinyBytes) return null;
  const overheadMs = stage.number('schedulerDelayMs') + stage.number('deserializeMs');
  const share = overheadMs / Math.max(1, stage.number('taskMs'));
  const weight = shareOfRun(trace, stage.number('wallMs') * share);
  if (share < minOverheadShare || shareOfRun(trace, stage.number('wallMs')) < minShare) return null;
  return {
    code: 'RIP132',
    severity: 'problem',
    title: `${stage.text('label')}: ${countText(tasks)} tasks for ${formatBytes(bytes)}, ${formatBytes(bytes / tasks)} each: ${percent(share)} of their time went into starting them.`,
    advice: `Use fewer partitions: set spark.sql.shuffle.partitions to ${cores} or a small multiple of it (reduceByKey and the like take numPartitions), or leave spark.sql.adaptive.enabled on, which merges small ones.`,
    ...placeOf(trace, stage),
    weight,
    evidence: {
      ...{ cause: 'tiny partitions', stage: stage.number('stage'), tasks, bytes, cores },
      ...{ overheadMs: Math.round(overheadMs), share: rounded(share) },
    },
  };
}

function huge(trace: Trace, stage: SparkFact, cores: number): Insight | null {
  const tasks = stage.number('succeeded');
  const bytes = stage.number('shuffleReadBytes') + stage.number('inputBytes');
  const wallMs = stage.number('wallMs');
  if (tasks >= cores || bytes / tasks < hugeBytes || wallMs < minMs || shareOfRun(trace, wallMs) < minShare)
    return null;
  const idle = cores - tasks;
  return {
    code: 'RIP132',
    severity: 'problem',
    title: `${stage.text('label')}: only ${tasks === 1 ? `1 task of ${formatBytes(bytes)}` : `${tasks} tasks of ${formatBytes(bytes / tasks)} each`}, so ${idle} of ${cores} executor cores had none.`,
    advice: `Split the data into more partitions, at least ${cores}: repartition, a higher spark.sql.shuffle.partitions, or files that can be split.`,
    ...placeOf(trace, stage),
    weight: shareOfRun(trace, (wallMs * idle) / cores),
    evidence: { cause: 'too few partitions', stage: stage.number('stage'), tasks, bytes, cores, wallMs },
  };
}
