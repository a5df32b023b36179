import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CoreLanes, Rows } from '../../../../src/trace/spark/lanes.ts';

test('a task gets the lowest free core', () => {
  const lanes = new CoreLanes(2);
  assert.equal(lanes.begin(0), 0);
  assert.equal(lanes.begin(1), 1);
  assert.equal(lanes.end(0), null);
  assert.equal(lanes.begin(2), 0);
});

test('a task that begins before the driver knows that a core is free gets the core of the one that ends first', () => {
  const lanes = new CoreLanes(2);
  lanes.begin(0);
  lanes.begin(1);
  assert.equal(lanes.begin(2), null);
  assert.deepEqual(lanes.end(1), { task: 2, core: 1 });
  assert.equal(lanes.end(0), null);
});

test('a task that ends while it waits for its core leaves the queue', () => {
  const lanes = new CoreLanes(1);
  lanes.begin(0);
  assert.equal(lanes.begin(1), null);
  assert.equal(lanes.end(1), null);
  assert.equal(lanes.eldest(), 0);
  assert.equal(lanes.end(0), null);
  assert.equal(lanes.begin(2), 0);
});

test('without a known number of cores there are as many as tasks at once', () => {
  const lanes = new CoreLanes(0);
  assert.deepEqual([lanes.begin(0), lanes.begin(1), lanes.begin(2)], [0, 1, 2]);
});

test('what runs side by side gets rows of its own', () => {
  const rows = new Rows();
  assert.equal(rows.begin(0, 0), 0);
  assert.equal(rows.begin(1, 10), 1);
  rows.end(0, 50);
  assert.equal(rows.begin(2, 40), 2, 'it began before the other had ended');
  assert.equal(rows.begin(3, 50), 0);
});
