import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { endpointsOf, parseDaskAddress, parseSparkMaster } from '../../../src/run/clusterAddress.ts';
import {
  clustersFor,
  clusterWords,
  enginesOf,
  hasSecrets,
  isSecretName,
  joinSparkMaster,
  maskSecrets,
  noSecrets,
  splitSparkConf,
  splitSparkMaster,
  withSecrets,
} from '../../../src/run/clusters.ts';

function accepted(parse: typeof parseDaskAddress, pairs: Record<string, string>): void {
  for (const [text, address] of Object.entries(pairs))
    assert.deepEqual(parse(text), { ok: true, value: address }, text);
}

function refused(parse: typeof parseDaskAddress, pairs: Record<string, RegExp>): void {
  for (const [text, sentence] of Object.entries(pairs)) {
    const parsed = parse(text);
    assert.ok(!parsed.ok, text);
    assert.equal(parsed.error.code, 'clusterAddress');
    assert.equal(parsed.error.remedy, 'chooseCluster');
    assert.match(parsed.error.message, sentence);
    assert.notEqual(parsed.error.advice, '');
  }
}

describe('addresses of Dask', () => {
  test('are taken with what is usual filled in', () => {
    accepted(parseDaskAddress, {
      'tcp://10.0.0.5:8786': 'tcp://10.0.0.5:8786',
      ' tls://scheduler.example.org ': 'tls://scheduler.example.org:8786',
      'dask-scheduler:9000': 'tcp://dask-scheduler:9000',
      'TCP://[::1]:8786': 'tcp://[::1]:8786',
      'tcp://host:8786/': 'tcp://host:8786',
      local: 'local',
      'local[4]': 'local[4]',
    });
  });
  test('are refused with what is wrong', () => {
    refused(parseDaskAddress, {
      '': /names no host/,
      'http://host:8787/status': /web page/,
      'spark://host:7077': /is no address of a Dask scheduler/,
      'tcp://host:0': /^host:0 has an impossible port/,
      'tcp://host:99999': /impossible port/,
      'tcp://a b:1': /names no host/,
      'tcp://::1:8786': /names no host/,
      'local[0]': /impossible number of workers/,
    });
  });
});

describe('masters of Spark', () => {
  test('are taken with what is usual filled in', () => {
    accepted(parseSparkMaster, {
      'local[4]': 'local[4]',
      'local[*]': 'local[*]',
      local: 'local',
      'local-cluster[2,1,1024]': 'local-cluster[2,1,1024]',
      'spark://host': 'spark://host:7077',
      'spark://a:7077,b:7078': 'spark://a:7077,b:7078',
      yarn: 'yarn',
      'yarn-client': 'yarn',
      'k8s://https://10.0.0.1:6443': 'k8s://https://10.0.0.1:6443',
      'k8s://https://rancher.example.org/k8s/clusters/c-1': 'k8s://https://rancher.example.org/k8s/clusters/c-1',
      'sc://host': 'sc://host:15002',
      'sc://host:443/;use_ssl=true;token=abc': 'sc://host:443/;use_ssl=true;token=abc',
    });
  });
  test('are refused with what is wrong, and never with a secret', () => {
    refused(parseSparkMaster, {
      'tcp://host:1': /is no master of Spark/,
      'mesos://host:5050': /no longer has/,
      'spark://': /names no host/,
      'spark://a:7077,': /names no host/,
      'sc://host/;hidden': /not name=value/,
      'local[x]': /is no master/,
    });
    for (const text of [
      'sc://user:hidden@host',
      'sc//host/;token=hidden',
      'sc://host:x/;token=hidden',
      'sc://h/;hidden',
    ]) {
      assert.doesNotMatch(JSON.stringify(parseSparkMaster(text)), /hidden/, text);
      assert.doesNotMatch(JSON.stringify(parseDaskAddress(text)), /token=hidden|user:hidden/, text);
    }
  });
});

