import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { messageOf, userError } from '../base/errors.ts';
import { asArray, asObject, asString } from '../base/parse.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { pythonAt, pythonOfEnvironment, pythonOnPath } from '../pool/findPython.ts';
import type { Interpreter } from '../run/request.ts';

/**
 * The Python that runs a document's snippets: what the Python Environments extension has chosen for it, then what the Python extension
 * has, then our setting, a `.venv` of the workspace, VIRTUAL_ENV, and whatever is on the PATH. Asked anew for every run.
 *
 * Both extensions are looked up softly: neither exists everywhere (Open VSX), and what they hand out may be incomplete.
 */
export async function findInterpreter(
  resource: vscode.Uri,
  pythonPath: string | null,
  log: vscode.LogOutputChannel,
): Promise<Result<Interpreter>> {
  const workspace = vscode.workspace.getWorkspaceFolder(resource) ?? vscode.workspace.workspaceFolders?.[0];
  const folder = workspace?.uri.fsPath;
  const sources: (() => Promise<Interpreter | null>)[] = [
    () => fromEnvironmentsExtension(resource),
    () => fromPythonExtension(resource),
    () => fromSetting(pythonPath),
    () => fromWorkspace(folder),
    () => fromVirtualEnv(),
    () => pythonOnPath(folder ?? homedir()),
  ];
  for (const source of sources) {
    try {
      const interpreter = await source();
      if (interpreter !== null) return ok(interpreter);
    } catch (error) {
      log.warn(`Looking for an interpreter: ${messageOf(error)}`);
    }
  }
  if (pythonPath !== null) {
    return failed(
      userError(
        'interpreterNotFound',
        `There is no Python at ${pythonPath}, where the setting runInParallel.pythonPath points.`,
        'Correct the setting or clear it.',
        'openInterpreterSetting',
      ),
    );
  }
  return failed(
    userError(
      'interpreterNotFound',
      'No Python interpreter was found.',
      'Install Python 3.8 or later, or set the path of one.',
      'openInterpreterSetting',
    ),
  );
}

async function exportsOf(id: string): Promise<unknown> {
  const extension = vscode.extensions.getExtension<unknown>(id);
  if (!extension) return null;
  return extension.isActive ? extension.exports : await extension.activate();
}

/** Calls a method of something another extension gave us; null when there is none. */
async function call(owner: unknown, method: string, ...args: unknown[]): Promise<unknown> {
  if (typeof owner !== 'object' || owner === null) return null;
  const member: unknown = Reflect.get(owner, method);
  return typeof member === 'function' ? await Reflect.apply(member, owner, args) : null;
}

async function fromEnvironmentsExtension(resource: vscode.Uri): Promise<Interpreter | null> {
  const api = await exportsOf('ms-python.vscode-python-envs');
  const environment = await call(api, 'getEnvironment', resource);
  const execInfo = asObject(asObject(environment)?.execInfo);
  // conda and pyenv need the activated form, which may carry arguments.
  const run = asObject(execInfo?.activatedRun) ?? asObject(execInfo?.run);
  const command = asString(run?.executable);
  if (command === null) return null;
  const args = asArray(run?.args).filter(arg => typeof arg === 'string');
  return pythonAt(command, args, 'the Python Environments extension');
}

async function fromPythonExtension(resource: vscode.Uri): Promise<Interpreter | null> {
  const environments = asObject(await exportsOf('ms-python.python'))?.environments;
  const path = await call(environments, 'getActiveEnvironmentPath', resource);
  const resolved = await call(environments, 'resolveEnvironment', path);
  // A conda environment may have no Python at all: then there is no uri.
  const uri = asObject(asObject(asObject(resolved)?.executable)?.uri);
  const command = asString(uri?.fsPath);
  return command === null ? null : pythonAt(command, [], 'the Python extension');
}

async function fromSetting(pythonPath: string | null): Promise<Interpreter | null> {
  if (pythonPath === null) return null;
  const command = pythonPath.replace(/^~(?=[/\\])/, process.env.HOME ?? process.env.USERPROFILE ?? '~');
  return pythonAt(command, [], 'the setting runInParallel.pythonPath');
}

async function fromWorkspace(folder: string | undefined): Promise<Interpreter | null> {
  return folder === undefined ? null : pythonOfEnvironment(join(folder, '.venv'), 'the workspace .venv');
}

async function fromVirtualEnv(): Promise<Interpreter | null> {
  const folder = process.env.VIRTUAL_ENV;
  return folder ? pythonOfEnvironment(folder, 'VIRTUAL_ENV') : null;
}
