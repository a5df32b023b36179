import { basename } from 'node:path';
import type * as vscode from 'vscode';

/** The name under which a document's code is known: its path, or what VS Code calls it when it was never saved. */
export function pathOf(uri: vscode.Uri): string {
  return uri.scheme === 'file' ? uri.fsPath : uri.path;
}

/** Its last part, for titles. */
export function nameOf(uri: vscode.Uri): string {
  return basename(pathOf(uri));
}
