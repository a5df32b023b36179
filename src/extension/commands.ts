import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { messageOf, type Remedy, type UserError } from '../base/errors.ts';
import { findInsights } from '../insights/rules.ts';
import type { WebviewAction } from '../protocol/hostWebview.ts';
import { emptyOutcome } from '../protocol/hostWorker.ts';
import { snippetsFromEditor } from '../snippet/fromEditor.ts';
import { decodeTrace } from '../trace/file.ts';
import type { Panel } from './panel.ts';
import { showProgress } from './progress.ts';
import { RunRecord } from './runRecord.ts';
import type { RunStore } from './runStore.ts';
import { documentFile, type Runs } from './runs.ts';
import { openSetting } from './settings.ts';

const traceFilter = { 'Run in Parallel trace': ['riptrace'] };

/** What the user can do, from the palette, the menus and the panel. */
export class Commands {
  private readonly store: RunStore;
  private readonly runs: Runs;
  private readonly panel: Panel;
  private readonly log: vscode.LogOutputChannel;

  constructor(store: RunStore, runs: Runs, panel: Panel, log: vscode.LogOutputChannel) {
    this.store = store;
    this.runs = runs;
    this.panel = panel;
    this.log = log;
  }

  /** **Run in Parallel**: the selections, the cell or the file of the active editor. */
  async run(): Promise<void> {
    if (!(await this.trusted())) return;
    const editor = vscode.window.activeTextEditor;
    if (editor?.document.languageId !== 'python') {
      void vscode.window.showInformationMessage(
        'Open a Python file first: Run in Parallel runs its selection, cell or text.',
      );
      return;
    }
    const { document } = editor;
    const source = document.getText();
    const selections = editor.selections.map(({ start, end }) => ({
      startLine: start.line,
      startCharacter: start.character,
      endLine: end.line,
      endCharacter: end.character,
    }));
    const found = snippetsFromEditor({ ...documentFile(document), source }, selections);
    if (found.problem !== null) {
      void vscode.window.showInformationMessage(found.problem);
      return;
    }
    this.panel.show();
    this.started(await this.runs.start(found.snippets, document.uri));
  }

  /** Opens a saved trace as a section of the panel. */
  async openTrace(uri?: vscode.Uri): Promise<void> {
    const file = uri ?? (await vscode.window.showOpenDialog({ filters: traceFilter, openLabel: 'Open trace' }))?.[0];
    if (!file) return;
    try {
      const bytes = await readFile(file.fsPath);
      const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
      const trace = decodeTrace(buffer);
      if (!trace.ok) {
        void vscode.window.showErrorMessage(`${basename(file.fsPath)}: ${trace.error.message} ${trace.error.advice}`);
        return;
      }
      const init = { runId: `file:${file.fsPath}`, title: basename(file.fsPath), file: file.fsPath, line: 1 };
      const record = new RunRecord(init, null, () => this.panel.changed(init.runId));
      this.store.remove(init.runId);
      this.store.addBatch([record]);
      const wallMs = trace.value.meta.durationNs / 1e6;
      record.end({ ...emptyOutcome, status: 'ok', wallMs, trace: buffer, insights: findInsights(trace.value) });
      this.panel.show();
    } catch (error) {
      void vscode.window.showErrorMessage(`${basename(file.fsPath)} can't be read: ${messageOf(error)}`);
    }
  }

  onPanelAction(action: WebviewAction): void {
    switch (action.kind) {
      case 'ready':
        return;
      case 'stopAll':
        this.runs.stopAll('cancelled');
        return;
      case 'reveal':
        void reveal(action.file, action.line);
        return;
      default:
        this.onRunAction(action);
    }
  }

  private onRunAction(action: Extract<WebviewAction, { runId: string }>): void {
    const record = this.store.get(action.runId);
    if (record === null) return;
    switch (action.kind) {
      case 'stop':
        record.stop('cancelled');
        return;
      case 'rerun':
        void this.runAgain(record);
        return;
      case 'remove':
        this.store.remove(record.runId);
        this.panel.changed(record.runId);
        return;
      case 'remedy':
        this.applyRemedy(action.remedy, record);
        return;
      case 'openLog':
        void openLog(record);
        return;
      case 'saveTrace':
        void this.saveTrace(record);
        return;
      case 'install':
      case 'showProgram':
        return;
    }
  }

