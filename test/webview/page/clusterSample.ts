import { TraceBuilder } from '../../../src/trace/builder.ts';
import type { TaskStatus, Trace } from '../../../src/trace/model.ts';
import { seeded, stateNumber } from './samples.ts';

const ms = 1e6;
const endNs = 2400 * ms;
const file = '/code/people.py';
const kinds = ['read-csv', 'getitem', 'value-counts-chunk', 'value-counts-agg'];

/** A run on a Dask cluster of two machines: tasks with transfers on engine tracks, memory up to its limit, a worker that is lost, a plan. */
export function buildCluster(): Trace {
  const builder = new TraceBuilder({ title: 'people.py:10-24', startedAtMs: 1_700_000_000_000, cpuCount: 4 });
  builder.setQuality({ stateSource: 'linux-proc', samplingHz: 397 });
  builder.setEngine('dask');
  const client = builder.addProcess({
    ...{ pid: 4711, parentPid: null, name: 'people.py', startMethod: 'main', python: '3.13.0', gilEnabled: true },
    ...{ startNs: 0, endNs, exit: 'exit 0', note: '' },
  });
  const main = builder.addThread({ process: client, tid: 4711, name: 'MainThread', kind: 'python', startNs: 0 });
  builder.addState(main, 0, 500 * ms, stateNumber('running'));
  builder.addState(main, 500 * ms, 2300 * ms, stateNumber('lockWait'));
  const memory = builder.told.counter({ process: client, name: 'memory', unit: 'bytes' });
  for (let i = 0; i < 60; i++) builder.told.addPoint(memory, i * 40 * ms, (80 + 70 * Math.min(1, i / 20)) * 1e6);
  const random = seeded(7);
  const last: number[] = [];
  for (let worker = 0; worker < 2; worker++) addWorker(builder, worker, random, last);
  builder.told.addMark({
    ...{ atNs: 1900 * ms, process: 2, level: 'error', name: builder.intern('worker lost') },
    text: builder.intern(
      'The worker ended without a word: it was probably killed for want of memory. Its tasks run elsewhere.',
    ),
  });
  builder.told.addMark({
    ...{ atNs: 1300 * ms, process: 2, level: 'warning', name: builder.intern('paused') },
    text: builder.intern('Its memory is 80 % full: it takes no new tasks until some is free.'),
  });
  builder.told.addPlan({
    ...{ engine: 'dask', title: 'value_counts', atNs: 480 * ms, file, line: 18 },
    parts: [
      { title: 'As written', text: 'ValueCounts(frame=ReadCSV(path=random_people.csv)[salary])' },
      {
        title: 'After optimisation',
        text: "ValueCounts:\n  ReadCSV: path='random_people.csv'\n           columns=['salary']",
      },
    ],
  });
  return builder.finish(endNs);
}

/** What a saved event log gives: tasks of an engine, and no thread states at all. */
export function buildSavedLog(): Trace {
  const builder = new TraceBuilder({ title: 'local-1764200000000', startedAtMs: 1_700_000_000_000, cpuCount: 4 });
  builder.setQuality({ stateNote: "Spark's log tells what tasks did, not what threads did." });
  builder.setEngine('spark');
  addWorker(builder, 0, seeded(7), []);
  return builder.finish(endNs);
}

function addWorker(builder: TraceBuilder, worker: number, random: () => number, last: number[]): void {
  const isLost = worker === 1;
  const workerEnd = isLost ? 1900 * ms : endNs;
  const process = builder.addProcess({
    ...{
      pid: 90 + worker,
      parentPid: null,
      name: `worker ${worker + 1}`,
      startMethod: 'engine',
      host: `10.0.0.${worker + 2}`,
    },
    ...{
      python: null,
      gilEnabled: null,
      startNs: 0,
      endNs: isLost ? workerEnd : null,
      exit: isLost ? 'lost' : null,
      note: '',
    },
  });
  const managed = builder.told.counter({ process, name: 'managed memory', unit: 'bytes', limit: 1e9 });
  for (let i = 0; i * 50 * ms < workerEnd; i++)
    builder.told.addPoint(managed, i * 50 * ms, Math.min(0.95, i / (isLost ? 28 : 60)) * 1e9);
  for (let lane = 0; lane < 2; lane++) {
    const track = { process, tid: 900 + worker * 10 + lane, name: `worker ${worker + 1}, thread ${lane + 1}` };
    const thread = builder.addThread({ ...track, kind: 'engine', startNs: 0 });
    for (let at = 520 * ms, i = 0; at < Math.min(workerEnd, 2200 * ms); i++) {
      const kind = Math.min(kinds.length - 1, Math.floor(((at / ms - 500) / 1700) * kinds.length));
      const transfer = (4 + random() * 18) * ms;
      if (kind > 0) {
        const span = builder.openSpan(thread, {
          startNs: at,
          kind: 'transfer',
          name: builder.intern('transfer'),
          file: 0,
          line: 0,
        });
        builder.closeSpan(span, at + transfer);
      }
      const start = at + (kind > 0 ? transfer : 0);
      const end = Math.min(workerEnd, start + (30 + random() * 90) * ms);
      const status: TaskStatus =
        isLost && end === workerEnd ? 'lost' : i === 5 && lane === 1 && !isLost ? 'failed' : 'ok';
      const name = builder.intern(kinds[kind] ?? '');
      const task = builder.addTask({
        ...{ submitNs: 500 * ms, startNs: start, endNs: end, engine: 'dask', status, thread, name, group: name },
        ...{ key: builder.intern(`('${kinds[kind]}-1f2e', ${i})`), bytes: Math.round(random() * 4e6) },
        ...{ file: 0, line: 0, submitFile: builder.intern(file), submitLine: 18 },
      });
      const before = last[kind - 1];
      if (before !== undefined) builder.told.links.append({ from: before, to: task });
      last[kind] = task;
      at = end + random() * 6 * ms;
    }
  }
}
