import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scarceCpus } from '../../../src/insights/scarceCpus.ts';
import { type TextTraceOptions, traceFromText } from '../../support/textTrace.ts';

function check(drawing: string, options: TextTraceOptions, title: string | null): void {
  assert.equal(scarceCpus(traceFromText(drawing, options))?.title ?? null, title);
}

test('more computing processes than CPUs are told', () => {
  check(
    `
    P1/main |lllllllllllllllll
    P2/main |RRrrRRrrRRrrRRrrR
    P3/main |rrRRrrRRrrRRrrRRr
    P4/main |RRrrRRrrRRrrRRrrR
    P5/main |rrRRrrRRrrRRrrRRr`,
    { cpus: 2 },
    '4 processes were ready to run at once on 2 CPUs: they waited for a CPU 50 % of the time.',
  );
});

test('threads that compute without a GIL count as threads', () => {
  check(
    `
    T-1 |RrRrRrRrRr
    T-2 |rRrRrRrRrR`,
    { cpus: 1, gil: false },
    '2 threads were ready to run at once on 1 CPU: they waited for a CPU 50 % of the time.',
  );
});

test("of a JVM's threads those count that run tasks", () => {
  const drawing = (name: string) => `
    P1/${name}-1 |RrRrRrRrRr
    P1/${name}-2 |rRrRrRrRrR`;
  check(drawing('GC Thread'), { cpus: 1, kind: 'jvm' }, null);
  check(
    drawing('Executor task launch worker').replaceAll('P1/', ''),
    { cpus: 1, kind: 'jvm' },
    '2 threads were ready to run at once on 1 CPU: they waited for a CPU 50 % of the time.',
  );
});

test('silent when there are no more than CPUs: then others took them', () => {
  check(
    `
    P1/main |RrRrRrRrRr
    P2/main |rRrRrRrRrR`,
    { cpus: 2 },
    null,
  );
});

test('silent when threads wait for the GIL, not for a CPU', () => {
  check(
    `
    T-1 |RgRgRgRgRg
    T-2 |gRgRgRgRgR
    T-3 |gggRggggRg`,
    { cpus: 2 },
    null,
  );
});

test('silent when the crowd lasts only a moment', () => {
  check(
    `
    P1/main |Rrssssssssssssssssss
    P2/main |rRssssssssssssssssss
    P3/main |rRssssssssssssssssss`,
    { cpus: 2 },
    null,
  );
});

test('cannot tell without states', () => {
  check('P1/main |    ', { cpus: 1 }, null);
});
