// What test commands have said, read from their output. Only Node's own modules.

/** @typedef {{passed: number, failed: number, skipped: number}} Counts */
/**
 * `again`: what holds the failed tests and can be run by itself: files of node:test; empty where nothing failed or where a test was
 * not what failed. `failures`: the failed tests with their errors, as they were told.
 * @typedef {{counts: Counts, again: string[], failures: string}} Result
 */

/** Where node:test's spec reporter begins to tell of failed tests; the suite "vscode" ends likewise. */
const failing = /^✖ failing tests:$/m;

/**
 * Sums up node:test's spec reporter, or a command that prints like it. A command that failed without telling of a test, or that ran
 * none, counts as one failed test.
 * @param {{code: number | null, output: string}} ended @returns {Result}
 */
export function readNodeTests({ code, output }) {
  const sum = name =>
    [...output.matchAll(new RegExp(`^ℹ ${name} (\\d+)\\s*$`, 'gm'))].reduce((all, m) => all + Number(m[1]), 0);
  const counts = { passed: sum('pass'), failed: sum('fail') + sum('cancelled'), skipped: sum('skipped') + sum('todo') };
  const ranNothing = counts.passed + counts.skipped === 0;
  if (counts.failed === 0 && (code !== 0 || ranNothing)) counts.failed = 1;
  const begin = output.search(failing);
  const failures = counts.failed > 0 ? output.slice(begin < 0 ? -2000 : begin) : '';
  const files = begin < 0 ? [] : [...failures.matchAll(/^test at (.+\.ts)(?::\d+:\d+)?$/gm)].map(([, file]) => file);
  return { counts, again: [...new Set(files)], failures };
}

/** Sums up unittest's verbose output. @param {{code: number | null, output: string}} ended @returns {Result} */
export function readPythonTests({ code, output }) {
  const number = pattern => Number(pattern.exec(output)?.[1] ?? 0);
  const failed = number(/failures=(\d+)/) + number(/errors=(\d+)/) + number(/unexpected successes=(\d+)/);
  const skipped = number(/skipped=(\d+)/) + number(/expected failures=(\d+)/);
  const passed = Math.max(0, number(/^Ran (\d+) tests?/m) - failed - skipped);
  const counts = { passed, failed: failed === 0 && (code !== 0 || passed + skipped === 0) ? 1 : failed, skipped };
  const begin = output.search(/^={70}$/m);
  const ids = [...output.matchAll(/^(?:FAIL|ERROR): (\w+) \(([\w.]+)\)$/gm)].map(([, name, where]) =>
    where.endsWith(`.${name}`) ? where : `${where}.${name}`,
  );
  return {
    counts,
    again: [...new Set(ids)],
    failures: counts.failed > 0 ? output.slice(begin < 0 ? -2000 : begin) : '',
  };
}

/**
 * What holds after the files (or tests) that failed were run a second time: a test that fails twice has failed, one that fails only
 * once has passed. `unsteady`: how many of these there are.
 * @param {Result} first @param {Result} second @returns {Result & {unsteady: number}}
 */
export function afterSecondTry(first, second) {
  const failed = Math.min(second.counts.failed, first.counts.failed);
  const unsteady = first.counts.failed - failed;
  const counts = { passed: first.counts.passed + unsteady, failed, skipped: first.counts.skipped };
  return { counts, again: second.again, failures: second.failures, unsteady };
}
