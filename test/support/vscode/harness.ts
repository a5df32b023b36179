// A few lines of test runner for inside the extension host, where node:test can't own the process. It prints as node:test's "spec"
// reporter does, so that one reader understands both; a picture of the window is taken when a test fails.
import { page } from './page.ts';

interface Case {
  name: string;
  body: () => void | Promise<void>;
  timeout: number;
}

class Skipped extends Error {}

/** Ends the running test without a verdict; the reason is printed. */
export function skip(reason: string): never {
  throw new Skipped(reason);
}

export interface Suite {
  /** Adds a test. `timeout` in ms (60,000 unless told): after it the test has failed. */
  test(name: string, body: () => void | Promise<void>, timeout?: number): void;
  /** Runs after each test, whatever became of it; if it throws, the test has failed. */
  afterEach(body: () => void | Promise<void>): void;
  /** Runs the tests in order. Rejects if one failed. */
  run(): Promise<void>;
}

async function within(ms: number, body: () => void | Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${ms} ms`)), ms);
  });
  try {
    await Promise.race([body(), late]);
  } finally {
    clearTimeout(timer);
  }
}

export function createSuite(): Suite {
  const cases: Case[] = [];
  const cleanups: (() => void | Promise<void>)[] = [];

  async function runOne({ name, body, timeout }: Case): Promise<unknown> {
    let problem: unknown;
    try {
      await within(timeout, body);
    } catch (error) {
      problem = error;
      if (!(error instanceof Skipped) && page.available)
        await page.screenshot(`failed-${name.replaceAll(/\W+/g, '-').slice(0, 60)}`).catch(() => undefined);
    }
    for (const cleanup of cleanups) {
      try {
        await within(30_000, cleanup);
      } catch (error) {
        if (problem === undefined || problem instanceof Skipped) problem = error;
      }
    }
    return problem;
  }

  return {
    test(name, body, timeout = 60_000) {
      cases.push({ name, body, timeout });
    },
    afterEach(body) {
      cleanups.push(body);
    },
    async run() {
      let passed = 0;
      let failed = 0;
      let skipped = 0;
      for (const one of cases) {
        const started = performance.now();
        const problem = await runOne(one);
        const took = `(${Math.round(performance.now() - started)}ms)`;
        if (problem === undefined) {
          passed++;
          console.log(`✔ ${one.name} ${took}`);
        } else if (problem instanceof Skipped) {
          skipped++;
          console.log(`﹣ ${one.name} # ${problem.message}`);
        } else {
          failed++;
          console.log(
            `✖ ${one.name} ${took}\n${problem instanceof Error ? (problem.stack ?? problem.message) : problem}`,
          );
        }
      }
      console.log(`ℹ tests ${cases.length}\nℹ pass ${passed}\nℹ fail ${failed}\nℹ skipped ${skipped}`);
      if (failed > 0) throw new Error(`${failed} of ${cases.length} tests failed`);
    },
  };
}
