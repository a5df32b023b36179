import { counted } from '../../base/counts.ts';
import { messageOf } from '../../base/errors.ts';
import { formatDuration } from '../../base/time.ts';
import type { Insight } from '../../insights/insight.ts';
import type { RunView } from '../../protocol/hostWebview.ts';
import type { Overview } from '../../protocol/query.ts';
import { element, setText } from '../dom.ts';
import type { SectionState, TabName } from '../store.ts';
import { Timeline, type TimelineEnvironment } from '../timeline/timeline.ts';
import { errorWords } from '../words.ts';
import { GroupLegend } from './groupLegend.ts';
import { Legend } from './legend.ts';
import { Messages } from './messages.ts';
import { Notes } from './notes.ts';
import { OutputPanel } from './output.ts';
import { PlansPanel } from './plans.ts';
import { SectionHeader } from './sectionHeader.ts';
import { Tabs } from './tabs.ts';
import { TasksPanel } from './tasks.ts';

/** Totals are asked for when the window has come to rest for this long. */
const totalsPauseMs = 120;

/** One run: header, messages, and three views of what it did. Asks only for what is seen. */
export class Section {
  readonly root = element('section', { class: 'section' });
  private readonly runId: string;
  private readonly environment: TimelineEnvironment;
  private readonly state: SectionState;
  private readonly header: SectionHeader;
  private readonly messages: Messages;
  private readonly notes: Notes;
  private readonly body = element('div', { class: 'section-body' });
  private readonly tabs: Tabs<TabName>;
  private readonly placeholder = element('div', { class: 'placeholder' });
  private readonly timelineBox = element('div', { class: 'timeline-box', hidden: true });
  private readonly timeline: Timeline;
  private readonly legend: Legend;
  private readonly groups = new GroupLegend();
  private readonly tasks: TasksPanel;
  private readonly plans: PlansPanel;
  private readonly output: OutputPanel;
  private run: RunView;
  private overview: Overview | null = null;
  private overviewRevision = -1;
  private askingOverview = false;
  private totalsTimer = 0;
  private totalsRequest = 0;

  constructor(run: RunView, environment: TimelineEnvironment, state: SectionState, save: () => void) {
    this.run = run;
    this.runId = run.runId;
    this.environment = environment;
    this.state = state;
    const { host } = environment;
    this.header = new SectionHeader(run, host, () => this.setExpanded(!this.expanded));
    this.messages = new Messages(run.runId, host, insight => this.showInsight(insight));
    this.notes = new Notes(run.runId, host);
    this.timeline = new Timeline(run.runId, environment, { state, save }, () => this.askTotalsSoon());
    this.legend = new Legend(environment.theme, state.legendOpen, open => {
      state.legendOpen = open;
      save();
    });
    this.tasks = new TasksPanel(run.runId, host);
    this.plans = new PlansPanel(run.runId, host);
    this.output = new OutputPanel(run.runId, host);
    this.timelineBox.append(this.timeline.root, this.groups.root, this.legend.root);
    const timelinePanel = element('div', { class: 'tab-panel' }, this.placeholder, this.timelineBox);
    const tasksPanel = element('div', { class: 'tab-panel' }, this.tasks.root);
    const planPanel = element('div', { class: 'tab-panel' }, this.plans.root);
    const outputPanel = element('div', { class: 'tab-panel' }, this.output.root);
    this.tabs = new Tabs<TabName>(
      'Views of this run',
      [
        { name: 'timeline', label: 'Timeline', panel: timelinePanel },
        { name: 'tasks', label: 'Tasks', panel: tasksPanel },
        { name: 'plan', label: 'Plan', panel: planPanel },
        { name: 'output', label: 'Output', panel: outputPanel },
      ],
      state.tab,
      tab => {
        state.tab = tab;
        save();
        this.refresh();
        if (tab === 'output') this.output.shown();
      },
    );
    this.body.append(this.messages.root, this.notes.root, this.tabs.root);
    this.body.append(timelinePanel, tasksPanel, planPanel, outputPanel);
    // Until the run has told whether there are plans; whoever looked at them before the view was thrown away still does.
    this.tabs.setHidden('plan', state.tab !== 'plan');
    this.root.append(this.header.root, this.body);
    this.save = save;
  }

  private readonly save: () => void;

  get expanded(): boolean {
    return this.state.expanded !== false;
  }

  update(run: RunView): void {
    this.run = run;
    this.refresh();
  }

  /** The theme or the clock changed. */
  redraw(): void {
    this.timeline.redraw();
    this.legend.redraw();
  }

  /** Moves the clock of a run that goes on. */
  tick(elapsedNs: number): void {
    this.header.update(this.run, elapsedNs, this.expanded, this.headline());
  }

