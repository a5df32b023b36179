import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Piscina } from 'piscina';
import type { Figures } from './corpusWorker.ts';

/** Warnings that may be found in a thousand lines of library code: a rule that finds more cries wolf. */
const mostWarnings = 0.05;

const pythons = (process.env.RUN_IN_PARALLEL_PYTHONS ?? '').split(delimiter).filter(path => path !== '');
const seen = new Set<string>();

const threads = { minThreads: 1, maxThreads: availableParallelism() };
const pool = new Piscina<string[], Figures>({ filename: join(import.meta.dirname, 'corpusWorker.ts'), ...threads });

/** The `.py` files of a folder; those of which an earlier folder had the same are left out. */
function newFiles(folder: string): string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.py') && !name.includes('site-packages'))
    .map(name => join(folder, name));
  return paths.filter(path => {
    const hash = createHash('sha1').update(readFileSync(path)).digest('hex');
    const isNew = !seen.has(hash);
    seen.add(hash);
    return isNew;
  });
}

/** Checks the files, as many at a time as there are CPUs. */
async function checkAll(paths: string[]): Promise<Figures> {
  const all: Figures = { files: 0, lines: 0, faults: [], found: [], warnings: [] };
  const parts = Array.from({ length: Math.ceil(paths.length / 20) }, (_, at) => paths.slice(at * 20, at * 20 + 20));
  for (const figures of await Promise.all(parts.map(part => pool.run(part)))) {
    all.files += figures.files;
    all.lines += figures.lines;
    all.faults.push(...figures.faults);
    all.found.push(...figures.found);
    all.warnings.push(...figures.warnings);
  }
  return all;
}

describe('the standard library of the installed Pythons', () => {
  after(() => pool.close());
  test('there is one', () => assert.ok(pythons.length > 0, 'RUN_IN_PARALLEL_PYTHONS names no Python'));
  for (const python of pythons) {
    test(`no rule fails, and few find anything: ${python}`, async t => {
      const program = 'import sysconfig; print(sysconfig.get_paths()["stdlib"])';
      const folder = execFileSync(python, ['-c', program], { encoding: 'utf8' }).trim();
      const { files, lines, faults, found, warnings } = await checkAll(newFiles(folder));
      t.diagnostic(`${files} files, ${lines} lines that no earlier Python has`);
      for (const key of [...new Set(found)].sort()) {
        const count = found.filter(each => each === key).length;
        t.diagnostic(`${key}: ${count}, ${((count / lines) * 1000).toFixed(4)} in 1,000 lines`);
      }
      for (const warning of warnings) t.diagnostic(warning);
      assert.deepEqual(faults, []);
      assert.ok(files > 100);
      assert.ok((warnings.length / lines) * 1000 <= mostWarnings, `${warnings.length} warnings in ${lines} lines`);
    });
  }
});
