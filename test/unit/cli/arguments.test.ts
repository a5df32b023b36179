import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { parseArguments } from '../../../src/cli/arguments.ts';

function problem(line: string): string {
  const parsed = parseArguments(line.split(' ').filter(word => word !== ''));
  assert.ok(!parsed.ok, line);
  return parsed.problem;
}

test('run: all options, and the arguments of the program behind --', () => {
  const line =
    'run a.py b.py:3-9 --python /usr/bin/python3 --timeout 2.5 --cwd /tmp --format=json --output out.json -- --cell x';
  assert.deepEqual(parseArguments(line.split(' ')), {
    ok: true,
    command: {
      kind: 'run',
      targets: ['a.py', 'b.py:3-9'],
      cells: [],
      python: '/usr/bin/python3',
      timeoutMs: 2500,
      cwd: '/tmp',
      format: 'json',
      output: 'out.json',
      traceOutput: null,
      clusters: { dask: null, spark: null },
      clusterSecrets: { daskKey: null, sparkParameters: {}, sparkConf: {} },
      argv: ['--cell', 'x'],
    },
  });
});

test('run: a .riptrace gets the trace, beside the result', () => {
  const parsed = parseArguments(['run', 'a.py', '--output', 'a.riptrace', '--output', 'a.txt', '--cell', '2']);
  assert.ok(parsed.ok && parsed.command.kind === 'run');
  assert.equal(parsed.command.traceOutput, 'a.riptrace');
  assert.equal(parsed.command.output, 'a.txt');
  assert.deepEqual(parsed.command.cells, [2]);
});

test('run: the clusters, with their secrets apart', () => {
  const line =
    'run a.py --dask tls://host --dask-tls-ca /ca.pem --dask-tls-cert=/c.pem --dask-tls-key k.pem ' +
    '--spark sc://server/;use_ssl=true;token=hush --spark-conf spark.executor.memory=2g --spark-conf spark.x.secret=a=b';
  const parsed = parseArguments(line.split(' '));
  assert.ok(parsed.ok && parsed.command.kind === 'run');
  assert.deepEqual(parsed.command.clusters, {
    dask: { address: 'tls://host:8786', tls: { ca: '/ca.pem', cert: '/c.pem', key: resolve('k.pem') } },
    spark: { master: 'sc://server:15002/;use_ssl=true', conf: { 'spark.executor.memory': '2g' } },
  });
  assert.deepEqual(parsed.command.clusterSecrets, {
    daskKey: null,
    sparkParameters: { token: 'hush' },
    sparkConf: { 'spark.x.secret': 'a=b' },
  });
});

test('run: mistakes about clusters are named, without their secrets', () => {
  assert.match(
    problem('run a.py --dask spark://host'),
    /^--dask: spark:\/\/host is no address of a Dask scheduler\. It begins/,
  );
  assert.match(problem('run a.py --dask tls://host:1'), /needs --dask-tls-ca, --dask-tls-cert and --dask-tls-key\.$/);
  assert.match(problem('run a.py --dask tls://host:1 --dask-tls-ca a --dask-tls-key k'), / needs --dask-tls-ca/);
  assert.match(problem('run a.py --dask host:1 --dask-tls-ca a'), / go with tls:\/\/, and --dask is tcp:\/\/host:1\.$/);
  assert.match(problem('run a.py --dask-tls-key k'), / go with --dask tls:/);
  assert.match(problem('run a.py --spark tcp://host'), /^--spark: tcp:\/\/host is no master of Spark\./);
  assert.equal(problem('run a.py --spark-conf a=b'), '--spark-conf goes with --spark MASTER.');
  assert.equal(problem('run a.py --spark yarn --spark-conf x'), '--spark-conf needs NAME=VALUE, not x.');
  assert.equal(problem('run a.py --spark yarn --spark-conf secrethush'), '--spark-conf needs NAME=VALUE.');
  assert.doesNotMatch(problem('run a.py --spark sc//host/;token=hush'), /hush/);
});

test('check: its files and the format', () => {
  assert.deepEqual(parseArguments(['check', 'a.py', 'b.ipynb', '--format=json']), {
    ok: true,
    command: { kind: 'check', files: ['a.py', 'b.ipynb'], format: 'json' },
  });
});

test('what is not there yet is said plainly, with what is', () => {
  assert.equal(
    problem('run a.py --workers 1,2'),
    '--workers is not there yet. There are --cell, --python, --timeout, --cwd, --format, --output, ' +
      '--dask, --dask-tls-ca, --dask-tls-cert, --dask-tls-key, --spark and --spark-conf.',
  );
  assert.match(problem('run a.py --repeat 3'), /^--repeat is not there yet\./);
  assert.match(problem('run a.py --compare=threads'), /^--compare is not there yet\./);
  assert.equal(
    problem('run a.py --format perfetto'),
    'The format perfetto is not there yet. There are text, json and chrome.',
  );
});

test('mistakes are named', () => {
  assert.equal(problem(''), 'Say what to do: run, show, convert, program or check.');
  assert.equal(problem('go'), 'There is no command "go". There are run, show, convert, program and check.');
  assert.equal(problem('run'), 'Say what to run: FILE.py, FILE.py:10-24, FILE.ipynb or FILE.md.');
  assert.match(problem('run a.py --fast'), /^There is no option --fast here\./);
  assert.equal(problem('run a.py --timeout soon'), '--timeout needs a number of seconds, not soon.');
  assert.equal(problem('run a.py --timeout 0'), '--timeout needs a number of seconds, not 0.');
  assert.equal(problem('run a.py --cell 0'), '--cell needs the number of a code cell from 1 on, not 0.');
  assert.equal(problem('run a.py --python'), '--python needs a value.');
  assert.match(problem('run a.py b.py --format chrome'), /^A trace holds one run:/);
  assert.match(problem('run a.py b.py --output x.riptrace'), /^A trace holds one run:/);
  assert.match(problem('run a.py --output a.json --output b.json'), /^Give --output once/);
  assert.match(problem('show'), /^Give the one trace/);
  assert.match(problem('convert a --format chrome'), /^Say what to convert, and into what:/);
  assert.match(problem('convert a --output b.json'), /^Say what to convert, and into what:/);
  assert.match(
    problem('convert a --format svg --output b'),
    /^There is no format svg here\. There are text, json, chrome and riptrace\./,
  );
  assert.match(problem('program a.py b.py'), /^Give the one target/);
  assert.equal(problem('check'), 'Say what to check: FILE.py, FILE.ipynb or FILE.md.');
  assert.match(problem('check a.py --format chrome'), /^There is no format chrome here\./);
});

test('help and version; behind -- they are for the program', () => {
  assert.deepEqual(parseArguments(['--help']), { ok: true, command: { kind: 'help' } });
  assert.deepEqual(parseArguments(['run', '-h']), { ok: true, command: { kind: 'help' } });
  assert.deepEqual(parseArguments(['--version']), { ok: true, command: { kind: 'version' } });
  const parsed = parseArguments(['run', 'a.py', '--', '--help']);
  assert.ok(parsed.ok && parsed.command.kind === 'run');
  assert.deepEqual(parsed.command.argv, ['--help']);
});
