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
