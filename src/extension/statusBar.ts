import * as vscode from 'vscode';
import type { RunStore } from './runStore.ts';

/** Says how many snippets run, or how far the only one has come, and stops them with a click. Hidden while nothing runs. */
export class StatusBar implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private readonly store: RunStore;
  private shown = '';
  private isRunning: boolean | null = null;

  constructor(store: RunStore) {
    this.store = store;
    this.item = vscode.window.createStatusBarItem('runInParallel.status', vscode.StatusBarAlignment.Left);
    this.item.name = 'Run in Parallel';
    this.item.command = 'runInParallel.stop';
  }

  update(): void {
    const active = this.store.active();
    const count = active.length;
    const progress = active.map(record => record.progressText).find(text => text !== '') ?? '';
    const state = `${count} ${progress}`;
    if (state === this.shown) return;
    this.shown = state;
    if (this.isRunning !== count > 0) {
      this.isRunning = count > 0;
      void vscode.commands.executeCommand('setContext', 'runInParallel.running', this.isRunning);
    }
    if (count === 0) {
      this.item.hide();
      return;
    }
    const what = count === 1 ? '1 snippet' : `${count} snippets`;
    this.item.text = `$(sync~spin) ${count === 1 && progress !== '' ? progress : what}`;
    const far = progress === '' ? '' : ` ${progress}.`;
    this.item.tooltip = `Run in Parallel: ${what} running.${far} Click to stop.`;
    this.item.accessibilityInformation = { label: `${what} running, stop`, role: 'button' };
    this.item.show();
  }

  dispose(): void {
    this.item.dispose();
  }
}
