import type { UserError } from '../base/errors.ts';
import type { ReportStyle } from '../trace/export/report.ts';

/** The process's terminal, as the commands see it. */
export interface Console {
  stdout(text: string): void;
  stderr(text: string): void;
  /** Tells a failure in our words on stderr; returns the exit code given. */
  problem(error: Pick<UserError, 'message' | 'advice'>, exitCode: number): number;
  /** Writes to stderr when that is a terminal; else null. */
  progressWriter(): ((text: string) => void) | null;
  style(): ReportStyle;
  /** Ctrl+C and the like; returns how to stop listening. */
  onInterrupt(listener: () => void): () => void;
}

const interrupts = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function processConsole(): Console {
  const { stdout, stderr } = process;
  // Whoever reads us may go first (`| head`): that is no failure of ours.
  for (const stream of [stdout, stderr]) stream.on('error', () => undefined);
  return {
    stdout: text => void stdout.write(text),
    stderr: text => void stderr.write(text),
    problem: (error, exitCode) => {
      // A message may end with the system's own words, which have no full stop.
      const message = /[.!?]$/.test(error.message) || error.advice === '' ? error.message : `${error.message}.`;
      stderr.write(`run-in-parallel: ${message}${error.advice === '' ? '' : ` ${error.advice}`}\n`);
      return exitCode;
    },
    progressWriter: () => (stderr.isTTY ? text => void stderr.write(text) : null),
    style: () => ({ color: stdout.isTTY === true && !process.env.NO_COLOR, width: stdout.columns ?? 100 }),
    onInterrupt: listener => {
      for (const signal of interrupts) process.on(signal, listener);
      return () => {
        for (const signal of interrupts) process.off(signal, listener);
      };
    },
  };
}
