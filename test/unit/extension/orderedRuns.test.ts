import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInOrder } from '../../../src/extension/orderedRuns.ts';
import { RunRecord } from '../../../src/extension/runRecord.ts';
import type { RunHandle } from '../../../src/pool/runPool.ts';
import { emptyOutcome, type RunOutcome } from '../../../src/protocol/hostWorker.ts';
import type { RunStatus } from '../../../src/run/request.ts';

/** Runs that end when the test says so. */
function start(waitsFor: number[][]) {
  const started: number[] = [];
  const stopped: number[] = [];
  const ends = new Map<number, (outcome: RunOutcome) => void>();
  const records = waitsFor.map((_, cell) => {
    const init = { runId: `run-${cell}`, title: `a.ipynb · cell ${cell + 1}`, file: 'a.ipynb', line: 1 };
    return new RunRecord(init, null, () => undefined);
  });
  const runs = records.map((record, cell) => ({
    name: `cell ${cell + 1}`,
    record,
    start(): RunHandle {
      started.push(cell);
      return {
        runId: record.runId,
        outcome: new Promise(resolve => ends.set(cell, resolve)),
        stop: () => stopped.push(cell),
        query: () => Promise.reject(new Error('not asked')),
      };
    },
  }));
  runInOrder(runs, waitsFor);
  return {
    records,
    stopped,
    /** The cells that were handed to the pool since the last call. */
    started: () => started.splice(0),
    async end(cell: number, status: RunStatus) {
      ends.get(cell)?.({ ...emptyOutcome, status });
      await records[cell]?.done;
      // Those that wait for it hear of it next.
      await new Promise(resolve => setImmediate(resolve));
    },
    /** What is to be read of each cell that did not start: why it waits, or why it never will. */
    told: () =>
      records.map(record => record.view()).map(view => view.userError?.message ?? view.notes[0] ?? view.phase),
  };
}

test('independent cells side by side, the others when the last one that they wait for has succeeded', async () => {
  const run = start([[], [], [0, 1], [2]]);
  assert.deepEqual(run.started(), [0, 1]);
  assert.deepEqual(run.told().slice(2), ['Starts after cell 1 and cell 2.', 'Starts after cell 3.']);
  await run.end(1, 'ok');
  assert.deepEqual(run.started(), []);
  assert.equal(run.told()[2], 'Starts after cell 1.');
  await run.end(0, 'ok');
  assert.deepEqual(run.started(), [2]);
  await run.end(2, 'ok');
  assert.deepEqual(run.started(), [3]);
});

test('after a failure, nothing that needs it is started, and each says which cell it was', async () => {
  const run = start([[], [0], [1], []]);
  await run.end(0, 'timeout');
  assert.deepEqual(run.started(), [0, 3]);
  assert.deepEqual(run.told().slice(1, 3), ['Not run: cell 1 failed.', 'Not run: cell 1 failed.']);
  assert.deepEqual(
    run.records.map(record => record.ended),
    [true, true, true, false],
  );
});

test('a waiting cell can be stopped, and those after it are not run', async () => {
  const run = start([[], [0], [1]]);
  run.records[1]?.stop('cancelled');
  await run.records[2]?.done;
  assert.equal(run.told()[2], 'Not run: cell 2 was cancelled.');
  assert.equal(run.records[1]?.view().userError, null);
  await run.end(0, 'ok');
  assert.deepEqual(run.started(), [0], 'it is not started after all');
});

test('a cell that runs is stopped in the pool', () => {
  const run = start([[]]);
  run.records[0]?.stop('cancelled');
  assert.deepEqual(run.stopped, [0]);
});
