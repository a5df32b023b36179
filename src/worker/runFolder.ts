import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, type UserError, userError } from '../base/errors.ts';
import { asNumber, asObject, asString, type JsonObject, parseObject } from '../base/parse.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { type ProgramSpec, programWireVersion, type RunnerResult } from '../protocol/programWire.ts';
import type { RunRequest } from '../run/request.ts';

/** The paths in a run's folder (src/protocol/programWire.ts draws it). */
export function runPaths(runDir: string): { spec: string; traceDir: string; program: string; result: string } {
  return {
    spec: join(runDir, 'spec.json'),
    traceDir: join(runDir, 'trace'),
    program: join(runDir, 'program.json'),
    result: join(runDir, 'result.json'),
  };
}

/** Makes the run's folder, for this user alone, with the program's specification in it. */
export async function prepareRunFolder(runDir: string, request: RunRequest): Promise<Result<null>> {
  const { snippet } = request;
  const spec: ProgramSpec = {
    version: programWireVersion,
    runDir,
    units: snippet.units,
    selection: snippet.selection,
    argv: request.argv,
    trace: true,
  };
  const paths = runPaths(runDir);
  try {
    await mkdir(runDir, { recursive: true, mode: 0o700 });
    await mkdir(paths.traceDir, { mode: 0o700 });
    await writeFile(paths.spec, JSON.stringify(spec), { mode: 0o600 });
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
export async function readRunnerResult(runDir: string): Promise<RunnerResult | null> {
  const value = await readObject(runPaths(runDir).result);
  if (!value || asNumber(value.version) !== programWireVersion) return null;
  const error = asObject(value.error);
  if (!error) return { version: programWireVersion, error: null };
  return {
    version: programWireVersion,
    error: {
      type: asString(error.type) ?? 'Exception',
      message: asString(error.message) ?? '',
      file: asString(error.file),
      line: asNumber(error.line),
      column: asNumber(error.column),
      module: asString(error.module),
    },
  };
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
