import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { messageOf } from '../base/errors.ts';
import type { HostToWebview, WebviewAction, WebviewRequest } from '../protocol/hostWebview.ts';
import type { RunStore } from './runStore.ts';
import { parseWebviewMessage } from './webviewMessages.ts';

export const panelViewType = 'runInParallel.panel';

/** What the panel leaves to the commands. */
export type PanelActions = (action: WebviewAction) => void;

/**
 * The panel beside the editor: one at a time, made anew whenever it is needed. It holds nothing: the webview asks for what it shows.
 */
export class Panel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | null = null;
  private readonly changedRuns = new Set<string>();
  private timer: NodeJS.Timeout | null = null;
  private readonly extensionUri: vscode.Uri;
  private readonly store: RunStore;
  private readonly act: PanelActions;
  private readonly closed: () => void;

  constructor(extensionUri: vscode.Uri, store: RunStore, act: PanelActions, closed: () => void) {
    this.extensionUri = extensionUri;
    this.store = store;
    this.act = act;
    this.closed = closed;
  }

  /** Shows the panel beside the editor; the focus stays where it is. */
  show(): void {
    if (this.panel !== null) {
      if (!this.panel.visible) this.panel.reveal(undefined, true);
      return;
    }
    const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    this.adopt(vscode.window.createWebviewPanel(panelViewType, 'Run in Parallel', column));
  }

  /** Takes a panel that VS Code restored, or one just made. */
  adopt(panel: vscode.WebviewPanel): void {
    this.panel = panel;
    panel.iconPath = {
      light: vscode.Uri.joinPath(this.extensionUri, 'media', 'panel-light.svg'),
      dark: vscode.Uri.joinPath(this.extensionUri, 'media', 'panel-dark.svg'),
    };
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: [
        vscode.Uri.joinPath(this.extensionUri, 'dist'),
        vscode.Uri.joinPath(this.extensionUri, 'media'),
      ],
    };
    panel.webview.onDidReceiveMessage((message: unknown) => this.receive(message));
    panel.onDidDispose(() => {
      this.panel = null;
      this.closed();
    });
    panel.webview.html = this.html(panel.webview);
  }

  /** Tells the webview, at most every 50 ms, that a run has something new. */
  changed(runId: string): void {
    this.changedRuns.add(runId);
    this.timer ??= setTimeout(() => {
      this.timer = null;
      const runIds = [...this.changedRuns];
      this.changedRuns.clear();
      this.post({ kind: 'changed', runIds });
    }, 50);
  }

  dispose(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.panel?.dispose();
  }

  private post(message: HostToWebview): void {
    void this.panel?.webview.postMessage(message);
  }

  private receive(value: unknown): void {
    const message = parseWebviewMessage(value);
    if (message === null) return;
    if (message.kind !== 'request') {
      this.act(message);
      return;
    }
    this.answer(message).then(
      result => this.post({ kind: 'reply', id: message.id, ok: true, result }),
      (error: unknown) => this.post({ kind: 'reply', id: message.id, ok: false, message: messageOf(error) }),
    );
  }

  private async answer(request: WebviewRequest): Promise<unknown> {
    if (request.method === 'getRuns') return { runs: this.store.views() };
    const record = this.store.get(request.params.runId);
    if (record === null) throw new Error('This run was removed.');
    if (request.method === 'getOutput') {
      const captured = record.outcome?.output;
      return record.output.page(request.params.from, Boolean(captured?.stdoutFile ?? captured?.stderrFile));
    }
    return record.query(request.method, request.params);
  }

  private html(webview: vscode.Webview): string {
    const nonce = randomBytes(18).toString('base64');
    const uri = (...path: string[]) => webview.asWebviewUri(vscode.Uri.joinPath(this.extensionUri, ...path));
    const policy = [
      `default-src 'none'`,
      `script-src 'nonce-${nonce}'`,
      `style-src ${webview.cspSource}`,
      // Pictures that programs show come with all of their bytes; nothing is loaded from anywhere.
      'img-src data:',
      `font-src ${webview.cspSource}`,
    ].join('; ');
    return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1.0">
<link rel="stylesheet" href="${uri('dist', 'panel.css')}">
<title>Run in Parallel</title>
</head>
<body>
<div id="app"></div>
<script nonce="${nonce}" src="${uri('dist', 'webview.js')}"></script>
</body>
</html>`;
  }
}
