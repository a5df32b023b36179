import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** An interpreter of this machine. */
export interface Python {
  readonly path: string;
  /** The minor version: 8 for Python 3.8. */
  readonly minor: number;
}

/** The oldest and the newest CPython 3.8+ found on PATH and among pyenv's versions (the same one twice if it is alone). */
export function oldestAndNewestPython(): { oldest: Python; newest: Python } {
  const pythons = candidates()
    .map(identify)
    .filter(python => python !== undefined)
    .sort((a, b) => a.minor - b.minor);
  const [oldest, newest] = [pythons.at(0), pythons.at(-1)];
  if (!oldest || !newest) throw new Error('No Python 3.8 or newer on PATH: the samples cannot be tested');
  return { oldest, newest };
}

function candidates(): string[] {
  const pyenv = join(homedir(), '.pyenv', 'versions');
  const installed = existsSync(pyenv) ? readdirSync(pyenv).map(name => join(pyenv, name, 'bin', 'python3')) : [];
  return ['python3', ...installed];
}

function identify(path: string): Python | undefined {
  const question = 'import sys; print(sys.implementation.name, sys.version_info[0], sys.version_info[1])';
  try {
    const [name, major, minor] = execFileSync(path, ['-c', question], { encoding: 'utf8', stdio: 'pipe' }).split(' ');
    return name === 'cpython' && major === '3' && Number(minor) >= 8 ? { path, minor: Number(minor) } : undefined;
  } catch {
    return undefined; // a name on the list without a working interpreter behind it
  }
}
