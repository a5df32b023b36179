import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { messageOf } from '../base/errors.ts';
import type { HostToWebview, WebviewAction, WebviewRequest } from '../protocol/hostWebview.ts';
import type { RunStore } from './runStore.ts';
import { parseWebviewMessage } from './webviewMessages.ts';

export interface PanelPageParts {
  extensionUri: vscode.Uri;
  /** The runs that it shows. */
  store: RunStore;
  /** What it leaves to others. */
  act: (action: WebviewAction) => void;
}

/** The page that shows runs, in one webview: the panel beside the editor, or the editor of a trace. It holds nothing: it asks for what it shows. */
export class PanelPage implements vscode.Disposable {
  private readonly webview: vscode.Webview;
  private readonly parts: PanelPageParts;
  private readonly listener: vscode.Disposable;
  private readonly changedRuns = new Set<string>();
  private timer: NodeJS.Timeout | null = null;

  constructor(webview: vscode.Webview, parts: PanelPageParts) {
    this.webview = webview;
    this.parts = parts;
    const { extensionUri } = parts;
    webview.options = {
      enableScripts: true,
      localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist'), vscode.Uri.joinPath(extensionUri, 'media')],
    };
    this.listener = webview.onDidReceiveMessage((message: unknown) => this.receive(message));
    webview.html = html(webview, extensionUri);
  }

  /** Tells the page, at most every 50 ms, that a run has something new. */
  changed(runId: string): void {
    this.changedRuns.add(runId);
    this.timer ??= setTimeout(() => {
      this.timer = null;
      const runIds = [...this.changedRuns];
      this.changedRuns.clear();
      this.post({ kind: 'changed', runIds });
    }, 50);
  }

  /** The webview itself is not its own. */
  dispose(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.listener.dispose();
  }

  private post(message: HostToWebview): void {
    void this.webview.postMessage(message);
  }

  private receive(value: unknown): void {
    const message = parseWebviewMessage(value);
    if (message === null) return;
    if (message.kind !== 'request') {
      this.parts.act(message);
      return;
    }
    this.answer(message).then(
      result => this.post({ kind: 'reply', id: message.id, ok: true, result }),
      (error: unknown) => this.post({ kind: 'reply', id: message.id, ok: false, message: messageOf(error) }),
    );
  }

  private async answer(request: WebviewRequest): Promise<unknown> {
    const { store } = this.parts;
    if (request.method === 'getRuns') return { runs: store.views() };
    const record = store.get(request.params.runId);
    if (record === null) throw new Error('This run was removed.');
    if (request.method === 'getOutput') {
      const captured = record.outcome?.output;
      return record.output.page(request.params.from, Boolean(captured?.stdoutFile ?? captured?.stderrFile));
    }
    return record.query(request.method, request.params);
  }
}

function html(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const nonce = randomBytes(18).toString('base64');
  const uri = (...path: string[]) => webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, ...path));
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
