import * as vscode from 'vscode';
import type { RunRecord } from './runRecord.ts';

const graceMs = 1000;

/**
 * A notification with a Cancel button for runs that take longer than a moment; shorter ones need none, the panel has shown them already.
 */
export function showProgress(records: readonly RunRecord[], cancel: () => void): void {
  const all = Promise.all(records.map(record => record.done));
  const timer = setTimeout(() => {
    const title =
      records.length === 1 ? `Running ${records[0]?.title ?? 'a snippet'}` : `Running ${records.length} snippets`;
    void vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, cancellable: true, title },
      async (progress, token) => {
        token.onCancellationRequested(cancel);
        const subscriptions = records.map(record =>
          record.onDidProgress(words => {
            progress.report({ message: records.length === 1 || words === '' ? words : `${record.title}: ${words}` });
          }),
        );
        await all;
        for (const subscription of subscriptions) subscription.dispose();
      },
    );
  }, graceMs);
  void all.then(() => clearTimeout(timer));
}
