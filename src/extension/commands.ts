import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { messageOf, type Remedy, type UserError } from '../base/errors.ts';
import { ok, type Result } from '../base/result.ts';
import type { ProgramHelper } from '../pool/programHelper.ts';
import type { WebviewAction } from '../protocol/hostWebview.ts';
import { emptyOutcome } from '../protocol/hostWorker.ts';
import { missingPackages } from '../run/missingPackages.ts';
import { cellUnits } from '../snippet/notebook.ts';
import { ChooseCluster } from './chooseCluster.ts';
import type { ClusterStore } from './clusterStore.ts';
import { chooseInterpreter, Installer, proposeJava } from './install.ts';
import { cellJobs, findJobs, findNotebook, type Job } from './jobs.ts';
import { type CellPlaces, codeCells, readNotebook } from './notebooks.ts';
import { openInThread } from './openInThread.ts';
import type { Panel } from './panel.ts';
import type { ProgramView } from './programView.ts';
import { showProgress } from './progress.ts';
import { reveal } from './reveal.ts';
import { RunRecord } from './runRecord.ts';
import type { RunStore } from './runStore.ts';
import type { Runs } from './runs.ts';
import { openSetting } from './settings.ts';
import type { TraceAction } from './traceEditor.ts';

const traceFilter = { 'Run in Parallel trace': ['riptrace'] };
/** Event logs of Spark have no ending of their own. */
const traceFilters = { 'All files': ['*'], ...traceFilter, 'Chrome trace': ['json'] };

export interface CommandParts {
  distDir: string;
  store: RunStore;
  runs: Runs;
  panel: Panel;
  helper: ProgramHelper;
  programView: ProgramView;
  places: CellPlaces;
  clusters: ClusterStore;
  log: vscode.LogOutputChannel;
}

/** What the user can do, from the palette, the menus and the panel. */
export class Commands {
  private readonly distDir: string;
  private readonly store: RunStore;
  private readonly runs: Runs;
  private readonly panel: Panel;
  private readonly helper: ProgramHelper;
  private readonly programView: ProgramView;
  private readonly places: CellPlaces;
  private readonly clusters: ClusterStore;
  private readonly log: vscode.LogOutputChannel;
  private readonly installer: Installer;

  constructor(parts: CommandParts) {
    this.distDir = parts.distDir;
    this.store = parts.store;
    this.runs = parts.runs;
    this.panel = parts.panel;
    this.helper = parts.helper;
    this.programView = parts.programView;
    this.places = parts.places;
    this.clusters = parts.clusters;
    this.log = parts.log;
    const requirements = join(parts.distDir, 'requirements.txt');
    this.installer = new Installer(requirements, resource => this.runs.interpreterFor(resource));
  }

  /** **Run in Parallel**: selections, cells or a file; `argument` says of what (see findJobs). */
  async run(argument: unknown): Promise<void> {
    if (!(await this.trusted())) return;
    const found = await findJobs(argument);
    if (found.problem !== null) {
      void vscode.window.showInformationMessage(found.problem);
      return;
    }
    this.panel.show();
    this.started(found.jobs, await this.runs.start(found.jobs, found.resource));
  }

  /** **Run Notebook**: each cell, as soon as the cells that it depends on have succeeded. */
  async runNotebook(argument: unknown): Promise<void> {
    if (!(await this.trusted())) return;
    const notebook = findNotebook(argument);
    if (notebook === null) {
      void vscode.window.showInformationMessage('Open a notebook first: Run Notebook runs its cells.');
      return;
    }
    const found = cellJobs(codeCells(notebook));
    if (found.problem !== null) {
      void vscode.window.showInformationMessage(`There is no Python code in ${basename(notebook.uri.path)}.`);
      return;
    }
    const { jobs, resource } = found;
    this.panel.show();
    const waitsFor = await this.waitsFor(notebook, jobs);
    if (!waitsFor.ok) {
      this.showError(waitsFor.error);
      return;
    }
    const names = jobs.map(job => `cell ${unitOf(job) + 1}`);
    this.started(jobs, await this.runs.startInOrder({ jobs, names, waitsFor: waitsFor.value }, resource));
  }

  /** **Show Program**: what would run for the selection or the cell, without running it. */
  async showProgram(argument: unknown): Promise<void> {
    if (!(await this.trusted())) return;
    const found = await findJobs(argument, { one: true });
    const [job] = found.jobs;
    if (found.problem !== null || job === undefined) {
      if (found.problem !== null) void vscode.window.showInformationMessage(found.problem);
      return;
    }
    const interpreter = await this.runs.interpreterFor(found.resource);
    const program = interpreter.ok ? await this.helper.program(interpreter.value, job.snippet) : interpreter;
    if (program.ok) await this.programView.show(job, program.value);
    else this.showError(program.error);
  }

  /** **Choose Cluster**: where Dask and Spark run from now on. */
  async chooseCluster(): Promise<void> {
    if (await this.trusted()) await new ChooseCluster(this.clusters, error => this.showError(error)).show();
  }

