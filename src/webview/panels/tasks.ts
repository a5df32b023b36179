import { counted } from '../../base/counts.ts';
import { formatDuration, type Ns } from '../../base/time.ts';
import type { RunView } from '../../protocol/hostWebview.ts';
import type { Overview, TaskPage, TaskPageParams, TaskRow } from '../../protocol/query.ts';
import { taskStatuses } from '../../trace/model.ts';
import { resultWords } from '../../trace/words.ts';
import { button, element, setAttributes, setText } from '../dom.ts';
import type { Host } from '../host.ts';
import { icon } from '../icons.ts';
import { placeWords, taskStatusWords } from '../words.ts';

type Sort = TaskPageParams['sort'];

const pageSize = 200;
const columns: { title: string; sort: Sort | null; className: string }[] = [
  { title: 'Function', sort: 'name', className: 'task-name' },
  { title: 'Status', sort: 'status', className: 'task-status' },
  { title: 'Submitted', sort: 'submit', className: 'number task-submitted' },
  { title: 'Queued', sort: 'queued', className: 'number' },
  { title: 'Ran', sort: 'ran', className: 'number' },
  { title: 'Waited', sort: null, className: 'number' },
  { title: 'Thread', sort: null, className: 'task-thread' },
  { title: 'Source', sort: null, className: 'task-source' },
];

/** The tasks as a table, one page at a time, in the order of a clicked header. */
export class TasksPanel {
  readonly root: HTMLElement;
  private readonly runId: string;
  private readonly host: Host;
  private readonly body = element('tbody');
  private readonly totals = element('div', { class: 'task-totals', role: 'status' });
  private readonly pager = element('div', { class: 'pager' });
  private readonly place = element('span');
  private readonly empty = element('div', { class: 'placeholder' });
  private readonly scroller: HTMLElement;
  private readonly heads: { sort: Sort; cell: HTMLElement }[] = [];
  private sort: Sort = 'submit';
  private descending = false;
  private offset = 0;
  private total = 0;
  private shownKey = '';
  private request = 0;
  private run: RunView | null = null;
  private overview: Overview | null = null;

  constructor(runId: string, host: Host) {
    this.runId = runId;
    this.host = host;
    const head = element('tr');
    for (const column of columns) head.append(this.head(column));
    const table = element(
      'table',
      { class: 'tasks-table', 'aria-label': 'Tasks' },
      element('thead', {}, head),
      this.body,
    );
    this.pager.append(
      button({ className: 'tool', label: 'Earlier tasks', icon: icon('chevron') }, () => this.turn(-1)),
      this.place,
      button({ className: 'tool', label: 'Later tasks', icon: icon('chevron') }, () => this.turn(1)),
    );
    this.scroller = element(
      'div',
      { class: 'tasks-scroller', tabindex: 0, role: 'group', 'aria-label': 'Tasks' },
      table,
    );
    const foot = element('div', { class: 'tasks-foot' }, this.totals, this.pager);
    this.root = element('div', { class: 'tasks' }, this.scroller, this.empty, foot);
  }

  update(run: RunView, overview: Overview | null): void {
    this.run = run;
    this.overview = overview;
    void this.ask();
  }

  private head({ title, sort, className }: (typeof columns)[number]): HTMLElement {
    const cell = element('th', { scope: 'col', class: className });
    if (sort === null) {
      cell.textContent = title;
      return cell;
    }
    const sorter = element('button', { type: 'button', class: 'sorter' }, title, icon('chevron'));
    sorter.addEventListener('click', () => {
      // Long waits and runs are what is looked for: those columns begin with the largest.
      this.descending = this.sort === sort ? !this.descending : sort === 'queued' || sort === 'ran';
      this.sort = sort;
      this.offset = 0;
      void this.ask();
    });
    cell.append(sorter);
    this.heads.push({ sort, cell });
    return cell;
  }

  private turn(step: 1 | -1): void {
    this.offset = Math.min(Math.max(0, this.offset + step * pageSize), Math.max(0, this.total - 1));
    this.scroller.scrollTop = 0;
    void this.ask();
  }

  private async ask(): Promise<void> {
    const { run, sort, descending, offset } = this;
    if (!run?.hasTrace) {
      this.show({ total: 0, tasks: [] });
      return;
    }
    const key = `${run.revision} ${sort} ${descending} ${offset}`;
    if (key === this.shownKey) return;
    this.request += 1;
    const { request } = this;
    try {
      const page = await this.askPage(sort, descending, offset, pageSize);
      if (request !== this.request) return;
      this.shownKey = key;
      this.show(page);
      const text = await this.totalsText(page);
      if (request === this.request) setText(this.totals, text);
    } catch (error) {
      if (request === this.request)
        setText(this.totals, error instanceof Error ? error.message : 'The tasks can’t be read.');
    }
  }

