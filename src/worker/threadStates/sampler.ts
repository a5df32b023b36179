import { existsSync, readFileSync } from 'node:fs';
import type { Ns } from '../../base/time.ts';
import { environmentHas } from '../processTreeLinux.ts';
import type { TracedProcess } from '../tracerReaderTracks.ts';
import { Discovery, type DiscoveryTarget } from './discovery.ts';
import { noteworthyCpuNs } from './jvm.ts';
import {
  closeQuietly,
  openProc,
  ownThreadName,
  parseSchedStat,
  readName,
  readOpen,
  type SchedStat,
} from './procFiles.ts';
import { PyRuntimeFinder } from './pyRuntime.ts';
import { SamplingRate } from './samplingRate.ts';
import type { ThreadIndex, TraceSink } from './threadIndex.ts';
import { WatchedProcess } from './watchedProcess.ts';
import { WatchedThread } from './watchedThread.ts';

/** More threads than this aren't watched, only counted. */
const mostThreads = 1000;
const tellMs = 200;
/** Between two looks at how much memory the processes hold. */
const memoryMs = 50;
/** A thread gets its name soon after its start, if at all. */
const fewLooks = 3;
/** A pass that takes longer than this goes on later: the thread has other work too. */
const longestPassMs = 8;

export interface SamplerInit {
  rootPid: number;
  builder: TraceSink;
  /** Shared with the tracer's reader. */
  index: ThreadIndex;
  /** Time zero on process.hrtime's clock. */
  clockZeroNs: bigint;
  hz: number;
  /** `NAME=value` in the environment of everything that belongs to the run; null = descent alone counts. */
  marker: string | null;
  /** Living processes of the run, when their number changed. */
  onProcessCount?: (count: number) => void;
}

/**
 * Watches from outside what every thread of a run does (Linux), by timers in the calling thread. Feeds states, exact CPU times,
 * untraced processes and native threads into the trace; says in the trace's quality what it took.
 */
export class ThreadStateSampler {
  private readonly init: SamplerInit;
  private readonly builder: TraceSink;
  private readonly index: ThreadIndex;
  private readonly processes = new Map<number, WatchedProcess>();
  private readonly finder = new PyRuntimeFinder();
  private readonly rate: SamplingRate;
  private readonly clockBaseNs: number;
  private discovery: Discovery | null = null;
  private timer: NodeJS.Timeout | null = null;
  private threadCount = 0;
  private readonly unwatched = new Set<number>();
  private reportedCount = 0;
  private toldAtMs = 0;
  private memoryAtMs = 0;
  private lookedAtNs: Ns = 0;
  private resumeAt = 0;
  private ownFile: number | null = null;
  private readonly own: SchedStat = { cpuNs: 0, waitNs: 0, slices: 0 };

  constructor(init: SamplerInit) {
    this.init = init;
    this.builder = init.builder;
    this.index = init.index;
    const nowMs = performance.now();
    this.clockBaseNs = Number(process.hrtime.bigint() - init.clockZeroNs) - nowMs * 1e6;
    this.rate = new SamplingRate(init.hz, nowMs);
  }

  /** Begins to watch; where that can't be done the trace says why. */
  start(): void {
    const obstacle = whyNot(this.init.rootPid);
    if (obstacle !== null) {
      this.builder.setQuality({ stateSource: 'spans-only', stateNote: obstacle });
      return;
    }
    this.builder.setQuality({ stateSource: 'linux-proc', stateNote: '' });
    this.ownFile = openProc('/proc/thread-self/schedstat');
    this.discovery = new Discovery(this.target);
    this.addProcess(this.init.rootPid, null);
    this.tick();
  }

  /** What the tracer tells of a process: it belongs to the run even if its parents are gone, and it knows where its GIL is. */
  learn(traced: TracedProcess): void {
    if (!this.discovery || traced.exitNs !== null) return;
    if (!this.processes.has(traced.pid)) {
      const known = this.index.process(traced.pid, traced.startNs);
      if (known?.endNs === null) this.addProcess(traced.pid, traced.parentPid);
    }
    if (traced.pyRuntime !== null) this.processes.get(traced.pid)?.tellAddress(Number(traced.pyRuntime));
  }

