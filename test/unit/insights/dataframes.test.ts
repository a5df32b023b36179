import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { applyOverRows } from '../../../src/insights/applyOverRows.ts';
import { concatInLoop } from '../../../src/insights/concatInLoop.ts';
import { doubledMemory } from '../../../src/insights/doubledMemory.ts';
import { gilBoundOperations } from '../../../src/insights/gilBoundOperations.ts';
import type { Rule } from '../../../src/insights/insight.ts';
import { objectColumns } from '../../../src/insights/objectColumns.ts';
import { scarceMemory } from '../../../src/insights/scarceMemory.ts';
import { type TextTraceOptions, traceFromText } from '../../support/textTrace.ts';

function titleOf(rule: Rule, drawing: string, options: TextTraceOptions = {}): string | null {
  return rule(traceFromText(drawing, options))?.title ?? null;
}

const MB = 1e6;

describe('RIP111: apply over rows', () => {
  const drawing = `
    main          |RRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRR
    apply:7 ~main |  ==========    ==========
    merge:8 ~main |                            ====`;
  const byRow = { operation: 'DataFrame.apply', byRow: 1, givenRows: 20_000 };

  test('its calls on one line are added up', () => {
    const insight = applyOverRows(traceFromText(drawing, { operations: { apply: byRow, merge: { byRow: 0 } } }));
    assert.equal(
      insight?.title,
      'DataFrame.apply with axis=1 called a Python function for each of 40,000 rows: 200 ms, 50 % of the run.',
    );
    assert.deepEqual([insight.line, insight.weight, insight.evidence.calls], [7, 0.5, 2]);
    assert.deepEqual(insight.highlight, { threads: [0], startNs: 20e6, endNs: 260e6 });
  });

  test('silent about columns, about other work, and about little', () => {
    assert.equal(titleOf(applyOverRows, drawing, { operations: { apply: { ...byRow, byRow: 0 } } }), null);
    assert.equal(titleOf(applyOverRows, drawing), null);
    const short = 'main |RRRRRRRRRRRRRRRRRRRR\napply:7 ~main |==';
    assert.equal(titleOf(applyOverRows, short, { operations: { apply: byRow } }), null);
  });
});

describe('RIP112: columns of Python objects', () => {
  const drawing = 'main |RRRRRRRRRR\nread_csv:5 ~main |==';
  const read = {
    ...{ rows: 1_000_000, columns: 4, objectColumns: 2, objectNames: 'name, city', resultBytes: 32 * MB },
    ...{ bytesBefore: 100 * MB, bytesAfter: 250 * MB, version: '2.3.1' },
  };
  const check = (values: object) =>
    titleOf(objectColumns, drawing, { operations: { read_csv: { ...read, ...values } } });

  test('what the process grew by beyond the frame itself is theirs', () => {
    assert.equal(
      check({}),
      '2 of 4 columns (name, city) hold Python objects: about 118 MB of the 150 MB that read_csv took.',
    );
  });

  test('the advice is for this pandas', () => {
    const advice = (version: string) =>
      objectColumns(traceFromText(drawing, { operations: { read_csv: { ...read, version } } }))?.advice ?? '';
    assert.match(advice('2.3.1'), /dtype_backend="pyarrow" at work\.py:5/);
    assert.match(advice('1.5.3'), /dtype="string\[pyarrow\]" for texts at work\.py:5/);
    assert.doesNotMatch(advice('1.5.3'), /dtype_backend/);
  });

  test('silent when it may be something else', () => {
    assert.equal(check({ objectColumns: 0 }), null);
    assert.equal(check({ bytesAfter: 160 * MB }), null, 'they share their objects');
    assert.equal(check({ rows: 5_000_000 }), null, 'too little for an object each');
    assert.equal(check({ resultBytes: 90 * MB }), null, 'most is the frame');
    assert.equal(check({ bytesBefore: null, bytesAfter: null }), null, 'memory not known');
    const merged = { operations: { merge: { ...read, operation: 'DataFrame.merge' } } };
    assert.equal(titleOf(objectColumns, 'main |RRRRR\nmerge:5 ~main |==', merged), null, 'objects may be shared');
  });
});

