import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, test } from 'node:test';
import { allRules } from '../../../src/checks/allRules.ts';
import { diagnose } from '../../../src/checks/diagnose.ts';
import { SourceFile } from '../../../src/snippet/syntax/sourceFile.ts';
import { pythonParser } from '../../unit/checks/fixtures.ts';

/** Warnings that may be found in a thousand lines of library code: a rule that finds more cries wolf. */
const mostWarnings = 0.05;

const pythons = (process.env.RUN_IN_PARALLEL_PYTHONS ?? '').split(delimiter).filter(path => path !== '');
const seen = new Set<string>();

interface Figures {
  files: number;
  lines: number;
  faults: string[];
  /** Per code and severity. */
  found: Map<string, number>;
  warnings: string[];
}

/** Checks the `.py` files of a folder; those of which an earlier folder had the same are left out. */
async function checkAll(folder: string): Promise<Figures> {
  const parser = await pythonParser();
  const figures: Figures = { files: 0, lines: 0, faults: [], found: new Map(), warnings: [] };
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.py') || name.includes('site-packages')) continue;
    const bytes = readFileSync(join(folder, name));
    const hash = createHash('sha1').update(bytes).digest('hex');
    if (seen.has(hash)) continue;
    seen.add(hash);
    // Not all of them are UTF-8, some are no Python at all: that is the point.
    const text = bytes.toString('utf8');
    const parsed = parser.open(text);
    const file = new SourceFile({ kind: 'script', text, module: parsed.module });
    figures.files += 1;
    figures.lines += file.lineOf(text.length) + 1;
    for (const { code, severity, start, message } of diagnose(file, allRules, {}, (rule, error) =>
      figures.faults.push(`${name}: ${rule}: ${error}`),
    )) {
      const key = `${code} ${severity}`;
      figures.found.set(key, (figures.found.get(key) ?? 0) + 1);
      if (severity === 'warning') figures.warnings.push(`${name}:${file.lineOf(start) + 1}: ${code} ${message}`);
    }
    parsed.dispose();
  }
  return figures;
}

describe('the standard library of the installed Pythons', () => {
  test('there is one', () => assert.ok(pythons.length > 0, 'RUN_IN_PARALLEL_PYTHONS names no Python'));
  for (const python of pythons) {
    test(`no rule fails, and few find anything: ${python}`, async t => {
      const program = 'import sysconfig; print(sysconfig.get_paths()["stdlib"])';
      const folder = execFileSync(python, ['-c', program], { encoding: 'utf8' }).trim();
      const { files, lines, faults, found, warnings } = await checkAll(folder);
      t.diagnostic(`${files} files, ${lines} lines that no earlier Python has`);
      for (const [key, count] of [...found].sort())
        t.diagnostic(`${key}: ${count}, ${((count / lines) * 1000).toFixed(4)} in 1,000 lines`);
      for (const warning of warnings) t.diagnostic(warning);
      assert.deepEqual(faults, []);
      assert.ok(files > 100);
      assert.ok((warnings.length / lines) * 1000 <= mostWarnings, `${warnings.length} warnings in ${lines} lines`);
    });
  }
});
