// A snippet that lacks a package, in a real VS Code: the buttons of its message get the package, by pip from a real wheel of ours.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import * as vscode from 'vscode';
import { createSuite, skip } from '../support/vscode/harness.ts';
import { page } from '../support/vscode/page.ts';
import { answerNotification, cleanUp, notification, openPython, until, untilPanel, untilSuccess } from './support.ts';

const suite = createSuite();
const folder = mkdtempSync(join(tmpdir(), 'rip-packages-'));
const wheels = join(folder, 'wheels');
const base = process.env.RUN_IN_PARALLEL_PYTHONS?.split(delimiter).at(-1) ?? 'python3';
/** Making an environment starts Python many times, and other work may be going on. */
const patience = 120_000;

suite.afterEach(async () => {
  await vscode.workspace.getConfiguration('runInParallel').update('pythonPath', undefined, true);
  await vscode.workspace.getConfiguration('runInParallel').update('pythonPath', undefined, false);
  await vscode.workspace.getConfiguration('terminal.integrated').update('env.linux', undefined, true);
  for (const terminal of vscode.window.terminals) terminal.dispose();
  await cleanUp();
});

// Its name is one that we know, so that it is offered; its version is one that no index has.
const makeWheel = `
import sys, zipfile
info = "tqdm-999.0.dist-info/"
files = {
    "tqdm/__init__.py": "answer = 'from the wheel'\\n",
    info + "METADATA": "Metadata-Version: 2.1\\nName: tqdm\\nVersion: 999.0\\n",
    info + "WHEEL": "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
}
files[info + "RECORD"] = "".join(name + ",,\\n" for name in [*files, info + "RECORD"])
with zipfile.ZipFile(sys.argv[1] + "/tqdm-999.0-py3-none-any.whl", "w") as wheel:
    for name, text in files.items():
        wheel.writestr(name, text)
`;

const snippet = `import sys
import tqdm
print(tqdm.answer, sys.prefix)
`;

/** pip finds our wheel and asks nobody else; snippets run with this Python. */
async function prepare(python: string): Promise<void> {
  if (!page.available) skip('this VS Code has no page to drive; the launcher of test/support/vscode provides one');
  mkdirSync(wheels, { recursive: true });
  execFileSync(base, ['-c', makeWheel, wheels]);
  const env = { PIP_FIND_LINKS: wheels, PIP_NO_INDEX: '1', UV_FIND_LINKS: wheels, UV_NO_INDEX: '1' };
  await vscode.workspace.getConfiguration('terminal.integrated').update('env.linux', env, true);
  await vscode.workspace.getConfiguration('runInParallel').update('pythonPath', python, true);
}

function environment(name: string): string {
  execFileSync(base, ['-m', 'venv', join(folder, name)]);
  return join(folder, name, 'bin/python');
}

async function untilLacking(python: string): Promise<void> {
  await openPython(snippet);
  await page.command('Run in Parallel');
  const text = await untilPanel('the message names the package', panel => panel.includes('lacks tqdm'));
  assert.ok(text.includes(`${python} lacks tqdm`), text);
  for (const label of ['Install into this environment', 'Create an environment', 'Choose the interpreter']) {
    assert.ok(text.includes(label), `${label} is offered: ${text}`);
  }
}

/** Presses the button of the notification that tells of success, and returns what the new run printed. */
async function runAgain(): Promise<string> {
  await notification('tqdm: installed into', patience);
  await untilSuccess('the snippet has run', () => answerNotification('tqdm: installed into', 'Run Again'));
  await page.click('[role=tab]:has-text("Output")', { frame: 'webview' });
  const text = await untilPanel('it printed', panel => panel.includes('from the wheel'));
  return text;
}

suite.test(
  'a button installs the missing package into the environment of the run, and the snippet runs again',
  async () => {
    const python = environment('without');
    await prepare(python);
    await untilLacking(python);
    await page.screenshot('vscode-missing-package');
    await page.click('button:has-text("Install into this environment")', { frame: 'webview' });
    assert.ok((await runAgain()).includes(join(folder, 'without')));
    const said = execFileSync(python, ['-c', 'import tqdm; print(tqdm.answer)'], { encoding: 'utf8' });
    assert.equal(said, 'from the wheel\n');
  },
  2 * patience,
);

suite.test(
  'another makes an environment for the workspace, in which the snippet runs then',
  async () => {
    const workspace = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
    const made = join(workspace, '.venv');
    assert.ok(!existsSync(made));
    const python = environment('base');
    await prepare(python);
    await untilLacking(python);
    await page.click('button:has-text("Create an environment")', { frame: 'webview' });
    assert.ok((await runAgain()).includes(made));
    assert.equal(vscode.workspace.getConfiguration('runInParallel').get('pythonPath'), join(made, 'bin/python'));
    rmSync(made, { recursive: true, force: true });
  },
  2 * patience,
);

suite.test(
  'an installation that fails says so',
  async () => {
    const python = environment('offline');
    await prepare(python);
    rmSync(wheels, { recursive: true, force: true });
    await untilLacking(python);
    await page.click('button:has-text("Install into this environment")', { frame: 'webview' });
    await notification(`tqdm could not be installed into ${python}`, patience);
    const shown = await until(
      'the terminal is there',
      () => vscode.window.terminals.length,
      count => count > 0,
    );
    assert.ok(shown > 0);
  },
  2 * patience,
);

export async function run(): Promise<void> {
  try {
    await suite.run();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
