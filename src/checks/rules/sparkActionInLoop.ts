import type { Call } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { methodOf, nodesOf } from '../calls.ts';
import type { Finding, Rule } from '../check.ts';
import { engineOf, mentions, quoted } from '../lazy.ts';
import { canLeaveEarly, loopAround, namesFromLoop, needsEarlierRound } from '../loops.ts';
import { sparkActions } from '../sparkFrames.ts';

/** RIP326: a Spark job per round. */
export const sparkActionInLoop: Rule = {
  code: 'RIP326',
  title: 'A Spark action in a loop',
  severity: 'information',
  check(file) {
    if (!mentions(file, 'pyspark')) return [];
    return nodesOf(file, 'Call').flatMap(call => ofCall(file, call) ?? []);
  },
};

function ofCall(file: SourceFile, call: Call): Finding | null {
  const called = methodOf(call);
  if (!called || !sparkActions.has(called.method) || engineOf(file, called.owner) !== 'Spark') return null;
  const loop = loopAround(call);
  if (!loop) return null;
  // Loops that go on until something holds, and those that show things, need their jobs.
  const isMeant =
    loop.kind === 'While' ||
    called.method === 'show' ||
    canLeaveEarly(loop) ||
    needsEarlierRound(file, called.owner, loop);
  const isSame = namesFromLoop(file, call, loop).length === 0;
  // What is asked for again and again may change from outside.
  if (isSame && (loop.kind === 'While' || canLeaveEarly(loop))) return null;
  return {
    start: called.owner.end,
    end: call.func.end,
    message: isSame
      ? `${quoted(file, call)} is the same in every round, but each one runs it as a new Spark job. Call it once before the loop.`
      : `Each round runs ${quoted(file, call)} as a Spark job of its own, one after another. Ask for all at once, with one \`agg\`, \`groupBy\` or \`union\`.`,
    ...(isMeant && !isSame && { severity: 'hint' }),
  };
}
