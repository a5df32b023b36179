import type { Call, Expression, FunctionDef, Lambda, Name, Node } from '../snippet/syntax/ast.ts';
import { isStore, only } from '../snippet/syntax/scopes.ts';
import type { SourceFile } from '../snippet/syntax/sourceFile.ts';
import { isDeferred, visitAll, walk } from '../snippet/syntax/walk.ts';

/** The nodes of a file by their kind: many rules ask, one walk answers. */
const byKind = new WeakMap<SourceFile, Map<Node['kind'], Node[]>>();

/** All nodes of that kind in a file, in the order of the text; none from broken statements at module level. */
export function nodesOf<K extends Node['kind']>(file: SourceFile, kind: K): readonly Extract<Node, { kind: K }>[] {
  let nodes = byKind.get(file);
  if (!nodes) {
    nodes = sortedByKind(file);
    byKind.set(file, nodes);
  }
  const found = nodes.get(kind) ?? [];
  return isAllOfKind(found, kind) ? found : [];
}

function sortedByKind(file: SourceFile): Map<Node['kind'], Node[]> {
  const nodes = new Map<Node['kind'], Node[]>();
  for (const statement of file.module.body) {
    if (statement.broken) continue;
    visitAll(statement, node => {
      const same = nodes.get(node.kind);
      if (same) same.push(node);
      else nodes.set(node.kind, [node]);
    });
  }
  return nodes;
}

/** Lists by kind hold nothing else; the compiler is told so. */
function isAllOfKind<K extends Node['kind']>(nodes: readonly Node[], kind: K): nodes is Extract<Node, { kind: K }>[] {
  return nodes.length === 0 || nodes[0]?.kind === kind;
}

/** The calls that happen when a node runs: those in functions and lambdas defined within it happen later, if ever. */
export function callsIn(node: Node): Call[] {
  const found: Call[] = [];
  for (const each of walk(node, inner => inner === node || !isDeferred(inner)))
    if (each.kind === 'Call') found.push(each);
  return found;
}

/** An argument by its place (0-based) or name; null when it isn't given, or hidden in `*args` or `**kwargs`. */
export function argument(call: Call, index: number | null, name: string): Expression | null {
  const byName = call.keywords.find(keyword => keyword.name === name);
  if (byName) return byName.value;
  if (index === null) return null;
  const before = call.args.slice(0, index + 1);
  return before.some(arg => arg.kind === 'Starred') ? null : (before[index] ?? null);
}

/** Whether a call has `*args` or `**kwargs`, so that what is not seen may still be given. */
export function hasUnpacking(call: Call): boolean {
  return call.args.some(arg => arg.kind === 'Starred') || call.keywords.some(keyword => keyword.name === null);
}

/** A method call as `owner.method(…)`: its name and what it is called on; null for other calls. */
export function methodOf(call: Call): { owner: Expression; method: string } | null {
  return call.func.kind === 'Attribute' ? { owner: call.func.value, method: call.func.attr } : null;
}

/** The whole number that an expression is; null when it isn't a literal. */
export function literalInteger(expression: Expression | null): number | null {
  if (expression?.kind !== 'Constant' || expression.type !== 'number') return null;
  const text = expression.text.replaceAll('_', '');
  return /^(\d+|0x[\da-f]+|0o[0-7]+|0b[01]+)$/i.test(text) ? Number(text) : null;
}

/** The text that an expression is; null when it isn't a literal. */
export function literalString(expression: Expression | null): string | null {
  return expression?.kind === 'Constant' && expression.type === 'string' ? expression.text : null;
}

/** The function of this file that an expression stands for; null when it is from elsewhere or not certain. */
export function functionOf(file: SourceFile, expression: Expression | null): FunctionDef | Lambda | null {
  if (expression === null) return null;
  if (expression.kind === 'Lambda') return expression;
  if (expression.kind !== 'Name') return null;
  const binding = only(file.reachingBindings(expression));
  if (!binding) return null;
  if (binding.node.kind === 'FunctionDef') return binding.node;
  return binding.kind === 'assign' && binding.value?.kind === 'Lambda' ? binding.value : null;
}

/** Every use of what a binding bound, in its scope and below, in the order of the text; the places that bind it are not uses. */
export function usesOf(file: SourceFile, name: Name): Name[] {
  const home = file.bindingsOf(name);
  const uses: Name[] = [];
  visitAll(home[0]?.scope.node ?? file.module, node => {
    if (node.kind !== 'Name' || node.id !== name.id) return;
    // The name of a parameter is bound in the function, but stands where names around it are looked up.
    if (!isStore(node) && file.bindingsOf(node) === home) uses.push(node);
  });
  return uses;
}
