import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { OutputChunk } from '../../../src/protocol/hostWorker.ts';
import { programWireVersion } from '../../../src/protocol/programWire.ts';
import { Displays, displayLimits } from '../../../src/worker/displays.ts';
import { OutputCapture } from '../../../src/worker/outputCapture.ts';

function runFolder(t: TestContext) {
  const runDir = mkdtempSync(join(tmpdir(), 'rip-displays-'));
  t.after(() => rmSync(runDir, { recursive: true }));
  const folder = join(runDir, 'displays');
  mkdirSync(folder);
  const put = (number: number, data: unknown, version = programWireVersion) =>
    writeFileSync(join(folder, `${number}.json`), JSON.stringify({ version, data }));
  return { runDir, folder, put };
}

const unreadable = { 'text/plain': '[This value could not be read.]' };

test('the types that the panel knows come through, as strings only', t => {
  const { folder, put } = runFolder(t);
  const png = 'iVBORw0KGgo=';
  put(0, { 'text/plain': 'f', 'text/html': '<b>', 'image/png': png, 'text/latex': 3, 'application/javascript': 'x()' });
  assert.deepEqual(new Displays(folder).read(0), { 'text/plain': 'f', 'text/html': '<b>', 'image/png': png });
});

test('a value always has a text', t => {
  const { folder, put } = runFolder(t);
  put(0, { 'text/html': '<b>' });
  put(1, { 'application/json': '{}' });
  const displays = new Displays(folder);
  assert.deepEqual(displays.read(0), { 'text/plain': '[A value without a text.]', 'text/html': '<b>' });
  assert.deepEqual(displays.read(1), { 'text/plain': '[A value without a text.]' });
});

test('whatever lies in the file, nothing is thrown and nothing waits', t => {
  const { folder, put } = runFolder(t);
  put(1, { 'text/plain': 'x' }, programWireVersion + 1);
  put(2, ['text/plain']);
  writeFileSync(join(folder, '3.json'), '{"version": 2, "data": {"text/pl');
  writeFileSync(join(folder, '4.json'), Buffer.from([0xff, 0x00]));
  mkdirSync(join(folder, '5.json'));
  if (process.platform !== 'win32') execFileSync('mkfifo', [join(folder, '6.json')]);
  const displays = new Displays(folder);
  for (let number = 0; number <= 6; number++) assert.deepEqual(displays.read(number), unreadable, `${number}.json`);
});

test('too big a part is left out; a run that shows too much is left with the texts', t => {
  const { folder, put } = runFolder(t);
  put(0, { 'text/plain': 'frame', 'text/html': 'x'.repeat(displayLimits.part + 1) });
  put(1, { 'text/plain': 'figure', 'image/png': 'A'.repeat(displayLimits.part) });
  const displays = new Displays(folder);
  assert.deepEqual(displays.read(0), { 'text/plain': 'frame' });
  const shown = Array.from({ length: 10 }, () => Object.keys(displays.read(1)).length);
  const fitting = Math.floor(displayLimits.run / (displayLimits.part + 'figure'.length));
  assert.deepEqual(shown, [...Array(fitting).fill(2), ...Array(10 - fitting).fill(1)]);
});

function capture(runDir: string, displays: { token: string; folder: string } | null) {
  const chunks: OutputChunk[] = [];
  const send = (sent: OutputChunk[]) => void chunks.push(...sent);
  return { chunks, capture: new OutputCapture({ runDir, bytesInMemory: 10_000, displays, send }) };
}

test('live, a value stands among the text; the log and the excerpt have its text', t => {
  const { runDir, folder, put } = runFolder(t);
  const data = { 'text/plain': 'a  b\n1  2', 'text/html': '<table></table>' };
  put(0, data);
  put(1, { 'text/plain': 'only text' });
  const { chunks, capture: output } = capture(runDir, { token: 't', folder });
  const marker = (number: number) => `\x1b]RunInParallel;t;${number}\x07`;
  output.add('stdout', Buffer.from(`before${marker(0).slice(0, 9)}`));
  output.add('stdout', Buffer.from(`${marker(0).slice(9)}after\n${marker(1)}`));
  output.add('stderr', Buffer.from(marker(0)));
  output.add('stdout', Buffer.from('\x1b]Run'));
  const { stdout, stderr, stdoutFile } = output.end();
  const text = 'before\na  b\n1  2\nafter\nonly text\n\x1b]Run';
  assert.equal(stdout, text);
  assert.equal(readFileSync(stdoutFile ?? '', 'utf8'), text);
  assert.equal(stderr, marker(0), 'stderr shows no values');
  assert.deepEqual(chunks, [
    { stream: 'stdout', text: 'before' },
    { stream: 'display', data },
    { stream: 'stdout', text: 'after\nonly text\n' },
    { stream: 'stderr', text: marker(0) },
    { stream: 'stdout', text: '\x1b]Run' },
  ]);
});

test('a program that shows no values keeps every byte of its output', t => {
  const { runDir } = runFolder(t);
  const { chunks, capture: output } = capture(runDir, null);
  const text = '\x1b]RunInParallel;null;0\x07';
  output.add('stdout', Buffer.from(text));
  output.end();
  assert.deepEqual(chunks, [{ stream: 'stdout', text }]);
});
