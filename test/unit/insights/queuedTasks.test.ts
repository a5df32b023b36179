import assert from 'node:assert/strict';
import { test } from 'node:test';
import { queuedTasks } from '../../../src/insights/queuedTasks.ts';
import { type TextTraceOptions, traceFromText } from '../../support/textTrace.ts';

function check(drawing: string, options: TextTraceOptions, title: string | null): void {
  assert.equal(queuedTasks(traceFromText(drawing, options))?.title ?? null, title);
}

/** Six tasks of 50 ms for two workers that do this. */
const queued = (state: string) => `
    W-1    |${state.repeat(15)}
    W-2    |${state.repeat(15)}
    f @W-1 |=====
    f @W-2 |=====
    f @W-1 |.....=====
    f @W-2 |.....=====
    f @W-1 |..........=====
    f @W-2 |..........=====`;

test('tasks that queue behind workers that wait for I/O or sleep are told', () => {
  const title =
    '6 tasks shared 2 workers: they waited 50 ms in the queue to run 50 ms (medians), while the workers were blocked 100 % of the time.';
  check(queued('i'), { pool: { size: 2 } }, title);
  check(queued('s'), { pool: { size: 2 } }, title);
});

test('the advice says how many workers can be of use, and where', () => {
  const insight = queuedTasks(traceFromText(queued('i'), { pool: { size: 2 } }));
  assert.equal(insight?.advice, 'Give ThreadPoolExecutor at work.py:12 more workers: up to 6 can be of use.');
});

test('silent when threads compute: the GIL lets no more of them run', () => {
  check(queued('R'), { pool: { size: 2 } }, null);
});

test('processes that compute while CPUs are free are told, silent when all are busy', () => {
  const pool = { engine: 'processPool', name: 'ProcessPoolExecutor', size: 2 } as const;
  check(
    queued('R'),
    { pool, cpus: 8 },
    '6 tasks shared 2 workers: they waited 50 ms in the queue to run 50 ms (medians), while 6 of 8 CPUs had nothing to do.',
  );
  check(queued('R'), { pool, cpus: 2 }, null);
});

test('silent when the workers wait for a lock: more of them would wait too', () => {
  check(queued('l'), { pool: { size: 2 } }, null);
});

test('silent when the pool may have more workers than it used', () => {
  check(queued('i'), { pool: { size: 6 } }, null);
});

test('silent when the queue is short against the work', () => {
  check(
    `
    W-1    |iiiiiiiiiiiiiiiiiiiiiiiiii
    W-2    |iiiiiiiiiiiiiiiiiiiiiiiiii
    f @W-1 |============
    f @W-2 |============
    f @W-1 |           .============`,
    {},
    null,
  );
});

test('cannot tell when nothing is known of the workers', () => {
  check(queued(' '), { pool: { size: 2 } }, null);
});
