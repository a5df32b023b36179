import type { Call, Expression, FunctionDef } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { words } from '../../snippet/syntax/typeTable.ts';
import { walk } from '../../snippet/syntax/walk.ts';
import { argument, literalInteger, methodOf } from '../calls.ts';
import type { Finding, Fix, Rule, Severity } from '../check.ts';
import { coroutineAround } from '../coroutines.ts';
import { addImport } from '../edits.ts';

interface Blocking {
  severity: Severity;
  /** What to do instead. */
  remedy: string;
}

const inThread = (called: string) => `Await \`asyncio.to_thread(${called}, …)\``;
const ofClient = (called: string) => `${inThread(called)}, or use an asynchronous client.`;
const subprocess = () => 'Use `await asyncio.create_subprocess_exec(…)`.';

/** Functions that wait, each with its remedy. */
const waiting: Record<string, (called: string) => string> = {
  'time.sleep': () => 'Use `await asyncio.sleep(…)`.',
  'os.system': () => 'Use `await asyncio.create_subprocess_shell(…)`.',
  'builtins.input': called => `${inThread(called)}.`,
  ...of('subprocess.run subprocess.call subprocess.check_call subprocess.check_output', subprocess),
  ...of('urllib.request.urlopen urllib.request.urlretrieve', ofClient),
  ...of(requestsOf('requests'), ofClient),
  ...of(requestsOf('requests.Session'), ofClient),
  ...of(requestsOf('httpx'), () => 'Use `httpx.AsyncClient`.'),
  ...of(requestsOf('httpx.Client'), () => 'Use `httpx.AsyncClient`.'),
  'socket.create_connection': () => 'Use `await asyncio.open_connection(…)`.',
};

function of(names: string, remedy: (called: string) => string): typeof waiting {
  return Object.fromEntries(words(names).map(name => [name, remedy]));
}

function requestsOf(owner: string): string {
  return words('get post put delete head patch options request')
    .map(method => `${owner}.${method}`)
    .join(' ');
}

export const blockingInCoroutine: Rule = {
  code: 'RIP241',
  title: 'A blocking call in a coroutine',
  severity: 'warning',
  check: file => {
    if (!/\basync\b/.test(file.text)) return [];
    return file.calls.flatMap(call => {
      const coroutine = coroutineAround(call);
      if (!coroutine || call.parent?.kind === 'Await') return [];
      const blocking = blockingCall(file, call, coroutine);
      return blocking ? [findingOf(file, call, coroutine, blocking)] : [];
    });
  },
};

function blockingCall(file: SourceFile, call: Call, coroutine: FunctionDef): Blocking | null {
  const method = methodOf(call);
  const type = method ? file.typeOf(method.owner) : null;
  const name = method && type !== null ? `${type}.${method.method}` : file.qualifiedName(call.func);
  if (name === null) return null;
  if (name === 'time.sleep' && literalInteger(call.args[0] ?? null) === 0) return null;
  const remedy = waiting[name];
  if (remedy) return { severity: 'warning', remedy: remedy(file.textOf(call.func)) };
  return method ? blockingMethod(file, call, name, method.owner, coroutine) : null;
}

/** Methods that wait for others, as far as those can't be done already. */
function blockingMethod(
  file: SourceFile,
  call: Call,
  name: string,
  owner: Expression,
  coroutine: FunctionDef,
): Blocking | null {
  const called = file.textOf(call.func);
  switch (name) {
    case 'concurrent.futures.Future.result':
      return {
        severity: owner.kind === 'Call' ? 'warning' : 'hint',
        remedy: 'Await `asyncio.wrap_future(…)` of the future.',
      };
    case 'queue.Queue.get':
    case 'queue.LifoQueue.get':
    case 'queue.PriorityQueue.get':
    case 'queue.SimpleQueue.get':
      if (call.args.length > 0 || call.keywords.length > 0) return null;
      return {
        severity: asksFirst(file, owner, coroutine) ? 'hint' : 'warning',
        remedy: `Use an \`asyncio.Queue\`, or await \`asyncio.to_thread(${called})\`.`,
      };
    case 'threading.Thread.join':
      return { severity: 'information', remedy: `Await \`asyncio.to_thread(${called})\`.` };
    case 'socket.socket.connect':
    case 'socket.socket.accept':
    case 'socket.socket.recv':
    case 'socket.socket.sendall':
      if (setsBlocking(file)) return null;
      return { severity: 'information', remedy: 'Use the streams of asyncio: `await asyncio.open_connection(…)`.' };
    case 'io.IOBase.read':
    case 'io.IOBase.readlines':
      return { severity: 'hint', remedy: `For large files await \`asyncio.to_thread(…)\`.` };
    default:
      return null;
  }
}

/** Whether the coroutine looks whether there is something in the queue. */
function asksFirst(file: SourceFile, queue: Expression, coroutine: FunctionDef): boolean {
  const text = file.textOf(queue);
  for (const node of walk(coroutine)) {
    if (node.kind !== 'Attribute' || !['empty', 'qsize', 'put', 'put_nowait'].includes(node.attr)) continue;
    if (file.textOf(node.value) === text) return true;
  }
  return false;
}

function setsBlocking(file: SourceFile): boolean {
  return file.calls.some(call => ['setblocking', 'settimeout'].includes(methodOf(call)?.method ?? ''));
}

function findingOf(file: SourceFile, call: Call, coroutine: FunctionDef, { severity, remedy }: Blocking): Finding {
  const called = file.textOf(call.func).replaceAll(/\s+/g, ' ');
  const message =
    `\`${called}(…)\` blocks the event loop: until it returns, nothing else of the loop runs, ` +
    `not only \`${coroutine.name.id}\`. ${remedy}`;
  return { start: call.start, end: call.end, severity, message, fixes: sleepFix(file, call) };
}

const otherLoops = /^\s*(?:import|from)\s+(?:trio|curio|anyio|twisted)\b/m;

function sleepFix(file: SourceFile, call: Call): Fix[] {
  const isSleep = file.qualifiedName(call.func) === 'time.sleep' && call.parent?.kind === 'ExpressionStatement';
  const seconds = argument(call, 0, 'secs');
  if (!isSleep || !seconds || call.args.length !== 1 || otherLoops.test(file.text)) return [];
  const asyncio = asyncioAt(file, call);
  if (asyncio === null) return [];
  const edits = [{ start: call.func.start, end: call.func.end, newText: `await ${asyncio.name}.sleep` }];
  if (!asyncio.imported) edits.unshift(addImport(file, 'import asyncio'));
  return [{ title: 'Use await asyncio.sleep', edits }];
}

/** The name that the module asyncio has where a call stands; null when its own is taken. */
function asyncioAt(file: SourceFile, call: Call): { name: string; imported: boolean } | null {
  for (const [name, bindings] of file.scopes.module.bindings) {
    if (!bindings.every(({ imported }) => imported === 'asyncio')) continue;
    if (file.scopes.lookUp(name, file.scopeOf(call)) === bindings) return { name, imported: true };
  }
  return file.scopes.lookUp('asyncio', file.scopeOf(call)).length === 0 ? { name: 'asyncio', imported: false } : null;
}
