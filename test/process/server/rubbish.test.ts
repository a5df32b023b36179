// Whatever is in a document: the server answers, and says nothing of failures.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { at, bundles, Editor } from './harness.ts';

let editor: Editor;
before(async () => {
  editor = await Editor.start();
});
after(async () => {
  assert.equal(await editor.stop(), 0);
  const logged = editor.logged.filter(message => !message.includes('a mistake of the rewrite'));
  assert.deepEqual(logged, []);
});

/** Asks everything that an editor asks; returns where `bad` was found. */
async function ask(uri: string): Promise<number[]> {
  const range = { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } };
  await Promise.all([
    editor.lenses(uri),
    editor.hints(uri, range),
    editor.actions(uri, range),
    editor.hover(uri, 0, 3),
  ]);
  return (await editor.diagnostics(uri)).map(({ range: { start } }) => start.line);
}

const noise = Array.from({ length: 5000 }, (_, i) => String.fromCharCode((i * 7919) % 65536)).join('');
const texts: [name: string, text: string, lines: number[]][] = [
  ['nothing', '', []],
  ['half a call', 'bad\nwith pool(\n', [0]],
  ['half a string', 'bad\nx = "y\n', [0]],
  ['tabs and spaces', 'if x:\n\tbad\n        bad\n', [1, 2]],
  ['Python 2', 'print "x"\nexec code in d\nraise E, "x"\nbad\n', [3]],
  ['line breaks of every kind', 'x\r\ny\rz\nbad', [3]],
  ['brackets alone', '([{'.repeat(10_000), []],
  ['a NUL', 'x\0y\nbad\n', [1]],
];
for (const [name, text, lines] of texts) {
  test(name, async () => {
    const uri = `untitled:${encodeURIComponent(name)}`;
    await editor.open(uri, text);
    assert.deepEqual(await ask(uri), lines);
  });
}

test('noise', async () => {
  await editor.open('untitled:noise', noise);
  await ask('untitled:noise');
});

test('50,000 lines, typed in', async () => {
  const uri = 'file:///work/large.py';
  const lines = Array.from({ length: 50_000 }, (_, i) => (i % 10 === 0 ? `def f${i}(x):` : `    y = x + ${i}`));
  await editor.open(uri, lines.join('\n'));
  assert.deepEqual(await ask(uri), []);
  for (let i = 0; i < 20; i++) await editor.change(uri, { range: at(25_000 + i, 0, 0), text: '    bad\n' });
  assert.equal((await ask(uri)).length, 20);
});

test('while something is typed, only the last text is checked', async () => {
  const uri = 'file:///work/typed.py';
  await editor.open(uri, 'x = 1\n');
  const pulls = [];
  for (const letter of 'bad') {
    pulls.push(editor.diagnostics(uri));
    await editor.change(uri, { range: at(1, 'bad'.indexOf(letter)), text: letter });
  }
  await Promise.all(pulls);
  assert.deepEqual(await ask(uri), [1]);
});

test('notebooks that hold nothing, or what is no Python', async () => {
  const open = (uri: string, cells: unknown[], cellTextDocuments: unknown[]) =>
    editor.connection.sendNotification('notebookDocument/didOpen', {
      notebookDocument: { uri, notebookType: 'jupyter-notebook', version: 1, cells },
      cellTextDocuments,
    });
  await open('file:///work/empty.ipynb', [], []);
  const cell = 'vscode-notebook-cell:/work/r.ipynb#a';
  await open(
    'file:///work/r.ipynb',
    [{ kind: 2, document: cell }],
    [{ uri: cell, languageId: 'r', version: 1, text: 'bad' }],
  );
  assert.deepEqual(await ask(cell), []);
});

test('messages about what is not open do no harm', async () => {
  const uri = 'file:///work/never-opened.py';
  await editor.change(uri, { text: 'bad' });
  await editor.close(uri);
  await editor.measured({ uri, version: 1, startLine: 0, endLine: 0, summary: '', times: [] });
  await editor.connection.sendNotification('runInParallel/measured', { uri, version: 'x' });
  assert.deepEqual(await ask(uri), []);
});

test('the server ends with its editor', async () => {
  const server = fork(join(await bundles(), 'server.js'), ['--node-ipc'], { stdio: 'pipe' });
  const ended = new Promise(resolve => server.once('exit', resolve));
  server.disconnect();
  await ended;
});
