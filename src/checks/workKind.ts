import type { Call, Expression, FunctionDef, Lambda, Node } from '../snippet/syntax/ast.ts';
import type { SourceFile } from '../snippet/syntax/sourceFile.ts';
import { walk } from '../snippet/syntax/walk.ts';
import { argument, functionOf, literalInteger, methodOf } from './calls.ts';

/**
 * What a function spends its time with. `cpu`: it computes in Python itself, with the GIL held, for a while. `io`: it waits, for the
 * network, a child process or the clock, and does next to nothing else. `unknown`: anything else, or not certain.
 */
export type WorkKind = 'cpu' | 'io' | 'unknown';

/** Functions of the file are followed so far down. */
const deepest = 3;
/** A loop over fewer numbers than that is no work. */
const fewTurns = 1000;

const waitingCalls = new Set([
  'time.sleep',
  'urllib.request.urlopen',
  'urllib.request.urlretrieve',
  'socket.create_connection',
  'socket.getaddrinfo',
  'socket.gethostbyname',
  'subprocess.run',
  'subprocess.call',
  'subprocess.check_call',
  'subprocess.check_output',
  'os.system',
  ...'get post put delete head patch request'.split(' ').flatMap(name => [`requests.${name}`, `httpx.${name}`]),
]);
/** Calls that take no time worth a thought, whatever they are given. */
const trivialCalls = new Set(
  `builtins.print builtins.len builtins.str builtins.int builtins.float builtins.repr builtins.isinstance builtins.getattr builtins.id
  time.time time.perf_counter time.monotonic os.getpid threading.get_ident threading.current_thread multiprocessing.current_process
  os.path.join os.path.basename os.path.exists random.random random.randint random.uniform random.choice`.split(/\s+/),
);
/** Calls that hold the GIL while they compute. */
const pureCalls = new Set(
  `range len abs min max sum int float bool str divmod pow round enumerate zip reversed isinstance ord chr tuple list set dict sorted
  any all bin hex`
    .split(/\s+/)
    .map(name => `builtins.${name}`),
);
const pureModules = /^(math|cmath|random|itertools|operator|fractions|decimal|heapq|bisect|statistics)\./;
/** Methods of lists, dicts, sets and texts; those of values that are no parameters. */
const pureMethods = new Set(
  'append extend add pop get items keys values setdefault insert sort index count update'.split(' '),
);
/** Methods of what a request gave. */
const answerMethods = new Set(
  'read json text decode encode strip split splitlines close raise_for_status getcode status format join append put sendall recv'.split(
    ' ',
  ),
);
/** Libraries whose values calculate outside of Python, and mostly without the GIL. */
const nativeLibraries =
  /^(numpy|pandas|torch|tensorflow|jax|cupy|numba|scipy|polars|dask|sklearn|cython|mpmath|sympy|gmpy2)\b/;

/** What an expression that stands for a function does when it is called. */
export function workKindOf(file: SourceFile, work: Expression | null): WorkKind {
  if (work === null) return 'unknown';
  const name = file.qualifiedName(work);
  if (name !== null) return waitingCalls.has(name) ? 'io' : 'unknown';
  if (work.kind === 'Call' && file.qualifiedName(work.func) === 'functools.partial')
    return workKindOf(file, argument(work, 0, 'func'));
  const called = functionOf(file, work);
  return called ? kindOfFunction(file, called) : 'unknown';
}

/** What a function of the file does. */
export function kindOfFunction(file: SourceFile, called: FunctionDef | Lambda): WorkKind {
  if (called.kind === 'FunctionDef' && (called.isAsync || called.broken || called.decorators.length > 0))
    return 'unknown';
  if (isWaiting(file, called)) return 'io';
  return !usesNative(file) && computes(file, called, new Set(), deepest) && hasWork(file, called, new Set())
    ? 'cpu'
    : 'unknown';
}

function* bodyOf(called: FunctionDef | Lambda): Generator<Node> {
  const parts: Node[] = called.kind === 'Lambda' ? [called.body] : called.body;
  for (const part of parts) yield* walk(part);
}

