import type { SourceFile } from './syntax/sourceFile.ts';

/** Concurrent code, or a loop whose rounds could run at once; offsets of the text. */
export interface Block {
  kind: 'block' | 'loop';
  start: number;
  end: number;
}

/** The blocks of a file, in the order of its text. */
export function findBlocks(_file: SourceFile): Block[] {
  return [];
}
