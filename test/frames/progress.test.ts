// How far real engines have come, as a host hears it while they compute.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPool } from '../process/run/harness.ts';
import { framesPythons } from './support/harness.ts';

for (const python of framesPythons) {
  test(`Dask's own threads: from none to all of the tasks, and silence afterwards: ${python}`, async t => {
    const { start } = await openPool(t, { size: 1 });
    const source = `
import time
import dask

@dask.delayed
def slow(n):
    time.sleep(0.1)
    return n

print(sum(dask.compute(*[slow(n) for n in range(30)], scheduler='threads', num_workers=2)))
time.sleep(0.5)
`;
    const run = start({ source, python });
    const { status } = await run.end();
    assert.equal(status, 'ok', run.heard.stderr);
    assert.equal(run.heard.stdout, '435\n');
    const words = run.progress.filter(text => text !== '');
    const counts = words.map(text => Number(/^Dask: (\d+)\/30 tasks$/.exec(text)?.[1] ?? Number.NaN));
    assert.ok(counts.length >= 5, run.progress.join(', '));
    assert.deepEqual(
      counts,
      counts.toSorted((a, b) => a - b),
      'it only grows',
    );
    assert.ok(counts.every(count => count >= 0 && count < 30));
    assert.equal(run.progress.at(-1), '', 'nothing is told when all have ended');
  });
}
