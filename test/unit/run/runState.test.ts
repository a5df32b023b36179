import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  drainMs,
  graceMs,
  hurriedLadderMs,
  initialRunState,
  ladderMs,
  type RunEvent,
  type RunInstruction,
  type StopCause,
  step,
} from '../../../src/run/runState.ts';

/** What the machine said to each event of an order of events, e.g. `spawn`, `startTimer ladder 1000`, `finish ok`. */
function play(events: RunEvent[]): { said: string[][]; phase: string } {
  let state = initialRunState;
  const said = events.map(event => {
    const next = step(state, event);
    state = next.state;
    return next.instructions.map(describe);
  });
  return { said, phase: state.phase };
}

function describe(instruction: RunInstruction): string {
  switch (instruction.kind) {
    case 'startTimer':
      return `startTimer ${instruction.timer} ${instruction.ms}`;
    case 'finish':
      return `finish ${instruction.status}`;
    default:
      return instruction.kind;
  }
}

const ready: RunEvent = { kind: 'threadReady' };
const spawned: RunEvent = { kind: 'spawned' };
const outputEnded: RunEvent = { kind: 'outputEnded' };
const treeGone: RunEvent = { kind: 'treeGone' };
const exited = (code: number | null, signal: string | null = null): RunEvent => ({ kind: 'exited', code, signal });
const stop = (reason: StopCause): RunEvent => ({ kind: 'stopRequested', reason });
const timer = (name: 'ladder' | 'grace' | 'drain'): RunEvent => ({ kind: 'timer', timer: name });
const interrupting = ['interrupt', `startTimer ladder ${ladderMs.interrupt}`];
const terminating = ['terminate', `startTimer ladder ${ladderMs.terminate}`];
const grace = `startTimer grace ${graceMs}`;
const drain = `startTimer drain ${drainMs}`;

/** Each row: an event and what must be said to it. `ready` and `spawned` stand before every order unless it says otherwise. */
const orders: Record<string, [RunEvent, string[]][]> = {
  'ends by itself, exit first': [
    [exited(0), [grace]],
    [outputEnded, ['killTree']],
    [treeGone, ['finish ok']],
  ],
  'ends by itself, output first': [
    [outputEnded, []],
    [exited(0), ['killTree']],
    [treeGone, ['finish ok']],
  ],
  'exits with a code': [
    [outputEnded, []],
    [exited(3), ['killTree']],
    [treeGone, ['finish failed']],
  ],
  'crashes by a signal of its own making': [
    [outputEnded, []],
    [exited(null, 'SIGSEGV'), ['killTree']],
    [treeGone, ['finish failed']],
  ],
  'is killed by someone else': [
    [outputEnded, []],
    [exited(null, 'SIGKILL'), ['killTree']],
    [treeGone, ['finish killed']],
  ],
  'is terminated by someone else': [
    [exited(null, 'SIGTERM'), [grace]],
    [outputEnded, ['killTree']],
    [treeGone, ['finish killed']],
  ],
  'root ends, children live on and hold the output': [
    [exited(0), [grace]],
    [timer('grace'), ['killTree']],
    [treeGone, [drain]],
    [outputEnded, ['finish ok']],
  ],
  'output never ends although every process is gone': [
    [exited(0), [grace]],
    [timer('grace'), ['killTree']],
    [treeGone, [drain]],
    [timer('drain'), ['finish ok']],
  ],
  'output ends while the sweep is going': [
    [exited(1), [grace]],
    [timer('grace'), ['killTree']],
    [outputEnded, []],
    [treeGone, ['finish failed']],
  ],
  'cancel, obeys the interrupt': [
    [stop('cancelled'), interrupting],
    [exited(null, 'SIGINT'), ['killTree']],
    [outputEnded, []],
    [treeGone, ['finish cancelled']],
  ],
  'cancel, ends well during the interrupt: it was cancelled all the same': [
    [stop('cancelled'), interrupting],
    [outputEnded, []],
    [exited(0), ['killTree']],
    [treeGone, ['finish cancelled']],
  ],
  'cancel, ignores the interrupt': [
    [stop('cancelled'), interrupting],
    [timer('ladder'), terminating],
    [exited(null, 'SIGTERM'), ['killTree']],
    [treeGone, [drain]],
    [outputEnded, ['finish cancelled']],
  ],
  'cancel, ignores everything': [
    [stop('cancelled'), interrupting],
    [timer('ladder'), terminating],
    [timer('ladder'), ['killTree']],
    [exited(null, 'SIGKILL'), []],
    [outputEnded, []],
    [treeGone, ['finish cancelled']],
  ],
  'killed tree, news of the exit and the end of output come late': [
    [stop('cancelled'), interrupting],
    [timer('ladder'), terminating],
    [timer('ladder'), ['killTree']],
    [treeGone, [drain]],
    [outputEnded, []],
    [exited(null, 'SIGKILL'), ['finish cancelled']],
  ],
  'killed tree, the exit comes before the output ends': [
    [stop('cancelled'), interrupting],
    [timer('ladder'), terminating],
    [timer('ladder'), ['killTree']],
    [treeGone, [drain]],
    [exited(null, 'SIGKILL'), []],
    [outputEnded, ['finish cancelled']],
  ],
  'killed tree, the news never comes': [
    [stop('cancelled'), interrupting],
    [timer('ladder'), terminating],
    [timer('ladder'), ['killTree']],
    [treeGone, [drain]],
    [timer('drain'), ['finish cancelled']],
  ],
  'a second stop climbs at once, a third kills': [
    [stop('cancelled'), interrupting],
    [stop('cancelled'), terminating],
    [stop('cancelled'), ['killTree']],
    [stop('cancelled'), []],
    [exited(null, 'SIGKILL'), []],
    [outputEnded, []],
    [treeGone, ['finish cancelled']],
  ],
  'the host goes while it is being cancelled': [
    [stop('cancelled'), interrupting],
    [stop('hostGone'), terminating],
    [exited(null, 'SIGTERM'), ['killTree']],
    [outputEnded, []],
    [treeGone, ['finish cancelled']],
  ],
  'the host goes: everything in a hurry': [
    [stop('hostGone'), ['interrupt', `startTimer ladder ${hurriedLadderMs.interrupt}`]],
    [timer('ladder'), ['terminate', `startTimer ladder ${hurriedLadderMs.terminate}`]],
    [timer('ladder'), ['killTree']],
    [exited(null, 'SIGKILL'), []],
    [outputEnded, []],
    [treeGone, ['finish cancelled']],
  ],
  timeout: [
    [stop('timeout'), interrupting],
    [exited(null, 'SIGINT'), ['killTree']],
    [outputEnded, []],
    [treeGone, ['finish timeout']],
  ],
  'timeout while it is being cancelled changes nothing': [
    [stop('cancelled'), interrupting],
    [stop('timeout'), []],
    [exited(1), ['killTree']],
    [outputEnded, []],
    [treeGone, ['finish cancelled']],
  ],
  'cancel while it is timing out: the timeout was first, the cancel hurries': [
    [stop('timeout'), interrupting],
    [stop('cancelled'), terminating],
    [exited(1), ['killTree']],
    [outputEnded, []],
    [treeGone, ['finish timeout']],
  ],
  'too many processes: killed without a word': [
    [stop('tooManyProcesses'), ['killTree']],
    [exited(null, 'SIGKILL'), []],
    [outputEnded, []],
    [treeGone, ['finish killed']],
  ],
  'a fault of ours: killed as well, and the run failed': [
    [stop('fault'), ['killTree']],
    [exited(null, 'SIGKILL'), []],
    [outputEnded, []],
    [treeGone, ['finish failed']],
  ],
  'too many processes while it is being cancelled': [
    [stop('cancelled'), interrupting],
    [stop('tooManyProcesses'), ['killTree']],
    [exited(null, 'SIGKILL'), []],
    [outputEnded, []],
    [treeGone, ['finish cancelled']],
  ],
  'a stop after the program ended only saves the grace': [
    [exited(0), [grace]],
    [stop('cancelled'), ['killTree']],
    [outputEnded, []],
    [treeGone, ['finish ok']],
  ],
  'a timeout after the program ended does not change how it ended': [
    [exited(2), [grace]],
    [stop('timeout'), ['killTree']],
    [outputEnded, []],
    [treeGone, ['finish failed']],
  ],
  'late timers and repeated news are harmless': [
    [stop('cancelled'), interrupting],
    [exited(null, 'SIGINT'), ['killTree']],
    [timer('ladder'), []],
    [exited(null, 'SIGINT'), []],
    [outputEnded, []],
    [outputEnded, []],
    [treeGone, ['finish cancelled']],
    [treeGone, []],
    [timer('drain'), []],
    [stop('cancelled'), []],
  ],
};

