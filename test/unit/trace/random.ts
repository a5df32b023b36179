import { TraceBuilder } from '../../../src/trace/builder.ts';
import {
  counterUnits,
  engines,
  markLevels,
  spanKinds,
  type Trace,
  taskEngines,
  taskStatuses,
} from '../../../src/trace/model.ts';

/** Numbers that look random and are the same in each run (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function pick<T>(random: () => number, from: readonly T[]): T {
  const value = from[Math.floor(random() * from.length)];
  if (value === undefined) throw new Error('Nothing to pick from');
  return value;
}

/** Anything that a builder can make: some threads without states, open spans, tasks that never started. */
export function randomTrace(seed: number): Trace {
  const random = randomFrom(seed);
  const time = () => Math.floor(random() * 1e9);
  const builder = new TraceBuilder({ title: 'sélection «1»', startedAtMs: 1.7e12, cpuCount: 4 });
  builder.setQuality({ stateSource: 'linux-proc', samplingHz: 400 });
  builder.addWarning('Late');
  builder.addWarning('Late');
  builder.addProcess({
    ...{ pid: 7, parentPid: null, name: 'MainProcess', startMethod: 'main', python: '3.12.1', gilEnabled: true },
    ...{ startNs: 0, endNs: 2e9, exit: 'exit 0', note: '' },
  });
  builder.addPool({
    engine: 'threadPool',
    name: 'ThreadPoolExecutor',
    pid: 7,
    size: null,
    createdNs: 5,
    file: null,
    line: null,
  });
  const threads = Math.floor(random() * 5);
  for (let i = 0; i < threads; i++) {
    const thread = builder.addThread({ process: 0, tid: 100 + i, name: `T-${i}`, kind: 'python', startNs: 0 });
    if (random() < 0.5) builder.updateThread(thread, { endNs: 2e9, cpuNs: time(), runnableNs: 0 });
    let at = 0;
    for (let k = 0; k < random() * 50; k++) {
      const end = at + random() * 1e7;
      if (random() < 0.9) builder.addState(thread, at, end, Math.floor(random() * 8));
      at = end;
    }
    for (let k = 0; k < random() * 50; k++) {
      const startNs = time();
      const name = builder.intern(pick(random, ['Queue.get', 'sleep', '']));
      const span = builder.openSpan(thread, { startNs, kind: pick(random, spanKinds), name, file: 0, line: k });
      if (random() < 0.8) builder.closeSpan(span, startNs + random() * 1e8);
    }
  }
  for (let k = 0; k < random() * 30; k++) {
    const task = builder.addTask({
      ...{ submitNs: time(), engine: pick(random, taskEngines), status: pick(random, taskStatuses) },
      ...{ name: builder.intern(`f ×${k}`), file: 0, line: 1, submitFile: 0, submitLine: 2 },
    });
    if (random() < 0.7) builder.updateTask(task, { startNs: time(), thread: Math.floor(random() * 5) - 1 });
    if (random() < 0.5) builder.updateTask(task, { bytes: Math.floor(random() * 1e9) });
    if (k > 0) builder.told.links.append({ from: task - 1, to: task });
  }
  builder.setEngine(pick(random, engines));
  for (let k = 0; k < random() * 20; k++) {
    const unit = pick(random, counterUnits);
    const counter = builder.told.counter({
      process: 0,
      name: `${unit} ${k % 3}`,
      unit,
      limit: random() < 0.5 ? null : 9,
    });
    builder.told.addPoint(counter, time(), random());
    const strings = { name: builder.intern('worker lost'), text: builder.intern('It is gone.') };
    builder.told.addMark({ atNs: time(), process: -1, level: pick(random, markLevels), ...strings });
    const place = { engine: pick(random, engines), atNs: time(), file: null, line: k };
    builder.told.addPlan({ ...place, title: 'Expression', parts: [{ title: 'Before', text: 'a\nb' }] });
    builder.told.addFact({ ...place, name: 'chunksize', values: { size: 6, scheduler: 'processes', left: null } });
  }
  return builder.finish(2e9);
}
