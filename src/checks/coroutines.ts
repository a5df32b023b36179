import type { Call, FunctionDef, Node } from '../snippet/syntax/ast.ts';
import type { SourceFile } from '../snippet/syntax/sourceFile.ts';
import { words } from '../snippet/syntax/typeTable.ts';
import { ancestors } from '../snippet/syntax/walk.ts';
import { calleeOf, functionAround, isGenerator } from './callees.ts';
import { methodOf } from './calls.ts';

const known = new Set(
  words(`asyncio.sleep asyncio.wait asyncio.wait_for asyncio.to_thread asyncio.open_connection asyncio.open_unix_connection
    asyncio.start_server asyncio.start_unix_server asyncio.create_subprocess_exec asyncio.create_subprocess_shell`),
);
const knownMethods = new Set(
  words(`asyncio.Queue.put asyncio.Queue.get asyncio.Queue.join asyncio.Lock.acquire asyncio.Semaphore.acquire
    asyncio.BoundedSemaphore.acquire asyncio.Event.wait asyncio.Condition.wait asyncio.Condition.wait_for asyncio.Condition.acquire`),
);

/** The `async def` in whose own code a node runs; null elsewhere, also in functions and lambdas within one. */
export function coroutineAround(node: Node): FunctionDef | null {
  const around = functionAround(node);
  return around?.isAsync ? around : null;
}

/** Whether `await` may stand where a node is: in an `async def`, and at the top level of a notebook's cells. */
export function mayAwait(file: SourceFile, node: Node): boolean {
  if (functionAround(node)) return coroutineAround(node) !== null;
  return file.kind === 'cells' && file.scopeOf(node) === file.scopes.module;
}

/** Whether a call certainly gives a coroutine, which runs only when it is awaited or made a task. */
export function givesCoroutine(file: SourceFile, call: Call): boolean {
  const name = file.qualifiedName(call.func);
  if (name !== null && known.has(name)) return true;
  const method = methodOf(call);
  const type = method ? file.typeOf(method.owner) : null;
  if (method && type !== null) return knownMethods.has(`${type}.${method.method}`);
  const callee = calleeOf(file, call.func);
  // A decorator may make anything of it.
  return callee?.kind === 'FunctionDef' && callee.isAsync && callee.decorators.length === 0 && !isGenerator(callee);
}

/** Whether a node stands in a test's `with` that wants a warning or an exception from it. */
export function isExpectedToFail(file: SourceFile, node: Node): boolean {
  for (const at of ancestors(node)) {
    if (at.kind !== 'With') continue;
    if (at.items.some(({ context }) => /warn|raises/i.test(file.textOf(context)))) return true;
  }
  return false;
}
