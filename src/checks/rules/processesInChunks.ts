import type { Call, Comp, Expression } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { ancestors } from '../../snippet/syntax/walk.ts';
import { argument, literalInteger, methodOf, nodesOf } from '../calls.ts';
import type { Finding, Rule } from '../check.ts';
import { madeBy, mentions } from '../lazy.ts';

/** How many tasks Dask's process scheduler hands to a process at a time, unless told otherwise. */
const chunk = 6;
const delayed = 'dask.delayed.Delayed';

/** RIP308: few tasks for Dask's processes all go to one of them. */
export const processesInChunks: Rule = {
  code: 'RIP308',
  title: "Few tasks for Dask's processes",
  severity: 'hint',
  check(file) {
    if (!mentions(file, 'dask') || /chunksize|CHUNKSIZE|\bClient\(/.test(file.text)) return [];
    return nodesOf(file, 'Call').flatMap(call => ofCall(file, call) ?? []);
  },
};

function ofCall(file: SourceFile, call: Call): Finding | null {
  const tasks = tasksOf(file, call);
  if (tasks === null || tasks < 2 || tasks > chunk) return null;
  return {
    start: call.start,
    end: call.func.end,
    message: `Dask gives its processes ${chunk} tasks at a time: all ${tasks} of these run in one process, one after another. Pass \`chunksize=1\`.`,
  };
}

/** How many tasks a call computes in processes; null when that can't be seen. */
function tasksOf(file: SourceFile, call: Call): number | null {
  if (file.qualifiedName(call.func) === 'dask.compute') {
    return inProcesses(file, call) ? countOf(file, call.args) : null;
  }
  const called = methodOf(call);
  if (called?.method !== 'compute' || call.args.length > 0) return null;
  if (file.typeOf(called.owner) === 'dask.bag.Bag') {
    return inProcesses(file, call, true) ? partitionsOf(file, called.owner) : null;
  }
  return null;
}

/** Whether a call names the process scheduler, or a `with dask.config.set(…)` around it; a bag uses it when nothing is named. */
function inProcesses(file: SourceFile, call: Call, byDefault = false): boolean {
  const named = argument(call, null, 'scheduler');
  if (named) return isProcesses(named);
  for (const around of ancestors(call)) {
    if (around.kind === 'FunctionDef' || around.kind !== 'With') continue;
    for (const { context } of around.items) {
      if (context.kind !== 'Call' || file.qualifiedName(context.func) !== 'dask.config.set') continue;
      const set = argument(context, null, 'scheduler');
      if (set) return isProcesses(set);
    }
  }
  return byDefault && !/scheduler/.test(file.text);
}

function isProcesses(expression: Expression): boolean {
  return expression.kind === 'Constant' && (expression.text === 'processes' || expression.text === 'multiprocessing');
}

/** The tasks of `compute(a, b)` and `compute(*[f(i) for i in range(4)])`, each a delayed call of plain values. */
function countOf(file: SourceFile, args: readonly Expression[]): number | null {
  const [first, ...more] = args;
  if (first?.kind === 'Starred' && more.length === 0) return countOfList(file, first.value);
  return args.every(arg => isOneTask(file, arg)) ? args.length : null;
}

function countOfList(file: SourceFile, list: Expression): number | null {
  const { source } = list.kind === 'Name' ? madeBy(file, list) : { source: list };
  if (source.kind === 'Sequence') return countOf(file, source.elements);
  return source.kind === 'Comp' && isOneTask(file, source.element) ? roundsOf(file, source) : null;
}

function roundsOf(file: SourceFile, { generators }: Comp): number | null {
  const [generator, ...more] = generators;
  if (!generator || more.length > 0 || generator.ifs.length > 0) return null;
  const { iter } = generator;
  if (iter.kind === 'Sequence')
    return iter.elements.some(({ kind }) => kind === 'Starred') ? null : iter.elements.length;
  if (iter.kind !== 'Call' || iter.args.length !== 1 || file.qualifiedName(iter.func) !== 'builtins.range') return null;
  return literalInteger(iter.args[0] ?? null);
}

/** A delayed call whose arguments are no tasks themselves. */
function isOneTask(file: SourceFile, value: Expression): boolean {
  const call = value.kind === 'Name' ? madeBy(file, value).source : value;
  if (call.kind !== 'Call' || methodOf(call) !== null || file.typeOf(call) !== delayed) return false;
  return call.args.every(arg => arg.kind === 'Constant' || (arg.kind === 'Name' && isPlain(file, arg)));
}

/** A loop's variable or a plain value. */
function isPlain(file: SourceFile, name: Expression & { kind: 'Name' }): boolean {
  const type = file.typeOf(name);
  if (type !== null) return type.startsWith('builtins.');
  return file.bindingsOf(name).every(({ kind, value }) => kind === 'for' && value?.kind === 'Call');
}

/** The partitions of a bag, told by `npartitions` where it is made. */
function partitionsOf(file: SourceFile, bag: Expression): number | null {
  const { steps, source } = madeBy(file, bag);
  if (!steps.every(step => step === 'map' || step === 'filter' || step === 'flatten' || step === 'pluck')) return null;
  if (source.kind !== 'Call' || !/^dask\.bag\.(from_sequence|range)$/.test(file.qualifiedName(source.func) ?? ''))
    return null;
  return literalInteger(argument(source, null, 'npartitions'));
}
