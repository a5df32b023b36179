import type { Call, Comp, Expression, Name, Node } from '../snippet/syntax/ast.ts';
import { only } from '../snippet/syntax/scopes.ts';
import type { SourceFile } from '../snippet/syntax/sourceFile.ts';
import { isDeferred } from '../snippet/syntax/walk.ts';
import { literalInteger, usesOf } from './calls.ts';
import type { Handed } from './concurrency.ts';

/** Calls that give as many items as they are given. */
const sameLength = new Set(
  ['enumerate', 'reversed', 'sorted', 'list', 'tuple', 'iter'].map(name => `builtins.${name}`),
);

/** How many items an iterable gives at most; null when the text doesn't tell. */
export function countItems(file: SourceFile, iterable: Expression): number | null {
  switch (iterable.kind) {
    case 'Sequence':
      return iterable.elements.some(each => each.kind === 'Starred') ? null : iterable.elements.length;
    case 'Dict':
      return iterable.items.some(({ key }) => key === null) ? null : iterable.items.length;
    case 'Comp':
      return product(file, iterable);
    case 'Call':
      return ofCall(file, iterable);
    case 'Name':
      return ofName(file, iterable);
    default:
      return null;
  }
}

function product(file: SourceFile, { generators }: Comp): number | null {
  const counts = generators.map(({ iter }) => countItems(file, iter));
  return counts.reduce((all, count) => (all === null || count === null ? null : all * count), 1);
}

function ofCall(file: SourceFile, { func, args, keywords }: Call): number | null {
  const name = file.qualifiedName(func);
  const [first, ...more] = args;
  if (name === null || !first || args.some(each => each.kind === 'Starred')) return null;
  if (name === 'builtins.range') return keywords.length === 0 ? ofRange(args) : null;
  if (name === 'builtins.zip') return shortest(file, args);
  return sameLength.has(name) && (more.length === 0 || name === 'builtins.enumerate') ? countItems(file, first) : null;
}

function ofRange(args: readonly Expression[]): number | null {
  const [a = null, b = null, c = null] = args.map(literalInteger);
  if (args.length === 1) return a;
  if (a === null || b === null || (args.length === 3 && !c)) return null;
  return Math.max(0, Math.ceil((b - a) / (c ?? 1)));
}

/** `map` and `zip` end with the shortest of what they are given: one known length is enough for an upper bound. */
export function shortest(file: SourceFile, iterables: readonly Expression[]): number | null {
  const known = iterables.map(each => countItems(file, each)).filter(count => count !== null);
  return known.length > 0 ? Math.min(...known) : null;
}

function ofName(file: SourceFile, name: Name): number | null {
  const binding = only(file.bindingsOf(name));
  if (binding?.kind !== 'assign' || !binding.value) return null;
  const { value } = binding;
  const isFixed = value.kind === 'Sequence' && value.type === 'tuple';
  return isFixed || usesOf(file, name).every(use => keepsLength(file, use)) ? countItems(file, value) : null;
}

/** Whether a use of a list only reads it. */
function keepsLength(file: SourceFile, use: Name): boolean {
  const { parent } = use;
  switch (parent?.kind) {
    case 'For':
    case 'Comprehension':
      return parent.iter === use;
    case 'Subscript':
      return (
        parent.value === use && parent.parent?.kind !== 'Delete' && !parent.indices.some(each => each.kind === 'Slice')
      );
    case 'Call':
      return parent.func.kind === 'Attribute'
        ? /^(map|imap|starmap|imap_unordered|map_async|starmap_async)$/.test(parent.func.attr)
        : file.qualifiedName(parent.func)?.startsWith('builtins.') === true;
    case 'Compare':
    case 'ExpressionStatement':
    case 'FString':
      return true;
    default:
      return false;
  }
}

/** How many tasks a call hands to a pool at most, over the whole life of the pool; null when the text doesn't tell. */
export function countTasks(file: SourceFile, { call, method }: Handed, maker: Node): number | null {
  const isMap = method !== 'submit' && !method.startsWith('apply');
  const named = call.keywords.filter(({ name }) => name === 'iterable').map(({ value }) => value);
  const isStar = method.startsWith('starmap') || method.includes('imap') || method === 'map_async';
  const iterables = isStar ? call.args.slice(1, 2) : call.args.slice(1);
  let count = isMap ? shortest(file, [...iterables, ...named]) : 1;
  for (
    let around = call.parent, below: Node = call;
    around !== null && count !== null;
    below = around, around = around.parent
  ) {
    if (around.start <= maker.start && maker.end <= around.end) return count;
    if (isDeferred(around) || around.kind === 'While' || around.kind === 'ClassDef') return null;
    if (around.kind === 'For' && around.iter !== below) count = times(count, countItems(file, around.iter));
    if (around.kind === 'Comp') count = times(count, product(file, around));
  }
  return null;
}

function times(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a * b;
}
