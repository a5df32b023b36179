import * as vscode from 'vscode';
import { asObject, asString } from '../base/parse.ts';
import { isSecretName, splitSparkMaster } from '../run/clusters.ts';
import type { ClusterStore, SparkSecrets } from './clusterStore.ts';

const move = 'Move to Secret Storage';
let hasAsked = false;

/** Secrets that stand in the settings: says so, once a session, and moves them if the user wants it. Goes on at once. */
export function offerToMoveSecrets(
  store: ClusterStore,
  resource: vscode.Uri,
  master: string,
  found: SparkSecrets,
): void {
  const names = [...Object.keys(found.sparkParameters), ...Object.keys(found.sparkConf)];
  if (names.length === 0 || hasAsked) return;
  hasAsked = true;
  const what = `The settings hold ${names.join(', ')} of Spark in plain text.`;
  void vscode.window.showWarningMessage(`${what} They are safer in the secret storage.`, move).then(async choice => {
    if (choice !== move) return;
    await store.keepSparkSecrets(master, found);
    await removeFromSettings(resource);
  });
}

/** Takes them out of every settings file that has them. */
async function removeFromSettings(resource: vscode.Uri): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('runInParallel', resource);
  const masters = configuration.inspect('spark.master');
  const confs = configuration.inspect('spark.conf');
  const targets = [
    { target: vscode.ConfigurationTarget.Global, master: masters?.globalValue, conf: confs?.globalValue },
    { target: vscode.ConfigurationTarget.Workspace, master: masters?.workspaceValue, conf: confs?.workspaceValue },
    {
      target: vscode.ConfigurationTarget.WorkspaceFolder,
      master: masters?.workspaceFolderValue,
      conf: confs?.workspaceFolderValue,
    },
  ];
  for (const { target, master, conf } of targets) {
    const text = asString(master);
    if (text !== null && splitSparkMaster(text).master !== text)
      await configuration.update('spark.master', splitSparkMaster(text).master, target);
    const entries = Object.entries(asObject(conf) ?? {});
    const kept = entries.filter(([name]) => !isSecretName(name));
    if (kept.length < entries.length) await configuration.update('spark.conf', Object.fromEntries(kept), target);
  }
}
