import type { Call } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { ancestors, blockOf, enclosing, holds, isDeferred, statementOf } from '../../snippet/syntax/walk.ts';
import { methodOf } from '../calls.ts';
import type { Finding, Rule, Severity } from '../check.ts';
import { concurrencyOf, makerOf, startMethodOf, threadPools } from '../concurrency.ts';
import { lifeOf } from '../lifetimes.ts';

const endings = new Set(['shutdown', 'close', 'terminate', 'join']);
/** After these, a thread that was started before may have ended. */
const waits = new Set('join wait result get acquire sleep as_completed'.split(' '));

export const forkWithThreads: Rule = {
  code: 'RIP211',
  title: 'Fork while threads run',
  severity: 'warning',
  check: file => (file.text.includes('fork') ? forksIn(file).flatMap(fork => findingOf(file, fork) ?? []) : []),
};

function findingOf(file: SourceFile, fork: Call): Finding | null {
  const home = enclosing(fork, 'FunctionDef') ?? file.module;
  // A child that becomes another program at once needs none of the locks.
  if (file.calls.some(call => holds(home, call) && file.qualifiedName(call.func)?.startsWith('os.exec'))) return null;
  const running = poolBefore(file, fork) ?? threadBefore(file, fork);
  if (!running) return null;
  return {
    start: fork.start,
    end: fork.end,
    severity: running.severity,
    message: `${running.what} here. The forked child has only the thread that forks: a lock that another one holds stays locked in it for ever. Fork before threads start, or use spawn or forkserver.`,
    related: [{ start: running.call.start, end: running.call.end, message: 'Threads start here.' }],
  };
}

/** Calls that fork, because they say so or the file does. */
function forksIn(file: SourceFile): Call[] {
  const forks = file.calls.filter(({ func }) => {
    const isNamed = func.kind === 'Name' || (func.kind === 'Attribute' && func.attr.startsWith('fork'));
    return isNamed && /^os\.fork(pty)?$/.test(file.qualifiedName(func) ?? '');
  });
  const { made, handed } = concurrencyOf(file);
  const forked = made.filter(
    ({ call, type }) => /^multiprocessing\.P|ProcessPool/.test(type) && startMethodOf(file, call) === 'fork',
  );
  for (const { call, type } of forked) {
    if (type === 'multiprocessing.Pool') forks.push(call);
    else if (type === 'multiprocessing.Process')
      forks.push(
        ...lifeOf(file, call)
          .calls.filter(({ method }) => method === 'start')
          .map(used => used.call),
      );
    else {
      const first = handed.find(({ owner }) => makerOf(file, owner) === call);
      if (first) forks.push(first.call);
    }
  }
  return forks;
}

interface Running {
  call: Call;
  what: string;
  severity: Severity;
}

/** The threads of a pool stay until it is shut down, whatever has become of its tasks. */
function poolBefore(file: SourceFile, fork: Call): Running | null {
  for (const { call, owner, type, method } of concurrencyOf(file).handed) {
    if (!threadPools.has(type) || !runsBefore(call, fork)) continue;
    const maker = makerOf(file, owner);
    const life = maker ? lifeOf(file, maker) : null;
    if (!life || owner.kind !== 'Name') continue;
    const [block, ...more] = life.withs;
    const isOpen = block ? more.length === 0 && holds(block, fork) : !life.escapes && life.attributes.length === 0;
    if (!isOpen || life.calls.some(used => endings.has(used.method) && used.call.start < fork.start)) continue;
    const severity = method === 'submit' || method.startsWith('apply') ? 'warning' : 'information';
    return { call, what: `The threads of ${owner.id} run`, severity };
  }
  return null;
}

/** A thread that was started may have ended by itself: less certain. */
function threadBefore(file: SourceFile, fork: Call): Running | null {
  for (const { call: maker, type } of concurrencyOf(file).made) {
    if (type !== 'threading.Thread' || maker.start > fork.start) continue;
    const life = lifeOf(file, maker);
    const start = life.calls.find(({ method, call }) => method === 'start' && runsBefore(call, fork))?.call;
    if (!start || waitsBetween(file, start, fork)) continue;
    const what = life.name && life.lists.length === 0 ? `${life.name.id} may still run` : 'A thread may still run';
    return { call: start, what, severity: 'information' };
  }
  return null;
}

function waitsBetween(file: SourceFile, start: Call, fork: Call): boolean {
  return file.calls.some(call => {
    if (call.start < start.end || call.end > fork.start) return false;
    const name = methodOf(call)?.method ?? (call.func.kind === 'Name' ? call.func.id : '');
    return waits.has(name);
  });
}

/** Whether a call has certainly happened when another one of the same function does. */
function runsBefore(call: Call, other: Call): boolean {
  const statement = statementOf(call);
  if (!statement || call.end > other.start || enclosing(call, 'FunctionDef') !== enclosing(other, 'FunctionDef'))
    return false;
  for (const around of ancestors(call)) {
    if (around === statement) break;
    if (around.kind === 'Comp' || around.kind === 'IfExp' || around.kind === 'BoolOp' || isDeferred(around))
      return false;
  }
  return !('body' in statement) && blockOf(statement).some(each => holds(each, other));
}
