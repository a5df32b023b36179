import type { Comp, Expression, For, Name, Node, While } from '../snippet/syntax/ast.ts';
import type { SourceFile } from '../snippet/syntax/sourceFile.ts';
import { isDeferred, statementOf, walk } from '../snippet/syntax/walk.ts';
import { namesIn } from './lazy.ts';

export type Loop = For | While | Comp;

/** The innermost loop or comprehension that runs a node once per round; null when there is none in its function. */
export function loopAround(node: Node): Loop | null {
  for (let below = node, at = node.parent; at !== null; below = at, at = at.parent) {
    if (isDeferred(at) || at.kind === 'ClassDef') return null;
    if ((at.kind === 'For' || at.kind === 'While') && 'broken' in below && at.body.includes(below)) return at;
    if (at.kind === 'While' && below === at.test) return at;
    if (
      at.kind === 'Comp' &&
      !(below.kind === 'Comprehension' && below === at.generators[0] && isIter(node, below.iter))
    )
      return at;
  }
  return null;
}

function isIter(node: Node, iter: Expression): boolean {
  return iter.start <= node.start && node.end <= iter.end;
}

/** Whether a loop ends before its time: what is in it may be asked for one by one on purpose. */
export function canLeaveEarly(loop: Loop): boolean {
  if (loop.kind === 'Comp') return false;
  return loop.body.some(statement =>
    [...walk(statement, inner => !isDeferred(inner))].some(
      node => (node.kind === 'Simple' && node.word === 'break') || node.kind === 'Return',
    ),
  );
}

/** Names of an expression that the loop binds: at its head, or in its body. */
export function namesFromLoop(file: SourceFile, expression: Expression, loop: Loop): Name[] {
  return namesIn(expression).filter(name =>
    file.bindingsOf(name).some(({ node }) => loop.start <= node.start && node.end <= loop.end),
  );
}

/** Whether an expression needs what an earlier round gave: it reads a name, itself or through another, that is bound at it or later. */
export function needsEarlierRound(file: SourceFile, expression: Expression, loop: Loop): boolean {
  const here = statementOf(expression)?.start ?? expression.start;
  const seen = new Set<Node>();
  const reads = (at: Expression): boolean =>
    namesFromLoop(file, at, loop).some(name =>
      file.bindingsOf(name).some(({ node, kind, value }) => {
        if (node.start < loop.start || node.end > loop.end || seen.has(node)) return false;
        seen.add(node);
        if (kind === 'for') return false;
        return kind === 'augmented' || node.start >= here || (value !== null && reads(value));
      }),
    );
  return loop.kind !== 'Comp' && reads(expression);
}

/** Whether a loop stores into `name[…]` or `name.…`, so that the value of the name changes without a new binding. */
export function isChangedIn(loop: Loop, id: string): boolean {
  if (loop.kind === 'Comp') return false;
  return [...walk(loop)].some(node => {
    const targets = node.kind === 'Assign' ? node.targets : node.kind === 'AugAssign' ? [node.target] : [];
    return targets.some(
      target =>
        (target.kind === 'Subscript' || target.kind === 'Attribute') &&
        target.value.kind === 'Name' &&
        target.value.id === id,
    );
  });
}
