// How long after a keystroke the diagnostics are there: the real server, a file of 5,000 lines of the standard library's concurrent code.
// Prints JSON. Argument: the Python whose library it is.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Editor } from '../process/server/harness.ts';

const lineCount = 5000;
const keystrokes = 50;
const parts = [
  'asyncio/base_events.py',
  'threading.py',
  'concurrent/futures/process.py',
  'multiprocessing/pool.py',
  'multiprocessing/managers.py',
  'asyncio/streams.py',
];

function source(python: string): string[] {
  const library = execFileSync(python, ['-c', 'import sysconfig; print(sysconfig.get_path("stdlib"))'], {
    encoding: 'utf8',
  }).trim();
  const lines = parts.flatMap(part => readFileSync(join(library, part), 'utf8').split('\n'));
  if (lines.length < lineCount) throw new Error(`Only ${lines.length} lines in ${library}.`);
  return lines.slice(0, lineCount);
}

/** The same places on every machine. */
function* places(): Generator<number> {
  for (let state = 7; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield Math.floor((state / 2 ** 32) * lineCount);
  }
}

const lines = source(process.argv[2] ?? 'python3');
const editor = await Editor.start(join(import.meta.dirname, '../../dist/server.js'));
const uri = 'file:///bench.py';

async function timed(action: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await action();
  return performance.now() - started;
}

async function press(line: number, from: number, to: number, text: string): Promise<void> {
  await editor.change(uri, { range: { start: { line, character: from }, end: { line, character: to } }, text });
  await editor.pull(uri);
}

const openMs = await timed(async () => {
  await editor.open(uri, lines.join('\n'));
  await editor.pull(uri);
});
const times: number[] = [];
for (const line of places()) {
  if (times.length === keystrokes) break;
  const end = lines[line]?.length ?? 0;
  times.push(await timed(() => press(line, end, end, 'x')));
  await press(line, end, end + 1, '');
}
await editor.stop();
times.sort((a, b) => a - b);
console.log(JSON.stringify({ openMs, medianMs: times[keystrokes >> 1], slowestMs: times.at(-1) }));
