import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chosenClusters, knownCluster, shortClusterWords } from '../../../src/run/clusterChoice.ts';
import { noClusters } from '../../../src/run/clusters.ts';

const tls = { ca: '/ca.pem', cert: '/cert.pem', key: '/key.pem' };
const none = { daskScheduler: '', daskTls: null, sparkMaster: ' ', sparkConf: {} };
const settings = {
  daskScheduler: 'tls://host',
  daskTls: tls,
  sparkMaster: 'sc://server/;token=hush',
  sparkConf: { 'spark.executor.memory': '2g', 'spark.authenticate.secret': 'hush' },
};

test('nothing is chosen where nothing is set', () => {
  assert.deepEqual(chosenClusters(none, {}).clusters, noClusters);
  assert.deepEqual(chosenClusters(none, {}).problems, {});
});

test('the settings hold, their secrets apart', () => {
  assert.deepEqual(chosenClusters(settings, {}), {
    clusters: {
      dask: { address: 'tls://host:8786', tls },
      spark: { master: 'sc://server:15002', conf: { 'spark.executor.memory': '2g' } },
    },
    secrets: { sparkParameters: { token: 'hush' }, sparkConf: { 'spark.authenticate.secret': 'hush' } },
    problems: {},
  });
});

test('what was chosen goes before the settings, engine by engine', () => {
  const { clusters } = chosenClusters(settings, { dask: 'local[2]' });
  assert.deepEqual(clusters.dask, { address: 'local[2]', tls: null });
  assert.equal(clusters.spark?.master, 'sc://server:15002');
  assert.deepEqual(chosenClusters(settings, { dask: null, spark: null }).clusters, noClusters);
});

test('a wrong address is no cluster, and says so', () => {
  const { clusters, problems } = chosenClusters({ ...none, daskScheduler: 'http://host:8787' }, { spark: 'yarn' });
  assert.equal(clusters.dask, null);
  assert.equal(clusters.spark?.master, 'yarn');
  assert.match(problems.dask?.message ?? '', /web page/);
  assert.equal(problems.spark, undefined);
});

test('known clusters tell whose they are', () => {
  assert.deepEqual(knownCluster(' tcp://host '), { engine: 'dask', address: 'tcp://host:8786' });
  assert.deepEqual(knownCluster('sc://host/;token=hush'), { engine: 'spark', address: 'sc://host:15002' });
  assert.deepEqual(knownCluster('yarn'), { engine: 'spark', address: 'yarn' });
  for (const odd of ['local[4]', '', 'host', 'http://host', 'tcp://']) assert.equal(knownCluster(odd), null, odd);
});

test('words for the status bar', () => {
  const words = (dask: string | null, master: string | null) =>
    shortClusterWords({
      dask: dask ? { address: dask, tls: null } : null,
      spark: master ? { master, conf: {} } : null,
    });
  assert.equal(words('tcp://10.0.0.5:8786', null), 'Dask 10.0.0.5:8786');
  assert.equal(words('local[4]', null), 'Dask 4 workers');
  assert.equal(words('local', null), 'Dask local workers');
  assert.equal(words(null, 'sc://host:443/;use_ssl=true'), 'Spark host:443');
  assert.equal(words(null, 'local[1]'), 'Spark 1 thread');
  assert.equal(words(null, 'local[*]'), 'Spark local threads');
  assert.equal(words(null, 'yarn'), 'Spark yarn');
  assert.equal(words('local[4]', 'yarn'), 'Dask · Spark');
  assert.equal(words(null, null), '');
});
