import type { TextEdit } from '../checks/check.ts';
import type { SourceFile } from '../snippet/syntax/sourceFile.ts';
import { nodeAt } from '../snippet/syntax/walk.ts';

const comment = /#\s*rip:\s*ignore\[([^\]]*)\]/i;

/**
 * Adds `# rip: ignore[CODE]` to the line that holds the offset; to a line of its own above where that line ends in a string or goes on by
 * a backslash. Null where there is no place for a comment.
 */
export function ignoreLine(file: SourceFile, code: string, offset: number): TextEdit | null {
  const line = file.lineOf(offset);
  const start = file.lineStart(line);
  const end = endOfLine(file, line);
  const text = file.text.slice(start, end);
  const present = comment.exec(text);
  if (present) {
    const at = start + present.index + present[0].length - 1;
    return { start: at, end: at, newText: present[1]?.trim() ? `, ${code}` : code };
  }
  if (isFree(file, end)) {
    const trimmed = start + text.trimEnd().length;
    return { start: trimmed, end, newText: `  # rip: ignore[${code}]` };
  }
  const isFreeAbove = line === 0 || isFree(file, endOfLine(file, line - 1));
  if (!isFreeAbove) return null;
  return { start, end: start, newText: `${file.indentOf(offset)}# rip: ignore[${code}]${file.eol}` };
}

/** Whether a comment may stand at the end of a line: not in a string, not behind a backslash. */
function isFree(file: SourceFile, end: number): boolean {
  if (file.text[end - 1] === '\\') return false;
  const node = nodeAt(file.module, end, end);
  const isText =
    node.kind === 'FString' || (node.kind === 'Constant' && (node.type === 'string' || node.type === 'bytes'));
  return !isText || node.start >= end || node.end <= end;
}

function endOfLine(file: SourceFile, line: number): number {
  const start = file.lineStart(line);
  const next = file.text.indexOf('\n', start);
  const end = next < 0 ? file.text.length : next;
  return file.text[end - 1] === '\r' ? end - 1 : end;
}
