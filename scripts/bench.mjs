// `npm run bench`: what the product costs, against plain Python and the budgets; ratios of one run, because machines are noisy.
// Prints tables and writes test/.out/bench.json.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentPython } from './lib/environments.mjs';
import { nodeBinary } from './lib/node.mjs';
import { root } from './lib/places.mjs';
import { findPythons } from './lib/pythons.mjs';
import { explain, setUp } from './setup.mjs';

/** @param {string} command @param {string[]} args @returns {any} the JSON that it prints */
function measure(command, args) {
  const stdio = /** @type {import('node:child_process').StdioOptions} */ (['ignore', 'pipe', 'inherit']);
  return JSON.parse(execFileSync(command, args, { cwd: root, encoding: 'utf8', stdio }));
}

const bench = (name, ...args) =>
  measure(nodeBinary(), ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', join('test/bench', name), ...args]);
const round = (value, digits = 1) => Number(value.toFixed(digits));
const verdict = (value, budget) => `${value <= budget ? '✔' : '✖'} budget ${budget}`;

try {
  await setUp(['node', 'packages', 'build', 'python', 'environments']);
} catch (error) {
  explain(error);
  process.exit(1);
}

const pythons = findPythons();
const results = {
  tracer: [],
  frames: [],
  dask: [],
  runs: [],
  windows: null,
  server: null,
  programs: [],
  sparkLog: null,
  sparkJobs: [],
};

console.log('\nThe program slowed by the tracer (CPU time, traced / plain, medians; differences under 10 % are noise)');
for (const { path, version } of pythons) {
  const { loads } = measure(path, ['test/bench/tracer_overhead.py', '--rounds', '3']);
  results.tracer.push({ version, loads });
  console.log(`  ${version}`);
  for (const [load, { ratio, budget }] of Object.entries(loads)) {
    console.log(`    ${load.padEnd(30)} ${ratio.toFixed(2)} ${verdict(ratio, budget)}`);
  }
}

console.log('\nOperations of pandas, watched (CPU time of one, traced / plain, fastest pieces)');
for (const name of /** @type {const} */ (['frames', 'framesOld'])) {
  const path = environmentPython(name);
  if (!path) continue;
  const result = measure(path, ['test/bench/frames_overhead.py']);
  results.frames.push(result);
  console.log(`  pandas ${result.pandas}, Python ${result.python}`);
  for (const [load, { ratio, budget, plainUs }] of Object.entries(result.loads)) {
    console.log(`    ${load.padEnd(30)} ${ratio.toFixed(2)} ${verdict(ratio, budget)} · ${plainUs} µs plain`);
  }
}

console.log('\n100,000 tiny tasks of Dask, slowed by the tracer, beside Dask’s own profiler (CPU time, medians)');
for (const name of /** @type {const} */ (['frames', 'framesOld'])) {
  const path = environmentPython(name);
  if (!path) continue;
  const result = measure(path, ['test/bench/dask_overhead.py']);
  results.dask.push(result);
  console.log(`  Dask ${result.dask}, Python ${result.python}`);
  for (const [load, { ratio, budget, profilerRatio }] of Object.entries(result.loads)) {
    console.log(
      `    ${load.padEnd(30)} ${ratio.toFixed(2)} ${verdict(ratio, budget)} · dask.diagnostics.Profiler ${profilerRatio.toFixed(2)}`,
    );
  }
}

console.log('\nA run beyond `python file.py`, and the sampler');
for (const { path, version } of [pythons[0], pythons.at(-1)]) {
  const result = bench('runs.ts', path);
  results.runs.push({ version, ...result });
  const extra = round(result.startUp.extraMs);
  console.log(
    `  ${version.padEnd(8)} start + ${extra} ms (plain ${round(result.startUp.plainMs)}) ${verdict(extra, 150)}`,
  );
  for (const { threads, share, samplingHz, lateSamples, firstLiveMs } of result.sampler) {
    const percent = round(share * 100, 2);
    const rate = `${round(samplingHz, 0)} Hz, ${lateSamples} late, first live lanes after ${round(firstLiveMs, 0)} ms`;
    const budget = verdict(percent, threads > 16 ? 5 : 2);
    console.log(`  ${' '.repeat(8)} ${threads} threads: sampler ${percent} % of a core ${budget} · ${rate}`);
  }
}

results.windows = bench('windows.ts');
const { fullWindowMs, zoomedWindowMs, firstWindowMs, totalsMs, decodeMs, fileMegabytes } = results.windows;
console.log('\nQuestions about a trace of 1 M spans, 64 threads, 2,000 columns (ms; the host may be busy for 20)');
console.log(
  `  first window ${round(firstWindowMs)} · full ${round(fullWindowMs)} ${verdict(round(fullWindowMs), 20)} · zoomed ${round(zoomedWindowMs)}`,
);
console.log(`  totals ${round(totalsMs)} · opening ${round(fileMegabytes)} MB ${round(decodeMs)}`);

results.server = bench('server.ts', pythons.at(-1).path);
const { openMs, medianMs, slowestMs } = results.server;
console.log('\nThe language server: from a keystroke to the diagnostics of a file of 5,000 lines (ms)');
console.log(
  `  median ${round(medianMs)} ${verdict(round(medianMs), 50)} · slowest of 50 ${round(slowestMs)} · opening ${round(openMs)}`,
);

console.log('\nThe warm helper: a notebook of 300 cells and 3,000 lines, one cell edited (ms)');
for (const { path, version } of [pythons[0], pythons.at(-1)]) {
  const result = measure(path, ['test/bench/program_helper.py']);
  results.programs.push({ version, ...result });
  const { programMs, programBudgetMs, firstMs, dependenciesMs, dependenciesBudgetMs } = result;
  console.log(
    `  ${version.padEnd(8)} Program of a cell ${round(programMs)} ${verdict(round(programMs), programBudgetMs)} · the first time ${round(firstMs)} · all dependencies ${round(dependenciesMs)} ${verdict(round(dependenciesMs), dependenciesBudgetMs)}`,
  );
}

results.sparkLog = bench('sparkLog.ts');
const { logMb, read, follow } = results.sparkLog;
console.log('\nAn event log of Spark with 100,000 tasks (seconds; MB of memory beyond the start)');
console.log(
  `  ${round(logMb, 0)} MB of log · opened in ${round(read.openMs / 1e3)} ${verdict(round(read.openMs / 1e3), 3)} · memory ${round(read.memoryMb, 0)}`,
);
console.log(`  followed live in ${round(follow.followMs / 1e3)}, the longest look ${round(follow.longestLookMs)} ms`);

console.log(
  '\nA job of Spark of about 10 s, watched / plain (medians of rounds; the CPU time says most where the machine is busy)',
);
for (const name of /** @type {const} */ (['spark', 'sparkOld'])) {
  const path = environmentPython(name);
  if (!path) continue;
  const result = bench('sparkJob.ts', path);
  results.sparkJobs.push(result);
  const { job, jobCpu, start, whole } = result.ratio;
  console.log(
    `  ${name.padEnd(8)} job ${job.toFixed(2)} ${verdict(round(job, 2), 1.05)} · its CPU time ${jobCpu.toFixed(2)} · until the session is ready ${start.toFixed(2)} · whole ${whole.toFixed(2)} · watching takes ${round(result.watcherShare * 100)} % of a CPU`,
  );
}

const frames = environmentPython('frames');
if (frames) {
  const result = measure(frames, ['test/bench/dask_distributed.py']);
  results.daskDistributed = result;
  const { distributed, tasks, budget, ratio } = result;
  console.log(
    `\nA Dask cluster that is watched, ${tasks} tiny tasks (CPU time of client, scheduler and workers; watched / plain)`,
  );
  const report = ratio.report === undefined ? 'needs bokeh, which is not installed' : ratio.report.toFixed(2);
  console.log(
    `  distributed ${distributed}: ${ratio.traced.toFixed(2)} ${verdict(ratio.traced, budget)} · performance_report ${report}`,
  );
} else console.log('\nA Dask cluster that is watched: left out, "npm test -- frames" makes the environment for it');

mkdirSync(join(root, 'test/.out'), { recursive: true });
writeFileSync(join(root, 'test/.out/bench.json'), JSON.stringify(results, null, 2));
console.log('\nAll figures: test/.out/bench.json');
