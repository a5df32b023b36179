import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf, userError } from '../base/errors.ts';
import { asBoolean, asString, parseObject } from '../base/parse.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { PythonFacts } from '../run/environmentPlan.ts';
import type { Interpreter } from '../run/request.ts';

const probe = `
import json, os, sys, sysconfig
from importlib.util import find_spec
print(json.dumps({
    "version": "%d.%d" % sys.version_info[:2],
    "isVirtual": sys.prefix != sys.base_prefix,
    "isManaged": os.path.exists(os.path.join(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED")),
    "hasPip": find_spec("pip") is not None,
    "hasEnsurepip": find_spec("ensurepip") is not None,
    "hasVenv": find_spec("venv") is not None,
}))`;

/** Asks a Python how packages get into it. (In a folder where no module of the user's can come between.) */
export async function pythonFacts({ command, args }: Interpreter): Promise<Result<PythonFacts>> {
  try {
    const { stdout } = await promisify(execFile)(command, [...args, '-c', probe], { timeout: 20_000, cwd: tmpdir() });
    const said = parseObject(stdout);
    const flag = (name: string) => asBoolean(said?.[name]) ?? false;
    return ok({
      version: asString(said?.version) ?? '3',
      isVirtual: flag('isVirtual'),
      isManaged: flag('isManaged'),
      hasPip: flag('hasPip'),
      hasEnsurepip: flag('hasEnsurepip'),
      hasVenv: flag('hasVenv'),
    });
  } catch (error) {
    const message = `${command} could not be asked what it can install with: ${messageOf(error)}`;
    return failed(
      userError('interpreterFailed', message, 'Choose an interpreter that works.', 'openInterpreterSetting'),
    );
  }
}

/** Path of uv on the PATH; null when it isn't there. */
export async function findUv(): Promise<string | null> {
  const name = process.platform === 'win32' ? 'uv.exe' : 'uv';
  for (const folder of (process.env.PATH ?? '').split(delimiter).filter(part => part !== '')) {
    try {
      await access(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      // Not in this one.
    }
  }
  return null;
}
