import { linuxProcessTable } from './processTreeLinux.ts';
import { psProcessTable, windowsProcessTable } from './processTreeOther.ts';

/** Set in the environment of the interpreter that we start, and so inherited by all that it starts. Its value is the run's id. */
export const runMarkerVariable = 'RUN_IN_PARALLEL_RUN';

/** A process, told apart from later ones with the same pid. */
export interface ProcessId {
  pid: number;
  /** In the system's own unit; only equality matters. 0 where the system doesn't tell. */
  start: number;
}

/** One line of the system's process list. */
export interface ProcessEntry extends ProcessId {
  parent: number;
  group: number;
  session: number;
  /** Dead already: only its parent has to take notice. */
  isZombie: boolean;
}

/** How a system lists and signals processes. */
export interface ProcessTable {
  list(): ProcessEntry[];
  /** Those of the processes whose environment holds `marker` (`NAME=value`), as far as it can be read. */
  marked(entries: ProcessEntry[], marker: string): ProcessEntry[];
  /** False when there is no such process any more. */
  signal(pid: number, signal: NodeJS.Signals): boolean;
  /** Windows has no stop signal and no orphans' parents: there the whole tree under a pid is ended by the system. */
  killBelow: ((pid: number) => void) | null;
}

/** What is known of a run's processes. Grows with every look, so that orphans are still known when their parents are gone. */
export interface RunProcesses {
  readonly runId: string;
  /** The interpreter that we started; null when only the marker can tell (the one who started it died). */
  readonly rootPid: number | null;
  /** pid → start of everything that was ever seen to belong to the run. */
  readonly known: Map<number, number>;
  /** Sessions and groups that the run's own processes lead or led. */
  readonly led: Set<number>;
}

/** Call it right after the root was started: its start time is remembered, against reuse of its pid. */
export function runProcesses(runId: string, rootPid: number | null, table = systemProcessTable()): RunProcesses {
  const run: RunProcesses = { runId, rootPid, known: new Map(), led: new Set() };
  const root = rootPid === null ? undefined : table.list().find(entry => entry.pid === rootPid);
  if (root) run.known.set(root.pid, root.start);
  return run;
}

export function systemProcessTable(): ProcessTable {
  if (process.platform === 'linux') return linuxProcessTable;
  return process.platform === 'win32' ? windowsProcessTable : psProcessTable;
}

/** Every living process of the run, found by what was remembered, by descent, by session and group, and by the marker. */
export function findProcesses(run: RunProcesses, table = systemProcessTable()): ProcessId[] {
  const entries = table.list();
  const spared = ownLine(entries);
  const byParent = new Map<number, ProcessEntry[]>();
  for (const entry of entries) {
    const siblings = byParent.get(entry.parent);
    if (siblings) siblings.push(entry);
    else byParent.set(entry.parent, [entry]);
  }
  const found = new Map<number, ProcessEntry>();
  const take = (first: ProcessEntry[]) => {
    const waiting = [...first];
    for (let entry = waiting.pop(); entry; entry = waiting.pop()) {
      if (found.has(entry.pid) || spared.has(entry.pid)) continue;
      found.set(entry.pid, entry);
      run.known.set(entry.pid, entry.start);
      if (entry.session === entry.pid || entry.group === entry.pid) run.led.add(entry.pid);
      waiting.push(...(byParent.get(entry.pid) ?? []));
    }
  };
  take(entries.filter(entry => run.known.get(entry.pid) === entry.start));
  const reused = entries.filter(entry => run.led.has(entry.pid) && run.known.get(entry.pid) !== entry.start);
  for (const entry of reused) run.led.delete(entry.pid);
  take(entries.filter(entry => run.led.has(entry.session) || run.led.has(entry.group)));
  const undecided = entries.filter(entry => !found.has(entry.pid) && !spared.has(entry.pid) && !entry.isZombie);
  take(table.marked(undecided, `${runMarkerVariable}=${run.runId}`));
  return [...found.values()].filter(entry => !entry.isZombie).map(({ pid, start }) => ({ pid, start }));
}

/** Sends a signal to everything of the run; returns how many got it. */
export function signalAll(run: RunProcesses, signal: NodeJS.Signals, table = systemProcessTable()): number {
  return findProcesses(run, table).filter(({ pid }) => table.signal(pid, signal)).length;
}

/**
 * Ends everything of the run: first everything is stopped, so that nothing can fork away, then killed, until nothing is left.
 * `left` counts what still lives at the deadline (a process in uninterruptible disk I/O can't be killed by anyone).
 */
export async function killTree(
  run: RunProcesses,
  options: { deadlineMs?: number; table?: ProcessTable } = {},
): Promise<{ left: number }> {
  const table = options.table ?? systemProcessTable();
  const deadline = performance.now() + (options.deadlineMs ?? 3000);
  for (;;) {
    const found = stopAll(run, table, deadline);
    if (found.length === 0) return { left: 0 };
    for (const { pid } of found) table.signal(pid, 'SIGKILL');
    if (performance.now() > deadline) return { left: findProcesses(run, table).length };
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

/** Stops everything until no new process appears; returns all that was found at last. */
function stopAll(run: RunProcesses, table: ProcessTable, deadline: number): ProcessId[] {
  if (table.killBelow) {
    if (run.rootPid !== null) table.killBelow(run.rootPid);
    return findProcesses(run, table);
  }
  const stopped = new Set<number>();
  for (;;) {
    const found = findProcesses(run, table);
    const fresh = found.filter(({ pid }) => !stopped.has(pid));
    for (const { pid } of fresh) {
      table.signal(pid, 'SIGSTOP');
      stopped.add(pid);
    }
    if (fresh.length === 0 || performance.now() > deadline) return found;
  }
}

/** Ourselves and all above us, and the system's first process: never touched, whatever the process list says. */
function ownLine(entries: ProcessEntry[]): Set<number> {
  const parents = new Map(entries.map(entry => [entry.pid, entry.parent]));
  const line = new Set([0, 1]);
  for (let pid: number | undefined = process.pid; pid !== undefined && !line.has(pid); pid = parents.get(pid)) {
    line.add(pid);
  }
  return line;
}
