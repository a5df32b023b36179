import type { Ns } from '../../base/time.ts';
import type { SchedStat } from './procFiles.ts';
import { gilWait, runnable, running } from './syscalls.ts';

/** A reading that says: on a CPU or waiting for one, the kernel calls both running. */
export const onCpuOrWaiting = -1;

/** Someone who waits for the GIL wakes for a moment every few ms to ask for it: so little CPU isn't running. */
const blipNs: Ns = 300e3;
/** Bursts below this are saved up, and told when they are worth a state of their own. */
const tinyNs: Ns = 50e3;
/** The kernel tells a running thread's CPU time every 1 to 10 ms: no news for longer means that it waits for a CPU. */
const noNewsNs: Ns = 25e6;
/** What is certain is told this long after: a wait for a CPU is only known when it's over. */
const holdNs: Ns = 30e6;
const flushNs: Ns = 100e6;
const foundLateNs: Ns = 15e6;
const unreadNs: Ns = 40e6;
/** Who was seen waiting for the GIL this lately still wants it. */
const contendsNs: Ns = 12e6;
/** How late CPU time may be told, usually. */
const tickNs: Ns = 4e6;

/**
 * Makes states out of readings of one thread. Which kind of wait it was is sampled, but how long it ran and how long it waited for
 * a CPU is exact (schedstat), and so are mostly the borders:
 *
 *   readings      lock          run           run          read            ← samples
 *                  │             │             │            │
 *   truth      lock──────┤waits├─runs──────────────────┤read in──────
 *   known                 the CPU's counters: waited W, ran R  →  lock │ W │ R │ read in the same places
 *
 * Pure: time goes in with the readings.
 */
export class ThreadTimeline {
  /** CPU time of the process's other threads. */
  private readonly othersCpuNs: () => number;
  /** What it was at `doneNs`. */
  private othersMarkNs = 0;
  private othersUsedNs = 0;
  private readonly emit: (startNs: Ns, endNs: Ns, state: number) => void;
  /** Everything before is told. */
  private doneNs: Ns;
  /** How it was at `doneNs`. */
  private before = onCpuOrWaiting;
  private lastNs: Ns;
  private last = onCpuOrWaiting;
  /** The first reading that said running since it was blocked. */
  private wokeNs: Ns;
  private cpuAtWake = 0;
  /** When the CPU time was last seen to grow. */
  private newsNs: Ns;
  private cpuNs: number;
  private waitNs: number;
  private slices: number;
  /** How often it had got a CPU when it was last seen blocked. */
  private slicesWhenBlocked: number;
  private slicesWhenTold: number;
  private lastBlocked = onCpuOrWaiting;
  private blockedSinceNs: Ns = 0;
  /** When it was last seen blocked. */
  private blockedAtNs: Ns = Number.NEGATIVE_INFINITY;
  /** Time waited for a CPU that counts as waiting for the GIL. */
  forgivenNs: Ns = 0;
  /** What the counters say that isn't told yet; negative: told ahead of them. */
  private runDue = 0;
  private waitDue = 0;

  /** `first`: the first reading's counters, at `firstNs`; what a thread born at `startNs` had by then is told as well. */
  constructor(
    startNs: Ns,
    firstNs: Ns,
    first: SchedStat,
    emit: (startNs: Ns, endNs: Ns, state: number) => void,
    othersCpuNs: () => number,
  ) {
    this.emit = emit;
    this.othersCpuNs = othersCpuNs;
    const life = firstNs - startNs;
    this.runDue = Math.min(first.cpuNs, life);
    this.waitDue = Math.min(first.waitNs, Math.max(0, life - this.runDue));
    // Of one that was found late it isn't known what it did besides.
    const knownFromNs = life > foundLateNs ? firstNs - this.runDue - this.waitDue : startNs;
    this.doneNs = knownFromNs;
    this.lastNs = knownFromNs;
    this.wokeNs = knownFromNs;
    this.newsNs = firstNs;
    this.cpuNs = first.cpuNs;
    this.waitNs = first.waitNs;
    this.slices = first.slices;
    this.slicesWhenBlocked = first.slices;
    this.slicesWhenTold = first.slices;
  }

