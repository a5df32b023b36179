import type { MeasuredParams } from '../protocol/hostServer.ts';
import { type LineEdit, type Lines, moved } from './lineEdits.ts';

/** What a run measured at lines of a document, as they are now. */
export interface MeasuredRun extends Lines {
  /** `3.1× on 4 workers · GIL 48 %`, or how it failed. */
  summary: string;
  /** Its lines were edited since. */
  stale: boolean;
}

export interface MeasuredTime extends Lines {
  ms: number;
  stale: boolean;
}

/** Edits that a long run may have to be mapped through: about an hour of steady typing. */
const maxHistory = 20_000;

/** What runs have measured in one document; kept at the right lines while it is being edited. */
export class MeasuredDocument {
  private currentRuns: readonly MeasuredRun[] = [];
  private currentTimes: readonly MeasuredTime[] = [];
  private history: { version: number; edit: LineEdit }[] = [];
  /** The version from which on the history is complete. */
  private knownSince: number;

  constructor(version: number) {
    this.knownSince = version;
  }

  get runs(): readonly MeasuredRun[] {
    return this.currentRuns;
  }

  get times(): readonly MeasuredTime[] {
    return this.currentTimes;
  }

  /** @param version of the document after the edit */
  edited(version: number, edit: LineEdit): void {
    this.currentRuns = this.currentRuns.flatMap(run => after(run, [edit]));
    this.currentTimes = this.currentTimes.flatMap(time => after(time, [edit]));
    this.history.push({ version, edit });
    if (this.history.length <= maxHistory) return;
    const dropped = this.history.splice(0, maxHistory / 2);
    this.knownSince = dropped.at(-1)?.version ?? this.knownSince;
  }

  /**
   * Takes in a run's results. They replace those of the same lines. A run of a version whose edits are no longer known is left out:
   * nobody could say where its lines are.
   */
  add(params: MeasuredParams): void {
    if (params.version < this.knownSince) return;
    const since = this.history.filter(({ version }) => version > params.version).map(({ edit }) => edit);
    const { startLine, endLine, summary } = params;
    const [run] = after({ startLine, endLine, summary, stale: false }, since);
    const times = params.times.flatMap(time => after({ ...time, stale: false }, since));
    if (run) this.currentRuns = [...this.currentRuns.filter(old => !isSame(old, run)), run];
    const left = this.currentTimes.filter(
      old => !times.some(time => overlaps(old, time)) && !(run && overlaps(old, run)),
    );
    this.currentTimes = [...left, ...times];
  }
}

/** The item after these edits, marked as stale if one touched it; empty if its lines are gone. */
function after<T extends Lines & { stale: boolean }>(item: T, edits: readonly LineEdit[]): T[] {
  let at = item;
  for (const edit of edits) {
    const next = moved(at, edit);
    if (!next) return [];
    at = next.touched && !next.lines.stale ? { ...next.lines, stale: true } : next.lines;
  }
  return [at];
}

function isSame(a: Lines, b: Lines): boolean {
  return a.startLine === b.startLine && a.endLine === b.endLine;
}

function overlaps(a: Lines, b: Lines): boolean {
  return a.startLine <= b.endLine && b.startLine <= a.endLine;
}
