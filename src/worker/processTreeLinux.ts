import { readdirSync, readFileSync } from 'node:fs';
import type { ProcessEntry, ProcessTable } from './processTree.ts';

/** Linux: /proc tells everything, also the environment that a process was started with. */
export const linuxProcessTable: ProcessTable = {
  list() {
    const entries: ProcessEntry[] = [];
    for (const name of readdirSync('/proc')) {
      const pid = Number(name);
      const entry = Number.isInteger(pid) ? readEntry(pid) : null;
      if (entry) entries.push(entry);
    }
    return entries;
  },
  marked(entries, marker) {
    return entries.filter(({ pid }) => environmentHas(pid, marker));
  },
  signal: sendSignal,
  killBelow: null,
};

/** Whether the process was started with `marker` (`NAME=value`) in its environment; false when that can't be read. */
export function environmentHas(pid: number, marker: string): boolean {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`);
    return environment.includes(`\0${marker}\0`) || environment.indexOf(`${marker}\0`) === 0;
  } catch {
    return false;
  }
}

/** False when there is no such process, or it isn't ours to signal. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** The process's line of the list; null when it is gone. */
export function readEntry(pid: number): ProcessEntry | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in brackets may hold anything, also brackets and spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, parent, group, session] = fields;
    return {
      pid,
      parent: Number(parent),
      group: Number(group),
      session: Number(session),
      start: Number(fields[19]),
      // A process whose first thread has ended, while others go on, reads Z as well.
      isZombie: state === 'X' || (state === 'Z' && Number(fields[17]) <= 1),
    };
  } catch {
    return null;
  }
}
