/**
 * Nanoseconds since the run's start, as a Float64 (exact to 104 days).
 *
 * Every time in a Trace has this unit and this zero; the absolute clock is kept once, in the trace's meta data.
 */
export type Ns = number;

export const nsPerMs = 1e6;

/** Milliseconds for the summary, rounded to microseconds; a missing time stays null. */
export function toMs(ns: Ns | null): number | null {
  return ns === null || Number.isNaN(ns) ? null : Math.round(ns / 1e3) / 1e3;
}

/** A duration as people read it: `820 ns`, `1.24 ms`, `3.2 s`, `2 min 5 s`. */
export function formatDuration(ns: Ns): string {
  const abs = Math.abs(ns);
  if (abs < 1e3) return `${Math.round(ns)} ns`;
  if (abs < 1e6) return `${digits(ns / 1e3)} µs`;
  if (abs < 1e9) return `${digits(ns / 1e6)} ms`;
  if (abs < 60e9) return `${digits(ns / 1e9)} s`;
  const seconds = Math.round(ns / 1e9);
  return `${Math.trunc(seconds / 60)} min ${Math.abs(seconds % 60)} s`;
}

/** Three significant digits without trailing zeros. */
function digits(value: number): string {
  const decimals = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return String(Number(value.toFixed(decimals)));
}
