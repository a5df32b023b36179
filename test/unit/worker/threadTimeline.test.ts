import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gilWait, ioWait, lockWait, runnable, running, sleeping } from '../../../src/worker/threadStates/syscalls.ts';
import { onCpuOrWaiting, ThreadTimeline } from '../../../src/worker/threadStates/threadTimeline.ts';

const ms = 1e6;
/** What a thread really does: state and length in ms. */
type Truth = [state: number, length: number][];

/**
 * Plays a truth to a timeline as Linux would tell it: CPU time is told at ticks of 4 ms and when the thread leaves the CPU, waiting
 * time when it gets one, and a reading can't tell running from waiting for a CPU.
 */
function watch(
  truth: Truth,
  periodMs: number,
  startMs = 0,
): { states: [number, number, number][]; total: Float64Array } {
  const states: [number, number, number][] = [];
  const total = new Float64Array(8);
  const stat = { cpuNs: 0, waitNs: 0, slices: 0 };
  const emit = (start: number, end: number, state: number) => {
    assert.ok(end > start, `${start} to ${end}`);
    assert.ok(start >= (states.at(-1)?.[1] ?? startMs * ms), 'states must not overlap');
    states.push([start, end, state]);
    total[state] = (total[state] ?? 0) + (end - start) / ms;
  };
  const timeline = new ThreadTimeline(startMs * ms, startMs * ms, stat, emit, () => 0);
  const step = 0.05;
  let at = startMs;
  let due = startMs + periodMs;
  let unticked = 0;
  let waited = 0;
  let before = -2;
  for (const [state, length] of truth) {
    if (before === running && state !== running) {
      stat.cpuNs += unticked * ms;
      unticked = 0;
    }
    if (state === running && before !== running) {
      stat.slices++;
      stat.waitNs += waited * ms;
      waited = 0;
    }
    before = state;
    for (const end = at + length; at < end - step / 2; at += step) {
      if (state === running) unticked += step;
      if (state === runnable) waited += step;
      if (state === running && Math.floor(at / 4) !== Math.floor((at - step) / 4)) {
        stat.cpuNs += unticked * ms;
        unticked = 0;
      }
      if (at < due) continue;
      due += periodMs;
      if (!timeline.needsCall(stat)) timeline.unchanged(at * ms);
      else timeline.reading(at * ms, stat, state === running || state === runnable ? onCpuOrWaiting : state);
    }
  }
  timeline.end(at * ms);
  return { states, total };
}

function repeat(times: number, truth: Truth): Truth {
  return Array.from({ length: times }, () => truth).flat();
}

function near(actual: number | undefined, wanted: number, tolerance: number, what: string): void {
  assert.ok(Math.abs((actual ?? 0) - wanted) <= tolerance, `${what}: ${actual} instead of ${wanted}`);
}

for (const period of [2.5, 5, 11]) {
  test(`one that waits for the GIL wakes every 5 ms without running, read every ${period} ms`, () => {
    const turn: Truth = [
      [gilWait, 5],
      [running, 0.1],
      [gilWait, 0.2],
      [running, 5],
    ];
    const { total } = watch(repeat(100, turn), period);
    near(total[gilWait], 530, 60, 'gilWait');
    near(total[running], 500, 60, 'running');
  });

  test(`short work between sleeps is counted exactly, read every ${period} ms`, () => {
    const { total } = watch(
      repeat(200, [
        [sleeping, 3],
        [running, 0.7],
      ]),
      period,
    );
    near(total[running], 140, 8, 'running');
    near(total[sleeping], 600, 8, 'sleeping');
  });

  test(`more work than CPUs: waiting for one is counted exactly, read every ${period} ms`, () => {
    const { total } = watch(
      repeat(60, [
        [running, 4.3],
        [runnable, 7.7],
      ]),
      period,
    );
    near(total[running], 258, 15, 'running');
    near(total[runnable], 462, 15, 'runnable');
  });

  test(`work that never stops is running, read every ${period} ms`, () => {
    near(watch([[running, 500]], period).total[running], 500, 6, 'running');
  });
}

// Read more rarely than it wakes, such a wait can't be told from others: the two rates that are usual.
for (const period of [2.5, 5]) {
  test(`waiting for a CPU only to ask for the GIL again is waiting for the GIL, read every ${period} ms`, () => {
    const turn: Truth = [
      [gilWait, 5],
      [runnable, 6],
      [running, 0.05],
      [gilWait, 3],
      [running, 5],
    ];
    const { total } = watch(repeat(60, turn), period);
    near(total[running], 303, 45, 'running');
    near(total[gilWait], 840, 110, 'gilWait');
  });
}

test('borders between waits and work are exact where the counters tell them', () => {
  const { states } = watch(
    [
      [running, 20],
      [lockWait, 50],
      [running, 30],
      [ioWait, 40],
    ],
    2.5,
  );
  const merged = states
    .filter(([, , state], i) => state !== states[i - 1]?.[2])
    .map(([start, , state]) => [start / ms, state]);
  assert.deepEqual(
    merged.map(([, state]) => state),
    [running, lockWait, running, ioWait],
  );
  near(merged[1]?.[0], 20, 0.3, 'lock begins');
  near(merged[2]?.[0], 70, 2.5, 'work begins');
  near(merged[3]?.[0], 100, 1.5, 'reading begins');
});

test('a long wait for a CPU shows while it lasts', () => {
  const { total } = watch(
    [
      [sleeping, 20],
      [running, 10],
      [runnable, 300],
      [running, 10],
    ],
    2.5,
  );
  near(total[runnable], 300, 10, 'runnable');
  near(total[running], 20, 10, 'running');
});

test('a long wait is told while it lasts', () => {
  const emitted: number[] = [];
  const stat = { cpuNs: 1000, waitNs: 0, slices: 1 };
  const timeline = new ThreadTimeline(
    0,
    0,
    stat,
    (_, end) => emitted.push(end),
    () => 0,
  );
  timeline.reading(1 * ms, stat, lockWait);
  for (let at = 2; at < 500; at += 2) {
    assert.equal(timeline.needsCall(stat), false);
    timeline.unchanged(at * ms);
  }
  assert.ok((emitted.at(-1) ?? 0) > 350 * ms, `told up to ${emitted.at(-1)}`);
});
