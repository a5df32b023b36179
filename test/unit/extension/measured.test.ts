import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measuredParams } from '../../../src/extension/measured.ts';
import { RunRecord } from '../../../src/extension/runRecord.ts';
import { emptyOutcome, type RunOutcome } from '../../../src/protocol/hostWorker.ts';
import { programWireVersion, type StatementTime } from '../../../src/protocol/programWire.ts';
import type { SelectedLines } from '../../../src/snippet/snippet.ts';

const program = { version: programWireVersion, statements: [], notes: [], installs: [], error: null };
const ok: RunOutcome = { ...emptyOutcome, status: 'ok', wallMs: 900, program };
const time = (unit: number, startLine: number, endLine: number, ms: number): StatementTime => {
  return { unit, startLine, endLine, ms };
};

/** Units as `uri@version`, with three lines each. */
function measure(uris: string[], selection: SelectedLines[] | null, outcome: RunOutcome) {
  const record = new RunRecord({ runId: '1', title: '', file: '', line: 1 }, null, () => undefined);
  record.end(outcome);
  const units = uris.map((_, unit) => ({ file: `unit ${unit}`, source: 'a\nb\nc', cell: true }));
  const sources = uris.map(text => {
    const [uri = '', version] = text.split('@');
    return { uri: { toString: () => uri }, version: Number(version) };
  });
  return measuredParams(record, { snippet: { title: '', units, selection, display: true }, sources });
}

test('the document and version of what was selected, with the time of its own statements', () => {
  const times = [time(0, 1, 1, 500), time(1, 1, 1, 100), time(1, 2, 3, 320)];
  assert.deepEqual(measure(['a@3', 'b@7'], [{ unit: 1, startLine: 2, endLine: 3 }], { ...ok, times }), [
    {
      uri: 'b',
      version: 7,
      startLine: 1,
      endLine: 2,
      summary: '0.32 s',
      times: [
        { startLine: 0, endLine: 0, ms: 100 },
        { startLine: 1, endLine: 2, ms: 320 },
      ],
    },
  ]);
});

test('units of one document tell their times together', () => {
  const times = [time(0, 1, 1, 1), time(1, 2, 2, 2)];
  const [told] = measure(['guide.md@1', 'guide.md@1'], [{ unit: 1, startLine: 2, endLine: 2 }], { ...ok, times });
  assert.equal(told?.times.length, 2);
});

test('without a selection, all lines; without times, the whole run', () => {
  const [told] = measure(['a@1'], null, ok);
  assert.deepEqual([told?.startLine, told?.endLine, told?.summary], [0, 2, '0.90 s']);
});

test('a failure is told, a run that never started or was cancelled is not', () => {
  const error = { type: 'ValueError', message: '', file: null, line: null, module: null, advice: '' };
  const [told] = measure(['a@1'], null, { ...ok, status: 'failed', programError: error });
  assert.equal(told?.summary, 'failed: ValueError');
  assert.deepEqual(measure(['a@1'], null, emptyOutcome), []);
  assert.deepEqual(measure(['a@1'], null, { ...ok, status: 'cancelled' }), []);
});
