import { availableParallelism } from 'node:os';
import * as vscode from 'vscode';
import type { UserError } from '../base/errors.ts';
import type { Result } from '../base/result.ts';
import { checkClusters } from '../pool/clusterCheck.ts';
import { parseDaskAddress, parseSparkMaster } from '../run/clusterAddress.ts';
import { type ClusterEngine, clusterWords, splitSparkMaster } from '../run/clusters.ts';
import { askPassphrase, editSecrets } from './clusterSecrets.ts';
import type { ClusterStore } from './clusterStore.ts';

const usualWorkers = Math.min(8, availableParallelism());

type Item = vscode.QuickPickItem & { act?: () => Promise<void> };

/** **Choose Cluster**: where Dask and Spark run from now on. */
export class ChooseCluster {
  private readonly clusters: ClusterStore;
  private readonly showError: (error: UserError) => void;

  constructor(clusters: ClusterStore, showError: (error: UserError) => void) {
    this.clusters = clusters;
    this.showError = showError;
  }

  async show(): Promise<void> {
    const picked = await vscode.window.showQuickPick(this.items(), {
      title: 'Choose Cluster',
      placeHolder: 'Where Dask and Spark run',
      matchOnDescription: true,
    });
    await picked?.act?.();
  }

  private items(): Item[] {
    const { clusters } = this.clusters.current(activeResource());
    const chosen: Record<ClusterEngine, string | null> = {
      dask: clusters.dask?.address ?? null,
      spark: clusters.spark?.master ?? null,
    };
    const nothing = chosen.dask === null && chosen.spark === null;
    const choice = this.clusters.choice();
    const items: Item[] = [
      {
        label: '$(device-desktop) This computer',
        description: nothing ? 'chosen' : '',
        detail: 'Dask and Spark run as the code says.',
        act: () => this.clusters.choose({ dask: null, spark: null }),
      },
    ];
    if (Object.keys(choice).length > 0) {
      const act = () => this.clusters.choose({});
      items.push({ label: '$(settings-gear) As the settings say', act });
    }
    items.push(separator('Dask'), ...this.engineItems('dask', chosen.dask));
    items.push(
      {
        label: '$(add) Dask on this computer…',
        detail: 'Worker processes, started for each run.',
        act: () => this.askWorkers('dask', 'How many Dask workers?'),
      },
      { label: '$(add) Dask scheduler…', detail: 'tcp://host:port or tls://host:port', act: () => this.askDask() },
    );
    items.push(separator('Spark'), ...this.engineItems('spark', chosen.spark));
    items.push(
      {
        label: '$(add) Spark on this computer…',
        detail: 'Worker threads in one process.',
        act: () => this.askWorkers('spark', 'How many Spark threads?'),
      },
      {
        label: '$(add) Spark master…',
        detail: 'spark://host:port, yarn, k8s://host:port or sc://host:port',
        act: () => this.askSpark(),
      },
    );
    return [...items, ...this.managing(nothing)];
  }

  /** The addresses that can be chosen at once. */
  private engineItems(engine: ClusterEngine, chosen: string | null): Item[] {
    const known = this.clusters.known().filter(cluster => cluster.engine === engine);
    const addresses = new Set([...(chosen === null ? [] : [chosen]), ...known.map(({ address }) => address)]);
    return [...addresses].map(address => ({
      label: `$(server) ${address}`,
      description: address === chosen ? 'chosen' : '',
      act: () => this.choose(engine, address),
    }));
  }

  private managing(nothingChosen: boolean): Item[] {
    const items: Item[] = [separator('Manage')];
    if (!nothingChosen) {
      items.push({ label: '$(plug) Check connection', act: () => this.check() });
      items.push({
        label: '$(key) Secrets…',
        detail: 'Tokens and passphrases, kept in the secret storage.',
        act: () => editSecrets(this.clusters, this.clusters.current(activeResource()).clusters, this.showError),
      });
    }
    if (this.clusters.known().length > 0) {
      items.push({ label: '$(trash) Forget a cluster…', act: () => this.forget() });
    }
    return items.length > 1 ? items : [];
  }

