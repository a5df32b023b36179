import type { If, Node, Statement } from '../snippet/syntax/ast.ts';
import type { SourceFile } from '../snippet/syntax/sourceFile.ts';
import { ancestors, childNodes, isDeferred, visitAll } from '../snippet/syntax/walk.ts';
import type { TextEdit } from './check.ts';
import { indentLines, insert, joined } from './edits.ts';

/** Whether an `if` asks whether it runs in the main program, by `__name__` or by the process it is in. */
export function isGuard(statement: If): boolean {
  let found = false;
  visitAll(statement.test, node => {
    if (node.kind === 'Name' && node.id === '__name__') found = true;
    if (node.kind === 'Attribute' && (node.attr === 'parent_process' || node.attr === 'current_process')) found = true;
    if (node.kind === 'Name' && (node.id === 'parent_process' || node.id === 'current_process')) found = true;
  });
  return found;
}

/** Whether a node runs only when the file is the main program, directly at module level. */
export function isInMainGuard(node: Node): boolean {
  for (const around of ancestors(node)) {
    if (isDeferred(around)) return false;
    if (around.kind === 'If' && isGuard(around)) return true;
  }
  return false;
}

/**
 * Puts the statements from the given one of the module to the last under `if __name__ == '__main__':`. Null where that would change
 * what a child process, or the functions of the file, can see.
 */
export function addMainGuard(file: SourceFile, first: Statement): TextEdit[] | null {
  const { body } = file.module;
  const guarded = body.slice(body.indexOf(first));
  const last = guarded.at(-1);
  if (!last || guarded.some(each => each.kind === 'FunctionDef' || each.kind === 'ClassDef' || each.broken))
    return null;
  if (readByFunctions(file, guarded)) return null;
  const indented = indentLines(file, first, last);
  if (!indented) return null;
  const quote = /(^|[^'"])"[^"']/.test(file.text) ? '"' : "'";
  return joined([insert(first.start, `if __name__ == ${quote}__main__${quote}:${file.eol}`), ...indented]);
}

/** Whether a function or class reads a name that one of the statements binds: a child process would not have it any more. */
function readByFunctions(file: SourceFile, guarded: readonly Statement[]): boolean {
  const from = guarded[0]?.start ?? 0;
  const bound = new Set<string>();
  for (const [name, bindings] of file.scopes.module.bindings)
    if (bindings.some(binding => binding.node.start >= from)) bound.add(name);
  const reads = (node: Node): boolean => (node.kind === 'Name' && bound.has(node.id)) || childNodes(node).some(reads);
  const definitions = file.module.body.filter(each => each.start < from);
  return definitions.some(function within(node: Node): boolean {
    return node.kind === 'FunctionDef' || node.kind === 'ClassDef' || node.kind === 'Lambda'
      ? reads(node)
      : childNodes(node).some(within);
  });
}
