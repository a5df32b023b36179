import * as vscode from 'vscode';
import type { RunStore } from './runStore.ts';

/** Says how many snippets run, and stops them with a click. Hidden while nothing runs. */
export class StatusBar implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private readonly store: RunStore;
  private shown = -1;

  constructor(store: RunStore) {
    this.store = store;
    this.item = vscode.window.createStatusBarItem('runInParallel.status', vscode.StatusBarAlignment.Left);
    this.item.name = 'Run in Parallel';
    this.item.command = 'runInParallel.stop';
  }

  update(): void {
    const count = this.store.active().length;
    if (count === this.shown) return;
    this.shown = count;
    void vscode.commands.executeCommand('setContext', 'runInParallel.running', count > 0);
    if (count === 0) {
      this.item.hide();
      return;
    }
    const what = count === 1 ? '1 snippet' : `${count} snippets`;
    this.item.text = `$(sync~spin) ${what}`;
    this.item.tooltip = `Run in Parallel: ${what} running. Click to stop.`;
    this.item.accessibilityInformation = { label: `${what} running, stop`, role: 'button' };
    this.item.show();
  }

  dispose(): void {
    this.item.dispose();
  }
}
