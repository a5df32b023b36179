import assert from 'node:assert/strict';
import { test } from 'node:test';
import { awaitedCells, type CellState, planCells } from '../../../src/run/cellSchedule.ts';

const words: Record<string, CellState> = {
  '.': 'waiting',
  '>': 'started',
  '+': 'succeeded',
  '!': 'failed',
  x: 'cancelled',
  '-': 'notRun',
};

//                0   1   2    3       4    5
const waitsFor = [[], [], [0], [0, 1], [2], []];

/** States as one character each → what starts, and `cell<culprit` for what never does. */
function check(states: string): string {
  const plan = planCells(
    waitsFor,
    [...states].map(letter => words[letter] ?? 'waiting'),
  );
  return [...plan.start, ...plan.notRun.map(({ cell, because }) => `${cell}<${because}`)].join(' ');
}

test('at first, all cells that wait for nothing', () => {
  assert.equal(check('......'), '0 1 5');
  assert.equal(check('>>...>'), '');
});

test('a cell starts when the last one that it waits for has succeeded', () => {
  assert.equal(check('+>...>'), '2');
  assert.equal(check('>+...>'), '');
  assert.equal(check('++>..+'), '3');
});

test('what needs a failed or cancelled cell never starts, and names the first culprit', () => {
  assert.equal(check('!>...>'), '2<0 3<0 4<0');
  assert.equal(check('+x>..>'), '3<1');
  assert.equal(check('+>x..>'), '4<2');
});

test('what was left out earlier still counts', () => {
  assert.equal(check('!>--.>'), '4<0');
});

test('a whole run, until nothing is left', () => {
  const states: CellState[] = waitsFor.map(() => 'waiting');
  const order: number[][] = [];
  for (;;) {
    const { start, notRun } = planCells(waitsFor, states);
    if (start.length === 0 && notRun.length === 0) break;
    order.push(start);
    for (const cell of start) states[cell] = cell === 1 ? 'failed' : 'succeeded';
    for (const { cell } of notRun) states[cell] = 'notRun';
  }
  assert.deepEqual(order, [[0, 1, 5], [2], [4]]);
  assert.deepEqual(states, ['succeeded', 'failed', 'succeeded', 'notRun', 'succeeded', 'succeeded']);
});

test('numbers of no earlier cell count for nothing', () => {
  assert.deepEqual(planCells([[0, 1, 7, -1], [9]], ['waiting', 'waiting']), { start: [0, 1], notRun: [] });
});

test('a waiting cell names what it still waits for', () => {
  assert.deepEqual(awaitedCells([0, 1, 2], ['succeeded', 'started', 'waiting']), [1, 2]);
});