for (const [name, rows] of Object.entries(orders)) {
  test(name, () => {
    const { said, phase } = play([ready, spawned, ...rows.map(([event]) => event)]);
    assert.deepEqual(said.slice(0, 2), [['spawn'], []]);
    assert.deepEqual(
      said.slice(2),
      rows.map(([, expected]) => expected),
    );
    assert.equal(phase, 'ended');
  });
}

test('a stop in the queue ends the run without a process', () => {
  assert.deepEqual(play([stop('cancelled'), ready, spawned]), { said: [['finish cancelled'], [], []], phase: 'ended' });
});

test('a stop before the interpreter is born kills it at birth', () => {
  const { said } = play([ready, stop('cancelled'), spawned, exited(null, 'SIGKILL'), outputEnded, treeGone]);
  assert.deepEqual(said, [['spawn'], [], ['killTree'], [], [], ['finish cancelled']]);
});

test('no interpreter: the run failed, and nothing is left to wait for', () => {
  assert.deepEqual(play([ready, { kind: 'spawnFailed' }, exited(0)]), {
    said: [['spawn'], ['finish failed'], []],
    phase: 'ended',
  });
});

test('no interpreter, and stopped meanwhile', () => {
  assert.deepEqual(play([ready, stop('timeout'), { kind: 'spawnFailed' }]).said, [['spawn'], [], ['finish timeout']]);
});

/** Every order of these events, with a sweep that always ends: the run must end, once, and never before its tree was swept. */
test('whatever the order, a run ends once and only after its sweep', () => {
  const events: RunEvent[] = [
    exited(0),
    outputEnded,
    stop('cancelled'),
    stop('timeout'),
    stop('hostGone'),
    timer('grace'),
    timer('ladder'),
  ];
  let orders = 0;
  for (const order of permutations(events)) {
    orders++;
    let state = initialRunState;
    const said: string[] = [];
    const feed = (event: RunEvent) => {
      const next = step(state, event);
      state = next.state;
      for (const instruction of next.instructions) {
        said.push(instruction.kind);
        if (instruction.kind === 'killTree') feed(treeGone);
      }
    };
    for (const event of [ready, spawned, ...order, timer('drain')]) feed(event);
    assert.equal(said.filter(kind => kind === 'finish').length, 1);
    assert.equal(said.filter(kind => kind === 'killTree').length, 1);
    assert.equal(said.at(-1), 'finish');
  }
  assert.equal(orders, 5040);
});

function* permutations<T>(items: T[]): Generator<T[]> {
  if (items.length === 0) yield [];
  for (const [index, item] of items.entries()) {
    for (const rest of permutations(items.toSpliced(index, 1))) yield [item, ...rest];
  }
}
