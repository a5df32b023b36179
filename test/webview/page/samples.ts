import type { Insight } from '../../../src/insights/insight.ts';
import { TraceBuilder } from '../../../src/trace/builder.ts';
import { type ThreadState, type Trace, threadStates } from '../../../src/trace/model.ts';

const ms = 1e6;
const file = '/code/fetch.py';

export function stateNumber(state: ThreadState): number {
  return threadStates.indexOf(state);
}

/** A number generator of its own, so that every picture is the same. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** Adds states one after another, cyclic, until a time. */
function addStates(
  builder: TraceBuilder,
  thread: number,
  from: number,
  to: number,
  cycle: [ThreadState, number][],
): void {
  for (let at = from, i = 0; at < to; i += 1) {
    const [state, length] = cycle[i % cycle.length] ?? ['unknown', 1];
    const end = Math.min(to, at + length * ms);
    builder.addState(thread, at, end, stateNumber(state));
    at = end;
  }
}

export interface PoolSample {
  builder: TraceBuilder;
  endNs: number;
}

/**
 * A run of 1,200 ms: a main thread that waits, four pool threads that compete for the GIL and do 12 tasks (number 7 fails),
 * a native thread, a spawned worker process with four tasks and a helper without a tracer.
 */
export function buildPool(untilMs = 1200): PoolSample {
  const builder = new TraceBuilder({ title: 'fetch.py:10-24', startedAtMs: 1_700_000_000_000, cpuCount: 4 });
  const until = untilMs * ms;
  builder.setQuality({
    stateSource: 'linux-proc',
    samplingHz: 397,
    lateSamples: 3,
    tracerNs: 1.4 * ms,
    samplerNs: 20 * ms,
  });
  const path = builder.intern(file);
  const process = builder.addProcess({
    pid: 4711,
    parentPid: null,
    name: 'MainProcess',
    startMethod: 'main',
    python: '3.12.1',
    gilEnabled: true,
    startNs: 0,
    endNs: untilMs >= 1200 ? until : null,
    exit: untilMs >= 1200 ? 'exit 0' : null,
    note: '',
  });
  const main = builder.addThread({ process, tid: 4711, name: 'MainThread', kind: 'python', startNs: 0 });
  addStates(builder, main, 0, Math.min(until, 60 * ms), [
    ['running', 40],
    ['ioWait', 5],
  ]);
  if (until > 60 * ms) builder.addState(main, 60 * ms, until, stateNumber('lockWait'));
  const wait = builder.openSpan(main, {
    startNs: 60 * ms,
    kind: 'result',
    name: builder.intern('Future.result'),
    file: path,
    line: 22,
  });
  if (untilMs >= 1200) builder.closeSpan(wait, 1180 * ms);
  const pool = builder.addPool({
    engine: 'threadPool',
    name: 'ThreadPoolExecutor',
    pid: 4711,
    size: 4,
    createdNs: 55 * ms,
    file,
    line: 18,
  });
  const name = builder.intern('download');
  for (let worker = 0; worker < 4; worker += 1) {
    const begin = (60 + worker * 4) * ms;
    if (begin >= until) continue;
    const thread = builder.addThread({
      process,
      tid: 4720 + worker,
      name: `ThreadPoolExecutor-0_${worker}`,
      kind: 'python',
      startNs: begin,
    });
    addStates(builder, thread, begin, Math.min(until, 960 * ms), [
      ['running', 18 + worker * 3],
      ['gilWait', 31 - worker * 2],
      ['ioWait', 24],
      ['runnable', 5],
      ['running', 11],
      ['sleeping', 20],
    ]);
    if (until > 960 * ms) builder.addState(thread, 960 * ms, until, stateNumber('idle'));
    for (let round = 0; round < 3; round += 1) {
      const startNs = begin + round * 300 * ms + ms;
      if (startNs >= until) continue;
      const endNs = startNs + (280 + worker * 4) * ms;
      const failed = worker === 2 && round === 1;
      builder.addTask({
        submitNs: 56 * ms,
        startNs,
        ...(endNs <= until ? { endNs } : {}),
        engine: 'threadPool',
        status: endNs > until ? 'running' : failed ? 'failed' : 'ok',
        thread,
        submitThread: main,
        pool,
        name,
        file: path,
        line: 12,
        submitFile: path,
        submitLine: 20,
      });
      const sleep = builder.openSpan(thread, {
        startNs: startNs + 100 * ms,
        kind: 'sleep',
        name: builder.intern('time.sleep'),
        file: path,
        line: 14,
      });
      builder.closeSpan(sleep, startNs + 120 * ms);
      const lock = builder.openSpan(thread, {
        startNs: startNs + 200 * ms,
        kind: 'lock',
        name: builder.intern('Lock.acquire'),
        file: path,
        line: 15,
        holderTid: 4721,
      });
      builder.closeSpan(lock, startNs + 240 * ms);
    }
  }
  const native = builder.addThread({ process, tid: 4730, name: 'polars-0', kind: 'native', startNs: 100 * ms });
  if (until > 100 * ms)
    addStates(builder, native, 100 * ms, until, [
      ['running', 60],
      ['sleeping', 140],
    ]);
  if (until > 200 * ms) addProcesses(builder, until, pool);
  return { builder, endNs: until };
}

