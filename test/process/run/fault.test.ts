import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { WorkerMessage } from '../../../src/protocol/hostWorker.ts';
import { RunDriver } from '../../../src/worker/runDriver.ts';
import { prepareRunFolder } from '../../../src/worker/runFolder.ts';
import { processesOf, requestFor, root, traceOf } from './harness.ts';

/** A run without a pool around it. */
async function driverOf(
  t: TestContext,
  source: string,
  onMessage: (message: WorkerMessage, driver: RunDriver) => void,
) {
  const folder = mkdtempSync(join(tmpdir(), 'rip-runs-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const request = requestFor({ source });
  const runDir = join(folder, request.runId);
  assert.ok((await prepareRunFolder(runDir, request, null)).ok);
  const task = { version: 1, request, pythonDir: join(root, 'src/python'), runDir };
  const driver: RunDriver = new RunDriver(task, { send: message => onMessage(message, driver) }, null, null);
  return { driver, request };
}

test('a mistake of ours ends the program, says so, and still gives the trace', async t => {
  const { driver, request } = await driverOf(t, 'import time\nprint("up")\ntime.sleep(1000)', message => {
    if (message.kind === 'output') driver.fail(new Error('what a mistake'));
  });
  const outcome = await driver.run();
  assert.equal(outcome.status, 'failed');
  assert.equal(outcome.userError?.code, 'internal');
  assert.match(outcome.userError?.message ?? '', /what a mistake/);
  assert.equal(outcome.output.stdout, 'up\n');
  assert.equal(traceOf(outcome).processes.length, 1);
  assert.deepEqual(processesOf(request.runId), []);
});

test('a mistake of those who watch ends the watching only', async t => {
  const { driver } = await driverOf(t, 'import time\nprint("up")\ntime.sleep(0.3)\nprint("end")', message => {
    if (message.kind === 'output') driver.onStrayFault(new Error('what a mistake'));
  });
  const outcome = await driver.run();
  assert.deepEqual([outcome.status, outcome.output.stdout, outcome.userError], ['ok', 'up\nend\n', null]);
  assert.ok(traceOf(outcome).meta.quality.warnings.some(text => text.includes('what a mistake')));
});
