import { formatBytes } from '../base/bytes.ts';
import type { ThreadState } from './model.ts';

/** How states are called before people, and what each means in a few words. */
export const stateText: Record<ThreadState, { label: string; meaning: string }> = {
  running: { label: 'Running', meaning: 'On a CPU' },
  runnable: { label: 'Waiting for a CPU', meaning: 'Ready to run, but all CPUs were busy' },
  gilWait: { label: 'Waiting for the GIL', meaning: 'Ready to run, but another thread held the interpreter lock' },
  lockWait: { label: 'Waiting for a lock', meaning: 'Blocked on a lock, a queue, a result or another thread' },
  ioWait: { label: 'Waiting for I/O', meaning: 'Blocked on a file, a socket, a pipe or another program' },
  sleeping: { label: 'Sleeping', meaning: 'Asleep for a set time' },
  idle: { label: 'Idle', meaning: 'A worker with nothing to do' },
  unknown: { label: 'Unknown', meaning: 'Nothing is known of this time' },
};

/** In the order of `taskStatuses`; '' where there is nothing to add. */
export const statusText = [
  'Never started',
  'Still running',
  '',
  'Failed with an exception',
  'Cancelled',
  'Lost: its process ended while it ran',
];

/** `Result 1.2 MB, 5,000 rows` of a task; '' where nothing is known of it. */
export function resultWords({ bytes, rows }: { bytes: number | null; rows: number | null }): string {
  const parts = [bytes === null ? '' : formatBytes(bytes), rows === null ? '' : rowsWords(rows)];
  const known = parts.filter(part => part !== '').join(', ');
  return known && `Result ${known}`;
}

export function rowsWords(rows: number): string {
  return `${rows.toLocaleString('en')} ${rows === 1 ? 'row' : 'rows'}`;
}
