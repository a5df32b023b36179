import type { Assign, ClassDef, Expression, FunctionDef, Lambda, Name, Node } from '../snippet/syntax/ast.ts';
import { only } from '../snippet/syntax/scopes.ts';
import type { SourceFile } from '../snippet/syntax/sourceFile.ts';
import { childNodes, isDeferred, visitAll } from '../snippet/syntax/walk.ts';
import { functionOf } from './calls.ts';

/** The function or method of this file that an expression stands for: `work`, `self.work`, `counter.work`; null when not certain. */
export function calleeOf(file: SourceFile, expression: Expression | null): FunctionDef | Lambda | null {
  if (expression?.kind !== 'Attribute') return functionOf(file, expression);
  const owner = expression.value.kind === 'Name' ? classOf(file, expression.value) : null;
  return owner ? methodNamed(owner, expression.attr) : null;
}

/** The class of the file that a name is an instance of: `self` in a method, `counter` after `counter = Counter()`; null when not certain. */
export function classOf(file: SourceFile, name: Name): ClassDef | null {
  const binding = only(file.bindingsOf(name));
  if (!binding) return null;
  const { node } = binding;
  if (node.kind === 'Parameter') return classOfSelf(node.parent, node);
  const made = binding.kind === 'assign' && binding.value?.kind === 'Call' ? binding.value.func : null;
  if (made?.kind !== 'Name') return null;
  const definition = only(file.bindingsOf(made))?.node;
  return definition?.kind === 'ClassDef' ? definition : null;
}

/** The class of a method whose first parameter it is. */
function classOfSelf(method: Node | null, parameter: Node): ClassDef | null {
  if (method?.kind !== 'FunctionDef' || method.parameters[0] !== parameter || method.parent?.kind !== 'ClassDef')
    return null;
  return method.decorators.length === 0 ? method.parent : null;
}

/** A method that is defined once, and never replaced on an instance; null otherwise. */
function methodNamed(owner: ClassDef, name: string): FunctionDef | null {
  const named = owner.body.filter(each => each.kind === 'FunctionDef' && each.name.id === name);
  const [method, ...more] = named;
  if (method?.kind !== 'FunctionDef' || more.length > 0) return null;
  return attributeValues(owner, name).length === 0 ? method : null;
}

type Attributes = ReadonlyMap<string, (Expression | null)[]>;

/** A class is asked for many of its attributes, at every keystroke; as long as its text stays the same it stays the same node. */
const attributesOf = new WeakMap<ClassDef, Attributes>();

/** What `self.name = …` and `name = …` in a class give that attribute; null stands for a value that is not visible. */
export function attributeValues(owner: ClassDef, name: string): readonly (Expression | null)[] {
  const attributes = attributesOf.get(owner) ?? readAttributes(owner);
  attributesOf.set(owner, attributes);
  return attributes.get(name) ?? [];
}

function readAttributes(owner: ClassDef): Attributes {
  const attributes = new Map<string, (Expression | null)[]>();
  visitAll(owner, node => {
    if (node.kind !== 'Assign' && node.kind !== 'AnnAssign') return;
    const targets = node.kind === 'Assign' ? flat(node) : [node.target];
    for (const target of targets) {
      const isOwn = target.kind === 'Name' && node.parent === owner;
      const name = isOwn ? target.id : target.kind === 'Attribute' ? target.attr : null;
      if (name === null) continue;
      const isWhole = node.kind === 'AnnAssign' || node.targets.includes(target);
      const values = attributes.get(name) ?? [];
      values.push(isWhole ? node.value : null);
      attributes.set(name, values);
    }
  });
  return attributes;
}

function flat(node: Assign): Expression[] {
  return node.targets.flatMap(target => (target.kind === 'Sequence' ? target.elements : [target]));
}

/** The function in whose own code a node runs: null at module level, in a class body, a lambda or a generator expression. */
export function functionAround(node: Node): FunctionDef | null {
  let below = node;
  for (let at = node.parent; at !== null; below = at, at = at.parent) {
    if (at.kind === 'FunctionDef' && 'broken' in below && at.body.includes(below)) return at;
    if (at.kind === 'Lambda' && at.body === below) return null;
    if (at.kind === 'ClassDef') return null;
    if (at.kind === 'Comp' && at.type === 'generator') return null;
  }
  return null;
}

/** Whether a function's own body has a `yield`: calling it runs nothing. */
export function isGenerator(work: FunctionDef): boolean {
  return work.body.some(function yields(node: Node): boolean {
    if (node.kind === 'Yield') return true;
    if (isDeferred(node) || node.kind === 'ClassDef') return false;
    return childNodes(node).some(yields);
  });
}
