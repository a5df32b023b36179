import type { Call, Expression, Statement, With } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { ancestors, enclosing, isDeferred, statementOf, walk } from '../../snippet/syntax/walk.ts';
import { argument, callsIn, functionOf, hasUnpacking, methodOf } from '../calls.ts';
import type { Finding, Fix, Rule, Severity } from '../check.ts';
import { concurrencyOf, executors, type Handed } from '../concurrency.ts';
import { freeName, indentUnit, insert, joined, lineEnd, ownsLines } from '../edits.ts';
import { type Life, lifeOf } from '../lifetimes.ts';
import { isInMainGuard } from '../mainGuard.ts';

/** How to read the result of each method that doesn't raise by itself what went wrong. */
const readers: Record<string, 'list' | 'result' | 'get'> = {
  submit: 'result',
  map: 'list',
  imap: 'list',
  imap_unordered: 'list',
  apply_async: 'get',
  map_async: 'get',
  starmap_async: 'get',
};

/** Functions whose results nobody wants and that hardly fail. */
const quiet = new Set(['time.sleep', 'builtins.print']);
const quietMethods = new Set('set put put_nowait append add release notify notify_all wait sleep'.split(' '));

export const unreadResults: Rule = {
  code: 'RIP201',
  title: 'Results that nobody reads',
  severity: 'warning',
  check: file => concurrencyOf(file).handed.flatMap(handed => findingOf(file, handed) ?? []),
};

function findingOf(file: SourceFile, handed: Handed): Finding | null {
  const { call, method } = handed;
  const reader = readers[method];
  if (!reader || (method === 'map' && !executors.has(handed.type)) || hasCallback(handed, 'error_callback'))
    return null;
  const life = lifeOf(file, call);
  if (isRead(life) || life.name?.id.startsWith('_') || isQuiet(file, handed.work)) return null;
  const severity = severityOf(file, handed, life);
  if (severity === null) return null;
  return {
    start: call.start,
    end: call.end,
    severity,
    message: messageOf(file, handed, reader),
    fixes: fixesOf(file, handed, reader, life),
  };
}

/** Whether anything is done with the results; asking a future to stop is not reading it. */
function isRead(life: Life): boolean {
  const asked = life.calls.some(({ method }) => !['cancel', 'done', 'running'].includes(method));
  return life.escapes || life.iterated || asked || life.attributes.length > 0 || life.withs.length > 0;
}

function hasCallback({ call, method }: Handed, name: 'callback' | 'error_callback'): boolean {
  if (!method.endsWith('_async')) return false;
  return hasUnpacking(call) || argument(call, name === 'callback' ? 3 : 4, name) !== null;
}

function isQuiet(file: SourceFile, work: Expression | null): boolean {
  if (work?.kind === 'Attribute' && quietMethods.has(work.attr)) return true;
  return work !== null && quiet.has(file.qualifiedName(work) ?? '');
}

/** Null: it is meant so. */
function severityOf(file: SourceFile, handed: Handed, life: Life): Severity | null {
  const work = functionOf(file, handed.work);
  if (work?.kind === 'FunctionDef' && handlesEverything(work.body)) return null;
  if (hasCallback(handed, 'callback')) return 'hint';
  if (killedBy(file, handed) !== null) return 'warning';
  // A later cell, or another module, may read it.
  const isPublic = life.isGlobal && (file.kind === 'cells' || !isInMainGuard(handed.call));
  if (isPublic || work?.kind !== 'FunctionDef') return 'information';
  return givesOrRaises(work.body) ? 'warning' : 'information';
}

/** A body that is one `try` with a handler for every exception. */
function handlesEverything(body: readonly Statement[]): boolean {
  const [only, ...more] = body.filter(each => !(each.kind === 'ExpressionStatement' && each.value.kind === 'Constant'));
  if (only?.kind === 'While' || only?.kind === 'With') return more.length === 0 && handlesEverything(only.body);
  if (only?.kind !== 'Try') return false;
  return only.handlers.some(({ type }) => type === null || /(^|\W)(Base)?Exception\b/.test(nameIn(type)));
}

function nameIn(type: Expression): string {
  if (type.kind === 'Sequence') return type.elements.map(nameIn).join(' ');
  return type.kind === 'Name' ? type.id : type.kind === 'Attribute' ? type.attr : '';
}

function givesOrRaises(body: readonly Statement[]): boolean {
  return body.some(statement => {
    for (const node of walk(statement, each => !isDeferred(each) && each.kind !== 'ClassDef')) {
      if (node.kind === 'Raise') return true;
      if (node.kind === 'Return' && node.value && !(node.value.kind === 'Constant' && node.value.type === 'None'))
        return true;
    }
    return false;
  });
}

