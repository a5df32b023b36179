import type { Call } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { methodOf, nodesOf } from '../calls.ts';
import type { Finding, Rule } from '../check.ts';
import { madeBy, mentions, quoted } from '../lazy.ts';

/** What a delayed function gets in their place: all of it, in one piece. */
const whole: Record<string, string> = {
  'dask.dataframe.DataFrame': 'one pandas frame',
  'dask.dataframe.Series': 'one pandas column',
  'dask.array.Array': 'one NumPy array',
  'dask.bag.Bag': 'one list',
};

/** Steps after which a value is small, or may be. */
const reducing = new Set(
  `agg aggregate all any count cov corr describe drop_duplicates groupby head idxmax idxmin max mean median min mode nlargest nsmallest nunique
  pivot_table prod quantile reduction sample std sum tail take topk unique value_counts var fold frequencies distinct reduce`.split(
    /\s+/,
  ),
);

/** RIP310: a frame, array or bag of Dask given to a delayed function. */
export const daskInDelayed: Rule = {
  code: 'RIP310',
  title: 'A whole Dask frame in one delayed call',
  severity: 'hint',
  check(file) {
    if (!mentions(file, 'dask')) return [];
    return nodesOf(file, 'Call').flatMap(call => ofCall(file, call));
  },
};

function ofCall(file: SourceFile, call: Call): Finding[] {
  if (methodOf(call) !== null || file.typeOf(call) !== 'dask.delayed.Delayed') return [];
  const isWrapping = file.qualifiedName(call.func) === 'dask.delayed';
  const given = [...call.args, ...call.keywords.map(({ value }) => value)];
  return given.flatMap(each => {
    const type = file.typeOf(each) ?? '';
    const becomes = whole[type];
    if (!becomes || isWrapping || madeBy(file, each).steps.some(step => reducing.has(step))) return [];
    const how = type === 'dask.array.Array' ? 'map_blocks' : 'map_partitions';
    return [
      {
        start: each.start,
        end: each.end,
        message: `The delayed function gets all of ${quoted(file, each)} as ${becomes}, in one task and in one piece of memory. To call it for each partition use \`.${how}(…)\`, or pass the parts of \`.to_delayed()\`.`,
      },
    ];
  });
}
