import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TraceBuilder } from '../../../src/trace/builder.ts';
import { type ThreadState, threadStates } from '../../../src/trace/model.ts';
import { TraceReader } from '../../../src/trace/reader.ts';
import { lifeTotals } from '../../../src/trace/totals.ts';
import { traceFromText } from '../../support/textTrace.ts';

const ms = 1e6;
const drawn = traceFromText(`
  main   |RRllllllll
  W-1    |.RRgg..ss.
  f @W-1 | ====
  g @W-1 |  ==
  h @W-1 |......=!  `);
const reader = new TraceReader(drawn, []);

test('the overview says how many rows each thread needs', () => {
  const overview = reader.getOverview();
  assert.deepEqual(
    overview.threads.map(thread => [thread.name, thread.taskRows]),
    [
      ['main', 0],
      ['W-1', 2],
    ],
  );
  assert.equal(overview.taskCount, 3);
});

test('totals are clipped to the window and add up to it', () => {
  const of = (totals: number[] | undefined, state: ThreadState) => (totals?.[threadStates.indexOf(state)] ?? 0) / ms;
  const totals = reader.getTotals({ startNs: 15 * ms, endNs: 45 * ms });
  assert.equal(of(totals.threads[1], 'running'), 15);
  assert.equal(of(totals.threads[1], 'gilWait'), 15);
  assert.equal(of(totals.threads[0], 'lockWait'), 25);
  assert.equal(of(totals.all, 'running'), 20);
  assert.equal(
    totals.all.reduce((sum, ns) => sum + ns, 0),
    2 * 30 * ms,
  );
});

test('answer() reaches each question', () => {
  const window = { threads: [1], startNs: 0, endNs: 100 * ms, bucketNs: ms };
  assert.deepEqual(reader.answer('getWindow', window), reader.getWindow(window));
  assert.deepEqual(reader.answer('getOverview', {}), reader.getOverview());
});

test('tasks come sorted and by the page; ties in the order of submission', () => {
  const page = (sort: 'submit' | 'name' | 'queued' | 'ran' | 'status', descending: boolean, offset = 0, limit = 10) =>
    reader.getTasks({ offset, limit, sort, descending }).tasks.map(task => task.name);
  assert.deepEqual(page('ran', true), ['f', 'h', 'g']);
  assert.deepEqual(page('queued', true), ['h', 'f', 'g']);
  assert.deepEqual(page('name', true), ['h', 'g', 'f']);
  assert.deepEqual(page('status', true)[0], 'h');
  assert.deepEqual(page('name', false, 1, 1), ['g']);
  assert.equal(reader.getTasks({ offset: 5, limit: 5, sort: 'name', descending: false }).total, 3);
});

test('a task tells how long it waited while it ran', () => {
  const [task] = reader.getTasks({ offset: 0, limit: 1, sort: 'name', descending: false }).tasks;
  assert.equal(task?.waitedNs, 20 * ms);
});

test('detail: the state, the innermost task, and nothing beside them', () => {
  const at = (row: 'state' | 'task' | 'span', atMs: number, toleranceMs = 0) =>
    reader.getDetail({ thread: 1, atNs: atMs * ms, row, toleranceNs: toleranceMs * ms });
  assert.deepEqual(at('state', 35), {
    row: 'state',
    label: 'Waiting for the GIL',
    exact: false,
    startNs: 30 * ms,
    endNs: 50 * ms,
    lines: [
      'For 20 ms',
      'Ready to run, but another thread held the interpreter lock',
      'Borders are sampled: exact to about 10 ms',
    ],
    file: null,
    line: null,
  });
  assert.equal(at('task', 25)?.label, 'g');
  assert.equal(at('task', 15)?.label, 'f');
  assert.equal(at('task', 55), null);
  assert.equal(at('task', 57, 5)?.label, 'h');
  assert.ok(at('task', 65)?.lines.includes('Failed with an exception'));
  assert.ok(at('task', 65)?.lines.includes('Queued 60 ms before that'));
  assert.equal(reader.getDetail({ thread: 99, atNs: 0, row: 'state', toleranceNs: 0 }), null);
});

test('detail of a span: who holds the lock, and that it never ended', () => {
  const builder = new TraceBuilder({ title: 't', startedAtMs: 0, cpuCount: 1 });
  const thread = builder.addThread({ process: 0, tid: 1, name: 'T-1', kind: 'python', startNs: 0 });
  builder.addThread({ process: 0, tid: 2, name: 'T-2', kind: 'python', startNs: 0 });
  const name = builder.intern('Lock.acquire');
  const file = builder.intern('/home/me/work.py');
  builder.openSpan(thread, { startNs: 10 * ms, kind: 'lock', name, file, line: 7, holderTid: 2 });
  const detail = new TraceReader(builder.finish(100 * ms), []).getDetail({
    ...{ thread, atNs: 50 * ms, row: 'span', toleranceNs: 0 },
  });
  assert.equal(detail?.label, 'Lock.acquire');
  assert.equal(detail.endNs, null);
  assert.deepEqual(detail.lines, ['For 90 ms', 'Still open when the run ended', 'Held by T-2', 'At work.py:7']);
});

test("states of a thread's life: exact CPU times, the rest as sampled, together its life", () => {
  const builder = new TraceBuilder({ title: 't', startedAtMs: 0, cpuCount: 1 });
  const thread = builder.addThread({ process: 0, tid: 1, name: 'T-1', kind: 'python', startNs: 0 });
  builder.addState(thread, 0, 40 * ms, 0);
  builder.addState(thread, 40 * ms, 100 * ms, 2);
  builder.addState(thread, 100 * ms, 160 * ms, 5);
  builder.updateThread(thread, { endNs: 200 * ms, cpuNs: 30 * ms, runnableNs: 10 * ms });
  const trace = builder.finish(300 * ms);
  const [track] = trace.threads;
  assert.ok(track);
  const totals = lifeTotals(trace, track).map(ns => ns / ms);
  assert.deepEqual(totals.map(Math.round), [30, 10, 60, 0, 0, 60, 0, 40]);
});
