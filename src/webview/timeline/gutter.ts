import type { Overview } from '../../protocol/query.ts';
import { element, setAttributes, setText } from '../dom.ts';
import { icon } from '../icons.ts';
import { counterWords } from '../words.ts';
import { type CounterRow, heights, type LayoutRow, type ProcessRow, type ThreadRow } from './layout.ts';
import { processFacts } from './processWords.ts';

const kindWords = { python: '', native: 'native', jvm: 'JVM', engine: '' } as const;

/** The names on the left, as HTML: only those of the visible rows exist. */
export class Gutter {
  readonly root = element('div', { class: 'tl-names' });
  private readonly onToggle: (process: number) => void;
  private rows = new Map<string, HTMLElement>();

  constructor(onToggle: (process: number) => void) {
    this.onToggle = onToggle;
  }

  update(rows: LayoutRow[], scrollTop: number, overview: Overview): void {
    const kept = new Map<string, HTMLElement>();
    for (const row of rows) {
      const key = keyOf(row);
      const node = this.rows.get(key) ?? this.create(row);
      if (row.kind === 'process') describeProcess(node, row, overview);
      else if (row.kind === 'counter') describeCounter(node, row, overview);
      else describeThread(node, row, overview);
      node.style.transform = `translateY(${row.top - scrollTop}px)`;
      node.style.height = `${row.height}px`;
      kept.set(key, node);
    }
    for (const [key, node] of this.rows) if (!kept.has(key)) node.remove();
    this.rows = kept;
  }

  private create(row: LayoutRow): HTMLElement {
    const node = this.createNode(row);
    this.root.append(node);
    return node;
  }

  private createNode(row: LayoutRow): HTMLElement {
    switch (row.kind) {
      case 'process':
        return this.createProcess(row.process);
      case 'counter':
        return element('div', { class: 'tl-counter' }, nameBox(), element('span', { class: 'tl-extra' }));
      case 'thread':
        return createThread(row);
    }
  }

  /** Not a stop of the Tab key: the timeline's own keys reach every process. */
  private createProcess(process: number): HTMLElement {
    const node = element('button', { type: 'button', class: 'tl-process', tabindex: -1 });
    node.append(icon('chevron'), nameBox());
    node.addEventListener('click', () => this.onToggle(process));
    return node;
  }
}

/** A name in two parts: too long, it is cut before the numbers at its end, which are what tells pool threads apart. */
function nameBox(): HTMLElement {
  return element('span', { class: 'tl-name' }, element('span', { class: 'head' }), element('span', { class: 'tail' }));
}

function setName(node: HTMLElement, name: string): void {
  const [head, tail] = node.querySelectorAll('.tl-name > span');
  const at = /[-_#]?\d+([-_:]\d+)*$/.exec(name)?.index ?? name.length;
  if (head) setText(head, name.slice(0, at));
  if (tail) setText(tail, name.slice(at));
}

function keyOf(row: LayoutRow): string {
  switch (row.kind) {
    case 'process':
      return `p${row.process}`;
    case 'counter':
      return `c${row.counter}`;
    case 'thread':
      return `t${row.thread}`;
  }
}

function describeCounter(node: HTMLElement, row: CounterRow, overview: Overview): void {
  const counter = overview.counters[row.counter];
  if (!counter) return;
  setName(node, counter.name);
  const most = counterWords(counter.max, counter.unit);
  const extra = node.querySelector('.tl-extra');
  if (extra) setText(extra, most);
  const limit = counter.limit === null ? '' : `, limit ${counterWords(counter.limit, counter.unit)}`;
  node.title = `${counter.name}: at most ${most}${limit}`;
}

function createThread(row: ThreadRow): HTMLElement {
  const name = element('div', { class: 'tl-thread-line' });
  name.style.height = `${row.bands.length > 1 ? heights.state : heights.smallestThread - 2 * heights.padding}px`;
  name.append(nameBox(), element('span', { class: 'tl-extra' }));
  return element('div', { class: 'tl-thread' }, name);
}

function describeProcess(node: HTMLElement, row: ProcessRow, overview: Overview): void {
  const process = overview.processes[row.process];
  if (!process) return;
  setName(node, process.name);
  setAttributes(node, {
    'aria-expanded': row.collapsed ? 'false' : 'true',
    title: `${process.name}\n${processFacts(process, row.threadCount)}`,
  });
}

function describeThread(node: HTMLElement, row: ThreadRow, overview: Overview): void {
  const thread = overview.threads[row.thread];
  if (!thread) return;
  setName(node, thread.name);
  const extra = node.querySelector('.tl-extra');
  if (extra) setText(extra, kindWords[thread.kind]);
  const process = overview.processes[thread.process]?.name ?? '';
  const kind = kindWords[thread.kind] ? `, ${kindWords[thread.kind]} thread` : '';
  node.title = `${thread.name}${kind}\nThread id ${thread.tid} of ${process}`;
}
