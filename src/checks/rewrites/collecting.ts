import type { Assign, Expression, For, Name, Node, Statement } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { ancestors, blockOf, isDeferred, nodeAt, statementOf, visitAll, walk } from '../../snippet/syntax/walk.ts';
import { usesOf } from '../calls.ts';
import { ownsLines } from '../edits.ts';

/** A list that is filled from an iterable: by a loop that appends, or by a comprehension. */
export interface Collecting {
  form: 'loop' | 'comprehension';
  /** What stands there now: `results = []` to the loop's end, or the assignment. */
  start: number;
  end: number;
  statement: Assign;
  /** The list. */
  name: Name;
  target: Expression;
  iter: Expression;
  test: Expression | null;
  element: Expression;
}

/** The innermost such list at a range of the text, where it may take any other form; null when there is none. */
export function collectingAt(file: SourceFile, start: number, end: number): Collecting | null {
  const at = nodeAt(file.module, start, end);
  for (const node of [at, ...ancestors(at)]) {
    if (isDeferred(node) || node.kind === 'ClassDef') return null;
    const found =
      node.kind === 'For'
        ? ofLoop(file, node)
        : node.kind === 'Assign'
          ? (ofComprehension(node) ?? ofNext(file, node))
          : null;
    if (found) return isMovable(file, found) ? found : null;
  }
  return null;
}

/** `results = []`, with the loop as the next statement. */
function ofNext(file: SourceFile, statement: Assign): Collecting | null {
  const block = blockOf(statement);
  const next = block[block.indexOf(statement) + 1];
  return next?.kind === 'For' ? ofLoop(file, next) : null;
}

function ofLoop(file: SourceFile, loop: For): Collecting | null {
  const block = blockOf(loop);
  const statement = block[block.indexOf(loop) - 1];
  const [only, ...more] = loop.body;
  if (loop.isAsync || loop.orelse.length > 0 || loop.broken || !only || more.length > 0) return null;
  if (statement?.kind !== 'Assign' || statement.targets.length !== 1 || statement.broken) return null;
  const [name] = statement.targets;
  const isEmpty =
    statement.value.kind === 'Sequence' && statement.value.type === 'list' && statement.value.elements.length === 0;
  if (name?.kind !== 'Name' || !isEmpty) return null;
  const test = only.kind === 'If' && only.orelse.length === 0 && only.body.length === 1 ? only.test : null;
  const element = appended(test && only.kind === 'If' ? only.body[0] : only, name);
  if (!element || usedOutside(file, loop)) return null;
  return {
    form: 'loop',
    start: statement.start,
    end: loop.end,
    statement,
    name,
    target: loop.target,
    iter: loop.iter,
    test,
    element,
  };
}

/** What `name.append(element)` appends. */
function appended(statement: Statement | undefined, name: Name): Expression | null {
  const call = statement?.kind === 'ExpressionStatement' ? statement.value : null;
  if (call?.kind !== 'Call' || call.func.kind !== 'Attribute' || call.func.attr !== 'append') return null;
  const { value } = call.func;
  const [element, ...more] = call.args;
  if (value.kind !== 'Name' || value.id !== name.id || more.length + call.keywords.length > 0) return null;
  return element ?? null;
}

/** Whether names that the loop binds are used anywhere but in it. */
function usedOutside(file: SourceFile, loop: For): boolean {
  const names = namesOf(loop.target);
  return (
    names === null ||
    names.some(name => {
      const inLoop = (node: Node) => loop.start <= node.start && node.end <= loop.end;
      return file.bindingsOf(name).some(({ node }) => !inLoop(node)) || !usesOf(file, name).every(inLoop);
    })
  );
}

