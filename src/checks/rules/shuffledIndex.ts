import type { Call } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { argument, hasUnpacking, methodOf, nodesOf } from '../calls.ts';
import type { Finding, Rule } from '../check.ts';
import { mentions } from '../lazy.ts';
import { loopAround } from '../loops.ts';

/** RIP312: set_index needs a pass over the data to find the divisions, and moves rows between all partitions. */
export const shuffledIndex: Rule = {
  code: 'RIP312',
  title: 'set_index moves all rows of a Dask frame',
  severity: 'hint',
  check(file) {
    if (!mentions(file, 'dask')) return [];
    return nodesOf(file, 'Call').flatMap(call => ofCall(file, call) ?? []);
  },
};

function ofCall(file: SourceFile, call: Call): Finding | null {
  const called = methodOf(call);
  if (called?.method !== 'set_index' || file.typeOf(called.owner) !== 'dask.dataframe.DataFrame') return null;
  if (hasUnpacking(call) || argument(call, null, 'sorted') || argument(call, null, 'divisions')) return null;
  const again = loopAround(call) ? ' in each round' : '';
  return {
    start: called.owner.end,
    end: call.func.end,
    message: `\`set_index\` on a Dask frame reads the column once more to find where to divide it, and moves rows between all partitions${again}. If the data is in that order already, say \`sorted=True\`; otherwise do it once and \`persist()\` or save the result.`,
  };
}
