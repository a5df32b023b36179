import type { Call, Expression, FunctionDef, Lambda, Node } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { walk } from '../../snippet/syntax/walk.ts';
import { functionOf, methodOf } from '../calls.ts';
import type { Finding, Rule } from '../check.ts';
import { startedSeveralTimes } from '../concurrency.ts';
import { mentions } from '../lazy.ts';

const frames = new Set(['pandas.DataFrame', 'pandas.Series']);
/** Built-in functions that may wait, or run anything. */
const otherBuiltins = new Set(
  ['open', 'input', 'print', 'eval', 'exec', 'compile', '__import__'].map(name => `builtins.${name}`),
);

/** RIP313: apply calls Python for each row, and threads take turns at that. */
export const applyInThreads: Rule = {
  code: 'RIP313',
  title: 'apply with a Python function in threads',
  severity: 'hint',
  check(file) {
    if (!mentions(file, 'pandas')) return [];
    const works = startedSeveralTimes(file, 'threads').flatMap(work => functionOf(file, work) ?? []);
    return [...new Set(works)].flatMap(work => inWork(file, work));
  },
};

function inWork(file: SourceFile, work: FunctionDef | Lambda): Finding[] {
  return [...nodesIn(work)].flatMap(node => (node.kind === 'Call' ? (ofCall(file, node) ?? []) : []));
}

function* nodesIn(called: FunctionDef | Lambda): Generator<Node> {
  const parts: Node[] = called.kind === 'Lambda' ? [called.body] : called.body;
  for (const part of parts) yield* walk(part);
}

function ofCall(file: SourceFile, call: Call): Finding | null {
  const called = methodOf(call);
  const [applied] = call.args;
  if (called?.method !== 'apply' || !applied || !frames.has(file.typeOf(called.owner) ?? '')) return null;
  const calledFor = functionOf(file, applied);
  if (!calledFor || !onlyComputes(file, calledFor)) return null;
  return {
    start: called.owner.end,
    end: call.func.end,
    message:
      '`apply` calls a Python function for each row, with the GIL held: threads take turns at it, several are no faster than one. Calculate with whole columns, or use processes (ProcessPoolExecutor).',
  };
}

/** Whether it calls nothing but built-in functions and methods of what it is given: nothing that waits, or lets go of the GIL. */
function onlyComputes(file: SourceFile, called: FunctionDef | Lambda): boolean {
  if (called.kind === 'FunctionDef' && (called.isAsync || called.broken || called.decorators.length > 0)) return false;
  const given = new Set(called.parameters.map(({ name }) => name.id));
  for (const node of nodesIn(called)) {
    if (node.kind === 'Await' || node.kind === 'Yield' || node.kind === 'With') return false;
    if (node.kind !== 'Call') continue;
    const name = file.qualifiedName(node.func);
    if (name?.startsWith('builtins.') && !otherBuiltins.has(name)) continue;
    const method = methodOf(node);
    if (!method || !given.has(rootOf(method.owner))) return false;
  }
  return true;
}

/** The name that `row['a'].b` begins with; '' when it begins otherwise. */
function rootOf(expression: Expression): string {
  if (expression.kind === 'Name') return expression.id;
  return expression.kind === 'Attribute' || expression.kind === 'Subscript' ? rootOf(expression.value) : '';
}
