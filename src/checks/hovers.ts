import type { SourceFile } from '../snippet/syntax/sourceFile.ts';

/** What is told of the name at an offset; null when there is nothing to say. */
export function hoverAt(_file: SourceFile, _offset: number): { start: number; end: number; markdown: string } | null {
  return null;
}
