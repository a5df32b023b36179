import type { If, Node, Statement } from './syntax/ast.ts';
import type { SourceFile } from './syntax/sourceFile.ts';
import { isDeferred, walk } from './syntax/walk.ts';

/** Concurrent code, or a loop whose rounds could run at once; offsets of the text. */
export interface Block {
  kind: 'block' | 'loop';
  start: number;
  end: number;
}

const makers = new Set([
  'concurrent.futures.ThreadPoolExecutor',
  'concurrent.futures.ProcessPoolExecutor',
  'multiprocessing.Pool',
  'multiprocessing.pool.ThreadPool',
]);

/** The blocks of a file, in the order of its text. */
export function findBlocks(file: SourceFile): Block[] {
  return runnable(file.module.body)
    .filter(statement => !statement.broken && startsWork(file, statement))
    .map(({ start, end }) => ({ kind: 'block', start, end }));
}

/** The statements that can run on their own: those of the module, and of its main guards. */
function runnable(body: readonly Statement[]): Statement[] {
  return body.flatMap(each => (each.kind === 'If' && isMainGuard(each) ? each.body : [each]));
}

function isMainGuard({ test }: If): boolean {
  return test.kind === 'Compare' && test.operands.some(each => each.kind === 'Name' && each.id === '__name__');
}

function startsWork(file: SourceFile, statement: Statement): boolean {
  if (statement.kind === 'FunctionDef' || statement.kind === 'ClassDef') return false;
  const isEntered = (node: Node) => node.kind === 'WithItem' && makers.has(file.typeOf(node.context) ?? '');
  const isRun = (node: Node) => node.kind === 'Call' && file.qualifiedName(node.func) === 'asyncio.run';
  return [...walk(statement, node => !isDeferred(node))].some(node => isEntered(node) || isRun(node));
}
