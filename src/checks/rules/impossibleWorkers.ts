import type { Call, Expression } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { ancestors } from '../../snippet/syntax/walk.ts';
import { literalInteger, methodOf } from '../calls.ts';
import type { Finding, Rule } from '../check.ts';
import { concurrencyOf, executors, type Made, pools, workersGiven } from '../concurrency.ts';
import { lifeOf } from '../lifetimes.ts';

/** What Windows can wait for in one ProcessPoolExecutor. */
const mostOnWindows = 61;
/** No machine has so many CPUs for the processes of one pool. */
const absurd = 1000;

export const impossibleWorkers: Rule = {
  code: 'RIP208',
  title: 'A number of workers that can’t work',
  severity: 'warning',
  check: file => concurrencyOf(file).made.flatMap(made => findingOf(file, made) ?? []),
};

function findingOf(file: SourceFile, made: Made): Finding | null {
  const { call, type } = made;
  if (!executors.has(type) && !pools.has(type)) return null;
  const given = workersGiven(made);
  const workers = given ? numberOf(given) : null;
  if (!given || workers === null) return null;
  const at = { start: given.start, end: given.end };
  const name = type.slice(type.lastIndexOf('.') + 1);
  if (workers < 1)
    return isTried(call) ? null : { ...at, message: `${name} fails with a ValueError: it needs at least one worker.` };
  const isProcesses = type === 'concurrent.futures.ProcessPoolExecutor' || type === 'multiprocessing.Pool';
  if (isProcesses && workers >= absurd)
    return {
      ...at,
      severity: 'information',
      message: `${workers} processes, each with an interpreter of its own: far more than there are CPUs to run them. Leave the number out for one per CPU.`,
    };
  if (type === 'concurrent.futures.ProcessPoolExecutor' && workers > mostOnWindows)
    return {
      ...at,
      severity: 'information',
      message: `On Windows, ProcessPoolExecutor takes at most ${mostOnWindows} workers and fails with a ValueError here.`,
    };
  if (workers === 1 && onlyMaps(file, call))
    return {
      ...at,
      severity: 'hint',
      message: `With one worker, ${name} does one item after another, as a plain loop would without it.`,
    };
  return null;
}

function numberOf(given: Expression): number | null {
  if (given.kind === 'UnaryOp' && given.operator === '-') {
    const number = literalInteger(given.operand);
    return number === null ? null : -number;
  }
  return literalInteger(given);
}

/** Whether somebody waits for the failure: `try`, or a test's `assertRaises`. */
function isTried(call: Call): boolean {
  for (const around of ancestors(call)) {
    if (around.kind === 'Try') return true;
    if (around.kind === 'Lambda') return true;
    if (around.kind === 'With' && around.items.some(({ context }) => context.kind === 'Call' && isRaises(context)))
      return true;
  }
  return false;
}

function isRaises(call: Call): boolean {
  const called = methodOf(call)?.method ?? (call.func.kind === 'Name' ? call.func.id : '');
  return /raises|suppress/i.test(called);
}

function onlyMaps(file: SourceFile, call: Call): boolean {
  const { escapes, calls } = lifeOf(file, call);
  const working = calls.filter(({ method }) => !['close', 'join', 'shutdown', 'terminate'].includes(method));
  return !escapes && working.length > 0 && working.every(({ method }) => method === 'map' || method === 'starmap');
}
