import { TraceBuilder } from '../../src/trace/builder.ts';
import type { PoolInfo, Trace } from '../../src/trace/model.ts';
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
  python?: string | null;
  pool?: Partial<PoolInfo>;
}

/**
 * A trace drawn as text, one character for 10 ms:
 *
 *   T-1      |RgRgRg      R running, r runnable, g gilWait, l lockWait, i ioWait, s sleeping, . idle, space nothing
 *   P2/T-1   |  RRRR      a thread of another process
 *   f @T-1   |..====      a task: . queued, = ran, ! ran and failed, > still runs
 *   f:7 @T-1 |..====      a task that was submitted in line 7 of /home/me/work.py
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
    if (label.includes('@')) continue;
    const name = label.includes('/') ? (label.split('/')[0] ?? '') : 'P1';
    const process = processes.get(name) ?? addProcess(builder, name, processes.size, endNs, options);
    processes.set(name, process);
    const thread = builder.addThread({ process, tid: 100 + i, name: label, kind: 'python', startNs: 0 });
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
  }
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

function addTask(builder: TraceBuilder, name: string, thread: number, row: string, options: TextTraceOptions): void {
  const submit = row.search(/\S/);
  const start = row.search(/[=!>]/);
  const end = row.trimEnd().length;
  const isOpen = row.includes('>');
  const [task = '', line] = name.split(':');
  const submitFile = line === undefined ? 0 : builder.intern('/home/me/work.py');
  builder.addTask({
    submitNs: submit * cellNs,
    startNs: start * cellNs,
    ...(isOpen ? {} : { endNs: end * cellNs }),
    engine: options.pool?.engine ?? 'threadPool',
    status: row.includes('!') ? 'failed' : isOpen ? 'running' : 'ok',
    pool: 0,
    thread,
    ...{ name: builder.intern(task), file: 0, line: 0, submitFile, submitLine: Number(line ?? 0) },
  });
}
