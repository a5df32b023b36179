import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { messageOf, type UserError } from '../base/errors.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { clusterError } from '../run/clusterAddress.ts';
import type { TlsFiles } from '../run/clusters.ts';

/** What a TLS connection is made with, as text of PEM files. */
export interface TlsPems {
  ca: string;
  cert: string;
  key: string;
}

const fileWords = {
  ca: 'certificate of the authority (ca)',
  cert: 'client certificate (cert)',
  key: 'private key (key)',
};

/**
 * Reads the files of a `tls://` address and looks whether they can be used.
 *
 * @param key the decrypted key, PEM; null when its file can be used as it is
 * @param nowMs what the certificates must be valid at
 */
export async function readTls(
  address: string,
  files: TlsFiles | null,
  key: string | null,
  nowMs: number,
): Promise<Result<TlsPems>> {
  const missing = (['ca', 'cert', 'key'] as const).filter(name => !files?.[name]);
  if (files === null || missing.length > 0) {
    return failed(
      clusterError(
        'clusterTlsMissing',
        `${address} needs TLS files, and ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not given.`,
        'Give the paths of ca, cert and key.',
        'openTlsSetting',
      ),
    );
  }
  const ca = await readPem(files.ca, 'ca');
  if (!ca.ok) return ca;
  const cert = await readPem(files.cert, 'cert');
  if (!cert.ok) return cert;
  const ownKey = key === null ? await readPem(files.key, 'key') : ok(key);
  if (!ownKey.ok) return ownKey;
  if (isEncryptedKey(ownKey.value)) return failed(passphraseError(files.key));
  const problem =
    certificateProblem(ca.value, files.ca, 'ca', nowMs) ??
    certificateProblem(cert.value, files.cert, 'cert', nowMs) ??
    keyProblem(cert.value, ownKey.value, files);
  return problem === null ? ok({ ca: ca.value, cert: cert.value, key: ownKey.value }) : failed(problem);
}

/** Whether the text of a PEM file holds a key that only a passphrase opens. */
export function isEncryptedKey(pem: string): boolean {
  return /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(pem);
}

/** Whether the key's file needs a passphrase; false as well when it can't be read. */
export async function needsPassphrase(path: string): Promise<boolean> {
  return readFile(path, 'utf8').then(isEncryptedKey, () => false);
}

/** The key as PEM without its encryption. It is for the memory only. */
export async function decryptKey(path: string, passphrase: string): Promise<Result<string>> {
  const pem = await readPem(path, 'key');
  if (!pem.ok) return pem;
  try {
    const key = createPrivateKey({ key: pem.value, passphrase });
    return ok(key.export({ type: 'pkcs8', format: 'pem' }).toString());
  } catch {
    const message = `The passphrase does not open ${path}.`;
    return failed(clusterError('clusterTlsPassphrase', message, 'Give the right one.'));
  }
}

function passphraseError(path: string): UserError {
  return clusterError('clusterTlsPassphrase', `${path} needs its passphrase.`, 'Give it with Choose Cluster.');
}

async function readPem(path: string, name: keyof TlsFiles): Promise<Result<string>> {
  try {
    return ok(await readFile(path, 'utf8'));
  } catch (error) {
    const message = `The ${fileWords[name]} can't be read: ${messageOf(error)}`;
    return failed(
      clusterError('clusterTlsFile', `${message}.`, 'Correct its path or its permissions.', 'openTlsSetting'),
    );
  }
}

function certificateProblem(pem: string, path: string, name: 'ca' | 'cert', nowMs: number): UserError | null {
  const of = (what: string, advice: string) =>
    clusterError('clusterTlsCertificate', `The ${fileWords[name]} ${path} ${what}.`, advice, 'openTlsSetting');
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    return of('is not a certificate in PEM form', 'Give a file that begins with -----BEGIN CERTIFICATE-----.');
  }
  const until = Date.parse(certificate.validTo);
  const from = Date.parse(certificate.validFrom);
  if (until < nowMs) return of(`expired on ${dayOf(until)}`, 'Have a new one issued.');
  if (from > nowMs) return of(`is valid only from ${dayOf(from)} on`, "Look whether this computer's clock is right.");
  return null;
}

function keyProblem(cert: string, key: string, files: TlsFiles): UserError | null {
  try {
    if (new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) return null;
  } catch {
    const message = `The ${fileWords.key} ${files.key} is not a key in PEM form.`;
    return clusterError(
      'clusterTlsFile',
      message,
      'Give a file that begins with -----BEGIN PRIVATE KEY-----.',
      'openTlsSetting',
    );
  }
  const message = `The private key ${files.key} does not belong to the certificate ${files.cert}.`;
  return clusterError('clusterTlsCertificate', message, 'Give the two that were issued together.', 'openTlsSetting');
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
