import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { asArray, asNumber, asObject, asString, parseObject } from '../../../src/base/parse.ts';
import { TracerFiles } from '../../../src/worker/tracerReaderFiles.ts';
import { clockZero, objectOf } from '../../../src/worker/wireRecords.ts';

const folder = join(import.meta.dirname, '../../fixtures/wire');

/** What the tracer's own reader found in the bytes that the tracer wrote. */
function expectedRecords() {
  const expected = parseObject(readFileSync(join(folder, 'expected.json'), 'utf8'));
  const strings = asObject(expected?.strings);
  assert.ok(strings);
  const records = asArray(expected?.records).map(each => {
    const record = asObject(each);
    assert.ok(record);
    return record;
  });
  return { strings, records };
}

test('reads the bytes that the tracer wrote as the tracer means them', () => {
  const { strings, records } = expectedRecords();
  const files = new TracerFiles<never>(folder, clockZero(0n));
  const news = files.read(Number.POSITIVE_INFINITY, true);
  files.close();
  assert.equal(news.damaged, 0);
  assert.equal(news.isComplete, true);
  const found = news.fresh.map(({ chunk, record, position }) => ({
    kind: record.kind,
    position,
    tid: chunk.tid,
    t0: record.t0,
    t1: Number.isNaN(record.t1) ? 0 : record.t1,
    obj: objectOf(record),
    site: record.site,
    aux: record.aux,
    aux2: record.aux2,
    flags: record.flags,
  }));
  const wanted = records
    .filter(record => record.kind !== 'chunk')
    .map(record => ({
      kind: asString(record.kind),
      position: asNumber(record.position),
      tid: asNumber(record.tid),
      t0: asNumber(record.t0),
      t1: asNumber(record.t1),
      obj: asNumber(record.obj),
      site: asNumber(record.site),
      aux: asNumber(record.aux),
      aux2: asNumber(record.aux2),
      flags: asNumber(record.flags),
    }));
  assert.deepEqual(found, wanted);
  const [first] = news.fresh;
  assert.equal(first?.chunk.writer.pid, 1000);
  assert.equal(first?.chunk.writer.startNs, 1000000);
  assert.deepEqual(
    Object.fromEntries([...(first?.chunk.writer.strings ?? [])].map(([id, text]) => [String(id), text])),
    {
      ...strings,
    },
  );
});
