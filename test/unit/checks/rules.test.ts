import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { allRules } from '../../../src/checks/allRules.ts';
import type { Rule } from '../../../src/checks/check.ts';
import type { SourceFile } from '../../../src/snippet/syntax/sourceFile.ts';
import { applyFix, type Case, readCases, sourceFile } from './fixtures.ts';

/** What a rule finds, in the words of the fixtures' marks. */
function marksOf(rule: Rule, file: SourceFile, wanted: Case['marks']) {
  const findings = rule.check(file).sort((a, b) => a.start - b.start);
  return findings.map((finding, index) => {
    const line = file.lineOf(finding.start);
    const sameLine = file.lineOf(finding.end) === line;
    const message = wanted[index]?.message ?? '';
    return {
      line,
      startColumn: finding.start - file.lineStart(line),
      endColumn: sameLine ? finding.end - file.lineStart(line) : null,
      severity: finding.severity ?? rule.severity,
      message: finding.message.startsWith(message) ? message : finding.message,
    };
  });
}

for (const rule of allRules) {
  describe(`${rule.code}: ${rule.title}`, () => {
    const cases = readCases(rule.code);
    test('has cases in which it fires and in which it is silent', () => {
      assert.ok(cases.some(each => each.fires));
      assert.ok(cases.some(each => !each.fires));
    });
    for (const each of cases) {
      test(`${each.fires ? 'fires' : 'is silent'}: ${each.title}`, async () => {
        const file = await sourceFile(each.source, each.kind);
        assert.deepEqual(marksOf(rule, file, each.marks), each.marks);
        assert.equal(each.marks.length > 0, each.fires, 'a case that fires needs marks, a silent one has none');
        const fixes = rule.check(file).flatMap(finding => finding.fixes ?? []);
        for (const { title, text } of each.fixes) {
          const fix = fixes.find(candidate => candidate.title === title);
          assert.ok(fix, `there is no fix "${title}", only ${fixes.map(one => one.title).join(', ')}`);
          assert.equal(applyFix(file.text, fix), text);
        }
      });
    }
  });
}
