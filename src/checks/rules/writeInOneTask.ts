import type { Call } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { argument, literalInteger, methodOf, nodesOf } from '../calls.ts';
import type { Finding, Rule } from '../check.ts';
import { engineOf, mentions, quoted } from '../lazy.ts';
import { mayBeLarge } from '../sparkFrames.ts';

/** RIP327: all rows written by one task. */
export const writeInOneTask: Rule = {
  code: 'RIP327',
  title: 'All rows written by one task',
  severity: 'hint',
  check(file) {
    if (!mentions(file, 'pyspark') || !mentions(file, 'coalesce', 'repartition')) return [];
    return nodesOf(file, 'Call').flatMap(call => ofCall(file, call) ?? []);
  },
};

function ofCall(file: SourceFile, call: Call): Finding | null {
  const called = methodOf(call);
  if (called?.method !== 'coalesce' && called?.method !== 'repartition') return null;
  if (call.args.length + call.keywords.length !== 1 || literalInteger(argument(call, 0, 'numPartitions')) !== 1)
    return null;
  const isWritten = call.parent?.kind === 'Attribute' && call.parent.attr === 'write';
  if (!isWritten || engineOf(file, called.owner) !== 'Spark' || !mayBeLarge(file, called.owner)) return null;
  const rows = `every row of ${quoted(file, called.owner)}`;
  return {
    start: called.owner.end,
    end: call.end,
    message:
      called.method === 'coalesce'
        ? `One task, on one core, reads, computes and writes ${rows}. Leave \`coalesce(1)\` out: a folder of several files is read as one.`
        : `${rows.charAt(0).toUpperCase()}${rows.slice(1)} moves to one task, which writes alone. Leave \`repartition(1)\` out: a folder of several files is read as one.`,
  };
}
