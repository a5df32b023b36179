import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openPool, pythons, traceOf } from './harness.ts';

for (const python of pythons) {
  const version = spawnSync(python, ['-c', 'import sys; print(sys.version.split()[0])'], { encoding: 'utf8' });
  test(`Python ${version.stdout.trim()}: ends well, with a code, with an exception, by cancel`, async t => {
    const { start } = await openPool(t, { size: 4 });
    const well = start({ source: 'import sys; print(sys.argv[1:])', argv: ['a b', 'é'], python });
    const code = start({ source: 'raise SystemExit(3)', python });
    const broken = start({ source: 'x = 1\n1 / 0\n', python, file: '/nowhere/broken.py' });
    const endless = start({ source: 'print("going")\nwhile True: pass', python });
    await endless.untilHeard('going');
    endless.handle.stop('cancelled');
    const ended = await Promise.all([well, code, broken, endless].map(run => run.end()));
    assert.deepEqual(
      ended.map(({ status, exitCode, userError }) => ({ status, exitCode, userError })),
      [
        { status: 'ok', exitCode: 0, userError: null },
        { status: 'failed', exitCode: 3, userError: null },
        { status: 'failed', exitCode: 1, userError: null },
        { status: 'cancelled', exitCode: ended[3]?.exitCode ?? null, userError: null },
      ],
    );
    assert.equal(ended[0]?.output.stdout, "['a b', 'é']\n");
    const error = ended[2]?.programError;
    assert.deepEqual([error?.type, error?.file, error?.line], ['ZeroDivisionError', '/nowhere/broken.py', 2]);
    for (const outcome of ended) assert.equal(traceOf(outcome).processes.length, 1);
  });
}

test('os._exit, a segfault, an abort and signals from outside each end as what they are', async t => {
  const { start } = await openPool(t, { size: 5 });
  const sources = {
    quit: 'import os; os._exit(7)',
    segfault: 'import ctypes; ctypes.string_at(0)',
    abort: 'import os; os.abort()',
    killed: 'import os, signal; os.kill(os.getpid(), signal.SIGKILL)',
    terminated: 'import os, signal; os.kill(os.getpid(), signal.SIGTERM)',
  };
  const seen = Object.entries(sources).map(async ([name, source]) => {
    const outcome = await start({ source }).end();
    const [root, ...others] = traceOf(outcome).processes;
    assert.deepEqual([root?.startMethod, others], ['main', []], name);
    assert.ok(root?.endNs, name);
    return [name, outcome.status, outcome.exitCode, outcome.signal, outcome.userError?.code ?? null, root.exit];
  });
  assert.deepEqual(await Promise.all(seen), [
    ['quit', 'failed', 7, null, null, 'exit 7'],
    ['segfault', 'failed', null, 'SIGSEGV', 'crashed', 'killed by SIGSEGV'],
    ['abort', 'failed', null, 'SIGABRT', 'crashed', 'killed by SIGABRT'],
    ['killed', 'killed', null, 'SIGKILL', 'killed', 'killed by SIGKILL'],
    ['terminated', 'killed', null, 'SIGTERM', 'killed', 'killed by SIGTERM'],
  ]);
});

test('a time limit', async t => {
  const { start } = await openPool(t);
  const outcome = await start({ source: 'import time; time.sleep(1000)', limits: { timeoutMs: 700 } }).end();
  assert.equal(outcome.status, 'timeout');
  assert.equal(outcome.userError?.code, 'timeout');
  assert.match(outcome.userError?.message ?? '', /longer than 0\.7 s/);
  traceOf(outcome);
});

test('children that outlive the program are ended with it, and the trace says so', async t => {
  const { start } = await openPool(t);
  const outcome = await start({
    source: `
import subprocess
subprocess.Popen(['sleep', '1000'])
subprocess.Popen(['sleep', '1000'], start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print('done')
`,
  }).end();
  assert.equal(outcome.status, 'ok');
  assert.deepEqual(
    traceOf(outcome).meta.quality.warnings.filter(text => text.includes('still running')),
    ['2 processes were still running when the program ended; they were ended with it.'],
  );
});

