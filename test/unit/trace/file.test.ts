import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeTrace, encodeTrace } from '../../../src/trace/file.ts';
import { randomFrom, randomTrace } from './random.ts';

test('a trace survives its file unchanged', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const trace = randomTrace(seed);
    const read = decodeTrace(encodeTrace(trace));
    assert.ok(read.ok);
    assert.deepEqual(read.value, trace);
  }
});

test('columns are read in place, without a copy', () => {
  const bytes = encodeTrace(randomTrace(4));
  const read = decodeTrace(bytes);
  assert.ok(read.ok);
  assert.equal(read.value.tasks.submit.buffer, bytes);
});

test('a file that is cut anywhere fails with a sentence', () => {
  const bytes = encodeTrace(randomTrace(4));
  for (let size = 0; size < bytes.byteLength - 8; size += 7) {
    const read = decodeTrace(bytes.slice(0, size));
    assert.ok(!read.ok, `${size} bytes`);
    assert.match(read.error.code, /^trace(NotOurs|CutOff|Damaged)$/);
  }
});

test('other files, newer versions and broken headers are named', () => {
  const other = decodeTrace(new TextEncoder().encode('{"traceEvents": []}').buffer);
  assert.ok(!other.ok);
  assert.equal(other.error.message, 'This is not a trace of Run in Parallel.');

  const newer = encodeTrace(randomTrace(1));
  new DataView(newer).setUint32(8, 99, true);
  const tooNew = decodeTrace(newer);
  assert.ok(!tooNew.ok);
  assert.equal(tooNew.error.message, 'This trace has format 99; this version reads up to 3.');

  const broken = encodeTrace(randomTrace(1));
  new Uint8Array(broken)[20] = 0;
  const damaged = decodeTrace(broken);
  assert.ok(!damaged.ok);
  assert.equal(damaged.error.code, 'traceDamaged');
});

test('a file of version 2, which has no rows of results, opens', () => {
  const trace = randomTrace(4);
  trace.tasks.rows.fill(123456.5);
  const bytes = Buffer.from(encodeTrace(trace));
  const { buffer, byteOffset, byteLength } = trace.tasks.rows;
  const at = bytes.indexOf(Buffer.from(buffer, byteOffset, byteLength));
  assert.ok(byteLength > 0 && at > 0);
  const older = new Uint8Array(Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + byteLength)]));
  new DataView(older.buffer).setUint32(8, 2, true);
  const read = decodeTrace(older.buffer);
  assert.ok(read.ok);
  assert.equal(read.value.tasks.rows.length, trace.tasks.length);
  assert.ok(read.value.tasks.rows.every(Number.isNaN));
  for (const table of ['links', 'marks', 'counters'] as const) assert.deepEqual(read.value[table], trace[table]);
});

test('garbage after a good beginning never throws', () => {
  const random = randomFrom(5);
  for (let round = 0; round < 300; round++) {
    const bytes = encodeTrace(randomTrace(1 + (round % 7)));
    const raw = new Uint8Array(bytes);
    for (let k = 0; k < 5; k++) raw[8 + Math.floor(random() * 600)] = Math.floor(random() * 256);
    decodeTrace(bytes);
  }
});
