import type { DocumentDiagnosticReport, Diagnostic as LspDiagnostic } from 'vscode-languageserver/node';
import { allRules } from '../checks/allRules.ts';
import type { Diagnostic } from '../checks/check.ts';
import { diagnose } from '../checks/diagnose.ts';
import { toLsp } from './lspDiagnostics.ts';
import type { ServerSettings } from './settings.ts';
import type { Snapshot, Source } from './source.ts';

/** A diagnostic of ours with what the editor is shown of it. */
export interface Shown {
  own: Diagnostic;
  uri: string;
  lsp: LspDiagnostic;
}

interface Checked {
  snapshot: Snapshot;
  settings: ServerSettings;
  shown: readonly Shown[];
}

/** What the rules find in open documents, each text checked once per change, and which of it the editor has already been given. */
export class Diagnostics {
  private readonly checked = new WeakMap<Source, Checked>();
  private readonly reported = new Map<string, { id: string; json: string }>();
  private readonly faults = new Set<string>();
  private readonly log: (message: string) => void;
  private lastId = 0;

  constructor(log: (message: string) => void) {
    this.log = log;
  }

  /** All of a source, in the order of its text. */
  of(source: Source, settings: ServerSettings): readonly Shown[] {
    if (!settings.diagnostics) return [];
    const snapshot = source.current();
    const known = this.checked.get(source);
    if (known?.snapshot === snapshot && known.settings === settings) return known.shown;
    const found = diagnose(snapshot.file, allRules, settings.rules, (code, error) => this.noteFault(code, error));
    const shown = found.flatMap(own => {
      const converted = toLsp(own, snapshot.layout);
      return converted ? [{ own, uri: converted.uri, lsp: converted.diagnostic }] : [];
    });
    this.checked.set(source, { snapshot, settings, shown });
    return shown;
  }

  /** The answer to a pull: what is in one document, or that nothing has changed since the result that the client names. */
  report(uri: string, shown: readonly Shown[], previousResultId: string | undefined): DocumentDiagnosticReport {
    const items = shown.filter(each => each.uri === uri).map(({ lsp }) => lsp);
    const { id } = this.remember(uri, items);
    return id === previousResultId ? { kind: 'unchanged', resultId: id } : { kind: 'full', resultId: id, items };
  }

  /** Whether the client shows something else in a document than what there is now. */
  isOutdated(uri: string, shown: readonly Shown[]): boolean {
    const reported = this.reported.get(uri);
    const items = shown.filter(each => each.uri === uri).map(({ lsp }) => lsp);
    return reported !== undefined && reported.json !== JSON.stringify(items);
  }

  forget(uri: string): void {
    this.reported.delete(uri);
  }

  private remember(uri: string, items: readonly LspDiagnostic[]): { id: string } {
    const json = JSON.stringify(items);
    const known = this.reported.get(uri);
    if (known?.json === json) return known;
    this.lastId++;
    const made = { id: String(this.lastId), json };
    this.reported.set(uri, made);
    return made;
  }

  /** A rule that throws does so at every key: it is logged once. */
  private noteFault(code: string, error: unknown): void {
    if (this.faults.has(code)) return;
    this.faults.add(code);
    this.log(
      `The rule ${code} failed and is left out: ${error instanceof Error ? (error.stack ?? error.message) : error}`,
    );
  }
}
