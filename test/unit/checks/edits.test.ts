import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addImport, indentUnit, joined } from '../../../src/checks/edits.ts';
import { addMainGuard } from '../../../src/checks/mainGuard.ts';
import { applyFix, sourceFile } from './fixtures.ts';

const applied = (text: string, edits: Parameters<typeof joined>[0]) => applyFix(text, { title: '', edits: [...edits] });

describe('addImport', () => {
  const cases: [string, string, string][] = [
    ['behind the imports', 'import os\nimport sys\n\nx = 1\n', 'import os\nimport sys\nimport new\n\nx = 1'],
    ['behind the docstring', '"""Text."""\n\nx = 1\n', '"""Text."""\nimport new\n\nx = 1'],
    [
      'behind __future__',
      'from __future__ import annotations\nx = 1',
      'from __future__ import annotations\nimport new\nx = 1',
    ],
    ['at the start', '#!/usr/bin/python\nx = 1', '#!/usr/bin/python\nimport new\nx = 1'],
    ['not behind a late import', 'x = 1\nimport os\n', 'import new\nx = 1\nimport os'],
    ['with the line ends of the file', 'import os\r\nx = 1\r\n', 'import os\r\nimport new\r\nx = 1'],
  ];
  for (const [title, source, wanted] of cases)
    test(title, async () => {
      const file = await sourceFile(source);
      assert.equal(applied(source, [addImport(file, 'import new')]), wanted);
    });
});

describe('addMainGuard', () => {
  async function guarded(source: string, from: number): Promise<string | null> {
    const file = await sourceFile(source);
    const first = file.module.body[from];
    assert.ok(first);
    const edits = addMainGuard(file, first);
    return edits && applied(source, edits);
  }
  test('keeps line ends, tabs and blank lines', async () => {
    const source = 'def f():\r\n\tpass\r\nf()\r\n\r\nf()\r\n';
    assert.equal(await guarded(source, 1), "def f():\r\n\tpass\r\nif __name__ == '__main__':\r\n\tf()\r\n\r\n\tf()");
  });
  test('not with a definition in it', async () => assert.equal(await guarded('f()\ndef g(): pass\n', 0), null));
  test('not with a text of several lines', async () => assert.equal(await guarded("f('''a\nb''')\n", 0), null));
  test('not with two statements in its first line', async () =>
    assert.equal(await guarded('a = 1; f()\nf()\n', 1), null));
});

test('what goes to the same place is one edit, in order', () => {
  const edits = [1, 2].map(n => ({ start: 3, end: 3, newText: String(n) }));
  assert.deepEqual(joined(edits), [{ start: 3, end: 3, newText: '12' }]);
});

test('indentUnit is the first one that the file uses', async () => {
  assert.equal(indentUnit(await sourceFile('if x: pass\nif y:\n  pass\n')), '  ');
  assert.equal(indentUnit(await sourceFile('x = 1\n')), '    ');
});
