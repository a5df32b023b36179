import type { Ns } from '../../base/time.ts';
import { closeQuietly, openProc, parseCall, parseSchedStat, readOpen, readState, type SchedStat } from './procFiles.ts';
import { type AddressRange, type BlockedCall, isFutex, stateOfCall, unknown } from './syscalls.ts';
import type { KnownThread, TraceSink } from './threadIndex.ts';
import { onCpuOrWaiting, ThreadTimeline } from './threadTimeline.ts';

// One of each, for all threads: a reading is used up before the next one.
const stat: SchedStat = { cpuNs: 0, waitNs: 0, slices: 0 };
const call: BlockedCall = { number: 0, first: 0, second: 0 };

/** The process that the thread belongs to. */
export interface Home {
  readonly pid: number;
  gilRange(): AddressRange | null;
  /** CPU time of all its threads since they were found. */
  cpuNs: number;
}

/** One thread under observation: its open files, its timeline, and, once its process is shown, its track. */
export class WatchedThread {
  readonly tid: number;
  readonly startNs: Ns;
  private readonly home: Home;
  private readonly builder: TraceSink;
  private readonly schedStatFile: number;
  private callFile: number | null = null;
  private readonly timeline: ThreadTimeline;
  /** States that came before the track: start, end, state. */
  private early: number[] = [];
  track: KnownThread | null = null;
  /** How often its name was asked for again. */
  nameLooks = 0;
  /** CPU time of its whole life. */
  cpuNs = 0;
  private readonly firstCpuNs: number;
  private waitNs = 0;
  /** No need to look before: it has been blocked for long. */
  dueNs: Ns = 0;

  /** Throws the system's error when its files can't be opened. */
  constructor(home: Home, tid: number, startNs: Ns, nowNs: Ns, builder: TraceSink) {
    this.home = home;
    this.startNs = startNs;
    this.tid = tid;
    this.builder = builder;
    this.schedStatFile = openProc(`/proc/${home.pid}/task/${tid}/schedstat`);
    parseSchedStat(readOpen(this.schedStatFile), stat);
    this.timeline = new ThreadTimeline(
      startNs,
      nowNs,
      stat,
      (start, end, state) => this.emit(start, end, state),
      () => this.home.cpuNs - (this.cpuNs - this.firstCpuNs),
    );
    this.cpuNs = stat.cpuNs;
    this.firstCpuNs = stat.cpuNs;
  }

  /** 'gone': the thread (or the whole process) has ended. */
  sample(nowNs: Ns): 'here' | 'gone' {
    try {
      parseSchedStat(readOpen(this.schedStatFile), stat);
      this.home.cpuNs += stat.cpuNs - this.cpuNs;
      this.cpuNs = stat.cpuNs;
      this.waitNs = stat.waitNs;
      if (!this.timeline.needsCall(stat)) {
        this.timeline.unchanged(nowNs);
        return 'here';
      }
      const state = this.readState();
      if (state === null) return 'gone';
      this.timeline.reading(nowNs, stat, state);
      return 'here';
    } catch (error) {
      return hasCode(error, 'ESRCH', 'ENOENT') ? 'gone' : 'here';
    }
  }

  blockedFor(): Ns {
    return this.timeline.blockedFor();
  }

  /** Gives it its place in the trace; what was seen before is told now. */
  show(track: KnownThread): void {
    this.track = track;
    for (let i = 0; i + 2 < this.early.length; i += 3) {
      this.builder.addState(track.track, this.early[i] ?? 0, this.early[i + 1] ?? 0, this.early[i + 2] ?? unknown);
    }
    this.early = [];
  }

  /** The exact totals so far. Waiting for a CPU only to ask for the GIL again is waiting for the GIL. */
  tellTotals(): void {
    const runnableNs = Math.max(0, this.waitNs - this.timeline.forgivenNs);
    if (this.track) this.builder.updateThread(this.track.track, { cpuNs: this.cpuNs, runnableNs });
  }

  end(nowNs: Ns): void {
    this.timeline.end(nowNs);
    this.tellTotals();
    closeQuietly(this.schedStatFile);
    if (this.callFile !== null) closeQuietly(this.callFile);
    this.callFile = null;
  }

  /** null: it's a zombie. */
  private readState(): number | null {
    let length: number;
    try {
      this.callFile ??= openProc(`/proc/${this.home.pid}/task/${this.tid}/syscall`);
      length = readOpen(this.callFile);
    } catch (error) {
      if (hasCode(error, 'EACCES', 'EPERM')) return unknown;
      throw error;
    }
    if (!parseCall(length, call)) return onCpuOrWaiting;
    if (call.number === -1 && /^[ZX]?$/.test(readState(this.home.pid, this.tid))) return null;
    return stateOfCall(call, isFutex(call.number) ? this.home.gilRange() : null);
  }

  private emit(startNs: Ns, endNs: Ns, state: number): void {
    if (this.track) this.builder.addState(this.track.track, startNs, endNs, state);
    else this.early.push(startNs, endNs, state);
  }
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.some(code => code === error.code);
}
