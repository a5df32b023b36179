import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  findProcesses,
  killTree,
  type ProcessEntry,
  type ProcessTable,
  runProcesses,
} from '../../../src/worker/processTree.ts';
import { parsePs } from '../../../src/worker/processTreeOther.ts';

function entry(pid: number, parent: number, rest: Partial<ProcessEntry> = {}): ProcessEntry {
  return { pid, parent, group: 900000, session: 900000, start: pid * 10, isZombie: false, ...rest };
}

function tableOf(entries: ProcessEntry[], signals: string[] = []): ProcessTable {
  return {
    list: () => entries,
    marked: () => [],
    signal: (pid, signal) => signals.push(`${signal} ${pid}`) > 0,
    killBelow: null,
  };
}

test('parses what ps prints on macOS', () => {
  const text =
    '  501     1   501 Ss   Mon Jan  5 10:11:12 2026    \n 502 501 501 Z+ Mon Jan  5 10:11:13 2026\nnonsense\n';
  const [first, second, ...rest] = parsePs(text);
  assert.deepEqual(rest, []);
  assert.equal(first?.pid, 501);
  assert.equal(first?.group, 501);
  assert.equal(second?.parent, 501);
  assert.equal(second?.isZombie, true);
  assert.equal((second?.start ?? 0) - (first?.start ?? 0), 1000);
});

test('remembers what a dead parent left behind, but not a later process with its pid', () => {
  const run = runProcesses('r', 910001, tableOf([entry(910001, 1)]));
  findProcesses(run, tableOf([entry(910001, 1), entry(910002, 910001), entry(910003, 910002)]));
  const later = [entry(910001, 1, { start: 5 }), entry(910003, 1), entry(910004, 910001)];
  assert.deepEqual(
    findProcesses(run, tableOf(later)).map(({ pid }) => pid),
    [910003],
  );
});

test('never touches this process or those above it', () => {
  const own = [entry(910001, 1), entry(process.pid, 910001), entry(910002, process.pid), entry(910003, 910001)];
  const run = runProcesses('r', 910002, tableOf(own));
  run.known.set(910001, 9100010);
  run.known.set(process.pid, process.pid * 10);
  run.led.add(910001);
  assert.deepEqual(
    findProcesses(run, tableOf(own)).map(({ pid }) => pid),
    [910002],
  );
});

test('stops everything before it kills anything, and says what is left', async () => {
  const signals: string[] = [];
  const table = tableOf([entry(910001, 1), entry(910002, 910001)], signals);
  const result = await killTree(runProcesses('r', 910001, table), { table, deadlineMs: 0 });
  assert.deepEqual(result, { left: 2 });
  assert.deepEqual(signals, ['SIGSTOP 910001', 'SIGSTOP 910002', 'SIGKILL 910001', 'SIGKILL 910002']);
});
