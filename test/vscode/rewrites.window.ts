// A rewrite of the language server, as its user meets it: shown first, made when it is confirmed.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { createSuite, skip } from '../support/vscode/harness.ts';
import { page } from '../support/vscode/page.ts';
import { cleanUp, openPython, until } from './support.ts';

const suite = createSuite();
suite.afterEach(cleanUp);

const loop = `words = ['a', 'b']
results = []
for word in words:
    results.append(word * 2)
print(results)
`;

async function rewrites({ document, selection }: vscode.TextEditor): Promise<vscode.CodeAction[]> {
  const { value: kind } = vscode.CodeActionKind.RefactorRewrite;
  return vscode.commands.executeCommand('vscode.executeCodeActionProvider', document.uri, selection, kind);
}

suite.test('a rewrite is previewed, and made once it is confirmed', async () => {
  if (!page.available) skip('this VS Code has no page to drive; the launcher of test/support/vscode provides one');
  await page.resize(1150, 760);
  const editor = await openPython(loop);
  editor.selection = new vscode.Selection(2, 5, 2, 5);
  await until(
    'the rewrite is offered',
    () => rewrites(editor),
    actions => actions.some(({ title }) => title === 'Turn into a list comprehension'),
  );
  await until(
    'the preview is there',
    async () => {
      await vscode.commands.executeCommand('editor.action.codeAction', { kind: 'refactor.rewrite', apply: 'first' });
      return page.waitFor('.bulk-edit-panel .monaco-list-row', { timeout: 5000 }).then(() => true, String);
    },
    // Again if not: the question that VS Code itself asks for its light bulb, a moment after the cursor moved, may have overtaken it.
    shown => shown === true,
  );
  await page.screenshot('vscode-rewrite');
  assert.equal(editor.document.getText(), loop, 'nothing is changed before it is confirmed');
  // What needs confirmation is not ticked.
  await page.click('.bulk-edit-panel .edit-checkbox');
  await page.click('.bulk-edit-panel .monaco-button:has-text("Apply")');
  await until(
    'the loop is a comprehension',
    () => editor.document.getText(),
    text => text.includes('results = [word * 2 for word in words]'),
  );
});

export const run = suite.run;
