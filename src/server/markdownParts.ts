import type { TextDocument } from 'vscode-languageserver-textdocument';
import { findFences } from '../snippet/markdown.ts';
import type { Part } from './layout.ts';

/** The Python fences of a Markdown document: each as the parts that are its lines, without the fence's own indentation. */
export function fenceParts(document: TextDocument): Part[][] {
  return findFences(document.getText()).map(({ openLine, lines }) =>
    lines.map((line, index) => {
      const start = document.offsetAt({ line: openLine + index, character: 0 });
      const end = document.offsetAt({ line: openLine + index, character: Number.MAX_SAFE_INTEGER });
      return { document, from: Math.max(start, end - line.length), length: Math.min(line.length, end - start) };
    }),
  );
}
