// A program that uses dataframe libraries can't tell that it is watched.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../process/run/harness.ts';
import { framesPythons, ran } from './support/harness.ts';

const file = join(root, 'test/fixtures/programs/frames.py');

for (const python of framesPythons) {
  test(`functions, warnings, tracebacks and results are those of a plain run: ${python}`, async t => {
    const options = { cwd: tmpdir(), encoding: 'utf8', maxBuffer: 2 ** 26 } as const;
    const plain = spawnSync(python, [file], options);
    assert.match(plain.stdout, /\nmy merge\n/);
    assert.match(plain.stderr, /DtypeWarning/);
    const watched = await ran(t, { source: readFileSync(file, 'utf8'), file, python, cwd: tmpdir() });
    same(watched.stdout, plain.stdout);
    same(watched.stderr, plain.stderr);
    assert.equal(watched.outcome.exitCode, plain.status);
    assert.deepEqual(watched.trace.meta.quality.warnings, []);
    const operations = watched.summary.spans.filter(span => span.kind === 'operation');
    assert.deepEqual(
      operations.filter(({ line }) => line === null),
      [],
    );
    // The one that takes long on any machine; which of the short ones are recorded depends on its speed.
    assert.ok(operations.some(({ name }) => /read_csv → 300,001 × 2/.test(name)));
    assert.ok(operations.length > 20, `${operations.length} operations`);
  });
}

/** Says in which line texts begin to differ; addresses differ from run to run anyway. */
function same(text: string, expected: string): void {
  const [lines, expectedLines] = [text, expected].map(each => each.replaceAll(/0x[0-9a-f]+/g, '0x').split('\n'));
  const count = Math.max(lines?.length ?? 0, expectedLines?.length ?? 0);
  for (let i = 0; i < count; i++) assert.equal(lines?.[i], expectedLines?.[i], `line ${i + 1}`);
}
