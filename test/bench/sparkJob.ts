// How much a job of Spark of about 10 s (sparkJob.py) is slowed down by being watched: alternately by `python sparkJob.py` and as a run.
//
//     node test/bench/sparkJob.ts PYTHON [ROUNDS] [DIST]
//
// Prints JSON: {python, rounds, plain, watched, ratio, watcherShare}. Of `ratio` each is the median over the rounds, watched / plain of one round:
// `job` is what the program measures from its ready session on, `jobCpu` the CPU time of the program, the JVM and the Python workers meanwhile,
// `start` until the session was ready, `whole` from the start of the interpreter to the end of the last process. `watcherShare`: how much of
// one CPU the watching itself took, beside them.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asNumber, parseObject } from '../../src/base/parse.ts';
import { decodeTrace } from '../../src/trace/file.ts';
import { BenchPool, median } from './pool.ts';

const [python = 'python3', rounds = '5', dist] = process.argv.slice(2);
const job = join(import.meta.dirname, 'sparkJob.py');
const source = readFileSync(job, 'utf8');

interface Times {
  startS: number;
  jobS: number;
  jobCpuS: number;
  wholeS: number;
  /** CPU time of this process meanwhile: who watches is a thread of it. */
  watcherS: number;
}

function read(stdout: string, wholeS: number, watcherS: number): Times & { result: number } {
  const json = parseObject(stdout.trim());
  const of = (name: string) => asNumber(json?.[name]) ?? Number.NaN;
  return { startS: of('startS'), jobS: of('jobS'), jobCpuS: of('jobCpuS'), wholeS, watcherS, result: of('result') };
}

function plainly() {
  const before = performance.now();
  const stdio: ('ignore' | 'pipe')[] = ['ignore', 'pipe', 'ignore'];
  const stdout = execFileSync(python, [job], {
    encoding: 'utf8',
    stdio,
    env: { ...process.env, PYSPARK_PYTHON: python },
  });
  return read(stdout, (performance.now() - before) / 1e3, 0);
}

async function watched(pool: BenchPool) {
  const before = process.cpuUsage();
  const { output, trace } = await pool.run(source);
  const { user, system } = process.cpuUsage(before);
  const decoded = trace && decodeTrace(trace);
  if (!decoded?.ok) throw new Error('The run has no readable trace.');
  return read(output.stdout, decoded.value.meta.durationNs / 1e9, (user + system) / 1e6);
}

const pool = new BenchPool(python, dist);
try {
  const all: Record<'plain' | 'watched', Times[]> = { plain: [], watched: [] };
  const results = new Set<number>();
  const keep = (mode: keyof typeof all, { result, ...times }: Times & { result: number }) => {
    results.add(result);
    all[mode].push(times);
  };
  plainly(); // Fills the machine's caches.
  for (let round = 0; round < Number(rounds); round++) {
    // Who goes first takes turns as well.
    if (round % 2 === 0) keep('plain', plainly());
    keep('watched', await watched(pool));
    if (round % 2 === 1) keep('plain', plainly());
  }
  if (results.size !== 1) throw new Error(`Watched, the job computed something else: ${[...results].join(', ')}`);
  const ratio = (of: keyof Times) =>
    median(all.plain.map((plain, round) => (all.watched[round]?.[of] ?? Number.NaN) / plain[of]));
  const ratios = { job: ratio('jobS'), jobCpu: ratio('jobCpuS'), whole: ratio('wholeS'), start: ratio('startS') };
  const watcherShare = median(all.watched.map(({ watcherS, wholeS }) => watcherS / wholeS));
  console.log(JSON.stringify({ python, rounds: all.plain.length, ...all, ratio: ratios, watcherShare }));
} finally {
  await pool.dispose();
}