describe('RIP113: threads that run dataframe operations take turns', () => {
  const held = `
    main          |Rlllllllllllllllllllllllllllllllll
    T-1           | RggRggRggRggRggRggRggRggRggRggRg
    T-2           | gRggRggRggRggRggRggRggRggRggRggR
    T-3           | ggRggRggRggRggRggRggRggRggRggRgg
    apply:4 ~T-1  | ================================
    apply:4 ~T-2  | ================================
    apply:4 ~T-3  | ================================`;

  test('what held the GIL is named', () => {
    const insight = gilBoundOperations(traceFromText(held));
    assert.equal(
      insight?.title,
      '3 threads ran dataframe operations, but took turns: 67 % of the time they waited for the GIL, which apply held.',
    );
    assert.deepEqual([insight.line, insight.evidence.held], [4, 'apply']);
  });

  test('silent when they ran beside each other, without a GIL, without operations, without free CPUs', () => {
    const released = held.replaceAll('Rgg', 'RRR').replaceAll('ggR', 'RRR').replaceAll('gR', 'RR');
    assert.equal(titleOf(gilBoundOperations, released), null);
    assert.equal(titleOf(gilBoundOperations, held, { gil: false }), null);
    assert.equal(titleOf(gilBoundOperations, held.replaceAll('=', ' ')), null);
    assert.equal(titleOf(gilBoundOperations, held, { cpus: 1 }), null);
  });
});

describe('RIP114: a copy that doubles the memory', () => {
  const drawing = 'main |RRRRRRRRRR\nDataFrame.copy → 9 × 9:6 ~main |  ==';
  const copy = {
    ...{ operation: 'copy', copies: 1, resultBytes: 400 * MB, givenBytes: 400 * MB },
    ...{ bytesBefore: 600 * MB, bytesAfter: 1010 * MB },
  };
  const check = (values: object) =>
    titleOf(doubledMemory, drawing, { operations: { 'DataFrame.copy → 9 × 9': { ...copy, ...values } } });

  test('the sizes are told', () => {
    assert.equal(
      check({}),
      'DataFrame.copy made a copy of 400 MB while its source was still there: the process grew from 600 MB to 1.01 GB.',
    );
  });

  test('silent when the process did not grow by it, when it is small, when it is no copy', () => {
    assert.equal(check({ bytesAfter: 650 * MB }), null);
    assert.equal(check({ bytesAfter: 1600 * MB }), null);
    assert.equal(check({ resultBytes: 20 * MB, givenBytes: 20 * MB, bytesAfter: 620 * MB }), null);
    assert.equal(check({ bytesBefore: 6000 * MB, bytesAfter: 6400 * MB }), null);
    assert.equal(check({ givenBytes: 100 * MB }), null);
    assert.equal(check({ copies: null }), null);
    assert.equal(check({ givenBytes: null }), null);
  });
});

describe('RIP115: an operation that uses up the memory', () => {
  const drawing = 'main |RRRRRRRRRR\nmerge:6 ~main |  ====';
  const merge = {
    ...{ operation: 'DataFrame.merge', bytesBefore: 6000 * MB, bytesAfter: 14_000 * MB },
    ...{ machineBytes: 16_000 * MB, availableBytes: 700 * MB, swappedBytes: 0 },
  };
  const check = (values: object) =>
    titleOf(scarceMemory, drawing, { operations: { merge: { ...merge, ...values } }, memory: { 3: 15_000 * MB } });

  test('what is left is told, and what is swapped out', () => {
    assert.equal(check({}), 'merge took the process to 14.0 GB and left 700 MB of 16.0 GB.'.replaceAll('.0 GB', ' GB'));
    assert.match(check({ swappedBytes: 900 * MB }) ?? '', /; 900 MB of it is swapped out\.$/);
  });

  test('silent when enough is left, when others use the memory, when nothing is known', () => {
    assert.equal(check({ availableBytes: 3000 * MB }), null);
    assert.equal(check({ bytesBefore: 100 * MB, bytesAfter: 300 * MB }), null);
    assert.equal(check({ bytesBefore: 13_900 * MB }), null);
    assert.equal(check({ machineBytes: null, availableBytes: null }), null);
  });
});

describe('RIP116: a frame that grows by concat in a loop', () => {
  const loop = (rows: number[]) =>
    [
      `main |${'R'.repeat(3 * rows.length)}`,
      ...rows.map((count, i) => `concat → ${count.toLocaleString('en')} × 3:9 ~main |${' '.repeat(3 * i)}==`),
    ].join('\n');

  test('each round copies all rows again', () => {
    const rows = Array.from({ length: 20 }, (_, i) => 1000 * (i + 1));
    assert.equal(
      titleOf(concatInLoop, loop(rows)),
      'concat ran 20 times on one line, each time on a longer frame (1,000 to 20,000 rows): 400 ms, 67 % of the run.',
    );
  });

  test('silent about few calls, and about frames that do not grow', () => {
    assert.equal(titleOf(concatInLoop, loop([1000, 2000, 3000, 4000])), null);
    assert.equal(titleOf(concatInLoop, loop(Array(20).fill(5000))), null);
    assert.equal(titleOf(concatInLoop, loop(Array.from({ length: 20 }, (_, i) => 1000 * (20 - i)))), null);
  });
});
