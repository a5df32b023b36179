import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openDocuments } from '../../../src/server/documents.ts';

/** Where a measured line is after an edit, and its text. */
function edited(text: string, line: number, ...changes: Parameters<typeof openDocuments.update>[1]) {
  const document = openDocuments.create('file:///a.py', 'python', 1, text);
  document.measured.add({ uri: document.uri, version: 1, startLine: line, endLine: line, summary: '', times: [] });
  openDocuments.update(document, changes, 2);
  const [run] = document.measured.runs;
  return { text: document.text.getText(), line: run?.startLine ?? null, stale: run?.stale ?? null };
}

function range(startLine: number, startCharacter: number, endLine = startLine, endCharacter = startCharacter) {
  return {
    start: { line: startLine, character: startCharacter },
    end: { line: endLine, character: endCharacter },
  };
}

describe('a measured line', () => {
  test('moves when Enter is pressed at the end of the line above', () => {
    const after = edited('a\nb\nc', 1, { range: range(0, 1), text: '\n' });
    assert.deepEqual(after, { text: 'a\n\nb\nc', line: 2, stale: false });
  });

  test('stays when Enter is pressed at its own end', () => {
    assert.deepEqual(edited('a\nb', 1, { range: range(1, 1), text: '\nc' }), {
      text: 'a\nb\nc',
      line: 1,
      stale: false,
    });
  });

  test('moves when Enter is pressed at its start', () => {
    assert.deepEqual(edited('a\r\nb', 1, { range: range(1, 0), text: '\r\n' }), {
      text: 'a\r\n\r\nb',
      line: 2,
      stale: false,
    });
  });

  test('is stale when it is typed in', () => {
    assert.deepEqual(edited('a\nb', 1, { range: range(1, 1), text: 'x' }), { text: 'a\nbx', line: 1, stale: true });
  });

  test('is gone when it is deleted, and stale when it joins the one above', () => {
    assert.deepEqual(edited('a\nb\nc', 1, { range: range(1, 0, 2, 0), text: '' }), {
      text: 'a\nc',
      line: null,
      stale: null,
    });
    assert.deepEqual(edited('a\nb\nc', 1, { range: range(0, 1, 1, 0), text: '' }), {
      text: 'ab\nc',
      line: 0,
      stale: true,
    });
  });

  test('survives a formatter that writes the whole text anew', () => {
    assert.deepEqual(edited('a=1\nb\nc', 1, { text: 'a = 1\n\nb\nc' }), {
      text: 'a = 1\n\nb\nc',
      line: 2,
      stale: false,
    });
  });

  test('follows several edits at once', () => {
    const changes = [
      { range: range(2, 0), text: 'x\n' },
      { range: range(0, 0), text: 'y\n' },
    ];
    assert.deepEqual(edited('a\nb\nc', 1, ...changes), { text: 'y\na\nb\nx\nc', line: 2, stale: false });
  });

  test('survives ranges beyond the text', () => {
    assert.deepEqual(edited('a\n', 0, { range: range(7, 3, 9, 0), text: 'b\n' }), {
      text: 'a\nb\n',
      line: 0,
      stale: false,
    });
  });
});
