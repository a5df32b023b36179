import type { Call, Expression, FunctionDef, Lambda, Node } from '../snippet/syntax/ast.ts';
import type { SourceFile } from '../snippet/syntax/sourceFile.ts';
import { isDeferred, statementOf } from '../snippet/syntax/walk.ts';
import { calleeOf } from './callees.ts';
import { argument, literalInteger, usesOf } from './calls.ts';
import { concurrencyOf, type Handed, type Made, threadPools } from './concurrency.ts';
import { type Life, lifeOf } from './lifetimes.ts';
import { type Loop, loopAround } from './loops.ts';

/** A function of the file that several threads certainly run at the same time. */
export interface ThreadedWork {
  work: FunctionDef | Lambda;
  /** What starts it. */
  started: Call;
}

const maps = new Set('map map_async imap imap_unordered starmap starmap_async'.split(' '));
const singles = new Set(['submit', 'apply_async']);

const found = new WeakMap<SourceFile, ThreadedWork[]>();

/** gevent and eventlet make of threads what is never interrupted in between. */
const greenThreads = /^\s*(?:import|from)\s+(?:gevent|eventlet)\b/m;

/** Each function once, in the order in which they are started. */
export function threadedWorkOf(file: SourceFile): ThreadedWork[] {
  const known = found.get(file);
  if (known) return known;
  const { handed, made } = concurrencyOf(file);
  if (handed.length + made.length === 0 || greenThreads.test(file.text)) return [];
  const started = [
    ...handed
      .filter(each => threadPools.has(each.type) && isAtOnce(file, each))
      .map(({ call, work }) => ({ call, work })),
    ...startedThreads(file, made),
  ];
  const all = new Map<Node, ThreadedWork>();
  for (const { call, work } of started) {
    const callee = calleeOf(file, work);
    if (callee && !all.has(callee) && isSameEachTime(file, work, call))
      all.set(callee, { work: callee, started: call });
  }
  found.set(file, [...all.values()]);
  return [...all.values()];
}

/** Whether a pool certainly runs what it gets here in several threads at once. */
function isAtOnce(file: SourceFile, { call, method, owner, type }: Handed): boolean {
  if (threadsOf(file, owner, type) === 'one') return false;
  if (maps.has(method)) return !isShort(call.args[1]);
  return singles.has(method) && isMany(loopAround(call)) && !isReadAtOnce(file, call);
}

/** How many threads the pool has that an expression stands for: `one` also when nothing is known of it. */
function threadsOf(file: SourceFile, owner: Expression, type: string): 'one' | 'some' {
  const made = owner.kind === 'Name' ? file.reachingBindings(owner) : [];
  const [binding, ...more] = made;
  const value = owner.kind === 'Call' ? owner : (binding?.value ?? null);
  if (more.length > 0 || value?.kind !== 'Call' || file.typeOf(value) !== type) return 'one';
  const workers = argument(value, 0, type.startsWith('concurrent') ? 'max_workers' : 'processes');
  return literalInteger(workers) === 1 ? 'one' : 'some';
}

/** Whether a list is written down with less than two elements. */
function isShort(items: Expression | undefined): boolean {
  if (!items) return true;
  if (items.kind === 'Sequence') return items.elements.length < 2;
  return items.kind === 'Call' && items.args.length === 1 && (literalInteger(items.args[0] ?? null) ?? 2) < 2;
}

/** Whether a loop certainly has several rounds, as far as that is written down. */
function isMany(loop: Loop | null): boolean {
  if (loop === null) return false;
  if (loop.kind === 'While') return true;
  return loop.kind === 'For' ? !isShort(loop.iter) : loop.generators.some(({ iter }) => !isShort(iter));
}

/** Whether the loop may wait for the result in the same round, so that one call follows another. */
function isReadAtOnce(file: SourceFile, call: Call): boolean {
  const { parent } = call;
  if (parent?.kind === 'ExpressionStatement' || parent?.kind === 'Comp') return false;
  if (isCollected(call)) return false;
  if (parent?.kind !== 'Assign' || parent.targets.length !== 1 || parent.targets[0]?.kind !== 'Name') return true;
  const uses = usesOf(file, parent.targets[0]);
  const loop = loopAround(call);
  return !loop || uses.some(use => use.start < loop.end && use.start > loop.start && !isCollected(use));
}

/** `futures.append(value)`. */
function isCollected(value: Expression): boolean {
  const { parent } = value;
  if (parent?.kind !== 'Call' || parent.func.kind !== 'Attribute') return false;
  return /^(append|add)$/.test(parent.func.attr) && parent.args[0] === value;
}

function startedThreads(file: SourceFile, made: readonly Made[]): { call: Call; work: Expression | null }[] {
  const threads = made
    .filter(({ type }) => type === 'threading.Thread')
    .map(({ call }) => ({ call, work: argument(call, 1, 'target'), life: lifeOf(file, call) }))
    .filter(({ work }) => work !== null);
  return threads.filter(thread => {
    const twins = threads.filter(
      ({ call, work }) => isSameBlock(call, thread.call) && isSameWork(file, work, thread.work),
    );
    const [first, second] = twins;
    return isStartedInLoop(thread.call, thread.life) || (first && second && areAtOnce(first.life, second.life));
  });
}

function isSameWork(file: SourceFile, a: Expression | null, b: Expression | null): boolean {
  return a !== null && b !== null && file.textOf(a) === file.textOf(b);
}

function isSameBlock(a: Node, b: Node): boolean {
  return statementOf(a)?.parent === statementOf(b)?.parent;
}

/** Threads made in a loop, all started before one is waited for. */
function isStartedInLoop(call: Call, life: Life): boolean {
  if (life.escapes || !isMany(loopAround(call))) return false;
  const starts = life.calls.filter(({ method }) => method === 'start');
  const joins = life.calls.filter(({ method }) => method === 'join');
  return (
    starts.length > 0 && !joins.some(join => starts.some(start => loopAround(join.call) === loopAround(start.call)))
  );
}

/** Two threads of their own: both started, then waited for. */
function areAtOnce(a: Life, b: Life): boolean {
  if (a.escapes || b.escapes) return false;
  const place = (life: Life, method: string) => life.calls.find(each => each.method === method)?.call.start ?? null;
  const starts = [place(a, 'start'), place(b, 'start')];
  const joins = [place(a, 'join'), place(b, 'join')];
  return starts.every(start => start !== null && joins.every(join => join === null || start < join));
}

/** Whether all calls are of one function and one instance: not `self.work` of an object that each round makes anew. */
function isSameEachTime(file: SourceFile, work: Expression | null, call: Call): boolean {
  if (work?.kind !== 'Attribute' || work.value.kind !== 'Name') return true;
  const loop = loopAround(call);
  return !loop || file.bindingsOf(work.value).every(({ node }) => node.start < loop.start || node.start > loop.end);
}

/** Whether a lock may be held where a node is, as far as its function shows: then what it does is one at a time. */
export function mayHoldLock(file: SourceFile, node: Node, work: FunctionDef | Lambda): boolean {
  if (work.kind === 'FunctionDef' && work.decorators.length > 0) return true;
  if (/\.(acquire|wait|wait_for)\(/.test(file.textOf(work))) return true;
  for (let at = node.parent; at !== null && at !== work; at = at.parent) {
    if (isDeferred(at)) return true;
    if (at.kind === 'With' && !at.items.every(({ context }) => file.typeOf(context) === 'io.IOBase')) return true;
  }
  return false;
}
