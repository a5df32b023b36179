import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measuredSummary } from '../../../src/insights/measuredSummary.ts';
import { taskWork } from '../../../src/insights/taskWork.ts';
import { traceFromText } from '../../support/textTrace.ts';

const units = [
  { file: '/home/me/helpers.py', source: null, cell: false },
  { file: '/home/me/work.py', source: null, cell: false },
];
const lines = { units, selection: [{ unit: 1, startLine: 5, endLine: 9 }] };
const ended = { status: 'ok', error: null, ms: 420, work: null } as const;

function check(drawing: string, snippet: Parameters<typeof taskWork>[1] = lines): string {
  return measuredSummary({ ...ended, work: taskWork(traceFromText(drawing), snippet) });
}

test('threads that compute in turn do the work of one', () => {
  const drawing = `
    main     |llllllll
    T-1      |RgRgRgRg
    T-2      |gRgRgRgR
    f:7 @T-1 |========
    g:7 @T-2 |========`;
  assert.equal(check(drawing), '0.42 s · 1.0× on 2 workers · GIL 50 %');
});

test('workers that wait for the network side by side', () => {
  const drawing = `
    T-1      |iiii....
    T-2      |iiiiiiii
    P2/T-1   |..iiiiii
    f:5 @T-1 |====
    f:9 @T-2 |========
    g:9 @P2/T-1|..======`;
  assert.equal(check(drawing), '0.42 s · 2.3× on 3 workers');
});

test('waiting for a lock or a CPU is no work, and little GIL is not worth a word', () => {
  const drawing = `
    T-1      |RRRRRRRRRRRRRRRRRRRRRRRR
    T-2      |gRRRRRRRRRRRllllllrrrrrr
    f:7 @T-1 |========================
    f:7 @T-2 |========================`;
  assert.equal(check(drawing), '0.42 s · 1.5× on 2 workers');
});

test('only the time within tasks counts, also where an interval reaches beyond them', () => {
  const drawing = `
    T-1      |gggggggg
    f:7 @T-1 |..====  `;
  assert.equal(check(drawing), '0.42 s · 0.0× on 1 worker · GIL 100 %');
  const between = `
    T-1      |RRggggRR
    f:7 @T-1 |==
    f:7 @T-1 |      ==`;
  assert.equal(check(between), '0.42 s · 0.5× on 1 worker');
});

test('lines that did other things for most of the time tell of no speed-up', () => {
  const drawing = `
    T-1      |RRR    RRR
    T-2      |RRR     RR
    f:7 @T-1 |==
    f:7 @T-2 |         =`;
  assert.equal(check(drawing), '0.42 s · on 2 workers');
});

test('tasks of other lines, of other files, and those that never ended count for nothing', () => {
  const drawing = `
    T-1      |RRRR
    f:4 @T-1 |====
    f:10 @T-1|====
    f @T-1   |====
    f:7 @T-1 |>>>>`;
  assert.equal(check(drawing), '0.42 s');
  assert.equal(check('T-1 |RR\nf:7 @T-1 |==', { units, selection: [{ unit: 0, startLine: 5, endLine: 9 }] }), '0.42 s');
});

test('without a selection, the tasks of every line count', () => {
  assert.equal(check('T-1 |RR\nf:7 @T-1 |==', { units, selection: null }), '0.42 s · 1.0× on 1 worker');
});

test('without thread states, nothing is said of speed-up and GIL', () => {
  const trace = traceFromText('T-1 |gg\nT-2 |RR\nf:7 @T-1 |==\nf:7 @T-2 |==');
  const { meta } = trace;
  const spansOnly = { ...trace, meta: { ...meta, quality: { ...meta.quality, stateSource: 'spans-only' as const } } };
  assert.equal(measuredSummary({ ...ended, work: taskWork(spansOnly, lines) }), '0.42 s · on 2 workers');
});

test('how long, in the unit that fits', () => {
  const times = [0.0421, 4.2, 42, 420, 4200, 42_000, 125_000];
  const words = times.map(ms => measuredSummary({ ...ended, ms }));
  assert.deepEqual(words, ['42.1 µs', '4.2 ms', '42 ms', '0.42 s', '4.20 s', '42.0 s', '2 min 5 s']);
});

test('a run that did not end well says how', () => {
  const failed = { status: 'failed', error: { type: 'ZeroDivisionError' }, ms: 3, work: null } as const;
  assert.equal(measuredSummary(failed), 'failed: ZeroDivisionError');
  assert.equal(measuredSummary({ ...failed, error: null }), 'failed');
  assert.equal(measuredSummary({ ...ended, status: 'cancelled' }), 'cancelled');
});
