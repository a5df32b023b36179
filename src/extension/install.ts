import * as vscode from 'vscode';
import { shellCommand, sortPackages } from '../run/installCommand.ts';
import type { Interpreter } from '../run/request.ts';

/** Installs packages with the interpreter's pip, in a terminal where the user sees it and can stop it. */
export function installPackages(interpreter: Interpreter, packages: readonly string[]): void {
  const { accepted, refused } = sortPackages(packages);
  if (refused.length > 0) {
    const what = refused.map(name => name.slice(0, 80)).join(', ');
    void vscode.window.showWarningMessage(`Not installed: ${what}. Only names and versions are; install it yourself.`);
  }
  if (accepted.length === 0) return;
  const command = [interpreter.command, ...interpreter.args, '-m', 'pip', 'install', ...accepted];
  const terminal = vscode.window.createTerminal({ name: 'Run in Parallel: install' });
  terminal.show();
  terminal.sendText(shellCommand(vscode.env.shell, command, process.platform));
}
