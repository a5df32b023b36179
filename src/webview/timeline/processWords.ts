import { counted } from '../../base/counts.ts';
import type { ProcessTrack } from '../../trace/model.ts';

const startWords: Record<ProcessTrack['startMethod'], string> = {
  main: '',
  fork: 'forked',
  spawn: 'spawned',
  forkserver: 'by fork server',
  subprocess: 'subprocess',
  helper: 'fork server',
  engine: '',
  unknown: 'not traced',
};

/** `pid 4802 · spawned · 3 threads · Python 3.12.1 · exit 0 · why there is no tracer in it`. */
export function processFacts(process: ProcessTrack, threads: number): string {
  return [
    process.pid > 0 ? `pid ${process.pid}` : null,
    process.host === null ? null : `on ${process.host}`,
    // Why it is not traced stands at the end.
    process.startMethod === 'unknown' && process.note ? null : startWords[process.startMethod],
    threads > 0 ? counted(threads, 'thread') : null,
    process.python ? `Python ${process.python}` : null,
    process.gilEnabled === false ? 'no GIL' : null,
    process.exit,
    process.note || null,
  ]
    .filter(Boolean)
    .join(' · ');
}
