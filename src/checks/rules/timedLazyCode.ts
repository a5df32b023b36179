import type { BinOp, Call, Expression, Statement } from '../../snippet/syntax/ast.ts';
import { only } from '../../snippet/syntax/scopes.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { blockOf, enclosing } from '../../snippet/syntax/walk.ts';
import { callsIn, nodesOf } from '../calls.ts';
import type { Finding, Rule } from '../check.ts';
import { computing, type Engine, engineOf, mentions, onlyPlans } from '../lazy.ts';

const clocks = new Set([
  'time.time',
  'time.perf_counter',
  'time.monotonic',
  'time.process_time',
  'time.perf_counter_ns',
  'time.time_ns',
  'timeit.default_timer',
]);

/** RIP306: a time that is that of planning, not of the work. */
export const timedLazyCode: Rule = {
  code: 'RIP306',
  title: 'Timing code that only plans',
  severity: 'warning',
  check(file) {
    if (!mentions(file, 'dask', 'polars', 'pyspark')) return [];
    return [...ofMagics(file), ...nodesOf(file, 'BinOp').flatMap(each => ofDifference(file, each) ?? [])];
  },
};

/** `%%time` over a cell, `%time` in front of a statement. */
function ofMagics(file: SourceFile): Finding[] {
  return file.magics.flatMap(({ name, kind, start, end }) => {
    if (name !== 'time' && name !== 'timeit') return [];
    const to = kind === 'cell' ? file.cellAt(start).end : end;
    const from = kind === 'cell' ? end : start;
    const timed = file.module.body.filter(statement => statement.start >= from && statement.start < to);
    const engine = planningEngine(file, timed);
    if (!engine) return [];
    const magic = `${kind === 'cell' ? '%%' : '%'}${name}`;
    return [
      {
        start,
        end: start + magic.length,
        message: messageOf(`\`${magic}\``, engine),
      },
    ];
  });
}

/** `perf_counter() - start`, with `start = perf_counter()` further up in the same block. */
function ofDifference(file: SourceFile, node: BinOp): Finding | null {
  const { left, right } = node;
  if (node.operator !== '-' || right.kind !== 'Name') return null;
  const stopped = isClock(file, left) ? left : madeFrom(file, left);
  const started = madeFrom(file, right);
  if (!stopped || !started || stopped === started || !isClock(file, stopped) || !isClock(file, started)) return null;
  const first = enclosing(started, 'Assign');
  if (!first) return null;
  const block = blockOf(first);
  const last = block.find(each => each.start <= stopped.start && stopped.end <= each.end);
  // What is called on the way to the second reading is timed too: `print(df.compute(), time() - start)`.
  if (!last || !callsIn(last).every(call => call === stopped || isBuiltin(file, call))) return null;
  const engine = planningEngine(file, block.slice(block.indexOf(first) + 1, block.indexOf(last)));
  return engine ? { start: node.start, end: node.end, message: messageOf(`\`${file.textOf(node)}\``, engine) } : null;
}

function madeFrom(file: SourceFile, expression: Expression): Expression | null {
  if (expression.kind !== 'Name') return null;
  const binding = only(file.reachingBindings(expression));
  return binding?.kind === 'assign' ? binding.value : null;
}

function isClock(file: SourceFile, expression: Expression): expression is Call {
  return expression.kind === 'Call' && clocks.has(file.qualifiedName(expression.func) ?? '');
}

function isBuiltin(file: SourceFile, call: Call): boolean {
  return file.qualifiedName(call.func)?.startsWith('builtins.') ?? false;
}

/** The engine for which these statements only plan; null when there are none, or one does something else. */
function planningEngine(file: SourceFile, statements: readonly Statement[]): Engine | null {
  if (statements.length === 0 || !statements.every(each => !each.broken && onlyPlans(file, each))) return null;
  const [first] = statements;
  return first && (first.kind === 'Assign' || first.kind === 'ExpressionStatement')
    ? engineOf(file, first.value)
    : null;
}

function messageOf(what: string, engine: Engine): string {
  return `${what} measures how long ${engine} plans, not the work: nothing runs here. Add \`.${computing[engine]}()\` to what is timed.`;
}
