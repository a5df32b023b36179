import { readFileSync } from 'node:fs';

/**
 * How many processes the kernel's out-of-memory killer has ended since the machine started; null where that isn't told.
 * It counts for the whole machine: a rise during a run makes it likely, not certain, that the run was hit.
 */
export function outOfMemoryKills(): number | null {
  try {
    const line = /^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'latin1'));
    return line ? Number(line[1]) : null;
  } catch {
    return null;
  }
}
