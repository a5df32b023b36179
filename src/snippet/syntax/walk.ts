import type { Expression, Name, Node, Statement } from './ast.ts';

/** Direct children in the order of the text, as far as they are nodes. */
export function childNodes(node: Node): Node[] {
  switch (node.kind) {
    case 'Module':
      return node.body;
    case 'FunctionDef':
      return some(node.decorators, node.name, node.parameters, node.returns, node.body);
    case 'ClassDef':
      return some(node.decorators, node.name, node.bases, node.keywords, node.body);
    case 'Return':
      return some(node.value);
    case 'Delete':
      return node.targets;
    case 'Assign':
      return some(node.targets, node.value);
    case 'AugAssign':
      return [node.target, node.value];
    case 'AnnAssign':
      return some(node.target, node.annotation, node.value);
    case 'TypeAlias':
      return [node.name, node.value];
    case 'For':
      return some(node.target, node.iter, node.body, node.orelse);
    case 'While':
    case 'If':
      return some(node.test, node.body, node.orelse);
    case 'With':
      return some(node.items, node.body);
    case 'Match':
      return some(node.subject, node.cases);
    case 'Raise':
      return some(node.exception, node.cause);
    case 'Try':
      return some(node.body, node.handlers, node.orelse, node.finalbody);
    case 'Assert':
      return some(node.test, node.message);
    case 'Import':
    case 'ImportFrom':
      return node.names;
    case 'ExpressionStatement':
      return [node.value];
    case 'ExceptHandler':
      return some(node.type, node.name, node.body);
    case 'MatchCase':
      return some(node.binds, node.guard, node.body);
    case 'WithItem':
      return some(node.context, node.target);
    case 'Global':
    case 'Simple':
    case 'UnknownStatement':
    case 'Alias':
      return [];
    default:
      return childrenOfExpression(node);
  }
}

function childrenOfExpression(
  node: Expression | Extract<Node, { kind: 'Parameter' | 'Keyword' | 'Comprehension' }>,
): Node[] {
  switch (node.kind) {
    case 'FString':
      return node.values;
    case 'Attribute':
      return [node.value];
    case 'Subscript':
      return some(node.value, node.indices);
    case 'Slice':
      return node.parts;
    case 'Call':
      return some(node.func, node.args, node.keywords);
    case 'BinOp':
    case 'BoolOp':
      return [node.left, node.right];
    case 'UnaryOp':
      return [node.operand];
    case 'Compare':
      return node.operands;
    case 'Lambda':
      return some(node.parameters, node.body);
    case 'IfExp':
      return [node.body, node.test, node.orelse];
    case 'NamedExpr':
      return [node.target, node.value];
    case 'Sequence':
      return node.elements;
    case 'Dict':
      return node.items.flatMap(({ key, value }) => (key ? [key, value] : [value]));
    case 'Comp':
      return some(node.element, node.value, node.generators);
    case 'Starred':
    case 'Await':
    case 'Keyword':
      return [node.value];
    case 'Yield':
      return some(node.value);
    case 'Parameter':
      return some(node.name, node.annotation, node.default);
    case 'Comprehension':
      return some(node.target, node.iter, node.ifs);
    case 'Name':
    case 'Constant':
    case 'UnknownExpression':
      return [];
  }
}

/** The parts that are there. By hand: this runs for every node at every keystroke, where flatMap takes most of the time. */
function some(...parts: (Node | Node[] | null)[]): Node[] {
  const nodes: Node[] = [];
  for (const part of parts) {
    if (part === null) continue;
    if (Array.isArray(part)) for (const node of part) nodes.push(node);
    else nodes.push(part);
  }
  return nodes;
}

/**
 * The node and all below it, parents first.
 *
 * @param enter false leaves out what is below a node; that node itself is still given
 */
export function* walk(node: Node, enter: (node: Node) => boolean = () => true): Generator<Node> {
  yield node;
  if (!enter(node)) return;
  for (const child of childNodes(node)) yield* walk(child, enter);
}

/** Calls `visit` for the node and all below it, parents first: faster than `walk`. */
export function visitAll(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const child of childNodes(node)) visitAll(child, visit);
}

/** Whether a node runs later than its surroundings: the body of a function, lambda or generator expression begins here. */
export function isDeferred(node: Node): boolean {
  return node.kind === 'FunctionDef' || node.kind === 'Lambda';
}

/** The nodes around it, innermost first. */
export function* ancestors(node: Node): Generator<Node> {
  for (let at = node.parent; at !== null; at = at.parent) yield at;
}

/** The nearest node around it of that kind; null when there is none. */
export function enclosing<K extends Node['kind']>(node: Node, ...kinds: K[]): Extract<Node, { kind: K }> | null {
  for (const at of ancestors(node)) {
    if (isOneOf(at, kinds)) return at;
  }
  return null;
}

function isOneOf<K extends Node['kind']>(node: Node, kinds: readonly K[]): node is Extract<Node, { kind: K }> {
  return (kinds as readonly string[]).includes(node.kind);
}

/** The statement that a node belongs to; a statement is its own. */
export function statementOf(node: Node): Statement | null {
  for (let at: Node | null = node; at !== null; at = at.parent) {
    if ('broken' in at) return at;
  }
  return null;
}

/** The list of statements that a statement stands in, such as the body of its loop. */
export function blockOf(statement: Statement): Statement[] {
  const { parent } = statement;
  if (parent === null) return [];
  return blocksOf(parent).find(block => block.includes(statement)) ?? [];
}

/** The statement lists that a node holds itself. */
export function blocksOf(node: Node): Statement[][] {
  switch (node.kind) {
    case 'Module':
    case 'FunctionDef':
    case 'ClassDef':
    case 'With':
    case 'ExceptHandler':
    case 'MatchCase':
      return [node.body];
    case 'For':
    case 'While':
    case 'If':
      return [node.body, node.orelse];
    case 'Try':
      return [node.body, node.orelse, node.finalbody];
    default:
      return [];
  }
}

/** The innermost node that holds the whole range. */
export function nodeAt(root: Node, start: number, end: number): Node {
  for (let at = root; ; ) {
    const inner = childNodes(at).find(child => child.start <= start && child.end >= end);
    if (!inner) return at;
    at = inner;
  }
}

/** Moves a node and all below it by so many characters. */
export function shift(node: Node, by: number): void {
  if (by === 0) return;
  visitAll(node, each => {
    each.start += by;
    each.end += by;
    if (each.kind === 'Attribute') each.attrStart += by;
  });
}

/** Tells every node below this one who its parent is. */
export function link(node: Node): void {
  for (const child of childNodes(node)) {
    child.parent = node;
    link(child);
  }
}

/** The name that a chain of methods, attributes and subscripts begins with; null when it begins otherwise. */
export function rootName(expression: Expression): Name | null {
  for (let at = expression; ; ) {
    if (at.kind === 'Name') return at;
    if (at.kind === 'Attribute' || at.kind === 'Subscript') at = at.value;
    else if (at.kind === 'Call') at = at.func;
    else return null;
  }
}

/** Whether a node lies within another, or is it. */
export function holds(outer: Node, inner: Node): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}
