import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Interpreter } from '../run/request.ts';

/** The Python of a virtual environment's folder; null when there is none. */
export async function pythonOfEnvironment(folder: string, source: string): Promise<Interpreter | null> {
  const parts = process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python'];
  return pythonAt(resolve(folder, ...parts), [], source);
}

/** `python3` or `python` on the PATH, the `py` launcher first on Windows; null when there is none. */
export async function pythonOnPath(cwd: string): Promise<Interpreter | null> {
  const onWindows = process.platform === 'win32';
  for (const name of onWindows ? ['py.exe', 'python.exe'] : ['python3', 'python']) {
    const found = await pythonAt(name, name === 'py.exe' ? ['-3'] : [], 'the PATH', cwd);
    if (found !== null) return found;
  }
  return null;
}

/**
 * The interpreter with its full path, when there is an executable file; a bare name is looked up on the PATH. A script, such as
 * pyenv's shims, is asked once for the interpreter behind it: its own processes are no part of a run.
 */
export async function pythonAt(
  command: string,
  args: string[],
  source: string,
  cwd?: string,
): Promise<Interpreter | null> {
  const isBare = !/[\\/]/.test(command);
  const folders = isBare ? (process.env.PATH ?? '').split(delimiter).filter(folder => folder !== '') : [''];
  for (const folder of folders) {
    const path = isBare ? join(folder, command) : resolve(command);
    if (await isExecutable(path)) return { command: await behindScript(path, cwd), args, source };
  }
  return null;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

async function behindScript(path: string, cwd: string | undefined): Promise<string> {
  if (!(await isScript(path))) return path;
  try {
    const options = { timeout: 10_000, ...(cwd === undefined ? {} : { cwd }) };
    const { stdout } = await promisify(execFile)(path, ['-c', 'import sys; print(sys.executable)'], options);
    const executable = stdout.trim();
    return (await isExecutable(executable)) ? executable : path;
  } catch {
    return path; // It can't start Python now: the run will say why.
  }
}

async function isScript(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
      return buffer.toString('latin1') === '#!';
    } finally {
      await file.close();
    }
  } catch {
    return false; // Executable but not readable: certainly no script.
  }
}
