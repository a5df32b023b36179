import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openPool } from './harness.ts';

test('output without a newline, with \\r and in halves of characters arrives live', async t => {
  const { start } = await openPool(t);
  const run = start({
    source: `
import os, sys, time
print('no newline', end='')
sys.stdout.write('\\r50%')
os.write(1, b'\\xc3')
while not os.path.exists(sys.argv[1]): time.sleep(0.01)
os.write(1, b'\\xa9!')
print('to stderr', file=sys.stderr, end='')
`,
    argv: [join(import.meta.dirname, 'never')],
  });
  await run.untilHeard('no newline\r50%');
  assert.equal(run.heard.stdout, 'no newline\r50%');
  run.handle.stop('cancelled');
  await run.end();
});

test('halves of characters are put together, junk is replaced live and kept in the log', async t => {
  const { start } = await openPool(t);
  const run = start({
    source: `
import os, time
os.write(1, b'a\\xc3'); time.sleep(0.1); os.write(1, b'\\xa9b\\xff\\x00\\xfec')
os.write(2, bytes(range(256)))
`,
  });
  const { output, status } = await run.end();
  assert.equal(status, 'ok');
  assert.equal(run.heard.stdout, 'aéb\ufffd\0\ufffdc');
  assert.equal(output.stdout, run.heard.stdout);
  assert.equal(output.stdoutBytes, 8);
  assert.equal(output.stderrBytes, 256);
  assert.equal(output.truncated, false);
  assert.ok(output.stderrFile);
  assert.deepEqual([...readFileSync(output.stderrFile)], [...Array(256).keys()]);
});

test('/dev/stdout and /dev/stderr can be opened as in a terminal', async t => {
  const { start } = await openPool(t);
  const run = start({
    source: `
import subprocess
open('/dev/stdout', 'w').write('file ')
subprocess.run('echo shell > /dev/stderr', shell=True, check=True)
`,
  });
  const { output, status } = await run.end();
  assert.equal(status, 'ok', output.stderr);
  assert.equal(output.stdout, 'file ');
  assert.equal(output.stderr, 'shell\n');
});

test('a flood: all of it in the log, little of it in memory, the cut labelled', async t => {
  const { start } = await openPool(t);
  const lines = 2_500_000;
  const before = process.memoryUsage.rss();
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 20);
  const run = start({
    source: `
import sys
line = 'x' * 92
for start in range(0, ${lines}, 1000):
    sys.stdout.write(''.join('%07d%s\\n' % (n, line) for n in range(start, start + 1000)))
`,
    limits: { outputBytesInMemory: 1024 * 1024 },
  });
  const { output, status } = await run.end();
  clearInterval(watch);
  assert.equal(status, 'ok', output.stderr);
  assert.equal(output.stdoutBytes, lines * 100);
  assert.ok(output.stdoutFile);
  assert.equal(statSync(output.stdoutFile).size, lines * 100);
  assert.ok(output.truncated);
  assert.ok(output.stdout.length < 1.1 * 1024 * 1024);
  assert.ok(output.stdout.startsWith('0000000xxx'));
  assert.ok(output.stdout.endsWith(`${lines - 1}${'x'.repeat(92)}\n`));
  const missing = lines * 100 - 1024 * 1024;
  assert.ok(output.stdout.includes(`[… ${missing.toLocaleString('en-US')} bytes left out here; all of it is in`));
  assert.match(run.heard.stdout, /bytes left out here/);
  assert.ok(peak - before < 100 * 1024 * 1024, `memory grew by ${(peak - before) / 1e6} MB`);
});

test('a full disk: the program goes on, and the user is told', async t => {
  const { start, folder } = await openPool(t);
  const runId = `full-disk-${process.pid}`;
  mkdirSync(join(folder, runId));
  symlinkSync('/dev/full', join(folder, runId, 'stdout.log'));
  const run = start({ source: 'print("one")\nprint("two")', runId });
  const { output, status, userError } = await run.end();
  assert.equal(status, 'ok');
  assert.equal(output.stdout, 'one\ntwo\n');
  assert.equal(output.stdoutFile, null);
  assert.equal(userError?.code, 'diskFull');
});

test('input() fails at once, with our advice', async t => {
  const { start } = await openPool(t);
  const run = start({ source: 'name = input("Name? ")' });
  const { status, programError, output } = await run.end();
  assert.equal(status, 'failed');
  assert.equal(output.stdout, 'Name? ');
  assert.equal(programError?.type, 'EOFError');
  assert.match(programError?.advice ?? '', /input\(\) has no keyboard here/);
});
