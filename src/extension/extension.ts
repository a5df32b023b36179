import { join } from 'node:path';
import * as vscode from 'vscode';
import { ProgramHelper } from '../pool/programHelper.ts';
import { ClusterRuns } from './clusterRuns.ts';
import { ClusterStatus } from './clusterStatus.ts';
import { ClusterStore } from './clusterStore.ts';
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
import { TraceEditor, traceEditorTypes } from './traceEditor.ts';

const editorOptions = { supportsMultipleEditorsPerDocument: true };

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
  const helper = new ProgramHelper(join(distDir, 'python', 'run.py'));
  const clusters = new ClusterStore(context.workspaceState, context.secrets);
  const clusterRuns = new ClusterRuns(clusters, helper);
  const theRuns = new Runs({ distDir, store, listener: { changed, ended }, clusterRuns, log });
  runs = theRuns;
  // Closing the panel stops what it shows: nothing runs unseen.
  const panel: Panel = new Panel(
    { extensionUri: context.extensionUri, store, act: action => commands.onPanelAction(action) },
    () => theRuns.stopAll('cancelled'),
  );
  const programView = new ProgramView();
  const places = new CellPlaces();
  const commands: Commands = new Commands({
    distDir,
    store,
    runs: theRuns,
    panel,
    helper,
    programView,
    places,
    clusters,
    log,
  });

  const traceEditor = new TraceEditor({
    distDir,
    extensionUri: context.extensionUri,
    act: (action, record) => commands.onTraceAction(action, record),
  });

  context.subscriptions.push(
    log,
    statusBar,
    panel,
    server,
    helper,
    programView,
    clusters,
    new ClusterStatus(clusters),
    vscode.commands.registerCommand('runInParallel.run', (argument: unknown) => commands.run(argument)),
    vscode.commands.registerCommand('runInParallel.runNotebook', (argument: unknown) => commands.runNotebook(argument)),
    vscode.commands.registerCommand('runInParallel.showProgram', (argument: unknown) => commands.showProgram(argument)),
    vscode.commands.registerCommand('runInParallel.stop', () => theRuns.stopAll('cancelled')),
    vscode.commands.registerCommand('runInParallel.chooseCluster', () => commands.chooseCluster()),
    vscode.commands.registerCommand('runInParallel.showPanel', () => panel.show()),
    vscode.commands.registerCommand('runInParallel.openTrace', (uri?: vscode.Uri) => commands.openTrace(uri)),
    ...traceEditorTypes.map(type => vscode.window.registerCustomEditorProvider(type, traceEditor, editorOptions)),
    vscode.window.registerWebviewPanelSerializer(panelViewType, {
      deserializeWebviewPanel: async restored => panel.adopt(restored),
    }),
  );
}

/** VS Code waits for this when the window closes: no process outlives it. */
export async function deactivate(): Promise<void> {
  await Promise.all([runs?.close(), languageServer?.stop()]);
}
