import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments } from '../../../src/cli/arguments.ts';

function problem(line: string): string {
  const parsed = parseArguments(line.split(' ').filter(word => word !== ''));
  assert.ok(!parsed.ok, line);
  return parsed.problem;
}

test('run: all options, and the arguments of the program behind --', () => {
  const line =
    'run a.py b.py:3-9 --python /usr/bin/python3 --timeout 2.5 --cwd /tmp --format=json --output out.json -- --cell x';
  assert.deepEqual(parseArguments(line.split(' ')), {
    ok: true,
    command: {
      kind: 'run',
      targets: ['a.py', 'b.py:3-9'],
      cells: [],
      python: '/usr/bin/python3',
      timeoutMs: 2500,
      cwd: '/tmp',
      format: 'json',
      output: 'out.json',
      traceOutput: null,
      argv: ['--cell', 'x'],
    },
  });
});

test('run: a .riptrace gets the trace, beside the result', () => {
  const parsed = parseArguments(['run', 'a.py', '--output', 'a.riptrace', '--output', 'a.txt', '--cell', '2']);
  assert.ok(parsed.ok && parsed.command.kind === 'run');
  assert.equal(parsed.command.traceOutput, 'a.riptrace');
  assert.equal(parsed.command.output, 'a.txt');
  assert.deepEqual(parsed.command.cells, [2]);
});

test('check: its files and the format', () => {
  assert.deepEqual(parseArguments(['check', 'a.py', 'b.ipynb', '--format=json']), {
    ok: true,
    command: { kind: 'check', files: ['a.py', 'b.ipynb'], format: 'json' },
  });
});

test('what is not there yet is said plainly, with what is', () => {
  assert.equal(
    problem('run a.py --workers 1,2'),
    '--workers is not there yet. There are --cell, --python, --timeout, --cwd, --format and --output.',
  );
  assert.match(problem('run a.py --repeat 3'), /^--repeat is not there yet\./);
  assert.match(problem('run a.py --compare=threads'), /^--compare is not there yet\./);
  assert.equal(
    problem('run a.py --format perfetto'),
    'The format perfetto is not there yet. There are text, json and chrome.',
  );
  assert.equal(problem('convert a'), '"convert" is not there yet. There are run, show, program and check.');
});

test('mistakes are named', () => {
  assert.equal(problem(''), 'Say what to do: run, show, program or check.');
  assert.equal(problem('go'), 'There is no command "go". There are run, show, program and check.');
  assert.equal(problem('run'), 'Say what to run: FILE.py, FILE.py:10-24, FILE.ipynb or FILE.md.');
  assert.match(problem('run a.py --fast'), /^There is no option --fast here\./);
  assert.equal(problem('run a.py --timeout soon'), '--timeout needs a number of seconds, not soon.');
  assert.equal(problem('run a.py --timeout 0'), '--timeout needs a number of seconds, not 0.');
  assert.equal(problem('run a.py --cell 0'), '--cell needs the number of a code cell from 1 on, not 0.');
  assert.equal(problem('run a.py --python'), '--python needs a value.');
  assert.match(problem('run a.py b.py --format chrome'), /^A trace holds one run:/);
  assert.match(problem('run a.py b.py --output x.riptrace'), /^A trace holds one run:/);
  assert.match(problem('run a.py --output a.json --output b.json'), /^Give --output once/);
  assert.match(problem('show'), /^Give the one trace/);
  assert.match(problem('program a.py b.py'), /^Give the one target/);
  assert.equal(problem('check'), 'Say what to check: FILE.py, FILE.ipynb or FILE.md.');
  assert.match(problem('check a.py --format chrome'), /^There is no format chrome here\./);
});

test('help and version; behind -- they are for the program', () => {
  assert.deepEqual(parseArguments(['--help']), { ok: true, command: { kind: 'help' } });
  assert.deepEqual(parseArguments(['run', '-h']), { ok: true, command: { kind: 'help' } });
  assert.deepEqual(parseArguments(['--version']), { ok: true, command: { kind: 'version' } });
  const parsed = parseArguments(['run', 'a.py', '--', '--help']);
  assert.ok(parsed.ok && parsed.command.kind === 'run');
  assert.deepEqual(parsed.command.argv, ['--help']);
});
