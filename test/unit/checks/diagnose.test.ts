import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Finding, Rule, Severity } from '../../../src/checks/check.ts';
import { diagnose, type RuleLevels } from '../../../src/checks/diagnose.ts';
import { sourceFile } from './fixtures.ts';

/** A rule that finds every occurrence of a word. */
function finds(word: string, code: string, severity: Severity, more: Partial<Finding> = {}): Rule {
  return {
    code,
    title: word,
    severity,
    check: ({ text }) =>
      [...text.matchAll(new RegExp(word, 'g'))].map(({ index }) => ({
        start: index,
        end: index + word.length,
        message: word,
        ...more,
      })),
  };
}

const rules = [finds('lock', 'RIP202', 'warning'), finds('pool', 'RIP101', 'information')];

async function found(text: string, levels: RuleLevels = {}, using: readonly Rule[] = rules): Promise<string[]> {
  const file = await sourceFile(text);
  const fail = (code: string, error: unknown) => assert.fail(`${code}: ${error}`);
  return diagnose(file, using, levels, fail).map(
    ({ code, severity, start }) => `${code} ${severity} in line ${file.lineOf(start)}`,
  );
}

describe('diagnose', () => {
  test('sorts by place', async () => {
    assert.deepEqual(await found('pool\nlock\npool\n'), [
      'RIP101 information in line 0',
      'RIP202 warning in line 1',
      'RIP101 information in line 2',
    ]);
  });

  test('a rule that throws is told of and left out', async () => {
    const broken: Rule = {
      ...finds('', 'RIP999', 'warning'),
      check: () => {
        throw new Error('oops');
      },
    };
    const faults: string[] = [];
    const file = await sourceFile('lock');
    const shown = diagnose(file, [broken, ...rules], {}, (code, error) => faults.push(`${code} ${error}`));
    assert.equal(shown.length, 1);
    assert.deepEqual(faults, ['RIP999 Error: oops']);
  });
});

describe('settings', () => {
  test('turn rules off, or to another severity', async () => {
    assert.deepEqual(await found('pool\nlock\n', { RIP101: 'off', RIP202: 'error' }), ['RIP202 error in line 1']);
  });

  test('never raise what is less certain than its rule', async () => {
    const unsure = [finds('lock', 'RIP202', 'warning', { severity: 'information' })];
    assert.deepEqual(await found('lock', {}, unsure), ['RIP202 information in line 0']);
    assert.deepEqual(await found('lock', { RIP202: 'error' }, unsure), ['RIP202 information in line 0']);
    assert.deepEqual(await found('lock', { RIP202: 'hint' }, unsure), ['RIP202 hint in line 0']);
  });
});

describe('comments that silence', () => {
  const silent: [string, string][] = [
    ['every rule on their line', 'lock  # rip: ignore'],
    ['the rules that they name', 'lock  # rip: ignore[RIP202]'],
    ['several rules', 'lock pool  # rip:ignore[RIP101,RIP202]'],
    ['in any case, behind other words', 'lock  # fine here # RIP: Ignore[rip202] because'],
    ['the line below, when they stand alone', '# rip: ignore[RIP202]\nlock'],
    ['an indented line below', 'if x:\n    # rip: ignore\n    lock'],
    ['the file, at its top', '#!/usr/bin/env python\n\n# rip: ignore-file\n\nlock\npool'],
    ['rules of the file', '# rip: ignore-file[RIP202]\nlock\nlock'],
  ];
  for (const [what, text] of silent) test(what, async () => assert.deepEqual(await found(text), []));

  const loud: [string, string][] = [
    ['other rules', 'lock  # rip: ignore[RIP101]'],
    ['nothing by an empty list', 'lock  # rip: ignore[]'],
    ['not the line below code', 'x = 1  # rip: ignore\nlock'],
    ['not two lines below', '# rip: ignore\n\nlock'],
    ['not the line above', 'lock\n# rip: ignore'],
    ['not by other words', 'lock  # rip: ignored'],
    ['not a file from its middle', 'x = 1\n# rip: ignore-file\nlock'],
    ['not a line by what is for the file', 'x = 1\nlock  # rip: ignore-file'],
  ];
  for (const [what, text] of loud) test(what, async () => assert.equal((await found(text)).length, 1));
});
