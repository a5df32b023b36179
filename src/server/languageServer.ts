import { setImmediate } from 'node:timers/promises';
import {
  type ClientCapabilities,
  type CodeAction,
  type CodeActionParams,
  type CodeLens,
  CodeLensRefreshRequest,
  type Connection,
  type DocumentDiagnosticParams,
  type DocumentDiagnosticReport,
  type Hover,
  type HoverParams,
  type InlayHint,
  type InlayHintParams,
  LSPErrorCodes,
  ResponseError,
  type ServerCapabilities,
  TextDocumentSyncKind,
} from 'vscode-languageserver/node';
import { hoverAt } from '../checks/hovers.ts';
import { measuredNotification } from '../protocol/hostServer.ts';
import type { PythonParser } from '../snippet/syntax/parser.ts';
import { codeActionKinds, codeActions } from './codeActions.ts';
import { codeLenses } from './codeLenses.ts';
import { Diagnostics } from './diagnostics.ts';
import { inlayHints } from './inlayHints.ts';
import { parseMeasured } from './measuredParams.ts';
import { SettingsStore } from './settingsStore.ts';
import { Sources } from './sources.ts';

type Token = { isCancellationRequested: boolean };

export const serverCapabilities: ServerCapabilities = {
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
  notebookDocumentSync: { notebookSelector: [{ notebook: 'jupyter-notebook', cells: [{ language: 'python' }] }] },
  // Cells see the names of cells before them.
  diagnosticProvider: { identifier: 'runInParallel', interFileDependencies: true, workspaceDiagnostics: false },
  codeActionProvider: { codeActionKinds },
  codeLensProvider: {},
  inlayHintProvider: true,
  hoverProvider: true,
};

/** Answers an editor's questions about its open documents. It reads code and never runs any. */
export class LanguageServer {
  private readonly connection: Connection;
  private readonly client: ClientCapabilities;
  private readonly sources: Sources;
  private readonly settings: SettingsStore;
  private readonly diagnostics: Diagnostics;
  private readonly failed = new Set<string>();
  private refreshing: NodeJS.Immediate | null = null;

  constructor(connection: Connection, parser: PythonParser, client: ClientCapabilities) {
    this.connection = connection;
    this.client = client;
    this.sources = new Sources(parser);
    this.settings = new SettingsStore(connection, client.workspace?.configuration === true);
    this.diagnostics = new Diagnostics(message => connection.console.error(message));
  }

  /** Registers what the server answers; to be called before the client is told of its capabilities. */
  listen(): void {
    const { connection } = this;
    this.sources.listen(connection);
    this.sources.onClose(uri => {
      this.diagnostics.forget(uri);
      this.settings.forget(uri);
    });
    connection.onInitialized(() => this.settings.watch(() => this.refreshAll()));
    connection.languages.diagnostics.on((params, token) => this.pullDiagnostics(params, token));
    connection.onCodeAction(params => this.guarded('Code actions', [], () => this.provideActions(params)));
    connection.onCodeLens(({ textDocument }) => this.guarded('Lenses', [], () => this.provideLenses(textDocument.uri)));
    connection.languages.inlayHint.on(params => this.guarded('Inlay hints', [], () => this.provideHints(params)));
    connection.onHover(params => this.guarded('Hovers', null, () => this.provideHover(params)));
    connection.onNotification(measuredNotification, (params: unknown) => this.measured(params));
  }

  private async pullDiagnostics(params: DocumentDiagnosticParams, token: Token): Promise<DocumentDiagnosticReport> {
    const { uri } = params.textDocument;
    const settings = await this.settings.of(this.sources.of(uri)?.uri ?? uri);
    // Edits and cancellations that have arrived meanwhile go first: checking an old text would be in vain.
    await setImmediate();
    if (token.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'Cancelled');
    return this.guarded<DocumentDiagnosticReport>('Diagnostics', { kind: 'full', items: [] }, () => {
      const source = this.sources.of(uri);
      if (!source) return { kind: 'full', items: [] };
      const shown = this.diagnostics.of(source, settings);
      const siblings = this.sources.siblings(uri).filter(sibling => sibling.uri !== uri);
      if (siblings.some(sibling => this.diagnostics.isOutdated(sibling.uri, shown))) this.refreshDiagnosticsSoon();
      return this.diagnostics.report(uri, shown, params.previousResultId);
    });
  }

  private async provideActions({ textDocument: { uri }, range, context }: CodeActionParams): Promise<CodeAction[]> {
    const source = this.sources.of(uri);
    if (!source) return [];
    const settings = await this.settings.of(source.uri);
    const snapshot = source.current();
    const offsets = snapshot.layout.offsetsOf(uri, range);
    if (!offsets) return [];
    const shown = this.diagnostics.of(source, settings);
    const onFault = (name: string, error: unknown) => this.logOnce(`The rewrite "${name}"`, error);
    return codeActions(snapshot, offsets, shown, context.only, onFault);
  }

  private async provideLenses(uri: string): Promise<CodeLens[]> {
    const source = this.sources.of(uri);
    if (!source || !(await this.settings.of(source.uri)).codeLens) return [];
    const document = this.sources.document(uri);
    return document ? codeLenses(document, this.sources.isCell(uri), source.current()) : [];
  }

  private async provideHints({ textDocument: { uri }, range }: InlayHintParams): Promise<InlayHint[]> {
    const source = this.sources.of(uri);
    if (!source || !(await this.settings.of(source.uri)).inlayHints) return [];
    const document = this.sources.document(uri);
    return document ? inlayHints(document, range) : [];
  }

  private provideHover({ textDocument: { uri }, position }: HoverParams): Hover | null {
    const snapshot = this.sources.of(uri)?.current();
    const offset = snapshot?.layout.offsetAt(uri, position) ?? null;
    if (!snapshot || offset === null) return null;
    const hover = hoverAt(snapshot.file, offset);
    const place = hover && snapshot.layout.place(hover.start, hover.end);
    return place ? { contents: { kind: 'markdown', value: hover.markdown }, range: place.range } : null;
  }

  private measured(value: unknown): void {
    const params = parseMeasured(value);
    if (!params) return;
    this.sources.document(params.uri)?.measured.add(params);
    this.refreshLenses();
    this.refreshHints();
  }

  private refreshAll(): void {
    this.refreshDiagnosticsSoon();
    this.refreshLenses();
    this.refreshHints();
  }

  /** Many cells are pulled one after another: they are asked for again once, not each time. */
  private refreshDiagnosticsSoon(): void {
    if (this.refreshing !== null || !this.client.workspace?.diagnostics?.refreshSupport) return;
    this.refreshing = globalThis.setImmediate(() => {
      this.refreshing = null;
      this.ask(this.connection.languages.diagnostics.refresh());
    });
  }

  private refreshLenses(): void {
    if (this.client.workspace?.codeLens?.refreshSupport)
      this.ask(this.connection.sendRequest(CodeLensRefreshRequest.type));
  }

  private refreshHints(): void {
    if (this.client.workspace?.inlayHint?.refreshSupport) this.ask(this.connection.languages.inlayHint.refresh());
  }

  /** A client that is about to go answers no more: that is no failure. */
  private ask(request: Promise<void>): void {
    request.catch(() => undefined);
  }

  /** Our own mistakes cost the user an answer, not the server. */
  private async guarded<T>(what: string, fallback: T, work: () => T | Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.logOnce(what, error);
      return fallback;
    }
  }

  private logOnce(what: string, error: unknown): void {
    if (this.failed.has(what)) return;
    this.failed.add(what);
    this.connection.console.error(`${what} failed: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
  }
}
