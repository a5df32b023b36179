import type { Call, Name, Statement } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { blockOf, enclosing } from '../../snippet/syntax/walk.ts';
import { methodOf } from '../calls.ts';
import type { Finding, Fix, Rule } from '../check.ts';
import { concurrencyOf, executors, type Made, pools } from '../concurrency.ts';
import { wrapInWith } from '../edits.ts';
import { type Life, lifeOf } from '../lifetimes.ts';
import { isInMainGuard } from '../mainGuard.ts';

/** Methods after which all that was handed in is done; the end of a Pool's `with` kills what isn't. */
const blocking = new Set(['map', 'starmap', 'apply']);
const handing = new Set('submit map apply apply_async map_async imap imap_unordered starmap starmap_async'.split(' '));

export const neverClosed: Rule = {
  code: 'RIP205',
  title: 'Pools and executors that nobody closes',
  severity: 'information',
  check: file => concurrencyOf(file).made.flatMap(made => findingOf(file, made) ?? []),
};

function findingOf(file: SourceFile, { call, type }: Made): Finding | null {
  const isPool = pools.has(type);
  if (!isPool && !executors.has(type)) return null;
  const life = lifeOf(file, call);
  // A pool that does nothing, or one that other code may close.
  if (life.escapes || life.withs.length > 0 || life.attributes.length > 0 || life.lists.length > 0) return null;
  if (life.calls.length === 0 || !life.calls.every(({ method }) => handing.has(method))) return null;
  const isLocal = enclosing(call, 'FunctionDef') !== null;
  if (file.kind === 'cells' ? !isLocal : !isLocal && !isInMainGuard(call) && life.name !== null) return null;
  const name = life.name?.id ?? (isPool ? 'this pool' : 'this executor');
  return {
    start: call.start,
    end: call.end,
    message: messageOf(type, name, isPool),
    fixes: life.name ? fixesOf(file, life, life.name, isPool) : [],
  };
}

function messageOf(type: string, name: string, isPool: boolean): string {
  const workers = type.endsWith('ThreadPool') || type.endsWith('ThreadPoolExecutor') ? 'threads' : 'processes';
  const goes = `${workers} go only when it is garbage-collected or the program ends`;
  return isPool
    ? `Nobody closes ${name}: its ${goes}, and tasks that still run are killed then. Use it in a with block.`
    : `Nobody shuts ${name} down: its ${goes}, and nobody waits for its tasks. Use it in a with block.`;
}

/** `with` around the uses, where all of them stand behind it in its block, and its end would change nothing else. */
function fixesOf(file: SourceFile, life: Life, name: Name, isPool: boolean): Fix[] {
  if (isPool && !life.calls.every(({ method }) => blocking.has(method))) return [];
  const assign = name.parent;
  if (assign?.kind !== 'Assign') return [];
  const block = blockOf(assign);
  const tops = life.calls.map(({ call }) => block.find(each => each.start <= call.start && call.end <= each.end));
  const last = tops.reduce<Statement | undefined>(
    (a, b) => (a && b ? (b.start > a.start ? b : a) : undefined),
    tops[0],
  );
  // An executor's `with` waits for its tasks: what comes behind it could be what they wait for.
  const isLast = block.slice(block.indexOf(last ?? assign) + 1).every(each => each.kind === 'Return');
  if (!last || (!isPool && !isLast) || life.calls.some(({ call }) => runsLater(call, assign))) return [];
  const edits = wrapInWith(file, name, last);
  return edits ? [{ title: 'Wrap in with', edits }] : [];
}

/** Whether a use stands in a function defined after the pool: it runs later, perhaps when the block has ended. */
function runsLater(call: Call, assign: Statement): boolean {
  const home = enclosing(call, 'FunctionDef', 'Lambda');
  return home !== enclosing(assign, 'FunctionDef', 'Lambda') || methodOf(call) === null;
}
