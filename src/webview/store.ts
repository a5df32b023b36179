import { asArray, asNumber, asObject, asString } from '../base/parse.ts';
import type { Ns } from '../base/time.ts';
import type { RunView } from '../protocol/hostWebview.ts';
import type { Host } from './host.ts';

export const tabNames = ['timeline', 'tasks', 'plan', 'output'] as const;
export type TabName = (typeof tabNames)[number];

/** How a section looked when it was last seen; kept by VS Code while the view is thrown away. */
export interface SectionState {
  expanded: boolean | null;
  tab: TabName;
  /** null: the whole run. */
  window: [Ns, Ns] | null;
  follow: boolean;
  /** Keys of processes, as indexes change while a run is live. */
  collapsedPids: number[];
  legendOpen: boolean;
}

/** Redraws per second of a live panel, as a pause in ms. */
const refreshPauseMs = 100;

/** The runs as the host last told them, and what is remembered of the sections. Everything else is asked for again. */
export class PanelStore {
  runs: RunView[] = [];
  /** False until the host answered for the first time. */
  known = false;
  private readonly host: Host;
  private readonly sections = new Map<string, SectionState>();
  private readonly listeners: (() => void)[] = [];
  private asking = false;
  private stale = false;
  private lastAskedMs = Number.NEGATIVE_INFINITY;
  private saveQueued = false;

  constructor(host: Host) {
    this.host = host;
    for (const [runId, state] of readSections(host.getState())) this.sections.set(runId, state);
    host.onChanged(() => this.refresh());
  }

  subscribe(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Asks for the runs, at most ten times a second; calls in between are answered together. */
  refresh(): void {
    this.stale = true;
    if (this.asking) return;
    this.asking = true;
    const pauseMs = Math.max(0, this.lastAskedMs + refreshPauseMs - performance.now());
    setTimeout(() => void this.ask(), pauseMs);
  }

  /** `tab`: where it opens when it was not seen before. */
  section(runId: string, tab: TabName): SectionState {
    const known = this.sections.get(runId);
    if (known) return known;
    const fresh = { ...freshSection(), tab };
    this.sections.set(runId, fresh);
    return fresh;
  }

  /** Keeps the sections' states; call after changing one. */
  save(): void {
    if (this.saveQueued) return;
    this.saveQueued = true;
    requestAnimationFrame(() => {
      this.saveQueued = false;
      const kept = this.runs.map(run => run.runId).filter(runId => this.sections.has(runId));
      this.host.setState({ sections: Object.fromEntries(kept.map(runId => [runId, this.sections.get(runId)])) });
    });
  }

  private async ask(): Promise<void> {
    this.lastAskedMs = performance.now();
    this.stale = false;
    try {
      this.runs = (await this.host.request('getRuns', {})).runs;
      this.known = true;
      for (const listener of this.listeners) listener();
    } finally {
      this.asking = false;
      if (this.stale) this.refresh();
    }
  }
}

function freshSection(): SectionState {
  return { expanded: null, tab: 'timeline', window: null, follow: true, collapsedPids: [], legendOpen: false };
}

/** Reads what an earlier version of this page may have written; whatever can't be read is as if it was never there. */
function readSections(state: unknown): [string, SectionState][] {
  const sections = asObject(asObject(state)?.sections) ?? {};
  return Object.entries(sections).map(([runId, value]) => {
    const fresh = freshSection();
    const saved = asObject(value);
    if (!saved) return [runId, fresh];
    const tab = asString(saved.tab);
    const [from, to] = asArray(saved.window).map(asNumber);
    return [
      runId,
      {
        expanded: typeof saved.expanded === 'boolean' ? saved.expanded : null,
        tab: tabNames.find(name => name === tab) ?? 'timeline',
        window: typeof from === 'number' && typeof to === 'number' && to > from ? [from, to] : null,
        follow: saved.follow !== false,
        collapsedPids: asArray(saved.collapsedPids).filter(pid => typeof pid === 'number'),
        legendOpen: saved.legendOpen === true,
      },
    ];
  });
}
