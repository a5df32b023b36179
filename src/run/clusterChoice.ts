import type { UserError } from '../base/errors.ts';
import { parseDaskAddress, parseSparkMaster } from './clusterAddress.ts';
import {
  type ClusterEngine,
  type ClusterSecrets,
  type Clusters,
  splitSparkConf,
  splitSparkMaster,
  type TlsFiles,
} from './clusters.ts';

/** What the settings say of clusters; texts as they were written. */
export interface ClusterSettings {
  daskScheduler: string;
  daskTls: TlsFiles | null;
  sparkMaster: string;
  sparkConf: Record<string, string>;
}

/** What was chosen by command, which goes before the settings. null = this computer; absent = as the settings say. */
export type ClusterChoice = Partial<Record<ClusterEngine, string | null>>;

export interface ChosenClusters {
  clusters: Clusters;
  /** Those that stand in the settings in plain text. */
  secrets: Pick<ClusterSecrets, 'sparkParameters' | 'sparkConf'>;
  /** What is wrong with an address, by engine. */
  problems: Partial<Record<ClusterEngine, UserError>>;
}

/** Where Dask and Spark run; an address that can't be used is a problem, and no cluster. */
export function chosenClusters(settings: ClusterSettings, choice: ClusterChoice): ChosenClusters {
  const problems: ChosenClusters['problems'] = {};
  const daskText = choice.dask === undefined ? settings.daskScheduler.trim() : (choice.dask ?? '');
  const sparkText = choice.spark === undefined ? settings.sparkMaster.trim() : (choice.spark ?? '');
  const clusters: Clusters = { dask: null, spark: null };
  const secrets: ChosenClusters['secrets'] = { sparkParameters: {}, sparkConf: {} };
  if (daskText !== '') {
    const address = parseDaskAddress(daskText);
    if (!address.ok) problems.dask = address.error;
    else clusters.dask = { address: address.value, tls: address.value.startsWith('tls://') ? settings.daskTls : null };
  }
  if (sparkText !== '') {
    const master = parseSparkMaster(sparkText);
    if (!master.ok) problems.spark = master.error;
    else {
      const split = splitSparkMaster(master.value);
      const { conf, sparkConf } = splitSparkConf(settings.sparkConf);
      clusters.spark = { master: split.master, conf };
      secrets.sparkParameters = split.secrets;
      secrets.sparkConf = sparkConf;
    }
  }
  return { clusters, secrets, problems };
}

/** The engine whose address a text is, without its secrets; null when it is neither's, as `local[4]`, which could be both's. */
export function knownCluster(text: string): { engine: ClusterEngine; address: string } | null {
  const protocol = /^(\w+):\/\//.exec(text.trim())?.[1]?.toLowerCase();
  if (protocol === 'tcp' || protocol === 'tls') {
    const address = parseDaskAddress(text);
    return address.ok ? { engine: 'dask', address: address.value } : null;
  }
  const master = protocol !== undefined || text.trim() === 'yarn' ? parseSparkMaster(text) : null;
  return master?.ok ? { engine: 'spark', address: splitSparkMaster(master.value).master } : null;
}

/** As short as a status bar is: `Dask 10.0.0.5:8786`, `Dask 4 workers`, `Spark yarn`; both: `Dask · Spark`. '' when nothing is chosen. */
export function shortClusterWords({ dask, spark }: Clusters): string {
  if (dask && spark) return 'Dask · Spark';
  if (dask) return `Dask ${localWords(dask.address, 'worker') ?? withoutProtocol(dask.address)}`;
  return spark ? `Spark ${localWords(spark.master, 'thread') ?? withoutProtocol(spark.master)}` : '';
}

function localWords(address: string, one: string): string | null {
  const count = /^local\[(\d+)\]$/.exec(address)?.[1];
  if (count !== undefined) return count === '1' ? `1 ${one}` : `${count} ${one}s`;
  return /^local(\[|$)/.test(address) ? `local ${one}s` : null;
}

function withoutProtocol(address: string): string {
  return address.replace(/^\w+:\/\//, '').split('/;')[0] ?? address;
}
