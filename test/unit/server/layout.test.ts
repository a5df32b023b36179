import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { Layout } from '../../../src/server/layout.ts';
import { fenceParts } from '../../../src/server/markdownParts.ts';

function document(uri: string, text: string): TextDocument {
  return TextDocument.create(uri, 'python', 1, text);
}

function whole(text: TextDocument) {
  return { document: text, from: 0, length: text.getText().length };
}

describe('cells as one text', () => {
  const a = document('a', 'one\ntwo');
  const empty = document('empty', '');
  const b = document('b', 'three\nfour');
  const layout = new Layout([whole(a), whole(empty), whole(b)]);

  test('are joined by line breaks', () => {
    assert.equal(layout.text, 'one\ntwo\n\nthree\nfour');
  });

  test('every offset has its place, and the way back', () => {
    for (let offset = 0; offset <= layout.text.length; offset++) {
      const place = layout.place(offset, offset);
      assert.ok(place);
      assert.equal(layout.offsetAt(place.document.uri, place.range.start), offset);
    }
    assert.equal(layout.place(9, 14)?.document.uri, 'b');
    assert.deepEqual(layout.place(9, 14)?.range, { start: { line: 0, character: 0 }, end: { line: 0, character: 5 } });
  });

  test('what goes on in the next cell ends with its own', () => {
    assert.deepEqual(layout.place(4, 12), {
      document: a,
      range: { start: { line: 1, character: 0 }, end: { line: 1, character: 3 } },
    });
  });

  test('a document that is not in it has no place', () => {
    assert.equal(layout.offsetAt('c', { line: 0, character: 0 }), null);
    assert.equal(new Layout([]).place(0, 0), null);
  });
});

describe('fences of a Markdown file', () => {
  const text = document('m', 'text\n\n- item\n\n  ```py\n  if x:\n      y\n  ```\n\n~~~python\nz\n~~~\n');
  const fences = fenceParts(text);
  const layout = new Layout(fences.flat());

  test('are read without their indentation', () => {
    assert.equal(layout.text, 'if x:\n    y\nz');
  });

  test('keep their places', () => {
    const start = layout.text.indexOf('if');
    const end = layout.text.indexOf('y') + 1;
    assert.deepEqual(layout.place(start, end)?.range, {
      start: { line: 5, character: 2 },
      end: { line: 6, character: 7 },
    });
    assert.equal(layout.offsetAt('m', { line: 10, character: 1 }), layout.text.length);
    assert.equal(layout.offsetAt('m', { line: 0, character: 2 }), null);
  });

  test('a range over several lines covers what it holds of them', () => {
    const range = { start: { line: 5, character: 0 }, end: { line: 6, character: 7 } };
    assert.deepEqual(layout.offsetsOf('m', range), { start: 0, end: layout.text.indexOf('y') + 1 });
  });
});
