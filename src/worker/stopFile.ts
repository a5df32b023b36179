import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Tells the tracer that the run is being stopped, in a file of the trace's folder: a program may be deaf to the interrupt, and has work elsewhere that
 * doesn't end with it (src/python/tracer/engines/spark_stop.py). `ms`: until SIGTERM follows.
 */
export function announceStop(traceDir: string, ms: number): void {
  try {
    writeFileSync(join(traceDir, 'stopping'), String(ms), { mode: 0o600 });
  } catch {
    // The folder is gone or the disk is full: the program still gets its signals.
  }
}
