import { readFileSync } from 'node:fs';
import { findProcesses, type RunProcesses } from './processTree.ts';

/** Between two looks, in ms. */
const lookMs = 100;
/** Between two counts when nothing suggests that there are many. */
const countMs = 1000;
/** Counting may take this share of the time. */
const countShare = 0.2;

/**
 * Watches over the number of a run's processes. Counting means reading the system's whole process list; how many threads the system
 * has in all is cheap to know (Linux), and as long as that has not grown by the limit, the run can hardly have reached it.
 */
export class ProcessLimit {
  private readonly max: number;
  private readonly onExceeded: () => void;
  private fewestThreads = Number.POSITIVE_INFINITY;
  private nextCountAtMs = 0;
  private notBeforeMs = 0;
  private timer: NodeJS.Timeout | null = null;

  constructor(max: number, onExceeded: () => void) {
    this.max = max;
    this.onExceeded = onExceeded;
  }

  start(run: RunProcesses): void {
    this.timer = setInterval(() => this.look(run), lookMs);
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  private look(run: RunProcesses): void {
    const now = performance.now();
    const threads = systemThreads();
    this.fewestThreads = Math.min(this.fewestThreads, threads ?? Number.POSITIVE_INFINITY);
    const isSuspicious = threads === null || threads - this.fewestThreads >= this.max;
    if (now < this.notBeforeMs || (now < this.nextCountAtMs && !isSuspicious)) return;
    // What it finds is also what the last sweep remembers, should parents be gone by then.
    const count = findProcesses(run).length;
    const end = performance.now();
    this.nextCountAtMs = end + countMs;
    this.notBeforeMs = end + (end - now) / countShare;
    if (count > this.max) this.onExceeded();
  }
}

/** All threads of the system; null where that isn't told. */
function systemThreads(): number | null {
  try {
    const total = /^\S+ \S+ \S+ \d+\/(\d+) /.exec(readFileSync('/proc/loadavg', 'latin1'))?.[1];
    return total === undefined ? null : Number(total);
  } catch {
    return null;
  }
}
