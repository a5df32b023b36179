// Python environments with real dataframe and Spark libraries, for the samples and the tests: made once, kept in the cache folder.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { cacheFolder, root } from './places.mjs';
import { aptInstall, isAlive, onPath, run, SetUpError, tryCapture } from './processes.mjs';
import { listPythons } from './pythons.mjs';

/** @typedef {import('./pythons.mjs').Python} Python */
/**
 * @typedef {object} Recipe
 * @property {string} name
 * @property {string} requirements path of a requirements file, from the root
 * @property {RegExp} [without] lines of it that this environment does without
 * @property {string[]} [more] requirements of the tests alone
 * @property {string} [constraints] path of pip's constraints
 * @property {[number, number]} minors the oldest and the newest Python 3.N that it is meant for
 * @property {'oldest' | 'newest'} python which of the machine's Pythons in that range
 * @property {string} check Python code that must run in it
 */

/** @type {Record<'frames' | 'framesOld' | 'spark' | 'sparkOld', Recipe>} */
const recipes = {
  // Without Spark, which alone is as large as the rest.
  frames: {
    name: 'frames',
    requirements: 'samples/requirements.txt',
    without: /^pyspark\b/,
    more: ['asyncssh==2.24.1'],
    constraints: 'test/frames/constraints.txt',
    minors: [11, 14],
    python: 'newest',
    check: 'import dask.dataframe, distributed, duckdb, numpy, pandas, polars, pyarrow',
  },
  framesOld: {
    name: 'frames-old',
    requirements: 'test/frames/requirements-old.txt',
    minors: [9, 11],
    python: 'oldest',
    check: 'import dask.dataframe, distributed, duckdb, numpy, pandas, polars, pyarrow',
  },
  // All of it: also what `npm start` gives to the samples.
  spark: {
    name: 'spark',
    requirements: 'samples/requirements.txt',
    constraints: 'test/frames/constraints.txt',
    minors: [11, 14],
    python: 'newest',
    check: 'import dask.dataframe, distributed, duckdb, numpy, pandas, polars, pyarrow, pyspark.sql',
  },
  sparkOld: {
    name: 'spark-old',
    requirements: 'test/spark/requirements-old.txt',
    minors: [9, 11],
    python: 'oldest',
    check: 'import numpy, pandas, pyarrow, pyspark.sql',
  },
};

/** @typedef {keyof typeof recipes} EnvironmentName */

/** The Python that a recipe is made with, or undefined when this machine has none in its range. @param {Recipe} recipe */
function pythonFor({ minors: [first, last], python }) {
  const fitting = listPythons().filter(({ version, gil }) => {
    const minor = Number(version.split('.')[1]);
    return gil && minor >= first && minor <= last;
  });
  return fitting.at(python === 'newest' ? -1 : 0);
}

/** What is to be installed, one requirement a line. @param {Recipe} recipe */
function requirementsOf({ requirements, without, more = [] }) {
  const lines = readFileSync(join(root, requirements), 'utf8')
    .split('\n')
    .filter(line => line && !line.startsWith('#') && !without?.test(line));
  return [...lines, ...more].join('\n');
}

/** Where an environment is or will be: named by all that it is made of. @param {Recipe} recipe @param {Python} python */
function placeOf(recipe, python) {
  const constraints = recipe.constraints ? readFileSync(join(root, recipe.constraints), 'utf8') : '';
  const parts = [python.path, python.version, requirementsOf(recipe), constraints];
  const hash = createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 12);
  return join(cacheFolder(), `${recipe.name}-${python.version}-${hash}`);
}

/** @param {string} folder of an environment */
function interpreterIn(folder) {
  return process.platform === 'win32' ? join(folder, 'Scripts/python.exe') : join(folder, 'bin/python');
}

/** The interpreter of an environment that is ready, or undefined. @param {EnvironmentName} name @returns {string | undefined} */
export function environmentPython(name) {
  const python = pythonFor(recipes[name]);
  if (!python) return undefined;
  const interpreter = interpreterIn(placeOf(recipes[name], python));
  return existsSync(interpreter) ? interpreter : undefined;
}

