import { formatBytes } from '../base/bytes.ts';
import { countText } from '../base/counts.ts';
import type { Trace } from '../trace/model.ts';
import type { Insight } from './insight.ts';
import { at } from './measures.ts';
import { heaviest, megabyte, placeOf, shareOfRun, sparkFacts, stagesOf } from './spark.ts';

const minBytes = 64 * megabyte;
/** Every task sends some KB about itself: of very many that is much, but nobody's result. */
const minTaskBytes = 2 ** 16;

/** RIP137: a result that is large for the one process that gets it. */
export function sparkCollect(trace: Trace): Insight | null {
  const results = sparkFacts(trace, 'result');
  return heaviest(
    stagesOf(trace).flatMap(stage => {
      const bytes = stage.number('resultBytes');
      if (bytes < minBytes || bytes < minTaskBytes * stage.number('succeeded')) return [];
      const { file, line } = stage.fact;
      const rows = results
        .find(result => result.fact.file === file && result.fact.line === line && file !== null)
        ?.number('rows');
      const what = rows ? `${countText(rows)} rows, ${formatBytes(bytes)},` : formatBytes(bytes);
      return {
        code: 'RIP137',
        severity: 'hint',
        title: `${stage.text('label')} brought ${what} to the driver, the one process that has to hold it all.`,
        advice: `Reduce it on the executors first (select, filter, groupBy, limit), or write it to files instead${at({ file, line })}.`,
        ...placeOf(trace, stage),
        weight: shareOfRun(trace, stage.number('wallMs')) / 2,
        evidence: { stage: stage.number('stage'), bytes, rows: rows ?? 0, tasks: stage.number('succeeded') },
      };
    }),
  );
}
