import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DisplayMarkers } from '../../../src/worker/displayMarkers.ts';

const token = '0123abcd';
const marker = (number: number | string, of = token) => `\x1b]RunInParallel;${of};${number}\x07`;

/** What comes out of pieces that come in one after another: text as it is, values as `<N>`. */
function through(pieces: (string | Buffer)[]): string {
  const markers = new DisplayMarkers(token);
  const out = pieces.flatMap(piece => markers.take(Buffer.from(piece)));
  const shown = out.map(piece => (typeof piece === 'number' ? `<${piece}>` : piece.toString('latin1')));
  return shown.join('') + markers.end().toString('latin1');
}

test('a marker becomes the value in its place', () => {
  assert.equal(through([`one\n${marker(0)}two${marker(1)}${marker(12)}`]), 'one\n<0>two<1><12>');
});

test('wherever the reads end, the same comes out', () => {
  const text = `a\x1b[31m${marker(7)}b\x1b${marker(123456)}\x1b]0;title\x07c`;
  const whole = through([text]);
  assert.equal(whole, 'a\x1b[31m<7>b\x1b<123456>\x1b]0;title\x07c');
  for (let at = 0; at <= text.length; at++) {
    assert.equal(through([text.slice(0, at), text.slice(at)]), whole, `cut at ${at}`);
    for (let then = at; then <= text.length; then++) {
      const pieces = [text.slice(0, at), text.slice(at, then), text.slice(then)];
      assert.equal(through(pieces), whole, `cut at ${at} and ${then}`);
    }
  }
  assert.equal(through([...text]), whole, 'byte by byte');
});

test('what only looks like a marker is output', () => {
  for (const text of [
    marker(0, 'another0'),
    marker(''),
    marker('1x'),
    marker('-1'),
    marker(' 1'),
    marker(1234567),
    marker(3).replace('\x07', '\x1b\\'),
    marker(3).replace('RunInParallel', 'RunInParalle'),
    marker(3).slice(1),
  ]) {
    assert.equal(through([text]), text, JSON.stringify(text));
    assert.equal(through([...text]), text, JSON.stringify(text));
    assert.equal(through([text, marker(5)]), `${text}<5>`, 'and does not keep the next from being seen');
  }
});

test('what has begun like a marker comes out at the end of the stream', () => {
  const text = marker(42);
  for (let length = 1; length < text.length; length++) {
    const begun = text.slice(0, length);
    assert.equal(through([`out ${begun}`]), `out ${begun}`);
    assert.equal(through([`${begun}${marker(1)}`]), `${begun}<1>`);
  }
});

test('ordinary output is not held back', () => {
  const markers = new DisplayMarkers(token);
  const now = (text: string) => markers.take(Buffer.from(text)).map(String).join('');
  assert.equal(now('plain'), 'plain');
  assert.equal(now('\x1b[1mbold'), '\x1b[1mbold');
  assert.equal(now('before\x1b]Run'), 'before');
  assert.equal(now('ning'), '\x1b]Running');
  assert.equal(now(marker(1, 'another0').slice(0, 20)), marker(1, 'another0').slice(0, 20));
});
