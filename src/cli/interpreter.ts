import { join } from 'node:path';
import { userError } from '../base/errors.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { pythonAt, pythonOfEnvironment, pythonOnPath } from '../pool/findPython.ts';
import type { Interpreter } from '../run/request.ts';

/** --python, else VIRTUAL_ENV, else .venv in the working folder, else what the PATH has. */
export async function findInterpreter(python: string | null, cwd: string): Promise<Result<Interpreter>> {
  if (python !== null) {
    const found = await pythonAt(python, [], '--python', cwd);
    if (found) return ok(found);
    const message = `There is no Python at ${python} (--python).`;
    return failed(userError('interpreterNotFound', message, 'Give the path of an interpreter.'));
  }
  const { VIRTUAL_ENV } = process.env;
  const found =
    (VIRTUAL_ENV ? await pythonOfEnvironment(VIRTUAL_ENV, 'VIRTUAL_ENV') : null) ??
    (await pythonOfEnvironment(join(cwd, '.venv'), '.venv')) ??
    (await pythonOnPath(cwd));
  if (found) return ok(found);
  const advice = 'Install Python 3.8 or later, or give the path of one with --python.';
  return failed(userError('interpreterNotFound', 'No Python interpreter was found.', advice));
}
