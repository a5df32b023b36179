import { basename } from 'node:path';
import type * as vscode from 'vscode';
import type { WebviewAction } from '../protocol/hostWebview.ts';
import { emptyOutcome } from '../protocol/hostWorker.ts';
import { openInThread } from './openInThread.ts';
import { PanelPage } from './panelPage.ts';
import { RunRecord } from './runRecord.ts';
import { RunStore } from './runStore.ts';

/** What a trace without a run can ask for. */
export type TraceAction = Extract<WebviewAction, { kind: 'reveal' | 'saveTrace' | 'copy' }>;

/** Saved traces, which only this editor opens; and logs of Spark, which VS Code asks about. */
export const traceEditorTypes = ['runInParallel.trace', 'runInParallel.sparkLog'];

export interface TraceEditorParts {
  distDir: string;
  extensionUri: vscode.Uri;
  act: (action: TraceAction, record: RunRecord) => void;
}

/** A saved trace in an editor of its own: the panel's page with this one run, read-only. Nothing of the user's is run for it. */
export class TraceEditor implements vscode.CustomReadonlyEditorProvider {
  private readonly parts: TraceEditorParts;

  constructor(parts: TraceEditorParts) {
    this.parts = parts;
  }

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => undefined };
  }

  async resolveCustomEditor({ uri }: vscode.CustomDocument, panel: vscode.WebviewPanel): Promise<void> {
    const file = uri.fsPath;
    const init = { runId: `file:${file}`, title: basename(file), file, line: 1 };
    const store = new RunStore();
    const record: RunRecord = new RunRecord(init, null, () => page.changed(init.runId));
    const page: PanelPage = new PanelPage(panel.webview, {
      extensionUri: this.parts.extensionUri,
      store,
      act: action => this.act(action, record, panel),
    });
    panel.onDidDispose(() => page.dispose());
    const opened = await openInThread(this.parts.distDir, file);
    store.addBatch([record]);
    if (!opened.ok) {
      record.end({ ...emptyOutcome, status: 'failed', userError: opened.error });
      return;
    }
    const { bytes, durationNs, insights } = opened.value;
    record.end({ ...emptyOutcome, status: 'ok', wallMs: durationNs / 1e6, trace: bytes, insights });
  }

  private act(action: WebviewAction, record: RunRecord, panel: vscode.WebviewPanel): void {
    switch (action.kind) {
      case 'remove':
        panel.dispose();
        return;
      case 'reveal':
        // The title leads to the trace's own file, which is on show already.
        if (action.file !== record.file) this.parts.act(action, record);
        return;
      case 'saveTrace':
      case 'copy':
        this.parts.act(action, record);
    }
  }
}
