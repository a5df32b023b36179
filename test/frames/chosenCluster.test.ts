// A cluster as it is chosen, with its secrets, on a real scheduler that wants TLS.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkClusters } from '../../src/pool/clusterCheck.ts';
import { decryptKey } from '../../src/pool/clusterTls.ts';
import { noSecrets } from '../../src/run/clusters.ts';
import { whereItRan } from '../../src/trace/whereItRan.ts';
import { openPool, traceOf } from '../process/run/harness.ts';
import { DaskCluster } from './support/daskCluster.ts';
import { framesPythons } from './support/harness.ts';

const file = (name: string) => join(import.meta.dirname, '../fixtures/tls', name);

function daskSettings(): Record<string, string> {
  const settings: Record<string, string> = { DASK_DISTRIBUTED__COMM__TLS__CA_FILE: file('ca.pem') };
  for (const role of ['SCHEDULER', 'WORKER', 'CLIENT']) {
    settings[`DASK_DISTRIBUTED__COMM__TLS__${role}__CERT`] = file('cert.pem');
    settings[`DASK_DISTRIBUTED__COMM__TLS__${role}__KEY`] = file('key.pem');
  }
  return settings;
}

const source = `
import time
import dask

@dask.delayed
def slow(n):
    time.sleep(0.15)
    return n

print(sum(dask.compute(*[slow(n) for n in range(40)])))
`;

for (const python of framesPythons) {
  test(`TLS with an encrypted key: tried, used, and told how far it has come: ${python}`, async t => {
    const environment = daskSettings();
    const cluster = await DaskCluster.start({ python, workers: 1, threads: 2, protocol: 'tls', environment });
    t.after(() => cluster.stop());
    const key = await decryptKey(file('key-encrypted.pem'), 'open-sesame');
    assert.ok(key.ok);
    const tls = { ca: file('ca.pem'), cert: file('cert.pem'), key: file('key-encrypted.pem') };
    const clusters = { dask: { address: cluster.address, tls }, spark: null };
    const clusterSecrets = { ...noSecrets, daskKey: key.value };
    assert.equal(await checkClusters(clusters, clusterSecrets, { patienceMs: 20_000 }), null);
    const { start } = await openPool(t, { size: 1 });
    const run = start({ source, python, clusters, clusterSecrets });
    const outcome = await run.end();
    assert.equal(outcome.status, 'ok', run.heard.stderr);
    assert.equal(run.heard.stdout, '780\n');
    assert.equal(whereItRan(traceOf(outcome), { dask: '', spark: '' }), `Dask ${cluster.address}`);
    const words = run.progress.filter(text => text !== '');
    assert.ok(words.length >= 3, run.progress.join(', '));
    for (const text of words) assert.match(text, /^Dask: \d+\/40 tasks$/);
    assert.ok(!Buffer.from(outcome.trace ?? new ArrayBuffer(0)).includes('PRIVATE KEY'));
  });
}