test('a child that ends by itself shortly after the program may finish its output', async t => {
  const { start } = await openPool(t);
  const outcome = await start({
    source: `
import subprocess
subprocess.Popen('sleep 0.3; echo late', shell=True)
print('early')
`,
  }).end();
  assert.equal(outcome.output.stdout, 'early\nlate\n');
  assert.deepEqual(
    traceOf(outcome).meta.quality.warnings.filter(text => text.includes('still running')),
    [],
  );
});

test('a missing module: named, with the interpreter', async t => {
  const { start } = await openPool(t);
  const run = start({ source: 'import no_such_module_at_all.part' });
  const { status, programError } = await run.end();
  assert.equal(status, 'failed');
  assert.equal(programError?.module, 'no_such_module_at_all');
  assert.ok(programError?.advice.includes(pythons.at(-1) ?? ''), programError?.advice);
});

test('a syntax error starts nothing', async t => {
  const { start } = await openPool(t);
  const { status, exitCode, programError, userError, output } = await start({
    source: 'print("ran")\ndef f(:\n',
    file: '/nowhere/typo.py',
  }).end();
  assert.deepEqual([status, exitCode, userError, output.stdout], ['failed', 1, null, '']);
  assert.deepEqual(
    [programError?.type, programError?.file, programError?.line],
    ['SyntaxError', '/nowhere/typo.py', 2],
  );
});

test('no interpreter, none that may run, none that is Python, no working folder', async t => {
  const { start, folder } = await openPool(t, { size: 4 });
  const notRunnable = join(folder, 'python');
  writeFileSync(notRunnable, '#!/bin/sh\n');
  const seen = [
    start({ source: '1', python: '/no/such/python' }),
    start({ source: '1', python: notRunnable }),
    start({ source: '1', python: '/bin/false' }),
    start({ source: '1', cwd: '/no/such/folder' }),
  ].map(async run => {
    const { status, userError, trace } = await run.end();
    return [status, userError?.code, userError?.remedy, trace !== null];
  });
  assert.deepEqual(await Promise.all(seen), [
    ['failed', 'interpreterMissing', 'openInterpreterSetting', false],
    ['failed', 'interpreterMissing', 'openInterpreterSetting', false],
    ['failed', 'interpreterFailed', 'openInterpreterSetting', true],
    ['failed', 'workingFolder', null, false],
  ]);
});

test('an interpreter that is too old', async t => {
  const old = ['2.7.18', '3.6.15', '3.7.16'].map(version => join(homedir(), '.pyenv/versions', version, 'bin/python'));
  const python = old.find(existsSync);
  if (!python) {
    t.skip('no Python older than 3.8 on this machine');
    return;
  }
  const { start } = await openPool(t);
  const { status, userError } = await start({ source: 'print(1)', python }).end();
  assert.equal(status, 'failed');
  assert.equal(userError?.code, 'interpreterTooOld');
});

test("a folder that can't be written to", async t => {
  const file = join(mkdtempSync(join(tmpdir(), 'rip-')), 'a-file');
  writeFileSync(file, '');
  const { start } = await openPool(t, { runsDir: join(file, 'runs') });
  const { status, userError } = await start({ source: 'print(1)' }).end();
  assert.equal(status, 'failed');
  assert.equal(userError?.code, 'tempFolder');
  rmSync(join(file, '..'), { recursive: true });
});

test('a file that was deleted meanwhile', async t => {
  const { start, folder } = await openPool(t);
  const file = join(folder, 'gone.py');
  writeFileSync(file, 'print(1)');
  unlinkSync(file);
  const { status, userError } = await start({ source: null, file }).end();
  assert.equal(status, 'failed');
  assert.equal(userError?.code, 'fileGone');
  assert.ok(userError?.message.includes(file));
});

test('a file that deletes itself while it runs ends well', async t => {
  const { start, folder } = await openPool(t);
  const file = join(folder, 'shy.py');
  writeFileSync(file, 'import os\nos.unlink(__file__)\nprint("still here")');
  const { status, output } = await start({ source: null, file }).end();
  assert.deepEqual([status, output.stdout], ['ok', 'still here\n']);
});

test('the kernel can tell that memory ran out', () => {
  assert.match(execFileSync('cat', ['/proc/vmstat'], { encoding: 'utf8' }), /^oom_kill \d+$/m);
});
