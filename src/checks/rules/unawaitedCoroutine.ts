import type { ExpressionStatement } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { ancestors } from '../../snippet/syntax/walk.ts';
import type { Finding, Fix, Rule } from '../check.ts';
import { givesCoroutine, mayAwait } from '../coroutines.ts';
import { insert } from '../edits.ts';

export const unawaitedCoroutine: Rule = {
  code: 'RIP242',
  title: 'A coroutine that is never awaited',
  severity: 'warning',
  check: file =>
    file.calls.flatMap(call => {
      const { parent } = call;
      if (parent?.kind !== 'ExpressionStatement' || parent.broken || !givesCoroutine(file, call)) return [];
      return isExpected(file, parent) ? [] : [findingOf(file, parent)];
    }),
};

function findingOf(file: SourceFile, statement: ExpressionStatement): Finding {
  const { value, start, end } = statement;
  const called = value.kind === 'Call' ? file.textOf(value.func) : '';
  const fixes: Fix[] = mayAwait(file, statement) ? [{ title: 'Await it', edits: [insert(start, 'await ')] }] : [];
  const remedy = fixes.length > 0 ? 'Await it.' : 'Await it in an `async def`, or start it with `asyncio.run`.';
  return { start, end, message: `\`${called}(…)\` only makes a coroutine: nothing of it runs. ${remedy}`, fixes };
}

/** Tests that want the warning, or the error, that comes of it. */
function isExpected(file: SourceFile, statement: ExpressionStatement): boolean {
  for (const at of ancestors(statement)) {
    if (at.kind !== 'With') continue;
    if (at.items.some(({ context }) => /warn|raises/i.test(file.textOf(context)))) return true;
  }
  return false;
}
