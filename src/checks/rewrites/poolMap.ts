import type { Call, Expression, FunctionDef, Statement, With } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { ancestors, nodeAt, statementOf } from '../../snippet/syntax/walk.ts';
import { functionAround } from '../callees.ts';
import { usesOf } from '../calls.ts';
import type { Fix, Rewrite, TextEdit } from '../check.ts';
import { executors } from '../concurrency.ts';
import { freeName, indentUnit, ownsLines } from '../edits.ts';
import { independentFunction, isSelfContained } from '../independence.ts';
import { isInMainGuard } from '../mainGuard.ts';
import { kindOfFunction } from '../workKind.ts';
import { type Collecting, collectingAt, enclosed, isInTry } from './collecting.ts';
import { importedName } from './imports.ts';

/** `[f(x) for x in items]`, where the calls may run at the same time. */
export const toPoolMap: Rewrite = {
  name: 'for loop or list comprehension to executor.map',
  offer: (file, start, end) => {
    const found = collectingAt(file, start, end);
    const call = found && mappedCall(found);
    const work = call && independentFunction(file, call.func);
    if (!found || !call || !work) return [];
    const name = file.textOf(call.func);
    const kind = kindOfFunction(file, work);
    // Threads gain nothing where Python code computes, processes nothing where it waits.
    const threads = kind === 'cpu' ? [] : withExecutor(file, found, name, 'ThreadPoolExecutor', 'threads');
    const canSpawn = kind !== 'io' && isSelfContained(file, work) && runsInMainOnly(file, found.statement);
    const processes = canSpawn ? withExecutor(file, found, name, 'ProcessPoolExecutor', 'processes') : [];
    return [...threads, ...processes];
  },
};

/** `f(x)` with nothing but the loop's variable. */
function mappedCall({ element, target, test }: Collecting): Call | null {
  if (test || element.kind !== 'Call' || element.func.kind !== 'Name' || element.keywords.length > 0) return null;
  const [arg, ...more] = element.args;
  if (arg?.kind !== 'Name' || target.kind !== 'Name' || arg.id !== target.id || more.length > 0) return null;
  return element.func.id === target.id ? null : element;
}

function withExecutor(file: SourceFile, found: Collecting, work: string, type: string, where: string): Fix[] {
  const imported = importedName(file, found.statement, 'concurrent.futures', type);
  const executor = freeName(file, found.statement, 'executor', 'pool');
  if (!imported || executor === null) return [];
  const { start, end, name, iter, statement } = found;
  const next = file.eol + file.indentOf(statement.start);
  const newText =
    `${imported.before}with ${imported.name}() as ${executor}:${next}${indentUnit(file)}` +
    `${name.id} = list(${executor}.map(${work}, ${enclosed(file, iter)}))`;
  return [{ title: `Run ${work} in ${where} (${type}.map)`, edits: [...imported.edits, { start, end, newText }] }];
}

/** Whether a statement certainly runs in the main program only: a process that is spawned imports the file. */
function runsInMainOnly(file: SourceFile, statement: Statement): boolean {
  // A kernel's functions are not in a file that another process could import.
  if (file.kind === 'cells') return false;
  if (isInMainGuard(statement)) return true;
  const around = functionAround(statement);
  if (around?.parent?.kind !== 'Module') return false;
  return usesOf(file, around.name).every(use => isInMainGuard(use) || runsInCalledMain(file, use));
}

/** In a function that the main guard alone calls. */
function runsInCalledMain(file: SourceFile, use: Expression): boolean {
  const outer = functionAround(use);
  return outer?.parent?.kind === 'Module' && usesOf(file, outer.name).every(isInMainGuard);
}

/** `with ThreadPoolExecutor() as executor: results = list(executor.map(f, items))`, back to a comprehension. */
export const fromPoolMap: Rewrite = {
  name: 'executor.map to list comprehension',
  offer: (file, start, end) => {
    const at = nodeAt(file.module, start, end);
    for (const node of [at, ...ancestors(at)]) {
      if (node.kind !== 'With') continue;
      return plainMap(file, node);
    }
    return [];
  },
};

function plainMap(file: SourceFile, statement: With): Fix[] {
  const [item, ...items] = statement.items;
  const [only, ...more] = statement.body;
  if (!item || items.length > 0 || only?.kind !== 'Assign' || more.length > 0 || statement.broken) return [];
  const { context, target: executor } = item;
  if (context.kind !== 'Call' || !executors.has(file.qualifiedName(context.func) ?? '')) return [];
  const isPlain = context.args.length < 2 && context.keywords.every(({ name }) => name === 'max_workers');
  if (!isPlain || executor?.kind !== 'Name' || usesOf(file, executor).length !== 1) return [];
  const mapped = listOfMap(file, only.value, executor.id);
  if (!mapped || !ownsLines(file, statement, only) || /#|\n[^\n]*\n/.test(file.textOf(statement)) || isInTry(statement))
    return [];
  const item1 = freeName(file, statement, 'item', 'each', 'value');
  if (item1 === null) return [];
  const targets = file.text.slice(only.start, only.value.start);
  const newText = `${targets}[${mapped.name}(${item1}) for ${item1} in ${enclosed(file, mapped.iter)}]`;
  const edit: TextEdit = { start: statement.start, end: statement.end, newText };
  return [{ title: `Run ${mapped.name} one after another (list comprehension)`, edits: [edit] }];
}

/** `list(executor.map(f, items))` of an independent function. */
function listOfMap(
  file: SourceFile,
  value: Expression,
  executor: string,
): { name: string; iter: Expression; work: FunctionDef } | null {
  if (value.kind !== 'Call' || file.qualifiedName(value.func) !== 'builtins.list' || value.args.length !== 1)
    return null;
  const [call] = value.args;
  if (call?.kind !== 'Call' || call.func.kind !== 'Attribute' || call.func.attr !== 'map') return null;
  const [mapped, iter, ...more] = call.args;
  const { value: owner } = call.func;
  if (owner.kind !== 'Name' || owner.id !== executor || more.length > 0) return null;
  if (mapped?.kind !== 'Name' || !iter || iter.kind === 'Starred') return null;
  if (call.keywords.some(({ name }) => name !== 'chunksize')) return null;
  const work = independentFunction(file, mapped);
  return work && statementOf(iter) ? { name: mapped.id, iter, work } : null;
}
