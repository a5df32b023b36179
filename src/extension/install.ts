import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { type UserError, userError } from '../base/errors.ts';
import type { Result } from '../base/result.ts';
import { pythonOfEnvironment } from '../pool/findPython.ts';
import { findUv, pythonFacts } from '../pool/pythonFacts.ts';
import { packagesForEnvironment, planEnvironment, planInstall, type Steps } from '../run/environmentPlan.ts';
import { shellCommand, sortPackages } from '../run/installCommand.ts';
import type { Interpreter } from '../run/request.ts';

/** What installing is for. */
export interface InstallFor {
  interpreter: Interpreter;
  packages: readonly string[];
  /** The file whose run lacks them. */
  file: string;
  runAgain(): void;
  showError(error: UserError): void;
}

/** Gets packages to interpreters: in a terminal, where the user sees what happens and can stop it. */
export class Installer {
  private readonly requirements: string;
  private readonly interpreterFor: (resource: vscode.Uri) => Promise<Result<Interpreter>>;

  /**
   * @param requirements path of the requirements file that we ship
   * @param interpreterFor the interpreter that a run of the resource would have now
   */
  constructor(requirements: string, interpreterFor: Installer['interpreterFor']) {
    this.requirements = requirements;
    this.interpreterFor = interpreterFor;
  }

  /** Installs into the interpreter's own environment. */
  async install(what: InstallFor): Promise<void> {
    const packages = acceptedOf(what.packages);
    if (packages.length === 0) return;
    const { interpreter } = what;
    const facts = await pythonFacts(interpreter);
    const steps = facts.ok ? planInstall(interpreter, facts.value, await findUv(), packages) : facts;
    if (!steps.ok) return what.showError(steps.error);
    const done = await runSteps(`install ${packages.join(' ')}`, steps.value);
    if (done !== null) this.ended(done, packages, interpreter.command, what);
  }

  /** Makes `.venv` in the workspace, with what is missing, or adds that to the one that is there; later runs use it. */
  async createEnvironment(what: InstallFor): Promise<void> {
    const resource = vscode.Uri.file(what.file);
    const workspace = vscode.workspace.getWorkspaceFolder(resource) ?? vscode.workspace.workspaceFolders?.[0];
    if (workspace === undefined) {
      return what.showError(userError('noFolder', 'An environment is made in a folder.', 'Open one first.'));
    }
    const folder = join(workspace.uri.fsPath, '.venv');
    const existing = await pythonOfEnvironment(folder, 'the workspace .venv');
    if (existing === null && existsSync(folder)) {
      const message = `${folder} is there, but it is no environment that works.`;
      return what.showError(userError('brokenEnvironment', message, 'Delete or rename it, then try again.'));
    }
    const python = existing?.command ?? join(folder, ...(process.platform === 'win32' ? windowsPython : unixPython));
    const packages = packagesForEnvironment(acceptedOf(what.packages), readFileSync(this.requirements, 'utf8'));
    const facts = await pythonFacts(what.interpreter);
    const target = { folder, python, exists: existing !== null, packages };
    const steps = facts.ok ? planEnvironment(what.interpreter, facts.value, await findUv(), target) : facts;
    if (!steps.ok) return what.showError(steps.error);
    const done = await runSteps('create .venv', steps.value);
    if (done === true) await this.use(python, resource);
    if (done !== null) this.ended(done, what.packages, python, what);
  }

  private ended(done: boolean, packages: readonly string[], command: string, what: InstallFor): void {
    const names = packages.join(', ');
    if (!done) {
      const message = `${names} could not be installed into ${command}.`;
      what.showError(userError('installFailed', message, 'The terminal says why.'));
      return;
    }
    const again = 'Run Again';
    void vscode.window.showInformationMessage(`${names}: installed into ${command}.`, again).then(choice => {
      if (choice === again) what.runAgain();
    });
  }

  /** A new environment is what runs use, unless something else was chosen: our own setting follows, another extension's choice is asked for. */
  private async use(python: string, resource: vscode.Uri): Promise<void> {
    const now = await this.interpreterFor(resource);
    if (now.ok && now.value.command === python) return;
    const config = vscode.workspace.getConfiguration('runInParallel', resource);
    if (config.get('pythonPath')) await config.update('pythonPath', python, vscode.ConfigurationTarget.Workspace);
    const then = await this.interpreterFor(resource);
    if (then.ok && then.value.command === python) return;
    await chooseInterpreter();
  }
}

const windowsPython = ['Scripts', 'python.exe'];
const unixPython = ['bin', 'python'];

/** Lets the user choose an interpreter where that is decided: in the Python extension if it's there, else in our setting; false: the latter. */
export async function chooseInterpreter(): Promise<boolean> {
  const command = 'python.setInterpreter';
  if (!(await vscode.commands.getCommands(true)).includes(command)) return false;
  await vscode.commands.executeCommand(command);
  return true;
}

function acceptedOf(packages: readonly string[]): string[] {
  const { accepted, refused } = sortPackages(packages);
  if (refused.length > 0) {
    const names = refused.map(name => name.slice(0, 80)).join(', ');
    void vscode.window.showWarningMessage(`Not installed: ${names}. Only names and versions are; install it yourself.`);
  }
  return accepted;
}

/** Whether all steps succeeded; null when that isn't known, as nobody can follow a terminal without a folder. */
async function runSteps(name: string, steps: Steps): Promise<boolean | null> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined) {
    const terminal = vscode.window.createTerminal({ name: `Run in Parallel: ${name}` });
    terminal.show();
    for (const step of steps) terminal.sendText(shellCommand(vscode.env.shell, step, process.platform));
    return null;
  }
  for (const [index, [command = '', ...args]] of steps.entries()) {
    const execution = new vscode.ProcessExecution(command, args, { cwd: folder.uri.fsPath });
    const definition = { type: 'process', step: index, name };
    const task = new vscode.Task(
      definition,
      folder,
      `${name} (${index + 1}/${steps.length})`,
      'Run in Parallel',
      execution,
    );
    task.presentationOptions = {
      reveal: vscode.TaskRevealKind.Always,
      panel: vscode.TaskPanelKind.Dedicated,
      showReuseMessage: false,
    };
    if ((await exitCodeOf(task)) !== 0) return false;
  }
  return true;
}

/** Runs a task to its end; null when it never became a process. */
async function exitCodeOf(task: vscode.Task): Promise<number | null> {
  const subscriptions: vscode.Disposable[] = [];
  // Heard from before it starts: it may be quick.
  const ended = new Promise<number | null>(resolve => {
    const isIt = (execution: vscode.TaskExecution) => execution.task.name === task.name;
    subscriptions.push(
      vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => isIt(execution) && resolve(exitCode ?? null)),
      // Its process, if there was one, is told of first or right after.
      vscode.tasks.onDidEndTask(({ execution }) => isIt(execution) && setTimeout(resolve, 1000, null)),
    );
  });
  try {
    await vscode.tasks.executeTask(task);
    return await ended;
  } finally {
    for (const subscription of subscriptions) subscription.dispose();
  }
}

const javaCommands: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'sudo apt install openjdk-17-jre-headless',
  darwin: 'brew install openjdk@17',
  win32: 'winget install EclipseAdoptium.Temurin.17.JRE',
};

/** Writes the command that installs a Java for Spark into a terminal; the user runs it, or another one. */
export function proposeJava(): void {
  const terminal = vscode.window.createTerminal({ name: 'Run in Parallel: install' });
  terminal.show();
  terminal.sendText(javaCommands[process.platform] ?? '', false);
}
