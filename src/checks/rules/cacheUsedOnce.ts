import type { Assign, Call, Expression, Name, Node } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { methodOf, nodesOf, usesOf } from '../calls.ts';
import type { Finding, Rule } from '../check.ts';
import { engineOf, mentions, quoted } from '../lazy.ts';
import { loopAround } from '../loops.ts';
import { sparkActions } from '../sparkFrames.ts';

/** RIP329: rows are kept, and a single action reads them. */
export const cacheUsedOnce: Rule = {
  code: 'RIP329',
  title: 'A Spark cache that is read once',
  severity: 'information',
  check(file) {
    if (!mentions(file, 'pyspark') || !mentions(file, '.cache(', '.persist(')) return [];
    return nodesOf(file, 'Assign').flatMap(assign => ofAssign(file, assign) ?? []);
  },
};

function ofAssign(file: SourceFile, assign: Assign): Finding | null {
  const [target, ...more] = assign.targets;
  const { value } = assign;
  if (target?.kind !== 'Name' || more.length > 0 || value.kind !== 'Call' || file.bindingsOf(target).length !== 1)
    return null;
  const called = methodOf(value);
  if ((called?.method !== 'cache' && called?.method !== 'persist') || engineOf(file, value) !== 'Spark') return null;
  // A frame that has a name is kept for that name as well, and Spark takes the same steps elsewhere from the cache too.
  if (called.owner.kind !== 'Call' || isElsewhere(file, called.owner)) return null;
  const use = onlyUse(file, target, assign);
  if (!use) return null;
  const method = methodOf(use)?.method ?? '';
  return {
    start: called.owner.end,
    end: value.end,
    message: `${quoted(file, called.owner)} is kept, but only \`${method}()\` ever reads it: keeping it takes memory and time for nothing.`,
    related: [{ start: use.start, end: use.end, message: 'The only use of it.' }],
    fixes: [{ title: `Remove .${called.method}()`, edits: [{ start: called.owner.end, end: value.end, newText: '' }] }],
  };
}

function isElsewhere(file: SourceFile, owner: Expression): boolean {
  const text = file.textOf(owner);
  return file.text.indexOf(text) !== file.text.lastIndexOf(text);
}

/** The action that is all that is done with a name, once, where it is bound; null: something else may read it. */
function onlyUse(file: SourceFile, target: Name, assign: Assign): Call | null {
  // A later cell may read it, also one that is not written yet.
  if (file.kind === 'cells' && assign.parent?.kind === 'Module') return null;
  const [use, ...more] = usesOf(file, target);
  if (!use || more.length > 0 || file.scopeOf(use) !== file.scopeOf(target)) return null;
  if (loopAround(use) !== loopAround(assign)) return null;
  let last: Call | null = null;
  for (let at: Expression = use; ; ) {
    const attribute: Node | null = at.parent;
    const call: Node | null | undefined = attribute?.parent;
    if (attribute?.kind !== 'Attribute' || attribute.value !== at || call?.kind !== 'Call' || call.func !== attribute)
      break;
    last = call;
    at = call;
  }
  const called = last && methodOf(last);
  return called && sparkActions.has(called.method) && engineOf(file, called.owner) === 'Spark' ? last : null;
}
