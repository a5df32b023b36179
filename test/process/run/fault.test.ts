import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { WorkerMessage } from '../../../src/protocol/hostWorker.ts';
import { RunDriver } from '../../../src/worker/runDriver.ts';
import { prepareRunFolder } from '../../../src/worker/runFolder.ts';
import { processesOf, requestFor, root, traceOf } from './harness.ts';

test('a mistake of ours ends the program, says so, and still gives the trace', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'rip-runs-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const request = requestFor({ source: 'import time\nprint("up")\ntime.sleep(1000)' });
  const runDir = join(folder, request.runId);
  assert.ok((await prepareRunFolder(runDir, request)).ok);
  const messages: WorkerMessage[] = [];
  const task = { version: 1, request, pythonDir: join(root, 'src/python'), runDir };
  const driver = new RunDriver(
    task,
    {
      send: message => {
        messages.push(message);
        if (message.kind === 'output') driver.fail(new Error('what a mistake'));
      },
    },
    null,
  );
  const outcome = await driver.run();
  assert.equal(outcome.status, 'failed');
  assert.equal(outcome.userError?.code, 'internal');
  assert.match(outcome.userError?.message ?? '', /what a mistake/);
  assert.equal(outcome.output.stdout, 'up\n');
  assert.equal(traceOf(outcome).processes.length, 1);
  assert.deepEqual(processesOf(request.runId), []);
  assert.ok(messages.some(message => message.kind === 'started'));
});