function ofComprehension(statement: Assign): Collecting | null {
  const [name, ...others] = statement.targets;
  const { value } = statement;
  if (name?.kind !== 'Name' || others.length > 0 || value.kind !== 'Comp' || value.type !== 'list' || statement.broken)
    return null;
  const [generator, ...more] = value.generators;
  if (!generator || generator.isAsync || more.length > 0 || generator.ifs.length > 1) return null;
  const { target, iter, ifs } = generator;
  const { start, end } = statement;
  return {
    form: 'comprehension',
    start,
    end,
    statement,
    name,
    target,
    iter,
    test: ifs[0] ?? null,
    element: value.element,
  };
}

/** Whether a name of a comprehension means something around it too: a loop would bind it there. */
export function bindsAnew(file: SourceFile, { statement, target }: Collecting): boolean {
  const names = namesOf(target)?.map(name => name.id) ?? null;
  if (names === null) return true;
  const around = file.scopeOf(statement).node;
  let taken = false;
  visitAll(around, node => {
    if (node.kind !== 'Name' || !names.includes(node.id)) return;
    if (node.start >= statement.start && node.end <= statement.end) return;
    const bindings = file.bindingsOf(node);
    const isInner = (at: Node) => at !== around && at.start >= around.start && at.end <= around.end;
    if (bindings.length === 0 || !bindings.every(({ scope }) => isInner(scope.node))) taken = true;
  });
  return taken;
}

/** The names of `x` or `a, b`; null for other targets. */
function namesOf(target: Expression): Name[] | null {
  if (target.kind === 'Name') return [target];
  if (target.kind !== 'Sequence') return null;
  const parts = target.elements.map(namesOf);
  return parts.every(part => part !== null) ? parts.flat() : null;
}

const scopeBound = new Set(['super', 'locals', 'vars', 'eval', 'exec', 'dir']);

/** Whether nothing in it depends on which of the forms it has. */
function isMovable(
  file: SourceFile,
  { start, end, statement, name, target, iter, test, element }: Collecting,
): boolean {
  const last = statementOf(element) ?? statement;
  const parts = test ? [target, iter, test, element] : [target, iter, element];
  for (const node of parts.flatMap(part => [...walk(part)])) {
    if (
      node.kind === 'Lambda' ||
      node.kind === 'NamedExpr' ||
      node.kind === 'Yield' ||
      node.kind === 'UnknownExpression'
    )
      return false;
    if (node.kind === 'Name' && (node.id === name.id || scopeBound.has(node.id))) return false;
  }
  if (parts.some(part => file.textOf(part).includes('\n'))) return false;
  if (element.kind === 'Starred' || (element.kind === 'Comp' && element.type === 'generator')) return false;
  if (file.scopeOf(statement).kind === 'class' || isReadByOthers(file, name)) return false;
  if (/#/.test(file.text.slice(start, end)) || isInTry(statement)) return false;
  return ownsLines(file, statement, statement) && ownsLines(file, last, last);
}

/** Whether functions see the list: they may look at it while it is filled. */
function isReadByOthers(file: SourceFile, name: Name): boolean {
  const scope = file.scopeOf(name);
  if (file.bindingsOf(name).some(binding => binding.scope !== scope)) return true;
  return usesOf(file, name).some(use => {
    for (let at: Node | null = use; at !== null && at !== scope.node; at = at.parent) if (isDeferred(at)) return true;
    return false;
  });
}

/** Whether an exception may be caught where the list is still seen, half filled. */
export function isInTry(statement: Statement): boolean {
  for (const at of ancestors(statement)) {
    if (isDeferred(at)) return false;
    if (at.kind === 'Try') return true;
  }
  return false;
}

/** An expression as it may stand behind `in` or `if` of a comprehension, or as an argument. */
export function enclosed(file: SourceFile, expression: Expression): string {
  const text = file.textOf(expression);
  const isBare = expression.kind === 'Sequence' && expression.type === 'tuple' && !text.startsWith('(');
  return isBare || expression.kind === 'IfExp' || expression.kind === 'Lambda' ? `(${text})` : text;
}