  private async runAgain(record: RunRecord): Promise<void> {
    if (await this.trusted()) this.started(await this.runs.again(record));
  }

  private started(result: Awaited<ReturnType<Runs['start']>>): void {
    if (!result.ok) {
      this.showError(result.error);
      return;
    }
    for (const record of result.value) this.panel.changed(record.runId);
    showProgress(result.value, () => {
      for (const record of result.value) record.stop('cancelled');
    });
  }

  /** Python runs only in a workspace that the user trusts. */
  private async trusted(): Promise<boolean> {
    if (vscode.workspace.isTrusted) return true;
    const manage = 'Manage Workspace Trust';
    const choice = await vscode.window.showWarningMessage(
      'Run in Parallel runs Python code, so it needs a trusted workspace.',
      manage,
    );
    if (choice === manage) await vscode.commands.executeCommand('workbench.trust.manage');
    return vscode.workspace.isTrusted;
  }

  private showError(error: UserError): void {
    this.log.error(`${error.code}: ${error.message}`);
    const { remedy } = error;
    const buttons = remedy === null ? [] : [remedyLabel(remedy)];
    void vscode.window.showErrorMessage(`${error.message} ${error.advice}`.trim(), ...buttons).then(choice => {
      if (choice !== undefined && remedy !== null) this.applyRemedy(remedy, null);
    });
  }

  private applyRemedy(remedy: Remedy, record: RunRecord | null): void {
    switch (remedy) {
      case 'openInterpreterSetting':
        void openSetting('pythonPath');
        return;
      case 'openTimeoutSetting':
        void openSetting('timeout');
        return;
      case 'openLimitSetting':
        void openSetting('maxProcesses');
        return;
      case 'openLog':
        if (record !== null) void openLog(record);
        else this.log.show();
        return;
    }
  }

  private async saveTrace(record: RunRecord): Promise<void> {
    const trace = record.outcome?.trace;
    if (!trace) return;
    const name = `${record.title.replace(/[^\w.-]+/g, '-')}.riptrace`;
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const options = { filters: traceFilter, ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}) };
    const target = await vscode.window.showSaveDialog(options);
    if (!target) return;
    try {
      await writeFile(target.fsPath, new Uint8Array(trace));
    } catch (error) {
      void vscode.window.showErrorMessage(`${basename(target.fsPath)} can't be written: ${messageOf(error)}`);
    }
  }
}

function remedyLabel(remedy: Remedy): string {
  return remedy === 'openLog' ? 'Open Log' : 'Open Setting';
}

/** Goes to a source line, in the editor that already shows the file when there is one. */
async function reveal(file: string, line: number): Promise<void> {
  const isOpen = (candidate: vscode.TextDocument) => candidate.uri.fsPath === file || candidate.uri.path === file;
  const open = vscode.workspace.textDocuments.find(isOpen);
  const visible = vscode.window.visibleTextEditors.find(editor => isOpen(editor.document));
  try {
    const document = open ?? (await vscode.workspace.openTextDocument(file));
    const at = new vscode.Range(Math.max(0, line - 1), 0, Math.max(0, line - 1), 0);
    await vscode.window.showTextDocument(document, {
      selection: at,
      viewColumn: visible?.viewColumn ?? vscode.ViewColumn.One,
    });
  } catch {
    void vscode.window.showWarningMessage(`${file} can't be opened: it may have been moved or deleted.`);
  }
}

async function openLog(record: RunRecord): Promise<void> {
  const output = record.outcome?.output;
  for (const file of [output?.stdoutFile, output?.stderrFile]) {
    if (!file) continue;
    try {
      await vscode.window.showTextDocument(vscode.Uri.file(file), { preview: false });
    } catch (error) {
      // VS Code refuses files beyond its size limit: show where it lies instead.
      void vscode.window.showWarningMessage(`The log can't be opened here (${messageOf(error)}). It is ${file}.`);
    }
  }
}
