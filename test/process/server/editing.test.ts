import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { CodeAction } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { at, Editor } from './harness.ts';

let editor: Editor;
before(async () => {
  editor = await Editor.start();
});
after(async () => {
  assert.equal(await editor.stop(), 0);
});

let count = 0;
async function opened(text: string, languageId = 'python'): Promise<string> {
  const uri = `file:///work/file${count++}.py`;
  await editor.open(uri, text, languageId);
  return uri;
}

/** The text after an action, which must be for this document alone. */
function applied(action: CodeAction | undefined, uri: string, text: string): string {
  const [change, ...others] = action?.edit?.documentChanges ?? [];
  assert.ok(change && 'edits' in change && others.length === 0, 'one document is changed');
  assert.equal(change.textDocument.uri, uri);
  const edits = change.edits.flatMap(edit => ('newText' in edit ? [edit] : []));
  return TextDocument.applyEdits(TextDocument.create(uri, 'python', 1, text), edits);
}

describe('code actions', () => {
  test('mend a diagnostic, or silence it', async () => {
    const text = 'x = 1\n  \nbad + 1\n';
    const uri = await opened(text);
    const [mend, ignore, ...more] = await editor.actions(uri, at(2, 1), ['quickfix']);
    assert.deepEqual(more, []);
    assert.equal(mend?.title, 'Replace with good');
    assert.equal(mend?.kind, 'quickfix');
    assert.equal(mend?.isPreferred, true);
    assert.equal(mend?.diagnostics?.[0]?.code, 'RIP901');
    assert.equal(applied(mend, uri, text), 'x = 1\n  \ngood + 1\n');
    assert.equal(ignore?.title, 'Ignore RIP901 on this line');
    const silenced = applied(ignore, uri, text);
    assert.equal(silenced, 'x = 1\n  \nbad + 1  # rip: ignore[RIP901]\n');
    await editor.change(uri, { text: silenced });
    assert.deepEqual(await editor.diagnostics(uri), []);
  });

  test('are for the version of the text that they were made from', async () => {
    const uri = await opened('bad');
    await editor.change(uri, { range: at(0, 0), text: 'x = ' });
    const [mend] = await editor.actions(uri, at(0, 5), ['quickfix']);
    const [change] = mend?.edit?.documentChanges ?? [];
    assert.deepEqual(change && 'edits' in change && change.textDocument, { uri, version: 2 });
  });

  test('are only for where the cursor is', async () => {
    const uri = await opened('bad\n\nbad\n');
    assert.deepEqual(await editor.actions(uri, at(1, 0)), []);
  });

  test('rewrites are previewed, and one that throws does no harm', async () => {
    const uri = await opened('for x in y:\n    pass\n');
    const [rewrite, ...more] = await editor.actions(uri, at(0, 0), ['refactor']);
    assert.deepEqual(more, []);
    assert.equal(rewrite?.title, 'Turn into while');
    assert.equal(rewrite?.kind, 'refactor.rewrite');
    assert.deepEqual(rewrite?.edit?.changeAnnotations, {
      preview: { label: 'Turn into while', needsConfirmation: true },
    });
    const [change] = rewrite?.edit?.documentChanges ?? [];
    assert.deepEqual(change && 'edits' in change && change.edits, [
      { range: at(0, 0, 3), newText: 'while', annotationId: 'preview' },
    ]);
    assert.deepEqual(await editor.actions(uri, at(0, 0), ['quickfix']), []);
  });
});

