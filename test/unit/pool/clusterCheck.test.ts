import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { type ClusterCheckOptions, checkClusters } from '../../../src/pool/clusterCheck.ts';
import { decryptKey, isEncryptedKey, needsPassphrase } from '../../../src/pool/clusterTls.ts';
import { noSecrets, type TlsFiles } from '../../../src/run/clusters.ts';

const folder = join(import.meta.dirname, '../../fixtures/tls');
const files = (changed: Partial<TlsFiles> = {}): TlsFiles => ({
  ca: join(folder, 'ca.pem'),
  cert: join(folder, 'cert.pem'),
  key: join(folder, 'key.pem'),
  ...changed,
});

/** The port of a server that listens until the test ends. */
async function listen(t: TestContext, server: Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  server.on('connection', socket => socket.on('error', () => undefined));
  return (server.address() as AddressInfo).port;
}

/** The port of a server that has gone. */
async function deadPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}

function checkDask(address: string, tls: TlsFiles | null = null, daskKey: string | null = null) {
  return checkClusters({ dask: { address, tls }, spark: null }, { ...noSecrets, daskKey });
}

function checkSpark(master: string, options: ClusterCheckOptions = {}) {
  return checkClusters({ dask: null, spark: { master, conf: {} } }, noSecrets, options);
}

const tlsServer = () =>
  createTlsServer({
    ca: readFileSync(files().ca),
    cert: readFileSync(files().cert),
    key: readFileSync(files().key),
    requestCert: true,
  });

test('what listens is reached, one of several is enough, and nothing is asked where nothing listens', async t => {
  const port = await listen(t, createServer());
  assert.equal(await checkDask(`tcp://127.0.0.1:${port}`), null);
  assert.equal(await checkSpark(`spark://127.0.0.1:${await deadPort()},127.0.0.1:${port}`), null);
  assert.equal(await checkSpark(`sc://127.0.0.1:${port}/;use_ssl=true`), null);
  assert.equal(await checkSpark('local[4]'), null);
  assert.equal(await checkDask('local[4]'), null);
});

test('nothing listens', async () => {
  const address = `tcp://127.0.0.1:${await deadPort()}`;
  const problem = await checkDask(address);
  assert.equal(problem?.code, 'clusterRefused');
  assert.equal(problem.remedy, 'chooseCluster');
  assert.match(problem.message, new RegExp(`^The Dask scheduler ${address} can't be reached: nothing listens at 127`));
  assert.match((await checkSpark(`spark://127.0.0.1:${await deadPort()}`))?.message ?? '', /^The Spark master spark:/);
});

test('nobody has that name', async () => {
  const problem = await checkDask('tcp://no-such-host.invalid:8786');
  assert.equal(problem?.code, 'clusterUnknownHost');
  assert.match(problem.message, /by the name no-such-host\.invalid\.$/);
});

test('no answer in time ends the wait', async t => {
  // It takes connections, but never a word of TLS from it: the handshake has no end.
  const port = await listen(t, createServer());
  const dask = { address: `tls://127.0.0.1:${port}`, tls: files() };
  const started = performance.now();
  const problem = await checkClusters({ dask, spark: null }, noSecrets, { patienceMs: 300 });
  assert.equal(problem?.code, 'clusterTimeout');
  const took = performance.now() - started;
  assert.ok(took >= 290 && took < 1900, `${took} ms`);
});

test('YARN needs to know where the configuration is', async () => {
  assert.equal((await checkSpark('yarn', { environment: {} }))?.code, 'clusterYarn');
  assert.equal(await checkSpark('yarn', { environment: { HADOOP_CONF_DIR: '/etc/hadoop' } }), null);
});

test('TLS: the right files connect, others say what is wrong', async t => {
  const address = `tls://127.0.0.1:${await listen(t, tlsServer())}`;
  assert.equal(await checkDask(address, files()), null);
  const expect = async (tls: TlsFiles | null, code: string, words: RegExp) => {
    const problem = await checkDask(address, tls);
    assert.equal(problem?.code, code, JSON.stringify(problem));
    assert.match(problem.message, words);
  };
  await expect(null, 'clusterTlsMissing', /and ca, cert, key are not given/);
  await expect(files({ key: '' }), 'clusterTlsMissing', /and key is not given/);
  await expect(files({ ca: '/no/ca.pem' }), 'clusterTlsFile', /^The certificate of the authority .*\/no\/ca\.pem/);
  await expect(files({ cert: join(folder, 'expired.pem') }), 'clusterTlsCertificate', /expired on 2021-01-01/);
  await expect(files({ cert: join(folder, 'key.pem') }), 'clusterTlsCertificate', /is not a certificate/);
  await expect(files({ key: join(folder, 'cert.pem') }), 'clusterTlsFile', /is not a key/);
  await expect(files({ cert: join(folder, 'other-ca.pem') }), 'clusterTlsCertificate', /does not belong to/);
  await expect(files({ ca: join(folder, 'other-ca.pem') }), 'clusterTls', /authority has not issued/);
});

test('TLS: a certificate from tomorrow on', async () => {
  const dask = { address: 'tls://127.0.0.1:1', tls: files() };
  const problem = await checkClusters({ dask, spark: null }, noSecrets, { nowMs: Date.parse('2019-06-01') });
  assert.match(problem?.message ?? '', /is valid only from 2020-01-01 on/);
});

test('TLS: a server that speaks none', async t => {
  const port = await listen(
    t,
    createServer(socket => socket.end('no TLS here\n')),
  );
  assert.equal((await checkDask(`tls://127.0.0.1:${port}`, files()))?.code, 'clusterTls');
});

test('TLS: a key with a passphrase', async t => {
  const address = `tls://127.0.0.1:${await listen(t, tlsServer())}`;
  const key = join(folder, 'key-encrypted.pem');
  assert.ok(await needsPassphrase(key));
  assert.ok(!(await needsPassphrase(files().key)));
  assert.ok(!(await needsPassphrase('/no/key.pem')));
  assert.equal((await checkDask(address, files({ key })))?.code, 'clusterTlsPassphrase');
  const wrong = await decryptKey(key, 'hush');
  assert.ok(!wrong.ok && wrong.error.code === 'clusterTlsPassphrase');
  assert.doesNotMatch(JSON.stringify(wrong), /hush/);
  const pem = await decryptKey(key, 'open-sesame');
  assert.ok(pem.ok && !isEncryptedKey(pem.value));
  assert.equal(await checkDask(address, files({ key }), pem.value), null);
});

test('TLS: a file that may not be read', async t => {
  if (process.getuid?.() === 0) {
    t.skip('this user may read everything');
    return;
  }
  const own = mkdtempSync(join(tmpdir(), 'rip-tls-'));
  t.after(() => rmSync(own, { recursive: true }));
  copyFileSync(files().key, join(own, 'key.pem'));
  chmodSync(join(own, 'key.pem'), 0o000);
  const problem = await checkDask('tls://127.0.0.1:1', files({ key: join(own, 'key.pem') }));
  assert.match(problem?.message ?? '', /EACCES/);
});
