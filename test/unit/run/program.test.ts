import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ProgramResult, programWireVersion } from '../../../src/protocol/programWire.ts';
import { parseDependencies, parseProgramResult } from '../../../src/protocol/readProgram.ts';
import { leftOutLines, programText } from '../../../src/run/programText.ts';

const statement = { unit: 0, startLine: 1, endLine: 2, source: 'a = (\n)', selected: false, reason: 'defines a' };
const program: ProgramResult = {
  version: programWireVersion,
  statements: [
    statement,
    { ...statement, startLine: 5, endLine: 5, source: 'print(a)', selected: true, reason: 'selected' },
    { ...statement, startLine: 6, endLine: 6, source: 'a\n', selected: true, reason: 'selected' },
  ],
  notes: ['%matplotlib does\nnothing here.'],
  installs: [{ unit: 0, line: 4, packages: ['dask'] }],
  error: null,
};

describe('what an interpreter tells of a Program', () => {
  test('is read as it is', () => {
    assert.deepEqual(parseProgramResult(JSON.parse(JSON.stringify(program))), program);
  });
  test('is nothing of another version, or no object', () => {
    for (const other of [null, [], 'x', {}, { ...program, version: programWireVersion - 1 }])
      assert.equal(parseProgramResult(other), null);
  });
  test('loses what is not as agreed, and keeps the rest', () => {
    const crooked = {
      version: programWireVersion,
      statements: [3, { unit: 'x' }, { unit: 0, startLine: 1, endLine: 2 }],
      notes: [1, 'yes'],
      installs: [{ unit: 0, line: 1, packages: [2, 'dask'] }, { packages: ['x'] }],
      error: { message: 3 },
    };
    assert.deepEqual(parseProgramResult(crooked), {
      version: programWireVersion,
      statements: [{ unit: 0, startLine: 1, endLine: 2, source: '', selected: false, reason: '' }],
      notes: ['yes'],
      installs: [{ unit: 0, line: 1, packages: ['dask'] }],
      error: { type: 'Exception', message: '', file: null, line: null, column: null, module: null },
    });
  });
  test('dependencies lead to earlier units only, and there is one for each unit', () => {
    const told = {
      units: [
        { waitsFor: [0], needs: ['x', -1], runs: false },
        { waitsFor: [0, 1, 0.5], needs: [0] },
      ],
    };
    assert.deepEqual(parseDependencies(told, 2), {
      units: [
        { waitsFor: [], needs: [], runs: false },
        { waitsFor: [0], needs: [0], runs: true },
      ],
    });
    assert.equal(parseDependencies(told, 3), null);
    assert.equal(parseDependencies('x', 0)?.units.length, 0);
  });
});

test('a Program as text: notes, then groups with their place and reason', () => {
  assert.equal(
    programText(program, [{ name: 'a.py', file: '/p/a.py' }]),
    `# Note: %matplotlib does nothing here.

# a.py:1-2 · defines a
a = (
)

# a.py:5-6 · selected
print(a)
a
`,
  );
});

test('a Program that Python can not read says so', () => {
  const error = { type: 'SyntaxError', message: 'invalid syntax', file: '/p/a.py', line: 3, column: 1, module: null };
  assert.equal(
    programText({ ...program, statements: [], notes: [], error }, [{ name: 'a.py', file: '/p/a.py' }]),
    '# a.py:3: SyntaxError: invalid syntax\n',
  );
});

test('what does not run: ranges of lines without blank ends', () => {
  const source = 'import a\n\nb = 1\nc = 2\n\nd = 3\n\n\nprint(c)\n# end\n';
  const runs = [
    { startLine: 1, endLine: 1 },
    { startLine: 9, endLine: 9 },
  ];
  assert.deepEqual(leftOutLines(source, runs), [
    { startLine: 3, endLine: 6 },
    { startLine: 10, endLine: 10 },
  ]);
  assert.deepEqual(leftOutLines(source, [{ startLine: 1, endLine: 99 }]), []);
  assert.deepEqual(leftOutLines('', []), []);
});
