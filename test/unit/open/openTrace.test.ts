import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { hasZstd } from '../../../src/open/codecs/zstd.ts';
import { openTrace } from '../../../src/open/openTrace.ts';
import { toChromeJson } from '../../../src/trace/export/chrome.ts';
import { summarizeTrace } from '../../../src/trace/export/summary.ts';
import { encodeTrace } from '../../../src/trace/file.ts';
import type { Trace } from '../../../src/trace/model.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/spark');
const folder = mkdtempSync(join(tmpdir(), 'open-trace-'));
after(() => rmSync(folder, { recursive: true }));

const plain = readFileSync(join(fixtures, 'spark-3.0.log'));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function opened(path: string): Trace {
  const trace = openTrace(path);
  assert.ok(trace.ok, trace.ok ? '' : trace.error.message);
  return trace.value;
}

function refusal(path: string): string {
  const trace = openTrace(path);
  assert.ok(!trace.ok);
  return trace.error.message;
}

const expected = summarizeTrace(opened(join(fixtures, 'spark-3.0.log')));

for (const codec of ['zstd', 'lz4', 'snappy', 'lzf']) {
  const path = join(fixtures, `spark-3.0.log.${codec}`);
  const skip = codec === 'zstd' && !hasZstd() ? `Node.js ${process.versions.node} has no zstd` : false;

  test(`a log that Spark compressed with ${codec} is the log`, { skip }, () => {
    assert.deepEqual(summarizeTrace(opened(path)), expected);
  });

  test(`a log that Spark compressed with ${codec} opens also when it is cut off anywhere`, { skip }, () => {
    const bytes = readFileSync(path);
    for (let length = 3000; length < bytes.length; length += 997) {
      const cut = file(`cut.${codec}`, bytes.subarray(0, length));
      const trace = openTrace(cut);
      if (!trace.ok) {
        assert.match(trace.error.message, /is cut off so early that nothing of it can be read/);
        continue;
      }
      assert.match(trace.value.meta.quality.warnings.join(' '), /doesn't have the application's end/);
    }
  });

  test(`rubbish in a log that is compressed with ${codec} is refused in words, or left out`, { skip }, () => {
    const bytes = readFileSync(path);
    for (let at = 100; at < bytes.length; at += 1009) {
      const damaged = Uint8Array.from(bytes);
      damaged.fill(0xa5, at, at + 40);
      const trace = openTrace(file(`damaged.${codec}`, damaged));
      if (!trace.ok) assert.match(trace.error.message, /is damaged: /);
    }
  });
}

test('a log that somebody packed with gzip opens', () => {
  assert.deepEqual(summarizeTrace(opened(file('log.gz', gzipSync(plain)))), expected);
});

test('a rolled log is a folder of files, read in their order', () => {
  const lines = plain.toString('utf8').trimEnd().split('\n');
  const rolled = join(folder, 'eventlog_v2_local-1');
  mkdirSync(rolled);
  for (let i = 1; i <= 12; i++) {
    const part = lines.slice((i - 1) * 5, i === 12 ? undefined : i * 5);
    writeFileSync(join(rolled, `events_${i}_local-1`), `${part.join('\n')}\n`);
  }
  writeFileSync(join(rolled, 'appstatus_local-1'), '');
  assert.deepEqual(summarizeTrace(opened(rolled)), expected);
  rmSync(join(rolled, 'events_1_local-1'));
  assert.match(opened(rolled).meta.quality.warnings.join(' '), /The log's first files are missing/);
});

test('a folder of compressed files opens too', { skip: hasZstd() ? false : 'no zstd in this Node.js' }, () => {
  const rolled = join(folder, 'eventlog_v2_local-2');
  mkdirSync(rolled);
  copyFileSync(join(fixtures, 'spark-3.0.log.zstd'), join(rolled, 'events_1_local-2.zstd'));
  assert.deepEqual(summarizeTrace(opened(rolled)), expected);
});

test('a log is the same trace again after it was converted to our own format', () => {
  const own = file('log.riptrace', new Uint8Array(encodeTrace(opened(join(fixtures, 'spark-4.3.log')))));
  assert.deepEqual(summarizeTrace(opened(own)), summarizeTrace(opened(join(fixtures, 'spark-4.3.log'))));
});

test('JSON for Chrome keeps the tasks, each on the core of its executor', () => {
  const chrome = file('log.json', toChromeJson(opened(join(fixtures, 'spark-4.3.log'))));
  const tasks = summarizeTrace(opened(chrome)).tasks.filter(task => task.engine === 'spark');
  assert.equal(tasks.length, 43);
  assert.equal(new Set(tasks.map(task => `${task.pid} ${task.tid}`)).size, 2);
});

test('what is something else is refused in words', () => {
  const neither = /is neither a trace of Run in Parallel, nor an event log of Spark, nor the JSON of a Chrome trace\.$/;
  assert.match(refusal(file('notes.txt', 'hello')), neither);
  assert.match(refusal(file('empty', '')), neither);
  assert.match(
    refusal(
      file(
        'binary',
        Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251),
      ),
    ),
    neither,
  );
  assert.match(refusal(file('list.json', '{"a": 1}')), /no events in the JSON of Chrome traces/);
  assert.match(refusal(file('x.pftrace', 'abc')), /looks like a Perfetto trace/);
  assert.match(refusal(folder), /is a folder without events/);
  assert.match(refusal(join(folder, 'gone')), /can't be read: ENOENT/);
  assert.match(
    refusal(file('cut.gz', gzipSync(plain).subarray(0, 900))),
    /is damaged: The file is damaged or cut off\./,
  );
});
