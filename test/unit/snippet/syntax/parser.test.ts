import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Node } from '../../../../src/snippet/syntax/ast.ts';
import { childNodes } from '../../../../src/snippet/syntax/walk.ts';
import { pythonParser } from '../../checks/fixtures.ts';
import { dump } from './dump.ts';

const samples = ['1_fetch_urls.py', '3_processes.py', '5_locks_and_queues.py'].map(name =>
  readFileSync(join(import.meta.dirname, '../../../../samples', name), 'utf8'),
);

/** Numbers from 0 to 1, the same in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

const pieces = [
  '',
  '\n',
  'x = 1\n',
  '(',
  ')',
  '"""',
  '    ',
  'class A:\n    def f(self):\n        pass\n',
  ':',
  'é',
  '🐍',
  'def ',
];

function places(node: Node): string {
  return `${node.kind} ${node.start}-${node.end}${childNodes(node).map(places).join('')}`;
}

test('after any edits the tree is that of the whole text', async () => {
  const parser = await pythonParser();
  const next = random(7);
  for (const sample of samples) {
    const edited = parser.open(sample);
    for (let step = 0; step < 120; step++) {
      const { text } = edited;
      const start = Math.floor(next() * text.length);
      const end = Math.min(text.length, start + Math.floor(next() * next() * 60));
      edited.edit(start, end, pieces[Math.floor(next() * pieces.length)] ?? '');
      if (next() < 0.3) continue; // Several edits between two looks.
      const fresh = parser.open(edited.text);
      // The parser recovers from errors differently when it knows what was there before; sound trees are the same.
      if (!fresh.module.body.some(statement => statement.broken)) {
        assert.equal(dump(edited.module), dump(fresh.module));
        assert.equal(places(edited.module), places(fresh.module));
      } else assert.ok(edited.module.body.length > 0);
      fresh.dispose();
    }
    edited.dispose();
  }
});

test('an undone edit leaves the tree as it was', async () => {
  const parser = await pythonParser();
  for (const sample of samples) {
    const edited = parser.open(sample);
    const before = places(edited.module);
    edited.edit(100, 100, 'class X(\n');
    assert.notEqual(places(edited.module), before);
    edited.edit(100, 109, '');
    assert.equal(places(edited.module), before);
    edited.dispose();
  }
});
