// Sets this machine up for `npm start` and `npm test`, as far as it isn't: npm packages, Node 24, the build, VS Code, Chromium, Python.
// Needs only Node's own modules, because it runs before `npm ci`. By itself it takes every step: node scripts/setup.mjs [step…]
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findChromium, installChromium } from './lib/browser.mjs';
import { makeEnvironment } from './lib/environments.mjs';
import { setUpJava } from './lib/java.mjs';
import { installNode, nodeBinary, nodeFolder, pinnedNode } from './lib/node.mjs';
import { nodeVersion, root } from './lib/places.mjs';
import { npm, run, SetUpError } from './lib/processes.mjs';
import { findPythons, newestPython } from './lib/pythons.mjs';
import { fetchSparkPackages } from './lib/sparkPackages.mjs';
import { installVSCode } from './lib/vscode.mjs';

export { nodeBinary } from './lib/node.mjs';

/** @typedef {'packages' | 'node' | 'build' | 'python' | 'environments' | 'java' | 'sparkEnvironments' | 'sparkPackages' | 'vscode' | 'chromium'} Step */

/** Every step, in the order in which they need each other. @type {Step[]} */
export const allSteps = [
  'node',
  'packages',
  'build',
  'python',
  'environments',
  'java',
  'sparkEnvironments',
  'sparkPackages',
  'vscode',
  'chromium',
];

/** What each step does; the text that it returns ends its line. @type {Record<Step, {doing: string, run: () => Promise<string>}>} */
const steps = {
  node: {
    doing: 'Node for the tests',
    run: async () => {
      if (nodeBinary() === process.execPath) return `${process.version}, this one`;
      return `v${nodeVersion} ${(await installNode()) ? 'installed' : 'ready'}`;
    },
  },
  packages: {
    doing: 'npm packages',
    run: async () => {
      if (packagesAreCurrent()) return 'ready';
      // No install scripts: nothing that we use needs one, and npm 11 asks before it runs any.
      await npm(['ci', '--ignore-scripts'], { cwd: root, nodeFolder: nodeFolder() });
      return 'installed';
    },
  },
  build: {
    doing: 'the extension',
    run: async () => {
      await run(nodeBinary(), [join(root, 'scripts/build.mjs')], {
        cwd: root,
        remedy: 'Correct the source that the message names.',
      });
      return 'built';
    },
  },
  python: {
    doing: 'Python',
    run: async () =>
      findPythons()
        .map(({ version, gil }) => (gil ? version : `${version}t`))
        .join(', '),
  },
  environments: {
    doing: 'pandas, polars and Dask (the first time takes some minutes)',
    run: () => makeEnvironments(['frames', 'framesOld']),
  },
  java: { doing: 'Java for Spark', run: setUpJava },
  sparkEnvironments: {
    doing: 'Spark (the first time takes some minutes)',
    run: () => makeEnvironments(['spark', 'sparkOld']),
  },
  sparkPackages: { doing: 'YARN and an older Connect server for Spark', run: fetchSparkPackages },
  vscode: {
    doing: 'VS Code (server build; the first time takes some minutes)',
    run: async () => {
      await installNode();
      return (await installVSCode(newestPython().path)) ? 'installed' : 'ready';
    },
  },
  chromium: {
    doing: 'Chromium',
    run: async () => ((await installChromium()) ? 'installed' : (findChromium() ?? '')),
  },
};

/**
 * Makes Python environments that aren't there, at the same time: what takes long is to fetch.
 * @param {import('./lib/environments.mjs').EnvironmentName[]} names
 */
async function makeEnvironments(names) {
  const ends = await Promise.allSettled(names.map(makeEnvironment));
  const results = ends.map((end, index) => {
    if (end.status === 'rejected') throw end.reason;
    const { value } = end;
    return value ? `${value.version} ${value.made ? 'made' : 'ready'}` : `no Python here for ${names[index]}`;
  });
  return results.join(', ');
}

/**
 * Whether node_modules holds what package-lock.json names: npm's own record of what it installed must agree, except for
 * optional packages, of which only this platform's are there.
 */
function packagesAreCurrent() {
  const record = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const { packages: wanted } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const { packages: installed } = JSON.parse(readFileSync(record, 'utf8'));
  return Object.keys(wanted).every(path => {
    if (path === '') return true;
    if (!installed[path]) return wanted[path].optional === true;
    return installed[path].version === wanted[path].version && existsSync(join(root, path));
  });
}

/**
 * Takes the named steps, one line each.
 * @param {Step[]} wanted
 * @param {(text: string) => void} write gets the lines, in pieces
 * @throws {SetUpError} with the remedy, at the first that can't be done
 */
export async function setUp(wanted = allSteps, write = text => void process.stdout.write(text)) {
  for (const name of allSteps.filter(step => wanted.includes(step))) {
    const { doing, run: take } = steps[name];
    const started = performance.now();
    write(`set-up: ${doing} … `);
    try {
      const result = await take();
      const seconds = Math.round((performance.now() - started) / 1000);
      write(`${result}${seconds > 1 ? ` (${seconds} s)` : ''}\n`);
    } catch (error) {
      write('failed\n');
      throw error;
    }
  }
  return { node: nodeBinary(), pinnedNode: pinnedNode() };
}

/** Prints an error of the set-up as a sentence and its remedy; rethrows what is our own fault. @param {unknown} error */
export function explain(error) {
  if (!(error instanceof SetUpError)) throw error;
  console.error(`\n${error.message}${error.remedy ? `\nWhat to do: ${error.remedy}` : ''}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter(name => !allSteps.some(step => step === name));
  if (unknown.length > 0) {
    console.error(`Unknown step ${unknown.join(', ')}; the steps are ${allSteps.join(', ')}.`);
    process.exit(2);
  }
  try {
    await setUp(wanted.length > 0 ? allSteps.filter(step => wanted.includes(step)) : allSteps);
  } catch (error) {
    explain(error);
    process.exitCode = 3;
  }
}
