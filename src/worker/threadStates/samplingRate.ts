/** The sampler may take this share of one CPU: with few threads, and with many. */
const shareOfFew = 0.02;
const shareOfMany = 0.05;
const few = 16;
const many = 250;
const slowestHz = 10;
/** Waking up costs this much at most; whatever else the thread does between two samples isn't the sampler's. */
const wakeUpMs = 0.1;
/** The kernel tells CPU time in steps of some ms: what a sample costs is known only over several. */
const windowSamples = 16;
/** Short runs are watched as closely as wanted: what the budget allows later is lent to them, and paid back this slowly. */
const creditMs = 30;
const paybackMs = 1500;

/**
 * Keeps the sampler within its budget: knows what a sample costs, and says when the next one is due.
 * All times in ms.
 */
export class SamplingRate {
  private readonly shortestMs: number;
  private readonly startedMs: number;
  private periodMs: number;
  private plannedMs: number;
  private samples = 0;
  private late = 0;
  private totalCostMs = 0;
  /** Since the last look at the cost. */
  private window = { samples: 0, passMs: 0, cpuMs: Number.NaN };
  private costMs = Number.NaN;
  /** Of the budget's point of view: without what the very first samples took. */
  private spentMs = 0;

  constructor(wantedHz: number, nowMs: number) {
    this.shortestMs = 1000 / wantedHz;
    this.periodMs = this.shortestMs;
    this.startedMs = nowMs;
    this.plannedMs = nowMs;
  }

  /** A sample begins. */
  begin(nowMs: number): void {
    this.samples++;
    if (nowMs - this.plannedMs > 2 * this.periodMs) this.late++;
  }

  /**
   * A sample has ended, which took `passMs`. `cpuMs` tells the CPU time of this thread so far, null where the system doesn't tell.
   * Returns how long to wait for the next one.
   */
  end(nowMs: number, passMs: number, cpuMs: () => number | null, threads: number): number {
    this.window.samples++;
    this.window.passMs += passMs;
    if (this.window.samples >= windowSamples) this.weigh(cpuMs());
    if (!Number.isNaN(this.costMs)) {
      const crowd = Math.min(1, Math.max(0, (threads - few) / (many - few)));
      const share = shareOfFew + (shareOfMany - shareOfFew) * crowd;
      const saved = share * (nowMs - this.startedMs) + creditMs - this.spentMs;
      const wanted = this.costMs / Math.max(share / 2, share + saved / paybackMs);
      this.periodMs = Math.min(Math.max(this.shortestMs, wanted), 1000 / slowestHz);
    }
    this.plannedMs = Math.max(this.plannedMs + this.periodMs, nowMs);
    return Math.max(1, Math.round(this.plannedMs - nowMs));
  }

  /** What this thread used beside its samples isn't the sampler's; time in which it didn't get a CPU isn't either. */
  private weigh(cpuMs: number | null): void {
    const { samples, passMs, cpuMs: before } = this.window;
    const most = passMs + samples * wakeUpMs;
    const cost = cpuMs === null || Number.isNaN(before) ? passMs : Math.min(Math.max(0, cpuMs - before), most);
    this.totalCostMs += cost;
    // The first samples load programs and symbol tables: no measure for the others.
    if (!Number.isNaN(before) || cpuMs === null) {
      this.costMs = Number.isNaN(this.costMs) ? cost / samples : (this.costMs + cost / samples) / 2;
      this.spentMs += cost;
    }
    this.window = { samples: 0, passMs: 0, cpuMs: cpuMs ?? Number.NaN };
  }

  figures(nowMs: number): { samplingHz: number; lateSamples: number; samplerNs: number } {
    const seconds = Math.max(1e-3, (nowMs - this.startedMs) / 1000);
    return {
      samplingHz: Math.round((this.samples / seconds) * 10) / 10,
      lateSamples: this.late,
      samplerNs: Math.round((this.totalCostMs + this.window.passMs) * 1e6),
    };
  }
}
