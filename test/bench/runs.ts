// What a run costs beyond `python file.py`: time to the first statement, and the sampler's own CPU with many threads. Prints JSON.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunOutcome } from '../../src/protocol/hostWorker.ts';
import { decodeTrace } from '../../src/trace/file.ts';
import { BenchPool, median } from './pool.ts';

const python = process.argv[2] ?? 'python3';
const rounds = Number(process.argv[3] ?? 9);
const pool = new BenchPool(python);

async function run(source: string): Promise<{ outcome: RunOutcome; firstLiveNs: number | null }> {
  let firstLiveNs: number | null = null;
  const started = process.hrtime.bigint();
  const outcome = await pool.run(source, ({ threads }) => {
    if (threads > 0) firstLiveNs ??= Number(process.hrtime.bigint() - started);
  });
  return { outcome, firstLiveNs };
}

/** The program prints the clock at its first statement; Python's perf counter and hrtime are one clock on Linux. */
const clock = 'import time\nprint(time.perf_counter_ns())\n';

async function startUp() {
  const file = join(pool.folder, 'clock.py');
  writeFileSync(file, clock);
  const plain: number[] = [];
  const ours: number[] = [];
  await run(clock); // The first run starts the thread and fills the caches.
  for (let round = 0; round < rounds; round++) {
    let before = process.hrtime.bigint();
    plain.push(Number(BigInt(execFileSync(python, [file], { encoding: 'utf8' }).trim()) - before) / 1e6);
    before = process.hrtime.bigint();
    const { outcome } = await run(clock);
    ours.push(Number(BigInt(outcome.output.stdout.trim()) - before) / 1e6);
  }
  return { plainMs: median(plain), oursMs: median(ours), extraMs: median(ours) - median(plain) };
}

/** Half of the threads asleep, half of them in short sleeps: what pools and servers look like. */
const manyThreads = (threads: number, seconds: number) => `import threading, time
end = time.monotonic() + ${seconds}
def work(i):
    while time.monotonic() < end:
        time.sleep(0.02 if i % 2 else ${seconds})
threads = [threading.Thread(target=work, args=(i,)) for i in range(${threads})]
for thread in threads: thread.start()
for thread in threads: thread.join()
`;

async function sampler(threads: number) {
  const { outcome, firstLiveNs } = await run(manyThreads(threads, 4));
  const trace = outcome.trace ? decodeTrace(outcome.trace) : null;
  if (!trace?.ok) throw new Error('The run has no readable trace.');
  const { meta } = trace.value;
  const { samplerNs, samplingHz, lateSamples } = meta.quality;
  return {
    threads,
    share: samplerNs / meta.durationNs,
    samplingHz,
    lateSamples,
    firstLiveMs: firstLiveNs === null ? null : firstLiveNs / 1e6,
  };
}

try {
  const result = { python, startUp: await startUp(), sampler: [await sampler(16), await sampler(250)] };
  console.log(JSON.stringify(result));
} finally {
  await pool.dispose();
}
