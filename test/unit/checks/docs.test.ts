import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { allRules } from '../../../src/checks/allRules.ts';
import { readCases, sourceFile } from './fixtures.ts';

const root = join(import.meta.dirname, '../../..');
const folder = join(root, 'docs/rules');
const parts = ['Why', 'Example', 'Fix', 'When it is silent', 'Read more'];

interface Page {
  code: string;
  title: string;
  severity: string;
  hasFix: boolean;
  text: string;
}

const pages: Page[] = readdirSync(folder)
  .filter(name => /^RIP\d+\.md$/.test(name))
  .sort()
  .map(name => readPage(name.slice(0, -'.md'.length)));

function readPage(code: string): Page {
  const text = readFileSync(join(folder, `${code}.md`), 'utf8');
  const [, heading = '', title = ''] = /^# (RIP\d+): (.+)$/m.exec(text) ?? [];
  const [, about = ''] = /^(Severity: [\s\S]*?)\n\n/m.exec(text) ?? [];
  const [, severity = ''] = /^Severity: (\w+)/.exec(about) ?? [];
  assert.equal(heading, code, `${code}.md has another heading`);
  return { code, title, severity, hasFix: !/\b(?:No|Has no) fix\b/.test(about), text };
}

/** The code of a part; null when there is none. */
function codeOf(page: Page, part: string): string | null {
  return new RegExp(`^## ${part}$[\\s\\S]*?^\`\`\`python\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(page.text)?.[1] ?? null;
}

/** Typographic apostrophes read the same. */
function plain(text: string): string {
  return text.replaceAll('’', "'");
}

/** Codes of findings in what a run recorded. */
const measured = [...readFileSync(join(root, 'src/insights/rules.ts'), 'utf8').matchAll(/\bRIP\d+\b/g)].map(String);

test('there is a page for each rule and each finding of a run, and no other', () => {
  const codes = [...measured, ...allRules.map(rule => rule.code)].sort();
  assert.deepEqual(
    pages.map(page => page.code),
    codes,
  );
});

for (const page of pages) {
  describe(`${page.code}.md`, () => {
    test('has its parts', () => {
      assert.deepEqual(
        [...page.text.matchAll(/^## (.+)$/gm)].map(match => match[1]),
        parts,
      );
      assert.ok(codeOf(page, 'Example') && codeOf(page, 'Fix'), 'code is fenced as python');
    });
    const rule = allRules.find(each => each.code === page.code);
    if (!rule) return;
    test('says what the rule says', () => {
      assert.equal(plain(page.title), plain(rule.title));
      assert.equal(page.severity, rule.severity);
    });
    test('its example is found, its fix is not', async () => {
      const example = codeOf(page, 'Example') ?? '';
      // Excerpts without imports mean nothing by themselves.
      if (/^(from|import) /m.test(example)) assert.notEqual(rule.check(await sourceFile(example)).length, 0);
      assert.deepEqual(rule.check(await sourceFile(codeOf(page, 'Fix') ?? '')), []);
    });
    test('says whether there is a fix', () => {
      assert.equal(
        page.hasFix,
        readCases(page.code).some(each => each.fixes.length > 0),
      );
    });
  });
}

test('the table lists the pages', () => {
  const rows = pages.map(
    ({ code, title, severity, hasFix }) =>
      `| [${code}](${code}.md) | ${title} | ${severity} | ${hasFix ? 'yes' : ''} |`,
  );
  const table = readFileSync(join(folder, 'README.md'), 'utf8').matchAll(/^\| \[RIP.*$/gm);
  assert.deepEqual([...table].map(String), rows);
});
