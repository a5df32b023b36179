import type { Call, Expression } from '../snippet/syntax/ast.ts';
import { only } from '../snippet/syntax/scopes.ts';
import type { SourceFile } from '../snippet/syntax/sourceFile.ts';
import { ancestors, isDeferred } from '../snippet/syntax/walk.ts';
import { argument, literalInteger, literalString, methodOf } from './calls.ts';

/** What starts threads and processes in a file: found once, used by many rules. */
export interface Concurrency {
  /** Calls that make an executor, a pool, a thread or a process of the standard library; not of a subclass. */
  made: Made[];
  /** Calls that give an executor or a pool something to do. */
  handed: Handed[];
  /** `set_start_method(…)`. */
  startMethods: Call[];
}

export interface Made {
  call: Call;
  /** `concurrent.futures.ThreadPoolExecutor`, `threading.Thread`, … */
  type: string;
}

export interface Handed {
  call: Call;
  method: string;
  /** The executor or pool. */
  owner: Expression;
  /** Its type. */
  type: string;
  /** The function that is to run; null when it can't be told. */
  work: Expression | null;
}

export const executors = new Set([
  'concurrent.futures.ThreadPoolExecutor',
  'concurrent.futures.ProcessPoolExecutor',
  'concurrent.futures.InterpreterPoolExecutor',
]);
export const pools = new Set(['multiprocessing.Pool', 'multiprocessing.pool.ThreadPool']);
export const threadPools = new Set(['concurrent.futures.ThreadPoolExecutor', 'multiprocessing.pool.ThreadPool']);
export const processPools = new Set(['concurrent.futures.ProcessPoolExecutor', 'multiprocessing.Pool']);
const threadsAndProcesses = new Set(['threading.Thread', 'threading.Timer', 'multiprocessing.Process']);

const executorMethods = new Set(['submit', 'map']);
const poolMethods = new Set('apply apply_async map map_async imap imap_unordered starmap starmap_async'.split(' '));

const mentionsAny = /Executor|Pool|Process|Thread|Timer|set_start_method/;

const found = new WeakMap<SourceFile, Concurrency>();

export function concurrencyOf(file: SourceFile): Concurrency {
  const known = found.get(file);
  if (known) return known;
  const all: Concurrency = { made: [], handed: [], startMethods: [] };
  for (const call of mentionsAny.test(file.text) ? file.calls : []) {
    const handed = handedBy(file, call);
    if (handed) all.handed.push(handed);
    if (!mayMake(call)) continue;
    const type = madeBy(file, call);
    if (type) all.made.push({ call, type });
    if (file.qualifiedName(call.func) === 'multiprocessing.set_start_method') all.startMethods.push(call);
  }
  found.set(file, all);
  return all;
}

/** A look at the word first: names and types take longer. A plain name may be an alias. */
function mayMake({ func }: Call): boolean {
  return func.kind === 'Name' || (func.kind === 'Attribute' && mentionsAny.test(func.attr));
}

function handedBy(file: SourceFile, call: Call): Handed | null {
  const called = methodOf(call);
  if (!called || !(executorMethods.has(called.method) || poolMethods.has(called.method))) return null;
  const { owner, method } = called;
  const type = file.typeOf(owner);
  if (type === null) return null;
  if (executors.has(type) && executorMethods.has(method))
    return { call, method, owner, type, work: argument(call, 0, 'fn') };
  if (pools.has(type) && poolMethods.has(method)) return { call, method, owner, type, work: argument(call, 0, 'func') };
  return null;
}

function madeBy(file: SourceFile, call: Call): string | null {
  // An instance of a class of the file has the type of its base, but may do anything.
  if (call.func.kind === 'Name' && file.qualifiedName(call.func) === null) return null;
  const type = file.typeOf(call);
  return type !== null && (executors.has(type) || pools.has(type) || threadsAndProcesses.has(type)) ? type : null;
}

/**
 * How the processes that a call makes are started: what its context or the file says; `default` when nothing is said; null when it
 * can't be told. The default was fork on Linux before Python 3.14; elsewhere and since then it is spawn or forkserver.
 */
export function startMethodOf(file: SourceFile, call: Call): string | null {
  const context = argument(call, null, 'mp_context') ?? contextOf(file, call);
  if (context) return methodOfContext(file, context);
  const named = new Set(concurrencyOf(file).startMethods.map(each => literalString(argument(each, 0, 'method'))));
  if (named.size === 0) return 'default';
  const [only = null] = named;
  return named.size === 1 ? only : null;
}

function contextOf(file: SourceFile, call: Call): Expression | null {
  const owner = methodOf(call)?.owner ?? null;
  return owner && file.typeOf(owner) === 'multiprocessing.context' ? owner : null;
}

function methodOfContext(file: SourceFile, context: Expression): string | null {
  if (context.kind === 'Name') {
    const binding = only(file.reachingBindings(context));
    return binding?.value && binding.kind === 'assign' ? methodOfContext(file, binding.value) : null;
  }
  if (context.kind !== 'Call' || file.qualifiedName(context.func) !== 'multiprocessing.get_context') return null;
  return literalString(argument(context, 0, 'method'));
}

/**
 * The functions that a file runs several times at once, in threads or in processes: those given to a pool's `map`, and those that are
 * submitted or started in a loop. A pool of one is left out.
 */
export function startedSeveralTimes(file: SourceFile, where: 'threads' | 'processes'): Expression[] {
  const { handed, made } = concurrencyOf(file);
  const types = where === 'threads' ? threadPools : processPools;
  const single = where === 'threads' ? 'threading.Thread' : 'multiprocessing.Process';
  const found: Expression[] = [];
  for (const { call, type, method, work, owner } of handed) {
    const isMany = /map/.test(method) || (method !== 'apply' && isRepeated(call));
    if (work && types.has(type) && isMany && workersOf(file, owner) !== 1) found.push(work);
  }
  for (const { call, type } of made) {
    const target = type === single && isRepeated(call) ? argument(call, 1, 'target') : null;
    if (target) found.push(target);
  }
  return found;
}

/** In a loop or a comprehension of its function. */
function isRepeated(call: Call): boolean {
  for (const around of ancestors(call)) {
    if (around.kind === 'For' || around.kind === 'While' || around.kind === 'Comp') return true;
    if (isDeferred(around)) return false;
  }
  return false;
}

/** The number of workers that the maker of a pool is a literal of; null when it isn't. */
function workersOf(file: SourceFile, owner: Expression): number | null {
  const maker = concurrencyOf(file).made.find(({ call }) => call === makerOf(file, owner));
  return maker ? literalInteger(workersGiven(maker)) : null;
}

/** The argument of an executor or a pool that says how many workers it has; null when there is none. */
export function workersGiven({ call, type }: Made): Expression | null {
  return argument(call, 0, executors.has(type) ? 'max_workers' : 'processes');
}

/** The call that made an executor, a pool or a process; null when it isn't in sight. */
export function makerOf(file: SourceFile, owner: Expression): Call | null {
  if (owner.kind === 'Call') return owner;
  if (owner.kind !== 'Name') return null;
  const binding = only(file.reachingBindings(owner));
  return binding?.value?.kind === 'Call' ? binding.value : null;
}
