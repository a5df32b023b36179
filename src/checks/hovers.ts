import type { SourceFile } from '../snippet/syntax/sourceFile.ts';
import { nodeAt, statementOf } from '../snippet/syntax/walk.ts';
import { hoverTexts } from './hoverTexts.ts';

/** What is told of the name at an offset; null when there is nothing to say. */
export function hoverAt(file: SourceFile, offset: number): { start: number; end: number; markdown: string } | null {
  const node = nodeAt(file.module, offset, offset);
  if (node.kind !== 'Name' && node.kind !== 'Attribute') return null;
  if (statementOf(node)?.broken !== false) return null;
  const name = file.qualifiedName(node) ?? file.typeOf(node);
  const markdown = name === null ? undefined : hoverTexts[name];
  if (markdown === undefined) return null;
  return { start: node.kind === 'Attribute' ? node.attrStart : node.start, end: node.end, markdown };
}
