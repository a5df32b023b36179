import type { ExpressionStatement, Node, Statement } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { words } from '../../snippet/syntax/typeTable.ts';
import { blockOf, isDeferred, walk } from '../../snippet/syntax/walk.ts';
import { methodOf } from '../calls.ts';
import type { Finding, Fix, Rule } from '../check.ts';
import { indentLines, lineEnd, ownsLines } from '../edits.ts';
import { lockStatement } from '../locks.ts';

export const unsafeRelease: Rule = {
  code: 'RIP223',
  title: 'A lock that an exception leaves held',
  severity: 'warning',
  check: file =>
    file.calls.flatMap(call => {
      if (methodOf(call)?.method !== 'acquire') return [];
      const statement = call.parent?.kind === 'Await' ? call.parent.parent : call.parent;
      return statement?.kind === 'ExpressionStatement' ? (findingOf(file, statement) ?? []) : [];
    }),
};

function findingOf(file: SourceFile, statement: ExpressionStatement): Finding | null {
  const acquired = lockStatement(file, statement, 'acquire');
  if (!acquired || statement.broken) return null;
  const { owner, lock } = acquired;
  const later = blockOf(statement).filter(each => each.start > statement.start);
  const release = later.findIndex(each => lockStatement(file, each, 'release')?.lock.home === lock.home);
  const held = later.slice(0, release);
  const end = later[release];
  if (!end || held.length === 0 || held.some(each => handles(file, each, file.textOf(owner)))) return null;
  const name = file.textOf(owner);
  const message =
    `When the code between \`${name}.acquire()\` and \`${name}.release()\` raises, \`${name}\` stays held, and whoever ` +
    `wants it waits forever. Use \`with ${name}:\`.`;
  return {
    start: statement.start,
    end: statement.end,
    // A lock that no other function sees keeps nobody waiting.
    severity: lock.isShared && held.some(each => canLeave(file, each)) ? 'warning' : 'information',
    message,
    fixes: withFix(file, statement, held, end, name),
  };
}

/** Whether a statement acquires or releases the lock itself, on some of its paths. */
function handles(file: SourceFile, statement: Statement, name: string): boolean {
  return [...walk(statement)].some(
    node => node.kind === 'Attribute' && /^(acquire|release)$/.test(node.attr) && file.textOf(node.value) === name,
  );
}

const leaving = new Set<Node['kind']>(['Await', 'Yield', 'Subscript', 'Raise', 'Assert', 'Return', 'Import']);
const harmless = new Set(words('append appendleft add notify notify_all locked set is_set'));

/** Whether a statement may well raise or return; plain assignments and the like do not. */
function canLeave(file: SourceFile, statement: Statement): boolean {
  return [...walk(statement, node => !isDeferred(node))].some(node => {
    if (node.kind === 'Call')
      return !harmless.has(methodOf(node)?.method ?? '') && file.qualifiedName(node.func) !== 'builtins.len';
    return leaving.has(node.kind) || (node.kind === 'Simple' && node.word !== 'pass');
  });
}

function withFix(
  file: SourceFile,
  acquire: ExpressionStatement,
  held: Statement[],
  release: Statement,
  name: string,
): Fix[] {
  const [first] = held;
  const last = held.at(-1);
  if (!first || !last || release.broken || !ownsLines(file, acquire, acquire) || !ownsLines(file, release, release))
    return [];
  const indented = indentLines(file, first, last);
  if (!indented) return [];
  const end = lineEnd(file, release.end);
  if (file.text.slice(release.end, end).trim() !== '') return [];
  const keyword = acquire.value.kind === 'Await' ? 'async with' : 'with';
  const lineBreak = file.lineStart(file.lineOf(release.start)) - file.eol.length;
  const edits = [
    { start: acquire.start, end: acquire.end, newText: `${keyword} ${name}:` },
    ...indented,
    { start: lineBreak, end, newText: '' },
  ];
  return [{ title: `Use with ${name}`, edits }];
}
