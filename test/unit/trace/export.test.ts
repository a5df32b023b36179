import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asArray, asNumber, asObject, asString, type JsonObject, parseObject } from '../../../src/base/parse.ts';
import type { Insight } from '../../../src/insights/insight.ts';
import { emptyOutcome, type RunOutcome } from '../../../src/protocol/hostWorker.ts';
import { toChromeJson } from '../../../src/trace/export/chrome.ts';
import { textReport } from '../../../src/trace/export/report.ts';
import { summarize, summarizeTrace } from '../../../src/trace/export/summary.ts';
import { importChromeJson } from '../../../src/trace/importChrome.ts';
import { traceFromText } from '../../support/textTrace.ts';
import { randomTrace } from './random.ts';

const drawn = traceFromText(`
  main   |RRllllllll
  W-1    |.RRgg..ss.
  f @W-1 |.====
  g @W-1 |......==!`);

const outcome: RunOutcome = {
  ...{ ...emptyOutcome, status: 'failed', exitCode: 1, wallMs: 104.25 },
  programError: { type: 'ValueError', message: 'no', file: '/home/me/work.py', line: 3, module: null, advice: '' },
  output: {
    ...{ stdout: 'out', stderr: 'err', truncated: false, stdoutBytes: 3, stderrBytes: 3 },
    ...{ stdoutFile: null, stderrFile: null },
  },
};
const snippet = { file: '/home/me/work.py', startLine: 1, endLine: 9 };

function events(json: string): JsonObject[] {
  return asArray(parseObject(json)?.traceEvents)
    .map(asObject)
    .filter(event => event !== null);
}

test('the summary has the fields of schema 1, in ms', () => {
  const summary = summarize(drawn, outcome, snippet, []);
  assert.deepEqual(summary.threads[1]?.statesMs, {
    ...{ running: 20, runnable: 0, gilWait: 20, lockWait: 0, ioWait: 0, sleeping: 20, idle: 40, unknown: 0 },
  });
  assert.deepEqual(summary.tasks[0], {
    ...{ name: 'f', engine: 'threadPool', pid: 1, tid: 101, submitMs: 0, startMs: 10, endMs: 50 },
    ...{ status: 'ok', file: null, line: null, key: null, bytes: null, rows: null },
  });
  assert.deepEqual(summary.error, { type: 'ValueError', message: 'no', file: '/home/me/work.py', line: 3 });
  assert.deepEqual(summary.output, { stdout: 'out', stderr: 'err', truncated: false });
  assert.equal(summary.status, 'failed');
  assert.equal(summary.processes[0]?.gilEnabled, true);
});

test('no number of a summary is NaN or a string, whatever is in the trace', () => {
  for (let seed = 1; seed < 20; seed++) {
    const summary = summarizeTrace(randomTrace(seed));
    assert.deepEqual(JSON.parse(JSON.stringify(summary)), summary);
    for (const thread of summary.threads) {
      const life = Object.values(thread.statesMs).reduce((sum, ms) => sum + ms, 0);
      assert.ok(Math.abs(life - ((thread.endMs ?? 0) - (thread.startMs ?? 0))) < 0.01);
    }
  }
});

test('a run that could not start has a summary too', () => {
  const userError = { code: 'interpreterMissing', message: 'No Python.', advice: '', remedy: null };
  const summary = summarize(null, { ...outcome, programError: null, userError }, snippet, []);
  assert.deepEqual(summary.error, { type: 'interpreterMissing', message: 'No Python.', file: null, line: null });
  assert.deepEqual(summary.threads, []);
  assert.equal(summary.quality.samplingHz, null);
});

test('Chrome JSON: names, tasks, states on tracks of their own, arrows', () => {
  const all = events(toChromeJson(drawn));
  const of = (ph: string, cat: string) => all.filter(event => event.ph === ph && event.cat === cat);
  assert.equal(of('X', 'task').length, 2);
  const [task] = of('X', 'task');
  assert.deepEqual([task?.name, task?.ts, task?.dur, task?.tid], ['f', 10_000, 40_000, 101]);
  const [state] = of('X', 'state');
  const names = all.filter(event => event.name === 'thread_name');
  const track = names.find(event => event.tid === state?.tid);
  assert.equal(asString(asObject(track?.args)?.name), 'main · 100 states');
  for (const event of all) {
    if (event.ph === 'X') assert.ok((asNumber(event.dur) ?? -1) >= 0);
    if (event.ph !== 'M') assert.notEqual(asNumber(event.ts), null);
  }
  assert.equal(new Set(names.map(event => event.tid)).size, names.length);
});

