import type { FrameColumn, FrameValue } from '../../../protocol/frameValue.ts';
import { element } from '../../dom.ts';
import { icon } from '../../icons.ts';

type SortOrder = 'none' | 'ascending' | 'descending';

/** The head of a frame's table: names in as many rows as they have levels, the type below each. */
export class FrameHead {
  readonly root = element('thead');
  private readonly sorters: HTMLElement[] = [];

  /** `sort` null: the columns can't be sorted, as they have no values. */
  constructor(frame: FrameValue, labels: readonly FrameColumn[], sort: ((column: number) => void) | null) {
    const levels = frame.levelNames.length;
    for (let level = 0; level < levels; level++) {
      const row = element('tr');
      const isLast = level === levels - 1;
      for (const [place, column] of labels.entries()) {
        const levelName = place === labels.length - 1 ? (frame.levelNames[level] ?? '') : '';
        row.append(corner(column, isLast ? column.names.at(-1) : '', levelName, isLast));
      }
      if (isLast) for (const [place, column] of frame.columns.entries()) row.append(this.head(column, place, sort));
      else row.append(...groups(frame.columns, level));
      this.root.append(row);
    }
  }

  /** `column` null: the rows are in the frame's own order. */
  showOrder(column: number | null, descending: boolean): void {
    for (const [place, cell] of this.sorters.entries()) {
      const order: SortOrder = place !== column ? 'none' : descending ? 'descending' : 'ascending';
      cell.setAttribute('aria-sort', order);
    }
  }

  private head(column: FrameColumn, place: number, sort: ((column: number) => void) | null): HTMLElement {
    const name = column.names.at(-1) ?? '';
    const cell = element('th', { scope: 'col', class: column.kind === 'text' ? null : 'number', title: name });
    const dtype = element('span', { class: 'frame-dtype' }, column.dtype);
    // The values of an array have no name: they are sorted by their type.
    const first = name === '' ? dtype : element('span', { class: 'frame-name' }, name);
    if (sort === null) cell.append(first);
    else {
      const sorter = element('button', { type: 'button', class: 'sorter' }, first, icon('chevron'));
      sorter.addEventListener('click', () => sort(place));
      cell.append(sorter);
      this.sorters.push(cell);
    }
    if (first !== dtype) cell.append(dtype);
    return cell;
  }
}

/** Above the labels of the rows: their name, and that of the columns' level beside it. */
function corner(column: FrameColumn, name = '', levelName: string, isLast: boolean): HTMLElement {
  const classes = column.kind === 'text' ? 'frame-label' : 'frame-label number';
  const cell = element('th', { scope: 'col', class: classes });
  if (name !== '') cell.append(element('span', { class: 'frame-name' }, name));
  if (levelName !== '') cell.append(element('span', { class: 'frame-level' }, `${levelName} →`));
  if (isLast && column.dtype !== '') cell.append(element('span', { class: 'frame-dtype' }, column.dtype));
  return cell;
}

/** An upper row of the head: neighbours of the same name share a cell, within that of the row above. */
function groups(columns: readonly FrameColumn[], level: number): HTMLElement[] {
  const cells: HTMLTableCellElement[] = [];
  let before: FrameColumn | null = null;
  for (const column of columns) {
    const last = cells.at(-1);
    if (last && before && isSamePath(before, column, level)) last.colSpan += 1;
    else cells.push(element('th', { scope: 'colgroup', title: column.names[level] ?? '' }, column.names[level] ?? ''));
    before = column;
  }
  return cells;
}

function isSamePath(one: FrameColumn, other: FrameColumn, level: number): boolean {
  return one.names.slice(0, level + 1).every((name, place) => name === other.names[place]);
}
