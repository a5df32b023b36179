import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readTarget } from '../../../src/cli/targets.ts';

const folder = mkdtempSync(join(tmpdir(), 'rip-targets-'));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function problem(target: string, cells: number[] = []): string {
  const read = readTarget(target, cells);
  assert.ok(!read.ok, target);
  return read.error.message;
}

const script = file('work.py', 'a = 1\n# %%\nb = 2\n# %% [markdown]\n# words\n# %%\nc = 3\nd = 4\n');
const notebook = file(
  'work.ipynb',
  JSON.stringify({
    nbformat: 4,
    cells: [
      { cell_type: 'code', source: ['a = 1\n', 'b = 2'] },
      { cell_type: 'markdown', source: 'words' },
      { cell_type: 'code', source: 'print(a)' },
      { cell_type: 'code', source: 'print(b)' },
    ],
  }),
);

test('a file, read by Python itself', () => {
  const read = readTarget(script, []);
  assert.ok(read.ok);
  assert.deepEqual(read.value, [
    {
      snippet: {
        title: 'work.py',
        units: [{ file: script, source: null, cell: false }],
        selection: null,
        display: false,
      },
      named: { file: script, startLine: null, endLine: null },
    },
  ]);
});

test('lines of a file', () => {
  const read = readTarget(`${script}:3-99`, []);
  assert.ok(read.ok);
  assert.deepEqual(read.value[0]?.snippet.selection, [{ unit: 0, startLine: 3, endLine: 9 }]);
  const one = readTarget(`${script}:3`, []);
  assert.ok(one.ok);
  assert.deepEqual(one.value[0]?.named, { file: script, startLine: 3, endLine: 3 });
});

test('code cells of a file are counted without the text cells', () => {
  const read = readTarget(script, [3, 1]);
  assert.ok(read.ok);
  assert.deepEqual(
    read.value.map(target => [target.snippet.title, target.snippet.selection]),
    [
      ['work.py · cell 3', [{ unit: 0, startLine: 6, endLine: 9 }]],
      ['work.py · cell 1', [{ unit: 0, startLine: 1, endLine: 1 }]],
    ],
  );
});

test('a cell of a notebook comes with the code cells before it', () => {
  const read = readTarget(notebook, [2]);
  assert.ok(read.ok);
  const [target] = read.value;
  assert.deepEqual(target?.snippet.units, [
    { file: `${notebook} · cell 1`, source: 'a = 1\nb = 2', cell: true },
    { file: `${notebook} · cell 2`, source: 'print(a)', cell: true },
  ]);
  assert.deepEqual(target?.snippet.selection, [{ unit: 1, startLine: 1, endLine: 1 }]);
});

test('a whole notebook runs all its code cells', () => {
  const read = readTarget(notebook, []);
  assert.ok(read.ok);
  assert.equal(read.value[0]?.snippet.units.length, 3);
  assert.equal(read.value[0]?.snippet.selection, null);
});

const guide = file('guide.md', '# A\n```py\na = 1\n```\n- ~~~python\n  a\n  b\n  ~~~\n');

test('fences of Python in a Markdown file are cells', () => {
  const all = readTarget(guide, []);
  assert.ok(all.ok);
  assert.deepEqual(
    all.value.map(({ snippet }) => [snippet.title, snippet.units.length, snippet.selection, snippet.display]),
    [['guide.md', 2, null, true]],
  );
  const second = readTarget(guide, [2]);
  assert.ok(second.ok);
  assert.equal(second.value[0]?.snippet.title, 'guide.md · cell 2');
  assert.deepEqual(second.value[0]?.snippet.selection, [{ unit: 1, startLine: 6, endLine: 7 }]);
});

test('lines of a Markdown file: a part of a fence, or what they touch', () => {
  const ranges = (lines: string) => {
    const read = readTarget(`${guide}:${lines}`, []);
    assert.ok(read.ok);
    return read.value.map(({ named }) => `${named.startLine}-${named.endLine}`);
  };
  assert.deepEqual(ranges('7'), ['7-7']);
  assert.deepEqual(ranges('1-5'), ['3-3', '6-7']);
  assert.equal(problem(`${guide}:1`), 'There is no Python in lines 1-1 of guide.md.');
  assert.equal(problem(guide, [3]), 'guide.md has 2 code cells: there is no cell 3.');
  assert.equal(problem(file('words.md', 'words')), 'There is no block of Python in words.md.');
});

test('mistakes are named', () => {
  assert.match(problem(join(folder, 'none.py')), /none\.py can't be read: ENOENT/);
  assert.match(problem(folder), /is not a file\.$/);
  assert.equal(problem(`${script}:20`), 'work.py has only 9 lines.');
  assert.equal(problem(`${script}:5-3`), '5-3 is not a range of lines: they count from 1.');
  assert.equal(problem(notebook, [9]), 'work.ipynb has 3 code cells: there is no cell 9.');
  assert.match(problem(`${notebook}:3-4`), /^Name cells of .* with --cell N\.$/);
  assert.equal(problem(file('bad.ipynb', '{}')), 'bad.ipynb: this is not a Jupyter notebook.');
});