test('where something can be asked whether it answers', () => {
  assert.deepEqual(endpointsOf('dask', 'tls://[::1]:8786'), [{ host: '::1', port: 8786 }]);
  assert.deepEqual(endpointsOf('spark', 'spark://a:7077,b:7078'), [
    { host: 'a', port: 7077 },
    { host: 'b', port: 7078 },
  ]);
  assert.deepEqual(endpointsOf('spark', 'sc://host:443/;use_ssl=true'), [{ host: 'host', port: 443 }]);
  assert.deepEqual(endpointsOf('spark', 'k8s://https://host:6443/path'), [{ host: 'host', port: 6443 }]);
  assert.deepEqual(endpointsOf('spark', 'k8s://host'), [{ host: 'host', port: 443 }]);
  for (const address of ['yarn', 'local[4]']) assert.deepEqual(endpointsOf('spark', address), []);
  assert.deepEqual(endpointsOf('dask', 'local[4]'), []);
});

describe('secrets', () => {
  test('are told by their names, as Spark does', () => {
    for (const name of [
      'spark.authenticate.secret',
      'spark.hadoop.fs.s3a.access.key',
      'token',
      'x-api-key',
      'Authorization',
    ])
      assert.ok(isSecretName(name), name);
    for (const name of ['spark.executor.memory', 'spark.sql.shuffle.partitions', 'use_ssl', 'user_id'])
      assert.ok(!isSecretName(name), name);
  });
  test('leave an address and come back into it', () => {
    const whole = 'sc://host:443/;use_ssl=true;token=a=b';
    const { master, secrets } = splitSparkMaster(whole);
    assert.equal(master, 'sc://host:443/;use_ssl=true');
    assert.deepEqual(secrets, { token: 'a=b' });
    assert.equal(joinSparkMaster(master, secrets), whole);
    assert.equal(splitSparkMaster('sc://host:443/;token=x').master, 'sc://host:443');
    assert.equal(joinSparkMaster('sc://host:443', { token: 'x' }), 'sc://host:443/;token=x');
    assert.deepEqual(splitSparkMaster('spark://host:7077'), { master: 'spark://host:7077', secrets: {} });
  });
  test('leave the settings of Spark, and are put in place for the interpreter only', () => {
    const split = splitSparkConf({ 'spark.executor.memory': '2g', 'spark.authenticate.secret': 's' });
    assert.deepEqual(split, {
      conf: { 'spark.executor.memory': '2g' },
      sparkConf: { 'spark.authenticate.secret': 's' },
    });
    const tls = { ca: '/ca.pem', cert: '/cert.pem', key: '/key.pem' };
    const clusters = {
      dask: { address: 'tls://host:8786', tls },
      spark: { master: 'sc://host:443', conf: split.conf },
    };
    const secrets = { daskKey: 'PEM', sparkParameters: { token: 't' }, sparkConf: split.sparkConf };
    assert.deepEqual(withSecrets(clusters, secrets), {
      dask: { address: 'tls://host:8786', tls: { ...tls, key: 'PEM' } },
      spark: {
        master: 'sc://host:443/;token=t',
        conf: { 'spark.executor.memory': '2g', 'spark.authenticate.secret': 's' },
      },
    });
    assert.deepEqual(withSecrets(clusters, noSecrets), clusters);
    assert.ok(hasSecrets(secrets));
    assert.ok(!hasSecrets(noSecrets));
  });
  test('are masked in text', () => {
    assert.equal(maskSecrets('sc://u:p@h/;token=abc;use_ssl=true'), 'sc://•••@h/;token=•••;use_ssl=true');
  });
});

test('the engines that a text imports', () => {
  const engines = (source: string) => [...enginesOf(source)].sort().join(' ');
  assert.equal(engines('import os, dask.dataframe as dd\n'), 'dask');
  assert.equal(engines('def f():\n    from distributed import Client\n'), 'dask');
  assert.equal(engines('from pyspark.sql import SparkSession'), 'spark');
  assert.equal(engines('import pyspark\nimport dask'), 'dask spark');
  assert.equal(engines('import daskerville\n# import dask\nprint("import pyspark")\nfrom dasks import x'), '');
});

test('only what a program can use is chosen for it', () => {
  const clusters = { dask: { address: 'local[2]', tls: null }, spark: { master: 'yarn', conf: {} } };
  assert.deepEqual(clustersFor(clusters, new Set(['dask'])), { dask: clusters.dask, spark: null });
  assert.equal(clustersFor(clusters, new Set()), null);
  assert.equal(clustersFor(null, new Set(['dask'])), null);
  assert.equal(clusterWords(clusters), 'Dask local[2], Spark yarn');
  assert.equal(clusterWords(null), '');
});
