import type { ProcessTrack } from '../../trace/model.ts';
import { count } from '../words.ts';

const startWords: Record<ProcessTrack['startMethod'], string> = {
  main: '',
  fork: 'forked',
  spawn: 'spawned',
  forkserver: 'by fork server',
  subprocess: 'subprocess',
  helper: 'fork server',
  unknown: 'not traced',
};

/** `pid 4802 · spawned · 3 threads · Python 3.12.1 · exit 0 · why there is no tracer in it`. */
export function processFacts(process: ProcessTrack, threads: number): string {
  return [
    `pid ${process.pid}`,
    startWords[process.startMethod],
    threads > 0 ? count(threads, 'thread') : null,
    process.python ? `Python ${process.python}` : null,
    process.gilEnabled === false ? 'no GIL' : null,
    process.exit,
    process.note || null,
  ]
    .filter(Boolean)
    .join(' · ');
}
