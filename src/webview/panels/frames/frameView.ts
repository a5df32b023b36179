import { counted } from '../../../base/counts.ts';
import type { FrameColumn, FrameValue, LazyFrame } from '../../../protocol/frameValue.ts';
import { button, element, setText } from '../../dom.ts';
import { icon } from '../../icons.ts';
import { looksOf, sortedRows, toCsv } from './cells.ts';
import { FrameHead } from './head.ts';
import { footWords, tableLabel } from './words.ts';

const pageSize = 50;
/** A tooltip of more is no help. */
const longestTitle = 2000;

/** What a frame asks of the panel. */
export interface FrameActions {
  /** Runs the code again, with the first rows of this lazy frame. */
  showFirstRows(number: number): void;
  /** Puts a text into the clipboard. */
  copy(text: string): void;
}

/** A frame as a table: one page of its first rows, or its columns and a button while it has not been computed. */
export class FrameView {
  readonly root: HTMLElement;
  private readonly frame: FrameValue;
  private readonly actions: FrameActions;
  /** Labels of the rows: the frame's index, or the rows' numbers where it has none. */
  private readonly labels: FrameColumn[];
  private readonly looks: ReturnType<typeof looksOf>[];
  private readonly head: FrameHead;
  private readonly body = element('tbody');
  private readonly scroller: HTMLElement;
  private readonly summary = element('span', { class: 'frame-summary' });
  private readonly said = element('span', { class: 'frame-said', role: 'status' });
  private readonly reader = element('pre', { class: 'frame-reader', hidden: true, tabindex: 0, 'aria-label': 'Cell' });
  private readonly earlier: HTMLButtonElement;
  private readonly later: HTMLButtonElement;
  private order: { column: number; descending: boolean } | null = null;
  private rows: number[];
  private offset = 0;

  constructor(frame: FrameValue, actions: FrameActions) {
    this.frame = frame;
    this.actions = actions;
    this.labels = frame.index.length > 0 ? frame.index : [rowNumbers(frame)];
    this.looks = [...this.labels, ...frame.columns].map(column => looksOf(column, frame.decimals));
    this.rows = ownOrder(frame);
    const canSort = frame.lazy === null && frame.rows > 1;
    this.head = new FrameHead(frame, this.labels, canSort ? column => this.sort(column) : null);
    const table = element('table', {}, this.head.root, this.body);
    this.scroller = element(
      'div',
      { class: 'value-table frame-table', role: 'region', tabindex: 0, 'aria-label': tableLabel(frame) },
      table,
    );
    this.earlier = button({ className: 'tool', label: 'Earlier rows', icon: icon('chevron') }, () => this.turn(-1));
    this.later = button({ className: 'tool', label: 'Later rows', icon: icon('chevron') }, () => this.turn(1));
    // Among a log that is read out as it grows, a table is not: it is there to be looked into.
    this.root = element('div', { class: 'frame', 'aria-live': 'off' }, this.scroller);
    if (frame.lazy) this.root.append(...lazyParts(frame.lazy, actions));
    this.root.append(this.reader, this.foot());
    this.body.addEventListener('click', event => this.read(event.target));
    this.body.addEventListener('keydown', event => {
      if (event.key === 'Enter') this.read(event.target);
    });
    this.show();
  }

  private foot(): HTMLElement {
    const { frame } = this;
    const foot = element('div', { class: 'frame-foot' }, this.summary);
    if (frame.rows > pageSize) foot.append(element('span', { class: 'pager' }, this.earlier, this.later));
    if (frame.rows > 0 && frame.columns.length > 0) {
      const label = `Copy ${frame.rows === 1 ? 'this row' : `these ${counted(frame.rows, 'row')}`} as CSV`;
      foot.append(button({ className: 'link', label, text: 'Copy as CSV' }, () => this.copy()));
    }
    foot.append(this.said);
    return foot;
  }

