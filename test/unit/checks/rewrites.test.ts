import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { allRewrites } from '../../../src/checks/allRewrites.ts';
import type { Fix } from '../../../src/checks/check.ts';
import { applyFix, sourceFile } from './fixtures.ts';

/**
 * Cases of rewrites as text:
 *
 *   === a title                        (`=== a title [cells]` for a notebook; `[runs]`: both texts are run and print the same)
 *   for x in ¦items:                   ← the cursor
 *   --- Turn into a list comprehension ← the whole text after that rewrite; several follow one another
 *   …
 *   --- nothing                        ← nothing at all is offered; `--- not: Title`: that one isn't
 */
interface Case {
  title: string;
  kind: 'script' | 'cells';
  runs: boolean;
  source: string;
  cursor: number;
  results: { title: string; text: string }[];
}

const folder = join(import.meta.dirname, '../../fixtures/checks');
const files = readdirSync(folder).filter(name => /^rewrites-.*\.txt$/.test(name));

function casesOf(name: string): Case[] {
  const parts = readFileSync(join(folder, name), 'utf8').split(/^=== /m).slice(1);
  return parts.map(part => {
    const head = part.slice(0, part.indexOf('\n'));
    const [body = '', ...results] = part.slice(part.indexOf('\n') + 1).split(/^--- /m);
    assert.ok(body.includes('¦') && results.length > 0, `${name}: "${head}" has no cursor or no result`);
    return {
      title: head.replaceAll(/ \[(cells|runs)\]/g, ''),
      kind: head.includes('[cells]') ? 'cells' : 'script',
      runs: head.includes('[runs]'),
      source: body.replace('¦', '').trimEnd(),
      cursor: body.indexOf('¦'),
      results: results.map(result => ({
        title: result.split('\n', 1)[0] ?? '',
        text: result.slice(result.indexOf('\n') + 1).trimEnd(),
      })),
    };
  });
}

/** The newest Python that can be found. */
function newestPython(): string {
  const versions = join(homedir(), '.pyenv/versions');
  try {
    const [newest] = readdirSync(versions)
      .filter(name => /^3\.\d+\.\d+$/.test(name))
      .sort((a, b) => Number(b.split('.')[1]) - Number(a.split('.')[1]));
    return newest ? join(versions, newest, 'bin/python') : 'python3';
  } catch {
    return 'python3';
  }
}

function printed(source: string): string {
  const here = mkdtempSync(join(tmpdir(), 'rewrites-'));
  try {
    const path = join(here, 'program.py');
    writeFileSync(path, source);
    return execFileSync(newestPython(), [path], { encoding: 'utf8' });
  } finally {
    rmSync(here, { recursive: true });
  }
}

for (const name of files) {
  describe(name, () => {
    for (const each of casesOf(name)) {
      test(each.title, async () => {
        const file = await sourceFile(each.source, each.kind);
        const offers: Fix[] = allRewrites.flatMap(rewrite => rewrite.offer(file, each.cursor, each.cursor));
        const titles = offers.map(offer => offer.title);
        for (const { title, text } of each.results) {
          if (title === 'nothing') assert.deepEqual(titles, []);
          else if (title.startsWith('not: '))
            assert.ok(!titles.includes(title.slice(5)), `${title.slice(5)} is offered`);
          else {
            const offer = offers.find(one => one.title === title);
            assert.ok(offer, `"${title}" is not offered, only: ${titles.join(', ') || 'nothing'}`);
            const after = applyFix(file.text, offer);
            assert.equal(after, text);
            if (each.runs) assert.equal(printed(after), printed(each.source));
          }
        }
      });
    }
  });
}

test('every rewrite has cases', () => {
  const offered = new Set<string>();
  const wanted = files.flatMap(casesOf).flatMap(({ results }) => results.map(({ title }) => title));
  for (const title of wanted) if (title !== 'nothing' && !title.startsWith('not: ')) offered.add(title);
  assert.ok(offered.size >= allRewrites.length);
});
