import type { ExpressionStatement } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import type { Finding, Fix, Rule } from '../check.ts';
import { givesCoroutine, isExpectedToFail, mayAwait } from '../coroutines.ts';
import { insert } from '../edits.ts';

export const unawaitedCoroutine: Rule = {
  code: 'RIP242',
  title: 'A coroutine that is never awaited',
  severity: 'warning',
  check: file => {
    if (!/\basync(io)?\b/.test(file.text)) return [];
    return file.calls.flatMap(call => {
      const { parent } = call;
      if (parent?.kind !== 'ExpressionStatement' || parent.broken || !givesCoroutine(file, call)) return [];
      return isExpectedToFail(file, parent) ? [] : [findingOf(file, parent)];
    });
  },
};

function findingOf(file: SourceFile, statement: ExpressionStatement): Finding {
  const { value, start, end } = statement;
  const called = value.kind === 'Call' ? file.textOf(value.func) : '';
  const fixes: Fix[] = mayAwait(file, statement) ? [{ title: 'Await it', edits: [insert(start, 'await ')] }] : [];
  const remedy = fixes.length > 0 ? 'Await it.' : 'Await it in an `async def`, or start it with `asyncio.run`.';
  return { start, end, message: `\`${called}(…)\` only makes a coroutine: nothing of it runs. ${remedy}`, fixes };
}