  /** The first click sorts, the second turns it round, the third gives the frame's own order back. */
  private sort(column: number): void {
    const isSame = this.order?.column === column;
    this.order = isSame && this.order?.descending ? null : { column, descending: isSame };
    const sorted = this.order === null ? undefined : this.frame.columns[column];
    this.rows = sorted ? sortedRows(sorted, isSame) : ownOrder(this.frame);
    this.offset = 0;
    this.scroller.scrollTop = 0;
    this.show();
    const isPart = this.frame.rows !== this.frame.rowCount;
    setText(this.said, sorted && isPart ? `Sorted among these ${counted(this.frame.rows, 'row')} only.` : '');
  }

  private turn(step: 1 | -1): void {
    this.offset = Math.min(Math.max(0, this.offset + step * pageSize), Math.max(0, this.frame.rows - 1));
    this.scroller.scrollTop = 0;
    this.show();
  }

  private show(): void {
    const { frame, offset } = this;
    const page = this.rows.slice(offset, offset + pageSize);
    this.body.replaceChildren(...page.map(row => this.row(row)));
    this.head.showOrder(this.order?.column ?? null, this.order?.descending ?? false);
    this.earlier.disabled = offset === 0;
    this.later.disabled = offset + pageSize >= frame.rows;
    this.reader.hidden = true;
    setText(this.summary, footWords(frame, offset, page.length));
  }

  private row(row: number): HTMLElement {
    const line = element('tr');
    const columns = [...this.labels, ...this.frame.columns];
    for (const [place, column] of columns.entries()) {
      const isLabel = place < this.labels.length;
      const look = this.looks[place]?.(column.values[row]);
      if (!look) continue;
      const classes = [column.kind === 'text' ? '' : 'number', look.isMissing ? 'missing' : ''].filter(Boolean);
      const cell = element(isLabel ? 'th' : 'td', {
        class: classes.join(' ') || null,
        scope: isLabel ? 'row' : null,
        title: look.full?.slice(0, longestTitle) ?? null,
        // What may not fit can be reached, and read below the table.
        tabindex: look.full !== null && column.kind === 'text' ? 0 : null,
        'data-row': look.full === null ? null : row,
        'data-place': look.full === null ? null : place,
      });
      cell.textContent = look.text;
      line.append(cell);
    }
    return line;
  }

  /** Shows all of a cell's text below the table. */
  private read(target: EventTarget | null): void {
    const cell = target instanceof Element ? target.closest('[data-row]') : null;
    if (!(cell instanceof HTMLElement)) {
      this.reader.hidden = true;
      return;
    }
    const place = Number(cell.dataset.place);
    const column = [...this.labels, ...this.frame.columns][place];
    const value = column?.values[Number(cell.dataset.row)];
    setText(this.reader, String(value ?? ''));
    this.reader.hidden = false;
  }

  private copy(): void {
    const { frame } = this;
    this.actions.copy(toCsv([...frame.index, ...frame.columns], this.rows));
    setText(this.said, `${counted(frame.rows, 'row')} copied.${frame.isCut ? ' Long texts are cut.' : ''}`);
  }
}

function ownOrder(frame: FrameValue): number[] {
  return Array.from({ length: frame.rows }, (_, row) => row);
}

/** For frames without labels: polars, Arrow. */
function rowNumbers(frame: FrameValue): FrameColumn {
  const names = frame.levelNames.map(() => '');
  return { names, dtype: '', kind: 'number', missing: '', values: ownOrder(frame) };
}

function lazyParts(lazy: LazyFrame, actions: FrameActions): HTMLElement[] {
  const show = button({ className: 'frame-button', label: 'Show first rows', text: 'Show first rows' }, () =>
    actions.showFirstRows(lazy.number),
  );
  const words = element('span', {}, 'Runs the code again and computes ', element('code', {}, lazy.call), '.');
  const parts: HTMLElement[] = [element('div', { class: 'frame-lazy' }, show, words)];
  if (lazy.failure !== null) {
    const text = `The first rows could not be computed: ${lazy.failure}. Its traceback stands above.`;
    parts.unshift(element('p', { class: 'frame-failure' }, text));
  }
  if (lazy.plan !== null) {
    const plan = element('pre', {}, lazy.plan);
    parts.push(element('details', { class: 'frame-plan' }, element('summary', {}, 'Plan'), plan));
  }
  return parts;
}
