// What the windows' tests share: documents, the panel's text, processes of runs.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import * as vscode from 'vscode';
import { page } from '../support/vscode/page.ts';

/** Waits until a condition holds, asking again and again; the deadline makes it fail with what it was. */
export async function until<T>(
  what: string,
  ask: () => Promise<T> | T,
  holds: (value: T) => boolean,
  ms = 20_000,
): Promise<T> {
  const begun = Date.now();
  for (;;) {
    const answer = await answerOf(ask);
    if (answer && holds(answer.value)) return answer.value;
    const waited = Date.now() - begun;
    if (waited > ms) throw new Error(`${what}; it is: ${JSON.stringify(answer?.value)?.slice(0, 3000)}`);
    // Less often the longer it takes: the text of a whole panel costs its page a layout, and the extension under test runs in this process.
    await pause(Math.min(25 + waited / 20, 250));
  }
}

/** null: VS Code itself has cancelled the question, as it does when a newer one overtakes it. */
async function answerOf<T>(ask: () => Promise<T> | T): Promise<{ value: T } | null> {
  try {
    return { value: await ask() };
  } catch (error) {
    if (error instanceof Error && error.name === 'Canceled') return null;
    throw error;
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

/** Starts a run, and waits until it has succeeded: those of earlier tests are in the panel too, below it. */
export async function untilSuccess(what: string, start: () => Thenable<unknown>): Promise<void> {
  const sections = () => page.evaluateInWebview<string[]>(statuses);
  const hasPanel = vscode.window.tabGroups.all.some(({ tabs }) =>
    tabs.some(({ input }) => input instanceof vscode.TabInputWebview),
  );
  const before = hasPanel ? (await sections()).length : 0;
  await start();
  await until(what, sections, ([newest, ...others]) => newest === 'ok' && others.length >= before);
}

const statuses = `[...document.querySelectorAll('.section')].map(section => section.dataset.status)`;

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
  // The next test must not take one of these for its own.
  await vscode.commands.executeCommand('notifications.clearAll');
}

/** Waits for a notification; VS Code under test shows them in its list only, not as toasts. */
export async function notification(text: string, ms = 20_000): Promise<void> {
  await until(
    `the notification "${text}" is there`,
    async () => {
      await showNotifications();
      return page.evaluateInMain<string>(
        '[...document.querySelectorAll(".notification-list-item")].filter(item => item.checkVisibility()).map(item => item.innerText).join("|")',
      );
    },
    shown => shown.includes(text),
    ms,
  );
}

/** Clicks a button of a notification, as soon as it is there. */
export async function answerNotification(text: string, button: string): Promise<void> {
  await notification(text);
  const link = `.notification-list-item:has-text(${JSON.stringify(text)}) a:has-text(${JSON.stringify(button)})`;
  await until(
    `"${button}" of the notification "${text}" is clicked`,
    async () => {
      await showNotifications();
      return page.click(link, { timeout: 1000 }).then(() => true, String);
    },
    clicked => clicked === true,
  );
}

// Again and again: the list goes when its last notification goes, and a new one doesn't bring it back.
async function showNotifications(): Promise<void> {
  await vscode.commands.executeCommand('notifications.showList');
}
