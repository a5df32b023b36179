import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, type UserError, userError } from '../base/errors.ts';
import { asArray, asNumber, asObject, type JsonObject, parseObject } from '../base/parse.ts';
import { failed, ok, type Result } from '../base/result.ts';
import {
  type DisplaySpec,
  type ProgramResult,
  type ProgramSpec,
  programWireVersion,
  type RunnerResult,
  type StatementTime,
} from '../protocol/programWire.ts';
import { parseProgramResult, parseRunnerError } from '../protocol/readProgram.ts';
import { hasSecrets, withSecrets } from '../run/clusters.ts';
import type { RunRequest } from '../run/request.ts';

/** The paths in a run's folder (src/protocol/programWire.ts draws it). */
export function runPaths(
  runDir: string,
): Record<'spec' | 'clusters' | 'traceDir' | 'program' | 'displaysDir' | 'result', string> {
  return {
    spec: join(runDir, 'spec.json'),
    clusters: join(runDir, 'clusters.json'),
    traceDir: join(runDir, 'trace'),
    program: join(runDir, 'program.json'),
    displaysDir: join(runDir, 'displays'),
    result: join(runDir, 'result.json'),
  };
}

/** Makes the run's folder, for this user alone, with the program's specification in it. */
export async function prepareRunFolder(
  runDir: string,
  request: RunRequest,
  display: DisplaySpec | null,
): Promise<Result<null>> {
  const { snippet } = request;
  const spec: ProgramSpec = {
    version: programWireVersion,
    runDir,
    units: snippet.units,
    selection: snippet.selection,
    argv: request.argv,
    trace: true,
    display,
    clusters: request.clusters,
  };
  const paths = runPaths(runDir);
  try {
    await mkdir(runDir, { recursive: true, mode: 0o700 });
    await mkdir(paths.traceDir, { mode: 0o700 });
    await writeFile(paths.spec, JSON.stringify(spec), { mode: 0o600 });
    // A file, not the environment: that would stay readable in /proc, and go on to every child of the program.
    if (hasSecrets(request.clusterSecrets)) {
      const complete = withSecrets(request.clusters, request.clusterSecrets);
      await writeFile(paths.clusters, JSON.stringify(complete), { mode: 0o600 });
    }
    return ok(null);
  } catch (error) {
    return failed(folderError(runDir, error));
  }
}

/** Why a folder of ours can't be used. */
function folderError(folder: string, error: unknown): UserError {
  if (errorCode(error) === 'ENOSPC') {
    return userError('diskFull', `The disk is full: ${folder} could not be written.`, 'Free some space and run again.');
  }
  return userError(
    'tempFolder',
    `The folder ${folder} can't be written to: ${messageOf(error)}`,
    'Free it up or set TMPDIR to a folder that can be written to, then start again.',
  );
}

/** `ENOENT`… of a failed system call; null for any other error. */
export function errorCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** How the program ended by its own account; null when it had no chance to tell, or told nonsense. */
export async function runnerResultOf(runDir: string): Promise<RunnerResult | null> {
  const result = await readObject(runPaths(runDir).result);
  if (!result || asNumber(result.version) !== programWireVersion) return null;
  const times = asArray(result.times).flatMap(parseTime);
  return { version: programWireVersion, error: parseRunnerError(result.error), times };
}

/** What ran and why; null when it did not come that far. */
export async function programOf(runDir: string): Promise<ProgramResult | null> {
  return parseProgramResult(await readObject(runPaths(runDir).program));
}

function parseTime(value: unknown): StatementTime[] {
  const time = asObject(value);
  const [unit, startLine, endLine, ms] = [time?.unit, time?.startLine, time?.endLine, time?.ms].map(asNumber);
  return unit == null || startLine == null || endLine == null || ms == null ? [] : [{ unit, startLine, endLine, ms }];
}

/** Whether the runner came as far as the program: program.json is written before the first statement. */
export async function programWasReached(runDir: string): Promise<boolean> {
  return exists(runPaths(runDir).program);
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function readObject(path: string): Promise<JsonObject | null> {
  try {
    return parseObject(await readFile(path, 'utf8'));
  } catch {
    return null;
  }
}
