import { join } from 'node:path';
import * as vscode from 'vscode';
import { ProgramHelper } from '../pool/programHelper.ts';
import { Commands } from './commands.ts';
import type { Job } from './jobs.ts';
import { LanguageServer } from './languageServer.ts';
import { measuredParams } from './measured.ts';
import { CellPlaces } from './notebooks.ts';
import { Panel, panelViewType } from './panel.ts';
import { ProgramView } from './programView.ts';
import type { RunRecord } from './runRecord.ts';
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
  const server = new LanguageServer(distDir, log);
  languageServer = server;
  const ended = (record: RunRecord, job: Job) => {
    for (const params of measuredParams(record, job)) void server.notifyMeasured(params);
  };
  const theRuns = new Runs(distDir, store, { changed, ended }, log);
  runs = theRuns;
  // Closing the panel stops what it shows: nothing runs unseen.
  const panel: Panel = new Panel(
    context.extensionUri,
    store,
    action => commands.onPanelAction(action),
    () => theRuns.stopAll('cancelled'),
  );
  const helper = new ProgramHelper(join(distDir, 'python', 'run.py'));
  const programView = new ProgramView();
  const places = new CellPlaces();
  const commands: Commands = new Commands({ store, runs: theRuns, panel, helper, programView, places, log });

  context.subscriptions.push(
    log,
    statusBar,
    panel,
    server,
    helper,
    programView,
    vscode.commands.registerCommand('runInParallel.run', (argument: unknown) => commands.run(argument)),
    vscode.commands.registerCommand('runInParallel.runNotebook', (argument: unknown) => commands.runNotebook(argument)),
    vscode.commands.registerCommand('runInParallel.showProgram', (argument: unknown) => commands.showProgram(argument)),
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
