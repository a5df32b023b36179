import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { at, bundles } from './harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'rip-check-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content);
  return name;
}

/** `run-in-parallel check …` in the folder of the files. */
async function check(...args: string[]): Promise<{ code: number | string; stdout: string; stderr: string }> {
  const cli = join(await bundles(), 'cli.js');
  return new Promise(resolve => {
    execFile(process.execPath, [cli, 'check', ...args], { cwd: folder }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

const notebook = JSON.stringify({
  nbformat: 4,
  metadata: {},
  cells: [
    { cell_type: 'markdown', source: 'bad' },
    { cell_type: 'code', source: 'shared = 1' },
    { cell_type: 'code', source: ['%%time\n', 'bad(shared)'] },
    { cell_type: 'code', source: 'bad', metadata: { vscode: { languageId: 'r' } } },
  ],
});

describe('text', () => {
  test('has one line for each diagnostic, and a summary on stderr', async () => {
    const ended = await check(file('a.py', 'x = bad\n\nshared()\n'), file('b.py', 'x = 1\n'));
    assert.equal(
      ended.stdout,
      'a.py:1:5: RIP901 warning: This is bad. Use good.\na.py:3:1: RIP903 hint: Nothing binds this.\n',
    );
    assert.equal(ended.stderr, '1 warning, 1 hint in 2 files\n');
    assert.equal(ended.code, 1);
  });

  test('names the cell of a notebook', async () => {
    const ended = await check(file('book.ipynb', notebook));
    assert.equal(ended.stdout, 'book.ipynb · cell 2:2:1: RIP901 warning: This is bad. Use good.\n');
  });

  test('finds the fences of a Markdown file', async () => {
    const ended = await check(file('a.md', 'bad\n\n```python\nbad\n```\n'));
    assert.equal(ended.stdout, 'a.md:4:1: RIP901 warning: This is bad. Use good.\n');
  });

  test('only hints: success', async () => {
    const ended = await check(file('hint.py', 'shared()\n'));
    assert.equal(ended.code, 0);
    assert.equal(ended.stderr, '1 hint in 1 file\n');
  });

  test('nothing: success', async () => {
    const ended = await check(file('fine.py', ''));
    assert.deepEqual(ended, { code: 0, stdout: '', stderr: 'Nothing found in 1 file\n' });
  });
});

describe('json', () => {
  test("is the protocol's Diagnostic[]", async () => {
    const ended = await check(file('one.py', 'bad\n'), '--format', 'json');
    assert.equal(ended.code, 1);
    assert.equal(ended.stderr, '');
    assert.deepEqual(JSON.parse(ended.stdout), [
      {
        range: at(0, 0, 3),
        severity: 2,
        code: 'RIP901',
        codeDescription: { href: 'https://github.com/run-in-parallel/run-in-parallel/blob/main/docs/rules/RIP901.md' },
        source: 'Run in Parallel',
        message: 'This is bad. Use good.',
      },
    ]);
  });

  test('says which file or cell it is when that is not clear', async () => {
    const ended = await check('--format=json', file('c.py', 'bad\n'), file('book.ipynb', notebook));
    const found: { data: unknown }[] = JSON.parse(ended.stdout);
    assert.deepEqual(
      found.map(({ data }) => data),
      [{ file: 'c.py' }, { file: 'book.ipynb', cell: 2 }],
    );
  });

  test('is an empty list when there is nothing', async () => {
    const ended = await check('--format=json', file('fine.py', 'x = 1\n'));
    assert.deepEqual([JSON.parse(ended.stdout), ended.code], [[], 0]);
  });
});

describe('wrong usage', () => {
  test('is told in a sentence', async () => {
    const missing = await check('missing.py');
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /^run-in-parallel: missing\.py can't be read: ENOENT/);
    const isFolder = await check('.');
    assert.deepEqual([isFolder.code, isFolder.stderr], [2, 'run-in-parallel: . is not a file.\n']);
    const noBook = await check(file('no.ipynb', '{]'));
    assert.deepEqual([noBook.code, noBook.stderr], [2, 'run-in-parallel: no.ipynb: this is not a Jupyter notebook.\n']);
  });
});

test('whatever is in a file: no exception', async () => {
  const bytes = Uint8Array.from({ length: 20_000 }, (_, i) => (i * 7919 + (i >> 3)) % 256);
  const files = [
    file('bytes.py', bytes),
    file('latin1.py', Buffer.from('# -*- coding: latin-1 -*-\nx = "\xe9"; bad\n', 'latin1')),
    file('bom.py', '\uFEFFbad\n'),
    file('two.py', 'print "hello"\nexec "x"\nraise E, "x"\nbad\n'),
    file('half.py', 'def f(:\n  with (\nbad\n'),
    file('deep.py', `x = ${'('.repeat(5000)}1${')'.repeat(5000)}\n`),
    file('blocks.py', Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}if x:\n`).join('')),
    file('chain.py', `x = ${'1 + '.repeat(20_000)}1\n`),
    file('elif.py', `if x:\n  pass\n${'elif y:\n  pass\n'.repeat(1000)}`),
    file('calls.py', `x${'.a()'.repeat(10_000)}\n`),
    file('braces.py', '{'.repeat(100_000)),
  ];
  const ended = await check('--format=json', ...files);
  assert.equal(ended.stderr, '');
  const found: { data: { file: string }; range: unknown }[] = JSON.parse(ended.stdout);
  const places = found.map(({ data, range }) => [data.file, range]);
  assert.deepEqual(places.slice(0, 2), [
    ['latin1.py', at(1, 9, 12)],
    ['bom.py', at(0, 0, 3)],
  ]);
});
