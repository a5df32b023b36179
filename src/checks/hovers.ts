import type { Alias, Attribute, Name, Node } from '../snippet/syntax/ast.ts';
import { canonical } from '../snippet/syntax/knownNames.ts';
import type { SourceFile } from '../snippet/syntax/sourceFile.ts';
import { nodeAt, statementOf } from '../snippet/syntax/walk.ts';
import { type HoverText, hoverTexts } from './hoverTexts.ts';

/** What is told of the name at an offset; null when there is nothing to say, or it is not certain what the name stands for. */
export function hoverAt(file: SourceFile, offset: number): { start: number; end: number; markdown: string } | null {
  const node = nodeAt(file.module, offset, offset);
  if (statementOf(node)?.broken !== false) return null;
  // The dot and what stands before it belong to the value.
  if (node.kind === 'Attribute' && offset < node.attrStart) return null;
  const found = textOf(file, node);
  if (!found) return null;
  const start = node.kind === 'Attribute' ? node.attrStart : node.start;
  return { start, end: node.end, markdown: `${found.text}\n\n[Documentation](${found.url})` };
}

function textOf(file: SourceFile, node: Node): HoverText | null {
  for (const name of namesOf(file, node)) {
    const text = name === null ? undefined : hoverTexts.get(name);
    if (text) return text;
  }
  return null;
}

/** The full names that a node may be told of by, the closest first. */
function namesOf(file: SourceFile, node: Node): (string | null)[] {
  switch (node.kind) {
    case 'Alias':
      return [importedName(node)];
    case 'Name':
      return [lengthOf(file, node), file.qualifiedName(node), file.typeOf(node)];
    case 'Attribute':
      return [file.qualifiedName(node), memberName(file, node)];
    default:
      return [];
  }
}

/** `from concurrent.futures import ThreadPoolExecutor` */
function importedName({ name, parent }: Alias): string | null {
  return parent?.kind === 'ImportFrom' && parent.level === 0 ? canonical(`${parent.module}.${name}`) : null;
}

/** `pool.map` is `concurrent.futures.ThreadPoolExecutor.map`; `context.Pool` is `multiprocessing.Pool`. */
function memberName(file: SourceFile, { value, attr }: Attribute): string | null {
  const type = file.typeOf(value);
  if (type === null) return null;
  return `${type === 'multiprocessing.context' ? 'multiprocessing' : type}.${attr}`;
}

/** `len(frame)` is asked of the frame. */
function lengthOf(file: SourceFile, name: Name): string | null {
  const { parent } = name;
  if (parent?.kind !== 'Call' || parent.func !== name || file.qualifiedName(name) !== 'builtins.len') return null;
  const [value] = parent.args;
  const type = value ? file.typeOf(value) : null;
  return type === null ? null : `${type}.__len__`;
}
