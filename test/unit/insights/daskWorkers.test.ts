import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bigGraph } from '../../../src/insights/bigGraph.ts';
import { lostWorkers } from '../../../src/insights/lostWorkers.ts';
import { spillingWorkers } from '../../../src/insights/spillingWorkers.ts';
import { transferTime } from '../../../src/insights/transferTime.ts';
import { unmanagedMemory } from '../../../src/insights/unmanagedMemory.ts';
import type { EngineEvent } from '../../../src/protocol/engineWire.ts';
import type { Trace } from '../../../src/trace/model.ts';
import { daskTrace, mark, ms, task } from '../../support/daskTrace.ts';

/** The workers' numbers of threads, in what a finding marks. */
function marked(trace: Trace, threads: number[] | undefined): string[] {
  return (threads ?? []).map(thread => trace.processes[trace.threads[thread]?.process ?? -1]?.name ?? '?').sort();
}

test('RIP123: workers that move data to disk or stop are told, each once', () => {
  const trace = daskTrace(
    mark('w1', 'spilling', 4000),
    mark('w1', 'spilling', 5000),
    mark('w0', 'worker paused', 6000),
  );
  const insight = spillingWorkers(trace);
  assert.equal(
    insight?.title,
    '1 Dask worker moved data to disk and 1 worker stopped starting tasks: there was not enough memory.',
  );
  assert.equal(insight?.evidence.firstMs, 4000);
  assert.deepEqual(marked(trace, insight?.highlight?.threads), ['Dask worker w0', 'Dask worker w1']);
  assert.equal(
    spillingWorkers(daskTrace(mark('w0', 'worker paused', 1), mark('w1', 'worker paused', 2)))?.title,
    '2 Dask workers stopped starting tasks: there was not enough memory.',
  );
  assert.equal(spillingWorkers(daskTrace(mark('w1', 'worker resumed', 3))), null);
});

const memory = (atMs: number, share: number, limit: number | null = 1e9): EngineEvent => ({
  ...{ kind: 'counter', process: 'w1', name: 'unmanaged memory', unit: 'bytes' },
  ...{ atNs: atMs * ms, value: share * 1e9, limit },
});

test('RIP124: unmanaged memory that stays above half of the limit', () => {
  const insight = unmanagedMemory(
    daskTrace(memory(1000, 0.1), memory(2000, 0.6), memory(3000, 0.8), memory(4500, 0.3)),
  );
  assert.equal(insight?.title, 'Dask worker w1 held 800 MB that Dask does not manage: 80 % of its memory limit.');
  assert.deepEqual([insight?.evidence.longestMs, insight?.evidence.workers], [2500, 1]);
  assert.deepEqual([insight?.highlight?.startNs, insight?.highlight?.endNs], [2000 * ms, 4500 * ms]);
});

test('RIP124: silent about a moment, about little, and where there is no limit', () => {
  assert.equal(
    unmanagedMemory(daskTrace(memory(1000, 0.9), memory(1900, 0.1), memory(2500, 0.9), memory(3000, 0.2))),
    null,
  );
  assert.equal(unmanagedMemory(daskTrace(memory(1000, 0.4))), null);
  assert.equal(unmanagedMemory(daskTrace(memory(1000, 0.9, null))), null);
});

test('RIP124: what is still high at the end counts up to the end', () => {
  assert.equal(unmanagedMemory(daskTrace(memory(8000, 0.7)))?.evidence.longestMs, 2000);
});

const graph = (bytes: number, line: number | null): EngineEvent => ({
  ...{ kind: 'fact', engine: 'dask', name: 'graph sent', file: line === null ? null : '/home/me/work.py', line },
  ...{ atNs: 0, values: { bytes, keys: 1 } },
});

test('RIP125: the largest graph of those that hold data', () => {
  const insight = bigGraph(daskTrace(graph(2e6, 3), graph(12e6, 4), graph(85e6, 12)));
  assert.equal(
    insight?.title,
    'A graph of 85 MB was sent to the Dask scheduler at work.py:12, and 1 more like it: it holds data, not only tasks.',
  );
  assert.equal(insight?.line, 12);
  assert.match(
    bigGraph(daskTrace(graph(20e6, null)))?.title ?? '',
    /^A graph of 20 MB was sent to the Dask scheduler: /,
  );
  assert.equal(bigGraph(daskTrace(graph(9.9e6, 3))), null);
});

const transfer = (track: string, startMs: number, endMs: number): EngineEvent => ({
  ...{ kind: 'span', track, span: 'transfer', name: 'transfer-x' },
  ...{ startNs: startMs * ms, endNs: endMs * ms },
});

test('RIP126: transfers that take a large part of what the tasks take', () => {
  const tasks = [task('w0', 0, 1000), task('w1', 2000, 3000)];
  const insight = transferTime(daskTrace(...tasks, transfer('w0', 1000, 2000), transfer('w1', 1000, 2000)));
  assert.match(insight?.title ?? '', /^Moving data between Dask workers took 2.* in all, the tasks' own work 2/);
  assert.deepEqual(
    [insight?.evidence.share, insight?.evidence.transferMs, insight?.evidence.computeMs],
    [0.5, 2000, 2000],
  );
  assert.equal(insight?.weight, 0.15);
});

test('RIP126: silent when it is little, short, or when there is one worker only', () => {
  assert.equal(transferTime(daskTrace(task('w0', 0, 2000), task('w1', 0, 2000), transfer('w0', 0, 1000))), null);
  assert.equal(transferTime(daskTrace(task('w0', 0, 100), task('w1', 0, 100), transfer('w0', 0, 400))), null);
  assert.equal(transferTime(daskTrace(task('w0', 0, 1000), transfer('w0', 1000, 3000))), null);
});

test('RIP127: workers that end while tasks run there', () => {
  const events = [task('w0', 0, 500, 'lost'), task('w1', 0, 700, 'lost'), mark('w0', 'worker lost', 500)];
  const trace = daskTrace(...events);
  const insight = lostWorkers(trace);
  assert.equal(insight?.title, '1 Dask worker ended with 2 tasks to do: that work was lost.');
  assert.deepEqual(marked(trace, insight?.highlight?.threads), ['Dask worker w0']);
  const byMemory = lostWorkers(
    daskTrace(...events, mark('w1', 'worker lost', 700), mark('w0', 'worker-restart-memory', 400)),
  );
  assert.match(
    byMemory?.title ?? '',
    /^2 Dask workers ended with 2 tasks to do, 1 of them because of too much memory: /,
  );
  assert.match(byMemory?.advice ?? '', /memory_limit/);
  assert.equal(
    lostWorkers(daskTrace(...events, mark('w0', 'worker lost', 700), mark('w0', 'worker-restart-memory', 400)))?.title,
    '1 Dask worker ended 2 times with 2 tasks to do, once because of too much memory: that work was lost.',
  );
});

test('RIP127: silent when nothing ran there, and when tasks were lost for another reason', () => {
  assert.equal(lostWorkers(daskTrace(task('w1', 0, 500), mark('w0', 'worker lost', 500))), null);
  assert.equal(lostWorkers(daskTrace(task('w1', 0, 500, 'lost'))), null);
});
