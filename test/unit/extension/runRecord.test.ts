import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunRecord } from '../../../src/extension/runRecord.ts';
import { emptyOutcome } from '../../../src/protocol/hostWorker.ts';
import { type ProgramResult, programWireVersion } from '../../../src/protocol/programWire.ts';
import { noClusters, noSecrets } from '../../../src/run/clusters.ts';
import { defaultLimits, type RunRequest } from '../../../src/run/request.ts';
import type { SelectedLines } from '../../../src/snippet/snippet.ts';

function record(selection: SelectedLines[] | null, firstRows: number[] = []): RunRecord {
  const request: RunRequest = {
    runId: 'r',
    snippet: { title: 't', units: [{ file: '/a.py', source: '', cell: false }], selection, display: true },
    interpreter: { command: 'python', args: [], source: 'test' },
    cwd: '/',
    argv: [],
    env: {},
    limits: defaultLimits,
    display: 'rich',
    clusters: noClusters,
    clusterSecrets: noSecrets,
    firstRows,
  };
  return new RunRecord({ runId: 'r', title: 't', file: '/a.py', line: 1 }, request, () => undefined);
}

const program: ProgramResult = {
  version: programWireVersion,
  statements: [],
  notes: ['One.', 'Two.'],
  installs: [
    { unit: 0, line: 1, packages: ['dask', 'pandas'] },
    { unit: 0, line: 2, packages: ['pandas', 'polars'] },
  ],
  error: null,
};

test('the panel hears of notes, of each package once, and that the program can be shown', () => {
  const run = record([{ unit: 0, startLine: 1, endLine: 1 }]);
  const { notes, packages, hasProgram } = run.view();
  assert.deepEqual([notes, packages, hasProgram], [[], [], false], 'nothing is known before the end');
  run.end({ ...emptyOutcome, status: 'ok', program });
  assert.deepEqual(run.view().notes, ['One.', 'Two.']);
  assert.deepEqual(run.view().packages, ['dask', 'pandas', 'polars']);
  assert.equal(run.view().hasProgram, true);
  assert.equal(run.outcome?.program, program);
});

test('a whole file is its own program: there is none to show', () => {
  const run = record(null);
  run.end({ ...emptyOutcome, status: 'ok', program });
  assert.equal(run.view().hasProgram, false);
  const unknown = record([{ unit: 0, startLine: 1, endLine: 1 }]);
  unknown.end({ ...emptyOutcome, status: 'failed', program: null });
  assert.equal(unknown.view().hasProgram, false);
});

test('values among the output are counted', () => {
  const run = record(null);
  run.onOutput([
    { stream: 'stdout', text: 'a' },
    { stream: 'display', data: { 'text/plain': 'x', 'text/html': '<b>x</b>' } },
  ]);
  run.onOutput([{ stream: 'display', data: { 'text/plain': 'y', 'image/png': 'AA==' } }]);
  assert.equal(run.view().valueCount, 2);
});

test('a run for the first rows of a frame opens with its output and says why it ran', () => {
  assert.equal(record(null).view().opensWith, 'timeline');
  const run = record(null, [1]);
  run.end({ ...emptyOutcome, status: 'ok', program });
  const { opensWith, notes } = run.view();
  assert.equal(opensWith, 'output');
  assert.deepEqual(notes, [
    'Run again to show the first rows of a frame: they were computed when the code showed it.',
    'One.',
    'Two.',
  ]);
});

test('a run that lacks a package offers to get it; what is not known to be one only another interpreter', () => {
  const remedies = (module: string | null, request = record(null)) => {
    const type = module === null ? 'ValueError' : 'ModuleNotFoundError';
    const programError = { type, message: '', file: null, line: null, module, advice: '' };
    request.end({ ...emptyOutcome, status: 'failed', programError });
    return request.view().remedies;
  };
  assert.deepEqual(remedies('pandas'), ['installMissing', 'createEnvironment', 'openInterpreterSetting']);
  assert.deepEqual(remedies('my_own_helpers'), ['openInterpreterSetting']);
  assert.deepEqual(remedies(null), []);
  const opened = new RunRecord({ runId: 'f', title: 't', file: '/t', line: 1 }, null, () => undefined);
  assert.deepEqual(remedies('pandas', opened), [], 'a trace from a file has no interpreter');
});
