// `npm test [suite…] [-- --desktop]`: sets the machine up as far as the suites need it, runs them, and sums up. The last line is
// "N passed, N failed" (and ", N skipped"). Needs only Node's own modules, because it runs before `npm ci`.
//
// What fails where real programs run is tried a second time, alone: machines stall. What passes only then is named at the end, with
// its error, as is what failed twice. Types, style and pure tests have one try.
import { spawn } from 'node:child_process';
import { basename, delimiter } from 'node:path';
import { findChromium } from './lib/browser.mjs';
import { environmentPython } from './lib/environments.mjs';
import { nodeBinary, nodeFolder } from './lib/node.mjs';
import { root } from './lib/places.mjs';
import { stopTree } from './lib/processes.mjs';
import { findPythons, listPythons, newestPython } from './lib/pythons.mjs';
import { afterSecondTry, readNodeTests, readPythonTests } from './lib/testResults.mjs';
import { explain, setUp } from './setup.mjs';

/** @typedef {import('./lib/testResults.mjs').Counts} Counts */
/** @typedef {import('./lib/testResults.mjs').Result} Result */
/** @typedef {import('./setup.mjs').Step} Step */

const desktop = process.argv.includes('--desktop');

/**
 * `besideSetUp`: it may run while the machine is still being set up for the suites after it, as it doesn't look at how threads
 * share the CPUs.
 * @type {Record<string, {needs: Step[], minutes: number, besideSetUp?: true, run: (name: string, deadline: number) => Promise<Counts>}>}
 */
const suites = {
  check: {
    needs: ['node', 'packages'],
    minutes: 3,
    besideSetUp: true,
    run: (name, deadline) => runNode(name, ['scripts/check.mjs'], deadline),
  },
  unit: {
    needs: ['node', 'packages'],
    minutes: 4,
    besideSetUp: true,
    // In one process: they are pure, and starting a process for each file takes longer than they do.
    run: (name, deadline) =>
      runNodeTests(name, 'test/unit/**/*.test.ts', deadline, {
        concurrency: 1,
        flags: ['--test-isolation=none'],
        tries: 1,
      }),
  },
  tracer: { needs: ['python'], minutes: 8, besideSetUp: true, run: runPythonTests },
  process: {
    needs: ['node', 'packages', 'build', 'python'],
    minutes: 12,
    // One file at a time: these tests look at how threads share the CPUs.
    run: (name, deadline) => runNodeTests(name, 'test/process/**/*.test.ts', deadline, { concurrency: 1 }),
  },
  frames: {
    needs: ['node', 'packages', 'build', 'python', 'environments'],
    minutes: 14,
    // Two at a time: libraries and clusters take longer to start than what is tested of them.
    run: (name, deadline) => runNodeTests(name, 'test/frames/**/*.test.ts', deadline, { concurrency: 2 }),
  },
  spark: {
    needs: ['node', 'packages', 'build', 'python', 'java', 'sparkEnvironments', 'sparkPackages'],
    minutes: 20,
    // Two at a time: most of what they take is the starting of JVMs.
    run: (name, deadline) => runNodeTests(name, 'test/spark/**/*.test.ts', deadline, { concurrency: 2 }),
  },
  webview: {
    needs: ['node', 'packages', 'build', 'chromium'],
    minutes: 6,
    run: (name, deadline) => runNodeTests(name, 'test/webview/**/*.test.ts', deadline, { concurrency: 2 }),
  },
  start: {
    needs: ['node', 'packages', 'build', 'python', 'environments', 'java', 'sparkEnvironments', 'vscode', 'chromium'],
    minutes: 5,
    run: (name, deadline) => runNodeTests(name, 'test/start/**/*.test.ts', deadline, { concurrency: 1 }),
  },
  vscode: {
    needs: [
      'node',
      'packages',
      'build',
      'python',
      'environments',
      'java',
      'sparkEnvironments',
      ...(desktop ? [] : /** @type {Step[]} */ (['vscode', 'chromium'])),
    ],
    minutes: 20,
    run: runWindows,
  },
};

/**
 * The tests' environment: Node 24 first on PATH, and what was found on this machine, so that no test searches by itself.
 * RUN_IN_PARALLEL_PYTHONS: paths, oldest version first, separated as PATH is. RUN_IN_PARALLEL_FRAMES_PYTHONS and
 * RUN_IN_PARALLEL_SPARK_PYTHONS: interpreters that have dataframe libraries and Spark, newest libraries first.
 */
