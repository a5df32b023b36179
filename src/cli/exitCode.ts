import type { RunOutcome } from '../protocol/hostWorker.ts';
import { lacksPackage } from '../run/missingPackages.ts';

export const exitCodes = { ok: 0, failed: 1, usage: 2, setUp: 3, timeout: 124, cancelled: 130 } as const;

/** Failures of the surroundings that the user has to mend before anything can run. */
const setUpErrors = [
  'interpreterMissing',
  'interpreterNotFound',
  'interpreterTooOld',
  'interpreterFailed',
  'workingFolder',
  'tempFolder',
  'diskFull',
  'noProcess',
  'fileGone',
  'sparkCannotStart',
];

export function exitCodeOf(outcome: RunOutcome): number {
  switch (outcome.status) {
    case 'ok':
      return exitCodes.ok;
    case 'cancelled':
      return exitCodes.cancelled;
    case 'timeout':
      return exitCodes.timeout;
    case 'killed':
      return exitCodes.failed;
    case 'failed': {
      const isSetUp = outcome.userError !== null && setUpErrors.includes(outcome.userError.code);
      const isMissing = outcome.programError !== null && lacksPackage(outcome.programError);
      return isSetUp || isMissing ? exitCodes.setUp : exitCodes.failed;
    }
  }
}

/** Of several runs the one that says most: cancelled before set-up, time limit and failure. */
export function worstExitCode(codes: readonly number[]): number {
  const order: number[] = [exitCodes.cancelled, exitCodes.setUp, exitCodes.timeout, exitCodes.failed];
  return order.find(code => codes.includes(code)) ?? exitCodes.ok;
}
