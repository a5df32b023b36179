import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { shellCommand, sortPackages } from '../../../src/run/installCommand.ts';

test('names with extras and versions may be installed', () => {
  const packages = [
    'dask',
    'dask[dataframe, distributed]',
    'pandas>=2.0,<3',
    'numpy==1.26.*',
    'a~=1',
    'zope.interface',
  ];
  assert.deepEqual(sortPackages([...packages, 'dask']), {
    accepted: ['dask', 'dask[dataframe,distributed]', 'pandas>=2.0,<3', 'numpy==1.26.*', 'a~=1', 'zope.interface'],
    refused: [],
  });
});

test('options, addresses, paths and what a shell would understand may not', () => {
  const refused = [
    ...['-r', '--index-url=http://x', 'git+https://x/y', 'x@https://x/y.whl', './x', '../x', 'x/y', 'C:\\x', '', '.'],
    ...['x;ls', 'x&&ls', '$(ls)', '`ls`', 'x|y', "x'", 'x"', 'x>', 'x>=', 'x>/tmp/y', 'x[', 'x[]', '%PATH%', 'ü', 'x-'],
    'x'.repeat(201),
  ];
  assert.deepEqual(sortPackages(refused).accepted, []);
  assert.equal(sortPackages(refused).refused.length, refused.length);
});

test('each part stays one argument in each shell', () => {
  const parts = ["/my env/it's/python", '-m', 'pandas>=2'];
  assert.equal(shellCommand('/bin/zsh', parts, 'darwin'), "'/my env/it'\\''s/python' -m 'pandas>=2'");
  assert.equal(
    shellCommand('C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe', parts, 'win32'),
    "& '/my env/it''s/python' -m 'pandas>=2'",
  );
  assert.equal(shellCommand('', ['C:\\my env\\python.exe', 'a>=2'], 'win32'), '"C:\\my env\\python.exe" "a>=2"');
  assert.equal(shellCommand('pwsh', ['C:\\python.exe', '-m'], 'win32'), 'C:\\python.exe -m');
  assert.equal(shellCommand('', ['a>=2', 'C:\\x'], 'linux'), "'a>=2' 'C:\\x'");
});

test('a shell reads the parts as they were', { skip: process.platform === 'win32' }, () => {
  const parts = ["it's", '$HOME', 'a b', '*', 'x>=2,<3'];
  const line = shellCommand(
    '/bin/sh',
    [process.execPath, '-p', 'JSON.stringify(process.argv.slice(1))', ...parts],
    'linux',
  );
  assert.deepEqual(JSON.parse(execFileSync('/bin/sh', ['-c', line], { encoding: 'utf8' })), parts);
});
