import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseObject } from '../../../../src/base/parse.ts';
import { readSparkEvent } from '../../../../src/trace/spark/readEvent.ts';
import { readTaskLine } from '../../../../src/trace/spark/readTaskLine.ts';
import { fixtureLines } from './logs.ts';

const ends = ['spark-3.0.log', 'spark-3.5.log', 'spark-4.3.log', 'one-task.log']
  .flatMap(fixtureLines)
  .filter(line => line.startsWith('{"Event":"SparkListenerTaskEnd"'));
const starts = fixtureLines('spark-4.3.log').filter(line => line.startsWith('{"Event":"SparkListenerTaskStart"'));

/** Another program's way to write the same, which is parsed. */
function unusual(line: string): string {
  return JSON.stringify(parseObject(line), null, 1).replaceAll('\n', ' ');
}

test('the quick way and the parser read the same', () => {
  assert.ok(ends.length > 60);
  for (const line of ends) {
    const quick = readTaskLine(line);
    assert.equal(quick !== null, line.includes('{"Reason":"Success"}'));
    if (quick) assert.deepEqual(quick, readSparkEvent(unusual(line)));
  }
  for (const line of starts) assert.deepEqual(readTaskLine(line), readSparkEvent(unusual(line)));
});

test('a line that is not quite as expected is left to the parser', () => {
  const line = ends[0] ?? '';
  assert.equal(readTaskLine(line.replace('"Executor Run Time":', '"Executor Run Time":-')), null);
  assert.equal(readTaskLine(line.replace('"Finish Time":', '"Finish Time":1.5')), null);
  assert.equal(readTaskLine(line.replace('"Launch Time":', '"Start Time":')), null);
  assert.equal(readTaskLine(line.replace('"Executor ID":"driver"', '"Executor ID":"a\\"b"')), null);
  assert.equal(readTaskLine(line.replace('"Speculative":false', '"Speculative":0')), null);
  assert.equal(readTaskLine(line.slice(0, -40)), null);
  assert.equal(readSparkEvent(line.slice(0, -40))?.kind, 'damaged');
});
