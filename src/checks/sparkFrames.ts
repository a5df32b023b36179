import type { Expression } from '../snippet/syntax/ast.ts';
import type { SourceFile } from '../snippet/syntax/sourceFile.ts';
import { madeBy } from './lazy.ts';

/** Methods of frames and RDDs that run a job and give what is not lazy. */
export const sparkActions = new Set('collect count show toPandas first take head isEmpty toLocalIterator'.split(' '));

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

/** Whether a frame or RDD is read from data of any size, and nothing on the way is seen to make few rows of many. */
export function mayBeLarge(file: SourceFile, frame: Expression): boolean {
  const { steps } = madeBy(file, frame);
  return steps.some(step => reading.has(step)) && !steps.some(step => reducing.has(step));
}