function testEnvironment() {
  const env = { ...process.env, PATH: `${nodeFolder()}${delimiter}${process.env.PATH}`, PYTHONDONTWRITEBYTECODE: '1' };
  const chromium = findChromium();
  if (chromium) env.CHROMIUM = chromium;
  env.RUN_IN_PARALLEL_PYTHONS = listPythons()
    .map(({ path }) => path)
    .join(delimiter);
  env.RUN_IN_PARALLEL_FRAMES_PYTHONS = paths([environmentPython('frames'), environmentPython('framesOld')]);
  env.RUN_IN_PARALLEL_SPARK_PYTHONS = paths([environmentPython('spark'), environmentPython('sparkOld')]);
  return env;
}

/** @param {(string | undefined)[]} found */
const paths = found => found.filter(path => path !== undefined).join(delimiter);

/** Commands that run now. @type {Set<number>} */
const running = new Set();
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.once(signal, async () => {
    await Promise.all([...running].map(pid => stopTree(pid, 15_000)));
    process.exit(130);
  });
}

/**
 * Runs a command and returns its output; shows it meanwhile unless `quiet`. At the deadline (ms since the epoch) it's ended, with all
 * below it.
 * @param {string} command @param {string[]} args @param {number} deadline
 * @returns {Promise<{code: number | null, output: string}>}
 */
function watch(command, args, deadline, { quiet = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env: testEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
    if (child.pid) running.add(child.pid);
    let output = '';
    const timer = setTimeout(() => {
      const note = `\n✖ ended: it took longer than the time that its suite may take\n`;
      output += note;
      if (!quiet) process.stdout.write(note);
      if (child.pid) stopTree(child.pid);
    }, deadline - Date.now());
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', text => {
        output += text;
        if (!quiet) process.stdout.write(text);
      });
    }
    child.on('error', reject);
    child.on('close', code => {
      clearTimeout(timer);
      if (child.pid) running.delete(child.pid);
      resolve({ code, output });
    });
  });
}

/** Failed tests, told again at the end: those that failed twice, or in their only try. */
const failures = [];
/** Those that failed only once. */
const unsteady = [];

/**
 * Takes a command's result; has what failed tried once more, if it is little and there is time. More than five failed files or tests
 * are no accident.
 * @param {string} name of the suite @param {Result} first @param {number} deadline
 * @param {(again: string[]) => Promise<Result>} [retry] none: one try
 * @returns {Promise<Counts>}
 */
async function settle(name, first, deadline, retry) {
  let last = first;
  if (retry && first.again.length > 0 && first.again.length <= 5 && Date.now() < deadline) {
    console.log(`\n↻ once more, alone: ${first.again.join(' ')}`);
    const both = afterSecondTry(first, await retry(first.again));
    if (both.unsteady > 0) unsteady.push(`${name}: ${both.unsteady} in ${first.again.join(' ')}\n${first.failures}`);
    last = both;
  }
  if (last.counts.failed > 0) failures.push(`${name}\n${last.failures}`);
  return last.counts;
}

/** @param {string} name @param {string[]} args @param {number} deadline */
async function runNode(name, args, deadline) {
  return settle(name, readNodeTests(await watch(nodeBinary(), args, deadline)), deadline);
}

/**
 * @param {string} name @param {string} files glob @param {number} deadline
 * @param {{concurrency: number, flags?: string[], tries?: 1 | 2}} how
 */
async function runNodeTests(name, files, deadline, { concurrency, flags = [], tries = 2 }) {
  const run = async (/** @type {string[]} */ which, /** @type {number} */ beside) => {
    const common = ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', '--test', '--test-reporter=spec'];
    const args = [...common, `--test-concurrency=${beside}`, ...flags, ...which];
    return readNodeTests(await watch(nodeBinary(), args, deadline));
  };
  const first = await run([files], concurrency);
  return settle(name, first, deadline, tries === 2 ? again => run(again, 1) : undefined);
}

/** @param {string} name @param {number} deadline */
async function runWindows(name, deadline) {
  const run = async (/** @type {string[]} */ which) => {
    const args = ['test/support/vscode/run.mjs', ...which, ...(desktop ? ['--desktop'] : [])];
    return readNodeTests(await watch(nodeBinary(), args, deadline));
  };
  return settle(name, await run([]), deadline, again => run(again.map(file => basename(file))));
}

