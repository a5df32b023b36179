import * as vscode from 'vscode';
import { PanelPage, type PanelPageParts } from './panelPage.ts';

export const panelViewType = 'runInParallel.panel';

/** The panel beside the editor: one at a time, made anew whenever it is needed. */
export class Panel implements vscode.Disposable {
  private shown: { panel: vscode.WebviewPanel; page: PanelPage } | null = null;
  private readonly parts: PanelPageParts;
  private readonly closed: () => void;

  constructor(parts: PanelPageParts, closed: () => void) {
    this.parts = parts;
    this.closed = closed;
  }

  /** Shows the panel beside the editor; the focus stays where it is. */
  show(): void {
    if (this.shown !== null) {
      if (!this.shown.panel.visible) this.shown.panel.reveal(undefined, true);
      return;
    }
    const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    this.adopt(vscode.window.createWebviewPanel(panelViewType, 'Run in Parallel', column));
  }

  /** Takes a panel that VS Code restored, or one just made. */
  adopt(panel: vscode.WebviewPanel): void {
    const media = (name: string) => vscode.Uri.joinPath(this.parts.extensionUri, 'media', name);
    panel.iconPath = { light: media('panel-light.svg'), dark: media('panel-dark.svg') };
    const page = new PanelPage(panel.webview, this.parts);
    this.shown = { panel, page };
    panel.onDidDispose(() => {
      page.dispose();
      this.shown = null;
      this.closed();
    });
  }

  /** Tells the panel that a run has something new. */
  changed(runId: string): void {
    this.shown?.page.changed(runId);
  }

  dispose(): void {
    this.shown?.panel.dispose();
  }
}