  /** Whether the call it's blocked in must be read: it may have changed since the last reading. */
  needsCall(stat: SchedStat): boolean {
    return !(stat.cpuNs === this.cpuNs && stat.slices === this.slices && this.last !== onCpuOrWaiting);
  }

  /** Nothing changed: it's still blocked as it was. */
  unchanged(atNs: Ns): void {
    this.lastNs = atNs;
    this.blockedAtNs = atNs;
    if (atNs - this.doneNs < flushNs) return;
    this.tell(atNs - holdNs, this.before);
    this.markOthers(holdNs);
  }

  /** How long it has been blocked without a turn on a CPU. */
  blockedFor(): Ns {
    return this.last === onCpuOrWaiting ? 0 : this.lastNs - this.blockedSinceNs;
  }

  reading(atNs: Ns, stat: SchedStat, state: number): void {
    const grew = stat.cpuNs !== this.cpuNs;
    const switched = stat.slices !== this.slices;
    this.runDue += stat.cpuNs - this.cpuNs;
    this.waitDue += stat.waitNs - this.waitNs;
    if (state === onCpuOrWaiting && this.last !== onCpuOrWaiting) {
      this.wokeNs = atNs;
      this.cpuAtWake = stat.cpuNs;
    }
    this.cpuNs = stat.cpuNs;
    this.waitNs = stat.waitNs;
    this.slices = stat.slices;
    const halfway = (this.lastNs + atNs) / 2;
    if (state !== onCpuOrWaiting) {
      this.blocked(atNs, state);
      this.slicesWhenBlocked = stat.slices;
      this.lastBlocked = state;
      this.blockedSinceNs = atNs;
      this.blockedAtNs = atNs;
    } else if (this.before !== onCpuOrWaiting) this.awake(atNs, halfway);
    else this.busy(atNs, halfway, grew, switched);
    if (grew) this.newsNs = atNs;
    this.lastNs = atNs;
    this.last = state;
  }

  /** The thread has ended, or watching it has. */
  end(atNs: Ns): void {
    // Nothing is known of a long time without a reading.
    const untilNs = atNs - this.lastNs > unreadNs ? this.lastNs : atNs;
    if (untilNs <= this.doneNs) return;
    if (this.last !== onCpuOrWaiting) this.tell(untilNs, this.before);
    else this.layOut(untilNs, this.forgiveBlips(untilNs));
  }

  /** It was blocked and is now on a CPU or waits for one: which of them is known when the counters move. */
  private awake(atNs: Ns, halfway: Ns): void {
    const waited = atNs - this.wokeNs;
    const isBlip = this.before === gilWait && this.runDue < blipNs;
    if (this.cpuNs > this.cpuAtWake && !isBlip) this.layOut(halfway, this.forgiveBlips(halfway));
    else if (waited > noNewsNs) {
      this.tell(this.wokeNs, this.before);
      this.tellAhead(atNs, this.runDue < blipNs ? runnable : running);
      this.before = onCpuOrWaiting;
    }
  }

  /** It was on a CPU or waiting for one, and still is. */
  private busy(atNs: Ns, halfway: Ns, grew: boolean, switched: boolean): void {
    if (grew || switched) this.layOut(halfway, this.forgiveBlips(halfway));
    else if (atNs - Math.max(this.newsNs, this.doneNs) > noNewsNs) this.tellAhead(atNs, runnable);
  }

  private blocked(atNs: Ns, state: number): void {
    const run = Math.max(0, this.runDue);
    if (this.before === gilWait && state === gilWait && run < blipNs) {
      this.runDue = Math.min(0, this.runDue);
      this.forgive(0);
      return;
    }
    const gilNs = this.forgiveBlips(atNs);
    const wait = Math.max(0, this.waitDue);
    if (this.before === state && run + wait < tinyNs && this.last !== onCpuOrWaiting) return;
    const length = Math.max(0, atNs - this.doneNs);
    const rest = Math.max(0, length - run - wait);
    let after = rest;
    // Blocked before and blocked now: where between the two readings the run lay isn't known.
    if (this.before !== onCpuOrWaiting) after = Math.min(rest, atNs - this.lastNs) / 2;
    this.layOut(atNs - after, gilNs);
    this.before = state;
    this.markOthers(after);
  }

