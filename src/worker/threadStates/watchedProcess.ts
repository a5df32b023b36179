import type { Ns } from '../../base/time.ts';
import { isHelperOfSpark, isJvm, jvmThreadName, noteworthyCpuNs, type Running, runsSparkTasks } from './jvm.ts';
import { MemoryReader } from './memory.ts';
import { readCommand, readExecutable, readName, shortCommand } from './procFiles.ts';
import type { PyRuntimeFinder } from './pyRuntime.ts';
import type { AddressRange } from './syscalls.ts';
import type { KnownProcess, ThreadIndex } from './threadIndex.ts';
import type { WatchedThread } from './watchedThread.ts';

/** A process is shown when its tracer has spoken, or this long after it was found: until then it may become another program. */
const settledNs: Ns = 40e6;
/** Looking for the GIL again is worthwhile only while the program may still be loading. */
const gilTries = 5;

/** A process that was just found. `parent`: null when it isn't watched. */
export interface NewlyFound {
  pid: number;
  parentPid: number | null;
  parent: Running | null;
  /** When it began, at the earliest: it was not there when we looked before. */
  startNs: Ns;
  foundNs: Ns;
}

/** One process under observation. */
export class WatchedProcess implements Running {
  readonly pid: number;
  readonly parentPid: number | null;
  readonly startNs: Ns;
  readonly threads = new Map<number, WatchedThread>();
  readonly memory: MemoryReader;
  /** CPU time of all its threads since they were found. */
  cpuNs = 0;
  known: KnownProcess | null = null;
  private readonly index: ThreadIndex;
  private readonly finder: PyRuntimeFinder;
  private readonly parent: Running | null;
  private readonly foundNs: Ns;
  command: string[];
  executable: string;
  private gil: AddressRange | null = null;
  private gilTriesLeft = gilTries;
  private toldAddress: number | null = null;

  constructor(about: NewlyFound, index: ThreadIndex, finder: PyRuntimeFinder) {
    const { pid } = about;
    this.pid = pid;
    this.parentPid = about.parentPid;
    this.parent = about.parent;
    this.startNs = about.startNs;
    this.foundNs = about.foundNs;
    this.memory = new MemoryReader(pid);
    this.index = index;
    this.finder = finder;
    this.command = readCommand(pid);
    this.executable = readExecutable(pid);
  }

  get isJvm(): boolean {
    return isJvm(this);
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

  /** Looks again at what it runs: an exec changes everything but the pid. False when it has ended. */
  refresh(): boolean {
    const executable = readExecutable(this.pid);
    const command = readCommand(this.pid);
    if (command.length > 0) this.command = command;
    if (executable !== '' && executable !== this.executable) {
      this.executable = executable;
      this.toldAddress = null;
      this.forgetGil();
    }
    return command.length > 0;
  }

  /** Only seen after its fork and before its exec, or not before it had ended: nobody knows what it ran. */
  private get isUnknown(): boolean {
    return this.command.length === 0 || this.command.join('\0') === this.parent?.command.join('\0');
  }

  private forgetGil(): void {
    this.gil = null;
    this.gilTriesLeft = gilTries;
  }

  /** Gives it its place in the trace, when it's time. */
  showWhenSettled(nowNs: Ns, isMain: boolean): void {
    const known = this.index.process(this.pid, this.startNs);
    if (!known && !isMain && nowNs - this.foundNs < settledNs) return;
    const isAlive = this.refresh();
    if (!known && !isMain) {
      if (isResourceTracker(this.command) || isHelperOfSpark(this, this.parent)) return;
      if (!isAlive && this.isUnknown) return;
    }
    this.known = known ?? this.add(isMain);
    for (const thread of this.threads.values()) this.showThread(thread);
  }

  /** When the tracer saw the thread begin; 0 when it hasn't told. */
  tracedStartNs(tid: number): Ns {
    const thread = this.known?.threads.get(tid);
    return thread?.isTraced && thread.endNs === null ? thread.startNs : 0;
  }

  /** Gives a thread its place in the trace; one of a JVM only when it has done something, or, once `isNamed`, is there for tasks. */
  showThread(thread: WatchedThread, isNamed = false): void {
    if (!this.known || thread.track) return;
    const { tid, startNs } = thread;
    const isMain = tid === this.pid;
    const name = readName(this.pid, tid);
    if (this.isJvm && !isMain && thread.cpuNs < noteworthyCpuNs && !(isNamed && runsSparkTasks(name))) return;
    const track = this.index.thread(this.known, tid, startNs);
    const shown = isMain ? 'MainThread' : this.fullName(name) || `Thread ${tid}`;
    thread.show(track ?? this.index.addThread(this.known, tid, shown, this.isJvm ? 'jvm' : 'native', startNs, false));
  }

  /** Of a thread, by the name that Linux has for it. */
  fullName(name: string): string {
    return this.isJvm ? jvmThreadName(name) : name;
  }

  /** Leaves word of why its threads may have states but no tasks. */
  explain(): void {
    if (!this.known || this.parentPid === null) return;
    const isPython = /^(python|pypy)/.test(this.executable.slice(this.executable.lastIndexOf('/') + 1));
    this.known.whyUntraced = isPython
      ? 'this Python was started with -I, -E or -S, or ended before its tracer could start.'
      : `it is ${this.isJvm ? 'a Java' : 'not a Python'} program.`;
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
