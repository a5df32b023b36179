import * as vscode from 'vscode';
import { asArray, asObject, asString } from '../base/parse.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { decryptKey, needsPassphrase } from '../pool/clusterTls.ts';
import {
  type ChosenClusters,
  type ClusterChoice,
  type ClusterSettings,
  chosenClusters,
  knownCluster,
} from '../run/clusterChoice.ts';
import type { ClusterEngine, ClusterSecrets, Clusters } from '../run/clusters.ts';

const choiceKey = 'clusterChoice';

/** What is kept in VS Code's secret storage of one Spark address. */
export type SparkSecrets = Pick<ClusterSecrets, 'sparkParameters' | 'sparkConf'>;

/** Where Dask and Spark run: the settings, what was chosen by command, and their secrets. */
export class ClusterStore implements vscode.Disposable {
  private readonly state: vscode.Memento;
  private readonly secrets: vscode.SecretStorage;
  private readonly changes = new vscode.EventEmitter<void>();
  private readonly listener: vscode.Disposable;
  readonly onDidChange = this.changes.event;

  /** `state`: of the workspace. */
  constructor(state: vscode.Memento, secrets: vscode.SecretStorage) {
    this.state = state;
    this.secrets = secrets;
    this.listener = vscode.workspace.onDidChangeConfiguration(event => {
      if (['dask', 'spark', 'clusters'].some(name => event.affectsConfiguration(`runInParallel.${name}`)))
        this.changes.fire();
    });
  }

  /** What holds now for a file or a notebook. */
  current(resource: vscode.Uri | undefined): ChosenClusters {
    return chosenClusters(readClusterSettings(resource), this.choice());
  }

  /** What was chosen by command. */
  choice(): ClusterChoice {
    const stored = asObject(this.state.get(choiceKey));
    const choice: ClusterChoice = {};
    for (const engine of ['dask', 'spark'] as const) {
      const value = stored?.[engine];
      if (value === null || typeof value === 'string') choice[engine] = value;
    }
    return choice;
  }

  /** Takes a choice over for this workspace; engines that it does not name go by the settings. Its addresses hold no secret. */
  async choose(choice: ClusterChoice): Promise<void> {
    await this.state.update(choiceKey, choice);
    this.changes.fire();
  }

  /** Addresses that were used before or are set up, each once. */
  known(): { engine: ClusterEngine; address: string }[] {
    const texts = asArray(vscode.workspace.getConfiguration('runInParallel').get('clusters'));
    const clusters = texts.flatMap(text => knownCluster(asString(text) ?? '') ?? []);
    return clusters.filter(({ address }, at) => clusters.findIndex(other => other.address === address) === at);
  }

  /** Puts an address into the list of the settings. */
  async remember(address: string): Promise<void> {
    if (knownCluster(address) === null || this.known().some(known => known.address === address)) return;
    await this.updateKnown(texts => [...texts, address]);
  }

  /** Takes an address out of the list, its secrets, and the choice of it. */
  async forget(engine: ClusterEngine, address: string): Promise<void> {
    await this.updateKnown(texts => texts.filter(text => knownCluster(text)?.address !== address));
    await this.secrets.delete(sparkKey(address));
    const { [engine]: chosen, ...others } = this.choice();
    if (chosen === address) await this.choose(others);
  }

  async sparkSecrets(master: string): Promise<SparkSecrets> {
    const stored = asObject(parseJson(await this.secrets.get(sparkKey(master))));
    return { sparkParameters: texts(stored?.sparkParameters), sparkConf: texts(stored?.sparkConf) };
  }

  /** Adds to what is kept of an address; an empty value takes one away. */
  async keepSparkSecrets(master: string, added: Partial<SparkSecrets>): Promise<void> {
    const before = await this.sparkSecrets(master);
    const merged = {
      sparkParameters: withoutEmpty({ ...before.sparkParameters, ...added.sparkParameters }),
      sparkConf: withoutEmpty({ ...before.sparkConf, ...added.sparkConf }),
    };
    await this.secrets.store(sparkKey(master), JSON.stringify(merged));
  }

  /** Whether a passphrase that is kept opens this private key, or it needs none. */
  async opensKey(path: string): Promise<boolean> {
    return !(await needsPassphrase(path)) || (await this.openKey(path)).ok;
  }

  /** `passphrase` is kept if it opens the key. */
  async keepPassphrase(path: string, passphrase: string): Promise<Result<null>> {
    const key = await decryptKey(path, passphrase);
    if (!key.ok) return key;
    await this.secrets.store(passphraseKey(path), passphrase);
    return ok(null);
  }

  async dropPassphrase(path: string): Promise<void> {
    await this.secrets.delete(passphraseKey(path));
  }

  /** The secrets of clusters: from the settings, then from where they are kept. A key that stays closed is an error. */
  async secretsOf(clusters: Clusters, inSettings: SparkSecrets): Promise<Result<ClusterSecrets>> {
    const kept = clusters.spark ? await this.sparkSecrets(clusters.spark.master) : null;
    const spark = {
      sparkParameters: { ...inSettings.sparkParameters, ...kept?.sparkParameters },
      sparkConf: { ...inSettings.sparkConf, ...kept?.sparkConf },
    };
    const path = clusters.dask?.tls?.key ?? '';
    if (path === '' || !(await needsPassphrase(path))) return ok({ daskKey: null, ...spark });
    const key = await this.openKey(path);
    return key.ok ? ok({ daskKey: key.value, ...spark }) : failed(key.error);
  }

  dispose(): void {
    this.listener.dispose();
    this.changes.dispose();
  }

  private async openKey(path: string): Promise<Result<string>> {
    return decryptKey(path, (await this.secrets.get(passphraseKey(path))) ?? '');
  }

  private async updateKnown(change: (texts: string[]) => string[]): Promise<void> {
    const configuration = vscode.workspace.getConfiguration('runInParallel');
    const before = asArray(configuration.get('clusters')).filter(text => typeof text === 'string');
    const after = change(before);
    if (after.length === before.length && after.every((text, at) => text === before[at])) return;
    await configuration.update('clusters', after, vscode.ConfigurationTarget.Global);
  }
}

function readClusterSettings(resource: vscode.Uri | undefined): ClusterSettings {
  const configuration = vscode.workspace.getConfiguration('runInParallel', resource);
  const tls = asObject(configuration.get('dask.tls'));
  const of = (name: string) => expandHome(asString(tls?.[name]) ?? '');
  const files = { ca: of('ca'), cert: of('cert'), key: of('key') };
  return {
    daskScheduler: asString(configuration.get('dask.scheduler')) ?? '',
    daskTls: Object.values(files).some(path => path !== '') ? files : null,
    sparkMaster: asString(configuration.get('spark.master')) ?? '',
    sparkConf: texts(configuration.get('spark.conf')),
  };
}

function expandHome(path: string): string {
  return path.trim().replace(/^~(?=[/\\])/, process.env.HOME ?? process.env.USERPROFILE ?? '~');
}

function sparkKey(master: string): string {
  return `spark ${master}`;
}

function passphraseKey(path: string): string {
  return `passphrase ${path}`;
}

/** The entries that are text. VS Code's own objects are proxies: each is asked for. */
function texts(value: unknown): Record<string, string> {
  const entries = Object.entries(asObject(value) ?? {});
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function withoutEmpty(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
