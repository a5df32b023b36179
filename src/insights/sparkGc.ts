import { formatDuration, nsPerMs } from '../base/time.ts';
import type { Trace } from '../trace/model.ts';
import type { Insight } from './insight.ts';
import { percent, rounded } from './measures.ts';
import { heaviest, placeOf, shareOfRun, stagesOf } from './spark.ts';

const minShare = 0.15;
const minMs = 2000;

/** RIP134: executors that spent their time collecting garbage. */
export function sparkGc(trace: Trace): Insight | null {
  return heaviest(
    stagesOf(trace).flatMap(stage => {
      const [gcMs, runMs] = [stage.number('gcMs'), stage.number('runMs')];
      const share = gcMs / Math.max(1, runMs);
      if (gcMs < minMs || share < minShare) return [];
      return {
        code: 'RIP134',
        severity: 'problem',
        title: `${stage.text('label')}: tasks stood still for ${percent(share)} of their time while the JVM collected garbage (${formatDuration(gcMs * nsPerMs)} in all).`,
        advice:
          'Give executors more memory or fewer cores each, keep less in memory (unpersist), or use more and smaller partitions.',
        ...placeOf(trace, stage),
        weight: shareOfRun(trace, stage.number('wallMs')) * share,
        evidence: {
          stage: stage.number('stage'),
          gcMs,
          runMs,
          share: rounded(share),
          tasks: stage.number('succeeded'),
        },
      };
    }),
  );
}