  setExpanded(expanded: boolean): void {
    this.state.expanded = expanded;
    this.save();
    this.refresh();
  }

  dispose(): void {
    clearTimeout(this.totalsTimer);
    this.timeline.dispose();
    this.root.remove();
  }

  private refresh(): void {
    const { run } = this;
    this.header.update(run, run.durationNs, this.expanded, this.headline());
    this.root.dataset.phase = run.phase;
    this.root.dataset.status = run.status ?? '';
    this.body.hidden = !this.expanded;
    // Before there is anything to see there is nothing to choose from.
    const seen = run.hasTrace || run.outputRevision > 0;
    this.tabs.root.hidden = !seen;
    this.root.classList.toggle('bare', !seen);
    // There it says why; the tab that was chosen is shown as soon as there is something in it.
    this.tabs.show(seen ? this.state.tab : 'timeline');
    if (this.overview) this.tabs.setHidden('plan', this.overview.planCount === 0);
    this.tabs.setBadge('output', run.valueCount > 0 ? run.valueCount.toLocaleString('en-US') : '');
    this.messages.update(run, this.overview?.insights ?? []);
    this.notes.update(run);
    if (run.hasTrace && this.overviewRevision !== run.revision) void this.askOverview();
    this.showOverview();
    if (!this.expanded) return;
    if (this.state.tab === 'output') this.output.update(run);
    if (this.state.tab === 'plan') this.plans.update(run);
    if (this.state.tab === 'tasks') this.tasks.update(run, this.overview);
  }

  /** What a collapsed section still says. */
  private headline(): string {
    const { programError, userError } = this.run;
    if (userError) return userError.message;
    if (programError) return errorWords(programError);
    return this.overview?.insights[0]?.title ?? '';
  }

  private async askOverview(): Promise<void> {
    if (this.askingOverview) return;
    this.askingOverview = true;
    const { revision } = this.run;
    try {
      this.overview = await this.environment.host.request('getOverview', { runId: this.runId });
      this.overviewRevision = revision;
    } catch (error) {
      // The next revision asks again; until then what is there stays.
      this.overviewRevision = revision;
      if (!this.overview) setText(this.placeholder, messageOf(error));
    } finally {
      this.askingOverview = false;
    }
    this.refresh();
  }

  private showOverview(): void {
    const { overview, run } = this;
    const drawable = overview !== null && overview.processes.length > 0;
    this.timelineBox.hidden = !drawable;
    // A run that never got as far says so by its error; one that waits for another, by its note.
    const failed = run.phase === 'ended' && (run.userError ?? run.programError) !== null;
    const explained = failed || (run.phase === 'queued' && run.notes.length > 0);
    this.placeholder.hidden = drawable || explained;
    if (!drawable) {
      setText(this.placeholder, placeholderWords(run));
      return;
    }
    this.tabs.setBadge('tasks', overview.taskCount > 0 ? overview.taskCount.toLocaleString('en-US') : '');
    if (!this.expanded || this.state.tab !== 'timeline') return;
    this.timeline.update(run, overview);
    this.groups.update(overview.groups);
    this.legend.update(overview);
    this.askTotalsSoon();
  }

  private askTotalsSoon(): void {
    if (this.totalsTimer !== 0) return;
    this.totalsTimer = window.setTimeout(() => {
      this.totalsTimer = 0;
      void this.askTotals();
    }, totalsPauseMs);
  }

  private async askTotals(): Promise<void> {
    if (!this.overview || !this.expanded) return;
    this.totalsRequest += 1;
    const request = this.totalsRequest;
    const { startNs, endNs, fitted } = this.timeline.viewport;
    try {
      const totals = await this.environment.host.request('getTotals', { runId: this.runId, startNs, endNs });
      if (request !== this.totalsRequest) return;
      const spoken = this.legend.showTotals(totals, fitted);
      this.timeline.setSummary(`${formatDuration(endNs - startNs)} in view. ${spoken}`);
    } catch {
      // The figures of the last window stay; the next one asks again.
    }
  }

  private showInsight(insight: Insight): void {
    if (!insight.highlight) return;
    this.tabs.select('timeline');
    this.timeline.showHighlight(insight.highlight);
  }
}

/** What the timeline says while there is nothing to draw. */
function placeholderWords(run: RunView): string {
  switch (run.phase) {
    case 'queued':
      return run.queuePosition !== null && run.queuePosition > 1
        ? `Starts when a worker is free; ${counted(run.queuePosition - 1, 'run')} before it.`
        : 'Starts as soon as a worker is free.';
    case 'starting':
      return 'Python is starting. Threads and processes appear here as soon as they exist.';
    case 'running':
    case 'stopping':
      return 'Waiting for the first event.';
    case 'ended':
      return 'Nothing was recorded.';
  }
}
