import { messageOf } from '../../base/errors.ts';
import { formatDuration } from '../../base/time.ts';
import type { RunView } from '../../protocol/hostWebview.ts';
import type { PlanInfo } from '../../trace/model.ts';
import { button, element, setText } from '../dom.ts';
import type { Host } from '../host.ts';
import { engineWords, placeWords } from '../words.ts';

/** What engines meant to do, as text: expressions before and after optimisation, physical plans. */
export class PlansPanel {
  readonly root: HTMLElement;
  private readonly runId: string;
  private readonly host: Host;
  private readonly list = element('div', { class: 'plan-list' });
  private readonly empty = element('div', { class: 'placeholder', hidden: true });
  private shownRevision = -1;
  private shown = new Map<string, HTMLElement>();

  constructor(runId: string, host: Host) {
    this.runId = runId;
    this.host = host;
    this.root = element(
      'div',
      { class: 'plans', tabindex: 0, role: 'group', 'aria-label': 'Plans' },
      this.list,
      this.empty,
    );
  }

  update(run: RunView): void {
    if (run.hasTrace && run.revision !== this.shownRevision) void this.ask(run.revision);
  }

  private async ask(revision: number): Promise<void> {
    this.shownRevision = revision;
    try {
      this.show((await this.host.request('getPlans', { runId: this.runId })).plans);
      setText(this.empty, 'No engine has told of a plan.');
    } catch (error) {
      setText(this.empty, messageOf(error));
    }
    this.empty.hidden = this.list.childElementCount > 0;
  }

  /** What is open and selected stays while a live run tells of more. */
  private show(plans: PlanInfo[]): void {
    const shown = new Map<string, HTMLElement>();
    for (const [index, plan] of plans.entries()) {
      const told = JSON.stringify(plan);
      shown.set(told, this.shown.get(told) ?? this.planOf(plan, index === 0 || plans.length <= 3));
    }
    for (const [told, node] of this.shown) if (!shown.has(told)) node.remove();
    for (const [index, node] of [...shown.values()].entries()) {
      const at = this.list.children[index] ?? null;
      if (at !== node) this.list.insertBefore(node, at);
    }
    this.shown = shown;
  }

  private planOf(plan: PlanInfo, open: boolean): HTMLElement {
    const { file, line } = plan;
    const words = file === null ? '' : placeWords(file, line);
    const source =
      file === null
        ? null
        : button({ className: 'link', label: `Open ${file}`, text: words }, () =>
            this.host.act({ kind: 'reveal', file, line: line ?? 1 }),
          );
    // Which of several calls it is can be read before it is open; then its place is a link.
    const closedPlace =
      words === '' || plan.title.endsWith(words) ? null : element('span', { class: 'plan-closed' }, ` · ${words}`);
    const summary = element(
      'summary',
      {},
      element('span', { class: 'plan-title' }, plan.title),
      element(
        'span',
        { class: 'plan-engine' },
        engineWords[plan.engine],
        closedPlace,
        ` · at ${formatDuration(plan.atNs)}`,
      ),
    );
    const parts = plan.parts.map(part =>
      element(
        'figure',
        { class: 'plan-part' },
        element('figcaption', {}, part.title),
        element(
          'pre',
          { tabindex: 0, 'aria-label': `${plan.title}: ${part.title}` },
          ...part.text.split('\n').map(planLine),
        ),
      ),
    );
    const place = source ? element('p', { class: 'plan-place' }, source) : null;
    return element(
      'details',
      { class: 'plan', open },
      summary,
      place,
      element('div', { class: 'plan-parts' }, ...parts),
    );
  }
}

const figuresOfNode = /^(?: *[\d.,]+ ms)+(?: +[\d,]+ rows)? {2}/;
/** What engines draw their trees with. */
const treeBeforeWords = /^[\s:|+*-]*/;

/** A line that is too long goes on below its own words, not below the tree; in a narrow panel the figures have a line of their own. */
function planLine(text: string): HTMLElement {
  const [figures] = figuresOfNode.exec(text) ?? [''];
  const words = text.slice(figures.length);
  const [tree] = treeBeforeWords.exec(words) ?? [''];
  const line = element(
    'span',
    { class: 'plan-line' },
    figures === '' ? null : element('span', { class: 'plan-figures' }, figures),
    element('span', {}, words),
  );
  line.style.setProperty('--rip-figures', String(figures.length));
  line.style.setProperty('--rip-tree', String(tree.length));
  return line;
}
