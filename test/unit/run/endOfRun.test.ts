import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noClusters, noSecrets } from '../../../src/run/clusters.ts';
import { defaultLimits, type RunRequest } from '../../../src/run/request.ts';
import {
  type EndFacts,
  explainEnd,
  explainProgramError,
  explainSpawnFailure,
  programErrorOf,
} from '../../../src/worker/endOfRun.ts';
import { interpreterEnvironment } from '../../../src/worker/interpreterProcess.ts';

const interpreter = { command: '/venv/bin/python', args: ['-X', 'dev'], source: 'workspace .venv' };
const request: RunRequest = {
  runId: 'r1',
  snippet: { title: 't', units: [], selection: null, display: false },
  interpreter,
  cwd: '/',
  argv: [],
  env: {},
  limits: { ...defaultLimits, timeoutMs: 1500, maxProcesses: 9 },
  display: 'rich',
  clusters: noClusters,
  clusterSecrets: noSecrets,
  firstRows: [],
};
const wentWell: EndFacts = {
  request,
  stop: null,
  exit: { code: 0, signal: null },
  programReached: true,
  missingFile: null,
  logFailure: null,
  memoryRanOut: false,
};

const cases: [string, Partial<EndFacts>, string | null, RegExp][] = [
  ['went well', {}, null, /^$/],
  ['the program failed', { exit: { code: 1, signal: null } }, null, /^$/],
  ['cancelled', { stop: 'cancelled', exit: { code: null, signal: 'SIGKILL' } }, null, /^$/],
  ['timeout', { stop: 'timeout' }, 'timeout', /longer than 1\.5 s/],
  ['too many processes', { stop: 'tooManyProcesses' }, 'tooManyProcesses', /more than 9 processes/],
  ['killed', { exit: { code: null, signal: 'SIGKILL' } }, 'killed', /ended by SIGKILL, which something outside/],
  [
    'killed for want of memory',
    { exit: { code: null, signal: 'SIGKILL' }, memoryRanOut: true },
    'outOfMemory',
    /probably by the kernel's out-of-memory killer/,
  ],
  ['crashed', { exit: { code: null, signal: 'SIGSEGV' } }, 'crashed', /crashed \(SIGSEGV\)/],
  ['too old', { exit: { code: 86, signal: null }, programReached: false }, 'interpreterTooOld', /\/venv\/bin\/python/],
  ['exit code 86 of the program', { exit: { code: 86, signal: null } }, null, /^$/],
  [
    'file gone',
    { exit: { code: 2, signal: null }, programReached: false, missingFile: '/x.py' },
    'fileGone',
    /\/x\.py/,
  ],
  ['no Python', { exit: { code: 4, signal: null }, programReached: false }, 'interpreterFailed', /exit code 4/],
  ['disk full', { logFailure: 'ENOSPC: no space left on device, write' }, 'diskFull', /disk is full/],
  ['log lost', { logFailure: 'EIO: i/o error, write' }, 'outputLog', /EIO/],
];

for (const [name, facts, code, message] of cases) {
  test(`explained: ${name}`, () => {
    const error = explainEnd({ ...wentWell, ...facts });
    assert.equal(error?.code ?? null, code);
    assert.match(error?.message ?? '', message);
  });
}

test('an interpreter that could not be started is named, with where it came from', () => {
  for (const code of ['ENOENT', 'EACCES', 'ENOEXEC', null]) {
    const error = explainSpawnFailure(new Error('spawn'), code, interpreter);
    assert.equal(error.remedy, 'openInterpreterSetting');
    assert.match(error.message, /\/venv\/bin\/python .*workspace \.venv/);
  }
  assert.equal(explainSpawnFailure(new Error('spawn'), 'EAGAIN', interpreter).code, 'noProcess');
});

test('advice only where Python leaves one alone', () => {
  const error = { type: 'ValueError', message: 'm', file: 'f', line: 3, column: null, module: null };
  assert.equal(programErrorOf(error, interpreter, null)?.advice, '');
  assert.equal(programErrorOf({ ...error, type: 'EOFError' }, interpreter, null)?.advice, '');
  const interrupt = { ...error, type: 'KeyboardInterrupt' };
  assert.equal(
    programErrorOf(interrupt, interpreter, 'cancelled'),
    null,
    'our own interrupt is no error of the program',
  );
  assert.equal(programErrorOf(interrupt, interpreter, null)?.type, 'KeyboardInterrupt');
  const refused = { ...error, type: 'ConnectionRefusedError' };
  assert.match(programErrorOf(refused, interpreter, null, true)?.advice ?? '', /^Spark's JVM had ended by then/);
  assert.equal(programErrorOf(refused, interpreter, null)?.advice, '');
  assert.equal(programErrorOf(error, interpreter, null, true)?.advice, '', 'an error that has nothing to do with it');
  const missing = programErrorOf({ ...error, type: 'ModuleNotFoundError', module: 'numpy' }, interpreter, null);
  assert.match(missing?.advice ?? '', /^\/venv\/bin\/python -X dev lacks numpy\. Install it \(/);
});

test("the program's environment: ours and the user's, without what VS Code tells its own children", () => {
  const inherited = {
    PATH: '/bin',
    ELECTRON_RUN_AS_NODE: '1',
    VSCODE_IPC_HOOK: 'x',
    VSCODE_PORTABLE: '/p',
    PYTHONUNBUFFERED: '',
    MINE: 'old',
  };
  const run = { runId: 'r1', env: { MINE: 'new', RUN_IN_PARALLEL_RUN: 'forged' } };
  assert.deepEqual(interpreterEnvironment(inherited, run, 'linux'), {
    PATH: '/bin',
    VSCODE_PORTABLE: '/p',
    MINE: 'new',
    PYTHONUNBUFFERED: '1',
    RUN_IN_PARALLEL_RUN: 'r1',
  });
  assert.equal(interpreterEnvironment({}, run, 'win32').PYTHONIOENCODING, 'utf-8');
});

test('a Spark that has no Java is a failure of the surroundings, with a button', () => {
  const why = 'There is no Java on PATH and JAVA_HOME is not set. Spark 4.3.0 needs Java 17 or newer.';
  const advice =
    'Install one, for example with `sudo apt install openjdk-17-jre-headless`, or set JAVA_HOME to the folder of one.';
  const error = { type: 'PySparkRuntimeError', message: '', file: 'f', line: 3, column: null, module: null };
  for (const prefix of ['[JAVA_GATEWAY_EXITED] ', '']) {
    const message = `${prefix}Spark could not start. ${why} ${advice}`;
    const explained = explainProgramError({ ...error, message });
    assert.deepEqual(explained, {
      code: 'sparkCannotStart',
      message: `Spark could not start. ${why}`,
      advice,
      remedy: 'installJava',
    });
  }
  assert.equal(explainProgramError({ ...error, message: 'Spark could not start.' }), null);
});