/** The `with Pool()` whose end kills this task: nothing in it waits for anything. */
function killedBy(file: SourceFile, { call, owner, type }: Handed): With | null {
  const block = type === 'multiprocessing.Pool' ? withOf(file, owner, call) : null;
  if (!block || owner.kind !== 'Name') return null;
  const isHarmless = (each: Call) => {
    const called = methodOf(each);
    if (called?.owner.kind === 'Name' && called.owner.id === owner.id)
      return !['close', 'join'].includes(called.method);
    return (
      called?.method === 'append' || ['builtins.print', 'builtins.range'].includes(file.qualifiedName(each.func) ?? '')
    );
  };
  const later = block.body.filter(statement => statement.end >= call.end).flatMap(callsIn);
  return later.every(isHarmless) ? block : null;
}

/** The `with` around a call that made what it is called on. */
function withOf(file: SourceFile, owner: Expression, call: Call): With | null {
  if (owner.kind !== 'Name') return null;
  const [binding] = file.reachingBindings(owner);
  for (const around of ancestors(call)) {
    if (isDeferred(around)) return null;
    if (around.kind === 'With' && around.items.some(item => item.target === binding?.node)) return around;
  }
  return null;
}

function messageOf(file: SourceFile, handed: Handed, reader: 'list' | 'result' | 'get'): string {
  const { method, owner, work } = handed;
  const target = work?.kind === 'Name' || work?.kind === 'Attribute' ? file.textOf(work) : 'the function';
  const called = `${owner.kind === 'Name' ? owner.id : 'the pool'}.${method}()`;
  if (hasCallback(handed, 'callback'))
    return `An exception in ${target} never reaches callback and goes unnoticed. Give an error_callback too, or call get().`;
  if (killedBy(file, handed))
    return `Nobody waits for ${called}: the with block ends with terminate(), which kills what still runs. Call get() on the result within the block.`;
  if (reader === 'list')
    return `Nobody reads the results of ${called}: an exception in ${target} goes unnoticed. Go through them, for example with list(…).`;
  const what = reader === 'result' ? 'this future' : `the result of ${called}`;
  return `Nobody reads ${what}: an exception in ${target} goes unnoticed. Keep it and call ${reader}().`;
}

/** The statement of the executor's `with` block in which the call stands, if it is the block's last: there it waits anyway. */
function lastInWith(file: SourceFile, call: Call, owner: Expression): Statement | null {
  const block = withOf(file, owner, call);
  const last = block?.body.at(-1);
  return last && last.start <= call.start && call.end <= last.end ? last : null;
}

function fixesOf(
  file: SourceFile,
  { call, owner, method }: Handed,
  reader: 'list' | 'result' | 'get',
  life: Life,
): Fix[] {
  const last = lastInWith(file, call, owner);
  const statement = statementOf(call);
  if (!last || !statement || statement.broken) return [];
  if (statement === last && life.lists.length === 0) {
    if (reader === 'list')
      return [{ title: 'Read the results', edits: [insert(call.start, 'list('), insert(call.end, ')')] }];
    return life.name ? [] : [{ title: `Call ${reader}()`, edits: [insert(call.end, `.${reader}()`)] }];
  }
  if (reader === 'list' || !ownsLines(file, last, last)) return [];
  const isLoop = last.kind === 'For' && !last.isAsync && last.orelse.length === 0 && enclosing(call, 'For') === last;
  const [list] = life.lists;
  const item = freeName(file, call, method === 'submit' ? 'future' : 'result', 'each');
  if (item === null) return [];
  if (list) {
    const isFilledHere = life.lists.length === 1 && (isLoop || statement === last);
    return isFilledHere ? [{ title: 'Wait for the results', edits: [waiting(file, last, list.id, item, reader)] }] : [];
  }
  const isPlain = isLoop && statement.kind === 'ExpressionStatement' && statement.value === call;
  const name = isPlain ? freeName(file, call, method === 'submit' ? 'futures' : 'results', 'pending') : null;
  if (name === null || statement.parent !== last || !ownsLines(file, statement, statement)) return [];
  const edits = [
    insert(last.start, `${name} = []${file.eol}${file.indentOf(last.start)}`),
    insert(call.start, `${name}.append(`),
    insert(call.end, ')'),
    waiting(file, last, name, item, reader),
  ];
  return [{ title: 'Wait for the results', edits: joined(edits) }];
}

/** `for future in futures: future.result()` below a statement. */
function waiting(file: SourceFile, after: Statement, list: string, item: string, reader: string) {
  const indent = file.indentOf(after.start);
  const lines = [`for ${item} in ${list}:`, `${indentUnit(file)}${item}.${reader}()`];
  return insert(lineEnd(file, after.end), lines.map(line => `${file.eol}${indent}${line}`).join(''));
}
