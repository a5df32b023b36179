import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { distDir, openPool, processesOf } from './harness.ts';

const waiter = 'import time\nprint("up")\ntime.sleep(1000)';

test('several at once, the others queue, and are told their place', async t => {
  const { start, pool } = await openPool(t, { size: 2 });
  const first = start({ source: waiter });
  const second = start({ source: waiter });
  const third = start({ source: waiter });
  const fourth = start({ source: 'print("fourth")' });
  const fifth = start({ source: waiter });
  await Promise.all([first.untilHeard('up'), second.untilHeard('up')]);
  assert.deepEqual([third.phases, fourth.phases, fifth.phases], [['queued 1'], ['queued 2'], ['queued 3']]);
  await assert.rejects(third.handle.query('getOverview', {}), /has not started/);
  third.handle.stop('cancelled');
  const cancelled = await third.end();
  assert.deepEqual([cancelled.status, cancelled.trace, cancelled.userError], ['cancelled', null, null]);
  assert.deepEqual(
    [fourth.phases, fifth.phases],
    [
      ['queued 2', 'queued 1'],
      ['queued 3', 'queued 2'],
    ],
  );
  first.handle.stop('cancelled');
  await first.end();
  assert.equal((await fourth.end()).output.stdout, 'fourth\n');
  assert.deepEqual(fourth.phases, ['queued 2', 'queued 1', 'starting', 'running', 'ended']);
  await fifth.untilHeard('up');
  const sixth = start({ source: waiter });
  assert.deepEqual(sixth.phases, ['queued 1']);
  pool.resize(3);
  await sixth.untilHeard('up');
  pool.resize(1);
  const seventh = start({ source: 'print("seventh")' });
  for (const run of [second, fifth, sixth]) run.handle.stop('cancelled');
  assert.equal((await seventh.end()).status, 'ok');
});

test('a run that goes on can be asked about', async t => {
  const { start } = await openPool(t);
  const run = start({ source: waiter });
  await run.until(() => run.changes > 2, 'there was news');
  await run.untilHeard('up');
  const overview = await run.handle.query('getOverview', {});
  assert.equal(overview.meta.ended, false);
  assert.equal(overview.processes.length, 1);
  assert.ok(overview.threads.length >= 1);
  const window = await run.handle.query('getWindow', { threads: [0], startNs: 0, endNs: 1e9, bucketNs: 1e6 });
  assert.equal(window.rows[0]?.thread, 0);
  run.handle.stop('cancelled');
  await run.end();
});

/** A dist folder in which the pool thread is somebody else. */
async function distWith(t: TestContext, poolThread: string): Promise<string> {
  const dist = mkdtempSync(join(tmpdir(), 'rip-dist-'));
  t.after(() => rmSync(dist, { recursive: true, force: true }));
  cpSync(await distDir(), dist, { recursive: true });
  writeFileSync(
    join(dist, 'poolThread.js'),
    `module.exports = async ({ port, request, runDir }) => {
      const { spawn } = require('node:child_process');
      require('node:fs').mkdirSync(runDir, { recursive: true });
      require('node:fs').writeFileSync(runDir + '/stdout.log', 'written before the end');
      const env = { ...process.env, RUN_IN_PARALLEL_RUN: request.runId };
      const { pid } = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore', env });
      port.postMessage({ kind: 'started', pid, atMs: Date.now() });
      ${poolThread}
    };`,
  );
  return dist;
}

test('a thread that does not answer a stop, or hangs in a loop: the guard ends the run', async t => {
  const faults = [
    'await new Promise(() => undefined);',
    'setTimeout(() => { for (;;); }, 50); await new Promise(() => undefined);',
  ];
  await Promise.all(
    faults.map(async fault => {
      const { start } = await openPool(t, { distDir: await distWith(t, fault) });
      const run = start({ source: '' });
      await run.until(() => run.phases.includes('running'), 'it ran');
      assert.equal(processesOf(run.handle.runId).length, 1);
      run.handle.stop('cancelled');
      const outcome = await run.end();
      assert.equal(outcome.status, 'failed');
      assert.equal(outcome.userError?.code, 'internal');
      assert.match(outcome.userError?.message ?? '', /did not answer.*Its processes were ended\./);
      assert.equal(outcome.output.stdout, 'written before the end');
    }),
  );
});

test('a thread that ends or throws: the guard ends the run', async t => {
  for (const fault of [
    'process.exit(1);',
    'throw new Error("a mistake of ours");',
    'setTimeout(() => { throw new Error("later"); }, 50); await new Promise(() => undefined);',
  ]) {
    const { start } = await openPool(t, { distDir: await distWith(t, fault) });
    const run = start({ source: '' });
    const outcome = await run.end();
    assert.equal(outcome.status, 'failed');
    assert.match(outcome.userError?.message ?? '', /lost this run: .*Its processes were ended\./);
    const next = start({ source: '' });
    assert.equal((await next.end()).status, 'failed');
  }
});

test('folders go with the pool, except logs that someone was referred to', async t => {
  const { start, pool } = await openPool(t);
  const small = await start({ source: 'print("small")' }).end();
  const large = await start({ source: 'print("x" * 100000)', limits: { outputBytesInMemory: 1000 } }).end();
  assert.ok(small.output.stdoutFile && large.output.stdoutFile);
  assert.ok(existsSync(small.output.stdoutFile));
  assert.equal(existsSync(join(small.output.stdoutFile, '../trace')), false);
  await pool.dispose();
  assert.equal(existsSync(small.output.stdoutFile), false);
  assert.equal(existsSync(large.output.stdoutFile), true);
});
