import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { at, Editor } from './harness.ts';

const uri = 'file:///work/a.py';
let editor: Editor;
before(async () => {
  editor = await Editor.start();
});
after(async () => {
  assert.equal(await editor.stop(), 0);
});

/** A document of its own for a test. */
let count = 0;
async function opened(text: string, languageId = 'python'): Promise<string> {
  const own = `file:///work/file${count++}.py`;
  await editor.open(own, text, languageId);
  return own;
}

describe('a pull', () => {
  test('gives what the rules find, as the protocol has it', async () => {
    await editor.open(uri, 'x = 1\nbad(bad)\n');
    assert.deepEqual(await editor.diagnostics(uri), [
      {
        range: at(1, 0, 3),
        severity: 2,
        code: 'RIP901',
        codeDescription: { href: 'https://github.com/run-in-parallel/run-in-parallel/blob/main/docs/rules/RIP901.md' },
        source: 'Run in Parallel',
        message: 'This is bad. Use good.',
      },
      {
        range: at(1, 4, 7),
        severity: 2,
        code: 'RIP901',
        codeDescription: { href: 'https://github.com/run-in-parallel/run-in-parallel/blob/main/docs/rules/RIP901.md' },
        source: 'Run in Parallel',
        message: 'This is bad. Use good.',
        relatedInformation: [{ location: { uri, range: at(1, 0, 3) }, message: 'So is this.' }],
      },
    ]);
  });

  test('marks what is deprecated', async () => {
    const own = await opened('shared()\n');
    const [found] = await editor.diagnostics(own);
    assert.deepEqual([found?.code, found?.severity, found?.tags], ['RIP903', 4, [2]]);
  });

  test('says that nothing has changed', async () => {
    const own = await opened('bad\n');
    const first = await editor.pull(own);
    assert.equal(first.kind, 'full');
    const second = await editor.pull(own, first.resultId);
    assert.deepEqual(second, { kind: 'unchanged', resultId: first.resultId });
    // A change that leaves every diagnostic where it was.
    await editor.change(own, { range: at(1, 0), text: 'y = 2' });
    assert.equal((await editor.pull(own, first.resultId)).kind, 'unchanged');
    await editor.change(own, { range: at(0, 0), text: '\n' });
    const third = await editor.pull(own, first.resultId);
    assert.equal(third.kind, 'full');
    assert.deepEqual(third.kind === 'full' && third.items[0]?.range, at(1, 0, 3));
  });

  test('follows typing, several places at once included', async () => {
    const own = await opened('a\nb\nc\n');
    assert.deepEqual(await editor.diagnostics(own), []);
    await editor.change(own, { range: at(2, 1), text: ' = bad' }, { range: at(0, 1), text: ' = bad' });
    const lines = (await editor.diagnostics(own)).map(({ range }) => range.start);
    assert.deepEqual(lines, [
      { line: 0, character: 4 },
      { line: 2, character: 4 },
    ]);
    await editor.change(own, { text: 'whole = bad' });
    assert.deepEqual((await editor.diagnostics(own))[0]?.range, at(0, 8, 11));
  });

  test('counts characters as the protocol does', async () => {
    const own = await opened('x = "😀"; bad\r\ny = "é"; bad\r\n');
    assert.deepEqual(
      (await editor.diagnostics(own)).map(({ range }) => range),
      [at(0, 10, 13), at(1, 9, 12)],
    );
  });

  test('is empty for what is not open, closed, or no Python', async () => {
    assert.deepEqual(await editor.diagnostics('file:///work/unknown.py'), []);
    const text = await opened('bad', 'plaintext');
    assert.deepEqual(await editor.diagnostics(text), []);
    const closed = await opened('bad');
    await editor.close(closed);
    assert.deepEqual(await editor.diagnostics(closed), []);
  });
});

describe('comments', () => {
  test('silence rules', async () => {
    const own = await opened('bad  # rip: ignore[RIP901]\nbad  # rip: ignore[RIP101]\n# rip: ignore\nbad\n');
    assert.deepEqual(
      (await editor.diagnostics(own)).map(({ range }) => range.start.line),
      [1],
    );
  });
});

describe('settings', () => {
  test('switch rules, and all of them; a change holds at once', async () => {
    const own = await opened('bad\n');
    assert.equal((await editor.diagnostics(own)).length, 1);
    await editor.changeSettings({ diagnostics: { rules: { RIP901: 'error' } } });
    await editor.untilAsked('workspace/diagnostic/refresh');
    assert.equal((await editor.diagnostics(own))[0]?.severity, 1);
    await editor.changeSettings({ diagnostics: { rules: { RIP901: 'off' } } });
    assert.deepEqual(await editor.diagnostics(own), []);
    await editor.changeSettings({ diagnostics: { enable: false } });
    assert.deepEqual(await editor.diagnostics(own), []);
    await editor.changeSettings(null);
    assert.equal((await editor.diagnostics(own)).length, 1);
  });
});

test('a rule that throws is logged once, and the others go on', async () => {
  const own = await opened('explode\nbad\n');
  assert.equal((await editor.diagnostics(own)).length, 1);
  await editor.change(own, { range: at(0, 0), text: '\n' });
  assert.equal((await editor.diagnostics(own)).length, 1);
  const told = editor.logged.filter(message => message.includes('RIP902'));
  assert.equal(told.length, 1);
  assert.match(told[0] ?? '', /a mistake of the rule/);
});

describe('Markdown', () => {
  test('has its fences checked as the cells of a notebook', async () => {
    const own = await opened(
      '# Title\n\n```python\nshared = 1\n```\n\nbad\n\n- list\n\n  ```py\n  bad(shared)\n  ```\n',
      'markdown',
    );
    assert.deepEqual(
      (await editor.diagnostics(own)).map(({ code, range }) => [code, range]),
      [['RIP901', at(11, 2, 5)]],
    );
  });
});
