import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TraceBuilder } from '../../../src/trace/builder.ts';
import { type SpanKind, type StateColumns, type ThreadState, threadStates } from '../../../src/trace/model.ts';
import { randomFrom } from './random.ts';

const ms = 1e6;
type Told = [state: ThreadState, startMs: number, endMs: number];

/** States that come out of what was sampled (100 a second) and these spans; times in ms. */
function refined(sampled: Told[], spans: [SpanKind, number, number | null][], hz = 100): Told[] {
  const builder = new TraceBuilder({ title: 't', startedAtMs: 0, cpuCount: 1 });
  builder.setQuality({ samplingHz: hz });
  const thread = builder.addThread({ process: 0, tid: 1, name: 'T', kind: 'python', startNs: 0 });
  for (const [state, start, end] of sampled) {
    builder.addState(thread, start * ms, end * ms, threadStates.indexOf(state));
  }
  for (const [kind, start, end] of spans) {
    const span = builder.openSpan(thread, { startNs: start * ms, kind, name: 0, file: 0, line: 0 });
    if (end !== null) builder.closeSpan(span, end * ms);
  }
  const states = builder.finish(1000 * ms).threads[0]?.states;
  return states ? told(states) : [];
}

function told(states: StateColumns): Told[] {
  return Array.from({ length: states.length }, (_, i) => [
    threadStates[states.state[i] ?? 0] ?? 'unknown',
    (states.start[i] ?? 0) / ms,
    (states.end[i] ?? 0) / ms,
  ]);
}

test('blocked time is named by the span that covers it', () => {
  assert.deepEqual(refined([['ioWait', 0, 300]], [['queue', 100, 200]]), [
    ['ioWait', 0, 100],
    ['lockWait', 100, 200],
    ['ioWait', 200, 300],
  ]);
  assert.deepEqual(refined([['lockWait', 0, 300]], [['sleep', 0, 300]]), [['sleeping', 0, 300]]);
  assert.deepEqual(refined([['lockWait', 0, 300]], [['io', 0, 300]]), [['ioWait', 0, 300]]);
});

test('running, runnable and gilWait stay, whatever the spans say', () => {
  const sampled: Told[] = [
    ['running', 0, 100],
    ['runnable', 100, 200],
    ['gilWait', 200, 300],
  ];
  assert.deepEqual(refined(sampled, [['lock', 0, 300]]), sampled);
});

test('the innermost span counts, but an idle worker is idle whatever it waits for', () => {
  assert.deepEqual(
    refined(
      [['lockWait', 0, 300]],
      [
        ['result', 0, 300],
        ['sleep', 100, 200],
      ],
    ),
    [
      ['lockWait', 0, 100],
      ['sleeping', 100, 200],
      ['lockWait', 200, 300],
    ],
  );
  assert.deepEqual(
    refined(
      [['lockWait', 0, 300]],
      [
        ['idle', 0, 300],
        ['queue', 100, 200],
      ],
    ),
    [['idle', 0, 300]],
  );
});

test('a sampled border snaps to the exact one within a sampling period, and no further', () => {
  assert.deepEqual(
    refined(
      [
        ['running', 0, 100],
        ['lockWait', 100, 200],
        ['running', 200, 300],
      ],
      [['lock', 94, 207]],
    ),
    [
      ['running', 0, 94],
      ['lockWait', 94, 207],
      ['running', 207, 300],
    ],
  );
  assert.deepEqual(
    refined(
      [
        ['running', 0, 100],
        ['lockWait', 100, 200],
      ],
      [['lock', 80, 200]],
    ),
    [
      ['running', 0, 100],
      ['lockWait', 100, 200],
    ],
  );
});

test('where nothing was sampled the spans speak alone, and the rest is not known', () => {
  assert.deepEqual(refined([], [['sleep', 100, 400]], 0), [['sleeping', 100, 400]]);
});

test('a span that never ended lasts to the end', () => {
  assert.deepEqual(refined([], [['lock', 100, null]], 0), [['lockWait', 100, 1000]]);
});

test('a span without a meaning for states changes nothing', () => {
  assert.deepEqual(refined([['ioWait', 0, 300]], [['gc', 100, 200]]), [['ioWait', 0, 300]]);
});

test('live snapshots, each adding to the one before, end where one look at everything ends', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = randomFrom(seed);
    const builder = new TraceBuilder({ title: 't', startedAtMs: 0, cpuCount: 1 });
    builder.setQuality({ samplingHz: 400 });
    const thread = builder.addThread({ process: 0, tid: 1, name: 'T', kind: 'python', startNs: 0 });
    let now = 0;
    let lastStart = 0;
    let open: { span: number; startNs: number }[] = [];
    for (let step = 0; step < 200; step++) {
      // Spans are told some time after they began and ended: the states around them were shown already.
      if (random() < 0.5) {
        const startNs = Math.max(lastStart, now - random() * 30 * ms);
        lastStart = startNs;
        const kind = (['lock', 'sleep', 'io', 'idle', 'gc', 'queue'] as const)[Math.floor(random() * 6)] ?? 'lock';
        open.push({ span: builder.openSpan(thread, { startNs, kind, name: 0, file: 0, line: 0 }), startNs });
      }
      if (random() < 0.5) {
        const kept = open.filter(() => random() < 0.3);
        for (const { span, startNs } of open.filter(one => !kept.includes(one))) {
          builder.closeSpan(span, startNs + (now - startNs) * random());
        }
        open = kept;
      }
      const end = now + (0.2 + random() ** 2 * 10) * 2.5 * ms;
      if (random() < 0.8) builder.addState(thread, now, end, Math.floor(random() * 8));
      now = end;
      if (random() < 0.7) builder.snapshot(now);
    }
    const live = builder.snapshot(now).threads[0];
    const whole = builder.finish(now).threads[0];
    assert.ok(live && whole);
    assert.deepEqual(told(live.states), told(whole.states), `seed ${seed}`);
    assert.deepEqual([...live.spans.end], [...whole.spans.end], `seed ${seed}`);
  }
});
