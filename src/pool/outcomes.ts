import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { userError } from '../base/errors.ts';
import { type CapturedOutput, emptyOutcome, type RunOutcome } from '../protocol/hostWorker.ts';
import type { KillResult } from './guardProcess.ts';

/** Of a log that nobody is left to tell about, as much is read. */
const salvagedBytes = 1024 * 1024;

/** A run that was stopped before it got a thread. */
export function stoppedInQueue(): RunOutcome {
  return emptyOutcome;
}

/** A run whose thread is lost: what the log files still tell. */
export async function lostOutcome(runDir: string, why: string, killed: KillResult): Promise<RunOutcome> {
  const remains =
    killed === null
      ? 'It could not be made sure that all of its processes have ended.'
      : killed.left > 0
        ? `${killed.left} of its processes could not be ended.`
        : 'Its processes were ended.';
  return {
    ...emptyOutcome,
    status: 'failed',
    userError: userError('internal', `Run in Parallel lost this run: ${why}. ${remains}`, '', 'openLog'),
    output: await salvagedOutput(runDir),
  };
}

async function salvagedOutput(runDir: string): Promise<CapturedOutput> {
  const stdout = await lastPart(join(runDir, 'stdout.log'));
  const stderr = await lastPart(join(runDir, 'stderr.log'));
  return {
    stdout: stdout.text,
    stderr: stderr.text,
    truncated: stdout.bytes > salvagedBytes || stderr.bytes > salvagedBytes,
    stdoutBytes: stdout.bytes,
    stderrBytes: stderr.bytes,
    stdoutFile: stdout.path,
    stderrFile: stderr.path,
  };
}

async function lastPart(path: string): Promise<{ text: string; bytes: number; path: string | null }> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const buffer = Buffer.alloc(Math.min(size, salvagedBytes));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, size - buffer.length);
      return { text: buffer.toString('utf8', 0, bytesRead), bytes: size, path };
    } finally {
      await file.close();
    }
  } catch {
    return { text: '', bytes: 0, path: null };
  }
}
