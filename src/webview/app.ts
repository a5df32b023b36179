import { counted } from '../base/counts.ts';
import { nsPerMs } from '../base/time.ts';
import type { RunView } from '../protocol/hostWebview.ts';
import { button, element, setText } from './dom.ts';
import type { Host } from './host.ts';
import { icon } from './icons.ts';
import { Section } from './panels/section.ts';
import type { PanelStore } from './store.ts';
import { readTheme, type Theme, watchTheme } from './theme.ts';
import { Tooltip } from './timeline/tooltip.ts';
import { statusWords } from './words.ts';

/** This many of the newest runs are open when they are first seen. */
const expandedAtFirst = 3;

/** The whole panel: one section per run, or how to begin. */
export class App {
  private readonly store: PanelStore;
  private readonly host: Host;
  private readonly sections = new Map<string, Section>();
  private readonly list = element('main', { class: 'sections' });
  private readonly bar = element('div', { class: 'bar', hidden: true });
  private readonly barText = element('span', { class: 'bar-text' });
  private readonly stopAll: HTMLButtonElement;
  private readonly empty = emptyState();
  private readonly live = element('div', { class: 'spoken', 'aria-live': 'polite', role: 'status' });
  private readonly tooltip = new Tooltip();
  private theme: Theme = readTheme();
  private spokenPhases = new Map<string, string>();
  private seenAtMs = performance.now();

  constructor(root: HTMLElement, host: Host, store: PanelStore) {
    this.host = host;
    this.store = store;
    this.stopAll = button({ className: 'stop', label: 'Stop all', icon: icon('stop'), text: 'Stop all' }, () =>
      host.act({ kind: 'stopAll' }),
    );
    this.bar.append(
      this.barText,
      element('span', { class: 'spacer' }),
      this.stopAll,
      button({ className: 'tool', label: 'Collapse all', text: 'Collapse all' }, () => this.expandAll(false)),
      button({ className: 'tool', label: 'Expand all', text: 'Expand all' }, () => this.expandAll(true)),
    );
    root.append(this.bar, this.list, this.empty, this.live, this.tooltip.root);
    store.subscribe(() => this.update());
    watchTheme(() => {
      this.theme = readTheme();
      for (const section of this.sections.values()) section.redraw();
    });
    setInterval(() => this.tick(), 250);
  }

  private update(): void {
    const { runs } = this.store;
    this.seenAtMs = performance.now();
    const known = new Set(runs.map(run => run.runId));
    for (const [runId, section] of this.sections) {
      if (known.has(runId)) continue;
      section.dispose();
      this.sections.delete(runId);
    }
    runs.forEach((run, index) => {
      const section = this.sections.get(run.runId) ?? this.open(run, index);
      const there = this.list.children[index];
      if (there !== section.root) this.list.insertBefore(section.root, there ?? null);
      section.update(run);
      this.speakEnd(run);
    });
    this.empty.hidden = !this.store.known || runs.length > 0;
    this.list.hidden = runs.length === 0;
    this.list.classList.toggle('single', runs.length === 1);
    this.updateBar(runs);
  }

  private open(run: RunView, index: number): Section {
    const state = this.store.section(run.runId, run.opensWith);
    state.expanded ??= index < expandedAtFirst || run.phase !== 'ended';
    const environment = {
      host: this.host,
      tooltip: this.tooltip,
      announce: (text: string) => this.announce(text),
      theme: () => this.theme,
    };
    const section = new Section(run, environment, state, () => this.store.save());
    this.sections.set(run.runId, section);
    return section;
  }

  private updateBar(runs: RunView[]): void {
    this.bar.hidden = runs.length < 2;
    const unfinished = runs.filter(run => run.phase !== 'ended').length;
    const parts = [counted(runs.length, 'run'), unfinished > 0 ? `${unfinished} unfinished` : ''];
    setText(this.barText, parts.filter(Boolean).join(' · '));
    this.stopAll.hidden = unfinished < 2;
  }

  private expandAll(expanded: boolean): void {
    for (const section of this.sections.values()) section.setExpanded(expanded);
  }

  /** Clocks go on between two answers of the host. */
  private tick(): void {
    const sinceNs = (performance.now() - this.seenAtMs) * nsPerMs;
    for (const run of this.store.runs) {
      if (run.phase !== 'running' && run.phase !== 'stopping') continue;
      this.sections.get(run.runId)?.tick(run.durationNs + sinceNs);
    }
  }

  /** Says how a run ended, once; not of those that were over when the panel opened. */
  private speakEnd(run: RunView): void {
    const before = this.spokenPhases.get(run.runId);
    this.spokenPhases.set(run.runId, run.phase);
    if (before === undefined || before === run.phase || run.phase !== 'ended') return;
    this.announce(`${run.title}: ${statusWords(run, run.durationNs).text}`);
  }

  private announce(text: string): void {
    this.live.textContent = text;
  }
}

function emptyState(): HTMLElement {
  const key = (text: string) => element('kbd', {}, text);
  const mac = navigator.platform.startsWith('Mac');
  return element(
    'div',
    { class: 'empty', hidden: true },
    element('div', { class: 'empty-art', 'aria-hidden': 'true' }, ...[0, 1, 2, 3].map(() => element('span'))),
    element('p', { class: 'empty-title' }, 'Select Python code and choose Run in Parallel.'),
    element(
      'p',
      { class: 'empty-hint' },
      'In the editor’s menu, the command palette, or with ',
      element('span', { class: 'keys' }, key(mac ? '⌘' : 'Ctrl'), ' ', key('Alt'), ' ', key('Enter')),
      '. Several selections run at once.',
    ),
  );
}
