import * as vscode from 'vscode';
import { shortClusterWords } from '../run/clusterChoice.ts';
import { type ClusterEngine, clusterWords, enginesOf } from '../run/clusters.ts';
import { activeResource } from './chooseCluster.ts';
import type { ClusterStore } from './clusterStore.ts';
import { codeCells } from './notebooks.ts';

const pauseMs = 400;

/**
 * Says in the status bar where Dask and Spark run; a click chooses. There only while Python has the focus and it matters: a cluster is
 * chosen, or the code imports one of them.
 */
export class ClusterStatus implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private readonly clusters: ClusterStore;
  private readonly subscriptions: vscode.Disposable[];
  private timer: NodeJS.Timeout | null = null;

  constructor(clusters: ClusterStore) {
    this.clusters = clusters;
    this.item = vscode.window.createStatusBarItem('runInParallel.cluster', vscode.StatusBarAlignment.Right, 90);
    this.item.name = 'Run in Parallel: Cluster';
    this.item.command = 'runInParallel.chooseCluster';
    const soon = () => this.updateSoon();
    this.subscriptions = [
      this.item,
      clusters.onDidChange(() => this.update()),
      vscode.window.onDidChangeActiveTextEditor(soon),
      vscode.window.onDidChangeActiveNotebookEditor(soon),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document === vscode.window.activeTextEditor?.document) soon();
      }),
      vscode.workspace.onDidChangeNotebookDocument(soon),
    ];
    soon();
  }

  dispose(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private updateSoon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.update();
    }, pauseMs);
  }

  private update(): void {
    const texts = activePython();
    const { clusters } = this.clusters.current(activeResource());
    const chosen = shortClusterWords(clusters);
    const engines = texts === null ? new Set<ClusterEngine>() : new Set(texts.flatMap(text => [...enginesOf(text)]));
    if (texts === null || (chosen === '' && engines.size === 0)) {
      this.item.hide();
      return;
    }
    const where = chosen === '' ? 'This computer' : chosen;
    this.item.text = `$(server) ${where}`;
    const sentence = chosen === '' ? 'Dask and Spark run as the code says.' : `${clusterWords(clusters)}.`;
    this.item.tooltip = `Run in Parallel: ${sentence} Click to choose another cluster.`;
    this.item.accessibilityInformation = { label: `${where}, choose cluster`, role: 'button' };
    this.item.show();
  }
}

/** The Python that has the focus, a text for each cell; null when it is something else. */
function activePython(): string[] | null {
  const notebook = vscode.window.activeNotebookEditor?.notebook;
  if (notebook) return codeCells(notebook).map(({ document }) => document.getText());
  const document = vscode.window.activeTextEditor?.document;
  return document && ['python', 'markdown'].includes(document.languageId) ? [document.getText()] : null;
}