describe('lenses', () => {
  const source = '# %% first\nx = 1\n\n# %% [markdown]\n# text\n# %% second\nwith pool:\n    y = 2\n';

  test('run cells and blocks', async () => {
    const uri = await opened(source);
    const lenses = await editor.lenses(uri);
    assert.deepEqual(
      lenses.map(({ range, command }) => [range.start.line, command?.title, command?.command, command?.arguments]),
      [
        [0, '$(run-all) Run in Parallel', 'runInParallel.run', [{ uri, lines: { startLine: 0, endLine: 2 } }]],
        [5, '$(run-all) Run in Parallel', 'runInParallel.run', [{ uri, lines: { startLine: 5, endLine: 8 } }]],
        [6, '$(run-all) Run in Parallel', 'runInParallel.run', [{ uri, lines: { startLine: 6, endLine: 7 } }]],
      ],
    );
  });

  test('say what was measured, and that it was edited since', async () => {
    const uri = await opened(source);
    await editor.change(uri, { range: at(0, 0), text: '\n' });
    await editor.measured({ uri, version: 1, startLine: 6, endLine: 7, summary: '0.42 s', times: [] });
    await editor.untilAsked('workspace/codeLens/refresh');
    const measured = async () =>
      (await editor.lenses(uri)).flatMap(({ range, command }) =>
        command?.command === 'runInParallel.showPanel' ? [[range.start.line, command.title]] : [],
      );
    assert.deepEqual(await measured(), [[7, '0.42 s']]);
    await editor.change(uri, { range: at(8, 8, 9), text: '3' });
    assert.deepEqual(await measured(), [[7, '0.42 s · edited since']]);
    await editor.change(uri, { range: { start: { line: 7, character: 0 }, end: { line: 9, character: 0 } }, text: '' });
    assert.deepEqual(await measured(), []);
  });

  test('a selection that is no block has its result too', async () => {
    const uri = await opened('a = 1\nb = 2\nc = 3\n');
    await editor.measured({ uri, version: 1, startLine: 1, endLine: 2, summary: 'failed', times: [] });
    assert.deepEqual(
      (await editor.lenses(uri)).map(({ range, command }) => [range.start.line, command?.title]),
      [[1, 'failed']],
    );
  });

  test('of a Markdown file are for its Python fences', async () => {
    const uri = await opened('text\n```python\na = 1\nb = 2\n```\n```sh\nls\n```\n', 'markdown');
    assert.deepEqual(
      (await editor.lenses(uri)).map(({ command }) => command?.arguments),
      [[{ uri, lines: { startLine: 2, endLine: 3 } }]],
    );
  });

  test('go when the setting is off', async () => {
    const uri = await opened(source);
    await editor.changeSettings({ codeLens: false });
    await editor.untilAsked('workspace/codeLens/refresh');
    assert.deepEqual(await editor.lenses(uri), []);
    await editor.changeSettings({});
    assert.equal((await editor.lenses(uri)).length, 3);
  });
});

describe('inlay hints', () => {
  const whole = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
  const times = [
    { startLine: 0, endLine: 0, ms: 0.4 },
    { startLine: 1, endLine: 2, ms: 420 },
    { startLine: 3, endLine: 3, ms: 1234.5 },
  ];

  test('are off by default; then they show times above 1 ms of what was not edited since', async () => {
    const uri = await opened('a = 1\nb = (\n  2)\nc = 3\n');
    await editor.measured({ uri, version: 1, startLine: 0, endLine: 3, summary: '1.7 s', times });
    assert.deepEqual(await editor.hints(uri, whole), []);
    await editor.changeSettings({ inlayHints: true });
    assert.deepEqual(
      (await editor.hints(uri, whole)).map(({ position, label }) => [position, label]),
      [
        [{ line: 1, character: 5 }, '420 ms'],
        [{ line: 3, character: 5 }, '1.23 s'],
      ],
    );
    await editor.change(uri, { range: at(2, 2, 3), text: '5' });
    assert.deepEqual(
      (await editor.hints(uri, whole)).map(({ label }) => label),
      ['1.23 s'],
    );
    await editor.changeSettings({});
  });
});

test('a hover is for the name under the mouse', async () => {
  const uri = await opened('x = 1\nwith pool: pass\n');
  assert.deepEqual(await editor.hover(uri, 1, 6), {
    contents: { kind: 'markdown', value: 'A **pool**.' },
    range: at(1, 5, 9),
  });
  assert.equal(await editor.hover(uri, 0, 0), null);
});
