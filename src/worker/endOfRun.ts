import { messageOf, type UserError, userError } from '../base/errors.ts';
import type { RunnerError } from '../protocol/programWire.ts';
import { missingPackageAdvice } from '../run/missingPackages.ts';
import type { Interpreter, ProgramError, RunRequest } from '../run/request.ts';
import { isCrash, type ProcessExit, type StopCause } from '../run/runState.ts';
import { sparkAdvice, sparkRootCause } from '../run/sparkErrors.ts';

/** run.py's exit code on a Python that is too old for us. */
const tooOldExitCode = 86;

/** What is known when a run has ended, to explain it by. */
export interface EndFacts {
  request: RunRequest;
  stop: StopCause | null;
  exit: ProcessExit | null;
  /** The runner had read the program and was about to run it. */
  programReached: boolean;
  /** A file of the snippet that isn't there (any more). */
  missingFile: string | null;
  /** Why the output logs are incomplete. */
  logFailure: string | null;
  /** The kernel ended processes for want of memory while this ran. */
  memoryRanOut: boolean;
}

/** A failure of the surroundings, in our words; null when the program's own end says it all. */
export function explainEnd(facts: EndFacts): UserError | null {
  const { request, exit } = facts;
  if (facts.stop === 'tooManyProcesses') {
    return userError(
      'tooManyProcesses',
      `The run started more than ${request.limits.maxProcesses} processes and was stopped.`,
      'Look for a pool or a process that is started in a loop, or raise the limit in the settings.',
      'openLimitSetting',
    );
  }
  if (facts.stop === 'timeout') {
    const seconds = (request.limits.timeoutMs ?? 0) / 1000;
    return userError(
      'timeout',
      `The run took longer than ${seconds} s and was stopped.`,
      'Raise the time limit in the settings if it needs longer.',
      'openTimeoutSetting',
    );
  }
  if (facts.stop === null && exit) {
    const failure = exit.signal ? explainSignal(exit.signal, facts) : explainExit(exit.code, facts);
    if (failure) return failure;
  }
  return facts.logFailure === null ? null : logError(facts.logFailure);
}

function explainSignal(signal: string, facts: EndFacts): UserError {
  if (isCrash(signal)) {
    const advice = signal === 'SIGSEGV' ? 'A native library that the program uses is the usual cause.' : '';
    return userError('crashed', `The interpreter crashed (${signal}).`, advice);
  }
  if (signal === 'SIGKILL' && facts.memoryRanOut) {
    return userError(
      'outOfMemory',
      "The interpreter was killed, probably by the kernel's out-of-memory killer: memory ran out while it ran.",
      'Use fewer processes or less data at once.',
    );
  }
  return userError(
    'killed',
    `The interpreter was ended by ${signal}, which something outside of it or the program itself sent.`,
  );
}

function explainExit(code: number | null, facts: EndFacts): UserError | null {
  const { command, source } = facts.request.interpreter;
  if (code === 0 || facts.programReached) return null;
  if (code === tooOldExitCode) {
    return userError(
      'interpreterTooOld',
      `${command} is older than Python 3.8 (${source}).`,
      'Choose a newer interpreter.',
      'openInterpreterSetting',
    );
  }
  if (facts.missingFile !== null) {
    return userError('fileGone', `${facts.missingFile} can't be read: it isn't there.`, 'Save the file and run again.');
  }
  if (facts.logFailure !== null) return null;
  return userError(
    'interpreterFailed',
    `${command} ended with exit code ${code} before it could run anything (${source}).`,
    'Check that it is a working Python interpreter; its own words are in the output.',
    'openInterpreterSetting',
  );
}

function logError(failure: string): UserError {
  return failure.startsWith('ENOSPC')
    ? userError('diskFull', 'The disk is full: the output log is incomplete.', 'Free some space and run again.')
    : userError('outputLog', `The output log could not be written: ${failure}`);
}

/** Why no interpreter could be started. `code` is that of the system call. */
export function explainSpawnFailure(error: Error, code: string | null, interpreter: Interpreter): UserError {
  const { command, source } = interpreter;
  const choose = 'Choose an interpreter that exists.';
  switch (code) {
    case 'ENOENT':
      return userError('interpreterMissing', `${command} was not found (${source}).`, choose, 'openInterpreterSetting');
    case 'EACCES':
      return userError('interpreterMissing', `${command} can't be run (${source}).`, choose, 'openInterpreterSetting');
    case 'EAGAIN':
    case 'ENOMEM':
      return userError(
        'noProcess',
        `${command} could not be started: the machine has no room for another process (${code}).`,
        'End some programs and run again.',
      );
    default:
      return userError(
        'interpreterMissing',
        `${command} could not be started (${source}): ${messageOf(error)}`,
        choose,
        'openInterpreterSetting',
      );
  }
}

/**
 * The program's own exception, with our advice where Python's words are not enough; null when it is only the interrupt by which we
 * stopped it. One of PySpark's gives way to what it comes down to. `lostJvm`: Spark's JVM ended while the program still ran.
 */
export function programErrorOf(
  error: RunnerError,
  interpreter: Interpreter,
  stop: StopCause | null,
  lostJvm = false,
): ProgramError | null {
  if (stop !== null && error.type === 'KeyboardInterrupt') return null;
  const { type, message, file, line, module } = error;
  if (stop === null && lostJvm && brokenConnection.test(type))
    return { type, message, file, line, module, advice: lostJvmAdvice };
  const cause = sparkRootCause(error);
  if (!cause) return { type, message, file, line, module, advice: adviceFor(error, interpreter) };
  const place = cause.place ?? { file, line };
  const advice = sparkAdvice(cause) || adviceFor(error, interpreter);
  return { type: cause.type, message: cause.message, ...place, module, advice };
}

/** What Python's side of Spark raises once nobody answers. */
const brokenConnection = /^(?:py4j\.|Connection\w*Error$|BrokenPipeError$|EOFError$)/;

const lostJvmAdvice =
  "Spark's JVM had ended by then. Memory that ran out is the usual cause: give it more by spark.driver.memory, or collect less at once.";

/** The words by which src/python/tracer/engines/spark.py says that there can be no JVM. */
const sparkCannotStart =
  /^(?:\[JAVA_GATEWAY_EXITED\] )?Spark could not start\. (.+?\.) ((?:Install one|Unset it|Set one to).*)$/s;

/** An uncaught exception that is a failure of the surroundings, in our words; null for any other. */
export function explainProgramError(error: RunnerError): UserError | null {
  const [, why, advice] = sparkCannotStart.exec(error.message) ?? [];
  if (why === undefined || advice === undefined) return null;
  const remedy = advice.startsWith('Install') ? 'installJava' : null;
  return userError('sparkCannotStart', `Spark could not start. ${why}`, advice, remedy);
}

function adviceFor(error: RunnerError, interpreter: Interpreter): string {
  const missing = missingPackageAdvice(error, [interpreter.command, ...interpreter.args].join(' '));
  if (missing !== '') return missing;
  if (error.type === 'EOFError' && error.message.startsWith('EOF when reading a line')) {
    return 'input() has no keyboard here: give the value in the code, or as an argument of the program.';
  }
  return '';
}
