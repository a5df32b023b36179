import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter } from 'node:path';
import { TraceBuilder } from '../../../src/trace/builder.ts';
import { type ThreadState, type ThreadTrack, type Trace, threadStates } from '../../../src/trace/model.ts';
import { ThreadStateSampler } from '../../../src/worker/threadStates/sampler.ts';
import { ThreadIndex } from '../../../src/worker/threadStates/threadIndex.ts';

/** The Pythons to test with, oldest first. */
export const pythons = process.env.RUN_IN_PARALLEL_PYTHONS?.split(delimiter) ?? [executableOf('python3')];

/** The interpreter itself, where the command is a script that looks for one. */
function executableOf(command: string): string {
  return execFileSync(command, ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
}

export const onLinux = { skip: process.platform === 'linux' ? false : 'thread states can be read on Linux only' };

/** Runs a Python program without a tracer, watched by the sampler alone; the trace, and what it printed. */
export async function watch(
  python: string,
  program: string,
  options: { hz?: number; onRunning?: (sampler: ThreadStateSampler) => void } = {},
): Promise<{ trace: Trace; printed: string }> {
  const clockZeroNs = process.hrtime.bigint();
  const child = spawn(python, ['-c', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const builder = new TraceBuilder({ title: 'test', startedAtMs: 0, cpuCount: 2 });
  const index = new ThreadIndex(builder);
  const init = { rootPid: child.pid ?? 0, builder, index, clockZeroNs, hz: options.hz ?? 400, marker: null };
  const sampler = new ThreadStateSampler(init);
  let printed = '';
  child.stdout.on('data', bytes => {
    printed += String(bytes);
    options.onRunning?.(sampler);
  });
  sampler.start();
  await once(child, 'close');
  sampler.stop();
  index.explainUntraced();
  return { trace: builder.finish(Number(process.hrtime.bigint() - clockZeroNs)), printed };
}

/** How a thread's time between two points is divided, as shares of what is known. */
export function shares(thread: ThreadTrack, fromNs = 0, toNs = Number.POSITIVE_INFINITY): Record<ThreadState, number> {
  const sums = threadStates.map(() => 0);
  const { length, start, end, state } = thread.states;
  for (let i = 0; i < length; i++) {
    const overlap = Math.min(end[i] ?? 0, toNs) - Math.max(start[i] ?? 0, fromNs);
    const place = state[i] ?? 0;
    if (overlap > 0) sums[place] = (sums[place] ?? 0) + overlap;
  }
  const total = sums.reduce((sum, each) => sum + each, 0) || 1;
  const share = (name: ThreadState) => (sums[threadStates.indexOf(name)] ?? 0) / total;
  return {
    running: share('running'),
    runnable: share('runnable'),
    gilWait: share('gilWait'),
    lockWait: share('lockWait'),
    ioWait: share('ioWait'),
    sleeping: share('sleeping'),
    idle: share('idle'),
    unknown: share('unknown'),
  };
}

export function threadOf(trace: Trace, tid: number): ThreadTrack {
  const thread = trace.threads.find(each => each.tid === tid);
  if (!thread) throw new Error(`thread ${tid} is not among ${trace.threads.map(each => each.tid)}`);
  return thread;
}
