import type { Call } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { methodOf, nodesOf } from '../calls.ts';
import type { Finding, Rule } from '../check.ts';
import { engineOf, madeBy, mentions, quoted } from '../lazy.ts';

/** Methods that read data of any size. */
const reading = new Set([
  'csv',
  'json',
  'parquet',
  'orc',
  'text',
  'load',
  'jdbc',
  'table',
  'textFile',
  'wholeTextFiles',
]);
/** What makes few rows of many, or may well do so. */
const reducing = new Set(
  `limit offset agg count sum avg mean min max groupBy groupby rollup cube filter where sample sampleBy distinct dropDuplicates
  drop_duplicates describe summary freqItems crosstab intersect subtract exceptAll join reduceByKey aggregateByKey foldByKey groupByKey
  combineByKey sql mapPartitions applyInPandas mapInPandas mapInArrow`.split(/\s+/),
);

/** RIP323: all rows brought to the driver. */
export const collectOfLargeFrame: Rule = {
  code: 'RIP323',
  title: 'All rows collected in the driver',
  severity: 'hint',
  check(file) {
    if (!mentions(file, 'pyspark')) return [];
    return nodesOf(file, 'Call').flatMap(call => ofCall(file, call) ?? []);
  },
};

function ofCall(file: SourceFile, call: Call): Finding | null {
  const called = methodOf(call);
  if (called?.method !== 'collect' && called?.method !== 'toPandas') return null;
  if (engineOf(file, called.owner) !== 'Spark') return null;
  const { steps } = madeBy(file, called.owner);
  if (!steps.some(step => reading.has(step)) || steps.some(step => reducing.has(step))) return null;
  return {
    start: called.owner.end,
    end: call.func.end,
    message: `\`${called.method}()\` brings every row of ${quoted(file, called.owner)} into the memory of the driver. Aggregate or \`limit()\` first, or write the result with \`.write\`.`,
  };
}
