// A program that lacks a package, in real interpreters without it: the message, and the exit code 3.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pythonFacts } from '../../../src/pool/pythonFacts.ts';
import { cli, newestPython, program, pythons } from './harness.ts';

/** A Python that has nothing but its own library, not even pip. */
function bare(t: TestContext, python: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'rip-bare-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  execFileSync(python, ['-m', 'venv', '--without-pip', folder]);
  return join(folder, 'bin/python');
}

for (const python of new Set([pythons[0] ?? newestPython, newestPython])) {
  test(`a missing package is named, with its interpreter and what to do: ${python}`, async t => {
    const command = bare(t, python);
    const ended = await cli(['run', program('frames.py', 'import pandas as pd\n'), '--python', command]);
    assert.equal(ended.code, 3);
    assert.match(ended.stderr, /^ModuleNotFoundError: No module named 'pandas'$/m);
    const advice = `run-in-parallel: ${command} lacks pandas. Install it (${command} -m pip install pandas), create an environment`;
    assert.ok(ended.stderr.includes(advice), ended.stderr);
  });
}

test('the package has the name that pip knows; several programs are told each on its own', async t => {
  const command = bare(t, newestPython);
  const sources = ['from sklearn.linear_model import Ridge', 'import dask.dataframe as ddf', 'import my_own_helpers'];
  const files = sources.map((source, index) => program(`program${index}.py`, source));
  const ended = await cli(['run', ...files, '--python', command]);
  assert.equal(ended.code, 3);
  for (const words of [
    'lacks scikit-learn. Install it',
    'lacks dask[dataframe,distributed]. Install it',
    `${command} has no module my_own_helpers. Install what provides it`,
  ]) {
    assert.ok(ended.stderr.includes(words), `${words}: ${ended.stderr}`);
  }
});

test('a failure of the program itself stays one, although it is about a module', async t => {
  const source = 'try:\n    import pandas\nexcept ImportError:\n    raise ValueError("no pandas")\n';
  const ended = await cli(['run', program('own.py', source), '--python', bare(t, newestPython)]);
  assert.equal(ended.code, 1);
  assert.ok(!ended.stderr.includes('lacks'), ended.stderr);
});

test('what an interpreter says of itself: in an environment or not, with pip or without', async t => {
  for (const python of pythons) {
    const facts = await pythonFacts({ command: python, args: [], source: 'the test' });
    assert.ok(facts.ok);
    assert.equal(facts.value.hasVenv, true);
    assert.match(facts.value.version, /^3\.\d+$/);
  }
  const facts = await pythonFacts({ command: bare(t, newestPython), args: [], source: 'the test' });
  assert.ok(facts.ok);
  assert.equal(facts.value.isVirtual, true);
  assert.equal(facts.value.hasPip, false);
  const gone = await pythonFacts({ command: '/nowhere/python', args: [], source: 'the test' });
  assert.ok(!gone.ok && gone.error.code === 'interpreterFailed');
});

test('an interpreter that the operating system manages: an environment is shown instead', async t => {
  const python = '/usr/bin/python3';
  const managed = `import os, sysconfig; print(os.path.exists(sysconfig.get_path("stdlib") + "/EXTERNALLY-MANAGED"))`;
  if (!existsSync(python) || execFileSync(python, ['-c', managed], { encoding: 'utf8' }).trim() !== 'True') {
    t.skip('no interpreter of this machine is managed by its system (PEP 668)');
    return;
  }
  const ended = await cli(['run', program('boost.py', 'import xgboost\n'), '--python', python]);
  assert.equal(ended.code, 3, ended.stdout);
  const words = `${python} belongs to the operating system, which lets only its own package manager install into it. `;
  assert.ok(ended.stderr.includes(words), ended.stderr);
  const either = /An environment can have it: .+ && .+ xgboost$|can't make environments: .*python3\.\d+-venv/m;
  assert.match(ended.stderr, either);
});

test('an environment without pip gets it first, so nothing stands in the way', async t => {
  const ended = await cli(['run', program('pip.py', 'import tqdm\n'), '--python', bare(t, newestPython)]);
  assert.equal(ended.code, 3);
  assert.ok(!ended.stderr.includes('has no pip'), ended.stderr);
});
