// The Python interpreters of this machine.
import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isProgram, onPath, SetUpError, tryCapture } from './processes.mjs';

/** @typedef {{path: string, version: string, gil: boolean}} Python */

const probe = `
import json, sys, sysconfig
print(json.dumps({"path": sys.executable, "version": "%d.%d.%d" % sys.version_info[:3], "minor": sys.version_info[1],
 "major": sys.version_info[0], "gil": not sysconfig.get_config_var("Py_GIL_DISABLED")}))`;

function candidates() {
  const minors = Array.from({ length: 12 }, (_, i) => `python3.${19 - i}`);
  const found = [process.env.PYTHON, onPath('python3'), onPath('python'), ...minors.map(onPath), '/usr/bin/python3'];
  const pyenv = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions');
  try {
    for (const version of readdirSync(pyenv)) found.push(join(pyenv, version, 'bin/python3'));
  } catch {
    // No pyenv here.
  }
  return found.filter(path => path !== undefined && isProgram(path));
}

/** @type {Python[] | undefined} */
let known;

/**
 * The Pythons of this machine: 3.8 or newer, one of each minor version (and build without the GIL), newest last. $PYTHON and PATH
 * come before pyenv's.
 * @returns {Python[]}
 */
export function listPythons() {
  if (known) return known;
  /** @type {Map<string, Python & {minor: number}>} */
  const found = new Map();
  for (const candidate of candidates()) {
    const answer = tryCapture(candidate, ['-I', '-c', probe]);
    if (!answer) continue;
    const { path, version, major, minor, gil } = JSON.parse(answer);
    const key = `${minor}${gil ? '' : 't'}`;
    if (major === 3 && minor >= 8 && !found.has(key)) found.set(key, { path, version, minor, gil });
  }
  known = [...found.values()].sort((a, b) => a.minor - b.minor);
  return known;
}

/** As `listPythons`. @returns {[Python, ...Python[]]} @throws {SetUpError} when there is none */
export function findPythons() {
  const [first, ...others] = listPythons();
  if (first) return [first, ...others];
  throw new SetUpError(
    'No Python 3.8 or newer was found on PATH, in $PYTHON or in ~/.pyenv/versions.',
    'Install Python (on Debian: apt-get install python3) or set PYTHON to its path.',
  );
}

/** The newest. @throws {SetUpError} when there is none */
export function newestPython() {
  const all = findPythons();
  return all[all.length - 1] ?? all[0];
}
