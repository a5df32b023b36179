import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detailAt } from '../../../src/trace/detail.ts';
import { gilDuring } from '../../../src/trace/gilUse.ts';
import { type TextTraceOptions, traceFromText } from '../../support/textTrace.ts';

/** Of the first thread, over the whole drawing. */
function useOf(drawing: string, options: TextTraceOptions = {}): string {
  const trace = traceFromText(drawing, options);
  return gilDuring(trace, 0, { startNs: 0, endNs: trace.meta.durationNs }).use;
}

test('it ran, nobody else did, and they waited for the GIL: held', () => {
  const drawing = `
    T-1 |RRRRRRRRRRRRRRRRRRRR
    T-2 |gggggggggggggggggggg
    T-3 |ssssssssggggggssssss`;
  const trace = traceFromText(drawing);
  assert.deepEqual(gilDuring(trace, 0, { startNs: 0, endNs: 200e6 }), { use: 'held', others: 2, waitedShare: 1 });
});

test('they ran beside it, and now and then asked for the GIL: released', () => {
  assert.equal(useOf('T-1 |RRRRRRRRRRRRRRRRRRRR\nT-2 |RRRRgRRRRRRRRRRRRRRR'), 'released');
  assert.equal(useOf('T-1 |RRRRRRRRRRRRRRRRRRgR\nT-2 |RRRRRRRRRRRRRRRRRRRR'), 'released');
  assert.equal(useOf('T-1 |RRRRRRRRRRRRRRRRRRRR\nT-2 |RRRRRRRRRRRRRRRRRRRR\nsum ~T-2 |   ====='), 'released');
});

test('cannot tell when nobody wanted it, or when nothing shows that who ran needed it', () => {
  assert.equal(useOf('T-1 |RRRRRRRRRRRRRRRRRRRR'), 'unknown');
  assert.equal(useOf('T-1 |RRRRRRRRRRRRRRRRRRRR\nT-2 |ssssssssssllllliiiii'), 'unknown');
  assert.equal(useOf('T-1 |RRRRRRRRRRRRRRRRRRRR\nT-2 |RRRRRRRRRRRRRRRRRRRR'), 'unknown');
});

test('cannot tell which of two that ran held it, nor of one that takes turns', () => {
  assert.equal(
    useOf(`
    T-1 |RRRRRRRRRRRRRRRRRRRR
    T-2 |RRRRRRRRRRRRRRRRRRRR
    T-3 |gggggggggggggggggggg`),
    'unknown',
  );
  assert.equal(
    useOf(`
    T-1 |RRRRRRRRRRRRRRRRRRRR
    T-2 |rrrrrrrrrrrrrrrrrrrr
    T-3 |gggggggggggggggggggg`),
    'unknown',
  );
  assert.equal(useOf('T-1 |gggggRRRRRgggggRRRRR\nT-2 |RRRRRRRRRRRRRRRRRRRR'), 'unknown');
});

test('threads of other processes and of a free-threaded Python want no GIL of it', () => {
  assert.equal(useOf('T-1 |RRRRRRRRRRRRRRRRRRRR\nP2/T-1 |gggggggggggggggggggg'), 'unknown');
  assert.equal(useOf('T-1 |RRRRRRRRRRRRRRRRRRRR\nT-2 |gggggggggggggggggggg', { gil: false }), 'none');
});

test('the details of an operation: result, memory and its peak, objects, the GIL', () => {
  const trace = traceFromText(
    `
    T-1            |RRRRRRRRRR
    T-2            |gggggggggg
    merge:4 ~T-1   |  ======
    short:5 ~T-1   |          =`,
    {
      operations: {
        merge: {
          ...{ rows: 5, columns: 2, resultBytes: 32e6, objectColumns: 1, objectNames: 'name' },
          ...{ bytesBefore: 100e6, bytesAfter: 150e6 },
        },
      },
      memory: { 1: 400e6, 4: 210e6, 9: 500e6 },
    },
  );
  const lines = (atNs: number) => detailAt(trace, { thread: 0, row: 'span', atNs, toleranceNs: 0 })?.lines;
  assert.deepEqual(lines(30e6), [
    'For 60 ms',
    'Result 32 MB',
    '1 column of Python objects: name',
    'Memory of the process 100 MB before, 150 MB after, at most 210 MB',
    'GIL held: 1 other thread waited for it 100 % of the time that they wanted to run',
    'At work.py:4',
  ]);
  assert.deepEqual(lines(105e6), ['For 10 ms', 'At work.py:5']);
});
