import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { pythonAt, pythonOfEnvironment, pythonOnPath } from '../../../src/pool/findPython.ts';

const folder = mkdtempSync(join(tmpdir(), 'run-in-parallel-find-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const real = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();

/** An executable file of the test's folder. */
function executable(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

describe('finding Python', () => {
  test('an executable is taken as it is', async () => {
    assert.deepEqual(await pythonAt(real, ['-B'], 'a test'), { command: real, args: ['-B'], source: 'a test' });
  });

  test('a shim is asked for the interpreter behind it', async () => {
    const shim = executable('shims/python3', `#!/bin/sh\nexec "${real}" "$@"\n`);
    assert.equal((await pythonAt(shim, [], 'a test'))?.command, real);
  });

  test('a script that cannot start Python stays: the run says why', async () => {
    const broken = executable('broken/python3', '#!/bin/sh\necho "no version is set" >&2\nexit 127\n');
    assert.equal((await pythonAt(broken, [], 'a test'))?.command, broken);
  });

  test('what is missing, a folder or not executable is none', async () => {
    const plain = join(folder, 'plain');
    writeFileSync(plain, 'text');
    assert.equal(await pythonAt(join(folder, 'missing'), [], 'a test'), null);
    assert.equal(await pythonAt(folder, [], 'a test'), null);
    assert.equal(await pythonAt(plain, [], 'a test'), null);
  });

  test('a virtual environment keeps its own path, through which Python knows it', async () => {
    mkdirSync(join(folder, '.venv/bin'), { recursive: true });
    symlinkSync(real, join(folder, '.venv/bin/python'));
    const found = await pythonOfEnvironment(join(folder, '.venv'), 'the workspace .venv');
    assert.equal(found?.command, join(folder, '.venv/bin/python'));
    assert.equal(await pythonOfEnvironment(join(folder, 'none'), 'the workspace .venv'), null);
  });

  test('the first on the PATH; none on an empty one', async () => {
    const saved = process.env.PATH;
    try {
      process.env.PATH = ['', join(folder, 'nowhere'), join(real, '..')].join(delimiter);
      assert.equal((await pythonOnPath(folder))?.command, join(real, '..', 'python3'));
      process.env.PATH = '';
      assert.equal(await pythonOnPath(folder), null);
    } finally {
      process.env.PATH = saved;
    }
  });
});
