import { messageOf } from '../../base/errors.ts';
import type { Ns } from '../../base/time.ts';
import type { RowKind, WindowData, WindowParams } from '../../protocol/query.ts';
import { type RowView, rowsByThread } from './windowTile.ts';

export interface Wanted {
  /** Visible threads, in the order of the rows. */
  threads: number[];
  startNs: Ns;
  endNs: Ns;
  nsPerPixel: number;
  /** The run's revision: what was answered for an older one is drawn, but asked for again. */
  revision: number;
}

interface ThreadData {
  rows: RowView[];
  startNs: Ns;
  endNs: Ns;
  bucketNs: Ns;
  revision: number;
  /** Number of the request that brought it. */
  request: number;
}

/** More answers than this are never awaited at once: a slow host must not collect a queue of outdated questions. */
const mostInFlight = 2;
/** Threads whose data is kept although they are not seen. */
const mostThreadsKept = 600;

/**
 * Data of the threads seen lately. Draws what is there, asks for what is missing: one window more on each side, on a grid of
 * buckets, so that panning and small zoom steps need no question.
 *
 *      asked  ├──────────┼══visible══┼──────────┤      bucket = power of two ≤ ns per pixel
 */
export class WindowCache {
  private readonly ask: (params: WindowParams) => Promise<WindowData>;
  private readonly onData: () => void;
  private readonly threads = new Map<number, ThreadData>();
  private readonly inFlight = new Set<string>();
  private failedKey = '';
  /** Why the newest question had no answer; '' when it had one. */
  failure = '';
  private requests = 0;
  private disposed = false;

  constructor(ask: (params: WindowParams) => Promise<WindowData>, onData: () => void) {
    this.ask = ask;
    this.onData = onData;
  }

  row(thread: number, kind: RowKind, depth: number): RowView | null {
    return this.threads.get(thread)?.rows.find(row => row.kind === kind && row.depth === depth) ?? null;
  }

  has(thread: number): boolean {
    return this.threads.has(thread);
  }

  /** Asks for what is missing of the wanted; call with every frame. */
  want(wanted: Wanted): void {
    const bucketNs = bucketOf(wanted.nsPerPixel);
    const missing = wanted.threads.filter(thread => !this.serves(thread, wanted, bucketNs));
    if (missing.length === 0 || this.inFlight.size >= mostInFlight) return;
    const width = wanted.endNs - wanted.startNs;
    const grid = bucketNs * 256;
    const startNs = Math.max(0, Math.floor((wanted.startNs - width) / grid) * grid);
    const endNs = Math.ceil((wanted.endNs + width) / grid) * grid;
    const key = `${startNs} ${endNs} ${bucketNs} ${wanted.revision} ${missing.join(',')}`;
    if (this.inFlight.has(key) || this.failedKey === key) return;
    void this.request(key, { threads: missing, startNs, endNs, bucketNs }, wanted);
  }

  dispose(): void {
    this.disposed = true;
    this.threads.clear();
  }

  private async request(key: string, params: WindowParams, wanted: Wanted): Promise<void> {
    this.requests += 1;
    const request = this.requests;
    this.inFlight.add(key);
    try {
      const data = await this.ask(params);
      if (this.disposed) return;
      this.keep(data, params, wanted.revision, request);
      this.failure = '';
    } catch (error) {
      // The run may be gone or still starting: what is drawn stays, and the next revision asks anew.
      this.failedKey = key;
      this.failure = messageOf(error);
    } finally {
      this.inFlight.delete(key);
    }
    if (!this.disposed) this.onData();
  }

  private keep(data: WindowData, params: WindowParams, revision: number, request: number): void {
    const answered = rowsByThread(data);
    for (const thread of params.threads) {
      const known = this.threads.get(thread);
      if (known && known.request > request) continue;
      // Deleting first moves the thread to the young end of the map's order.
      this.threads.delete(thread);
      const { startNs, endNs, bucketNs } = params;
      this.threads.set(thread, { rows: answered.get(thread) ?? [], startNs, endNs, bucketNs, revision, request });
    }
    for (const oldest of this.threads.keys()) {
      if (this.threads.size <= Math.max(mostThreadsKept, params.threads.length * 2)) break;
      this.threads.delete(oldest);
    }
  }

  private serves(thread: number, wanted: Wanted, bucketNs: Ns): boolean {
    const data = this.threads.get(thread);
    return (
      data !== undefined &&
      data.bucketNs === bucketNs &&
      data.revision === wanted.revision &&
      data.startNs <= wanted.startNs &&
      data.endNs >= wanted.endNs
    );
  }
}

function bucketOf(nsPerPixel: number): Ns {
  return Math.max(1, 2 ** Math.floor(Math.log2(nsPerPixel)));
}
