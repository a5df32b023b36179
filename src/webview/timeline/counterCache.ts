import type { Ns } from '../../base/time.ts';
import type { CounterWindow, CounterWindowParams } from '../../protocol/query.ts';

/** Points of one counter; each value holds until the next. */
export interface CounterPoints {
  time: Float64Array;
  value: Float64Array;
}

/** Points of the counters that are seen: draws what is there, and asks again when the window or the run has changed. */
export class CounterCache {
  private readonly ask: (params: CounterWindowParams) => Promise<CounterWindow>;
  private readonly onData: () => void;
  private readonly points = new Map<number, CounterPoints>();
  private key = '';
  private isAsking = false;

  constructor(ask: (params: CounterWindowParams) => Promise<CounterWindow>, onData: () => void) {
    this.ask = ask;
    this.onData = onData;
  }

  /** `index` as in Overview.counters. */
  of(index: number): CounterPoints | null {
    return this.points.get(index) ?? null;
  }

  /** Call with every frame. */
  want(wanted: CounterWindowParams & { revision: number }): void {
    const { counters, startNs, endNs, bucketNs, revision } = wanted;
    const key = `${counters.join(',')} ${startNs} ${endNs} ${bucketNs} ${revision}`;
    if (counters.length === 0 || this.isAsking || key === this.key) return;
    this.key = key;
    void this.request({ counters, startNs, endNs, bucketNs });
  }

  private async request(params: CounterWindowParams): Promise<void> {
    this.isAsking = true;
    try {
      for (const { index, time, value } of (await this.ask(params)).counters) {
        this.points.set(index, { time: new Float64Array(time), value: new Float64Array(value) });
      }
    } catch {
      // What is drawn stays; the next revision asks anew.
    } finally {
      this.isAsking = false;
    }
    this.onData();
  }
}

/** What a counter showed at a time; null before its first point. */
export function valueAt({ time, value }: CounterPoints, atNs: Ns): number | null {
  let low = 0;
  let high = time.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((time[middle] ?? 0) <= atNs) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? null : (value[low - 1] ?? null);
}
