// How long questions about a large trace take: 64 threads, a million spans, 2,000 columns. Prints JSON.

import { TraceBuilder } from '../../src/trace/builder.ts';
import { decodeTrace, encodeTrace } from '../../src/trace/file.ts';
import { TraceReader } from '../../src/trace/reader.ts';

const threads = 64;
const spansPerThread = 1_000_000 / threads;
const lengthNs = 60e9;

function largeTrace() {
  const builder = new TraceBuilder({ title: 'bench', startedAtMs: 0, cpuCount: 2 });
  const process = builder.addProcess({
    pid: 1,
    parentPid: null,
    name: 'main',
    startMethod: 'main',
    python: '3.12.1',
    gilEnabled: true,
    startNs: 0,
    endNs: lengthNs,
    exit: 'exit 0',
    note: '',
  });
  const name = builder.intern('Queue.get');
  const step = lengthNs / spansPerThread;
  for (let t = 0; t < threads; t++) {
    const thread = builder.addThread({ process, tid: t + 1, name: `thread ${t}`, kind: 'python', startNs: 0 });
    for (let i = 0; i < spansPerThread; i++) {
      const startNs = i * step;
      builder.addState(thread, startNs, startNs + step * 0.6, (i + t) % 5);
      const handle = builder.openSpan(thread, { startNs, kind: 'queue', name, file: 0, line: 0 });
      builder.closeSpan(handle, startNs + step * 0.5);
    }
  }
  return builder.finish(lengthNs);
}

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

function time(action: () => unknown, rounds = 15): number {
  const times = Array.from({ length: rounds }, () => {
    const before = performance.now();
    action();
    return performance.now() - before;
  });
  return median(times);
}

const built = performance.now();
const trace = largeTrace();
const buildMs = performance.now() - built;
const bytes = encodeTrace(trace);
const decoded = decodeTrace(bytes);
if (!decoded.ok) throw new Error(decoded.error.message);
const reader = new TraceReader(decoded.value, []);
const all = Array.from({ length: threads }, (_, i) => i);
const window = (startNs: number, endNs: number) =>
  reader.getWindow({ threads: all, startNs, endNs, bucketNs: (endNs - startNs) / 2000 });
const firstMs = time(() => window(0, lengthNs), 1);
console.log(
  JSON.stringify({
    buildMs,
    fileMegabytes: bytes.byteLength / 1e6,
    decodeMs: time(() => decodeTrace(bytes)),
    firstWindowMs: firstMs,
    fullWindowMs: time(() => window(0, lengthNs)),
    zoomedWindowMs: time(() => window(lengthNs * 0.4, lengthNs * 0.45)),
    totalsMs: time(() => reader.getTotals({ startNs: 0, endNs: lengthNs })),
  }),
);