/**
 * Makes an environment unless it is there. null: this machine has no Python that it's meant for.
 * @param {EnvironmentName} name
 * @returns {Promise<{version: string, made: boolean} | null>}
 * @throws {SetUpError} when it can't be made
 */
export async function makeEnvironment(name) {
  const recipe = recipes[name];
  const python = pythonFor(recipe);
  if (!python) return null;
  const place = placeOf(recipe, python);
  removeAbandoned(place);
  if (isReady(place)) return { version: python.version, made: false };
  // Of this process alone: two that make it at the same time don't disturb each other, and the first to be ready wins.
  const partial = `${place}.${process.pid}.partial`;
  await fill(partial, recipe, python);
  pointScriptsTo(partial, place);
  if (isReady(place)) {
    rmSync(partial, { recursive: true, force: true });
    return { version: python.version, made: false };
  }
  rmSync(place, { recursive: true, force: true });
  renameSync(partial, place);
  return { version: python.version, made: true };
}

/** Whether an environment works: its base interpreter may have gone since it was made. @param {string} place */
function isReady(place) {
  return tryCapture(interpreterIn(place), ['--version']) !== undefined;
}

/** @param {string} folder @param {Recipe} recipe @param {Python} python */
async function fill(folder, recipe, python) {
  const uv = onPath('uv');
  if (uv) await run(uv, ['venv', '--seed', '--python', python.path, folder], { remedy });
  else await makeVenv(folder, python);
  const interpreter = interpreterIn(folder);
  const list = join(folder, 'requirements.txt');
  writeFileSync(list, `${requirementsOf(recipe)}\n`);
  const what = ['-r', list, ...(recipe.constraints ? ['-c', join(root, recipe.constraints)] : [])];
  if (uv) await run(uv, ['pip', 'install', '--quiet', '--python', interpreter, ...what], { remedy });
  else await run(interpreter, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...what], { remedy });
  await run(interpreter, ['-c', recipe.check], {
    remedy: `Delete ${cacheFolder()} and run this again; else correct ${recipe.requirements}.`,
  });
}

const remedy = 'Check the network and the package index (pip config list), then run this again.';

/** With what Python itself brings; on Debian that is a package of its own. @param {string} folder @param {Python} python */
async function makeVenv(folder, python) {
  if (tryCapture(python.path, ['-c', 'import ensurepip, venv']) === undefined) {
    if (!python.path.startsWith('/usr/bin/')) {
      throw new SetUpError(
        `${python.path} lacks the modules venv and ensurepip.`,
        'Install uv (it makes environments without them), or a Python that has them.',
      );
    }
    const [major, minor] = python.version.split('.');
    await aptInstall([`python${major}.${minor}-venv`], `The venv module of ${python.path}`);
  }
  await run(python.path, ['-m', 'venv', folder], { remedy: `Check that ${python.path} works and the disk has room.` });
}

/** The scripts of an environment name its folder: rewritten before it gets its last name. @param {string} from @param {string} to */
function pointScriptsTo(from, to) {
  const scripts = dirname(interpreterIn(from));
  const [name, newName] = [basename(from), basename(to)];
  const texts = readdirSync(scripts).map(file => join(scripts, file));
  for (const path of [...texts, join(from, 'pyvenv.cfg')]) {
    const stat = statSync(path);
    if (!stat.isFile() || stat.size > 100_000) continue;
    const text = readFileSync(path, 'latin1');
    if (text.includes(name))
      writeFileSync(path, text.replaceAll(name, newName), { encoding: 'latin1', mode: stat.mode });
  }
}

/** Deletes what processes left that were ended while they made this environment. @param {string} place */
function removeAbandoned(place) {
  for (const name of readdirSync(dirname(place))) {
    const [, maker] = name.startsWith(`${basename(place)}.`) ? (/\.(\d+)\.partial$/.exec(name) ?? []) : [];
    if (maker && !isAlive(Number(maker))) rmSync(join(dirname(place), name), { recursive: true, force: true });
  }
}
