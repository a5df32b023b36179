// The command line, a cluster's address, and what listens there.
import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { cli, newestPython, program, root } from './harness.ts';

const python = ['--python', newestPython];
const tls = (name: string) => join(root, 'test/fixtures/tls', name);
const tellClusters = `import os
from _run_in_parallel.tracer.engines import settings
for engine, cluster in settings.clusters.items(): print(engine, cluster)
print([name for name in os.environ if 'PASSPHRASE' in name])
`;

async function listen(t: TestContext): Promise<number> {
  const server = createServer(socket => socket.on('error', () => undefined));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

test('a cluster that does not answer is a problem of the set-up: exit 3, and nothing runs', async t => {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  const path = program('never.py', 'print("it ran")');
  const dask = await cli(['run', path, ...python, '--dask', `127.0.0.1:${port}`]);
  assert.equal(dask.code, 3);
  assert.equal(dask.stdout, '');
  assert.equal(
    dask.stderr,
    `run-in-parallel: The Dask scheduler tcp://127.0.0.1:${port} can't be reached: nothing listens at 127.0.0.1:${port}. ` +
      'Start it, or correct the port.\n',
  );
  const key = ['--dask-tls-ca', tls('ca.pem'), '--dask-tls-cert', tls('expired.pem'), '--dask-tls-key', tls('key.pem')];
  const expired = await cli(['run', path, ...python, '--dask', `tls://127.0.0.1:${await listen(t)}`, ...key]);
  assert.equal(expired.code, 3);
  assert.match(expired.stderr, /expired\.pem expired on 2021-01-01\. Have a new one issued\.\n$/);
  const wrong = await cli(['run', path, ...python, '--spark', 'http://host']);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /^run-in-parallel: --spark: http:\/\/host is no master of Spark\./);
});

test('one that answers is told to the interpreter, and where it ran stands in no output of ours with its secrets', async t => {
  const path = program('tell.py', tellClusters);
  const address = `sc://127.0.0.1:${await listen(t)}`;
  const spark = ['--spark', `${address}/;token=hush-1`, '--spark-conf', 'spark.executor.memory=2g'];
  const ended = await cli(['run', path, ...python, ...spark, '--format', 'json', '--output', `${path}.json`]);
  assert.equal(ended.code, 0, ended.stderr);
  assert.equal(
    ended.stdout,
    `spark {'master': '${address}/;token=hush-1', 'conf': {'spark.executor.memory': '2g'}}\n[]\n`,
  );
  assert.equal(ended.stderr, '');
});

test('an encrypted key is opened with the passphrase of the environment, which the program does not inherit', async () => {
  const path = program('tell.py', tellClusters);
  const files = ['--dask-tls-ca', tls('ca.pem'), '--dask-tls-cert', tls('cert.pem')];
  const key = ['--dask-tls-key', tls('key-encrypted.pem')];
  const args = ['run', path, ...python, '--dask', 'tls://127.0.0.1:1', ...files, ...key];
  const closed = await cli(args);
  assert.equal(closed.code, 3);
  assert.match(closed.stderr, /key-encrypted\.pem needs its passphrase/);
  const wrong = await cli(args, { env: { RUN_IN_PARALLEL_TLS_PASSPHRASE: 'hush' } });
  assert.equal(wrong.code, 3);
  assert.match(wrong.stderr, /The passphrase does not open .*key-encrypted\.pem/);
  assert.doesNotMatch(wrong.stderr, /hush/);
  const open = await cli(args, { env: { RUN_IN_PARALLEL_TLS_PASSPHRASE: 'open-sesame' } });
  assert.match(open.stderr, /nothing listens at 127\.0\.0\.1:1/, 'the files are fine');
  const local = ['run', path, ...python, '--dask', 'local[2]'];
  const ended = await cli(local, { env: { RUN_IN_PARALLEL_TLS_PASSPHRASE: 'open-sesame' } });
  assert.match(ended.stdout, /^dask \{'address': 'local\[2\]', 'tls': None\}\n\[\]\n/);
});
