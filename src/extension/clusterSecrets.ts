import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { UserError } from '../base/errors.ts';
import type { Clusters } from '../run/clusters.ts';
import type { ClusterStore } from './clusterStore.ts';

interface Secret extends vscode.QuickPickItem {
  /** An empty value takes it away. */
  keep(value: string): Promise<void>;
}

/** Lets the user give, or take away, what the chosen clusters need of secrets. Values go into VS Code's secret storage alone. */
export async function editSecrets(
  store: ClusterStore,
  clusters: Clusters,
  showError: (error: UserError) => void,
): Promise<void> {
  const picked = await vscode.window.showQuickPick(await secretsFor(store, clusters, showError), {
    title: 'Secrets of the chosen clusters',
    placeHolder: 'Which one to set or to take away',
    ignoreFocusOut: true,
  });
  if (!picked) return;
  const value = await askSecret(`${picked.label}. Leave it empty to take it away.`);
  if (value !== null) await picked.keep(value);
}

/** Asks for the passphrase of a private key and keeps it if it opens the key. */
export async function askPassphrase(
  store: ClusterStore,
  path: string,
  showError: (error: UserError) => void,
): Promise<void> {
  const passphrase = await askSecret(`Passphrase of ${basename(path)}`);
  if (!passphrase) return;
  const kept = await store.keepPassphrase(path, passphrase);
  if (!kept.ok) showError(kept.error);
}

async function secretsFor(
  store: ClusterStore,
  { dask, spark }: Clusters,
  showError: (error: UserError) => void,
): Promise<Secret[]> {
  const secrets: Secret[] = [];
  if (spark !== null) {
    const kept = await store.sparkSecrets(spark.master);
    if (spark.master.startsWith('sc://')) {
      secrets.push({
        label: 'Token of Spark Connect',
        description: kept.sparkParameters.token ? 'is set' : '',
        keep: token => store.keepSparkSecrets(spark.master, { sparkParameters: { token } }),
      });
    } else {
      const name = 'spark.authenticate.secret';
      secrets.push({
        label: `Shared secret of Spark (${name})`,
        description: kept.sparkConf[name] ? 'is set' : '',
        keep: value => store.keepSparkSecrets(spark.master, { sparkConf: { [name]: value } }),
      });
    }
  }
  const path = dask?.tls?.key ?? '';
  if (path !== '') {
    secrets.push({
      label: `Passphrase of ${basename(path)}`,
      description: path,
      keep: async value => {
        const kept = value === '' ? null : await store.keepPassphrase(path, value);
        if (kept === null) await store.dropPassphrase(path);
        else if (!kept.ok) showError(kept.error);
      },
    });
  }
  return secrets;
}

/** Null when the user gave up. */
async function askSecret(prompt: string): Promise<string | null> {
  const value = await vscode.window.showInputBox({ prompt, password: true, ignoreFocusOut: true });
  return value ?? null;
}
