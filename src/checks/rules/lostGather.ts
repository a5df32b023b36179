import type { Call, Expression, Statement } from '../../snippet/syntax/ast.ts';
import { only } from '../../snippet/syntax/scopes.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { functionAround } from '../callees.ts';
import { callsIn, methodOf, usesOf } from '../calls.ts';
import type { Finding, Fix, Rule } from '../check.ts';
import { isExpectedToFail, mayAwait } from '../coroutines.ts';
import { insert } from '../edits.ts';

export const lostGather: Rule = {
  code: 'RIP244',
  title: 'Results of gather that are lost',
  severity: 'warning',
  check: file => {
    if (!file.text.includes('gather')) return [];
    return file.calls.flatMap(call => {
      if (file.qualifiedName(call.func) !== 'asyncio.gather' || isExpectedToFail(file, call)) return [];
      const { parent } = call;
      if (parent?.kind === 'ExpressionStatement' && !parent.broken) return [notAwaited(file, call)];
      const statement = parent?.kind === 'Await' ? parent.parent : null;
      if (statement?.kind !== 'ExpressionStatement' || statement.broken) return [];
      return hidesExceptions(file, call, statement) ? [exceptionsVanish(statement)] : [];
    });
  },
};

function notAwaited(file: SourceFile, call: Call): Finding {
  const called = file.textOf(call.func);
  const fixes: Fix[] = mayAwait(file, call) ? [{ title: 'Await it', edits: [insert(call.start, 'await ')] }] : [];
  const message =
    `Nobody awaits \`${called}(…)\`: the code goes on before the work is done, and results and exceptions are lost. ` +
    (fixes.length > 0 ? 'Await it.' : 'Await it in an `async def`.');
  return { start: call.start, end: call.end, message, fixes };
}

function exceptionsVanish({ start, end }: Statement): Finding {
  const message =
    'With `return_exceptions=True` exceptions are among the results, and the results are thrown away: whatever fails, ' +
    'fails silently. Look at the results, or leave the argument out.';
  return { start, end, severity: 'information', message };
}

/** Not where tasks that were asked to stop are waited for, nor where the tasks are looked at afterwards. */
function hidesExceptions(file: SourceFile, call: Call, statement: Statement): boolean {
  if (
    !call.keywords.some(
      ({ name, value }) => name === 'return_exceptions' && value.kind === 'Constant' && value.type === 'True',
    )
  )
    return false;
  const around = functionAround(statement);
  const before = callsIn(around ?? file.module).filter(({ start }) => start < statement.start);
  if (before.some(each => methodOf(each)?.method === 'cancel')) return false;
  return !call.args.some(arg => isUsedElsewhere(file, arg, statement));
}

/** Whether a gathered task has a name by which others may ask for its result. */
function isUsedElsewhere(file: SourceFile, arg: Expression, statement: Statement): boolean {
  const value = arg.kind === 'Starred' ? arg.value : arg;
  if (value.kind !== 'Name') return value.kind !== 'Call' && value.kind !== 'Comp' && value.kind !== 'Sequence';
  if (only(file.bindingsOf(value))?.kind !== 'assign') return true;
  return usesOf(file, value).some(use => use.start > statement.end);
}
