import type { Call, Node, Statement } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { ancestors, blockOf, enclosing, statementOf, visitAll } from '../../snippet/syntax/walk.ts';
import { argument, hasUnpacking, methodOf } from '../calls.ts';
import type { Finding, Fix, Rule } from '../check.ts';
import { concurrencyOf, type Made } from '../concurrency.ts';
import { freeName, indentUnit, insert, lineEnd, ownsLines } from '../edits.ts';
import { type Life, lifeOf } from '../lifetimes.ts';

/** Methods that leave a thread or process as it is. */
const harmless = new Set(['start', 'is_alive', 'getName', 'setName']);
const harmlessAttributes = new Set(['name', 'ident', 'native_id', 'pid', 'exitcode']);
/** Waiting for something else, or telling it to end, may be how the function deals with the thread. */
const waits = new Set(
  'join wait get recv acquire result wait_for serve_forever run_forever set put cancel close'.split(' '),
);

export const neverJoined: Rule = {
  code: 'RIP204',
  title: 'Threads and processes that nobody waits for',
  severity: 'information',
  check: file => concurrencyOf(file).made.flatMap(made => findingOf(file, made) ?? []),
};

function findingOf(file: SourceFile, { call, type }: Made): Finding | null {
  const isThread = type === 'threading.Thread';
  const home = isThread || type === 'multiprocessing.Process' ? enclosing(call, 'FunctionDef', 'Lambda') : null;
  if (home?.kind !== 'FunctionDef' || hasUnpacking(call) || isDaemon(call)) return null;
  const life = lifeOf(file, call);
  const start = life.calls.find(({ method }) => method === 'start');
  if (!start || life.escapes || life.isGlobal || life.withs.length > 0) return null;
  if (life.calls.some(({ method }) => !harmless.has(method))) return null;
  if (life.attributes.some(({ attr }) => !harmlessAttributes.has(attr))) return null;
  if (runsOn(start.call, home.body)) return null;
  const what = isThread ? 'thread' : 'process';
  const name = life.name && life.lists.length === 0 ? life.name.id : `the ${what}`;

  const isProbable = life.name === null || waitsOtherwise(home, start.call);
  return {
    start: call.start,
    end: call.end,
    severity: isProbable ? 'hint' : 'information',
    message: isThread
      ? `Nobody waits for ${name}: ${home.name.id}() returns while it may still run, and the program can't end before it does. Call join(), or say daemon=True.`
      : `Nobody waits for ${name}: ${home.name.id}() returns while it may still run, and nobody sees that it failed. Call join().`,
    fixes: fixesOf(file, life, start.call, what),
  };
}

/** `daemon=` with anything but False. */
function isDaemon(call: Call): boolean {
  const daemon = argument(call, null, 'daemon');
  return daemon !== null && !(daemon.kind === 'Constant' && (daemon.type === 'False' || daemon.type === 'None'));
}

/** Whether the function goes on for ever after the start, so that there is no place for a join. */
function runsOn(start: Call, body: readonly Statement[]): boolean {
  return body.some(each => {
    let found = false;
    visitAll(each, node => {
      const isEndless = node.kind === 'While' && node.test.kind === 'Constant' && node.test.type !== 'False';
      if (isEndless && node.end > start.start) found = true;
    });
    return found;
  });
}

function waitsOtherwise(home: Node, start: Call): boolean {
  let found = false;
  visitAll(home, node => {
    if (node.kind === 'Call' && node.start > start.end && waits.has(methodOf(node)?.method ?? '')) found = true;
    if (node.kind === 'Yield' || node.kind === 'Await') found = true;
  });
  return found;
}

/** Joins at the end of the block in which it was started, where nothing leaves the block before. */
function fixesOf(file: SourceFile, life: Life, start: Call, what: string): Fix[] {
  const [list, ...more] = life.lists;
  const started = statementOf(start);
  if (!started || !life.name || more.length > 0) return [];
  const top = list ? outermostLoop(started) : started;
  const block = blockOf(top);
  const last = block.at(-1);
  if (!last || inLoop(top) || !ownsLines(file, last, last) || block.slice(block.indexOf(top)).some(leaves)) return [];
  // What was never started can't be joined.
  if (list && ((started !== top && started.parent !== top) || skips(top))) return [];
  const indent = `${file.eol}${file.indentOf(last.start)}`;
  const item = list ? (freeName(file, top, what, 'each') ?? null) : life.name.id;
  if (item === null) return [];
  const text = list
    ? `${indent}for ${item} in ${list.id}:${indent}${indentUnit(file)}${item}.join()`
    : `${indent}${item}.join()`;
  return [
    {
      title: `Wait for the ${what}${list ? (what === 'process' ? 'es' : 's') : ''}`,
      edits: [insert(lineEnd(file, last.end), text)],
    },
  ];
}

function outermostLoop(statement: Statement): Statement {
  let top = statement;
  for (const around of ancestors(statement)) {
    if (around.kind === 'FunctionDef' || around.kind === 'Module') break;
    if (around.kind === 'For' || around.kind === 'While') top = around;
  }
  return top;
}

function inLoop(statement: Statement): boolean {
  for (const around of ancestors(statement)) {
    if (around.kind === 'FunctionDef') return false;
    if (around.kind === 'For' || around.kind === 'While') return true;
  }
  return false;
}

/** Whether a loop may skip some of its items. */
function skips(loop: Statement): boolean {
  let found = false;
  visitAll(loop, node => {
    if (node.kind === 'Simple' && node.word !== 'pass') found = true;
    if (node.kind === 'Comprehension' && node.ifs.length > 0) found = true;
  });
  return found;
}

/** Whether a statement may leave its block. */
function leaves(statement: Statement): boolean {
  let found = statement.broken;
  visitAll(statement, node => {
    if (node.kind === 'Return' || node.kind === 'Raise') found = true;
    if (node.kind === 'Simple' && node.word !== 'pass' && !enclosing(node, 'For', 'While')) found = true;
  });
  return found;
}
