import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type LineEdit, lineEdit, moved } from '../../../src/server/lineEdits.ts';
import { MeasuredDocument } from '../../../src/server/measured.ts';

const run = { uri: 'file:///a.py', version: 1, startLine: 2, endLine: 4, summary: '0.42 s', times: [] };

/** Types into a document and returns where the lines are afterwards. */
function edited(edit: LineEdit, startLine = 2, endLine = 4) {
  const document = new MeasuredDocument(1);
  document.add({ ...run, startLine, endLine });
  document.edited(2, edit);
  const [now] = document.runs;
  return now ? { startLine: now.startLine, endLine: now.endLine, stale: now.stale } : null;
}

describe('an edit in whole lines', () => {
  test('typing in a line replaces it', () => {
    assert.deepEqual(lineEdit(3, 'abc', 'abxc'), { start: 3, removed: 1, added: 1 });
  });

  test('a new line at the end of a line leaves that line alone', () => {
    assert.deepEqual(lineEdit(3, 'abc', 'abc\n'), { start: 4, removed: 0, added: 1 });
  });

  test('a new line at the start of a line leaves that line alone', () => {
    assert.deepEqual(lineEdit(3, 'abc', 'new\nabc'), { start: 3, removed: 0, added: 1 });
  });

  test('splitting a line replaces it', () => {
    assert.deepEqual(lineEdit(3, 'abc', 'a\r\nbc'), { start: 3, removed: 1, added: 2 });
  });

  test('writing the same text is no edit', () => {
    assert.equal(lineEdit(3, 'abc\nd', 'abc\nd'), null);
  });

  test('deleting lines with the break after them', () => {
    assert.deepEqual(lineEdit(3, 'a\nb\nc', 'c'), { start: 3, removed: 2, added: 0 });
  });

  test('equal lines are counted once', () => {
    assert.deepEqual(lineEdit(0, 'a\na', 'a\na\na'), { start: 2, removed: 0, added: 1 });
    assert.deepEqual(lineEdit(0, 'a\na\na', 'a'), { start: 1, removed: 2, added: 0 });
  });
});

describe('measured lines', () => {
  test('move with edits above them', () => {
    assert.deepEqual(edited({ start: 0, removed: 0, added: 3 }), { startLine: 5, endLine: 7, stale: false });
    assert.deepEqual(edited({ start: 0, removed: 1, added: 0 }), { startLine: 1, endLine: 3, stale: false });
  });

  test('move when lines are put directly before them', () => {
    assert.deepEqual(edited({ start: 2, removed: 0, added: 1 }), { startLine: 3, endLine: 5, stale: false });
  });

  test('stay with edits below them', () => {
    assert.deepEqual(edited({ start: 5, removed: 0, added: 1 }), { startLine: 2, endLine: 4, stale: false });
    assert.deepEqual(edited({ start: 5, removed: 2, added: 1 }), { startLine: 2, endLine: 4, stale: false });
  });

  test('are stale when one of them is edited', () => {
    assert.deepEqual(edited({ start: 3, removed: 1, added: 1 }), { startLine: 2, endLine: 4, stale: true });
    assert.deepEqual(edited({ start: 4, removed: 1, added: 2 }), { startLine: 2, endLine: 5, stale: true });
  });

  test('are stale when lines come between them', () => {
    assert.deepEqual(edited({ start: 3, removed: 0, added: 2 }), { startLine: 2, endLine: 6, stale: true });
  });

  test('keep what is left of them', () => {
    assert.deepEqual(edited({ start: 1, removed: 2, added: 0 }), { startLine: 1, endLine: 2, stale: true });
    assert.deepEqual(edited({ start: 4, removed: 3, added: 0 }), { startLine: 2, endLine: 3, stale: true });
  });

  test('are gone with their last line', () => {
    assert.equal(edited({ start: 2, removed: 3, added: 0 }), null);
    assert.equal(edited({ start: 0, removed: 9, added: 0 }), null);
  });
});

test('lines move as their text does, whatever the edit', () => {
  for (let start = 0; start < 6; start++) {
    for (let removed = 0; removed <= 6 - start; removed++) {
      for (let added = removed === 0 ? 1 : 0; added < 3; added++) {
        const text = ['a', 'b', 'c', 'd', 'e', 'f'];
        text.splice(start, removed, ...Array.from({ length: added }, (_, i) => `new ${i}`));
        const now = moved({ startLine: 2, endLine: 3 }, { start, removed, added });
        const what = `${start} −${removed} +${added}`;
        if (text.includes('c') && text.includes('d')) {
          assert.deepEqual(now?.lines, { startLine: text.indexOf('c'), endLine: text.indexOf('d') }, what);
          assert.equal(now?.touched, text.indexOf('d') - text.indexOf('c') !== 1, what);
        } else if (now) {
          assert.ok(now.touched, what);
          assert.ok(now.lines.endLine < text.length && now.lines.startLine <= now.lines.endLine, what);
        }
      }
    }
  }
});

describe('a run that is reported late', () => {
  test('is mapped through the edits since its start', () => {
    const document = new MeasuredDocument(1);
    document.edited(2, { start: 0, removed: 0, added: 1 });
    document.edited(3, { start: 0, removed: 0, added: 10 });
    document.add({ ...run, version: 2, times: [{ startLine: 3, endLine: 3, ms: 5 }] });
    assert.deepEqual(document.runs, [{ startLine: 12, endLine: 14, summary: '0.42 s', stale: false }]);
    assert.deepEqual(document.times, [{ startLine: 13, endLine: 13, ms: 5, stale: false }]);
  });

  test('is stale from the start when its lines were edited meanwhile', () => {
    const document = new MeasuredDocument(1);
    document.edited(2, { start: 3, removed: 1, added: 1 });
    document.add(run);
    assert.equal(document.runs[0]?.stale, true);
  });

  test('of a version before the document was opened is left out', () => {
    const document = new MeasuredDocument(5);
    document.add(run);
    assert.equal(document.runs.length, 0);
  });

  test('can be mapped through very many edits, and is left out beyond that', () => {
    const document = new MeasuredDocument(1);
    for (let version = 2; version <= 25_000; version++) document.edited(version, { start: 0, removed: 0, added: 1 });
    document.add(run);
    assert.equal(document.runs.length, 0);
    document.add({ ...run, version: 24_990 });
    assert.equal(document.runs[0]?.startLine, 12);
  });
});

describe('results of the same lines', () => {
  test('are replaced; others stay', () => {
    const document = new MeasuredDocument(1);
    document.add({ ...run, startLine: 0, endLine: 9, summary: 'whole' });
    document.add(run);
    document.add({ ...run, summary: 'again' });
    assert.deepEqual(
      document.runs.map(({ summary }) => summary),
      ['whole', 'again'],
    );
  });

  test('times are those of the last run', () => {
    const document = new MeasuredDocument(1);
    const times = [
      { startLine: 0, endLine: 0, ms: 1 },
      { startLine: 2, endLine: 4, ms: 2 },
      { startLine: 7, endLine: 7, ms: 3 },
    ];
    document.add({ ...run, times });
    document.add({ ...run, times: [{ startLine: 3, endLine: 3, ms: 9 }] });
    assert.deepEqual(
      document.times.map(({ ms }) => ms),
      [1, 3, 9],
    );
  });
});
