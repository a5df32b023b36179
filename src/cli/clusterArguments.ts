import { resolve } from 'node:path';
import { parseDaskAddress, parseSparkMaster } from '../run/clusterAddress.ts';
import {
  type ClusterSecrets,
  type Clusters,
  isSecretName,
  splitSparkConf,
  splitSparkMaster,
  type TlsFiles,
} from '../run/clusters.ts';

export const clusterOptions = [
  '--dask',
  '--dask-tls-ca',
  '--dask-tls-cert',
  '--dask-tls-key',
  '--spark',
  '--spark-conf',
] as const;

/** How the options are asked for: the last value of one, and all of one. */
export interface ClusterValues {
  last(option: (typeof clusterOptions)[number]): string | null;
  all(option: (typeof clusterOptions)[number]): string[];
}

export type ParsedClusters = { ok: true; clusters: Clusters; secrets: ClusterSecrets } | { ok: false; problem: string };

class Problem extends Error {}

/** What the options of `run` say of clusters; a mistake is a sentence without secrets. */
export function parseClusterOptions(values: ClusterValues): ParsedClusters {
  try {
    const dask = daskOf(values);
    const { spark, secrets } = sparkOf(values);
    return { ok: true, clusters: { dask, spark }, secrets: { daskKey: null, ...secrets } };
  } catch (error) {
    if (error instanceof Problem) return { ok: false, problem: error.message };
    throw error;
  }
}

function daskOf(values: ClusterValues): Clusters['dask'] {
  const text = values.last('--dask');
  const tls = {
    ca: pathOf(values.last('--dask-tls-ca')),
    cert: pathOf(values.last('--dask-tls-cert')),
    key: pathOf(values.last('--dask-tls-key')),
  };
  const hasTls = Object.values(tls).some(path => path !== '');
  if (text === null) {
    if (hasTls) throw new Problem('--dask-tls-ca, -cert and -key go with --dask tls://HOST:PORT.');
    return null;
  }
  const address = parseDaskAddress(text);
  if (!address.ok) throw new Problem(`--dask: ${address.error.message} ${address.error.advice}`);
  return { address: address.value, tls: tlsOf(address.value, tls, hasTls) };
}

/** The program may run in another folder. */
function pathOf(path: string | null): string {
  return path === null || path === '' ? '' : resolve(path);
}

function tlsOf(address: string, tls: TlsFiles, given: boolean): TlsFiles | null {
  const isTls = address.startsWith('tls://');
  if (isTls && Object.values(tls).some(path => path === ''))
    throw new Problem(`--dask ${address} needs --dask-tls-ca, --dask-tls-cert and --dask-tls-key.`);
  if (!isTls && given) throw new Problem(`--dask-tls-ca, -cert and -key go with tls://, and --dask is ${address}.`);
  return isTls ? tls : null;
}

function sparkOf(values: ClusterValues): {
  spark: Clusters['spark'];
  secrets: Pick<ClusterSecrets, 'sparkParameters' | 'sparkConf'>;
} {
  const text = values.last('--spark');
  const pairs = values.all('--spark-conf').map(pair => {
    const equals = pair.indexOf('=');
    if (equals < 1) throw new Problem(`--spark-conf needs NAME=VALUE${isSecretName(pair) ? '' : `, not ${pair}`}.`);
    return [pair.slice(0, equals), pair.slice(equals + 1)] as const;
  });
  if (text === null) {
    if (pairs.length > 0) throw new Problem('--spark-conf goes with --spark MASTER.');
    return { spark: null, secrets: { sparkParameters: {}, sparkConf: {} } };
  }
  const whole = parseSparkMaster(text);
  if (!whole.ok) throw new Problem(`--spark: ${whole.error.message} ${whole.error.advice}`);
  const { master, secrets: sparkParameters } = splitSparkMaster(whole.value);
  const { conf, sparkConf } = splitSparkConf(Object.fromEntries(pairs));
  return { spark: { master, conf }, secrets: { sparkParameters, sparkConf } };
}
