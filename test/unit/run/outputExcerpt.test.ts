import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OutputExcerpt } from '../../../src/worker/outputExcerpt.ts';

function excerpt(limit: number, pieces: (string | Buffer)[]): OutputExcerpt {
  const made = new OutputExcerpt(limit);
  for (const piece of pieces) made.add(Buffer.from(piece));
  return made;
}

const cut = (missing: number) => `<${missing}>`;

test('what fits is kept as it came', () => {
  const made = excerpt(10, ['abc', '', 'defg', 'hij']);
  assert.equal(made.text(cut), 'abcdefghij');
  assert.equal(made.isCut, false);
  assert.equal(made.totalBytes, 10);
});

test('one byte too many is cut, in the middle', () => {
  const made = excerpt(10, ['abcdefghijk']);
  assert.equal(made.text(cut), 'abcde\n<1>\nghijk');
  assert.equal(made.isCut, true);
});

test('however the bytes are divided, the same is kept', () => {
  const text = Array.from({ length: 200 }, (_, n) => `${n};`).join('');
  const whole = excerpt(32, [text]).text(cut);
  assert.equal(whole, `${text.slice(0, 16)}\n<${text.length - 32}>\n${text.slice(-16)}`);
  for (const size of [1, 2, 3, 7, 15, 16, 17, 31, 33, 100]) {
    const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, n) =>
      text.slice(n * size, (n + 1) * size),
    );
    assert.equal(excerpt(32, pieces).text(cut), whole, `in pieces of ${size}`);
  }
});

test('a character that the cut goes through is left out and counted', () => {
  const made = excerpt(8, ['abc€', 'x'.repeat(20), '€€x']);
  // head: a b c + 1 of the 3 bytes of €; tail: the last 4 of 7 bytes = €x
  assert.equal(made.text(cut), `abc\n<${made.totalBytes - 3 - 4}>\n€x`);
  const through = excerpt(8, ['abcd', 'x'.repeat(20), '€€']);
  // tail: the last byte of the first € is left out
  assert.equal(through.text(cut), `abcd\n<${through.totalBytes - 4 - 3}>\n€`);
});

test('junk that only looks like half characters stays', () => {
  const made = excerpt(8, [Buffer.from([0x80, 0x80, 0x80, 0x80, 0x80, 0x41])]);
  assert.equal(made.text(cut), '\ufffd\ufffd\ufffd\ufffd\ufffdA');
});
