import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { asArray, asObject, parseObject } from '../../../src/base/parse.ts';
import { cli, newestPython, program, root } from './harness.ts';

const python = ['--python', newestPython];

test('text: the output as it comes, then the report', async () => {
  const ended = await cli([
    'run',
    program('hello.py', 'import sys; print("hello", sys.argv[1:])'),
    ...python,
    '--',
    'a',
    '--b',
  ]);
  assert.equal(ended.code, 0, ended.stderr);
  assert.match(ended.stdout, /^hello \['a', '--b'\]\n\nhello\.py: succeeded in /);
  assert.equal(ended.stderr, '');
  assert.ok(!ended.stdout.includes('\x1b'));
});

test('lines of a file run with what they need; program shows them and runs nothing', async () => {
  const path = program('lines.py', 'import os\nx = 20\nprint("not this")\ny = x + 1\nprint(y * 2)\n');
  const run = await cli(['run', `${path}:5`, ...python]);
  assert.equal(run.code, 0, run.stderr);
  assert.match(run.stdout, /^42\n/);
  const shown = await cli(['program', `${path}:5`, ...python]);
  assert.equal(shown.code, 0, shown.stderr);
  assert.match(shown.stdout, /# lines\.py:2 .*\nx = 20\n/);
  assert.match(shown.stdout, /# lines\.py:5 · selected\nprint\(y \* 2\)\n/);
  assert.ok(!shown.stdout.includes('not this'));
});

test('a cell of a notebook runs with the cells before it at hand', async () => {
  const cells = ['a = 40', 'print("not this")', 'print(a + 2)'].map(source => ({ cell_type: 'code', source }));
  const path = program('book.ipynb', JSON.stringify({ nbformat: 4, cells }));
  const ended = await cli(['run', path, '--cell', '3', ...python, '--format', 'json']);
  assert.equal(ended.code, 0, ended.stderr);
  const [run] = asArray(parseObject(ended.stdout)?.runs).map(asObject);
  assert.equal(asObject(run?.output)?.stdout, '42\n');
});

test('values of cells are printed as text, those of lines and files are not', async () => {
  const page = 'class Page:\n    def __repr__(self): return "a page"\n    def _repr_html_(self): return "<b>"\n';
  const cells = [page, 'print("one")\nPage()', '6 * 7'].map(source => ({ cell_type: 'code', source }));
  const book = program('book.ipynb', JSON.stringify({ nbformat: 4, cells }));
  const whole = await cli(['run', book, ...python]);
  assert.match(whole.stdout, /^one\na page\n42\n\nbook\.ipynb: succeeded/);
  const one = await cli(['run', book, '--cell', '2', ...python]);
  assert.match(one.stdout, /^one\na page\n\nbook\.ipynb · cell 2: succeeded/);
  const script = program('cells.py', '# %%\nx = 6\n# %%\nprint("two")\nx * 7\n');
  assert.match((await cli(['run', script, '--cell', '2', ...python])).stdout, /^two\n42\n\ncells\.py/);
  assert.match((await cli(['run', `${script}:4-5`, ...python])).stdout, /^two\n\ncells\.py:4-5/);
  assert.match((await cli(['run', script, ...python])).stdout, /^two\n\ncells\.py: /);
});

test('program tells notes and packages of a cell, as text and as JSON', async () => {
  const source = '%pip install -q dask "pandas>=2"\n%matplotlib inline\nimport os\nprint(1)\n';
  const book = program('magics.ipynb', JSON.stringify({ nbformat: 4, cells: [{ cell_type: 'code', source }] }));
  const text = await cli(['program', book, '--cell', '1', ...python]);
  assert.equal(text.code, 0, text.stderr);
  assert.match(text.stdout, /^# Note: .*packages are not installed/m);
  assert.match(text.stdout, /^# Note: .*matplotlib/m);
  const json = await cli(['program', book, '--cell', '1', ...python, '--format', 'json']);
  const shown = parseObject(json.stdout);
  assert.equal(shown?.version, 2);
  const installs = asArray(shown?.installs).map(asObject);
  assert.deepEqual(installs, [{ unit: 0, line: 1, packages: ['dask', 'pandas>=2'] }]);
});

test('several targets run at once, their lines led by their names; the worst exit code counts', async () => {
  const fine = program('fine.py', 'print("fine")');
  const broken = program('broken.py', 'x = 1\nx / 0\n');
  const ended = await cli(['run', fine, broken, ...python]);
  assert.equal(ended.code, 1);
  assert.match(ended.stdout, /^fine\.py \| fine$/m);
  assert.match(ended.stderr, /^broken\.py \| ZeroDivisionError: division by zero$/m);
  assert.match(ended.stdout, /^broken\.py: failed with exit code 1 in /m);
});

test('a failure: 1, its traceback as Python writes it, the error in the summary', async () => {
  const path = program('broken.py', 'def f():\n    return {}["key"]\n\nf()\n');
  const ended = await cli(['run', path, ...python, '--format', 'json']);
  assert.equal(ended.code, 1);
  assert.match(ended.stderr, new RegExp(`File "${path}", line 2, in f\n`));
  const [run] = asArray(parseObject(ended.stdout)?.runs).map(asObject);
  assert.deepEqual(asObject(run?.error), { type: 'KeyError', message: "'key'", file: path, line: 2 });
});

test('a syntax error is shown at its line, and nothing starts', async () => {
  const path = program('bad.py', 'print("before")\nif True\n    pass\n');
  const ended = await cli(['run', path, ...python]);
  assert.equal(ended.code, 1);
  assert.ok(!ended.stdout.includes('before'));
  assert.match(ended.stderr, /line 2/);
  assert.match(ended.stderr, /SyntaxError/);
});

test('a missing module: 3, named with the interpreter and what to do', async () => {
  const ended = await cli(['run', program('missing.py', 'import no_such_thing_here'), ...python]);
  assert.equal(ended.code, 3);
  assert.match(ended.stderr, /^run-in-parallel: .*python.* has no module no_such_thing_here\. Install /m);
});

test('no interpreter: 3; no such file or a wrong option: 2', async () => {
  const path = program('fine.py', 'print(1)');
  const none = await cli(['run', path, '--python', '/nowhere/python']);
  assert.deepEqual([none.code, none.stdout], [3, '']);
  assert.match(none.stderr, /There is no Python at \/nowhere\/python/);
  assert.equal((await cli(['run', '/nowhere/file.py'])).code, 2);
  const later = await cli(['run', path, '--workers', '4']);
  assert.equal(later.code, 2);
  assert.match(later.stderr, /--workers is not there yet/);
});

test('a time limit: 124, with the trace so far', async () => {
  const path = program('slow.py', 'import time; time.sleep(1000)');
  const ended = await cli(['run', path, ...python, '--timeout', '1.5', '--format', 'json']);
  assert.equal(ended.code, 124, ended.stderr);
  const [run] = asArray(parseObject(ended.stdout)?.runs).map(asObject);
  assert.equal(run?.status, 'timeout');
  assert.ok(asArray(run?.waits).some(wait => asObject(wait)?.kind === 'sleep'));
});

test('Ctrl+C: 130, and what was recorded is still told', async () => {
  const path = program('endless.py', 'print("going", flush=True)\nwhile True: pass\n');
  let sent = false;
  const ended = await cli(['run', path, ...python], {
    onStdout: (soFar, kill) => {
      if (sent || !soFar.includes('going')) return;
      sent = true;
      kill('SIGINT');
    },
  });
  assert.equal(ended.code, 130, ended.stderr);
  assert.match(ended.stdout, /endless\.py: cancelled in /);
});

test('a saved trace and Chrome JSON can be shown again', async () => {
  const path = program(
    'work.py',
    'import threading, time\nt = threading.Thread(target=time.sleep, args=(0.1,))\nt.start(); t.join()\n',
  );
  const saved = join(dirname(path), 'work.riptrace');
  const chrome = join(dirname(path), 'work.json');
  const ended = await cli(['run', path, ...python, '--format', 'chrome', '--output', chrome, '--output', saved]);
  assert.equal(ended.code, 0, ended.stderr);
  const events = asArray(parseObject(readFileSync(chrome, 'utf8'))?.traceEvents).map(asObject);
  assert.ok(events.some(event => event?.cat === 'task' && event.name === 'sleep'));
  for (const file of [saved, chrome]) {
    const shown = await cli(['show', file]);
    assert.equal(shown.code, 0, shown.stderr);
    assert.match(shown.stdout, /^work\.py: succeeded in /);
    assert.match(shown.stdout, /MainThread/);
  }
  const text = await cli(['show', path]);
  assert.equal(text.code, 2);
  assert.match(
    text.stderr,
    /neither a trace of Run in Parallel, nor an event log of Spark, nor the JSON of a Chrome trace/,
  );
});

test('an event log of Spark is shown and converted, compressed or not', async () => {
  const log = join(root, 'test/fixtures/spark/spark-3.0.log.zstd');
  const shown = await cli(['show', log]);
  assert.equal(shown.code, 0, shown.stderr);
  assert.match(shown.stdout, /core 1 .* busy \d+ %, \d+ tasks/);
  const saved = join(dirname(program('empty.py', '')), 'spark.riptrace');
  const converted = await cli(['convert', log, '--output', saved]);
  assert.equal(converted.code, 0, converted.stderr);
  const json = await cli(['show', saved, '--format', 'json']);
  const [run] = asArray(parseObject(json.stdout)?.runs).map(asObject);
  assert.equal(run?.engine, 'spark');
  assert.equal(asArray(run?.tasks).length, 13);
});

test('help and version', async () => {
  const help = await cli(['--help']);
  assert.equal(help.code, 0);
  assert.match(help.stdout, /run-in-parallel run TARGET/);
  const version = await cli(['--version']);
  const manifest = parseObject(readFileSync(join(root, 'package.json'), 'utf8'));
  assert.equal(version.stdout, `${manifest?.version}\n`);
});
