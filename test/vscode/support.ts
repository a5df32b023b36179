// What the windows' tests share: documents, the panel's text, processes of runs.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import * as vscode from 'vscode';
import { page } from '../support/vscode/page.ts';

/** Waits until a condition holds, asking again and again; the deadline makes it fail with what it was. */
export async function until<T>(what: string, ask: () => Promise<T> | T, holds: (value: T) => boolean): Promise<T> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const value = await ask();
    if (holds(value)) return value;
    if (Date.now() > deadline) throw new Error(`${what}; it is: ${JSON.stringify(value).slice(0, 3000)}`);
    await pause(25); // Not at once: the extension under test runs in this process too.
  }
}

/** All that the panel shows as text, '' while there is none. */
export async function panelText(): Promise<string> {
  try {
    return await page.evaluateInWebview<string>('document.body.innerText');
  } catch {
    return '';
  }
}

export function untilPanel(what: string, holds: (text: string) => boolean): Promise<string> {
  return until(what, panelText, holds);
}

/** An unsaved Python document in the first column, with the focus. */
export async function openPython(content: string): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument({ language: 'python', content });
  return vscode.window.showTextDocument(document, vscode.ViewColumn.One);
}

export async function openSample(name: string): Promise<vscode.TextEditor> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) throw new Error('The tests need a folder.');
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, name));
  return vscode.window.showTextDocument(document, vscode.ViewColumn.One);
}

/** Whole 0-based lines as selections, in one editor. */
export function selectLines(editor: vscode.TextEditor, ...ranges: [first: number, last: number][]): void {
  editor.selections = ranges.map(
    ([first, last]) => new vscode.Selection(first, 0, last, editor.document.lineAt(last).text.length),
  );
}

// Run ids start with the pid of their extension host, which is ours.
const marker = `RUN_IN_PARALLEL_RUN=${process.pid}-`;

/** Command lines of the processes of this window's runs: they carry the marker in their environment (Linux). */
export function processesOfRuns(): { pid: number; command: string }[] {
  return readdirSync('/proc').flatMap(name => {
    try {
      if (!/^\d+$/.test(name) || !readFileSync(`/proc/${name}/environ`, 'latin1').includes(marker)) return [];
      const state = readFileSync(`/proc/${name}/stat`, 'latin1').split(') ')[1]?.[0];
      const command = readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' ');
      return state === 'Z' ? [] : [{ pid: Number(name), command }];
    } catch {
      return []; // It ended meanwhile, or belongs to somebody else.
    }
  });
}

export function untilNoProcess(): Promise<unknown> {
  return until('No process of a run is left', processesOfRuns, left => left.length === 0);
}

/** Ends what a test has left, so that the next one starts afresh. */
export async function cleanUp(): Promise<void> {
  await vscode.commands.executeCommand('runInParallel.stop').then(undefined, () => undefined);
  await untilNoProcess();
  for (const document of vscode.workspace.textDocuments) {
    if (!document.isUntitled || document.isClosed) continue;
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  }
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

/** Waits for a notification; VS Code under test shows them in its list only, not as toasts. Returns its selector. */
export async function notification(text: string): Promise<string> {
  const selector = `.notification-list-item:has-text(${JSON.stringify(text)})`;
  await until(
    `the notification "${text}" is there`,
    async () => {
      await vscode.commands.executeCommand('notifications.showList');
      return page.evaluateInMain<string>(
        '[...document.querySelectorAll(".notification-list-item")].map(item => item.innerText).join("|")',
      );
    },
    shown => shown.includes(text),
  );
  return selector;
}
