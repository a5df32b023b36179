import type { Call } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { methodOf, nodesOf } from '../calls.ts';
import type { Finding, Rule } from '../check.ts';
import { engineOf, mentions, quoted } from '../lazy.ts';
import { mayBeLarge } from '../sparkFrames.ts';

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
  if (!mayBeLarge(file, called.owner)) return null;
  return {
    start: called.owner.end,
    end: call.func.end,
    message: `\`${called.method}()\` brings every row of ${quoted(file, called.owner)} into the memory of the driver. Aggregate or \`limit()\` first, or write the result with \`.write\`.`,
  };
}
