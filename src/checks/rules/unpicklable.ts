import type { Call, Expression, FunctionDef, Lambda } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { isDeferred, walk } from '../../snippet/syntax/walk.ts';
import { argument, functionOf } from '../calls.ts';
import type { Finding, Fix, Rule, Severity } from '../check.ts';
import { concurrencyOf, type Handed, type Made, processPools, startMethodOf } from '../concurrency.ts';

const openFile = 'an open file';
const holdsLock = 'what holds a lock';
/** Types that pickle refuses, in words. */
const unpicklableTypes: Record<string, string> = {
  'threading.Lock': 'a lock',
  'threading.RLock': 'a lock',
  'threading.Condition': holdsLock,
  'threading.Semaphore': holdsLock,
  'threading.BoundedSemaphore': holdsLock,
  'threading.Event': holdsLock,
  'threading.Barrier': holdsLock,
  'threading.local': 'a threading.local',
  'threading.Thread': 'a thread',
  'threading.Timer': 'a thread',
  'queue.Queue': holdsLock,
  'queue.LifoQueue': holdsLock,
  'queue.PriorityQueue': holdsLock,
  'queue.SimpleQueue': 'a queue.SimpleQueue',
  'io.IOBase': openFile,
  'sqlite3.Connection': 'a database connection',
  'subprocess.Popen': 'a subprocess.Popen',
  'concurrent.futures.ThreadPoolExecutor': 'an executor',
  'concurrent.futures.ProcessPoolExecutor': 'an executor',
  'multiprocessing.Pool': 'a pool',
  'builtins.generator': 'a generator',
};
/** What only a Process may be given, which hands it down while it starts. */
const inherited = new Set(
  'Lock RLock Condition Semaphore Event Barrier Queue JoinableQueue SimpleQueue Value Array'
    .split(' ')
    .map(name => `multiprocessing.${name}`),
);
/** Libraries that pickle more than the standard library does. */
const otherPicklers = /^(dill|cloudpickle|pathos|multiprocess)\b/;

export const unpicklable: Rule = {
  code: 'RIP203',
  title: 'What a process can’t be given',
  severity: 'warning',
  check(source) {
    const { handed, made } = concurrencyOf(source);
    const pooled = handed.filter(({ type }) => processPools.has(type));
    const started = made.filter(({ type }) => type === 'multiprocessing.Process');
    if (pooled.length + started.length === 0 || picklesOtherwise(source)) return [];
    return [
      ...pooled.flatMap(each => tasks(each).flatMap(value => ofTask(source, value, each) ?? [])),
      ...started.flatMap(each => ofProcess(source, each)),
    ];
  },
};

function picklesOtherwise(source: SourceFile): boolean {
  for (const bindings of source.scopes.module.bindings.values())
    if (bindings.some(({ imported }) => imported !== null && otherPicklers.test(imported))) return true;
  if (!/copyreg|ForkingPickler/.test(source.text)) return false;
  return source.calls.some(({ func }) => {
    const name = source.qualifiedName(func);
    return name === 'copyreg.pickle' || name?.endsWith('ForkingPickler.register') === true;
  });
}

/** Everything that a task is pickled with: its function, its arguments, the items that it is run over. */
function tasks({ call, method, work }: Handed): Expression[] {
  const values = work ? [work] : [];
  switch (method) {
    case 'submit':
      return [...values, ...call.args.slice(1), ...call.keywords.map(keyword => keyword.value)];
    case 'apply':
    case 'apply_async':
      return [...values, ...given(argument(call, 1, 'args')), ...given(argument(call, 2, 'kwds'))];
    default:
      return [...values, ...itemsOf(argument(call, 1, 'iterable')), ...call.args.slice(2).flatMap(itemsOf)];
  }
}

function given(value: Expression | null): Expression[] {
  return value ? [value] : [];
}

/** An iterable isn't pickled itself, only what it gives. */
function itemsOf(iterable: Expression | null): Expression[] {
  if (iterable?.kind === 'Sequence') return iterable.elements;
  if (iterable?.kind === 'Comp') return [iterable.element];
  if (iterable?.kind === 'BinOp' && iterable.operator === '*') return itemsOf(iterable.left);
  return [];
}

function ofTask(source: SourceFile, value: Expression, { owner, type }: Handed): Finding | null {
  const found = reasonOf(source, value);
  const shared = found ? null : sharedIn(source, value);
  const pool = owner.kind === 'Name' ? owner.id : type === 'multiprocessing.Pool' ? 'The pool' : 'The executor';
  if (found) {
    const message = `${pool} pickles its tasks for other processes, and ${found.what} can't be pickled. ${found.advice}`;
    return { start: found.at.start, end: found.at.end, message, fixes: fixesOf(source, found.at) };
  }
  if (!shared) return null;
  return {
    start: shared.start,
    end: shared.end,
    message: `${source.textOf(shared)} can be shared only with a process that is starting: here it fails with a RuntimeError. Give it to the workers with initializer and initargs.`,
  };
}

function ofProcess(source: SourceFile, { call }: Made): Finding[] {
  const method = startMethodOf(source, call);
  if (method === null || method === 'fork') return [];
  const severity: Severity = method === 'default' ? 'information' : 'warning';
  const when = method === 'default' ? 'On macOS, Windows and, from Python 3.14, on Linux' : `With ${method}`;
  const values = [argument(call, 1, 'target'), argument(call, 3, 'args'), argument(call, 4, 'kwargs')];
  return values.flatMap(value => {
    const found = value ? reasonOf(source, value) : null;
    if (!found) return [];
    const message = `${when}, what a Process is given is pickled, and ${found.what} can't be pickled. ${found.advice}`;
    return [{ start: found.at.start, end: found.at.end, severity, message, fixes: fixesOf(source, found.at) }];
  });
}

