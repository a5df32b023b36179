import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { allRules } from '../../../src/checks/allRules.ts';
import { diagnose } from '../../../src/checks/diagnose.ts';
import { sourceFile } from './fixtures.ts';

/** What the samples are warned of: the line's code and the rule. */
const warnings: Record<string, string[]> = {
  '1_fetch_urls.py': [],
  '2_gil.py': [],
  '3_processes.py': [],
  '4_oversubscription.py': [],
  '5_locks_and_queues.py': [],
  '6_mistakes.py': [
    'executor.submit(parse, "12") RIP201',
    'executor.submit(parse, "twelve") RIP201',
    'count += one() RIP221',
    'lock.acquire() RIP223',
    'time.sleep(0.2) RIP241',
  ],
};

for (const [name, expected] of Object.entries(warnings)) {
  test(`${name} is warned of ${expected.length === 0 ? 'nothing' : 'each of its mistakes'}`, async () => {
    const file = await sourceFile(readFileSync(join(import.meta.dirname, '../../../samples', name), 'utf8'));
    const found = diagnose(file, allRules, {}, (code, error) => assert.fail(`${code}: ${error}`));
    const lineOf = (offset: number) =>
      file.text
        .slice(file.lineStart(file.lineOf(offset)))
        .split('\n', 1)[0]
        ?.trim();
    assert.deepEqual(
      found.filter(({ severity }) => severity === 'warning').map(({ start, code }) => `${lineOf(start)} ${code}`),
      expected,
    );
  });
}
