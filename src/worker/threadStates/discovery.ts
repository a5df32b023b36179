import { closeQuietly, listProcesses, listThreads, openOrNull, readKinship, readOpen, readText } from './procFiles.ts';

/** More new ids than this at once: a whole scan is cheaper. */
const fewIds = 64;
/** A new id is counted before its process can be seen: ids that weren't there are asked for again. */
const patience = 3;
/** Whole scans, in ms: a safety net; the only way where the id counter can't be read or is another container's. */
const scanMs = 1000;
const blindScanMs = 40;

/** Looking may take this share of the time (others start processes too), but is done this often in any case. */
const lookShare = 0.02;
const longestGapMs = 40;

export interface DiscoveryTarget {
  /** Whether the pid is a living process of the run. */
  knows(pid: number): boolean;
  /** Whether a process of unknown parents carries the run's marker. */
  belongs(pid: number): boolean;
  pids(): Iterable<number>;
  addProcess(pid: number, parentPid: number | null): void;
  addThread(pid: number, tid: number): void;
  /** A whole scan was made. */
  scanned(): void;
}

/**
 * Finds new processes and threads of a run quickly and cheaply: `/proc/loadavg` ends with the number that was last given to a
 * process or thread of this container. While it stands still nothing is new; when it moved, only those ids are looked at.
 */
export class Discovery {
  private readonly target: DiscoveryTarget;
  private readonly fd: number | null;
  private lastId = -1;
  private missing = new Map<number, number>();
  private scannedAtMs = Number.NEGATIVE_INFINITY;
  private nextLookMs = 0;
  private isTrusted: boolean;
  private strangers = new Set<number>();

  constructor(target: DiscoveryTarget) {
    this.target = target;
    this.fd = openOrNull('/proc/loadavg');
    this.isTrusted = this.fd !== null;
  }

  /** False when it isn't time to look yet. */
  look(nowMs: number): boolean {
    if (nowMs < this.nextLookMs) return false;
    this.lookNow(nowMs);
    this.nextLookMs = nowMs + Math.min(longestGapMs, (performance.now() - nowMs) / lookShare);
    return true;
  }

  private lookNow(nowMs: number): void {
    const id = this.isTrusted ? this.lastGiven() : -1;
    if (nowMs - this.scannedAtMs >= (this.isTrusted ? scanMs : blindScanMs)) {
      this.scan(nowMs);
    } else if (id !== this.lastId) {
      const count = id - this.lastId;
      if (count > 0 && count <= fewIds) for (let each = this.lastId + 1; each <= id; each++) this.check(each);
      else this.scan(nowMs);
    }
    this.lastId = id;
    for (const [each, tries] of this.missing) {
      this.missing.delete(each);
      if (!this.check(each) && tries > 1) this.missing.set(each, tries - 1);
      else this.missing.delete(each);
    }
  }

  close(): void {
    if (this.fd !== null) closeQuietly(this.fd);
  }

  private lastGiven(): number {
    if (this.fd === null) return -1;
    try {
      const text = readText(readOpen(this.fd));
      return Number(text.slice(text.lastIndexOf(' ') + 1));
    } catch {
      return -1;
    }
  }

  /** False when there is nothing with this id (yet). */
  private check(id: number): boolean {
    if (this.target.knows(id)) return true;
    const kin = readKinship(id);
    if (!kin) {
      if (!this.missing.has(id)) this.missing.set(id, patience);
      return false;
    }
    if (kin.process !== id) {
      if (this.target.knows(kin.process)) this.target.addThread(kin.process, id);
    } else if (this.target.knows(kin.parent) || this.target.belongs(id)) {
      this.target.addProcess(id, kin.parent);
    } else {
      this.strangers.add(id);
    }
    return true;
  }

  private scan(nowMs: number): void {
    this.scannedAtMs = nowMs;
    const all = listProcesses();
    const news = all.filter(pid => !this.strangers.has(pid) && !this.target.knows(pid));
    const before = this.lastId;
    const found = this.addFamily(news);
    // A scan found what the counter should have told, while it stood still: it's another container's.
    if (found > 0 && before !== -1 && before === this.lastGiven()) this.isTrusted = false;
    const alive = new Set(all);
    this.strangers = new Set([...this.strangers].filter(pid => alive.has(pid)));
    for (const pid of this.target.pids()) for (const tid of listThreads(pid)) this.target.addThread(pid, tid);
    this.target.scanned();
  }

  /** Adds those of the processes that descend from the run's, and says how many; the others are strangers from now on. */
  private addFamily(pids: number[]): number {
    const parents = new Map<number, number>();
    for (const pid of pids) {
      const kin = readKinship(pid);
      if (kin) parents.set(pid, kin.parent);
    }
    let added = 0;
    for (let grew = true; grew; ) {
      grew = false;
      for (const [pid, parent] of parents) {
        if (!this.target.knows(parent)) continue;
        this.target.addProcess(pid, parent);
        parents.delete(pid);
        added++;
        grew = true;
      }
    }
    for (const [pid, parent] of parents) {
      if (this.target.belongs(pid)) this.target.addProcess(pid, parent);
      else this.strangers.add(pid);
    }
    return added;
  }
}
