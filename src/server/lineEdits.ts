/** Lines start…start+removed were replaced by `added` lines. What stays the same at either end is not part of it. 0-based. */
export interface LineEdit {
  start: number;
  removed: number;
  added: number;
}

/** 0-based and inclusive. */
export interface Lines {
  startLine: number;
  endLine: number;
}

/**
 * What an edit means in whole lines.
 *
 * @param startLine first line of the text that was replaced
 * @param before the whole lines that the replaced text touched
 * @param after what became of them
 */
export function lineEdit(startLine: number, before: string, after: string): LineEdit | null {
  const old = before.split(/\r\n|\r|\n/);
  const now = after.split(/\r\n|\r|\n/);
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < Math.min(old.length, now.length) - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++;
  const removed = old.length - head - tail;
  const added = now.length - head - tail;
  return removed === 0 && added === 0 ? null : { start: startLine + head, removed, added };
}

/** Where lines are after an edit, and whether it touched them; null = they are gone. */
export function moved<L extends Lines>(lines: L, edit: LineEdit): { lines: L; touched: boolean } | null {
  const { start, removed, added } = edit;
  const end = start + removed;
  const from = lines.startLine;
  const to = lines.endLine + 1;
  const by = added - removed;
  if (start >= to) return { lines, touched: false };
  if (end <= from) return { lines: { ...lines, startLine: from + by, endLine: to + by - 1 }, touched: false };
  const newFrom = Math.min(from, start);
  const newTo = to >= end ? to + by : start + added;
  if (newTo <= newFrom) return null;
  return { lines: { ...lines, startLine: newFrom, endLine: newTo - 1 }, touched: true };
}