  private askPage(sort: Sort, descending: boolean, offset: number, limit: number): Promise<TaskPage> {
    return this.host.request('getTasks', { runId: this.runId, sort, descending, offset, limit });
  }

  private show(page: TaskPage): void {
    this.total = page.total;
    this.body.replaceChildren(...page.tasks.map(task => this.row(task)));
    for (const { sort, cell } of this.heads) {
      const order = this.descending ? 'descending' : 'ascending';
      setAttributes(cell, { 'aria-sort': sort === this.sort ? order : 'none' });
    }
    const none = page.total === 0;
    this.scroller.hidden = none;
    this.empty.hidden = !none;
    this.totals.hidden = none;
    const live = this.run?.phase !== 'ended';
    setText(this.empty, live ? 'No tasks yet.' : 'It used no pools, threads or processes: there are no tasks.');
    this.pager.hidden = page.total <= pageSize;
    setText(
      this.place,
      `${this.offset + 1}–${this.offset + page.tasks.length} of ${page.total.toLocaleString('en-US')}`,
    );
    const [earlier, later] = this.pager.querySelectorAll('button');
    if (earlier) earlier.disabled = this.offset === 0;
    if (later) later.disabled = this.offset + pageSize >= page.total;
  }

  private row(task: TaskRow): HTMLElement {
    const cell = (className: string, content: Node | string) => element('td', { class: className }, content);
    const status = taskStatuses.find(known => known === task.status);
    const queued = task.startNs === null ? null : task.startNs - task.submitNs;
    const ran = task.startNs === null || task.endNs === null ? null : task.endNs - task.startNs;
    const name = cell('task-name', task.name);
    name.title = [`${task.name} (${task.engine})`, task.key ?? '', resultWords(task)]
      .filter(line => line !== '')
      .join('\n');
    const source = task.file
      ? button({ className: 'link', label: `Open ${task.file}`, text: placeWords(task.file, task.line) }, () =>
          this.host.act({ kind: 'reveal', file: task.file ?? '', line: task.line ?? 1 }),
        )
      : '';
    return element(
      'tr',
      { class: `is-${task.status}` },
      name,
      cell('task-status', element('span', { class: 'status-chip' }, status ? taskStatusWords[status] : task.status)),
      cell('number task-submitted', formatDuration(task.submitNs)),
      cell('number', durationOrDash(queued)),
      cell('number', durationOrDash(ran)),
      cell('number', durationOrDash(task.waitedNs)),
      cell('task-thread', this.overview?.threads[task.thread]?.name ?? '–'),
      cell('task-source', source),
    );
  }

  /** The medians of all tasks: of a table that fits one page from its rows, else from the rows in the middle of each order. */
  private async totalsText(page: TaskPage): Promise<string> {
    const figures = await Promise.all([
      this.median(page, 'queued', task => difference(task.submitNs, task.startNs)),
      this.median(page, 'ran', task => difference(task.startNs, task.endNs)),
    ]);
    const [queued, ran] = figures.map(durationOrDash);
    return `${counted(page.total, 'task')} · median queued ${queued} · median ran ${ran}`;
  }

  private async median(page: TaskPage, sort: Sort, figure: (task: TaskRow) => Ns | null): Promise<Ns | null> {
    const known = (tasks: TaskRow[]) => tasks.map(figure).filter(value => value !== null);
    if (page.tasks.length === page.total) return middleOf(known(page.tasks).sort((a, b) => a - b));
    const first = Math.floor((page.total - 1) / 2);
    const inMiddle = await this.askPage(sort, false, first, page.total % 2 === 0 ? 2 : 1);
    return middleOf(known(inMiddle.tasks));
  }
}

function difference(from: Ns | null, to: Ns | null): Ns | null {
  return from === null || to === null ? null : to - from;
}

function durationOrDash(ns: Ns | null | undefined): string {
  return ns === null || ns === undefined ? '–' : formatDuration(ns);
}

/** Of a sorted list; null when it is empty. */
function middleOf(sorted: Ns[]): Ns | null {
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  const high = sorted[Math.floor(sorted.length / 2)];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
