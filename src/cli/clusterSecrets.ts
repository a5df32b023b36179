import { ok, type Result } from '../base/result.ts';
import { decryptKey, needsPassphrase } from '../pool/clusterTls.ts';
import { type ClusterSecrets, type Clusters, passphraseVariable } from '../run/clusters.ts';

/** The secrets, with the private key opened when its file is encrypted and the environment has the passphrase. */
export async function usableSecrets({ dask }: Clusters, secrets: ClusterSecrets): Promise<Result<ClusterSecrets>> {
  const passphrase = process.env[passphraseVariable];
  if (!dask?.tls || !passphrase || !(await needsPassphrase(dask.tls.key))) return ok(secrets);
  const daskKey = await decryptKey(dask.tls.key, passphrase);
  return daskKey.ok ? ok({ ...secrets, daskKey: daskKey.value }) : daskKey;
}
