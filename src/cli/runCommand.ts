import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { messageOf, userError } from '../base/errors.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { checkClusters } from '../pool/clusterCheck.ts';
import { type RunHandle, RunPool } from '../pool/runPool.ts';
import type { RunOutcome } from '../protocol/hostWorker.ts';
import type { ClusterSecrets } from '../run/clusters.ts';
import { defaultLimits, type Interpreter, type RunRequest } from '../run/request.ts';
import { toChromeJson } from '../trace/export/chrome.ts';
import { textReport } from '../trace/export/report.ts';
import { type RunSummary, summarize } from '../trace/export/summary.ts';
import { decodeTrace } from '../trace/file.ts';
import type { Trace } from '../trace/model.ts';
import type { RunCommand } from './arguments.ts';
import { usableSecrets } from './clusterSecrets.ts';
import type { Console } from './console.ts';
import { exitCodeOf, exitCodes, worstExitCode } from './exitCode.ts';
import { installObstacle } from './installObstacle.ts';
import { findInterpreter } from './interpreter.ts';
import { LiveOutput } from './liveOutput.ts';
import { Progress } from './progress.ts';
import { readTarget, type Target } from './targets.ts';

interface Finished {
  target: Target;
  outcome: RunOutcome;
  trace: Trace | null;
  summary: RunSummary;
}

/** What all runs of a command share. */
interface Surroundings {
  interpreter: Interpreter;
  cwd: string;
  secrets: ClusterSecrets;
}

/** `run`: all targets at once; resolves with the exit code when none of their processes is left. */
export async function runCommand(command: RunCommand, distDir: string, console: Console): Promise<number> {
  const targets: Target[] = [];
  for (const text of command.targets) {
    const read = readTarget(text, command.cells);
    if (!read.ok) return console.problem(read.error, exitCodes.usage);
    targets.push(...read.value);
  }
  const cwd = resolve(command.cwd ?? '.');
  const interpreter = await findInterpreter(command.python, cwd);
  if (!interpreter.ok) return console.problem(interpreter.error, exitCodes.setUp);
  const secrets = await usableSecrets(command.clusters, command.clusterSecrets);
  if (!secrets.ok) return console.problem(secrets.error, exitCodes.setUp);
  const unreachable = await checkClusters(command.clusters, secrets.value);
  if (unreachable !== null) return console.problem(unreachable, exitCodes.setUp);
  const runsDir = makeRunsDir();
  if (!runsDir.ok) return console.problem(runsDir.error, exitCodes.setUp);
  const pool = new RunPool({ distDir, runsDir: runsDir.value, size: targets.length });
  try {
    const where = { interpreter: interpreter.value, cwd, secrets: secrets.value };
    const finished = await runAll(pool, command, targets, where, console);
    for (const run of finished) await explain(run, interpreter.value, console);
    const written = writeResults(command, finished, console);
    if (!written.ok) return console.problem(written.error, exitCodes.setUp);
    return worstExitCode(finished.map(run => exitCodeOf(run.outcome)));
  } finally {
    await pool.dispose();
  }
}

async function runAll(
  pool: RunPool,
  command: RunCommand,
  targets: Target[],
  where: Surroundings,
  console: Console,
): Promise<Finished[]> {
  const progress = new Progress(console.progressWriter());
  const passesStdout = command.format === 'text' || command.output !== null;
  const handles: RunHandle[] = [];
  const stopListening = console.onInterrupt(() => {
    for (const handle of handles) handle.stop('cancelled');
  });
  const runs = targets.map(async (target, index) => {
    const request = requestOf(command, target, where, index);
    const output = new LiveOutput(console, targets.length > 1 ? target.snippet.title : null, passesStdout);
    const handle = pool.run(request, {
      onPhase: (phase, position) => {
        if (phase === 'queued' && position !== null) progress.queued(request.runId, position);
      },
      onOutput: chunks => {
        progress.clear();
        output.add(chunks);
      },
      onChanged: changed => progress.running(request.runId, changed),
    });
    handles.push(handle);
    const outcome = await handle.outcome;
    progress.ended(request.runId);
    output.end();
    if (!output.endsWithNewline && command.format === 'text' && command.output === null) console.stdout('\n');
    return finish(target, outcome, console);
  });
  const finished = await Promise.all(runs);
  stopListening();
  return finished;
}

function requestOf(command: RunCommand, target: Target, where: Surroundings, index: number): RunRequest {
  return {
    runId: `run-${process.pid}-${index + 1}`,
    snippet: target.snippet,
    interpreter: where.interpreter,
    cwd: where.cwd,
    argv: command.argv,
    env: {},
    limits: { ...defaultLimits, timeoutMs: command.timeoutMs },
    clusters: command.clusters,
    clusterSecrets: where.secrets,
    display: 'text',
    firstRows: [],
  };
}

function finish(target: Target, outcome: RunOutcome, console: Console): Finished {
  const decoded = outcome.trace ? decodeTrace(outcome.trace) : null;
  if (decoded && !decoded.ok) console.problem(decoded.error, exitCodes.failed);
  const trace = decoded?.ok ? decoded.value : null;
  return { target, outcome, trace, summary: summarize(trace, outcome, target.named, outcome.insights) };
}

/** What the program's own words don't say: failures of the surroundings, and what to do about them. */
async function explain(run: Finished, interpreter: Interpreter, console: Console): Promise<void> {
  const { userError: failure, programError } = run.outcome;
  if (failure) console.problem(failure, exitCodes.failed);
  else if (programError && programError.advice !== '') {
    const sentences = [programError.advice, await installObstacle(programError, interpreter)];
    for (const sentence of sentences) if (sentence !== '') console.stderr(`run-in-parallel: ${sentence}\n`);
  }
}

function writeResults(command: RunCommand, finished: Finished[], console: Console): Result<null> {
  try {
    const trace = finished[0]?.outcome.trace;
    if (command.traceOutput !== null && trace) writeFileSync(command.traceOutput, new Uint8Array(trace));
    const text = format(command, finished, console);
    if (command.output === null) console.stdout(text);
    else writeFileSync(command.output, text);
    return ok(null);
  } catch (error) {
    return failed(userError('outputFile', `The result could not be written: ${messageOf(error)}`));
  }
}

function format(command: RunCommand, finished: Finished[], console: Console): string {
  switch (command.format) {
    case 'json':
      return `${JSON.stringify({ schema: 1, runs: finished.map(run => run.summary) }, null, 2)}\n`;
    case 'chrome':
      return finished.map(({ trace }) => (trace ? toChromeJson(trace) : '{"traceEvents":[]}\n')).join('');
    case 'text': {
      const style = command.output === null ? console.style() : { color: false, width: 100 };
      return finished.map(({ summary, target }) => `\n${textReport(summary, target.snippet.title, style)}`).join('');
    }
  }
}

function makeRunsDir(): Result<string> {
  try {
    return ok(mkdtempSync(join(tmpdir(), 'run-in-parallel-')));
  } catch (error) {
    const message = `The folder for temporary files can't be written to: ${messageOf(error)}`;
    return failed(userError('tempFolder', message, 'Free it up, or set TMPDIR to a folder that can be written to.'));
  }
}
