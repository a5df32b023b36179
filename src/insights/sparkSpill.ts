import { formatBytes } from '../base/bytes.ts';
import type { Trace } from '../trace/model.ts';
import type { Insight } from './insight.ts';
import { heaviest, megabyte, placeOf, shareOfRun, stagesOf } from './spark.ts';

const minBytes = 64 * megabyte;

/** RIP133: a stage whose tasks did not fit into memory and wrote to disk what they had to read again. */
export function sparkSpill(trace: Trace): Insight | null {
  const spilling = stagesOf(trace).filter(stage => stage.number('diskSpilled') >= minBytes);
  return heaviest(
    spilling.map(stage => {
      const [disk, memory] = [stage.number('diskSpilled'), stage.number('memorySpilled')];
      return {
        code: 'RIP133',
        severity: 'problem',
        title: `${stage.text('label')} spilled ${formatBytes(memory)} of its data to disk (${formatBytes(disk)} there): its tasks did not fit into memory.`,
        advice:
          'Use more partitions, so that each task has less data, or give executors more memory (spark.executor.memory) or fewer cores.',
        ...placeOf(trace, stage),
        weight: shareOfRun(trace, stage.number('wallMs')) / 2,
        evidence: {
          ...{ stage: stage.number('stage'), diskBytes: disk, memoryBytes: memory },
          ...{ tasks: stage.number('succeeded'), wallMs: stage.number('wallMs') },
        },
      };
    }),
  );
}
