import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Finished, leavesNoProcess, type Program, processesOfGroup, start, until } from './program.ts';
import { oldestAndNewestPython } from './pythons.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'samples');
const { oldest, newest } = oldestAndNewestPython();
const noProc = process.platform === 'linux' ? false : 'processes are counted in /proc, which only Linux has';

/** What each sample must have printed, whatever the order in which its threads and processes were quick. */
const samples: Record<string, (run: Finished) => void> = {
  '1_fetch_urls.py': ({ stdout }) => {
    const pages = [...stdout.matchAll(/^(.+): (\d+) bytes in/gm)];
    assert.deepEqual(
      pages.map(([, how]) => how),
      ['one after another', '4 threads', '8 threads', '13 threads', '16 threads'],
    );
    assert.equal(new Set(pages.map(([, , bytes]) => bytes)).size, 1, stdout);
  },
  '2_gil.py': ({ stdout }) => {
    const counts = [...stdout.matchAll(/^in (a loop|two threads|two processes): (\[.*\]) in/gm)];
    assert.deepEqual(
      counts.map(([, , primes]) => primes),
      Array(3).fill('[11301, 11301, 11301, 11301]'),
    );
  },
  '3_processes.py': ({ stdout }) => {
    const doubled = [...stdout.matchAll(/(\d+) doubled is (\d+), says (Process-\d|Test)/g)];
    assert.deepEqual(
      doubled.map(([, number, double]) => Number(double) / Number(number)),
      Array(7).fill(2),
    );
    assert.equal(new Set(doubled.map(([, , , name]) => name)).size, 7, stdout);
    assert.match(stdout, /2 doubled is 4, says Test/);
    assert.match(stdout, /exit codes \[0, 0, 0, 0, 0, 0, 0\]/);
    assert.match(stdout, /^map: \[0, 1, 4, 9, 16, 25, 36, 49, 64, 81, 100, 121\]$/m);
    assert.equal([...stdout.matchAll(/^imap: \d+$/gm)].length, 8);
    assert.match(stdout, /^apply_async: \[9, 25, 64\]$/m);
    assert.match(stdout, /^ProcessPoolExecutor: \[0, 1, 4, 9, 16, 25, 36, 49\]$/m);
  },
  '4_oversubscription.py': ({ stdout }) => {
    const runs = [...stdout.matchAll(/^(\d+) processes on (\d+) CPUs:/gm)];
    assert.deepEqual(
      runs.map(([, processes, cpus]) => Number(processes) / Number(cpus)),
      [1, 4],
    );
  },
  '5_locks_and_queues.py': ({ stdout }) => {
    for (const name of ['Ada', 'Grace', 'Edsger']) assert.match(stdout, new RegExp(`^${name} is done$`, 'm'));
    const dishes = [...stdout.matchAll(/dish (\d+) served by waiter [12]/g)].map(([, dish]) => Number(dish));
    assert.deepEqual(
      dishes.sort((a, b) => a - b),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
    assert.match(stdout, /^12 tasks on 4 threads:/m);
  },
  '6_mistakes.py': ({ stdout }) => {
    assert.match(stdout, /^parsed, it seems$/m);
    assert.match(stdout, /^counted [\d,]+ of 800,000$/m);
    assert.match(stdout, /^three naps took [\d.]+ s$/m);
  },
};

test('every sample in the folder is tested here', () => {
  const files = readdirSync(folder).filter(name => name.endsWith('.py'));
  // What needs more than the standard library has tests beside its engine's: test/frames, test/spark.
  const elsewhere = ['7_dataframes.py', '8_spark.py', 'make_people.py'];
  const here = [...Object.keys(samples), '3_without_guard.py', 'local_server.py'];
  assert.deepEqual(files.sort(), [...here, ...elsewhere].sort());
});

for (const python of new Set([oldest, newest])) {
  test(`every sample, and the notebook as a whole, compiles on Python 3.${python.minor}`, () => {
    const program = [
      'import glob, json, os, sys',
      'for path in glob.glob(os.path.join(sys.argv[1], "*.py")):',
      '    with open(path, encoding="utf-8") as file: compile(file.read(), path, "exec")',
      'with open(os.path.join(sys.argv[1], "python_concurrency.ipynb"), encoding="utf-8") as file:',
      '    notebook = json.load(file)',
      'cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]',
      'compile("\\n".join(cells), "notebook", "exec")',
      'print(len(cells))',
    ].join('\n');
    const cells = execFileSync(python.path, ['-W', 'error', '-c', program, folder], { encoding: 'utf8' });
    assert.ok(Number(cells) >= 18, `only ${cells} code cells`);
  });
}

for (const [file, check] of Object.entries(samples)) {
  test(`${file} runs, says nothing on stderr, and leaves no process behind`, async () => {
    const program = start(newest.path, [join(folder, file)]);
    const run = await program.finished;
    assert.equal(run.stderr, '');
    assert.equal(run.exitCode, 0);
    check(run);
    if (!noProc) await leavesNoProcess(program);
  });
}

// The workers of a ProcessPoolExecutor wait for ever when their parent alone is killed (CPython: each holds both ends of
// the queue's pipe). No sample can help that, so what is killed here ends where 2_gil.py and 3_processes.py start theirs.
const firstExecutor = /^# ## (In two processes|ProcessPoolExecutor)$/m;
// (By fork: a spawned child could not import what was given with -c.)
const byFork = 'import multiprocessing; multiprocessing.set_start_method("fork")';
const killed: [file: string, moment: string, isThere: (program: Program) => boolean][] = [
  ['1_fetch_urls.py', 'while it fetches', program => program.stdout().includes('one after another')],
  ['2_gil.py', 'while its threads compute', program => program.stdout().includes('in a loop')],
  ['3_processes.py', 'while its processes work', program => processesOfGroup(program.pid).length > 4],
  ['3_processes.py', 'while its pool works', program => program.stdout().includes('\nmap:')],
  ['4_oversubscription.py', 'while its processes work', program => processesOfGroup(program.pid).length > 2],
  ['5_locks_and_queues.py', 'while its threads wait', program => program.stdout().includes('Ada is done')],
];
for (const [file, moment, isThere] of killed) {
  test(`${file}, killed ${moment}, leaves no process behind`, { skip: noProc }, async () => {
    const [source] = readFileSync(join(folder, file), 'utf8').split(firstExecutor);
    const program = start(newest.path, ['-c', `${byFork}\n${source}`], { PYTHONPATH: folder });
    await until(`${file} is at it`, () => isThere(program));
    process.kill(program.pid, 'SIGKILL');
    assert.equal((await program.finished).exitCode, null);
    await leavesNoProcess(program);
  });
}

// "python file.py" with the start method of choice: what this program sets as the path of its main module
// is what a spawned child imports.
const withStartMethod = `
import multiprocessing, sys
method, path = sys.argv[1:]
multiprocessing.set_start_method(method)
main = sys.modules["__main__"]
main.__file__ = path
with open(path, encoding="utf-8") as file:
    exec(compile(file.read(), path, "exec"), main.__dict__)
`;

test('3_without_guard.py works by fork', { skip: noProc }, async () => {
  const program = start(newest.path, ['-c', withStartMethod, 'fork', join(folder, '3_without_guard.py')]);
  const { exitCode, stdout, stderr } = await program.finished;
  assert.equal(exitCode, 0, stderr);
  assert.equal(stdout, '[0, 1, 4, 9, 16, 25, 36, 49]\n');
});

test('3_without_guard.py fails by spawn in the way that it says, and ends', { skip: noProc }, async () => {
  const program = start(newest.path, ['-c', withStartMethod, 'spawn', join(folder, '3_without_guard.py')]);
  const { exitCode, stderr } = await program.finished;
  assert.equal(exitCode, 1);
  assert.match(stderr, /^RuntimeError/m);
  assert.match(stderr, /BrokenProcessPool/);
  await leavesNoProcess(program);
});

test('3_processes.py works by spawn, as on macOS and Windows', { skip: noProc }, async () => {
  const program = start(oldest.path, ['-c', withStartMethod, 'spawn', join(folder, '3_processes.py')]);
  const run = await program.finished;
  assert.equal(run.exitCode, 0, run.stderr);
  samples['3_processes.py']?.(run);
});
