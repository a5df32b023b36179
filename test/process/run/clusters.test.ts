// What was chosen arrives in the first process of a real run, and nowhere else.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { newestPython, openPool, pythons } from './harness.ts';

const clusters = {
  dask: { address: 'tls://10.0.0.5:8786', tls: { ca: '/ca.pem', cert: '/cert.pem', key: '/key.pem' } },
  spark: { master: 'sc://host:443', conf: { 'spark.executor.memory': '2g' } },
};
const clusterSecrets = {
  daskKey: '-----BEGIN PRIVATE KEY-----\nhush-1\n-----END PRIVATE KEY-----\n',
  sparkParameters: { token: 'hush-2' },
  sparkConf: { 'spark.authenticate.secret': 'hush-3' },
};

/** As an engine asks; the tracer has been loaded, as in every run. */
const ask = `
def ask():
    import importlib, json
    try: settings = importlib.import_module('_run_in_parallel.tracer.engines.settings')
    except ImportError: return None
    return settings.clusters
`;

/** Everything that is written below a folder. */
function textBelow(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  return files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1')).join('\n');
}

for (const python of new Set([pythons[0] ?? newestPython, newestPython])) {
  test(`the chosen clusters arrive whole, secrets too, and their file is gone before the program begins: ${python}`, async t => {
    const { start, folder } = await openPool(t);
    const runId = `clusters-${process.pid}-${python.replaceAll(/\W+/g, '-')}`;
    const source = `${ask}
import json, os
print(json.dumps(ask(), sort_keys=True))
print(os.path.exists(${JSON.stringify(join(folder, runId, 'clusters.json'))}))
print([name for name, value in os.environ.items() if 'hus' + 'h' in value])
`;
    const run = start({ source, python, runId, clusters, clusterSecrets });
    const { output, status } = await run.end();
    assert.equal(status, 'ok', output.stderr);
    const [told = '', exists, environment] = output.stdout.split('\n');
    assert.deepEqual(JSON.parse(told), {
      dask: { address: 'tls://10.0.0.5:8786', tls: { ...clusters.dask.tls, key: clusterSecrets.daskKey } },
      spark: {
        master: 'sc://host:443/;token=hush-2',
        conf: { 'spark.executor.memory': '2g', 'spark.authenticate.secret': 'hush-3' },
        secret: ['spark.authenticate.secret'],
      },
    });
    assert.equal(exists, 'False');
    assert.equal(environment, '[]');
    const spec = readFileSync(join(folder, runId, 'spec.json'), 'utf8');
    assert.deepEqual(JSON.parse(spec).clusters, clusters);
    assert.doesNotMatch(spec, /hush/);
    assert.equal(statSync(join(folder, runId, 'spec.json')).mode & 0o077, 0);
  });

  test(`children that were forked or spawned find nothing: ${python}`, async t => {
    const { start } = await openPool(t);
    const source = `${ask}
import multiprocessing, sys
before = ask()
if __name__ == '__main__':
    print(sorted(before))
    for method in multiprocessing.get_all_start_methods():
        with multiprocessing.get_context(method).Pool(1) as pool:
            print(method, pool.apply(ask))
    pid = __import__('os').fork()
    if pid == 0:
        print('fork', ask(), flush=True)
        __import__('os')._exit(0)
    __import__('os').waitpid(pid, 0)
    print(sorted(ask()))
`;
    const { output, status } = await start({ source, python, clusters, clusterSecrets }).end();
    assert.equal(status, 'ok', output.stderr);
    const lines = output.stdout.trim().split('\n');
    assert.equal(lines.at(0), "['dask', 'spark']");
    assert.equal(lines.at(-1), "['dask', 'spark']");
    const children = lines.slice(1, -1);
    assert.ok(children.length >= 4, output.stdout);
    for (const line of children) assert.match(line, /^\w+ (None|\{\})$/);
  });
}

test('without secrets there is no file for them, and without clusters no dict', async t => {
  const { start } = await openPool(t);
  const source = `${ask}\nprint(ask())\n`;
  const some = start({ source, clusters: { dask: null, spark: { master: 'local[2]', conf: {} } } });
  assert.equal((await some.end()).output.stdout, "{'spark': {'master': 'local[2]', 'conf': {}}}\n");
  assert.equal((await start({ source }).end()).output.stdout, '{}\n');
});

test('the secrets are gone as well when the interpreter never comes to read them, and when the program is not Python', async t => {
  const { start, folder } = await openPool(t);
  const missing = start({ source: 'pass', python: join(folder, 'no-python'), clusters, clusterSecrets });
  const wrong = start({ source: 'this is (no Python', clusters, clusterSecrets });
  assert.equal((await missing.end()).userError?.code, 'interpreterMissing');
  assert.equal((await wrong.end()).programError?.type, 'SyntaxError');
  for (const { handle } of [missing, wrong]) {
    assert.ok(existsSync(join(folder, handle.runId, 'spec.json')));
    assert.doesNotMatch(textBelow(join(folder, handle.runId)), /hush/);
  }
});

test('a program that prints its secrets is its own affair; what we keep of a run has none', async t => {
  const { start, folder } = await openPool(t);
  const run = start({ source: `${ask}\nlen(ask())\n1 / 0\n`, clusters, clusterSecrets });
  const outcome = await run.end();
  assert.equal(outcome.programError?.type, 'ZeroDivisionError');
  assert.doesNotMatch(textBelow(join(folder, run.handle.runId)), /hush/);
  assert.ok(outcome.trace);
  assert.doesNotMatch(Buffer.from(outcome.trace).toString('latin1'), /hush/);
  const { trace, ...rest } = outcome;
  assert.doesNotMatch(JSON.stringify(rest), /hush/);
});
