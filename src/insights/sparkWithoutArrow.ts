import { countText } from '../base/counts.ts';
import { nsPerMs } from '../base/time.ts';
import { spanKinds, type Trace } from '../trace/model.ts';
import type { Insight } from './insight.ts';
import { at } from './measures.ts';
import { heaviest, type SparkFact, shareOfRun, sparkFacts } from './spark.ts';

const minRows = 10_000;
const operation = spanKinds.indexOf('operation');

/** RIP136: a large frame that came to pandas, or from there, row by row. */
export function sparkWithoutArrow(trace: Trace): Insight | null {
  const moved = [
    ...sparkFacts(trace, 'result').filter(result => result.text('operation') === 'toPandas'),
    ...sparkFacts(trace, 'given').filter(given => given.text('operation') === 'createDataFrame'),
  ];
  const slow = moved.filter(frame => frame.text('arrow') === 'false' && frame.number('rows') >= minRows);
  return heaviest(slow.map(frame => insightOf(trace, frame)));
}

function insightOf(trace: Trace, frame: SparkFact): Insight {
  const { file, line } = frame.fact;
  const took = tookMs(trace, frame);
  return {
    code: 'RIP136',
    severity: 'hint',
    title: `${frame.text('operation')}${at({ file, line })} moved ${countText(frame.number('rows'))} rows one by one: Arrow is off.`,
    advice:
      "Set this before it: `spark.conf.set('spark.sql.execution.arrow.pyspark.enabled', 'true')` (it needs pyarrow). Columns then go as they are, several times as fast.",
    file,
    line,
    weight: shareOfRun(trace, took) / 2,
    evidence: { rows: frame.number('rows'), columns: frame.number('columns'), tookMs: Math.round(took) },
    highlight: null,
  };
}

/** How long the call took that ended when its result was told. */
function tookMs(trace: Trace, { fact }: SparkFact): number {
  let longest = 0;
  for (const { spans } of trace.threads) {
    for (let i = 0; i < spans.length; i++) {
      const isOwn =
        spans.kind[i] === operation && spans.line[i] === fact.line && trace.strings[spans.file[i] ?? 0] === fact.file;
      const [start = 0, end = 0] = [spans.start[i], spans.end[i]];
      if (isOwn && start <= fact.atNs && end <= fact.atNs) longest = Math.max(longest, (end - start) / nsPerMs);
    }
  }
  return longest;
}
