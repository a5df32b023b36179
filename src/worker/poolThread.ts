import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { MessagePort } from 'node:worker_threads';
import { messageOf, type UserError, userError } from '../base/errors.ts';
import {
  emptyOutcome,
  type HostMessage,
  hostWorkerVersion,
  type RunOutcome,
  type RunTask,
} from '../protocol/hostWorker.ts';
import type { DisplaySpec } from '../protocol/programWire.ts';
import type { RunRequest } from '../run/request.ts';
import { openOutputPipes } from './outputPipes.ts';
import { type HostPort, RunDriver } from './runDriver.ts';
import { prepareRunFolder, runPaths } from './runFolder.ts';

/**
 * One run, in a thread of the pool. The promise resolves when none of the run's processes is left; the trace goes ahead of it over the
 * port, transferred. It rejects only for mistakes of ours.
 */
export default async function runTask(task: RunTask<MessagePort>): Promise<RunOutcome> {
  const { port } = task;
  try {
    if (task.version !== hostWorkerVersion) {
      throw new Error(`The host speaks version ${task.version} of the wire, this thread ${hostWorkerVersion}`);
    }
    const display = displayOf(task.request);
    const problem = await firstProblem(task, display);
    return problem ? setUpFailure(problem) : await drive(task, display);
  } finally {
    // Its 'close' tells the host that everything sent before has arrived.
    port.close();
  }
}

/** How the values of the snippet's cells come to us. The token is new for each run: no program can know it beforehand. */
function displayOf({ snippet, display, firstRows }: RunRequest): DisplaySpec | null {
  if (!snippet.display) return null;
  return display === 'text' ? { kind: 'text' } : { kind: 'rich', token: randomBytes(16).toString('hex'), firstRows };
}

/** What keeps the run from starting; makes its folder. */
async function firstProblem(task: RunTask<MessagePort>, display: DisplaySpec | null): Promise<UserError | null> {
  const { cwd } = task.request;
  const isFolder = await stat(cwd).then(
    found => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return userError('workingFolder', `The working folder ${cwd} isn't there.`, 'Choose another one.');
  const prepared = await prepareRunFolder(task.runDir, task.request, display);
  return prepared.ok ? null : prepared.error;
}

async function drive(task: RunTask<MessagePort>, display: DisplaySpec | null): Promise<RunOutcome> {
  const { port, ...rest } = task;
  const host: HostPort = { send: (message, transfer = []) => port.postMessage(message, transfer) };
  const folder = runPaths(task.runDir).displaysDir;
  const displays = display?.kind === 'rich' ? { token: display.token, folder } : null;
  const driver = new RunDriver(rest, host, await openOutputPipes(task.runDir), displays);
  const onFault = (error: unknown) => driver.onStrayFault(error);
  // A mistake in one of our callbacks must not end the thread: the program would be left alone.
  process.on('uncaughtException', onFault);
  process.on('unhandledRejection', onFault);
  port.on('message', (message: HostMessage) => driver.onHostMessage(message));
  port.once('close', () => driver.stop('hostGone'));
  try {
    const outcome = await driver.run();
    if (outcome.trace) host.send({ kind: 'trace', bytes: outcome.trace }, [outcome.trace]);
    return { ...outcome, trace: null };
  } catch (error) {
    throw new Error(`The run could not be looked after: ${messageOf(error)}`, { cause: error });
  } finally {
    process.off('uncaughtException', onFault);
    process.off('unhandledRejection', onFault);
  }
}

function setUpFailure(error: UserError): RunOutcome {
  return { ...emptyOutcome, status: 'failed', userError: error };
}