  /** Opens a saved trace, or an event log of Spark (a file or the folder of a rolled one), as a section of the panel. */
  async openTrace(uri?: vscode.Uri): Promise<void> {
    const file = uri ?? (await vscode.window.showOpenDialog({ filters: traceFilters, openLabel: 'Open trace' }))?.[0];
    if (!file) return;
    const name = basename(file.fsPath);
    const progress = { location: vscode.ProgressLocation.Window, title: `Reading ${name}` };
    const opened = await vscode.window.withProgress(progress, () => openInThread(this.distDir, file.fsPath));
    if (!opened.ok) {
      void vscode.window.showErrorMessage(`${opened.error.message} ${opened.error.advice}`.trim());
      return;
    }
    const { bytes, durationNs, insights } = opened.value;
    const init = { runId: `file:${file.fsPath}`, title: name, file: file.fsPath, line: 1 };
    const record = new RunRecord(init, null, () => this.panel.changed(init.runId));
    this.store.remove(init.runId);
    this.store.addBatch([record]);
    record.end({ ...emptyOutcome, status: 'ok', wallMs: durationNs / 1e6, trace: bytes, insights });
    this.panel.show();
  }

  onPanelAction(action: WebviewAction): void {
    switch (action.kind) {
      case 'ready':
        return;
      case 'stopAll':
        this.runs.stopAll('cancelled');
        return;
      case 'copy':
        void vscode.env.clipboard.writeText(action.text);
        return;
      case 'reveal':
        void reveal(action.file, action.line, this.places);
        return;
      default:
        this.onRunAction(action);
    }
  }

  /** What a trace in an editor of its own asks for. */
  onTraceAction(action: TraceAction, record: RunRecord): void {
    if (action.kind === 'saveTrace') void this.saveTrace(record);
    else this.onPanelAction(action);
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
      case 'showFirstRows':
        void this.runAgain(record, [action.number]);
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
        void this.install('installMissing', record);
        return;
      case 'showProgram':
        void this.showProgramOf(record);
        return;
    }
  }

  private async runAgain(record: RunRecord, firstRows: readonly number[] = []): Promise<void> {
    const job = this.runs.jobOf(record);
    if (job !== null && (await this.trusted())) this.started([job], await this.runs.again(record, firstRows));
  }

  /** Gets packages that a program lacks, or that its `%pip` lines name, to where the remedy says. */
  private async install(remedy: 'installMissing' | 'createEnvironment', record: RunRecord | null): Promise<void> {
    if (record?.request == null || !(await this.trusted())) return;
    const { programError, program } = record.outcome ?? emptyOutcome;
    const missing = programError === null ? [] : missingPackages(programError);
    const named = program?.installs.flatMap(install => install.packages) ?? [];
    const what = {
      interpreter: record.request.interpreter,
      packages: [...new Set([...named, ...missing])],
      file: record.file,
      runAgain: () => void this.runAgain(record),
      showError: (error: UserError) => this.showError(error, record),
    };
    await (remedy === 'installMissing' ? this.installer.install(what) : this.installer.createEnvironment(what));
  }

  /** What an ended run did run, by its own account. */
  private async showProgramOf(record: RunRecord): Promise<void> {
    const job = this.runs.jobOf(record);
    const program = record.outcome?.program;
    if (job !== null && program) await this.programView.show(job, program);
  }

  /** For each job of a notebook, which of the others it waits for. */
  private async waitsFor(notebook: vscode.NotebookDocument, jobs: readonly Job[]): Promise<Result<number[][]>> {
    const interpreter = await this.runs.interpreterFor(notebook.uri);
    if (!interpreter.ok) return interpreter;
    const dependencies = await this.helper.dependencies(interpreter.value, cellUnits(readNotebook(notebook)));
    if (!dependencies.ok) return dependencies;
    const places = new Map(jobs.map((job, place) => [unitOf(job), place]));
    const waitsFor = jobs.map(job => {
      const units = dependencies.value.units[unitOf(job)]?.waitsFor ?? [];
      return units.map(unit => places.get(unit)).filter(place => place !== undefined);
    });
    return ok(waitsFor);
  }

  private started(jobs: readonly Job[], result: Result<RunRecord[]>): void {
    if (!result.ok) {
      this.showError(result.error);
      return;
    }
    for (const job of jobs) {
      for (const [unit, { file, cell }] of job.snippet.units.entries()) {
        const source = job.sources[unit];
        if (cell && source !== undefined) this.places.remember(file, source.uri);
      }
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

  private showError(error: UserError, record: RunRecord | null = null): void {
    this.log.error(`${error.code}: ${error.message}`);
    const { remedy } = error;
    const buttons = remedy === null ? [] : [remedyLabel(remedy)];
    void vscode.window.showErrorMessage(`${error.message} ${error.advice}`.trim(), ...buttons).then(choice => {
      if (choice !== undefined && remedy !== null) this.applyRemedy(remedy, record);
    });
  }

  private applyRemedy(remedy: Remedy, record: RunRecord | null): void {
    switch (remedy) {
      case 'openInterpreterSetting':
        void chooseInterpreter().then(chosen => (chosen ? undefined : openSetting('pythonPath')));
        return;
      case 'installMissing':
      case 'createEnvironment':
        void this.install(remedy, record);
        return;
      case 'openTimeoutSetting':
        void openSetting('timeout');
        return;
      case 'openLimitSetting':
        void openSetting('maxProcesses');
        return;
      case 'chooseCluster':
        void this.chooseCluster();
        return;
      case 'openTlsSetting':
        void openSetting('dask.tls');
        return;
      case 'installJava':
        proposeJava();
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
  if (remedy === 'chooseCluster') return 'Choose Cluster';
  if (remedy === 'installJava') return 'Install Java';
  if (remedy === 'createEnvironment') return 'Create Environment';
  return remedy === 'openLog' ? 'Open Log' : 'Open Setting';
}

/** The unit that a job of a cell runs. */
function unitOf(job: Job): number {
  return job.snippet.selection?.[0]?.unit ?? 0;
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
