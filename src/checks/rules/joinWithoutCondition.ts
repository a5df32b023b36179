import type { Call } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { hasUnpacking, nodesOf } from '../calls.ts';
import type { Finding, Rule } from '../check.ts';
import { mentions, quoted } from '../lazy.ts';

const frame = 'pyspark.sql.DataFrame';

/** RIP328: every row joined with every row. */
export const joinWithoutCondition: Rule = {
  code: 'RIP328',
  title: 'A Spark join without a condition',
  severity: 'information',
  check(file) {
    if (!mentions(file, 'pyspark') || !mentions(file, '.join(')) return [];
    return nodesOf(file, 'Call').flatMap(call => ofCall(file, call) ?? []);
  },
};

function ofCall(file: SourceFile, call: Call): Finding | null {
  const { func, args, keywords } = call;
  const [other, ...more] = args;
  if (func.kind !== 'Attribute' || func.attr !== 'join' || hasUnpacking(call)) return null;
  if (!other || more.length + keywords.length > 0) return null;
  if (file.typeOf(func.value) !== frame || file.typeOf(other) !== frame) return null;
  const { attrStart: start, end } = func;
  return {
    start,
    end,
    message: `Without a column to join on, every row of ${quoted(file, func.value)} is paired with every row of ${quoted(file, other)}. Name it (\`on=…\`), or say \`crossJoin\` where all pairs are meant.`,
    fixes: [{ title: 'Use crossJoin()', edits: [{ start, end, newText: 'crossJoin' }] }],
  };
}
