import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseWebviewMessage } from '../../../src/extension/webviewMessages.ts';

test('requests come through with just what they need', () => {
  const params = { runId: 'r', threads: [0, 'x', 2], startNs: 0, endNs: 5, bucketNs: 1, extra: true };
  assert.deepEqual(parseWebviewMessage({ kind: 'request', id: 3, method: 'getWindow', params }), {
    kind: 'request',
    id: 3,
    method: 'getWindow',
    params: { runId: 'r', threads: [0, 2], startNs: 0, endNs: 5, bucketNs: 1 },
  });
  assert.deepEqual(parseWebviewMessage({ kind: 'request', id: 1, method: 'getRuns', params: { a: 1 } }), {
    kind: 'request',
    id: 1,
    method: 'getRuns',
    params: {},
  });
});

test('a page of tasks is bounded, whatever is asked for', () => {
  const message = parseWebviewMessage({
    kind: 'request',
    id: 1,
    method: 'getTasks',
    params: { runId: 'r', limit: 1e9, sort: 'password' },
  });
  assert.ok(message?.kind === 'request' && message.method === 'getTasks');
  assert.equal(message.params.limit, 1000);
  assert.equal(message.params.sort, 'submit');
});

test('what is not ours is dropped', () => {
  const range = { runId: 'r', startNs: 5, endNs: 0 };
  for (const value of [
    null,
    'stop',
    [],
    { kind: 'executeCommand', command: 'workbench.action.quit' },
    { kind: 'stop' },
    { kind: 'remedy', runId: 'r', remedy: 'runAnything' },
    { kind: 'reveal', file: 'a.py', line: '3' },
    { kind: 'showFirstRows', runId: 'r' },
    { kind: 'showFirstRows', runId: 'r', number: -1 },
    { kind: 'showFirstRows', runId: 'r', number: 0.5 },
    { kind: 'showFirstRows', number: 0 },
    { kind: 'copy', text: 5 },
    { kind: 'copy', text: 'x'.repeat(17 * 1024 * 1024) },
    { kind: 'request', id: 'x', method: 'getRuns', params: {} },
    { kind: 'request', id: 1, method: 'toString', params: { runId: 'r' } },
    { kind: 'request', id: 1, method: 'getTotals', params: range },
    { kind: 'request', id: 1, method: 'getWindow', params: { runId: 'r', startNs: 0, endNs: 1, bucketNs: 0 } },
    { kind: 'request', id: 1, method: 'getDetail', params: { runId: 'r', thread: 0, atNs: 0, row: 'secret' } },
  ]) {
    assert.equal(parseWebviewMessage(value), null, JSON.stringify(value).slice(0, 200));
  }
});

test('actions come through', () => {
  assert.deepEqual(parseWebviewMessage({ kind: 'stop', runId: 'r', more: 1 }), { kind: 'stop', runId: 'r' });
  for (const kind of ['install', 'showProgram']) {
    assert.deepEqual(parseWebviewMessage({ kind, runId: 'r', packages: ['x'] }), { kind, runId: 'r' });
  }
  assert.deepEqual(parseWebviewMessage({ kind: 'reveal', file: 'a.py', line: 3 }), {
    kind: 'reveal',
    file: 'a.py',
    line: 3,
  });
  const again = { kind: 'showFirstRows', runId: 'r', number: 2 };
  assert.deepEqual(parseWebviewMessage({ ...again, command: 'x' }), again);
  assert.deepEqual(parseWebviewMessage({ kind: 'copy', text: 'a,b', runId: 'r' }), { kind: 'copy', text: 'a,b' });
});
