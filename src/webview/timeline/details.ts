import type { Ns } from '../../base/time.ts';
import type { Detail, Overview } from '../../protocol/query.ts';
import { spanKinds, type TaskStatus, taskStatuses, threadStates } from '../../trace/model.ts';
import { hueCodeBase } from '../../trace/taskCodes.ts';
import { stateText } from '../../trace/words.ts';
import { counterWords, spanWords, taskStatusWords } from '../words.ts';
import type { FocusedTrack } from './focus.ts';
import type { Entry, Hit } from './hitTest.ts';
import type { Band } from './layout.ts';
import { processFacts } from './processWords.ts';
import type { TimelineEnvironment } from './timeline.ts';
import { detailText, type TooltipText, timeWords } from './tooltip.ts';

/** The pointer must rest this long before the host is asked; what the canvas knows by itself is shown at once. */
const restMs = 60;

/** Asks for the exact figures of a point, for the tooltip, for the screen reader and for jumping to the source. */
export class DetailAsker {
  private readonly runId: string;
  private readonly environment: TimelineEnvironment;
  private hovered = '';
  private timer = 0;
  /** The last answer to a hover, so that moving within a span asks nothing. */
  private answer: { key: string; detail: Detail } | null = null;

  /** What a counter's row and a process' marks say by themselves; null = nothing there. */
  private readonly told: (hit: Hit, toleranceNs: Ns) => TooltipText | null;

  constructor(
    runId: string,
    environment: TimelineEnvironment,
    told: (hit: Hit, toleranceNs: Ns) => TooltipText | null,
  ) {
    this.runId = runId;
    this.environment = environment;
    this.told = told;
  }

  /** The pointer is over this (null: over nothing); positions in the page, CSS pixels. */
  hover(hit: Hit | null, toleranceNs: Ns, clientX: number, clientY: number): void {
    const { tooltip } = this.environment;
    clearTimeout(this.timer);
    if (!hit?.entry || !hit.band || hit.row.kind !== 'thread') {
      this.hovered = '';
      const told = hit && this.told(hit, toleranceNs);
      if (told) tooltip.show(told, clientX, clientY);
      else tooltip.hide();
      return;
    }
    const { entry, band } = hit;
    const key = `${hit.row.thread} ${band.kind} ${band.depth} ${entry.startNs} ${entry.endNs}`;
    this.hovered = key;
    if (this.answer?.key === key) {
      tooltip.show(detailText(this.answer.detail, entry.hidden), clientX, clientY);
      return;
    }
    tooltip.show(entryText(band, entry), clientX, clientY);
    this.timer = window.setTimeout(async () => {
      const detail = await this.ask(hit, toleranceNs);
      if (!detail || this.hovered !== key) return;
      this.answer = { key, detail };
      tooltip.show(detailText(detail, entry.hidden), clientX, clientY);
    }, restMs);
  }

  /** Opens the source of what was hit. */
  async open(hit: Hit | null, toleranceNs: Ns): Promise<void> {
    if (!hit?.entry) return;
    const detail = await this.ask(hit, toleranceNs);
    if (detail?.file) this.environment.host.act({ kind: 'reveal', file: detail.file, line: detail.line ?? 1 });
    else if (detail) this.environment.announce(`No source line is known for ${detail.label}.`);
  }

  /** Says what the keyboard is on. */
  async speak(track: FocusedTrack, overview: Overview): Promise<void> {
    const { announce } = this.environment;
    const { row, band, entry } = track;
    if (row.kind === 'process') {
      const process = overview.processes[row.process];
      if (!process) return;
      const state = row.collapsed ? 'collapsed' : 'expanded';
      announce(`Process ${process.name}, ${processFacts(process, row.threadCount)}, ${state}`);
      return;
    }
    if (row.kind === 'counter') {
      const counter = overview.counters[row.counter];
      if (counter) announce(`${counter.name}, at most ${counterWords(counter.max, counter.unit)}`);
      return;
    }
    const name = overview.threads[row.thread]?.name ?? '';
    if (!band) return;
    if (!entry) {
      announce(`${name}, ${trackWords[band.kind]}`);
      return;
    }
    const atNs = (entry.startNs + entry.endNs) / 2;
    const detail = await this.ask({ row, band, entry, atNs }, 0);
    const text = detail ? detailText(detail, entry.hidden) : entryText(band, entry);
    announce([`${text.title}, ${text.time}`, text.precision, ...text.lines].filter(Boolean).join('. '));
  }

  private async ask(hit: Hit, toleranceNs: Ns): Promise<Detail | null> {
    if (hit.row.kind !== 'thread' || !hit.band || !hit.entry) return null;
    // A point inside of the entry: the pointer may be a few pixels beside a thin one.
    const atNs = Math.min(Math.max(hit.atNs, hit.entry.startNs), hit.entry.endNs);
    const { thread } = hit.row;
    try {
      return await this.environment.host.request('getDetail', {
        runId: this.runId,
        thread,
        atNs,
        row: hit.band.kind,
        toleranceNs,
      });
    } catch {
      return null;
    }
  }
}

const trackWords = { state: 'thread states', task: 'tasks', span: 'waits' } as const;

/** What the canvas knows by itself. */
function entryText(band: Band, entry: Entry) {
  return {
    title: entryTitle(band, entry),
    time: timeWords(entry.startNs, entry.endNs),
    precision: '',
    lines: band.kind === 'task' ? [taskStatusWords[statusOf(entry.code)]] : [],
  };
}

/** A task's code is its status, or the hue of one that went well. */
function statusOf(code: number): TaskStatus {
  return code >= hueCodeBase ? 'ok' : (taskStatuses[code] ?? 'running');
}

function entryTitle(band: Band, entry: Entry): string {
  if (band.kind === 'state') return stateText[threadStates[entry.code] ?? 'unknown'].label;
  if (entry.name) return entry.name;
  const kind = spanKinds[entry.code];
  return band.kind === 'span' && kind ? spanWords[kind] : 'Task';
}
