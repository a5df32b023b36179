import * as vscode from 'vscode';
import { Commands } from './commands.ts';
import { LanguageServer } from './languageServer.ts';
import { Panel, panelViewType } from './panel.ts';
import { RunStore } from './runStore.ts';
import { Runs } from './runs.ts';
import { StatusBar } from './statusBar.ts';

let runs: Runs | null = null;
let languageServer: LanguageServer | null = null;

/** Wires the parts together; nothing is started before the first run. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Run in Parallel', { log: true });
  const store = new RunStore();
  const statusBar = new StatusBar(store);
  const changed = (runId: string) => {
    panel.changed(runId);
    statusBar.update();
  };
  const distDir = vscode.Uri.joinPath(context.extensionUri, 'dist').fsPath;
  const theRuns = new Runs(distDir, store, changed, log);
  runs = theRuns;
  languageServer = new LanguageServer(distDir, log);
  // Closing the panel stops what it shows: nothing runs unseen.
  const panel: Panel = new Panel(
    context.extensionUri,
    store,
    action => commands.onPanelAction(action),
    () => theRuns.stopAll('cancelled'),
  );
  const commands: Commands = new Commands(store, theRuns, panel, log);

  context.subscriptions.push(
    log,
    statusBar,
    panel,
    languageServer,
    vscode.commands.registerCommand('runInParallel.run', () => commands.run()),
    vscode.commands.registerCommand('runInParallel.stop', () => theRuns.stopAll('cancelled')),
    vscode.commands.registerCommand('runInParallel.showPanel', () => panel.show()),
    vscode.commands.registerCommand('runInParallel.openTrace', (uri?: vscode.Uri) => commands.openTrace(uri)),
    vscode.window.registerWebviewPanelSerializer(panelViewType, {
      deserializeWebviewPanel: async restored => panel.adopt(restored),
    }),
  );
}

/** VS Code waits for this when the window closes: no process outlives it. */
export async function deactivate(): Promise<void> {
  await Promise.all([runs?.close(), languageServer?.stop()]);
}