  /**
   * Tells everything up to `untilNs`: first as before, then waiting for a CPU, then running. `gilNs`: of that which can't be
   * accounted for otherwise, so much was waiting for the GIL.
   */
  private layOut(untilNs: Ns, gilNs: Ns): void {
    const length = Math.max(0, untilNs - this.doneNs);
    const run = Math.min(length, Math.max(0, this.runDue));
    const wait = Math.min(length - run, Math.max(0, this.waitDue));
    const rest = length - run - wait;
    this.runDue -= run;
    this.waitDue -= wait;
    if (this.before !== onCpuOrWaiting) {
      this.tell(this.doneNs + rest, this.before);
      this.tell(this.doneNs + wait, runnable);
    } else {
      // The counters haven't told of all of it yet: it will be much like what they have told.
      const gil = Math.min(gilNs, rest);
      const ahead = run + wait > 0 ? ((rest - gil) * wait) / (run + wait) : 0;
      this.waitDue -= ahead;
      this.runDue -= rest - gil - ahead;
      this.tell(this.doneNs + wait + ahead, runnable);
      this.tell(this.doneNs + gil, gilWait);
    }
    this.tell(untilNs, running);
    this.before = onCpuOrWaiting;
    this.slicesWhenTold = this.slices;
    this.markOthers(0);
  }

  /**
   * While a thread wants the GIL, all the time in which others of its process ran was waiting for it: they had it. And of all the
   * times that it got a CPU since it was seen waiting, only the last got it the GIL; what it waited for a CPU before the others was
   * a part of waiting for the GIL. Returns how long others ran.
   */
  private forgiveBlips(untilNs: Ns): Ns {
    const wasSeen = this.before === gilWait;
    const mayHave =
      this.before === onCpuOrWaiting && this.lastBlocked === gilWait && this.doneNs - this.blockedAtNs < contendsNs;
    if (!wasSeen && !(mayHave && this.slices !== this.slicesWhenTold)) return 0;
    const elsewhere = Math.max(0, untilNs - this.doneNs - Math.max(0, this.runDue));
    const othersRan = Math.min(elsewhere, Math.max(0, this.othersCpuNs() - this.othersMarkNs));
    const turns = wasSeen ? Math.max(1, this.slices - this.slicesWhenBlocked) : 1;
    this.forgive(Math.min(this.waitDue / turns, elsewhere - othersRan));
    this.othersUsedNs = othersRan;
    return othersRan;
  }

  /**
   * Others' time up to `doneNs` is used up; `sinceNs` of what wasn't used may lie behind that, and about a tick of it may have been
   * told late.
   */
  private markOthers(sinceNs: Ns): void {
    const nowNs = this.othersCpuNs();
    const unused = Math.max(0, nowNs - this.othersMarkNs - this.othersUsedNs);
    this.othersMarkNs = nowNs - Math.min(unused, Math.max(sinceNs, tickNs));
    this.othersUsedNs = 0;
  }

  /** Leaves only so much of the wait for a CPU that isn't told yet: the rest was waiting for the GIL. */
  private forgive(leftNs: Ns): void {
    if (this.waitDue <= leftNs) return;
    this.forgivenNs += this.waitDue - leftNs;
    this.waitDue = leftNs;
  }

  /** Tells what the counters will say later. */
  private tellAhead(untilNs: Ns, state: number): void {
    const length = Math.max(0, untilNs - this.doneNs);
    if (state === runnable) this.waitDue -= length;
    else this.runDue -= length;
    this.tell(untilNs, state);
  }

  private tell(untilNs: Ns, state: number): void {
    if (untilNs <= this.doneNs) return;
    this.emit(this.doneNs, untilNs, state);
    this.doneNs = untilNs;
  }
}
