// `npm test [suite…] [-- --desktop]`: sets the machine up as far as the suites need it, runs them, and sums up. The last line is
// "N passed, N failed" (and ", N skipped"). Needs only Node's own modules, because it runs before `npm ci`.
import { spawn } from 'node:child_process';
import { delimiter } from 'node:path';
import { findChromium } from './lib/browser.mjs';
import { nodeBinary, nodeFolder } from './lib/node.mjs';
import { root } from './lib/places.mjs';
import { stopTree } from './lib/processes.mjs';
import { findPythons, listPythons, newestPython } from './lib/pythons.mjs';
import { explain, setUp } from './setup.mjs';

/** @typedef {{passed: number, failed: number, skipped: number}} Counts */
/** @typedef {import('./setup.mjs').Step} Step */

const desktop = process.argv.includes('--desktop');

/** @type {Record<string, {needs: Step[], minutes: number, run: (deadline: number) => Promise<Counts>}>} */
const suites = {
  check: { needs: ['node', 'packages'], minutes: 3, run: deadline => runNode(['scripts/check.mjs'], deadline) },
  unit: {
    needs: ['node', 'packages'],
    minutes: 4,
    run: deadline => runNodeTests('test/unit/**/*.test.ts', deadline, 2),
  },
  tracer: { needs: ['python'], minutes: 8, run: runPythonTests },
  process: {
    needs: ['node', 'packages', 'build', 'python'],
    minutes: 10,
    // One file at a time: these tests look at how threads share the CPUs.
    run: deadline => runNodeTests('test/process/**/*.test.ts', deadline, 1),
  },
  webview: {
    needs: ['node', 'packages', 'build', 'chromium'],
    minutes: 6,
    run: deadline => runNodeTests('test/webview/**/*.test.ts', deadline, 2),
  },
  start: {
    needs: ['node', 'packages', 'build', 'python', 'vscode', 'chromium'],
    minutes: 5,
    run: deadline => runNodeTests('test/start/**/*.test.ts', deadline, 1),
  },
  vscode: {
    needs: ['node', 'packages', 'build', 'python', ...(desktop ? [] : /** @type {Step[]} */ (['vscode', 'chromium']))],
    minutes: 10,
    run: deadline => runNode(['test/support/vscode/run.mjs', ...(desktop ? ['--desktop'] : [])], deadline),
  },
};

/**
 * The tests' environment: Node 24 first on PATH, and what was found on this machine, so that no test searches by itself.
 * RUN_IN_PARALLEL_PYTHONS: paths, oldest version first, separated as PATH is.
 */
function testEnvironment() {
  const env = { ...process.env, PATH: `${nodeFolder()}${delimiter}${process.env.PATH}`, PYTHONDONTWRITEBYTECODE: '1' };
  const chromium = findChromium();
  if (chromium) env.CHROMIUM = chromium;
  env.RUN_IN_PARALLEL_PYTHONS = listPythons()
    .map(({ path }) => path)
    .join(delimiter);
  return env;
}

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

/** Sums up what node:test's spec reporter, or one that prints like it, has said. @returns {Counts} */
function countNodeTests({ code, output }) {
  const sum = name =>
    [...output.matchAll(new RegExp(`^ℹ ${name} (\\d+)\\s*$`, 'gm'))].reduce((all, m) => all + Number(m[1]), 0);
  const counts = { passed: sum('pass'), failed: sum('fail') + sum('cancelled'), skipped: sum('skipped') + sum('todo') };
  const ranNothing = counts.passed + counts.skipped === 0;
  if (counts.failed === 0 && (code !== 0 || ranNothing)) counts.failed = 1;
  return counts;
}

/** @param {string[]} args @param {number} deadline */
async function runNode(args, deadline) {
  return countNodeTests(await watch(nodeBinary(), args, deadline));
}

/** @param {string} files glob @param {number} deadline @param {number} concurrency */
function runNodeTests(files, deadline, concurrency) {
  const flags = ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', '--test', '--test-reporter=spec'];
  return runNode([...flags, `--test-concurrency=${concurrency}`, files], deadline);
}

/** Sums up unittest's verbose output. @returns {Counts} */
function countPythonTests({ code, output }) {
  const number = pattern => Number(pattern.exec(output)?.[1] ?? 0);
  const failed = number(/failures=(\d+)/) + number(/errors=(\d+)/) + number(/unexpected successes=(\d+)/);
  const skipped = number(/skipped=(\d+)/) + number(/expected failures=(\d+)/);
  const passed = Math.max(0, number(/^Ran (\d+) tests?/m) - failed - skipped);
  return { passed, failed: failed === 0 && (code !== 0 || passed + skipped === 0) ? 1 : failed, skipped };
}

/**
 * What runs in the user's interpreter is tested in Python, two at a time: the tracer by every Python of the machine; what re-creates
 * programs by one, as its tests start all the others themselves.
 * @param {number} deadline @returns {Promise<Counts>}
 */
async function runPythonTests(deadline) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  const waiting = [
    { folder: 'test/program', python: newestPython() },
    ...findPythons().map(python => ({ folder: 'test/tracer', python })),
  ];
  async function work() {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { python, folder } = next;
      const result = await watch(python.path, ['-m', 'unittest', 'discover', '-v', '-s', folder], deadline, {
        quiet: true,
      });
      const counts = countPythonTests(result);
      add(total, counts);
      const shown = counts.failed > 0 ? result.output : skipLines(result.output);
      const name = `${folder}, Python ${python.version}${python.gil ? '' : ' without the GIL'}`;
      console.log(`${counts.failed > 0 ? '✖' : '✔'} ${name}: ${sentence(counts)}\n${shown}`.trimEnd());
    }
  }
  await Promise.all([work(), work()]);
  return total;
}

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

/** Steps of the set-up that were taken, or why not. @type {Map<Step, unknown>} */
const prepared = new Map();

/** @param {Step[]} needs @throws the same error again for a step that failed before */
async function prepare(needs) {
  for (const step of needs) {
    if (!prepared.has(step)) {
      try {
        await setUp([step]);
        prepared.set(step, undefined);
      } catch (error) {
        prepared.set(step, error);
      }
    }
    const problem = prepared.get(step);
    if (problem !== undefined) throw problem;
  }
}

/** @param {string} name @returns {Promise<Counts>} */
async function runSuite(name) {
  const suite = suites[name];
  try {
    await prepare(suite.needs);
  } catch (error) {
    explain(error);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  console.log(`\n━━ ${name}`);
  return suite.run(Date.now() + suite.minutes * 60_000);
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
for (const name of Object.keys(suites).filter(suite => named.length === 0 || named.includes(suite))) {
  const started = performance.now();
  const counts = await runSuite(name);
  const seconds = Math.round((performance.now() - started) / 1000);
  add(total, counts);
  table.push(`${counts.failed > 0 ? '✖' : '✔'} ${name.padEnd(9)}${`${seconds} s`.padStart(6)}   ${sentence(counts)}`);
}
console.log(`\n${table.join('\n')}\n\n${sentence(total)}`);
process.exitCode = total.failed > 0 ? 1 : 0;
