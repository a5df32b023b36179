import type { Statement } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import type { TextEdit } from '../check.ts';
import { addImport } from '../edits.ts';

/** How something of a module is written where a statement stands, and what makes it so. */
export interface Imported {
  name: string;
  edits: TextEdit[];
  /** To be put in front of the statement: in a notebook the import goes into its cell. */
  before: string;
}

/**
 * The name by which a statement has `module.member`, imported where it isn't yet; the module itself when there is no member.
 * Null when its name means something else.
 */
export function importedName(
  file: SourceFile,
  statement: Statement,
  module: string,
  member: string | null,
): Imported | null {
  const scope = file.scopeOf(statement);
  const wanted = member === null ? module : `${module}.${member}`;
  for (const [name, bindings] of file.scopes.module.bindings) {
    if (file.scopes.lookUp(name, scope) !== bindings || bindings.some(({ node }) => node.start > statement.start))
      continue;
    const imports = new Set(bindings.map(({ imported }) => imported));
    if (imports.size === 1 && imports.has(wanted)) return { name, edits: [], before: '' };
    if (member !== null && imports.size === 1 && imports.has(module))
      return { name: `${name}.${member}`, edits: [], before: '' };
  }
  const own = member ?? module;
  if (file.scopes.lookUp(own, scope).length > 0) return null;
  const line = member === null ? `import ${module}` : `from ${module} import ${member}`;
  if (file.kind === 'script') return { name: own, edits: [addImport(file, line)], before: '' };
  return { name: own, edits: [], before: `${line}${file.eol}${file.indentOf(statement.start)}` };
}
