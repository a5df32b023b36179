// Pictures of the real thing for the README and for a look by eye: a finished run in every theme, and the panel narrow.
import * as vscode from 'vscode';
import { createSuite, skip } from '../support/vscode/harness.ts';
import { page } from '../support/vscode/page.ts';
import { cleanUp, openSample, until, untilPanel } from './support.ts';

const suite = createSuite();
suite.afterEach(cleanUp);

const themes = {
  dark: 'Default Dark Modern',
  light: 'Default Light Modern',
  'high-contrast': 'Default High Contrast',
  'high-contrast-light': 'Default High Contrast Light',
};

suite.test(
  'a finished run in every theme',
  async () => {
    needsPage();
    await page.resize(1500, 940);
    const editor = await openSample('2_gil.py');
    const line = editor.document
      .getText()
      .split('\n')
      .findIndex(text => text.includes('ThreadPoolExecutor(2)'));
    editor.selection = new vscode.Selection(line, 0, line, 0);
    editor.revealRange(new vscode.Range(line, 0, line, 0), vscode.TextEditorRevealType.InCenter);
    await vscode.commands.executeCommand('workbench.action.closeSidebar');
    await vscode.commands.executeCommand('runInParallel.run');
    await untilPanel('the run has ended', text => text.includes('Finished'));
    for (const [name, label] of Object.entries(themes)) {
      await theme(label);
      await untilThemed(name);
      await page.screenshot(`readme-${name}`);
    }
    await page.resize(760, 940);
    await page.screenshot('readme-narrow');
  },
  120_000,
);

suite.test('mistakes, marked before anything runs, with their fixes', async () => {
  needsPage();
  await theme('Default Dark Modern');
  await page.resize(1150, 760);
  const editor = await openSample('6_mistakes.py');
  await vscode.commands.executeCommand('workbench.action.closeSidebar');
  await until(
    'every mistake is marked',
    () => vscode.languages.getDiagnostics(editor.document.uri).map(({ source }) => source),
    sources => sources.filter(source => source === 'Run in Parallel').length >= 5,
  );
  const line = editor.document
    .getText()
    .split('\n')
    .findIndex(text => text.includes('lock.acquire()'));
  editor.revealRange(new vscode.Range(line - 18, 0, line - 18, 0), vscode.TextEditorRevealType.AtTop);
  editor.selection = new vscode.Selection(line, 6, line, 6);
  await vscode.commands.executeCommand('editor.action.quickFix');
  await page.waitFor('.action-widget');
  await page.screenshot('readme-mistakes');
  await vscode.commands.executeCommand('hideCodeActionWidget');
});

function needsPage(): void {
  if (!page.available)
    skip('this VS Code has no page to take pictures of; the launcher of test/support/vscode has one');
}

async function theme(name: string): Promise<void> {
  await vscode.workspace.getConfiguration('workbench').update('colorTheme', name, vscode.ConfigurationTarget.Global);
}

/** Two frames after the body has the theme's class: the canvas is drawn anew. */
async function untilThemed(name: string): Promise<void> {
  const kind = { dark: 'vscode-dark', light: 'vscode-light' }[name] ?? 'vscode-high-contrast';
  const isLight = name.endsWith('light');
  await until(
    `the panel has the class ${kind}`,
    () => page.evaluateInWebview<string>('document.body.className'),
    classes =>
      classes.split(' ').includes(kind) &&
      (kind !== 'vscode-high-contrast' || classes.includes('high-contrast-light') === isLight),
  );
  await page.evaluateInWebview('new Promise(r => requestAnimationFrame(() => requestAnimationFrame(() => r(true))))');
}

export const run = suite.run;
