// One snippet with the real libraries, through a real pool: its trace, and what the summary says of it.
import { existsSync } from 'node:fs';
import { delimiter } from 'node:path';
import type { TestContext } from 'node:test';
import { environmentPython } from '../../../scripts/lib/environments.mjs';
import type { RunOutcome } from '../../../src/protocol/hostWorker.ts';
import { type RunSummary, summarize } from '../../../src/trace/export/summary.ts';
import type { Trace } from '../../../src/trace/model.ts';
import { openPool, type Program, traceOf } from '../../process/run/harness.ts';

/** Interpreters with dataframe libraries, those with the newest ones first. `npm test` has made them. */
export const framesPythons = prepared('RUN_IN_PARALLEL_FRAMES_PYTHONS', ['frames', 'framesOld'], 'frames');
/** The one with the newest libraries. */
export const framesPython = framesPythons[0];

/** Interpreters with Spark (and all else that the samples use), the one with the newest first. */
export function sparkPythons(): [string, ...string[]] {
  return prepared('RUN_IN_PARALLEL_SPARK_PYTHONS', ['spark', 'sparkOld'], 'spark');
}

/** @throws when none is ready: these tests prove nothing without the libraries, so they don't pass without them. */
function prepared(
  variable: string,
  names: Parameters<typeof environmentPython>[0][],
  suite: string,
): [string, ...string[]] {
  const told = process.env[variable]?.split(delimiter).filter(path => path !== '');
  const [first, ...others] = told ?? names.map(environmentPython).filter(path => path !== undefined);
  if (first !== undefined && existsSync(first)) return [first, ...others];
  throw new Error(`No environment is ready: run "npm test -- ${suite}", or set ${variable}.`);
}

/** A run that has ended, with nothing of it left. */
export interface Ran {
  outcome: RunOutcome;
  trace: Trace;
  summary: RunSummary;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end; it uses the newest dataframe libraries unless it names another `python`. */
export async function ran(t: TestContext, program: Program): Promise<Ran> {
  const whole = { python: framesPython, ...program };
  const { start } = await openPool(t, { size: 1 });
  const run = start(whole);
  const outcome = await run.end();
  const trace = traceOf(outcome);
  const { file = 'program.py' } = whole;
  const summary = summarize(trace, outcome, { file, startLine: null, endLine: null }, outcome.insights);
  return { outcome, trace, summary, ...run.heard };
}

/** As `ran`, of a program that must succeed. */
export async function succeeded(t: TestContext, program: Program): Promise<Ran> {
  const run = await ran(t, program);
  if (run.outcome.status !== 'ok') throw new Error(`The program ${run.outcome.status}:\n${run.stderr}`);
  return run;
}
