import { join } from 'node:path';
import type * as vscode from 'vscode';
import {
  type DocumentSelector,
  LanguageClient,
  type NodeModule,
  RevealOutputChannelOn,
  TransportKind,
} from 'vscode-languageclient/node';

const documentSelector: DocumentSelector = [
  ...['python', 'markdown'].flatMap(language => ['file', 'untitled'].map(scheme => ({ language, scheme }))),
  { notebook: 'jupyter-notebook', language: 'python' },
];

/**
 * The library's client of our server, not yet started. It starts the server again when it ends by mistake, up to four times in three
 * minutes. The library is large: this file is a bundle of its own, loaded when there is something to check.
 */
export function createClient(distDir: string, log: vscode.LogOutputChannel): LanguageClient {
  const server: NodeModule = { module: join(distDir, 'server.js'), transport: TransportKind.ipc };
  return new LanguageClient(
    'runInParallel',
    'Run in Parallel',
    { run: server, debug: server },
    {
      documentSelector,
      outputChannel: log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationFailedHandler: () => false,
      diagnosticPullOptions: { onChange: true },
    },
  );
}
