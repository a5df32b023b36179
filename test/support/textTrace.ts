import { TraceBuilder } from '../../src/trace/builder.ts';
import type { EngineFact, PoolInfo, TaskEngine, ThreadTrack, Trace } from '../../src/trace/model.ts';
import { threadStates } from '../../src/trace/model.ts';

const cellNs = 10e6;
const letters: Record<string, (typeof threadStates)[number]> = {
  R: 'running',
  r: 'runnable',
  g: 'gilWait',
  l: 'lockWait',
  i: 'ioWait',
  s: 'sleeping',
  '.': 'idle',
};

export interface TextTraceOptions {
  cpus?: number;
  gil?: boolean | null;
  /** Of all threads. */
  kind?: ThreadTrack['kind'];
  python?: string | null;
  pool?: Partial<PoolInfo>;
  /** Of the tasks; those of an engine of its own are in no pool. */
  engine?: TaskEngine;
  facts?: EngineFact[];
  /** What is told of operations, by their labels. */
  operations?: Record<string, EngineFact['values']>;
  /** Memory of the first process: bytes at the left edge of each character's place. */
  memory?: { [cell: number]: number };
}

/**
 * A trace drawn as text, one character for 10 ms:
 *
 *   T-1      |RgRgRg      R running, r runnable, g gilWait, l lockWait, i ioWait, s sleeping, . idle, space nothing
 *   P2/T-1   |  RRRR      a thread of another process
 *   f @T-1   |..====      a task: . queued, = ran, ! ran and failed, > still runs
 *   f:7 @T-1 |..====      a task that was submitted in line 7 of /home/me/work.py
 *   f#k:7 @T-1 |..====    one with a key
 *   f:7 ~T-1 |  ==  =     operations of a library, called in line 7
 */
export function traceFromText(text: string, options: TextTraceOptions = {}): Trace {
  const rows = text.split('\n').filter(line => line.includes('|'));
  const cells = rows.map(row => row.slice(row.indexOf('|') + 1));
  const labels = rows.map(row => row.slice(0, row.indexOf('|')).trim());
  const endNs = Math.max(...cells.map(row => row.trimEnd().length)) * cellNs;
  const builder = new TraceBuilder({ title: 'drawn', startedAtMs: 0, cpuCount: options.cpus ?? 4 });
  builder.setQuality({ stateSource: 'linux-proc', samplingHz: 100 });
  const processes = new Map<string, number>();
  const threads = new Map<string, number>();
  for (const [i, label] of labels.entries()) {
    if (/[@~]/.test(label)) continue;
    const name = label.includes('/') ? (label.split('/')[0] ?? '') : 'P1';
    const process = processes.get(name) ?? addProcess(builder, name, processes.size, endNs, options);
    processes.set(name, process);
    const thread = builder.addThread({
      process,
      tid: 100 + i,
      name: label,
      kind: options.kind ?? 'python',
      startNs: 0,
    });
    builder.updateThread(thread, { endNs });
    threads.set(label, thread);
    for (const [at, letter] of [...(cells[i] ?? '')].entries()) {
      const state = letters[letter];
      if (state) builder.addState(thread, at * cellNs, (at + 1) * cellNs, threadStates.indexOf(state));
    }
  }
  const pool = { engine: 'threadPool', name: 'ThreadPoolExecutor', pid: 1, size: null, createdNs: 0 } as const;
  builder.addPool({ ...pool, file: '/home/me/work.py', line: 12, ...options.pool });
  for (const [i, label] of labels.entries()) {
    const [name = '', worker = ''] = label.split('@').map(part => part.trim());
    if (label.includes('@')) addTask(builder, name, threads.get(worker) ?? -1, cells[i] ?? '', options);
    const [called = '', caller = ''] = label.split('~').map(part => part.trim());
    const place = { thread: threads.get(caller) ?? -1, tid: 100 + labels.indexOf(caller) };
    if (label.includes('~')) addOperations(builder, called, place, cells[i] ?? '', options.operations ?? {});
  }
  const counter = { process: 0, name: 'memory', unit: 'bytes' } as const;
  for (const [cell, bytes] of Object.entries(options.memory ?? {})) {
    builder.told.addPoint(builder.told.counter(counter), Number(cell) * cellNs, bytes);
  }
  for (const fact of options.facts ?? []) builder.told.addFact(fact);
  return builder.finish(endNs);
}

function addProcess(
  builder: TraceBuilder,
  name: string,
  index: number,
  endNs: number,
  options: TextTraceOptions,
): number {
  const { gil = true, python = '3.12.1' } = options;
  return builder.addProcess({
    ...{ pid: index + 1, parentPid: index === 0 ? null : 1, name, startMethod: index === 0 ? 'main' : 'fork' },
    ...{ python, gilEnabled: gil, startNs: 0, endNs, exit: 'exit 0', note: '' },
  });
}

function addOperations(
  builder: TraceBuilder,
  name: string,
  { thread, tid }: { thread: number; tid: number },
  row: string,
  facts: NonNullable<TextTraceOptions['operations']>,
): void {
  const [label = '', text = '1'] = name.split(':');
  const line = Number(text);
  for (const { index, 0: drawn } of row.matchAll(/=+/g)) {
    const atNs = index * cellNs;
    const file = builder.intern('/home/me/work.py');
    const span = { startNs: atNs, kind: 'operation', name: builder.intern(label), file, line } as const;
    builder.closeSpan(builder.openSpan(thread, span), atNs + drawn.length * cellNs);
    const values = facts[label];
    if (!values) continue;
    const place = { file: '/home/me/work.py', line, atNs };
    const about = { engine: 'pandas', name: 'operation', values: { operation: label, tid, ...values } } as const;
    builder.told.addFact({ ...about, ...place });
  }
}

function addTask(builder: TraceBuilder, name: string, thread: number, row: string, options: TextTraceOptions): void {
  const submit = row.search(/\S/);
  const start = row.search(/[=!>]/);
  const end = row.trimEnd().length;
  const isOpen = row.includes('>');
  const [label = '', line] = name.split(':');
  const [task = '', key] = label.split('#');
  const submitFile = line === undefined ? 0 : builder.intern('/home/me/work.py');
  builder.addTask({
    submitNs: submit * cellNs,
    startNs: start * cellNs,
    ...(isOpen ? {} : { endNs: end * cellNs }),
    engine: options.engine ?? options.pool?.engine ?? 'threadPool',
    status: row.includes('!') ? 'failed' : isOpen ? 'running' : 'ok',
    pool: options.engine === undefined ? 0 : -1,
    thread,
    ...(key === undefined ? {} : { key: builder.intern(key) }),
    ...{ name: builder.intern(task), file: 0, line: 0, submitFile, submitLine: Number(line ?? 0) },
  });
}
