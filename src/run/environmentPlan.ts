import { type UserError, userError } from '../base/errors.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { Interpreter } from './request.ts';

/** What a Python says of itself, on which it depends how packages get into it. */
export interface PythonFacts {
  /** `3.13`. */
  version: string;
  /** In a virtual environment. */
  isVirtual: boolean;
  /** The system's own package manager forbids pip to touch it (PEP 668). */
  isManaged: boolean;
  hasPip: boolean;
  hasEnsurepip: boolean;
  hasVenv: boolean;
}

/** Commands to be run one after another, each as its argv. */
export type Steps = string[][];

/**
 * How to install packages into an interpreter's environment.
 *
 * @param uv path of uv; null = not there
 */
export function planInstall(
  { command, args }: Interpreter,
  facts: PythonFacts,
  uv: string | null,
  packages: readonly string[],
): Result<Steps> {
  if (facts.isManaged && !facts.isVirtual) {
    return failed(
      userError(
        'managedInterpreter',
        `${command} belongs to the operating system, which lets only its own package manager install into it.`,
        'Create an environment for the workspace instead.',
        'createEnvironment',
      ),
    );
  }
  const pip = [command, ...args, '-m', 'pip', 'install', ...packages];
  if (facts.hasPip) return ok([pip]);
  if (uv !== null && args.length === 0) return ok([[uv, 'pip', 'install', '--python', command, ...packages]]);
  if (facts.hasEnsurepip) return ok([[command, ...args, '-m', 'ensurepip', '--upgrade'], pip]);
  return failed(
    userError(
      'noPip',
      `${command} has no pip to install with.`,
      `Install it (on Debian: sudo apt install python3-pip), or create an environment for the workspace.`,
      'createEnvironment',
    ),
  );
}

/**
 * How to make an environment with packages.
 *
 * @param folder where to; nothing is there yet, or an environment that works and only lacks the packages (`exists`)
 * @param python path of the interpreter in it, once it is made
 */
export function planEnvironment(
  base: Interpreter,
  facts: PythonFacts,
  uv: string | null,
  target: { folder: string; python: string; exists: boolean; packages: readonly string[] },
): Result<Steps> {
  const { folder, python, exists, packages } = target;
  if (uv !== null && base.args.length === 0) {
    const install = [uv, 'pip', 'install', '--python', python, ...packages];
    return ok(exists ? [install] : [[uv, 'venv', '--seed', '--python', base.command, folder], install]);
  }
  const install = [python, '-m', 'pip', 'install', ...packages];
  if (exists) return ok([install]);
  if (facts.hasVenv && facts.hasEnsurepip) return ok([[base.command, ...base.args, '-m', 'venv', folder], install]);
  return failed(noVenv(base.command, facts.version));
}

function noVenv(command: string, version: string): UserError {
  return userError(
    'noVenv',
    `${command} can't make environments: it lacks the modules venv and ensurepip.`,
    `Install them (on Debian: sudo apt install python${version}-venv), or install uv, or choose another interpreter.`,
    'openInterpreterSetting',
  );
}

/**
 * What an environment for code that lacks `missing` gets. Code of dataframes gets all the pinned releases, which were tested together,
 * but Spark (half a gigabyte) only when it is what's missing; other packages come alone.
 *
 * @param pinned the text of our requirements file
 */
export function packagesForEnvironment(missing: readonly string[], pinned: string): string[] {
  const lines = pinned.split('\n').filter(line => line !== '' && !line.startsWith('#'));
  const names = new Set(lines.map(nameOf));
  const others = missing.filter(name => !names.has(nameOf(name)));
  if (others.length === missing.length) return [...others];
  const withSpark = missing.some(name => nameOf(name) === 'pyspark');
  return [...lines.filter(line => withSpark || nameOf(line) !== 'pyspark'), ...others];
}

/** `dask` of `dask[dataframe]>=2024; python_version > "3.9"`. */
function nameOf(requirement: string): string {
  return (/^[\w.-]+/.exec(requirement)?.[0] ?? '').toLowerCase().replaceAll('_', '-');
}
