import type { Call, Expression, Name, Node, Statement } from '../snippet/syntax/ast.ts';
import { only } from '../snippet/syntax/scopes.ts';
import type { SourceFile } from '../snippet/syntax/sourceFile.ts';
import { words } from '../snippet/syntax/typeTable.ts';
import { attributeValues, classOf } from './callees.ts';
import { methodOf } from './calls.ts';

/** A lock that can be told from others. */
export interface Lock {
  /** What it is bound to first: the same for every use of one lock. */
  home: Node;
  /** `threading.Lock`. */
  type: string;
  /** Shared with other functions: bound in a module, a function around, or as an attribute. */
  isShared: boolean;
}

const kinds = 'Lock RLock Condition Semaphore BoundedSemaphore';
const lockTypes = new Set(
  ['threading', 'multiprocessing', 'asyncio'].flatMap(owner => words(kinds).map(kind => `${owner}.${kind}`)),
);

/** The lock, condition or semaphore that an expression certainly is: a name, or an attribute of `self`. */
export function lockOf(file: SourceFile, expression: Expression): Lock | null {
  if (expression.kind === 'Name') return lockOfName(file, expression);
  if (expression.kind !== 'Attribute' || expression.value.kind !== 'Name') return null;
  const owner = classOf(file, expression.value);
  const values = owner ? attributeValues(owner, expression.attr) : [];
  const [first] = values;
  const types = new Set(values.map(value => value && file.typeOf(value)));
  const [type = null] = types;
  if (!first || type === null || types.size > 1 || !lockTypes.has(type)) return null;
  return { home: first, type, isShared: true };
}

function lockOfName(file: SourceFile, name: Name): Lock | null {
  const type = file.typeOf(name);
  const binding = only(file.bindingsOf(name));
  if (type === null || !lockTypes.has(type) || !binding) return null;
  return {
    home: binding.node,
    type,
    isShared: binding.scope.kind === 'module' || binding.scope !== file.scopeOf(name),
  };
}

/** `lock.acquire()` or `lock.release()` as a statement of its own; with arguments, or its result used, it is something else. */
export function lockStatement(
  file: SourceFile,
  statement: Statement,
  method: 'acquire' | 'release',
): { call: Call; owner: Expression; lock: Lock } | null {
  if (statement.kind !== 'ExpressionStatement') return null;
  const { value } = statement;
  const call = value.kind === 'Await' ? value.value : value;
  if (call.kind !== 'Call' || call.args.length + call.keywords.length > 0) return null;
  const called = methodOf(call);
  const lock = called?.method === method ? lockOf(file, called.owner) : null;
  return called && lock ? { call, owner: called.owner, lock } : null;
}
