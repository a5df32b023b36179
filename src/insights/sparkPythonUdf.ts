import { formatBytes } from '../base/bytes.ts';
import { formatDuration, nsPerMs } from '../base/time.ts';
import type { Trace } from '../trace/model.ts';
import type { Insight } from './insight.ts';
import { percent, rounded } from './measures.ts';
import { heaviest, placeOf, type SparkFact, shareOfRun, sparkFacts, stagesOf } from './spark.ts';

const minShare = 0.4;
const minMs = 2000;

/** RIP135: stages whose time goes into Python functions that are called row by row. Silent where Spark doesn't tell how long they took. */
export function sparkPythonUdf(trace: Trace): Insight | null {
  const queries = sparkFacts(trace, 'query');
  return heaviest(
    stagesOf(trace).flatMap(stage => {
      const query = queries.find(each => each.numberOrNull('query') === stage.numberOrNull('query'));
      return query?.text('pythonNode') ? (ofStage(trace, stage, query) ?? []) : [];
    }),
  );
}

function ofStage(trace: Trace, stage: SparkFact, query: SparkFact): Insight | null {
  const [pythonMs, runMs] = [stage.numberOrNull('pythonMs'), stage.number('runMs')];
  if (pythonMs === null || pythonMs < minMs || stage.number('pythonSentBytes') === 0) return null;
  const share = Math.min(1, pythonMs / Math.max(1, runMs));
  if (share < minShare) return null;
  const names = query.text('pythonFunctions');
  const isArrow = query.text('pythonNode').startsWith('Arrow');
  return {
    code: 'RIP135',
    severity: 'problem',
    title: `${stage.text('label')}: ${percent(share)} of its tasks' time (${formatDuration(pythonMs * nsPerMs)}) was that of Python functions${names ? ` (${names})` : ''}, to which ${formatBytes(stage.number('pythonSentBytes'))} of data went.`,
    advice: isArrow
      ? "Use Spark's own functions (pyspark.sql.functions) where there is one: they run in the JVM, without a way to Python and back."
      : "Use Spark's own functions (pyspark.sql.functions) where there is one; else a pandas_udf, which gets whole columns instead of row after row.",
    ...placeOf(trace, stage),
    weight: shareOfRun(trace, stage.number('wallMs')) * share,
    evidence: {
      ...{ stage: stage.number('stage'), pythonMs, runMs, share: rounded(share), functions: names },
      ...{ sentBytes: stage.number('pythonSentBytes'), node: query.text('pythonNode') },
    },
  };
}
