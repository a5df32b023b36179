import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { newestPython, openPool, pythons, type Started } from './harness.ts';

/** What the panel hears, in order: text as it is, values by their types. */
function story({ chunks }: Started): string[] {
  const parts: string[] = [];
  for (const chunk of chunks) {
    if (chunk.stream === 'display') parts.push(`<${Object.keys(chunk.data).sort().join(' ')}>`);
    else if (parts.length > 0 && !parts.at(-1)?.startsWith('<')) parts.push(`${parts.pop()}${chunk.text}`);
    else parts.push(chunk.text);
  }
  return parts;
}

const page = `
class Page:
    def __init__(self, text): self.text = text
    def __repr__(self): return f'Page({self.text!r})'
    def _repr_html_(self): return f'<b>{self.text}</b>'
`;

for (const python of new Set([pythons[0] ?? newestPython, newestPython])) {
  test(`print, value, print stand in the order of the program: ${python}`, async t => {
    const { start, folder } = await openPool(t);
    const source = `${page}
print('before', end='')
display(Page('one'))
print('between')
for n in range(2): display(Page(n))
print('after')
Page('last')
`;
    const run = start({ source, cell: true, python, runId: `values-${process.pid}` });
    const { status, output } = await run.end();
    assert.equal(status, 'ok', output.stderr);
    const value = '<text/html text/plain>';
    assert.deepEqual(story(run), ['before', value, 'between\n', value, value, 'after\n', value]);
    const text = "before\nPage('one')\nbetween\nPage(0)\nPage(1)\nafter\nPage('last')\n";
    assert.equal(output.stdout, text);
    assert.equal(readFileSync(output.stdoutFile ?? '', 'utf8'), text);
    const shown = run.chunks.filter(chunk => chunk.stream === 'display').map(chunk => chunk.data['text/html']);
    assert.deepEqual(shown, ['<b>one</b>', '<b>0</b>', '<b>1</b>', '<b>last</b>']);
    assert.equal(existsSync(join(folder, run.handle.runId, 'displays')), false, 'its files are gone');
  });
}

test('what has only a text is printed; a file that is no cell shows nothing', async t => {
  const { start } = await openPool(t);
  const cell = start({ source: 'print("a")\n6 * 7', cell: true });
  const file = start({ source: `${page}\nprint("a")\nPage(1)\n6 * 7` });
  assert.equal((await cell.end()).output.stdout, 'a\n42\n');
  assert.deepEqual(story(cell), ['a\n42\n']);
  assert.equal((await file.end()).output.stdout, 'a\n');
  assert.deepEqual(story(file), ['a\n']);
});

test('a program that imitates markers gets no values', async t => {
  const { start } = await openPool(t);
  const run = start({ source: `print('\\x1b]RunInParallel;${'0'.repeat(32)};0\\x07')`, cell: true });
  const { output } = await run.end();
  assert.equal(output.stdout, `\x1b]RunInParallel;${'0'.repeat(32)};0\x07\n`);
  assert.ok(run.chunks.every(chunk => chunk.stream === 'stdout'));
});

test('values among a flood are all shown, those of big size too', async t => {
  const { start } = await openPool(t);
  const source = `${page}
for n in range(20):
    print('x' * 300_000)
    display(Page(str(n) * 200_000))
`;
  const run = start({ source, cell: true, limits: { outputBytesInMemory: 1024 * 1024 } });
  const { status, output } = await run.end();
  assert.equal(status, 'ok', output.stderr);
  assert.equal(run.chunks.filter(chunk => chunk.stream === 'display').length, 20);
});

test('the outcome tells what ran and how long its statements took, also when one raised', async t => {
  const { start } = await openPool(t);
  const run = start({ source: 'import time\ntime.sleep(0.05)\n1 / 0\nprint("never")\n', cell: true });
  const { program, times, programError } = await run.end();
  assert.equal(programError?.type, 'ZeroDivisionError');
  assert.deepEqual(program?.statements.map(({ unit, startLine }) => [unit, startLine]).slice(0, 3), [
    [0, 1],
    [0, 2],
    [0, 3],
  ]);
  assert.deepEqual(
    times.map(({ unit, startLine, endLine }) => [unit, startLine, endLine]),
    [
      [0, 1, 1],
      [0, 2, 2],
      [0, 3, 3],
    ],
  );
  assert.ok((times[1]?.ms ?? 0) >= 50, `${times[1]?.ms} ms`);
});
