import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import { messageOf } from '../base/errors.ts';
import { type MeasuredParams, measuredNotification } from '../protocol/hostServer.ts';
import { findFences } from '../snippet/markdown.ts';

type Client = ReturnType<typeof import('./languageClient.ts').createClient>;

/** The language server, from the first Python that is opened on. It reads code and never runs any, so it needs no trust. */
export class LanguageServer implements Disposable {
  private readonly distDir: string;
  private readonly log: vscode.LogOutputChannel;
  private readonly waiting: vscode.Disposable;
  private client: Promise<Client | null> | null = null;

  constructor(distDir: string, log: vscode.LogOutputChannel) {
    this.distDir = distDir;
    this.log = log;
    const look = (document: vscode.TextDocument) => this.lookAt(document);
    // Documents that are open already are looked at once the activation is over.
    const first = setImmediate(() => vscode.workspace.textDocuments.forEach(look));
    this.waiting = vscode.Disposable.from(
      { dispose: () => clearImmediate(first) },
      vscode.workspace.onDidOpenTextDocument(look),
      vscode.workspace.onDidSaveTextDocument(look),
    );
  }

  /** Tells the server what a run has measured, for its lenses and inlay hints. Never rejects. */
  async notifyMeasured(params: MeasuredParams): Promise<void> {
    const client = await this.client;
    if (!client?.isRunning()) return;
    try {
      await client.sendNotification(measuredNotification, params);
    } catch (error) {
      this.log.warn(`The language server was not told of a result: ${messageOf(error)}`);
    }
  }

  dispose(): void {
    this.waiting.dispose();
  }

  /** Ends the server's process. */
  async stop(): Promise<void> {
    this.dispose();
    const client = await this.client;
    if (client?.needsStop()) await client.stop();
  }

  private lookAt(document: vscode.TextDocument): void {
    if (this.client !== null || !holdsPython(document)) return;
    this.waiting.dispose();
    this.client = this.start();
  }

  private async start(): Promise<Client | null> {
    try {
      // A bundle of its own beside this one, so that the extension starts without it.
      const { createClient } = await import('./languageClient.js');
      const client = createClient(this.distDir, this.log);
      await client.start();
      return client;
    } catch (error) {
      this.log.error(`The language server can't be started: ${messageOf(error)}`);
      return null;
    }
  }
}

function holdsPython(document: vscode.TextDocument): boolean {
  if (document.languageId === 'markdown') return findFences(document.getText()).length > 0;
  return document.languageId === 'python';
}
