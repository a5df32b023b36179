import { formatBytes } from '../../../base/bytes.ts';
import { counted } from '../../../base/counts.ts';
import type { FrameValue } from '../../../protocol/frameValue.ts';

/** `1,000,000 rows × 6 columns`; of a Series only its rows; null when the number of rows is not known. */
function sizeWords(frame: FrameValue): string | null {
  if (frame.rowCount === null) return frame.isSeries ? null : counted(frame.columnCount, 'column');
  const rows = counted(frame.rowCount, 'row');
  return frame.isSeries ? rows : `${rows} × ${counted(frame.columnCount, 'column')}`;
}

function memoryWords({ bytes, isMore }: FrameValue): string | null {
  if (bytes === null) return null;
  return isMore ? `${formatBytes(bytes)} without its objects` : formatBytes(bytes);
}

/** Which part of the frame is here, when it is not all: `the first 10,000 rows`. */
function partWords(frame: FrameValue, offset: number, shown: number): string | null {
  const isPart = frame.rows !== frame.rowCount;
  if (shown === frame.rows) return isPart && frame.rows > 0 ? `first ${counted(frame.rows, 'row')} shown` : null;
  const range = `${(offset + 1).toLocaleString('en-US')}–${(offset + shown).toLocaleString('en-US')}`;
  return `${range} of ${isPart ? 'the first ' : ''}${counted(frame.rows, 'row')} shown`;
}

/** What stands below a table: the part that is shown, the size of the whole, its memory, and what else is known. */
export function footWords(frame: FrameValue, offset: number, shown: number): string {
  const { columns, columnCount, lazy } = frame;
  const left = columnCount - columns.length;
  const part = lazy === null ? partWords(frame, offset, shown) : 'not computed';
  // `1–50 of 200 rows shown` has said how many rows there are.
  const saysRows = lazy === null && part !== null && frame.rows === frame.rowCount;
  const parts = [
    frame.type,
    part,
    sizeWords(saysRows ? { ...frame, rowCount: null } : frame),
    left > 0 ? `the last ${counted(left, 'column')} left out` : null,
    memoryWords(frame),
    ...frame.facts,
  ];
  return parts.filter(part => part !== null).join(' · ');
}

/** What a screen reader calls the table. */
export function tableLabel(frame: FrameValue): string {
  const size = sizeWords(frame);
  return size === null ? frame.type : `${frame.type}, ${size}`;
}
