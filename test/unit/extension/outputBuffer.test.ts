import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OutputBuffer } from '../../../src/extension/outputBuffer.ts';

const out = (text: string) => ({ stream: 'stdout' as const, text });

test('pages hand over only what is new', () => {
  const buffer = new OutputBuffer(100);
  buffer.add([out('a'), out('b')]);
  const first = buffer.page(0, false);
  assert.deepEqual(first, { chunks: [out('a'), out('b')], next: 2, truncated: false, hasLog: false });
  buffer.add([out('c')]);
  assert.deepEqual(buffer.page(first.next, true), { chunks: [out('c')], next: 3, truncated: false, hasLog: true });
  assert.deepEqual(buffer.page(3, true).chunks, []);
});

test('beyond the limit the oldest goes, and a reader that missed it is told', () => {
  const buffer = new OutputBuffer(10);
  buffer.add([out('12345'), out('67890')]);
  buffer.add([out('abc')]);
  const page = buffer.page(0, true);
  assert.deepEqual(page.chunks, [out('67890'), out('abc')]);
  assert.equal(page.truncated, true);
  assert.equal(buffer.page(1, true).truncated, false);
  assert.equal(page.next, 3);
});

test('a single chunk above the limit is kept whole', () => {
  const buffer = new OutputBuffer(3);
  buffer.add([out('x'), out('123456')]);
  assert.deepEqual(buffer.page(0, true).chunks, [out('123456')]);
});

test('values count with all of their data', () => {
  const buffer = new OutputBuffer(10);
  const display = (data: Record<string, string>) => ({ stream: 'display' as const, data });
  buffer.add([out('12345'), display({ 'text/plain': 'abc' })]);
  assert.equal(buffer.page(0, true).chunks.length, 2);
  buffer.add([display({ 'text/plain': 'a', 'text/html': 'bcd' })]);
  assert.deepEqual(buffer.page(0, true).chunks.length, 2);
});
