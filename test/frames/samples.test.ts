// samples/7_dataframes.py with the real libraries: as a program of its own, and its cells side by side in the product.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { asArray, asObject, asString, parseObject } from '../../src/base/parse.ts';
import { cli } from '../process/cli/harness.ts';
import { framesPython, framesPythons } from './support/harness.ts';

const folder = join(import.meta.dirname, '../../samples');

/** The samples in a folder of their own, in which no file of people is there yet. */
function samplesIn(t: TestContext): string {
  const copy = mkdtempSync(join(tmpdir(), 'rip-samples-'));
  t.after(() => rmSync(copy, { recursive: true, force: true }));
  for (const name of ['7_dataframes.py', 'make_people.py']) cpSync(join(folder, name), join(copy, name));
  return copy;
}

for (const python of framesPythons) {
  test(`7_dataframes.py: pandas and Dask agree, Dask manages what pandas has no memory for: ${python}`, t => {
    const copy = samplesIn(t);
    const stdout = execFileSync(python, [join(copy, '7_dataframes.py')], { encoding: 'utf8' });
    assert.match(stdout, /^Dask: [5-9] partitions in/m);
    const [, people, filtered] = /^pandas: \((\d+), 5\)[\s\S]*^pandas: (\d+) filtered/m.exec(stdout) ?? [];
    assert.ok(Number(people) > 250_000, stdout);
    assert.match(stdout, new RegExp(`^Dask: ${filtered} filtered$`, 'm'));
    assert.match(stdout, /^Dask, a plan: Series$/m);
    const counts = [...stdout.matchAll(/^(?:pandas|Dask): (\{.*?\})/gm)].map(([, found]) => found);
    assert.equal(counts.length, 2);
    assert.equal(counts[0], counts[1]);
    assert.match(stdout, /^synchronous: the longest name has 18 letters/m);
    assert.match(stdout, /^threads: the longest name has 18 letters/m);
    assert.match(stdout, /^Dask: 5\d\.\d\d on average\npandas: no memory left$/m);
    assert.deepEqual(
      readdirSync(copy).filter(name => /many|partial/.test(name)),
      [],
    );
  });
}

test('its cells run side by side: the lazy ones have no tasks, compute() has some of each partition', async t => {
  const copy = samplesIn(t);
  // Dask's shape, pandas' shape, Dask's value_counts without and with compute().
  const cells = [5, 6, 12, 13];
  const args = ['run', join(copy, '7_dataframes.py'), ...cells.flatMap(cell => ['--cell', `${cell}`])];
  const ended = await cli([...args, '--python', framesPython, '--format', 'json']);
  assert.equal(ended.code, 0, ended.stderr + ended.stdout);
  assert.ok(existsSync(join(copy, 'random_people.csv')));
  const runs = asArray(parseObject(ended.stdout)?.runs).map(run => {
    const { output, tasks } = asObject(run) ?? {};
    const dask = asArray(tasks).filter(task => asObject(task)?.engine === 'dask');
    return { said: asString(asObject(output)?.stdout) ?? '', tasks: dask.length };
  });
  assert.match(runs[0]?.said ?? '', /^Dask: \(.*, 5\)\n$/);
  assert.match(runs[1]?.said ?? '', /^pandas: \(\d+, 5\)\n$/);
  assert.equal(runs[2]?.said, 'Dask, a plan: Series\n');
  assert.match(runs[3]?.said ?? '', /^Dask: \{.*\} in/);
  assert.deepEqual(
    runs.map(run => run.tasks === 0),
    [true, true, true, false],
  );
  assert.ok((runs[3]?.tasks ?? 0) >= 5, 'a task for each partition at least');
});