  /** Processes that live now, as far as is known. */
  get livingProcesses(): number {
    return this.processes.size;
  }

  /** Ends watching: everything that was seen is told. */
  stop(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    if (!this.discovery) return;
    for (const process of [...this.processes.values()]) this.sampleProcess(process, this.nowNs(), true);
    for (const process of [...this.processes.values()]) this.removeProcess(process, false);
    this.discovery.close();
    this.discovery = null;
    if (this.ownFile !== null) closeQuietly(this.ownFile);
    this.builder.setQuality(this.rate.figures(performance.now()));
  }

  private nowNs(): Ns {
    return performance.now() * 1e6 + this.clockBaseNs;
  }

  private tick(): void {
    const beganMs = performance.now();
    this.rate.begin(beganMs);
    const nowNs = this.nowNs();
    if (this.discovery?.look(beganMs)) this.lookedAtNs = nowNs;
    this.sampleAll(beganMs);
    this.sampleMemory(beganMs, nowNs);
    this.tell(beganMs);
    const endedMs = performance.now();
    const waitMs = this.rate.end(endedMs, endedMs - beganMs, () => this.ownCpuMs(), this.threadCount);
    this.timer = setTimeout(() => this.tick(), waitMs);
  }

  private ownCpuMs(): number | null {
    if (this.ownFile === null) return null;
    parseSchedStat(readOpen(this.ownFile), this.own);
    return this.own.cpuNs / 1e6;
  }

  /** One pass over all; a pass that would take too long goes on with the rest at the next tick. */
  private sampleAll(beganMs: number): void {
    const all = [...this.processes.values()];
    for (let i = 0; i < all.length; i++) {
      const process = all[(this.resumeAt + i) % all.length];
      if (process) this.sampleProcess(process, this.nowNs());
      if (performance.now() - beganMs > longestPassMs) {
        this.resumeAt = (this.resumeAt + i + 1) % all.length;
        return;
      }
    }
  }

  private sampleMemory(nowMs: number, nowNs: Ns): void {
    if (nowMs - this.memoryAtMs < memoryMs) return;
    this.memoryAtMs = nowMs;
    for (const { known, memory } of this.processes.values()) if (known) memory.sample(this.builder, known.track, nowNs);
  }

  private sampleProcess(process: WatchedProcess, nowNs: Ns, isLast = false): void {
    if (!process.known) process.showWhenSettled(nowNs, process.pid === this.init.rootPid);
    for (const thread of process.threads.values()) {
      const atNs = this.nowNs();
      if (atNs < thread.dueNs && !isLast) continue;
      const isGone = thread.sample(atNs) === 'gone';
      if (!thread.track && thread.cpuNs >= noteworthyCpuNs) process.showThread(thread);
      if (isGone) this.removeThread(process, thread, atNs);
      else thread.dueNs = atNs + restFor(thread.blockedFor());
    }
    if (process.threads.size === 0) this.removeProcess(process, true);
  }

  private removeThread(process: WatchedProcess, thread: WatchedThread, nowNs: Ns): void {
    thread.end(nowNs);
    if (thread.track) this.index.endThread(thread.track, nowNs);
    process.threads.delete(thread.tid);
    this.threadCount--;
  }

  private removeProcess(process: WatchedProcess, hasEnded: boolean): void {
    const nowNs = this.nowNs();
    if (!process.known) process.showWhenSettled(Number.POSITIVE_INFINITY, process.pid === this.init.rootPid);
    process.explain();
    process.memory.close();
    for (const thread of process.threads.values()) {
      thread.end(nowNs);
      this.threadCount--;
    }
    this.processes.delete(process.pid);
    if (hasEnded && process.known) this.index.endProcess(process.known, nowNs);
  }

  private readonly target: DiscoveryTarget = {
    knows: pid => this.processes.has(pid),
    belongs: pid => this.init.marker !== null && environmentHas(pid, this.init.marker),
    pids: () => this.processes.keys(),
    addProcess: (pid, parentPid) => this.addProcess(pid, parentPid),
    addThread: (pid, tid) => this.addThread(pid, tid),
    scanned: () => this.refreshAll(),
  };

