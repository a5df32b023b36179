import type { Snippet } from '../snippet/snippet.ts';

/** Where dataframe code runs instead of where its text says. Holds nothing secret: it may be shown, logged and saved. */
export interface Clusters {
  /** null = as the program says. */
  dask: DaskCluster | null;
  /** null = as the program says. */
  spark: SparkCluster | null;
}

export interface DaskCluster {
  /** `tcp://host:port`, `tls://host:port`, or `local[N]`: N worker processes that are started for the run. */
  address: string;
  /** Only with `tls://`. */
  tls: TlsFiles | null;
}

/** Paths of PEM files. In the interpreter `key` may be the key's text itself, when its file needs a passphrase. */
export interface TlsFiles {
  ca: string;
  cert: string;
  key: string;
}

export interface SparkCluster {
  /** `local[N]`, `spark://host:port`, `yarn`, `k8s://…`, or `sc://host:port/;name=value` for Spark Connect. */
  master: string;
  /** What is set before the program's own session is made; the program's words count more. */
  conf: Record<string, string>;
}

/** What clusters need that nobody may see. It is kept in memory, and for a moment in a file that only the user can read. */
export interface ClusterSecrets {
  /** The decrypted private key, PEM; null = the file can be read as it is. */
  daskKey: string | null;
  /** Parameters of an `sc://` address, such as `token`. */
  sparkParameters: Record<string, string>;
  /** Settings such as `spark.authenticate.secret`. */
  sparkConf: Record<string, string>;
}

/** In the environment of the command line: the passphrase of the private key. Programs do not inherit it. */
export const passphraseVariable = 'RUN_IN_PARALLEL_TLS_PASSPHRASE';

export const noClusters: Clusters = { dask: null, spark: null };
export const noSecrets: ClusterSecrets = { daskKey: null, sparkParameters: {}, sparkConf: {} };

/** The engines that a cluster can be chosen for. */
export type ClusterEngine = 'dask' | 'spark';

/** What Spark itself hides in its pages and logs (`spark.redaction.regex`), and names of tokens in headers. */
const secretName = /secret|password|passphrase|token|access[.]?key|authorization|credential|api[-_]?key/i;

export function isSecretName(name: string): boolean {
  return secretName.test(name);
}

/** Text in which nothing secret is to be read any more: values of `token=…` and the like, and what stands before an @. */
export function maskSecrets(text: string): string {
  return text
    .replace(/([\w.-]+)=([^;&\s]+)/g, (whole, name: string) => (isSecretName(name) ? `${name}=•••` : whole))
    .replace(/:\/\/[^/\s@]+@/g, '://•••@');
}

/** An address of Spark Connect without what must not be seen, and that. Other addresses have no such part. */
export function splitSparkMaster(master: string): { master: string; secrets: Record<string, string> } {
  const [address = '', ...parameters] = master.split(';');
  if (!address.startsWith('sc://')) return { master, secrets: {} };
  const secrets: Record<string, string> = {};
  const kept: string[] = [];
  for (const parameter of parameters) {
    const [name, value] = splitOnce(parameter);
    if (value !== null && isSecretName(name)) secrets[name] = value;
    else if (parameter !== '') kept.push(parameter);
  }
  return { master: kept.length > 0 ? [address, ...kept].join(';') : address.replace(/\/$/, ''), secrets };
}

/** The contrary of `splitSparkMaster`. */
export function joinSparkMaster(master: string, secrets: Record<string, string>): string {
  const added = Object.entries(secrets).map(([name, value]) => `${name}=${value}`);
  if (added.length === 0) return master;
  const [address = '', ...parameters] = master.split(';');
  return [address.endsWith('/') ? address : `${address}/`, ...parameters, ...added].join(';');
}

/** Settings of Spark, and apart from them those that must not be seen. */
export function splitSparkConf(
  conf: Record<string, string>,
): Pick<SparkCluster, 'conf'> & Pick<ClusterSecrets, 'sparkConf'> {
  const of = (secret: boolean) =>
    Object.fromEntries(Object.entries(conf).filter(([name]) => isSecretName(name) === secret));
  return { conf: of(false), sparkConf: of(true) };
}

export function hasSecrets({ daskKey, sparkParameters, sparkConf }: ClusterSecrets): boolean {
  return daskKey !== null || Object.keys(sparkParameters).length > 0 || Object.keys(sparkConf).length > 0;
}

/** Clusters with their secrets in place, as the interpreter needs them. Not to be shown, logged or saved. */
export function withSecrets({ dask, spark }: Clusters, secrets: ClusterSecrets): Clusters {
  const { daskKey, sparkParameters, sparkConf } = secrets;
  return {
    dask: dask?.tls && daskKey !== null ? { ...dask, tls: { ...dask.tls, key: daskKey } } : dask,
    spark: spark && {
      master: joinSparkMaster(spark.master, sparkParameters),
      conf: { ...spark.conf, ...sparkConf },
    },
  };
}

/** Which engines a text of Python imports. */
export function enginesOf(source: string): Set<ClusterEngine> {
  const engines = new Set<ClusterEngine>();
  const imports = /^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import\b|import[ \t]+([^#\n]+))/gm;
  for (const [, from, list] of source.matchAll(imports)) {
    for (const name of (from ?? list ?? '').split(',')) {
      const module = name.trim().split(/[.\s]/)[0] ?? '';
      if (/^(dask|distributed|dask_\w+)$/.test(module)) engines.add('dask');
      if (module === 'pyspark' || module === 'databricks') engines.add('spark');
    }
  }
  return engines;
}

/** Only the clusters that a program of these engines can use; null when there is none. */
export function clustersFor(clusters: Clusters | null, engines: ReadonlySet<ClusterEngine>): Clusters | null {
  const dask = engines.has('dask') ? (clusters?.dask ?? null) : null;
  const spark = engines.has('spark') ? (clusters?.spark ?? null) : null;
  return dask === null && spark === null ? null : { dask, spark };
}

/** The engines that the text of a whole snippet imports; units that are files on the disk count as none. */
export function enginesOfSnippet({ units }: Pick<Snippet, 'units'>): Set<ClusterEngine> {
  return new Set(units.flatMap(({ source }) => [...enginesOf(source ?? '')]));
}

/** `Dask tcp://10.0.0.5:8786`, `Spark yarn`; '' when nothing is chosen. */
export function clusterWords(clusters: Clusters | null): string {
  const dask = clusters?.dask ? `Dask ${clusters.dask.address}` : '';
  const spark = clusters?.spark ? `Spark ${clusters.spark.master}` : '';
  return [dask, spark].filter(Boolean).join(', ');
}

function splitOnce(text: string): [string, string | null] {
  const equals = text.indexOf('=');
  return equals < 0 ? [text, null] : [text.slice(0, equals), text.slice(equals + 1)];
}
