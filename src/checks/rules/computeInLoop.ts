import type { Call, Expression } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { enclosing } from '../../snippet/syntax/walk.ts';
import { hasUnpacking, methodOf, nodesOf } from '../calls.ts';
import type { Finding, Fix, Rule } from '../check.ts';
import { addImport } from '../edits.ts';
import { computing, engineOf, mentions, namesIn, quoted, takesTime } from '../lazy.ts';
import { canLeaveEarly, isChangedIn, type Loop, loopAround, namesFromLoop, needsEarlierRound } from '../loops.ts';

/** RIP302: one computation per round, where one for all would do. */
export const computeInLoop: Rule = {
  code: 'RIP302',
  title: 'Computing in a loop',
  severity: 'information',
  check(file) {
    if (!mentions(file, 'dask', 'polars')) return [];
    return nodesOf(file, 'Call').flatMap(call => ofCall(file, call) ?? []);
  },
};

function ofCall(file: SourceFile, call: Call): Finding | null {
  const called = methodOf(call);
  if (!called || (called.method !== 'compute' && called.method !== 'collect')) return null;
  const engine = engineOf(file, called.owner);
  if (engine === null || engine === 'Spark' || computing[engine] !== called.method) return null;
  const loop = loopAround(call);
  if (!loop || loop.kind === 'While' || isOneByOneOnPurpose(file, call, called.owner, loop)) return null;
  const code = quoted(file, called.owner);
  const changing = namesFromLoop(file, called.owner, loop);
  const place = { start: called.owner.end, end: call.func.end };
  if (changing.length === 0) {
    return {
      ...place,
      message: `${code} is the same in every round, but each one computes it again. Compute it once before the loop.`,
    };
  }
  const [once, fixes] =
    engine === 'Dask'
      ? ['`dask.compute(*expressions)`', fixOf(file, call, called.owner, loop, 'dask')]
      : ['`polars.collect_all(frames)`', fixOf(file, call, called.owner, loop, 'polars')];
  return {
    ...place,
    message: `Each round computes ${code} for itself, one after another, and reads again what they share. Collect them and call ${once} once.`,
    fixes,
  };
}

function isOneByOneOnPurpose(file: SourceFile, call: Call, owner: Expression, loop: Loop): boolean {
  if (canLeaveEarly(loop) || needsEarlierRound(file, owner, loop) || takesTime(file, loop)) return true;
  const attempt = enclosing(call, 'Try');
  if (attempt && attempt.start > loop.start) return true;
  return namesIn(owner).some(({ id }) => isChangedIn(loop, id));
}

/** `[each.compute() for each in lazy]` is `list(dask.compute(*lazy))`. */
function fixOf(file: SourceFile, call: Call, owner: Expression, loop: Loop, module: 'dask' | 'polars'): Fix[] {
  if (loop.kind !== 'Comp' || loop.type !== 'list' || loop.element !== call || loop.generators.length !== 1) return [];
  const [generator] = loop.generators;
  if (!generator || generator.isAsync || generator.ifs.length > 0 || generator.target.kind !== 'Name') return [];
  if (owner.kind !== 'Name' || owner.id !== generator.target.id || call.args.length > 0 || hasUnpacking(call))
    return [];
  if (call.keywords.length > 0) return [];
  const name = nameOfModule(file, module);
  const iterable = file.textOf(generator.iter);
  const newText =
    module === 'dask' ? `list(${name ?? module}.compute(*${iterable}))` : `${name ?? module}.collect_all(${iterable})`;
  const title = module === 'dask' ? 'Compute all at once' : 'Collect all at once';
  const added = name === null ? [addImport(file, `import ${module}`)] : [];
  return [{ title, edits: [...added, { start: loop.start, end: loop.end, newText }] }];
}

/** What a module is called at the top of the file; null when it isn't imported itself. */
function nameOfModule(file: SourceFile, module: string): string | null {
  for (const [name, bindings] of file.scopes.module.bindings)
    if (bindings.length > 0 && bindings.every(({ imported }) => imported === module)) return name;
  return null;
}
