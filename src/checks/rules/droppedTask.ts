import type { ExpressionStatement, Statement } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { ancestors, isDeferred } from '../../snippet/syntax/walk.ts';
import { functionAround } from '../callees.ts';
import { methodOf } from '../calls.ts';
import type { Finding, Fix, Rule, Severity } from '../check.ts';
import { givesCoroutine, isExpectedToFail } from '../coroutines.ts';
import { freeName, insert, ownsLines } from '../edits.ts';

export const droppedTask: Rule = {
  code: 'RIP243',
  title: 'A task that nobody keeps',
  severity: 'warning',
  check: file => {
    if (!/create_task|ensure_future/.test(file.text)) return [];
    return file.calls.flatMap(({ parent }) => {
      if (parent?.kind !== 'ExpressionStatement' || parent.broken || isExpectedToFail(file, parent)) return [];
      const severity = severityOf(file, parent);
      return severity ? [findingOf(file, parent, severity)] : [];
    });
  },
};

/** Null when the statement makes no task. */
function severityOf(file: SourceFile, { value: call }: ExpressionStatement): Severity | null {
  if (call.kind !== 'Call') return null;
  const name = file.qualifiedName(call.func);
  if (name === 'asyncio.create_task') return 'warning';
  if (name === 'asyncio.ensure_future') {
    const [work] = call.args;
    // What is a task already is given back as it is; somebody may keep it.
    return work?.kind === 'Call' && givesCoroutine(file, work) ? 'warning' : 'hint';
  }
  const method = methodOf(call);
  const isOfLoop = method?.method === 'create_task' && file.typeOf(method.owner) === 'asyncio.AbstractEventLoop';
  return isOfLoop ? 'warning' : null;
}

function findingOf(file: SourceFile, statement: ExpressionStatement, severity: Severity): Finding {
  const { start, end } = statement;
  const message =
    'The event loop keeps only a weak reference to a task: one that nothing else holds may vanish before it is done, ' +
    'and its exception goes unseen. Keep the task, and await it.';
  return { start, end, severity, message, fixes: keepInSet(file, statement) };
}

/** The pattern of Python's documentation: a set holds each task until it is done. */
function keepInSet(file: SourceFile, statement: ExpressionStatement): Fix[] {
  const top = topLevel(statement);
  if (!top || !functionAround(statement) || !ownsLines(file, statement, statement)) return [];
  const task = freeName(file, statement, 'task', 'background_task');
  const tasks = freeName(file, statement, 'background_tasks', 'running_tasks');
  if (task === null || tasks === null || file.indentOf(top.start) !== '') return [];
  const next = file.eol + file.indentOf(statement.start);
  const edits = [
    insert(aboveComments(file, top), `${tasks} = set()${file.eol}${file.eol}${file.eol}`),
    insert(statement.start, `${task} = `),
    insert(statement.end, `${next}${tasks}.add(${task})${next}${task}.add_done_callback(${tasks}.discard)`),
  ];
  return [{ title: `Keep the task in a set until it is done`, edits }];
}

/** The function or class of the module that holds a statement; null when it is in neither. */
function topLevel(statement: Statement): Statement | null {
  let top: Statement | null = null;
  for (const at of ancestors(statement)) {
    if ('broken' in at && (isDeferred(at) || at.kind === 'ClassDef') && at.parent?.kind === 'Module') top = at;
  }
  return top;
}

/** Where a statement begins with the comments that stand directly above it. */
function aboveComments(file: SourceFile, { start }: Statement): number {
  let line = file.lineOf(start);
  while (line > 0 && file.text[file.lineStart(line - 1)] === '#') line--;
  return file.lineStart(line);
}
