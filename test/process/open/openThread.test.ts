import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { build } from 'esbuild';
import { nodeBundle } from '../../../scripts/lib/bundles.mjs';
import { openInThread } from '../../../src/extension/openInThread.ts';
import { decodeTrace } from '../../../src/trace/file.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/spark');
const dist = mkdtempSync(join(tmpdir(), 'open-thread-'));
before(() => build({ ...nodeBundle, outdir: dist, entryPoints: { openThread: 'src/open/openThread.ts' } }));
after(() => rmSync(dist, { recursive: true }));

test('an event log opens in a thread, as the extension does it, as a trace in our own format', async () => {
  const opened = await openInThread(dist, join(fixtures, 'spark-4.3.log'));
  assert.ok(opened.ok, opened.ok ? '' : opened.error.message);
  const trace = decodeTrace(opened.value.bytes);
  assert.ok(trace.ok);
  assert.equal(trace.value.meta.engine, 'spark');
  assert.equal(trace.value.tasks.length, 43);
  assert.equal(opened.value.durationNs, trace.value.meta.durationNs);
  assert.deepEqual(opened.value.insights, []);
});

test('what cannot be opened is refused in words, and so is a thread that is not there', async () => {
  const refused = await openInThread(dist, join(import.meta.dirname, 'openThread.test.ts'));
  assert.match(
    refused.ok ? '' : refused.error.message,
    /is neither a trace of Run in Parallel, nor an event log of Spark/,
  );
  const missing = await openInThread(join(dist, 'gone'), join(fixtures, 'spark-4.3.log'));
  assert.match(missing.ok ? '' : missing.error.message, /can't be opened: Cannot find module/);
});
