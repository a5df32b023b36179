import type { Assign, Statement } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { ancestors, blockOf, isDeferred, nodeAt, walk } from '../../snippet/syntax/walk.ts';
import { usesOf } from '../calls.ts';
import type { Fix, Rewrite } from '../check.ts';
import { executors } from '../concurrency.ts';
import { lineEnd, wrapInWith } from '../edits.ts';

/** What `with` calls at its end, of a type. */
const closing: Record<string, string> = {
  ...Object.fromEntries([...executors].map(type => [type, 'shutdown'])),
  'io.IOBase': 'close',
  'socket.socket': 'close',
  'http.client.HTTPResponse': 'close',
  'requests.Session': 'close',
};

/** `value = open(…)` … `value.close()` in one block. */
export const wrapClosed: Rewrite = {
  name: 'close at the end of a block to with',
  offer: (file, start, end) => {
    const at = nodeAt(file.module, start, end);
    for (const node of [at, ...ancestors(at)]) {
      if (isDeferred(node)) return [];
      if (node.kind === 'Assign') return wrapped(file, node);
    }
    return [];
  },
};

function wrapped(file: SourceFile, statement: Assign): Fix[] {
  const [name, ...others] = statement.targets;
  const type = file.typeOf(statement.value);
  const method = type === null ? undefined : closing[type];
  if (name?.kind !== 'Name' || others.length > 0 || statement.value.kind !== 'Call' || !method) return [];
  // A class of the file may close in its own way.
  if (file.bindingsOf(name).length !== 1 || file.qualifiedName(statement.value.func) === null) return [];
  const later = blockOf(statement).filter(each => each.start > statement.start);
  const index = later.findIndex(each => closes(each, name.id, method));
  const close = later[index];
  const last = later[index - 1];
  if (!close || !last || later.slice(0, index).some(canLeave)) return [];
  if (usesOf(file, name).some(use => use.start > close.end)) return [];
  const edits = wrapInWith(file, name, last);
  const end = lineEnd(file, close.end);
  if (!edits || file.text.slice(close.end, end).trim() !== '') return [];
  if (file.text.slice(last.end, close.start).includes('#')) return [];
  const lineBreak = file.lineStart(file.lineOf(close.start)) - file.eol.length;
  return [{ title: 'Wrap in with', edits: [...edits, { start: lineBreak, end, newText: '' }] }];
}

/** `name.close()`; `name.shutdown(wait=False)` is something else. */
function closes(statement: Statement, name: string, method: string): boolean {
  const call = statement.kind === 'ExpressionStatement' ? statement.value : null;
  if (call?.kind !== 'Call' || call.func.kind !== 'Attribute' || call.func.attr !== method || call.args.length > 0)
    return false;
  const isWhole = call.keywords.every(
    each => each.name === 'wait' && each.value.kind === 'Constant' && each.value.type === 'True',
  );
  return isWhole && call.func.value.kind === 'Name' && call.func.value.id === name;
}

/** Whether a statement may go elsewhere before the close. */
function canLeave(statement: Statement): boolean {
  return [...walk(statement, node => !isDeferred(node))].some(
    node => node.kind === 'Return' || node.kind === 'Yield' || (node.kind === 'Simple' && node.word !== 'pass'),
  );
}