test('states and waits of a track never overlap wrongly: viewers drop such events', () => {
  for (let seed = 1; seed < 10; seed++) {
    const byTrack = new Map<string, { ts: number; end: number }[]>();
    for (const event of events(toChromeJson(randomTrace(seed)))) {
      if (event.cat !== 'state') continue;
      const key = `${event.pid} ${event.tid}`;
      const ts = asNumber(event.ts) ?? 0;
      byTrack.set(key, [...(byTrack.get(key) ?? []), { ts, end: ts + (asNumber(event.dur) ?? 0) }]);
    }
    for (const track of byTrack.values()) {
      for (const [i, event] of track.entries()) assert.ok(event.ts + 0.002 >= (track[i - 1]?.end ?? 0));
    }
  }
});

test('what we export can be read again: states, waits and tasks', () => {
  for (let seed = 1; seed < 20; seed++) {
    const trace = randomTrace(seed);
    const read = importChromeJson(toChromeJson(trace), 'file');
    assert.ok(read.ok);
    assert.equal(read.value.meta.title, trace.meta.title);
    const before = summarizeTrace(trace);
    const after = summarizeTrace(read.value);
    assert.equal(after.waits.length, before.waits.length);
    const names = (of: typeof before) => of.tasks.filter(task => task.startMs !== null).map(task => task.name);
    assert.deepEqual(names(after).sort(), names({ ...before, tasks: before.tasks.filter(t => t.tid !== null) }).sort());
  }
  const read = importChromeJson(toChromeJson(drawn), 'file');
  assert.ok(read.ok);
  assert.deepEqual(summarizeTrace(read.value).threads[1]?.statesMs, summarizeTrace(drawn).threads[1]?.statesMs);
});

test('Chrome JSON of others: begin and end events nest, arrays are fine, junk is refused', () => {
  const read = importChromeJson(
    JSON.stringify([
      { ph: 'M', name: 'process_name', pid: 5, args: { name: 'server' } },
      { ph: 'B', name: 'outer', pid: 5, tid: 6, ts: 1000 },
      { ph: 'X', name: 'leaf', pid: 5, tid: 6, ts: 1200, dur: 100 },
      { ph: 'E', pid: 5, tid: 6, ts: 2000 },
    ]),
    'file',
  );
  assert.ok(read.ok);
  const { tasks, processes } = summarizeTrace(read.value);
  assert.equal(processes[0]?.name, 'server');
  const found = tasks.map(task => [task.name, task.startMs, task.endMs]);
  assert.deepEqual(found, [
    ['outer', 0, 1],
    ['leaf', 0.2, 0.3],
  ]);
  for (const junk of ['', '{', '{}', '[1, 2]', 'null']) assert.ok(!importChromeJson(junk, 'file').ok, junk);
});

test('the report fits its width, has no colour codes unless asked, and leads with the insight', () => {
  const insight: Insight = {
    ...{ code: 'RIP101', title: 'The GIL let only one of 4 threads run.', advice: 'Use processes.' },
    ...{ severity: 'problem', file: null, line: null, weight: 1, evidence: {}, highlight: null },
  };
  const summary = summarize(drawn, outcome, snippet, [insight]);
  for (const width of [20, 80, 100, 300]) {
    const report = textReport(summary, 'work.py', { color: false, width });
    const longest = Math.max(...report.split('\n').map(line => line.length));
    assert.ok(longest <= Math.min(120, Math.max(80, width)), `${longest} columns at ${width}`);
    assert.ok(!report.includes('\x1b'));
  }
  const lines = textReport(summary, 'work.py', { color: false, width: 100 }).split('\n');
  assert.equal(lines[0], 'work.py: failed with exit code 1 in 104 ms');
  assert.equal(lines[2], 'The GIL let only one of 4 threads run.');
  assert.ok(lines.some(line => /W-1 .*running 20 %/.test(line)));
  assert.ok(lines.some(line => /g .*\(1 failed\)/.test(line)));
  assert.ok(textReport(summary, 'work.py', { color: true, width: 100 }).includes('\x1b[31m'));
});