  private async askWorkers(engine: ClusterEngine, prompt: string): Promise<void> {
    const value = await vscode.window.showInputBox({
      prompt,
      value: String(usualWorkers),
      ignoreFocusOut: true,
      validateInput: text => (/^[1-9]\d{0,2}$/.test(text.trim()) ? null : 'Give a number from 1 to 999.'),
    });
    if (value !== undefined) await this.choose(engine, `local[${value.trim()}]`);
  }

  private async askDask(): Promise<void> {
    const text = await askAddress('Address of the Dask scheduler', 'tcp://host:8786', parseDaskAddress);
    if (text !== null) await this.choose('dask', text);
  }

  private async askSpark(): Promise<void> {
    const text = await askAddress('Address of the Spark master', 'spark://host:7077', parseSparkMaster);
    if (text === null) return;
    const { master, secrets } = splitSparkMaster(text);
    if (Object.keys(secrets).length > 0) await this.clusters.keepSparkSecrets(master, { sparkParameters: secrets });
    await this.choose('spark', master);
  }

  private async choose(engine: ClusterEngine, address: string): Promise<void> {
    await this.clusters.choose({ ...this.clusters.choice(), [engine]: address });
    await this.clusters.remember(address);
    const { dask } = this.clusters.current(activeResource()).clusters;
    if (engine === 'dask' && dask?.tls && !(await this.clusters.opensKey(dask.tls.key))) {
      await askPassphrase(this.clusters, dask.tls.key, this.showError);
    }
    const problem = await this.problem();
    if (problem !== null) this.showError(problem);
  }

  private async check(): Promise<void> {
    const { clusters } = this.clusters.current(activeResource());
    const problem = await this.problem();
    if (problem !== null) this.showError(problem);
    else void vscode.window.showInformationMessage(`${clusterWords(clusters)}: nothing stands in the way.`);
  }

  /** What keeps the chosen clusters from being used, as far as it can be seen from here. */
  private async problem(): Promise<UserError | null> {
    const { clusters, secrets, problems } = this.clusters.current(activeResource());
    const wrong = problems.dask ?? problems.spark;
    if (wrong !== undefined) return wrong;
    const complete = await this.clusters.secretsOf(clusters, secrets);
    return complete.ok ? checkClusters(clusters, complete.value) : complete.error;
  }

  private async forget(): Promise<void> {
    const known = this.clusters.known();
    const items = known.map(({ engine, address }) => ({
      label: address,
      description: engine === 'dask' ? 'Dask' : 'Spark',
      cluster: { engine, address },
    }));
    // The focus that the first list gives back to a webview must not close this one.
    const options = { title: 'Forget a cluster, and its secrets', ignoreFocusOut: true };
    const picked = await vscode.window.showQuickPick(items, options);
    if (picked) await this.clusters.forget(picked.cluster.engine, picked.cluster.address);
  }
}

/** The file or the notebook that settings are asked for. */
export function activeResource(): vscode.Uri | undefined {
  return vscode.window.activeNotebookEditor?.notebook.uri ?? vscode.window.activeTextEditor?.document.uri;
}

async function askAddress(
  prompt: string,
  placeHolder: string,
  parse: (text: string) => Result<string>,
): Promise<string | null> {
  const text = await vscode.window.showInputBox({
    prompt,
    placeHolder,
    ignoreFocusOut: true,
    validateInput: typed => {
      if (typed.trim() === '') return null;
      const parsed = parse(typed);
      return parsed.ok ? null : `${parsed.error.message} ${parsed.error.advice}`;
    },
  });
  const parsed = text === undefined || text.trim() === '' ? null : parse(text);
  return parsed?.ok ? parsed.value : null;
}

function separator(label: string): Item {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}
