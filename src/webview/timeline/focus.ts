import { type Entry, neighbour } from './hitTest.ts';
import type { Band, LayoutRow, TrackLayout } from './layout.ts';
import type { WindowCache } from './windowCache.ts';

/** Where the keyboard is: a process, or one band of a thread and perhaps an entry in it. */
export interface FocusedTrack {
  row: LayoutRow;
  /** null on a process and on a counter. */
  band: Band | null;
  entry: Entry | null;
}

/**
 * What a canvas lacks: something that has the focus. A list of tracks (processes, and each band of each thread) and the entries of the
 * one that has it. Remembers the track by what it is, as rows move while a run is live.
 */
export class FocusModel {
  current: FocusedTrack | null = null;

  clear(): void {
    this.current = null;
  }

  /** After the layout changed: the same track at its new place, or none if it is gone. */
  relocate(layout: TrackLayout): void {
    const was = this.current;
    if (!was) return;
    const same = tracksOf(layout).find(track => sameTrack(track, was));
    this.current = same ? { ...same, entry: was.entry } : null;
  }

  moveTrack(layout: TrackLayout, step: 1 | -1): FocusedTrack | null {
    const tracks = tracksOf(layout);
    const was = this.current;
    const at = was ? tracks.findIndex(track => sameTrack(track, was)) : -1;
    const next = tracks[at === -1 ? 0 : Math.min(Math.max(0, at + step), tracks.length - 1)];
    this.current = next ?? null;
    return this.current;
  }

  /** To the next or previous entry of the track; stays when there is none among what is loaded. */
  moveEntry(cache: WindowCache, startNs: number, step: 1 | -1): FocusedTrack | null {
    const was = this.current;
    if (!was?.band || was.row.kind !== 'thread') return was;
    const data = cache.row(was.row.thread, was.band.kind, was.band.depth);
    const entry = data && neighbour(data, was.entry, startNs, step);
    if (entry) this.current = { ...was, entry };
    return this.current;
  }
}

function tracksOf(layout: TrackLayout): FocusedTrack[] {
  return layout.rows.flatMap((row): FocusedTrack[] =>
    row.kind === 'thread' ? row.bands.map(band => ({ row, band, entry: null })) : [{ row, band: null, entry: null }],
  );
}

function sameTrack(a: FocusedTrack, b: FocusedTrack): boolean {
  if (a.row.kind === 'counter' && b.row.kind === 'counter') return a.row.counter === b.row.counter;
  if (a.row.kind !== 'thread' || b.row.kind !== 'thread') {
    return a.row.kind === b.row.kind && a.row.process === b.row.process;
  }
  return a.row.thread === b.row.thread && a.band?.kind === b.band?.kind && a.band?.depth === b.band?.depth;
}