function usesNative(file: SourceFile): boolean {
  if (file.scopes.stars.length > 0) return true;
  for (const bindings of file.scopes.module.bindings.values())
    if (bindings.some(({ imported }) => imported !== null && nativeLibraries.test(imported))) return true;
  return false;
}

/** At least one call waits, the others take no time, and there is no loop that computes. */
function isWaiting(file: SourceFile, called: FunctionDef | Lambda): boolean {
  let waits = false;
  for (const node of bodyOf(called)) {
    if (node.kind === 'Yield' || node.kind === 'Await' || node.kind === 'FunctionDef' || node.kind === 'While')
      return false;
    if (node.kind === 'Comp' || (node.kind === 'For' && !holdsWait(file, node))) return false;
    if (node.kind !== 'Call') continue;
    if (isWait(file, node)) waits = true;
    else if (!isTrivial(file, node)) return false;
  }
  return waits;
}

function isWait(file: SourceFile, call: Call): boolean {
  const name = file.qualifiedName(call.func);
  return name !== null && waitingCalls.has(name);
}

function holdsWait(file: SourceFile, loop: Node): boolean {
  for (const node of walk(loop)) if (node.kind === 'Call' && isWait(file, node)) return true;
  return false;
}

function isTrivial(file: SourceFile, call: Call): boolean {
  const name = file.qualifiedName(call.func);
  if (name !== null)
    return (
      trivialCalls.has(name) || name === 'builtins.range' || /^(logging|builtins\.\w*(Error|Exception))/.test(name)
    );
  return answerMethods.has(methodOf(call)?.method ?? '');
}

/** Whether everything that a function calls is known to compute in Python, holding the GIL. */
function computes(file: SourceFile, called: FunctionDef | Lambda, seen: Set<Node>, depth: number): boolean {
  if (seen.has(called)) return true;
  seen.add(called);
  for (const node of bodyOf(called)) {
    if (node.kind === 'Yield' || node.kind === 'Await' || node.kind === 'With' || node.kind === 'FunctionDef')
      return false;
    if (node.kind === 'UnknownExpression' || ('broken' in node && node.broken)) return false;
    if (node.kind === 'Call' && !isPure(file, node, seen, depth)) return false;
  }
  return true;
}

function isPure(file: SourceFile, call: Call, seen: Set<Node>, depth: number): boolean {
  const name = file.qualifiedName(call.func);
  if (name !== null) return pureCalls.has(name) || pureModules.test(name) || /\w(Error|Exception)$/.test(name);
  const own = functionOf(file, call.func);
  if (own)
    return (
      depth > 0 &&
      own.kind === 'FunctionDef' &&
      own.decorators.length === 0 &&
      !own.isAsync &&
      computes(file, own, seen, depth - 1)
    );
  const called = methodOf(call);
  return called !== null && pureMethods.has(called.method) && isContainer(file, called.owner);
}

function isContainer(file: SourceFile, owner: Expression): boolean {
  return /^builtins\.(list|dict|set|str)$/.test(file.typeOf(owner) ?? '');
}

/** Whether there is a loop of some length, or a recursion. */
function hasWork(file: SourceFile, called: FunctionDef | Lambda, seen: Set<Node>): boolean {
  if (seen.has(called)) return true;
  seen.add(called);
  for (const node of bodyOf(called)) {
    if (node.kind === 'While' || (node.kind === 'For' && isLong(file, node.iter))) return true;
    if (node.kind === 'Comprehension' && isLong(file, node.iter)) return true;
    const own = node.kind === 'Call' ? functionOf(file, node.func) : null;
    if (own && hasWork(file, own, seen)) return true;
  }
  seen.delete(called);
  return false;
}

/** Over a `range` that isn't known to be short; over what else, nothing is known. */
function isLong(file: SourceFile, iter: Expression): boolean {
  if (iter.kind !== 'Call' || file.qualifiedName(iter.func) !== 'builtins.range') return false;
  const end = iter.args[iter.args.length > 1 ? 1 : 0] ?? null;
  const turns = literalInteger(end);
  return turns === null || turns >= fewTurns;
}
