import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import {
  type CodeAction,
  CodeActionRequest,
  type CodeLens,
  CodeLensRequest,
  createProtocolConnection,
  type Diagnostic,
  type DocumentDiagnosticReport,
  DocumentDiagnosticRequest,
  type Hover,
  HoverRequest,
  type InlayHint,
  InlayHintRequest,
  IPCMessageReader,
  IPCMessageWriter,
  type ProtocolConnection,
  type Range,
} from 'vscode-languageserver/node';
import { copyGrammar, nodeBundle } from '../../../scripts/lib/bundles.mjs';
import { asArray, asObject } from '../../../src/base/parse.ts';
import type { MeasuredParams } from '../../../src/protocol/hostServer.ts';

const folder = mkdtempSync(join(tmpdir(), 'rip-server-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
let bundle: Promise<string> | null = null;

/** Puts the stand-ins where the product has its rules, so that the tests say what there is to find. */
const standIns: Plugin = {
  name: 'stand-ins',
  setup({ onResolve }) {
    onResolve({ filter: /\/(allRules|allRewrites|hovers|blocks)\.ts$/ }, ({ importer }) =>
      /src.(?:server|cli)/.test(importer) ? { path: join(import.meta.dirname, 'standIns.ts') } : null,
    );
  },
};

/** The server and the command line, of the sources as they are now; returns the folder of server.js and cli.js. */
export function bundles(): Promise<string> {
  bundle ??= makeBundle();
  return bundle;
}

async function makeBundle(): Promise<string> {
  await build({
    ...nodeBundle,
    outdir: folder,
    entryPoints: { server: 'src/server/server.ts', cli: 'src/cli/cli.ts' },
    plugins: [standIns],
  });
  copyGrammar(folder);
  return folder;
}

export interface Change {
  range?: Range;
  text: string;
}

/** What a server may ask its editor. */
const asks = [
  'workspace/configuration',
  'client/registerCapability',
  'workspace/diagnostic/refresh',
  'workspace/codeLens/refresh',
  'workspace/inlayHint/refresh',
];

/** An editor's side of the protocol. */
export class Editor {
  readonly process: ChildProcess;
  readonly connection: ProtocolConnection;
  /** What the server logged. */
  readonly logged: string[] = [];
  /** The section `runInParallel` of the settings. */
  settings: unknown = {};
  private readonly versions = new Map<string, number>();
  private readonly waiting: { method: string; resolve: () => void }[] = [];
  private readonly asked: string[] = [];

  private constructor(process: ChildProcess) {
    this.process = process;
    this.connection = createProtocolConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
    for (const method of asks) this.connection.onRequest(method, (params: unknown) => this.answer(method, params));
    this.connection.onNotification('window/logMessage', ({ message }: { message: string }) => {
      this.logged.push(message);
    });
    this.connection.listen();
  }

  /** Starts the server and shakes hands. @param path of its bundle; without it the one with the stand-ins */
  static async start(path?: string): Promise<Editor> {
    const server = path ?? join(await bundles(), 'server.js');
    const editor = new Editor(fork(server, ['--node-ipc'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }));
    const refreshSupport = true;
    await editor.connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities: {
        workspace: {
          configuration: true,
          didChangeConfiguration: { dynamicRegistration: true },
          diagnostics: { refreshSupport },
          codeLens: { refreshSupport },
          inlayHint: { refreshSupport },
        },
      },
    });
    await editor.connection.sendNotification('initialized', {});
    await editor.untilAsked('client/registerCapability');
    return editor;
  }

  /** Resolves once the server has sent this request, or if it has since the last time somebody waited for it. */
  untilAsked(method: string): Promise<void> {
    const index = this.asked.indexOf(method);
    if (index >= 0) {
      this.asked.splice(index, 1);
      return Promise.resolve();
    }
    return new Promise(resolve => this.waiting.push({ method, resolve }));
  }

  /** How often the server has sent this request without anybody having waited for it. */
  countAsked(method: string): number {
    return this.asked.filter(each => each === method).length;
  }

  async changeSettings(settings: unknown): Promise<void> {
    this.settings = settings;
    await this.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
  }

  async open(uri: string, text: string, languageId = 'python'): Promise<void> {
    this.versions.set(uri, 1);
    await this.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId, version: 1, text },
    });
  }

  async change(uri: string, ...contentChanges: Change[]): Promise<void> {
    const textDocument = { uri, version: this.nextVersion(uri) };
    await this.connection.sendNotification('textDocument/didChange', { textDocument, contentChanges });
  }

  async close(uri: string): Promise<void> {
    await this.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  }

  nextVersion(uri: string): number {
    const version = (this.versions.get(uri) ?? 1) + 1;
    this.versions.set(uri, version);
    return version;
  }

  pull(uri: string, previousResultId?: string): Promise<DocumentDiagnosticReport> {
    const id = previousResultId === undefined ? {} : { previousResultId };
    return this.connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument: { uri }, ...id });
  }

  /** What there is now in a document. */
  async diagnostics(uri: string): Promise<Diagnostic[]> {
    const report = await this.pull(uri);
    if (report.kind !== 'full') throw new Error('The report is not full, and nobody has one yet.');
    return report.items;
  }

  async actions(uri: string, range: Range, only?: string[]): Promise<CodeAction[]> {
    const context = { diagnostics: [], ...(only ? { only } : {}) };
    const actions = await this.connection.sendRequest(CodeActionRequest.type, {
      textDocument: { uri },
      range,
      context,
    });
    return (actions ?? []).flatMap(action => ('edit' in action ? [action] : []));
  }

  async lenses(uri: string): Promise<CodeLens[]> {
    return (await this.connection.sendRequest(CodeLensRequest.type, { textDocument: { uri } })) ?? [];
  }

  async hints(uri: string, range: Range): Promise<InlayHint[]> {
    return (await this.connection.sendRequest(InlayHintRequest.type, { textDocument: { uri }, range })) ?? [];
  }

  hover(uri: string, line: number, character: number): Promise<Hover | null> {
    return this.connection.sendRequest(HoverRequest.type, { textDocument: { uri }, position: { line, character } });
  }

  async measured(params: MeasuredParams): Promise<void> {
    await this.connection.sendNotification('runInParallel/measured', params);
  }

  /** Ends the server as an editor does; returns its exit code. */
  async stop(): Promise<number | null> {
    const ended = new Promise<number | null>(resolve => this.process.once('exit', resolve));
    await this.connection.sendRequest('shutdown');
    await this.connection.sendNotification('exit');
    return ended;
  }

  private answer(method: string, params: unknown): unknown {
    const index = this.waiting.findIndex(one => one.method === method);
    if (index >= 0) this.waiting.splice(index, 1)[0]?.resolve();
    else this.asked.push(method);
    if (method !== 'workspace/configuration') return null;
    return asArray(asObject(params)?.items).map(() => this.settings);
  }
}

/** A range in one line. */
export function at(line: number, start: number, end = start): Range {
  return { start: { line, character: start }, end: { line, character: end } };
}
