// The warm helper's end in Node, against a stand-in that behaves as it is told: `--serve` of a Python that dies, hangs or talks nonsense.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, test } from 'node:test';
import { ProgramHelper } from '../../../src/pool/programHelper.ts';
import { programWireVersion } from '../../../src/protocol/programWire.ts';

const folder = mkdtempSync(join(tmpdir(), 'rip-helper-'));
after(() => rmSync(folder, { recursive: true }));

// The source of the first unit tells it what to do; each start leaves a line in a file.
const standIn = join(folder, 'run.mjs');
writeFileSync(
  standIn,
  `import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
if (process.argv[2] !== '--serve') process.exit(3);
const starts = process.env.RIP_TEST_STARTS;
appendFileSync(starts, process.pid + '\\n');
const say = value => process.stdout.write(JSON.stringify(value) + '\\n');
createInterface({ input: process.stdin }).on('line', line => {
  const { id, method, units } = JSON.parse(line);
  const told = units[0].source;
  const program = { version: ${programWireVersion}, statements: [], notes: [told], installs: [], error: null };
  const result = method === 'program' ? program : { units: units.map(() => ({ waitsFor: [], needs: [], runs: true })) };
  if (told === 'die') { process.stderr.write('Traceback\\nMemoryError: too much\\n'); process.exitCode = 1; process.stdin.destroy(); }
  else if (told === 'hang') return;
  else if (told === 'refuse') say({ id, ok: false, message: 'it has no such unit' });
  else if (told === 'rubbish') { process.stdout.write('not JSON\\n'); say({ id: 99, ok: true, result }); say({ id, ok: true, result: 'x' }); }
  else say({ id, ok: true, result });
});
`,
);
process.env.RIP_TEST_STARTS = join(folder, 'starts');

const interpreter = { command: process.execPath, args: [], source: 'the test' };
const helpers: ProgramHelper[] = [];

function helper(times = { answerMs: 20_000, idleMs: 60_000 }): ProgramHelper {
  writeFileSync(join(folder, 'starts'), '');
  const made = new ProgramHelper(standIn, times);
  helpers.push(made);
  return made;
}

afterEach(() => {
  for (const made of helpers.splice(0)) made.dispose();
});

function starts(): number[] {
  return readFileSync(join(folder, 'starts'), 'utf8').split('\n').filter(Boolean).map(Number);
}

function units(source: string) {
  return [{ file: 'a.py', source, cell: false }];
}

/** What it tells: the note that the stand-in puts in, or the error's sentence. */
async function ask(asked: ProgramHelper, source: string): Promise<string> {
  const told = await asked.program(interpreter, { units: units(source), selection: null });
  return told.ok ? (told.value.notes[0] ?? '') : told.error.message.replace(interpreter.command, 'python');
}

test('one process answers all questions, each its own', async () => {
  const asked = helper();
  const told = await Promise.all(['a', 'b', 'ü'].map(source => ask(asked, source)));
  assert.deepEqual(told, ['a', 'b', 'ü']);
  const dependencies = await asked.dependencies(interpreter, units('c'));
  assert.deepEqual(dependencies.ok && dependencies.value.units, [{ waitsFor: [], needs: [], runs: true }]);
  assert.equal(starts().length, 1);
});

test('a helper that dies is started again, but not for ever', async () => {
  const asked = helper();
  assert.equal(await ask(asked, 'die'), 'python could not tell what would run: MemoryError: too much.');
  assert.equal(starts().length, 2);
  assert.equal(await ask(asked, 'a'), 'a');
  assert.equal(starts().length, 3);
});

test('a question that is not answered ends the helper; the next one has another', async () => {
  const asked = helper({ answerMs: 1000, idleMs: 60_000 });
  assert.equal(await ask(asked, 'hang'), 'python could not tell what would run: it did not answer within 1 s.');
  assert.equal(await ask(asked, 'a'), 'a');
  assert.equal(starts().length, 2);
});

test('a helper may refuse, and nonsense is no answer', async () => {
  const asked = helper();
  assert.equal(await ask(asked, 'refuse'), 'python could not tell what would run: it has no such unit.');
  assert.equal(
    await ask(asked, 'rubbish'),
    'python could not tell what would run: its answer could not be understood.',
  );
  assert.equal(starts().length, 1);
});

test('a helper without work ends', async () => {
  const asked = helper({ answerMs: 20_000, idleMs: 1 });
  assert.equal(await ask(asked, 'a'), 'a');
  const [pid = 0] = starts();
  await untilGone(pid);
  assert.equal(await ask(asked, 'b'), 'b');
});

test('disposing ends it, and what it was asked fails', async () => {
  const asked = helper();
  assert.equal(await ask(asked, 'a'), 'a');
  const pending = ask(asked, 'hang');
  asked.dispose();
  assert.equal(await pending, 'python could not tell what would run: its helper process was ended.');
  const [pid = 0] = starts();
  await untilGone(pid);
  assert.equal(starts().length, 1);
});

test('an interpreter that is not there says so', async () => {
  const asked = helper();
  const missing = { ...interpreter, command: join(folder, 'none') };
  const told = await asked.program(missing, { units: units('a'), selection: null });
  assert.ok(!told.ok);
  assert.match(told.error.message, /none could not tell what would run: spawn .*ENOENT/);
});

async function untilGone(pid: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    assert.ok(Date.now() < deadline, `process ${pid} is still there`);
    await new Promise(resolve => setImmediate(resolve));
  }
}
