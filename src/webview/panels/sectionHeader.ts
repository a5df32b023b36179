import type { Ns } from '../../base/time.ts';
import type { RunView } from '../../protocol/hostWebview.ts';
import { button, element, setText, uniqueId } from '../dom.ts';
import type { Host } from '../host.ts';
import { icon } from '../icons.ts';
import { placeWords, statusWords } from '../words.ts';

/** Title, state and the buttons of a run. */
export class SectionHeader {
  readonly root: HTMLElement;
  private readonly toggle: HTMLButtonElement;
  private readonly title: HTMLButtonElement;
  private readonly status = element('span', { class: 'status' });
  private readonly statusText = element('span', { class: 'status-text' });
  private readonly statusIcon = element('span', { class: 'status-icon' });
  private readonly where = element('span', { class: 'where' });
  private readonly progress = element('span', { class: 'progress' });
  private readonly headline = element('span', { class: 'headline' });
  private readonly stop: HTMLButtonElement;
  private readonly program: HTMLButtonElement;
  private readonly save: HTMLButtonElement;
  private readonly rerun: HTMLButtonElement;
  private readonly remove: HTMLButtonElement;
  private shownIcon = '';

  constructor(run: RunView, host: Host, onToggle: () => void) {
    const { runId } = run;
    const titleId = uniqueId('title');
    this.toggle = button({ className: 'tool section-toggle', label: 'Collapse', icon: icon('chevron') }, onToggle);
    this.title = button(
      { className: 'section-title', label: `Go to ${placeWords(run.file, run.line)}`, text: run.title },
      () => host.act({ kind: 'reveal', file: run.file, line: run.line }),
    );
    // Its own words are the section's name; where it leads is only the tooltip.
    this.title.removeAttribute('aria-label');
    this.title.id = titleId;
    this.stop = button({ className: 'stop', label: 'Stop', icon: icon('stop'), text: 'Stop' }, () =>
      host.act({ kind: 'stop', runId }),
    );
    this.rerun = button({ className: 'tool', label: 'Run again', icon: icon('rerun') }, () =>
      host.act({ kind: 'rerun', runId }),
    );
    this.program = button({ className: 'tool', label: 'Show program', icon: icon('program') }, () =>
      host.act({ kind: 'showProgram', runId }),
    );
    this.save = button({ className: 'tool', label: 'Save trace…', icon: icon('save') }, () =>
      host.act({ kind: 'saveTrace', runId }),
    );
    this.remove = button({ className: 'tool', label: 'Remove from the panel', icon: icon('remove') }, () =>
      host.act({ kind: 'remove', runId }),
    );
    this.status.append(this.statusIcon, this.statusText, this.where, this.progress, this.headline);
    const heading = element('h2', {}, this.title);
    const tools = element(
      'div',
      { class: 'section-tools' },
      this.stop,
      this.program,
      this.rerun,
      this.save,
      this.remove,
    );
    this.root = element('header', { class: 'section-header' }, this.toggle, heading, this.status, tools);
  }

  /** `headline` is shown while the section is collapsed: its body says it otherwise. */
  update(run: RunView, elapsedNs: Ns, expanded: boolean, headline: string): void {
    const words = statusWords(run, elapsedNs);
    setText(this.statusText, words.text);
    setText(this.where, run.where);
    this.where.title = run.where;
    setText(this.progress, run.progress);
    this.progress.title = run.progress;
    const plain = headline.replaceAll('`', '');
    setText(this.headline, expanded ? '' : plain);
    this.headline.title = plain;
    this.status.dataset.tone = words.tone;
    if (words.icon !== this.shownIcon) {
      this.shownIcon = words.icon;
      this.statusIcon.replaceChildren(icon(words.icon));
    }
    const ended = run.phase === 'ended';
    this.stop.hidden = ended;
    this.stop.disabled = run.phase === 'stopping';
    const stopText = run.phase === 'queued' ? 'Cancel' : 'Stop';
    this.stop.title = stopText;
    const stopLabel = this.stop.querySelector('span');
    if (stopLabel) setText(stopLabel, stopText);
    this.stop.setAttribute('aria-label', `${stopText} ${run.title}`);
    this.rerun.hidden = !ended || !run.canRunAgain;
    this.program.hidden = !run.hasProgram;
    this.save.hidden = !ended || !run.hasTrace;
    this.remove.hidden = !ended;
    this.toggle.setAttribute('aria-expanded', String(expanded));
    this.toggle.title = expanded ? 'Collapse' : 'Expand';
    this.toggle.setAttribute('aria-label', `${this.toggle.title} ${run.title}`);
  }
}