interface Reason {
  at: Expression;
  what: string;
  advice: string;
}

/** What in a value can't be pickled; null when nothing is certain. */
function reasonOf(source: SourceFile, value: Expression): Reason | null {
  const advice = 'Open or make it in the function that runs in the process.';
  switch (value.kind) {
    case 'Lambda':
      return { at: value, what: 'a lambda', advice: 'Use a function at module level.' };
    case 'Comp':
      return value.type === 'generator' ? { at: value, what: 'a generator', advice: 'Give a list.' } : null;
    case 'Sequence':
      return firstReason(source, value.elements);
    case 'Dict':
      return firstReason(
        source,
        value.items.map(item => item.value),
      );
    case 'Call': {
      if (source.qualifiedName(value.func) === 'functools.partial')
        return firstReason(source, [...value.args, ...value.keywords.map(keyword => keyword.value)]);
      const made = isGenerator(functionOf(source, value.func)) ? 'a generator' : typeInWords(source, value);
      return made ? { at: value, what: made, advice: made === 'a generator' ? 'Give a list.' : advice } : null;
    }
    case 'Attribute': {
      const owner = value.value.kind === 'Name' ? typeInWords(source, value.value) : null;
      return owner ? { at: value, what: `a method of ${owner}`, advice } : null;
    }
    case 'Name':
      return ofName(source, value) ?? ofValueNamed(source, value, advice);
    default:
      return null;
  }
}

function firstReason(source: SourceFile, values: readonly Expression[]): Reason | null {
  for (const value of values) {
    const found = reasonOf(source, value);
    if (found) return found;
  }
  return null;
}

function ofName(source: SourceFile, name: Expression & { kind: 'Name' }): Reason | null {
  const advice = 'Use a function at module level.';
  const called = functionOf(source, name);
  if (called?.kind === 'Lambda') return { at: name, what: `${name.id}, a lambda,`, advice };
  const [binding] = source.bindingsOf(name);
  const isLocal = called !== null && called.decorators.length === 0 && binding?.scope.kind === 'function';
  return isLocal ? { at: name, what: `${name.id}, a function within a function,`, advice } : null;
}

function ofValueNamed(source: SourceFile, name: Expression, advice: string): Reason | null {
  const what = typeInWords(source, name);
  return what ? { at: name, what: `${source.textOf(name)}, ${what},`, advice } : null;
}

function typeInWords(source: SourceFile, value: Expression): string | null {
  const type = exactTypeOf(source, value);
  return type === null ? null : (unpicklableTypes[type] ?? null);
}

/** The type of a value that is made in sight, and not by a class of the file, which may pickle itself. */
function exactTypeOf(source: SourceFile, value: Expression): string | null {
  if (value.kind === 'Name') {
    const made = source
      .reachingBindings(value)
      .map(({ kind, value: bound }) =>
        bound && (kind === 'assign' || kind === 'with') ? exactTypeOf(source, bound) : null,
      );
    return made.length > 0 && made.every(type => type !== null) ? source.typeOf(value) : null;
  }
  if (value.kind === 'Comp' && value.type === 'generator') return 'builtins.generator';
  if (value.kind !== 'Call') return null;
  return value.func.kind === 'Name' && source.qualifiedName(value.func) === null ? null : source.typeOf(value);
}

function isGenerator(called: FunctionDef | Lambda | null): boolean {
  if (called?.kind !== 'FunctionDef' || called.decorators.length > 0 || called.isAsync) return false;
  return called.body.some(statement => {
    for (const node of walk(statement, each => !isDeferred(each))) if (node.kind === 'Yield') return true;
    return false;
  });
}

/** What may only be inherited: in the arguments themselves or in a tuple of them. */
function sharedIn(source: SourceFile, value: Expression): Expression | null {
  if (value.kind === 'Sequence') {
    for (const element of value.elements) {
      const found = sharedIn(source, element);
      if (found) return found;
    }
    return null;
  }
  const type = value.kind === 'Name' ? exactTypeOf(source, value) : null;
  return type !== null && inherited.has(type) ? value : null;
}

/** `lambda x: work(x)` is `work`. */
function fixesOf(source: SourceFile, at: Expression): Fix[] {
  if (at.kind !== 'Lambda' || at.body.kind !== 'Call' || !forwards(at, at.body)) return [];
  const { func } = at.body;
  const name = source.qualifiedName(func);
  const own = functionOf(source, func);
  const isOwn = own?.kind === 'FunctionDef' && own.decorators.length === 0 && own.parent === source.module;
  if (name === null && !isOwn) return [];
  const newText = source.textOf(func);
  return [{ title: `Hand over ${newText} itself`, edits: [{ start: at.start, end: at.end, newText }] }];
}

function forwards({ parameters }: Lambda, { args, keywords }: Call): boolean {
  return (
    keywords.length === 0 &&
    args.length === parameters.length &&
    parameters.every(({ star, default: value, name }, index) => {
      const arg = args[index];
      return star === '' && value === null && arg?.kind === 'Name' && arg.id === name.id;
    })
  );
}