function addProcesses(builder: TraceBuilder, until: number, pool: number): void {
  const ended = until >= 1200 * ms;
  const path = builder.intern(file);
  const worker = builder.addProcess({
    pid: 4802,
    parentPid: 4711,
    name: 'SpawnPoolWorker-1',
    startMethod: 'spawn',
    python: '3.12.1',
    gilEnabled: true,
    startNs: 200 * ms,
    endNs: ended ? 1150 * ms : null,
    exit: ended ? 'exit 0' : null,
    note: '',
  });
  const thread = builder.addThread({
    process: worker,
    tid: 4802,
    name: 'MainThread',
    kind: 'python',
    startNs: 200 * ms,
  });
  addStates(builder, thread, 200 * ms, Math.min(until, 1150 * ms), [
    ['running', 180],
    ['runnable', 12],
    ['idle', 40],
  ]);
  for (let i = 0; i < 4; i += 1) {
    const startNs = (230 + i * 220) * ms;
    if (startNs + 180 * ms > until) break;
    builder.addTask({
      submitNs: 190 * ms,
      startNs,
      endNs: startNs + 180 * ms,
      engine: 'multiprocessingPool',
      status: 'ok',
      thread,
      pool,
      name: builder.intern('doubler ×13'),
      file: path,
      line: 4,
      submitFile: path,
      submitLine: 30,
    });
  }
  builder.addProcess({
    pid: 4810,
    parentPid: 4711,
    name: 'ffmpeg',
    startMethod: 'unknown',
    python: null,
    gilEnabled: null,
    startNs: 700 * ms,
    endNs: ended ? 900 * ms : null,
    exit: ended ? 'exit 0' : null,
    note: 'not a Python program: its threads are not traced',
  });
}

/** A trace of many threads with short states: what a frame has to bear. */
export function buildMany(threads: number, statesEach: number, seconds: number): Trace {
  const builder = new TraceBuilder({ title: 'many.py', startedAtMs: 0, cpuCount: 4 });
  const random = seeded(42);
  const process = builder.addProcess({
    pid: 100,
    parentPid: null,
    name: 'MainProcess',
    startMethod: 'main',
    python: '3.13.0',
    gilEnabled: true,
    startNs: 0,
    endNs: seconds * 1e9,
    exit: 'exit 0',
    note: '',
  });
  builder.setQuality({ stateSource: 'linux-proc', samplingHz: 400 });
  const step = (seconds * 1e9) / statesEach;
  for (let i = 0; i < threads; i += 1) {
    const thread = builder.addThread({ process, tid: 1000 + i, name: `worker-${i}`, kind: 'python', startNs: 0 });
    for (let n = 0; n < statesEach; n += 1) {
      const state = Math.floor(random() * 7);
      builder.addState(thread, n * step, (n + 1) * step, state);
      if (n % 4 === 0) {
        builder.addTask({
          submitNs: n * step,
          startNs: n * step + step * 0.1,
          endNs: n * step + step * (1 + random() * 2.5),
          engine: 'threadPool',
          status: 'ok',
          thread,
          name: builder.intern(`job_${n % 13}`),
          file: builder.intern(file),
          line: 3,
          submitFile: 0,
          submitLine: 0,
        });
      }
    }
    builder.updateThread(thread, { endNs: seconds * 1e9 });
  }
  return builder.finish(seconds * 1e9);
}

export const gilInsight: Insight = {
  code: 'RIP101',
  severity: 'problem',
  title: 'Four threads took turns: 46 % of their time went into waiting for the GIL.',
  advice: 'This work is bound to the CPU: run it in processes, with ProcessPoolExecutor, to use more than one core.',
  file,
  line: 20,
  weight: 0.46,
  evidence: { share: 0.46 },
  highlight: { threads: [1, 2], startNs: 300 * ms, endNs: 600 * ms },
};

export const queueInsight: Insight = {
  ...gilInsight,
  code: 'RIP103',
  severity: 'hint',
  title: '13 tasks shared 4 workers: they waited 240 ms in the queue to run 80 ms (medians).',
  advice: 'Give `pool` more workers.',
  weight: 0.2,
  highlight: null,
};
