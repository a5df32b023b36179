import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { packagesForEnvironment, planEnvironment, planInstall } from '../../../src/run/environmentPlan.ts';

const python = { command: '/usr/bin/python3', args: [], source: 'the test' };
const launcher = { command: 'py.exe', args: ['-3'], source: 'the test' };
const able = {
  version: '3.13',
  isVirtual: false,
  isManaged: false,
  hasPip: true,
  hasEnsurepip: true,
  hasVenv: true,
};
const target = { folder: '/w/.venv', python: '/w/.venv/bin/python', exists: false, packages: ['tqdm'] };

test('packages are installed by pip, which is brought in where it is missing, else by uv', () => {
  const pip = ['/usr/bin/python3', '-m', 'pip', 'install', 'tqdm'];
  assert.deepEqual(planInstall(python, able, '/bin/uv', ['tqdm']), { ok: true, value: [pip] });
  assert.deepEqual(planInstall(launcher, able, null, ['tqdm']), {
    ok: true,
    value: [['py.exe', '-3', '-m', 'pip', 'install', 'tqdm']],
  });
  const noPip = { ...able, hasPip: false };
  assert.deepEqual(planInstall(python, noPip, '/bin/uv', ['tqdm']), {
    ok: true,
    value: [['/bin/uv', 'pip', 'install', '--python', '/usr/bin/python3', 'tqdm']],
  });
  assert.deepEqual(planInstall(python, noPip, null, ['tqdm']), {
    ok: true,
    value: [['/usr/bin/python3', '-m', 'ensurepip', '--upgrade'], pip],
  });
  const without = planInstall(python, { ...noPip, hasEnsurepip: false }, null, ['tqdm']);
  assert.ok(!without.ok);
  assert.equal(without.error.code, 'noPip');
  assert.equal(without.error.remedy, 'createEnvironment');
});

test('what belongs to the operating system is left alone; an environment made from it is not', () => {
  const managed = planInstall(python, { ...able, isManaged: true }, '/bin/uv', ['tqdm']);
  assert.ok(!managed.ok);
  assert.equal(managed.error.code, 'managedInterpreter');
  assert.equal(managed.error.remedy, 'createEnvironment');
  assert.ok(planInstall(python, { ...able, isManaged: true, isVirtual: true }, null, ['tqdm']).ok);
});

test('an environment is made by uv, else by venv; one that is there only gets the packages', () => {
  const pip = ['/w/.venv/bin/python', '-m', 'pip', 'install', 'tqdm'];
  assert.deepEqual(planEnvironment(python, able, null, target), {
    ok: true,
    value: [['/usr/bin/python3', '-m', 'venv', '/w/.venv'], pip],
  });
  assert.deepEqual(planEnvironment(python, able, null, { ...target, exists: true }), { ok: true, value: [pip] });
  const uv = ['/bin/uv', 'pip', 'install', '--python', '/w/.venv/bin/python', 'tqdm'];
  assert.deepEqual(planEnvironment(python, { ...able, hasVenv: false }, '/bin/uv', target), {
    ok: true,
    value: [['/bin/uv', 'venv', '--seed', '--python', '/usr/bin/python3', '/w/.venv'], uv],
  });
});

test('a Debian without python3-venv is told so, by the package that brings it', () => {
  const plan = planEnvironment(python, { ...able, version: '3.11', hasEnsurepip: false }, null, target);
  assert.ok(!plan.ok);
  assert.match(plan.error.advice, /sudo apt install python3\.11-venv/);
});

test('code of dataframes gets the releases that were tested together, Spark only when it is asked for', () => {
  const pinned = readFileSync(join(import.meta.dirname, '../../../samples/requirements.txt'), 'utf8');
  const frames = packagesForEnvironment(['pandas'], pinned);
  assert.ok(frames.some(line => /^pandas==\d/.test(line)));
  assert.ok(frames.some(line => /^dask\[dataframe,distributed\]==\d/.test(line)));
  assert.ok(!frames.some(line => line.startsWith('pyspark')));
  assert.ok(packagesForEnvironment(['pyspark'], pinned).some(line => /^pyspark\[connect\]==\d/.test(line)));
  assert.ok(packagesForEnvironment(['dask[distributed]', 'scikit-learn'], pinned).includes('scikit-learn'));
  assert.deepEqual(packagesForEnvironment(['scikit-learn'], pinned), ['scikit-learn']);
});
