import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idleWorkers } from '../../../src/insights/idleWorkers.ts';
import { type TextTraceOptions, traceFromText } from '../../support/textTrace.ts';

function check(drawing: string, options: TextTraceOptions, title: string | null): void {
  assert.equal(idleWorkers(traceFromText(drawing, options))?.title ?? null, title);
}

test('a task much longer than the others that ends alone is told', () => {
  check(
    `
    W-1    |RRRRRRRRR..........
    W-2    |RRRRRRRRRRRRRRRRRRR
    f @W-1 |====
    f @W-1 |.....====
    f @W-2 |====
    g @W-2 |....===============`,
    {},
    'The last task kept one worker busy for 100 ms while 1 other had nothing to do: it ran 150 ms, the median is 40 ms.',
  );
});

test('equal tasks that leave a last round with one are told as such', () => {
  check(
    `
    W-1    |RRRRRRRRRRRRRRRR
    W-2    |RRRRRRRR........
    W-3    |RRRRRRRR........
    f @W-1 |========
    f @W-2 |========
    f @W-3 |========
    f @W-1 |........========`,
    {},
    "The last task kept one worker busy for 80 ms while 2 others had nothing to do: 4 tasks don't divide evenly among 3 workers.",
  );
});

test('silent when the workers end together', () => {
  check(
    `
    W-1    |RRRRRRRRRRRRRRRR.
    W-2    |RRRRRRRRRRRRRRRRR
    f @W-1 |========
    f @W-1 |........========
    f @W-2 |========
    f @W-2 |........=========`,
    {},
    null,
  );
});

test('processes that never got a task are told', () => {
  check(
    `
    P1/main |llllllllll
    P2/main |RRRRRRRRRR
    P3/main |RRRRRRRRRR
    P4/main |..........
    P5/main |..........
    f @P2/main|==========
    f @P3/main|==========`,
    { pool: { engine: 'processPool', name: 'ProcessPoolExecutor', size: 4 } },
    '2 of 4 worker processes had nothing to do: the pool is larger than its 2 tasks can use.',
  );
});

test('silent about a large thread pool: it makes only the threads that it needs', () => {
  check(
    `
    W-1    |RRRRRRRRRR
    f @W-1 |==========`,
    { pool: { size: 32 } },
    null,
  );
});

test('cannot tell how even the work was while a task still runs', () => {
  check(
    `
    W-1    |RRRRRRRRRRRRRRRR
    W-2    |RR..............
    f @W-1 |>>>>>>>>>>>>>>>>
    f @W-2 |==`,
    {},
    null,
  );
});
