// Java packages that tests of Spark need beside PySpark, fetched by Spark itself and kept in the cache folder.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { environmentPython } from './environments.mjs';
import { cacheFolder } from './places.mjs';
import { run, SetUpError } from './processes.mjs';

/**
 * @typedef {object} SparkPackages
 * @property {import('./environments.mjs').EnvironmentName} environment whose Spark they are for
 * @property {string[]} packages Maven coordinates, with all that they need
 * @property {string[]} without `group:artifact` that this Spark has already
 */

/** @type {Record<'yarn' | 'connectOld', SparkPackages>} */
const recipes = {
  // A resource manager and node managers in one process, and what their classes name.
  yarn: {
    environment: 'spark',
    packages: [
      'org.apache.hadoop:hadoop-client-minicluster:3.5.0',
      'org.junit.jupiter:junit-jupiter-api:5.10.2',
      'org.bouncycastle:bcpkix-jdk18on:1.78.1',
    ],
    without: ['org.apache.hadoop:hadoop-client-api', 'org.apache.hadoop:hadoop-client-runtime'],
  },
  // PySpark 3.5 comes without its Connect server.
  connectOld: { environment: 'sparkOld', packages: ['org.apache.spark:spark-connect_2.12:3.5.7'], without: [] },
};

/** @param {SparkPackages} recipe */
function placeOf({ packages, without }) {
  const hash = createHash('sha256')
    .update(JSON.stringify([packages, without]))
    .digest('hex')
    .slice(0, 12);
  return join(cacheFolder(), `spark-packages-${hash}`);
}

/** Paths of the jars; none when they have not been fetched. @param {keyof typeof recipes} name @returns {string[]} */
export function sparkJars(name) {
  const folder = join(placeOf(recipes[name]), 'jars');
  return existsSync(folder) ? readdirSync(folder).map(file => join(folder, file)) : [];
}

/**
 * Fetches what isn't there. A registry that can't be reached is told, and fails nothing: tests without their package are skipped.
 * @returns {Promise<string>} what there is, as a text
 */
export async function fetchSparkPackages() {
  const told = [];
  for (const [name, recipe] of Object.entries(recipes)) {
    const python = environmentPython(recipe.environment);
    if (existsSync(placeOf(recipe))) told.push(`${name} ready`);
    else told.push(python ? await fetched(name, recipe, python) : `${name}: no Spark to fetch it`);
  }
  return told.join(', ');
}

/** @param {string} name @param {SparkPackages} recipe @param {string} python */
async function fetched(name, recipe, python) {
  const place = placeOf(recipe);
  const partial = `${place}.${process.pid}.partial`;
  mkdirSync(partial, { recursive: true });
  const settings = {
    'spark.jars.packages': recipe.packages.join(','),
    'spark.jars.excludes': recipe.without.join(','),
    'spark.jars.ivy': partial,
  };
  const code = `
import sys
from pyspark import SparkConf, SparkContext

settings = [pair.split('=', 1) for pair in sys.argv[1:]]
SparkContext(conf=SparkConf().setMaster('local[1]').setAll([(key, value) for key, value in settings if value])).stop()
`;
  try {
    await run(python, ['-c', code, ...Object.entries(settings).map(([key, value]) => `${key}=${value}`)]);
    if (!existsSync(place)) renameSync(partial, place);
    return `${name} fetched`;
  } catch (error) {
    if (!(error instanceof SetUpError)) throw error;
    return `${name} can't be fetched now`;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}
