import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OutputChunk, TextChunk } from '../../../src/protocol/hostWorker.ts';
import { LiveOutput } from '../../../src/worker/liveOutput.ts';

function liveOutput(capacity: number, perSecond: number) {
  const sent: OutputChunk[][] = [];
  const clock = { ms: 0 };
  const live = new LiveOutput({
    send: chunks => sent.push(chunks),
    logFiles: { stdout: '/log', stderr: null },
    capacity,
    perSecond,
    nowMs: () => clock.ms,
  });
  const say = (text: string, stream: TextChunk['stream'] = 'stdout') => live.add(stream, Buffer.from(text));
  /** Text that the host got, all of it or the last batch's first. */
  const texts = () => sent.flat().flatMap(chunk => (chunk.stream === 'display' ? [] : [chunk.text]));
  const lastText = () => {
    const chunk = sent.at(-1)?.[0];
    return chunk && chunk.stream !== 'display' ? chunk.text : '';
  };
  return { live, sent, clock, say, texts, lastText };
}

test('neighbours are put together, the order of the streams is kept', () => {
  const { live, sent, say } = liveOutput(1000, 1000);
  say('a');
  say('b');
  say('!', 'stderr');
  say('c');
  live.flush();
  live.flush();
  assert.deepEqual(sent, [
    [
      { stream: 'stdout', text: 'ab' },
      { stream: 'stderr', text: '!' },
      { stream: 'stdout', text: 'c' },
    ],
  ]);
});

test('a host that takes nothing over gets no more than the capacity, then hears what it missed', () => {
  const { live, clock, say, texts, lastText } = liveOutput(100, 1_000_000);
  for (let n = 0; n < 50; n++) {
    say('0123456789');
    live.flush();
    clock.ms += 1000;
  }
  assert.equal(texts().join('').length, 100);
  live.taken(100);
  say('next');
  live.flush();
  assert.equal(lastText(), '\n[… 400 bytes left out here; all of it is in /log …]\nnext');
});

test('a flood is thinned out to the rate, however fast the host is', () => {
  const { live, clock, say, texts, lastText } = liveOutput(1000, 500);
  for (let n = 0; n < 1000; n++) {
    say('x'.repeat(100));
    live.flush();
    live.taken(lastText().length);
    clock.ms += 10;
  }
  const shown = texts().join('').replaceAll(/[^x]/g, '').length;
  // 10 s at 500 a second and the capacity at first.
  assert.ok(shown > 3000 && shown <= 6000, `${shown} characters shown`);
});

test('a gap at the end and half a character are told', () => {
  const { live, sent, say } = liveOutput(10, 0);
  say('0123456789');
  say('more', 'stderr');
  say('and more', 'stderr');
  live.add('stdout', Buffer.from([0xe2, 0x82]));
  live.end();
  assert.deepEqual(sent, [
    [
      { stream: 'stdout', text: '0123456789\n[… 2 bytes left out here; all of it is in /log …]\n' },
      { stream: 'stderr', text: '\n[… 12 bytes left out here …]\n' },
    ],
  ]);
  const other = liveOutput(10, 0);
  other.live.add('stdout', Buffer.from([0x41, 0xe2, 0x82]));
  other.live.end();
  assert.deepEqual(other.sent, [[{ stream: 'stdout', text: 'A\ufffd' }]]);
});

test('a value stays where it was shown and takes no room from text; a gap before it is told first', () => {
  const { live, sent, say, texts } = liveOutput(10, 1000);
  const data = { 'text/plain': 'x', 'image/png': 'A'.repeat(1000) };
  say('01234');
  live.addDisplay(data);
  say('56789');
  assert.deepEqual(texts(), []);
  say('lost');
  live.addDisplay(data);
  live.flush();
  assert.deepEqual(sent[0], [
    { stream: 'stdout', text: '01234' },
    { stream: 'display', data },
    { stream: 'stdout', text: '56789\n[… 4 bytes left out here; all of it is in /log …]\n' },
    { stream: 'display', data },
  ]);
});
