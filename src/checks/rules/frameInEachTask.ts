import type { Call, Expression, Name } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { methodOf, nodesOf } from '../calls.ts';
import type { Finding, Rule } from '../check.ts';
import { madeBy, mentions } from '../lazy.ts';
import { isChangedIn, loopAround, namesFromLoop } from '../loops.ts';

const frames: Record<string, string> = { 'pandas.DataFrame': 'pandas frame', 'pandas.Series': 'pandas column' };
const delayed = 'dask.delayed.Delayed';

/** RIP309: one frame of pandas given to many tasks, as a part of each. */
export const frameInEachTask: Rule = {
  code: 'RIP309',
  title: 'The same pandas frame in each Dask task',
  severity: 'information',
  check(file) {
    if (!mentions(file, 'dask')) return [];
    return nodesOf(file, 'Call').flatMap(call => ofCall(file, call));
  },
};

function ofCall(file: SourceFile, call: Call): Finding[] {
  const way = wayOf(file, call);
  const loop = way === null ? null : loopAround(call);
  if (way === null || !loop) return [];
  const given = [...call.args.slice(way === 'submit' ? 1 : 0), ...call.keywords.map(({ value }) => value)];
  return given.flatMap(each => {
    const what = each.kind === 'Name' ? frames[file.typeOf(each) ?? ''] : undefined;
    if (each.kind !== 'Name' || !what || !isRead(file, each)) return [];
    // Another one in each round is no repetition.
    if (namesFromLoop(file, each, loop).length > 0 || isChangedIn(loop, each.id)) return [];
    const message = messageOf(what, each.id, way);
    return [{ start: each.start, end: each.end, message, ...(way === 'delayed' && { severity: 'hint' as const }) }];
  });
}

/** Whether a frame comes from a file: those written out in the code are small. */
function isRead(file: SourceFile, name: Name): boolean {
  const { source } = madeBy(file, name);
  return source.kind === 'Call' && /^pandas\.read_\w+$/.test(file.qualifiedName(source.func) ?? '');
}

/** How a call makes a task of Dask; null when it makes none. */
function wayOf(file: SourceFile, call: Call): 'delayed' | 'submit' | null {
  const called = methodOf(call);
  if (called && file.typeOf(called.owner) === 'dask.distributed.Client') {
    return called.method === 'submit' ? 'submit' : null;
  }
  return called === null && isDelayedFunction(file, call.func) && file.typeOf(call) === delayed ? 'delayed' : null;
}

/** `delayed(work)` and names of it, but not `delayed` itself, whose argument is what becomes lazy. */
function isDelayedFunction(file: SourceFile, func: Expression): boolean {
  return file.qualifiedName(func) !== 'dask.delayed';
}

function messageOf(what: string, name: string, way: 'delayed' | 'submit'): string {
  const remedy =
    way === 'submit'
      ? `Send it to the workers once before the loop: \`${name}_there = client.scatter(${name})\`, and pass that`
      : `Make it a task of its own once before the loop: \`${name}_lazy = dask.delayed(${name})\`, and pass that`;
  return `The ${what} \`${name}\` becomes a part of each of these tasks, and goes along with each of them. ${remedy}.`;
}
