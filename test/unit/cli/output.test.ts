import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exitCodeOf, worstExitCode } from '../../../src/cli/exitCode.ts';
import { LiveOutput } from '../../../src/cli/liveOutput.ts';
import { emptyOutcome, type RunOutcome } from '../../../src/protocol/hostWorker.ts';

function recorder() {
  const written: string[] = [];
  return {
    written,
    terminal: {
      stdout: (text: string) => written.push(`out:${text}`),
      stderr: (text: string) => written.push(`err:${text}`),
    },
  };
}

test('the output of one program passes as it is, at once', () => {
  const { written, terminal } = recorder();
  const output = new LiveOutput(terminal, null, true);
  output.add([
    { stream: 'stdout', text: '10 %\r' },
    { stream: 'stderr', text: 'oh' },
  ]);
  output.end();
  assert.deepEqual(written, ['out:10 %\r', 'err:oh']);
  assert.equal(output.endsWithNewline, false);
});

test('of several programs whole lines pass, led by the name; the last one is ended', () => {
  const { written, terminal } = recorder();
  const output = new LiveOutput(terminal, 'a.py', true);
  output.add([{ stream: 'stdout', text: 'on' }]);
  output.add([{ stream: 'stdout', text: 'e\ntwo\nthr' }]);
  output.end();
  assert.deepEqual(written, ['out:a.py | one\na.py | two\n', 'out:a.py | thr\n']);
});

test('stdout is held back when the result goes there', () => {
  const { written, terminal } = recorder();
  const output = new LiveOutput(terminal, null, false);
  output.add([
    { stream: 'stdout', text: 'hidden' },
    { stream: 'stderr', text: 'seen' },
  ]);
  assert.deepEqual(written, ['err:seen']);
});

function outcome(parts: Partial<RunOutcome>): RunOutcome {
  return {
    ...emptyOutcome,
    ...{ status: 'failed', exitCode: 1, wallMs: 1 },
    ...parts,
  };
}

test('exit codes', () => {
  const error = { message: '', file: null, line: null, module: 'numpy', advice: '' };
  assert.equal(exitCodeOf(outcome({ status: 'ok' })), 0);
  assert.equal(exitCodeOf(outcome({ exitCode: 7 })), 1);
  assert.equal(exitCodeOf(outcome({ status: 'killed' })), 1);
  assert.equal(exitCodeOf(outcome({ programError: { ...error, type: 'ModuleNotFoundError' } })), 3);
  assert.equal(exitCodeOf(outcome({ programError: { ...error, type: 'ValueError' } })), 1);
  const userError = { code: 'interpreterTooOld', message: '', advice: '', remedy: null };
  assert.equal(exitCodeOf(outcome({ userError })), 3);
  assert.equal(exitCodeOf(outcome({ userError: { ...userError, code: 'crashed' } })), 1);
  assert.equal(exitCodeOf(outcome({ status: 'timeout' })), 124);
  assert.equal(exitCodeOf(outcome({ status: 'cancelled' })), 130);
  assert.equal(worstExitCode([0, 1, 124]), 124);
  assert.equal(worstExitCode([0, 0]), 0);
  assert.equal(worstExitCode([1, 3, 130]), 130);
});
