import type { Call, Node, Statement } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { ancestors, visitAll } from '../../snippet/syntax/walk.ts';
import { argument, callsIn, functionOf, literalString, methodOf } from '../calls.ts';
import type { Finding, Rule } from '../check.ts';
import { concurrencyOf, makerOf, processPools, startMethodOf } from '../concurrency.ts';
import { addMainGuard, isGuard, isInMainGuard } from '../mainGuard.ts';

/** Calls of functions of the file are followed so far down. */
const deepest = 3;

export const missingMainGuard: Rule = {
  code: 'RIP202',
  title: 'Processes started without a main guard',
  severity: 'warning',
  check(file) {
    // A kernel's main module isn't imported again, and a file that asks what it is knows what it does.
    if (file.kind === 'cells' || asksElsewhere(file)) return [];
    const starting = starters(file);
    if (starting.size === 0) return [];
    for (const statement of file.module.body) {
      const start = statement.broken ? null : startIn(file, statement, starting, deepest);
      if (start) return [findingOf(file, statement, start)];
    }
    return [];
  },
};

/** Where a module starts processes: the call at module level, and the call that does it in the end. */
interface Start {
  at: Call;
  by: Call;
}

function findingOf(file: SourceFile, statement: Statement, { at, by }: Start): Finding {
  const method = startMethodOf(file, by);
  const isCertain =
    (method === 'spawn' || method === 'forkserver') && statement.kind !== 'If' && statement.kind !== 'Try';
  const edits = addMainGuard(file, firstOfWork(file, statement));
  const where = isCertain
    ? `With ${method}, each child imports this file again`
    : 'On macOS, Windows and, from Python 3.14, on Linux, each child imports this file again';
  return {
    start: at.start,
    end: at.end,
    severity: isCertain ? 'warning' : 'information',
    message: `${where}, gets here and fails with a RuntimeError. Put this under if __name__ == '__main__'.`,
    fixes: edits ? [{ title: "Add if __name__ == '__main__'", edits }] : [],
  };
}

/** The calls of a file that start processes under another start method than fork, wherever they stand. */
function starters(file: SourceFile): Set<Call> {
  const { made, handed } = concurrencyOf(file);
  const found = new Set<Call>();
  if (!made.some(({ type }) => processPools.has(type) || type === 'multiprocessing.Process')) return found;
  for (const { call, type } of made) if (type === 'multiprocessing.Pool' && mayImportAgain(file, call)) found.add(call);
  for (const { call, owner, type } of handed) {
    const maker = type === 'concurrent.futures.ProcessPoolExecutor' ? makerOf(file, owner) : null;
    if (maker && mayImportAgain(file, maker)) found.add(call);
  }
  for (const call of file.calls) {
    const called = methodOf(call);
    const maker = called?.method === 'start' ? makerOf(file, called.owner) : null;
    if (maker && file.typeOf(maker) === 'multiprocessing.Process' && mayImportAgain(file, maker)) found.add(call);
  }
  return found;
}

function mayImportAgain(file: SourceFile, maker: Call): boolean {
  const { made } = concurrencyOf(file);
  const isKnown = made.some(({ call }) => call === maker);
  const method = isKnown ? startMethodOf(file, maker) : null;
  return method !== null && method !== 'fork';
}

/** The first call below a node that runs with it and starts processes, directly or by a function of the file. */
function startIn(file: SourceFile, node: Node, starting: ReadonlySet<Call>, depth: number): Start | null {
  if (node.kind === 'FunctionDef') return null;
  for (const call of callsIn(node)) {
    if (isInMainGuard(call)) continue;
    if (starting.has(call)) return { at: call, by: call };
    const called = depth > 0 ? functionOf(file, call.func) : null;
    const inner =
      called?.kind === 'FunctionDef' && !called.isAsync && !isGenerator(called) && called.decorators.length === 0;
    const start = inner ? firstOf(called.body, each => startIn(file, each, starting, depth - 1)) : null;
    if (start) return { at: call, by: start.by };
  }
  return null;
}

function firstOf<T>(body: readonly Statement[], find: (statement: Statement) => T | null): T | null {
  for (const statement of body) {
    const found = find(statement);
    if (found !== null) return found;
  }
  return null;
}

function isGenerator(node: Node): boolean {
  let found = false;
  visitAll(node, each => {
    if (each.kind === 'Yield') found = true;
  });
  return found;
}

/** `if __name__ != '__main__': sys.exit()` and the like: what comes after is guarded by it. */
function asksElsewhere(file: SourceFile): boolean {
  return file.module.body.some(each => each.kind === 'If' && isGuard(each) && !isPlainGuard(each.test));
}

function isPlainGuard(test: Node): boolean {
  return test.kind === 'Compare' && test.operators.length === 1 && test.operators[0] === '==';
}

/** The statement that begins the work: the one that makes the pool or sets the start method may stand before the one that starts it. */
function firstOfWork(file: SourceFile, started: Statement): Statement {
  const { made, startMethods } = concurrencyOf(file);
  const makers = made.filter(({ type }) => processPools.has(type) || type === 'multiprocessing.Process');
  const calls = [...makers.map(({ call }) => call), ...startMethods].filter(
    call => literalString(argument(call, 0, 'method')) !== 'fork',
  );
  const body = file.module.body;
  return (
    body.find(
      each => each.kind !== 'FunctionDef' && each.kind !== 'ClassDef' && calls.some(call => isDirectlyIn(call, each)),
    ) ?? started
  );
}

function isDirectlyIn(call: Call, statement: Statement): boolean {
  for (const around of ancestors(call)) {
    if (around === statement) return true;
    if (around.kind === 'FunctionDef' || around.kind === 'ClassDef' || around.kind === 'Lambda') return false;
  }
  return false;
}
