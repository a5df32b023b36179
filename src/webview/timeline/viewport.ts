import type { Ns } from '../../base/time.ts';

/** The closest zoom: a window of this many ns. */
const smallestWindowNs = 200;
/** What is shown of a run that has only just begun. */
const shortestRunNs = 1e6;

/**
 * Which part of the run is seen.
 *
 *   0 ────────[ startNs ═════ endNs ]──────── limitNs (the run's length; grows while it is live)
 *
 * With `fitted` the window is the whole run, also while it grows; with `follow` the window's end sticks to the run's end.
 */
export class Viewport {
  startNs: Ns = 0;
  endNs: Ns = shortestRunNs;
  fitted = true;
  follow = true;
  private limit: Ns = shortestRunNs;
  private readonly onChange: () => void;

  constructor(onChange: () => void) {
    this.onChange = onChange;
  }

  get widthNs(): Ns {
    return this.endNs - this.startNs;
  }

  get limitNs(): Ns {
    return this.limit;
  }

  /** The run got longer, or is over. */
  setLimit(ns: Ns): void {
    const limit = Math.max(ns, shortestRunNs);
    if (limit === this.limit) return;
    this.limit = limit;
    if (this.fitted) this.place(0, limit);
    else if (this.follow) this.place(limit - this.widthNs, limit);
    else this.place(this.startNs, this.endNs);
  }

  fit(): void {
    this.fitted = true;
    this.place(0, this.limit);
  }

  /** Shows exactly this range, as far as the run and the closest zoom allow. */
  show(startNs: Ns, endNs: Ns): void {
    const width = Math.min(Math.max(endNs - startNs, smallestWindowNs), this.limit);
    this.fitted = width >= this.limit * 0.9999;
    this.place((startNs + endNs - width) / 2, (startNs + endNs + width) / 2);
  }

  /** Moves by hand, which ends following unless it arrives at the run's end. */
  pan(deltaNs: Ns): void {
    if (this.fitted) return;
    this.place(this.startNs + deltaNs, this.endNs + deltaNs);
    this.follow = this.endNs >= this.limit * 0.9999;
  }

  /** factor < 1 zooms in; the time `atNs` stays where it is on the screen. */
  zoom(factor: number, atNs: Ns): void {
    const width = Math.min(Math.max(this.widthNs * factor, smallestWindowNs), this.limit);
    const share = (atNs - this.startNs) / this.widthNs;
    this.fitted = width >= this.limit * 0.9999;
    this.place(atNs - share * width, atNs + (1 - share) * width);
  }

  setFollow(follow: boolean): void {
    this.follow = follow;
    if (follow && !this.fitted) this.place(this.limit - this.widthNs, this.limit);
    else this.onChange();
  }

  private place(startNs: Ns, endNs: Ns): void {
    const width = Math.min(endNs - startNs, this.limit);
    this.startNs = Math.min(Math.max(0, startNs), this.limit - width);
    this.endNs = this.startNs + width;
    this.onChange();
  }
}
