import type { Ns } from '../../base/time.ts';
import { readCommand, readExecutable, readName, shortCommand } from './procFiles.ts';
import type { PyRuntimeFinder } from './pyRuntime.ts';
import type { AddressRange } from './syscalls.ts';
import type { KnownProcess, ThreadIndex } from './threadIndex.ts';
import type { WatchedThread } from './watchedThread.ts';

/** A process is shown when its tracer has spoken, or when it's this old: until then it may become another program. */
const settledNs: Ns = 40e6;
/** Looking for the GIL again is worthwhile only while the program may still be loading. */
const gilTries = 5;

/** One process under observation. */
export class WatchedProcess {
  readonly pid: number;
  readonly parentPid: number | null;
  readonly startNs: Ns;
  readonly threads = new Map<number, WatchedThread>();
  /** CPU time of all its threads since they were found. */
  cpuNs = 0;
  known: KnownProcess | null = null;
  private readonly index: ThreadIndex;
  private readonly finder: PyRuntimeFinder;
  private command: string[];
  private executable: string;
  private gil: AddressRange | null = null;
  private gilTriesLeft = gilTries;
  private toldAddress: number | null = null;

  constructor(pid: number, parentPid: number | null, startNs: Ns, index: ThreadIndex, finder: PyRuntimeFinder) {
    this.pid = pid;
    this.parentPid = parentPid;
    this.startNs = startNs;
    this.index = index;
    this.finder = finder;
    this.command = readCommand(pid);
    this.executable = readExecutable(pid);
  }

  /** Where its GIL's futexes lie. */
  gilRange(): AddressRange | null {
    if (this.gil === null && this.gilTriesLeft > 0) {
      this.gilTriesLeft--;
      this.gil = this.finder.find(this.pid, this.toldAddress);
    }
    return this.gil;
  }

  /** The tracer's own word on where the GIL is. */
  tellAddress(address: number): void {
    if (this.toldAddress === address) return;
    this.toldAddress = address;
    this.forgetGil();
  }

  /** Looks again at what it runs: an exec changes everything but the pid. */
  refresh(): void {
    const executable = readExecutable(this.pid);
    const command = readCommand(this.pid);
    if (command.length > 0) this.command = command;
    if (executable === '' || executable === this.executable) return;
    this.executable = executable;
    this.toldAddress = null;
    this.forgetGil();
  }

  private forgetGil(): void {
    this.gil = null;
    this.gilTriesLeft = gilTries;
  }

  /** Gives it its place in the trace, when it's time. */
  showWhenSettled(nowNs: Ns, isMain: boolean): void {
    const known = this.index.process(this.pid, this.startNs);
    if (!known && !isMain && nowNs - this.startNs < settledNs) return;
    this.refresh();
    if (!known && isResourceTracker(this.command)) return;
    this.known = known ?? this.add(isMain);
    for (const thread of this.threads.values()) this.showThread(thread);
  }

  /** When the tracer saw the thread begin; 0 when it hasn't told. */
  tracedStartNs(tid: number): Ns {
    const thread = this.known?.threads.get(tid);
    return thread?.isTraced && thread.endNs === null ? thread.startNs : 0;
  }

  showThread(thread: WatchedThread): void {
    if (!this.known) return;
    const { tid, startNs } = thread;
    const isMain = tid === this.pid;
    const name = isMain ? 'MainThread' : readName(this.pid, tid) || `Thread ${tid}`;
    const track = this.index.thread(this.known, tid, startNs);
    thread.show(track ?? this.index.addThread(this.known, tid, name, 'native', startNs, false));
  }

  /** Leaves word of why its threads may have states but no tasks. */
  explain(): void {
    if (!this.known || this.parentPid === null) return;
    const isPython = /^(python|pypy)/.test(this.executable.slice(this.executable.lastIndexOf('/') + 1));
    this.known.whyUntraced = isPython
      ? 'this Python was started with -I, -E or -S, or ended before its tracer could start.'
      : 'it is not a Python program.';
  }

  private add(isMain: boolean): KnownProcess {
    return this.index.addProcess(
      {
        pid: this.pid,
        parentPid: isMain ? null : this.parentPid,
        name: shortCommand(this.command) || readName(this.pid, this.pid) || `process ${this.pid}`,
        startMethod: isMain ? 'main' : 'unknown',
        python: null,
        gilEnabled: null,
        startNs: this.startNs,
        endNs: null,
        exit: null,
        note: '',
      },
      false,
    );
  }
}

/** multiprocessing's own helper: nobody asked for it, and it only sleeps. */
function isResourceTracker(command: string[]): boolean {
  return command.some(part => part.includes('multiprocessing.resource_tracker'));
}
