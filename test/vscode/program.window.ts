// Show Program in a real VS Code: what would run, read-only beside the editor.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { createSuite, skip } from '../support/vscode/harness.ts';
import { page } from '../support/vscode/page.ts';
import { cleanUp, openPython, processesOfRuns, selectLines, until, untilPanel } from './support.ts';

const suite = createSuite();
suite.afterEach(cleanUp);

const code = `import json
import time

pages = ['a', 'b']
unused = time.perf_counter()


def show(page):
    return json.dumps(page)


unrelated = 3
print([show(page) for page in pages])
`;

function needsPage(): void {
  if (!page.available) skip('this VS Code has no page to drive; the launcher of test/support/vscode provides one');
}

function programs(): vscode.TextDocument[] {
  const shown = vscode.window.tabGroups.all.flatMap(group => group.tabs.map(tab => tab.input));
  const uris = shown.flatMap(input => (input instanceof vscode.TabInputText ? [input.uri.toString()] : []));
  return vscode.workspace.textDocuments.filter(
    ({ uri }) => uri.scheme === 'run-in-parallel' && uris.includes(uri.toString()),
  );
}

/** Lines of the editor in the first column that are drawn greyed. */
function greyedLines(): Promise<string[]> {
  return page.evaluateInMain<string[]>(
    `[...document.querySelectorAll('.editor-group-container .monaco-editor .view-line')]
      .filter(line => [...line.querySelectorAll('span span')].some(span => getComputedStyle(span).opacity < 0.9))
      .map(line => line.innerText.replaceAll('\u00a0', ' '))`,
  );
}

suite.test('Show Program opens what would run beside the editor, and greys the rest until it is closed', async () => {
  needsPage();
  await page.resize(1500, 700);
  const editor = await openPython(code);
  selectLines(editor, [12, 12]);
  await page.command('Run in Parallel: Show Program');
  const [program] = await until('the Program is shown', programs, found => found.length === 1);
  assert.ok(program);
  assert.equal(program.languageId, 'python');
  assert.match(program.uri.path, /^\/Untitled-\d+:13-13 program\.py$/);
  const statements = program
    .getText()
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'));
  assert.deepEqual(statements, [
    'import json',
    "pages = ['a', 'b']",
    'def show(page):',
    '    return json.dumps(page)',
    'print([show(page) for page in pages])',
  ]);
  assert.match(program.getText(), /^# Untitled-\d+:4 · .*pages/m, 'why a statement is needed');
  assert.match(program.getText(), /^# Untitled-\d+:13 · selected$/m);
  assert.deepEqual(processesOfRuns(), [], 'nothing runs');
  assert.equal(editor.document.getText(), code, 'the editor has its text');
  const left = ['import time', 'unused = time.perf_counter()', 'unrelated = 3'];
  assert.deepEqual(await until('the rest is greyed', greyedLines, lines => lines.length >= 3), left);
  await page.screenshot('vscode-program');

  const text = program.getText();
  await vscode.window.showTextDocument(program, { viewColumn: vscode.ViewColumn.Two });
  await page.type('x');
  assert.deepEqual(
    [program.getText(), program.isDirty, editor.document.getText()],
    [text, false, code],
    'it is read-only',
  );
  assert.deepEqual(await greyedLines(), left);

  const tab = vscode.window.tabGroups.all
    .flatMap(group => group.tabs)
    .find(({ label }) => label.endsWith('program.py'));
  assert.ok(tab);
  await vscode.window.tabGroups.close(tab);
  await until('nothing is greyed any more', greyedLines, lines => lines.length === 0);
});

suite.test('an edit ends the greying', async () => {
  needsPage();
  const editor = await openPython(code);
  selectLines(editor, [12, 12]);
  await vscode.commands.executeCommand('runInParallel.showProgram');
  await until('the rest is greyed', greyedLines, lines => lines.length === 3);
  await editor.edit(edit => edit.insert(new vscode.Position(0, 0), '\n'));
  await until('nothing is greyed any more', greyedLines, lines => lines.length === 0);
});

suite.test('the panel shows the Program of a run', async () => {
  needsPage();
  const editor = await openPython(code);
  selectLines(editor, [12, 12]);
  await vscode.commands.executeCommand('runInParallel.run');
  await untilPanel('it ends', text => text.includes('Finished in'));
  await page.click('button[aria-label^="Show program"]', { frame: 'webview' });
  const [program] = await until('the Program is shown', programs, found => found.length === 1);
  assert.match(program?.getText() ?? '', /^import json$/m);
});

// Of a package that every Python has: nothing is fetched.
suite.test('packages that a cell asks for are installed in a terminal, after a click', async () => {
  needsPage();
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  assert.ok(folder);
  const uri = vscode.Uri.joinPath(folder, 'install.md');
  const text = '```python\n%pip install --quiet pip\nprint(1)\n```\n';
  await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
  const editor = await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.One });
  editor.selection = new vscode.Selection(2, 0, 2, 0);
  await vscode.commands.executeCommand('runInParallel.run');
  await untilPanel('it ends, and offers', shown => shown.includes('Finished in') && shown.includes('Install'));
  // Drawn as text, so that it can be read here.
  const settings = vscode.workspace.getConfiguration('terminal.integrated');
  await settings.update('gpuAcceleration', 'off', vscode.ConfigurationTarget.Global);
  await page.click('button:has-text("Install pip")', { frame: 'webview' });
  const terminal = await until(
    'there is a terminal',
    () => vscode.window.terminals.find(({ name }) => name.includes('install pip')),
    found => found !== undefined,
  );
  await until(
    'pip says that it is there already',
    () => page.evaluateInMain<string>('document.querySelector(".xterm-rows")?.innerText ?? ""'),
    shown => shown.replaceAll(/\s/g, '').includes('alreadysatisfied:pip'),
  );
  await page.screenshot('vscode-install');
  terminal?.dispose();
});

export const run = suite.run;
