import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { messageOf, type UserError } from '../base/errors.ts';
import { clusterError, type Endpoint, endpointsOf, endpointText } from '../run/clusterAddress.ts';
import type { ClusterSecrets, Clusters, DaskCluster, SparkCluster } from '../run/clusters.ts';
import { readTls, type TlsPems } from './clusterTls.ts';

/** Without an answer for so long, in ms, a cluster counts as unreachable. */
const patienceMs = 2000;

export interface ClusterCheckOptions {
  patienceMs?: number;
  /** Where Hadoop's configuration is looked for. */
  environment?: NodeJS.ProcessEnv;
  /** For certificates' validity. */
  nowMs?: number;
}

/**
 * Whether what was chosen can be reached from here, and whether its files can be used: one connection each, closed at once. Blocks
 * nobody; answers within `patienceMs` and what reading three files takes.
 *
 * @returns the first problem, by engine; null when there is none that can be seen from here
 */
export async function checkClusters(
  { dask, spark }: Clusters,
  secrets: ClusterSecrets,
  options: ClusterCheckOptions = {},
): Promise<UserError | null> {
  const problems = await Promise.all([
    dask === null ? null : checkDask(dask, secrets, options),
    spark === null ? null : checkSpark(spark, options),
  ]);
  return problems.find(problem => problem !== null) ?? null;
}

async function checkDask(
  { address, tls }: DaskCluster,
  secrets: ClusterSecrets,
  options: ClusterCheckOptions,
): Promise<UserError | null> {
  let pems: TlsPems | null = null;
  if (address.startsWith('tls://')) {
    const read = await readTls(address, tls, secrets.daskKey, options.nowMs ?? Date.now());
    if (!read.ok) return read.error;
    pems = read.value;
  }
  return anyAnswers(`The Dask scheduler ${address}`, endpointsOf('dask', address), pems, options);
}

async function checkSpark({ master }: SparkCluster, options: ClusterCheckOptions): Promise<UserError | null> {
  const environment = options.environment ?? process.env;
  if (master === 'yarn' && !environment.HADOOP_CONF_DIR && !environment.YARN_CONF_DIR) {
    return clusterError(
      'clusterYarn',
      'Spark on YARN finds its cluster by HADOOP_CONF_DIR or YARN_CONF_DIR, and neither is set.',
      "Set one to the folder of Hadoop's configuration before VS Code or the shell is started.",
    );
  }
  const what = master.startsWith('sc://') ? 'The Spark Connect server' : 'The Spark master';
  return anyAnswers(`${what} ${master}`, endpointsOf('spark', master), null, options);
}

/** Null when one of the alternatives answers, or when there is nothing to ask. */
async function anyAnswers(
  what: string,
  endpoints: readonly Endpoint[],
  tls: TlsPems | null,
  options: ClusterCheckOptions,
): Promise<UserError | null> {
  const problems = await Promise.all(
    endpoints.map(async endpoint => {
      const failure = await failureOf(endpoint, tls, options.patienceMs ?? patienceMs);
      return failure === null ? null : explain(failure, what, endpoint, tls !== null);
    }),
  );
  return problems.includes(null) ? null : (problems[0] ?? null);
}

/** Connects and hangs up; null when that worked. */
function failureOf({ host, port }: Endpoint, tls: TlsPems | null, ms: number): Promise<Error | null> {
  return new Promise(resolve => {
    const ready = tls === null ? 'connect' : 'secureConnect';
    let socket: Socket | null = null;
    const end = (failure: Error | null) => {
      clearTimeout(timer);
      socket?.destroy();
      resolve(failure);
    };
    const timer = setTimeout(() => end(systemError('ETIMEDOUT')), ms);
    try {
      // As Dask does it: an authority of its own vouches for the cluster, whatever the host is called.
      socket =
        tls === null
          ? connectTcp({ host, port })
          : connectTls({ host, port, ...tls, checkServerIdentity: () => undefined });
      socket.once(ready, () => end(null));
      socket.on('error', end);
    } catch (error) {
      end(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

function explain(failure: Error, what: string, { host, port }: Endpoint, tls: boolean): UserError {
  const code = 'code' in failure && typeof failure.code === 'string' ? failure.code : '';
  const place = endpointText({ host, port });
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
    case 'EAI_NONAME':
      return clusterError(
        'clusterUnknownHost',
        `${what} can't be reached: no computer is known by the name ${host}.`,
        'Correct the name, or connect to the network that knows it.',
      );
    case 'ECONNREFUSED':
      return clusterError(
        'clusterRefused',
        `${what} can't be reached: nothing listens at ${place}.`,
        'Start it, or correct the port.',
      );
    case 'ETIMEDOUT':
      return clusterError(
        'clusterTimeout',
        `${what} can't be reached: ${place} did not answer in time.`,
        'Look whether a firewall or a VPN stands between.',
      );
    default:
      return tls
        ? tlsError(failure, code, what)
        : clusterError(
            'clusterUnreachable',
            `${what} can't be reached: ${messageOf(failure)}.`,
            'Choose another cluster, or look at the network.',
          );
  }
}

function tlsError(failure: Error, code: string, what: string): UserError {
  const of = (sentence: string, advice: string) => clusterError('clusterTls', `${what} ${sentence}.`, advice);
  if (code === 'CERT_HAS_EXPIRED')
    return of('has a certificate that has expired', 'Have a new one issued for the cluster.');
  if (/SELF_SIGNED|UNABLE_TO|SIGNATURE|UNTRUSTED|INVALID_CA/.test(code)) {
    return of('shows a certificate that the given authority has not issued', 'Give the ca of this cluster.');
  }
  if (/WRONG_VERSION|ECONNRESET|EPROTO|UNEXPECTED_EOF|PACKET_LENGTH/.test(code)) {
    return of('does not speak TLS', 'Choose it by tcp://, or start it with TLS.');
  }
  return of(`refuses the connection: ${messageOf(failure)}`, 'Look at the certificates of both sides.');
}
