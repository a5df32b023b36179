import { spawnSync } from 'node:child_process';
import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { userError } from '../base/errors.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { Interpreter } from '../run/request.ts';

/** --python, else VIRTUAL_ENV, else .venv in the working folder, else what the PATH has. */
export function findInterpreter(python: string | null, cwd: string, env: NodeJS.ProcessEnv): Result<Interpreter> {
  if (python !== null) {
    const command = executable(python, env);
    if (command) return ok({ command: behindScript(command), args: [], source: '--python' });
    const message = `There is no Python at ${python} (--python).`;
    return failed(userError('interpreterNotFound', message, 'Give the path of an interpreter.'));
  }
  const found =
    inEnvironment(env.VIRTUAL_ENV, 'VIRTUAL_ENV', env) ??
    inEnvironment(join(cwd, '.venv'), '.venv', env) ??
    onPath(env);
  if (found) return ok(found);
  const advice = 'Install Python 3.8 or later, or give the path of one with --python.';
  return failed(userError('interpreterNotFound', 'No Python interpreter was found.', advice));
}

function inEnvironment(folder: string | undefined, source: string, env: NodeJS.ProcessEnv): Interpreter | null {
  if (!folder) return null;
  const parts = process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python'];
  const command = executable(resolve(folder, ...parts), env);
  return command ? { command, args: [], source } : null;
}

function onPath(env: NodeJS.ProcessEnv): Interpreter | null {
  const candidates =
    process.platform === 'win32'
      ? [
          { name: 'py.exe', args: ['-3'] },
          { name: 'python.exe', args: [] },
        ]
      : [
          { name: 'python3', args: [] },
          { name: 'python', args: [] },
        ];
  for (const { name, args } of candidates) {
    const command = executable(name, env);
    if (command) return { command: behindScript(command), args, source: 'the PATH' };
  }
  return null;
}

/** The full path of a file that may be executed; a bare name is looked up on the PATH. */
function executable(command: string, env: NodeJS.ProcessEnv): string | null {
  const isBare = !/[\\/]/.test(command);
  const folders = isBare ? (env.PATH ?? '').split(delimiter).filter(folder => folder !== '') : [''];
  for (const folder of folders) {
    const path = resolve(folder, command);
    try {
      accessSync(path, constants.X_OK);
      if (statSync(path).isFile()) return path;
    } catch {
      // Not here: the next folder may have it.
    }
  }
  return null;
}

/** The interpreter that a script such as pyenv's shims starts: the script's own processes are not part of the run. */
function behindScript(command: string): string {
  if (!isScript(command)) return command;
  const asked = spawnSync(command, ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8', timeout: 10_000 });
  return executable((asked.stdout ?? '').trim() || command, {}) ?? command;
}

function isScript(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(2);
    readSync(file, start, 0, 2, 0);
    return start.toString('latin1') === '#!';
  } finally {
    closeSync(file);
  }
}
