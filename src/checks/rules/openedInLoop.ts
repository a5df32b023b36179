import type { Call, Expression, Node } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { ancestors, isDeferred, statementOf } from '../../snippet/syntax/walk.ts';
import { argument, methodOf } from '../calls.ts';
import type { Finding, Fix, Rule, Severity } from '../check.ts';
import { concurrencyOf } from '../concurrency.ts';
import { freeName, indentUnit, insert, ownsLines } from '../edits.ts';
import { type Life, lifeOf } from '../lifetimes.ts';

const files = new Set(['builtins.open', 'io.open', 'gzip.open', 'bz2.open', 'lzma.open', 'codecs.open']);
/** What opens something, in words. */
const openers: Record<string, string> = {
  ...Object.fromEntries([...files].map(name => [name, 'file'])),
  'urllib.request.urlopen': 'response',
  'socket.socket': 'socket',
  'socket.create_connection': 'socket',
  'sqlite3.connect': 'connection',
};
const closing = /close|exit|detach|shutdown|release/;
/** A response that is read to its end gives its connection back. */
const readToTheEnd = new Set(['read', 'content', 'text', 'json', 'readlines']);
/** Functions that read the whole file that they are given. */
const loaders = new Set('json.load pickle.load tomllib.load marshal.load plistlib.load yaml.safe_load'.split(' '));

export const openedInLoop: Rule = {
  code: 'RIP212',
  title: 'Opened in a loop and never closed',
  severity: 'information',
  check: file => [
    ...file.calls.flatMap(call => findingOf(file, call) ?? []),
    ...concurrencyOf(file).handed.flatMap(({ call, method, work }) =>
      /map/.test(method) ? (ofMap(file, call, work) ?? []) : [],
    ),
  ],
};

function findingOf(file: SourceFile, call: Call): Finding | null {
  const what = whatIsOpened(file, call);
  if (what === null || !isInLoop(call)) return null;
  const inline = inlineUse(file, call);
  if (inline)
    return what === 'file' ? finding(call, what, 'hint', inline === 'fixable' ? fixesOf(file, call) : []) : null;
  const life = lifeOf(file, call);
  if (life.escapes || life.withs.length > 0 || isClosed(life, what)) return null;
  // A name is bound anew in each turn: CPython then closes what it had. A list keeps all of them open.
  const severity = life.lists.length > 0 && !life.isGlobal ? 'information' : 'hint';
  if (life.name === null && life.lists.length === 0) return null;
  return finding(call, what, severity, []);
}

function finding(call: Call, what: string, severity: Severity, fixes: Fix[]): Finding {
  const message = `Each turn of the loop opens a ${what}, and nothing closes it: it stays open until it is garbage-collected. Use it in a with block.`;
  return { start: call.start, end: call.end, severity, message, fixes };
}

function whatIsOpened(file: SourceFile, call: Call): string | null {
  const name = file.qualifiedName(call.func);
  if (name === null) return null;
  if (name.startsWith('requests.') && file.typeOf(call) === 'requests.Response') {
    const stream = argument(call, null, 'stream');
    return stream?.kind === 'Constant' && stream.type === 'True' ? 'response' : null;
  }
  return openers[name] ?? null;
}

/** Whether a call happens in each turn of a loop of its function. */
function isInLoop(call: Call): boolean {
  let below: Node = call;
  for (const around of ancestors(call)) {
    if (around.kind === 'While') return true;
    if (around.kind === 'For' && around.iter !== below) return true;
    if (around.kind === 'Comp' && around.generators[0] !== below) return true;
    if (isDeferred(around) || around.kind === 'ClassDef') return false;
    // Left in the turn in which it is opened: no second one follows.
    if (around.kind === 'Return' || around.kind === 'Raise') return false;
    below = around;
  }
  return false;
}

function isClosed(life: Life, what: string): boolean {
  const used = [...life.calls.map(({ method }) => method), ...life.attributes.map(({ attr }) => attr)];
  return used.some(name => closing.test(name) || (what === 'response' && readToTheEnd.has(name)));
}

/** `open(path).read()` and `json.load(open(path))`: used where it is opened, without a name. */
function inlineUse(file: SourceFile, call: Call): 'fixable' | 'used' | null {
  const { parent } = call;
  if (parent?.kind === 'Attribute') {
    const isRead = /^(read|readline|readlines|write)$/.test(parent.attr) && parent.parent?.kind === 'Call';
    return isRead && isHead(parent) ? 'fixable' : closing.test(parent.attr) ? null : 'used';
  }
  if (parent?.kind !== 'Call' || parent.args[0] !== call) return null;
  const name = file.qualifiedName(parent.func);
  return name !== null && loaders.has(name) ? (isHead(parent) ? 'fixable' : 'used') : null;
}

/** Whether an expression is what its statement evaluates first. */
function isHead(expression: Expression): boolean {
  let at: Node = expression;
  for (const around of ancestors(expression)) {
    if (around.kind === 'ExpressionStatement') return true;
    if (around.kind === 'Assign') return around.value === at && around.targets.every(target => target.kind === 'Name');
    const isChain =
      (around.kind === 'Call' && around.func === at) || (around.kind === 'Attribute' && around.value === at);
    if (!isChain) return false;
    at = around;
  }
  return false;
}

function fixesOf(file: SourceFile, call: Call): Fix[] {
  const statement = statementOf(call);
  const name = freeName(file, call, 'file', 'opened');
  if (!statement || name === null || statement.broken || !ownsLines(file, statement, statement)) return [];
  if (file.textOf(statement).includes('\n')) return [];
  const indent = `${file.eol}${file.indentOf(statement.start)}${indentUnit(file)}`;
  const edits = [
    insert(statement.start, `with ${file.textOf(call)} as ${name}:${indent}`),
    { start: call.start, end: call.end, newText: name },
  ];
  // What is opened at the very start of the statement: one edit, not two at the same place.
  const isFirst = statement.start === call.start;
  const only = { start: call.start, end: call.end, newText: `with ${file.textOf(call)} as ${name}:${indent}${name}` };
  return [{ title: 'Open it in with', edits: isFirst ? [only] : edits }];
}

/** `pool.map(urlopen, urls)` whose results nobody takes. */
function ofMap(file: SourceFile, call: Call, work: Expression | null): Finding | null {
  const what = work ? openers[file.qualifiedName(work) ?? ''] : undefined;
  if (!work || !what) return null;
  const life = lifeOf(file, call);
  if (life.escapes || life.iterated || life.calls.length > 0 || life.withs.length > 0) return null;
  const method = methodOf(call)?.method ?? 'map';
  return {
    start: work.start,
    end: work.end,
    severity: 'hint',
    message: `${method}() opens a ${what} for each item, and nothing closes them. Give it a function that opens, reads and closes.`,
  };
}
