import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { PythonText } from '../../../src/server/pythonText.ts';
import type { SourceFile } from '../../../src/snippet/syntax/sourceFile.ts';
import { walk } from '../../../src/snippet/syntax/walk.ts';
import { pythonParser } from '../checks/fixtures.ts';

/** Every node with its place, as one string. */
function outline(file: SourceFile): string {
  return [...walk(file.module)].map(({ kind, start, end }) => `${kind} ${start}-${end}`).join('\n');
}

/** The same numbers on every machine. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const source = readFileSync(join(import.meta.dirname, '../../../samples/5_locks_and_queues.py'), 'utf8');

describe('a text that changes', () => {
  test('has the tree of its text whatever was edited before', async () => {
    const parser = await pythonParser();
    const text = new PythonText(parser);
    const next = random(7);
    const pieces = ['\n', 'x = 1\n', '    y()\n', '(', ')', '"""', 'def f():\n', 'é😀', ' ', 'async ', '# %%\n', '\\'];
    let now = source;
    for (let i = 0; i < 300; i++) {
      const at = next(now.length + 1);
      const removed = next(3) === 0 ? next(30) : 0;
      now = now.slice(0, at) + (pieces[next(pieces.length)] ?? '') + now.slice(at + removed);
      // Broken code can be read in more than one way; what counts is that it recovers.
      if (i % 10 === 9) now = source;
      const changed = text.script(now);
      const fresh = new PythonText(parser).script(now);
      assert.equal(changed.text, now);
      if (fresh.module.body.every(statement => !statement.broken))
        assert.equal(outline(changed), outline(fresh), `${i}`);
    }
  });

  test('is read anew when only white space has changed', async () => {
    const text = new PythonText(await pythonParser());
    text.script('if x:\n    a()\nb()\n');
    const [first] = text.script('if x:\n    a()\n    b()\n').module.body;
    assert.equal(first?.kind === 'If' && first.body.length, 2);
  });
});

describe('cells', () => {
  test('are one text with its magics masked, each cell on its own', async () => {
    const text = new PythonText(await pythonParser());
    const file = text.cells(['%%bash\nls x', '%time y = 1\n!pip z', 'y']);
    assert.equal(file.text, '#%bash\n#s x\n      y = 1\n#pip z\ny');
    assert.deepEqual(
      file.magics.map(({ kind, name, start, end }) => [kind, name, start, end]),
      [
        ['cell', 'bash', 0, 6],
        ['line', 'time', 12, 23],
        ['shell', '', 24, 30],
      ],
    );
    assert.equal(file.kind, 'cells');
  });
});