  private addProcess(pid: number, parentPid: number | null): void {
    if (this.processes.has(pid)) return;
    const isRoot = pid === this.init.rootPid;
    const parent = parentPid === null ? null : (this.processes.get(parentPid) ?? null);
    const about = { pid, parentPid, parent, startNs: isRoot ? 0 : this.lookedAtNs, foundNs: this.nowNs() };
    const process = new WatchedProcess(about, this.index, this.finder);
    this.processes.set(pid, process);
    this.addThread(pid, pid);
    if (process.threads.size > 0 || this.unwatched.has(pid)) return;
    process.memory.close();
    this.processes.delete(pid);
  }

  private addThread(pid: number, tid: number): void {
    const process = this.processes.get(pid);
    if (!process || process.threads.has(tid)) return;
    if (this.threadCount >= mostThreads) {
      this.unwatched.add(tid);
      return;
    }
    if (tid !== pid && readName(pid, tid) === ownThreadName) return;
    try {
      const seenFirstNs = tid === pid ? process.startNs : Math.max(process.startNs, this.lookedAtNs);
      const startNs = Math.max(seenFirstNs, process.tracedStartNs(tid));
      const thread = new WatchedThread(process, tid, startNs, this.nowNs(), this.builder);
      process.threads.set(tid, thread);
      this.threadCount++;
      process.showThread(thread);
    } catch (error) {
      if (isOutOfFiles(error)) this.unwatched.add(tid);
    }
  }

  /** Names are given after the start, programs change by exec, and Linux tells of neither. */
  private refreshAll(): void {
    for (const process of this.processes.values()) {
      process.refresh();
      for (const thread of process.threads.values()) {
        const { tid, track } = thread;
        if (track?.isTraced || tid === process.pid || thread.nameLooks++ >= fewLooks) continue;
        const name = process.fullName(readName(process.pid, tid));
        if (!track) process.showThread(thread, thread.nameLooks > 1);
        else if (name !== '') this.builder.updateThread(track.track, { name });
      }
    }
  }

  /** The figures that needn't be told with every sample. */
  private tell(nowMs: number): void {
    if (this.processes.size !== this.reportedCount) {
      this.reportedCount = this.processes.size;
      this.init.onProcessCount?.(this.reportedCount);
    }
    if (nowMs - this.toldAtMs < tellMs) return;
    this.toldAtMs = nowMs;
    for (const process of this.processes.values()) for (const thread of process.threads.values()) thread.tellTotals();
    this.builder.setQuality(this.rate.figures(nowMs));
    if (this.unwatched.size > 0) {
      this.builder.addWarning(`Of more than ${mostThreads} threads the states of the first ${mostThreads} are shown.`);
    }
  }
}

/** A thread that has been in one call for long is looked at less often: how long it really took is put right by the exact counters. */
function restFor(blockedNs: Ns): Ns {
  if (blockedNs < 50e6) return 0;
  return blockedNs < 500e6 ? 8e6 : 20e6;
}

/** Why thread states can't be had here, as a sentence; null when they can. */
function whyNot(pid: number): string | null {
  const spansOnly = 'Only what the tracer recorded is shown.';
  if (process.platform !== 'linux') return `Thread states can be read on Linux only. ${spansOnly}`;
  if (process.arch !== 'x64' && process.arch !== 'arm64') {
    return `Thread states can be read on x86-64 and arm64 processors only. ${spansOnly}`;
  }
  try {
    if (readFileSync('/proc/thread-self/schedstat', 'latin1').startsWith('0 ')) {
      return `This Linux kernel keeps no CPU times of threads (CONFIG_SCHED_INFO). ${spansOnly}`;
    }
    readFileSync(`/proc/${pid}/syscall`);
    return null;
  } catch {
    if (!existsSync('/proc/self/schedstat'))
      return `Thread states need /proc/PID/schedstat, which is missing. ${spansOnly}`;
    if (!existsSync(`/proc/${pid}`)) return null;
    return `This system doesn't allow reading /proc/PID/syscall of the program. ${spansOnly}`;
  }
}

function isOutOfFiles(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EMFILE' || error.code === 'ENFILE');
}
