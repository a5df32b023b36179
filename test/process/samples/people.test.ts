// samples/make_people.py: the file that the dataframe samples read.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { start, until } from './program.ts';
import { oldestAndNewestPython } from './pythons.ts';

const samples = join(import.meta.dirname, '../../../samples');
const program = join(samples, 'make_people.py');
const { oldest, newest } = oldestAndNewestPython();

function emptyFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'rip-people-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function make(folder: string, name: string, args: string[], python = newest.path) {
  const file = join(folder, name);
  return { file, ...(await start(python, [program, '--output', file, ...args]).finished) };
}

test('the same size and seed give the same people in every Python, another seed gives others', async t => {
  const folder = emptyFolder(t);
  const first = await make(folder, 'a.csv', ['--size', '1MB'], oldest.path);
  const second = await make(folder, 'b.csv', ['--size', '1MB']);
  const other = await make(folder, 'c.csv', ['--size', '1MB', '--seed', '2']);
  for (const run of [first, second, other]) assert.equal(run.exitCode, 0, run.stderr);
  const text = readFileSync(first.file, 'utf8');
  assert.equal(text, readFileSync(second.file, 'utf8'));
  assert.notEqual(text, readFileSync(other.file, 'utf8'));
  const [header, ...lines] = text.trimEnd().split('\n');
  assert.equal(header, 'name,age,city,department,salary');
  assert.ok(lines.every(line => /^[A-Z][a-z]+ [A-Z][a-z]+,\d\d,[A-Z][a-z]+,[a-z]+,\d{2,3}$/.test(line)));
  assert.match(first.stdout, new RegExp(`${lines.length.toLocaleString('en')} people`));
  // Some are above the filter of the samples, and some below.
  const rich = lines.filter(line => Number(line.split(',')[4]) ** 2 > 5000).length / lines.length;
  assert.ok(rich > 0.1 && rich < 0.9, `${rich} earn more than the filter asks for`);
});

test('a file has the size that was asked for, up to a few people more', async t => {
  const folder = emptyFolder(t);
  for (const [size, bytes] of [
    ['1kb', 1000],
    ['2.5 MB', 2_500_000],
    ['16MiB', 16 * 2 ** 20],
  ] as const) {
    const { file, exitCode, stderr } = await make(folder, 'people.csv', ['--size', size]);
    assert.equal(exitCode, 0, stderr);
    const over = statSync(file).size - bytes;
    assert.ok(over >= 0 && over < 6000, `${over} bytes more than ${size}`);
  }
});

test('what is not a size, or too small, is a usage error that says how to write it', async t => {
  const folder = emptyFolder(t);
  for (const [size, words] of [
    ['large', /'large' is not a size; write it like 10MB/],
    ['10', /'10' is not a size/],
    ['-5MB', /not a size|too small|expected one argument/],
    ['nanMB', /is not a size/],
    ['1e999MB', /is not a size/],
    ['0.1KB', /0\.1KB is too small/],
  ] as const) {
    const run = await make(folder, 'people.csv', ['--size', size]);
    assert.equal(run.exitCode, 2, `${size}: ${run.stdout}`);
    assert.match(run.stderr, words);
  }
  assert.deepEqual(readdirSync(folder), []);
});

test('no room: said before anything is written; a disk that fails on the way leaves no half file', async t => {
  const folder = emptyFolder(t);
  const tooLarge = await make(folder, 'people.csv', ['--size', '9000TB']);
  assert.equal(tooLarge.exitCode, 1);
  assert.match(tooLarge.stderr, /people\.csv could not be made: the disk is too full: 9000\.0 TB do not fit into/);
  // The kernel ends the write after 3 MB, as a full disk would.
  const limited = `import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))
sys.argv = ["make_people.py", "--size", "20MB", "--output", ${JSON.stringify(join(folder, 'people.csv'))}]
runpy.run_path(${JSON.stringify(program)}, run_name="__main__")`;
  const { exitCode, stderr } = await start(newest.path, ['-c', limited]).finished;
  assert.equal(exitCode, 1);
  assert.match(stderr, /^make_people: .*people\.csv could not be made: .*File too large/);
  const nowhere = await make(join(folder, 'nowhere'), 'people.csv', []);
  assert.match(nowhere.stderr, /could not be made: .*No such file or directory/);
  assert.deepEqual(readdirSync(folder), []);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} on the way leaves the file that was there, and no half one`, async t => {
    const folder = emptyFolder(t);
    const file = join(folder, 'people.csv');
    writeFileSync(file, 'as before');
    const run = start(newest.path, [program, '--size', '4GB', '--output', file]);
    await until('it writes', () => {
      const partial = readdirSync(folder).find(name => name.endsWith('.partial'));
      return partial !== undefined && statSync(join(folder, partial)).size > 0;
    });
    process.kill(run.pid, signal);
    const { exitCode, stderr } = await run.finished;
    assert.equal(exitCode, 1);
    assert.equal(stderr, '\nmake_people: stopped; nothing was written\n');
    assert.deepEqual(readdirSync(folder), ['people.csv']);
    assert.equal(readFileSync(file, 'utf8'), 'as before');
  });
}

test('progress is shown on a terminal, and only there', async t => {
  const folder = emptyFolder(t);
  const file = join(folder, 'people.csv');
  const inTerminal = `import pty, sys; sys.exit(pty.spawn([sys.executable, *sys.argv[1:]]))`;
  const args = [program, '--size', '300MB', '--output', file];
  const shown = await start(newest.path, ['-c', inTerminal, ...args]).finished;
  assert.match(shown.stdout, /\r +\d+ % of 300\.0 MB, [\d,]+ MB\/s /);
  const quiet = await start(newest.path, args).finished;
  assert.equal(quiet.stderr, '');
  assert.match(quiet.stdout, /^\S+people\.csv: 300\.0 MB, [\d,]+ people in [\d.]+ s \([\d,]+ MB\/s\)\n$/);
});

test('a cell makes the file only if it is not there', async t => {
  const folder = emptyFolder(t);
  const source = `
import os, sys
sys.path.insert(0, ${JSON.stringify(samples)})
from make_people import people_csv
path = people_csv(sys.argv[1])
print(os.path.getsize(path) >= 10_000_000)
open(path, "w").close()
print(os.path.getsize(people_csv(sys.argv[1])))`;
  const { stdout, stderr } = await start(newest.path, ['-c', source, join(folder, 'people.csv')]).finished;
  assert.equal(stdout, 'True\n0\n', stderr);
});