/**
 * What runs in the user's interpreter is tested in Python, two at a time: the tracer by every Python of the machine; what re-creates
 * programs by one, as its tests start all the others themselves.
 * @param {string} name @param {number} deadline @returns {Promise<Counts>}
 */
async function runPythonTests(name, deadline) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  const waiting = [
    { folder: 'test/program', python: newestPython() },
    ...findPythons().map(python => ({ folder: 'test/tracer', python })),
  ];
  async function work() {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { python, folder } = next;
      const what = `${folder}, Python ${python.version}${python.gil ? '' : ' without the GIL'}`;
      const run = async (/** @type {string[]} */ tests) => {
        const args = ['-m', 'unittest', 'discover', '-v', '-s', folder, ...tests.flatMap(test => ['-k', test])];
        const ended = await watch(python.path, args, deadline, { quiet: true });
        const result = readPythonTests(ended);
        const shown = result.counts.failed > 0 ? ended.output : skipLines(ended.output);
        console.log(`${mark(result.counts)} ${what}: ${sentence(result.counts)}\n${shown}`.trimEnd());
        return result;
      };
      add(total, await settle(`${name}, ${what}`, await run([]), deadline, run));
    }
  }
  await Promise.all([work(), work()]);
  return total;
}

/** @param {Counts} counts */
const mark = ({ failed }) => (failed > 0 ? '✖' : '✔');

/** @param {Counts} total @param {Counts} counts */
function add(total, counts) {
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
}

/** @param {string} output */
const skipLines = output => (output.match(/^.*\.\.\. skipped .*$/gm) ?? []).map(line => `  ${line}`).join('\n');

/** @param {Counts} counts */
function sentence({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** Steps of the set-up, each begun once, after the one before it has ended. @type {Map<Step, Promise<unknown>>} */
const begun = new Map();
/** Never rejects: a step that can't be taken is told by the suites that need it. @type {Promise<unknown>} */
let setUpEnds = Promise.resolve();

/** @param {Step[]} needs */
function begin(needs) {
  for (const step of needs) {
    if (begun.has(step)) continue;
    const taken = setUpEnds.then(() => setUp([step], wholeLines()));
    begun.set(step, taken);
    setUpEnds = taken.catch(() => {});
  }
}

/** Writes lines of the set-up whole, among what the suites say meanwhile. */
function wholeLines() {
  let line = '';
  return (/** @type {string} */ text) => {
    line += text;
    if (!line.endsWith('\n')) return;
    process.stdout.write(line);
    line = '';
  };
}

/** @param {string} name @returns {Promise<Counts>} */
async function runSuite(name) {
  const suite = suites[name];
  try {
    await Promise.all(suite.needs.map(step => begun.get(step)));
  } catch (error) {
    explain(error);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  if (!suite.besideSetUp) await setUpEnds;
  console.log(`\n━━ ${name}`);
  return suite.run(name, Date.now() + suite.minutes * 60_000);
}

const named = process.argv.slice(2).filter(argument => argument !== '--desktop');
const unknown = named.filter(name => !Object.hasOwn(suites, name));
if (unknown.length > 0) {
  console.error(
    `Unknown suite ${unknown.join(', ')}. Usage: npm test -- [${Object.keys(suites).join('] [')}] [--desktop]`,
  );
  process.exit(2);
}
const total = { passed: 0, failed: 0, skipped: 0 };
const table = [];
const chosen = Object.keys(suites).filter(suite => named.length === 0 || named.includes(suite));
for (const name of chosen) begin(suites[name].needs);
for (const name of chosen) {
  const started = performance.now();
  const counts = await runSuite(name);
  const seconds = Math.round((performance.now() - started) / 1000);
  add(total, counts);
  table.push(`${mark(counts)} ${name.padEnd(9)}${`${seconds} s`.padStart(6)}   ${sentence(counts)}`);
}
for (const text of unsteady) console.log(`\n━━ passed at the second try, ${text}`);
for (const text of failures) console.log(`\n━━ failed, ${text}`);
console.log(`\n${table.join('\n')}\n`);
for (const text of unsteady) console.log(`↻ passed at the second try, ${text.split('\n', 1)[0]}`);
console.log(sentence(total));
process.exitCode = total.failed > 0 ? 1 : 0;
