import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gilBoundThreads } from '../../../src/insights/gilBoundThreads.ts';
import { type TextTraceOptions, traceFromText } from '../../support/textTrace.ts';

const contended = `
  main  |Rllllllllllllllllllllllllllllllll
  T-1   | RggRggRggRggRggRggRggRggRggRggRg
  T-2   | gRggRggRggRggRggRggRggRggRggRggR
  T-3   | ggRggRggRggRggRggRggRggRggRggRgg
  f @T-1| ================================
  f @T-2| ================================
  f @T-3| ================================`;

function check(drawing: string, options: TextTraceOptions, title: string | null): void {
  assert.equal(gilBoundThreads(traceFromText(drawing, options))?.title ?? null, title);
}

test('computing threads that take turns for the GIL are told, with the pool to change', () => {
  const insight = gilBoundThreads(traceFromText(contended));
  assert.equal(insight?.title, 'The GIL let only one of 3 threads run at a time: they waited for it 67 % of the time.');
  assert.equal(
    insight.advice,
    "Use ProcessPoolExecutor instead of ThreadPoolExecutor at work.py:12, or a free-threaded Python: threads of one process can't compute at the same time.",
  );
  assert.equal(insight.line, 12);
  assert.equal(insight.evidence.threads, 3);
  assert.deepEqual(insight.highlight?.threads, [1, 2, 3]);
});

test('without a GIL, or without Python, there is nothing to say', () => {
  check(contended, { gil: false }, null);
  check(contended, { python: null, gil: null }, null);
});

test('a Python that has no choice has a GIL', () => {
  check(
    contended,
    { gil: null },
    'The GIL let only one of 3 threads run at a time: they waited for it 67 % of the time.',
  );
});

test('silent when no CPU was free for more', () => {
  check(contended, { cpus: 1 }, null);
  check(
    `
    T-1    |RgRgRgRgRg
    T-2    |gRgRgRgRgR
    P2/T-1 |RRRRRRRRRR`,
    { cpus: 2 },
    null,
  );
});

test('silent when an I/O thread only now and then waits for the GIL', () => {
  check(
    `
    T-1   |RRRRRRRRRRRgRRRRRRRRRRRRRgRRRRRR
    T-2   |iiiiiiiiiigRiiiiiiiiiiiigRiiiii`,
    {},
    null,
  );
});

test('silent when the contention is a small part of the run', () => {
  check(
    `
    T-1   |RgRgssssssssssssssssssssssssssssssssssssssssssssssssss
    T-2   |gRgRssssssssssssssssssssssssssssssssssssssssssssssssss`,
    {},
    null,
  );
});

test('cannot tell without states', () => {
  check(
    `
    T-1   |
    T-2   |
    f @T-1|======
    f @T-2|======`,
    {},
    null,
  );
});
